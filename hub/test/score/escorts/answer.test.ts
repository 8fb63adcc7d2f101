import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerOf, noAnswer } from '../../../src/score/escorts/answer.ts';
import { FIELD } from '../../../src/score/escorts/field.ts';
import { PairTable } from '../../../src/score/escorts/pairTable.ts';

describe('the answer of a side', () => {
  const TICK = 0.2;
  /** A record whose higher slot repeats the lower one's speed so much later: squared differences grow away from that lag. */
  function repeating(lagSeconds: number, lagged = 60): PairTable {
    const pairs = new PairTable(15);
    pairs.reserve(2);
    const record = pairs.begin(0, 1, 0);
    pairs.numbers[record * pairs.stride + FIELD.lagged] = lagged;
    for (let lag = -15; lag <= 15; lag++) {
      const unlike = lagged * 0.04 * (lag * TICK - lagSeconds) ** 2;
      pairs.sums[record * pairs.sumStride + 15 + lag] = unlike;
      // Velocities agree where speeds do.
      pairs.sums[record * pairs.sumStride + 46 + lag] = lagged - unlike;
    }
    pairs.numbers[record * pairs.stride + FIELD.lowEnergy] = lagged;
    pairs.numbers[record * pairs.stride + FIELD.highEnergy] = lagged;
    return pairs;
  }
  const answer = (pairs: PairTable, middleIsLow = true) => answerOf(pairs, 0, middleIsLow, TICK, noAnswer());

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

  it('has the lag at which velocities agree best, to a tick, and says by how much', () => {
    expect(answer(repeating(0.6)).velocityLagSeconds).toBeCloseTo(0.6, 6);
    expect(answer(repeating(0.6)).velocityGain).toBeCloseTo(0.04 * 0.6 ** 2, 5);
    expect(answer(repeating(0.6), false).velocityLagSeconds).toBeCloseTo(-0.6, 6);
    expect(answer(repeating(0)).velocityGain).toBeCloseTo(0, 6);
  });

  it('counts for little while little was compared, and for nothing before', () => {
    expect(answer(repeating(0.48, 2)).later).toBeLessThan(0.3 * answer(repeating(0.48)).later);
    expect(answer(repeating(0.48, 0))).toMatchObject({ reaction: 0, later: 0 });
  });
});
