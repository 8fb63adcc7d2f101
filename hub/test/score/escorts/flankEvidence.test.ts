import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIELD } from '../../../src/score/escorts/field.ts';
import {
  answerOf,
  flankLogOdds,
  flankParts,
  NOTHING_KNOWN,
  type Trio,
} from '../../../src/score/escorts/flankEvidence.ts';
import { PairTable } from '../../../src/score/escorts/pairTable.ts';

const NEITHER: Trio = {
  seconds: 15,
  side: 0.9,
  ahead: -0.05,
  reaction: 0.2,
  later: 0.1,
  nearSeconds: 40 * Math.exp(0.55) - 1,
  walkedSeconds: 39,
  ledBefore: 0,
};
const logOdds = (changed: Partial<Trio>): number => flankLogOdds(flankParts({ ...NEITHER, ...changed }));

describe('the evidence of flanking', () => {
  it('is what a logistic regression starts from where nothing speaks for or against', () => {
    expect(logOdds({})).toBeCloseTo(NOTHING_KNOWN, 6);
    expect(NOTHING_KNOWN).toBeLessThan(0);
  });

  const trio = fc.record({
    seconds: fc.double({ min: 6, max: 600, noNaN: true }),
    side: fc.double({ min: 0.5, max: 1, noNaN: true }),
    ahead: fc.double({ min: -0.35, max: 0.15, noNaN: true }),
    reaction: fc.double({ min: 0, max: 1, noNaN: true }),
    later: fc.double({ min: -2, max: 2, noNaN: true }),
    walkedSeconds: fc.double({ min: 0, max: 600, noNaN: true }),
    nearSeconds: fc.double({ min: 0, max: 1200, noNaN: true }),
    ledBefore: fc.constantFrom(0, 4.5),
  });
  const step = fc.double({ min: 0, max: 1, noNaN: true });

  it.each([
    ['longer', 'seconds', 30],
    ['more on a side of their own', 'side', 0.1],
    ['nearer to a reaction time', 'reaction', 0.5],
    ['more later than before', 'later', 0.5],
    ['standing together for longer', 'nearSeconds', 60],
    ['led before', 'ledBefore', 4],
  ] as const)('is never less for those who are %s', (_, field, most) => {
    fc.assert(
      fc.property(trio, step, (one, share) => {
        const more = flankLogOdds(flankParts({ ...one, [field]: one[field] + share * most }));
        expect(more).toBeGreaterThanOrEqual(flankLogOdds(flankParts(one)) - 1e-9);
      }),
    );
  });

  it('is never more for those who walk further ahead', () => {
    fc.assert(
      fc.property(trio, step, (one, share) => {
        const ahead = flankLogOdds(flankParts({ ...one, ahead: one.ahead + 0.3 * share }));
        expect(ahead).toBeLessThanOrEqual(flankLogOdds(flankParts(one)) + 1e-9);
      }),
    );
  });
});

describe('the answer of a side', () => {
  const TICK = 0.2;
  /** A record whose higher slot repeats the lower one's speed so much later: squared differences grow away from that lag. */
  function repeating(lagSeconds: number, lagged = 60): PairTable {
    const pairs = new PairTable(15);
    pairs.reserve(2);
    const record = pairs.begin(0, 1, 0);
    pairs.numbers[record * pairs.stride + FIELD.lagged] = lagged;
    for (let lag = -15; lag <= 15; lag++) {
      pairs.sums[record * pairs.sumStride + 15 + lag] = lagged * 0.04 * (lag * TICK - lagSeconds) ** 2;
    }
    return pairs;
  }
  const answer = (pairs: PairTable, middleIsLow = true) =>
    answerOf(pairs, 0, middleIsLow, TICK, { reaction: Number.NaN, later: Number.NaN, lagSeconds: Number.NaN });

  it('has the lag at which it repeats the middle one, between ticks too', () => {
    fc.assert(
      fc.property(fc.double({ min: -2.5, max: 2.5, noNaN: true }), (lag) => {
        expect(answer(repeating(lag)).lagSeconds).toBeCloseTo(lag, 3);
      }),
    );
  });

  it('is a reaction where it comes half a second later, and none where it comes first or at once', () => {
    expect(answer(repeating(0.48)).reaction).toBeGreaterThan(0.85);
    expect(answer(repeating(0)).reaction).toBeLessThan(0.01);
    expect(answer(repeating(-0.48)).reaction).toBe(0);
    expect(answer(repeating(2)).reaction).toBeLessThan(0.01);
  });

  it('is turned round where the middle one is the other slot', () => {
    fc.assert(
      fc.property(fc.double({ min: -1.5, max: 1.5, noNaN: true }), (lag) => {
        const one = answer(repeating(lag));
        const other = answer(repeating(-lag), false);
        expect(other.lagSeconds).toBeCloseTo(one.lagSeconds, 6);
        expect(other.reaction).toBeCloseTo(one.reaction, 6);
        expect(other.later).toBeCloseTo(one.later, 6);
        // Sums are in 32 bits: of a lag of less than that nobody knows the sign.
        if (Math.abs(lag) > 1e-4) expect(Math.sign(one.later)).toBe(Math.sign(lag));
      }),
    );
  });

  it('counts for little while little was compared, and for nothing before', () => {
    expect(answer(repeating(0.48, 2)).later).toBeLessThan(0.3 * answer(repeating(0.48)).later);
    expect(answer(repeating(0.48, 0))).toMatchObject({ reaction: 0, later: 0 });
  });
});
