import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIELD, FIELDS } from '../../../src/score/escorts/field.ts';
import { type KeptPair, takeUp } from '../../../src/score/escorts/keptPair.ts';
import { MEASURES, measureEscort } from '../../../src/score/escorts/measures.ts';
import { OtherCompany } from '../../../src/score/escorts/otherCompany.ts';
import { PairTable } from '../../../src/score/escorts/pairTable.ts';
import type { Stay } from '../../../src/score/escorts/people.ts';

const LAGS = 15;
const TICK_SECONDS = 0.2;
const IN_SIGHT = { leaderBefore: 3, followerBefore: 4, follower: 90 };
const BESIDES = { followersOther: 10, leadersOther: 20, ledNats: 2, ledSinceMs: 400, ledUntilMs: 900 };
const stay = (slot: number): Stay => ({ number: slot, person: `p${slot}`, slot, cameMs: 0, firstMs: 0 });

function measured(pairs: PairTable, record: number, highFollows: boolean): Record<string, number> | null {
  const into = new Float64Array(MEASURES.length);
  const known = measureEscort(pairs, record, TICK_SECONDS, highFollows, IN_SIGHT, BESIDES, into);
  return known ? Object.fromEntries(MEASURES.map(({ name }, i) => [name, into[i] as number])) : null;
}

/** What two were to each other, of any numbers: the low one is in front. */
const KEPT = fc
  .record({
    numbers: fc.array(fc.double({ min: 0.01, max: 50, noNaN: true }), { minLength: FIELDS, maxLength: FIELDS }),
    sums: fc.array(fc.double({ min: 0.01, max: 50, noNaN: true }), {
      minLength: 2 * (2 * LAGS + 1),
      maxLength: 2 * (2 * LAGS + 1),
    }),
  })
  .map(
    ({ numbers, sums }): KeptPair => ({
      sinceMs: 0,
      nearMs: 1000,
      numbers: Float64Array.from(numbers),
      sums: Float32Array.from(sums),
      moments: [],
      answered: [0, 0],
      names: [[], []],
    }),
  );

describe('what is measured of a follower and a leader', () => {
  it('is the same whichever of the two has the lower slot', () => {
    fc.assert(
      fc.property(KEPT, (kept) => {
        const pairs = new PairTable(LAGS);
        pairs.reserve(4);
        const same = measured(pairs, takeUp(pairs, kept, stay(0), stay(1), 1), true);
        const swapped = measured(pairs, takeUp(pairs, kept, stay(3), stay(2), 1), false);
        expect(same).not.toBeNull();
        for (const [name, value] of Object.entries(same ?? {})) expect(swapped?.[name]).toBeCloseTo(value, 5);
      }),
    );
  });

  it('goes on from what two were before one was lost: they have not met again since', () => {
    fc.assert(
      fc.property(KEPT, (kept) => {
        const pairs = new PairTable(LAGS);
        pairs.reserve(2);
        const record = takeUp(pairs, kept, stay(0), stay(1), 0.9);
        const at = (field: number): number => pairs.numbers[record * pairs.stride + field] as number;
        expect(at(FIELD.sinceMs)).toBe(kept.sinceMs);
        expect(at(FIELD.againMs)).toBe(kept.numbers[FIELD.againMs]);
      }),
    );
  });

  it('is nothing of whoever is in front, and nothing where nobody walked', () => {
    const pairs = new PairTable(LAGS);
    pairs.reserve(2);
    const record = pairs.begin(0, 1, 0);
    expect(measured(pairs, record, true)).toBeNull();
    for (const field of [FIELD.weight, FIELD.compared, FIELD.walked, FIELD.near, FIELD.along]) {
      pairs.numbers[record * pairs.stride + field] = 10;
    }
    expect(measured(pairs, record, true)?.along).toBeCloseTo(1, 9);
    expect(measured(pairs, record, false)).toBeNull();
  });

  it('every number is finite, however little was seen', () => {
    fc.assert(
      fc.property(KEPT, fc.constantFrom(0, 1e-6, 1), (kept, share) => {
        const pairs = new PairTable(LAGS);
        pairs.reserve(2);
        const found = measured(pairs, takeUp(pairs, kept, stay(0), stay(1), share), true);
        for (const value of Object.values(found ?? {})) expect(Number.isFinite(value)).toBe(true);
      }),
    );
  });
});

describe('other company', () => {
  it('is the longest with anybody else, and of somebody who is near nobody else none', () => {
    const pairs = new PairTable(LAGS);
    pairs.reserve(4);
    const seconds = (a: number, b: number, near: number): number => {
      const record = pairs.begin(a, b, 0);
      pairs.numbers[record * pairs.stride + FIELD.near] = near;
      return record;
    };
    const [first, second, third] = [seconds(0, 1, 30), seconds(0, 2, 12), seconds(1, 3, 5)];
    const other = new OtherCompany();
    other.look(pairs, 4);
    expect([other.beside(first, 0), other.beside(first, 1)]).toEqual([12, 5]);
    expect([other.beside(second, 0), other.beside(second, 2)]).toEqual([30, 0]);
    pairs.end(second);
    other.look(pairs, 4);
    expect([other.beside(first, 0), other.beside(third, 3)]).toEqual([0, 0]);
  });
});
