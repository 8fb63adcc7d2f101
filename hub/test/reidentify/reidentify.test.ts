import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReadRows, testReidentification } from '../../src/reidentify/attack.ts';
import { LEAST_FOLLOWED_SECONDS } from '../../src/reidentify/sample.ts';
import { MOST_POINTS, type Precision, SETTINGS, type Setting, type Uniqueness } from '../../src/reidentify/settings.ts';

type Row = readonly [person: string, second: number, x: number, y: number];

const reading =
  (rows: readonly Row[], floor = (_person: string) => 'hall'): ReadRows =>
  (row) => {
    for (const [person, second, x, y] of rows) row(floor(person), person, second * 1000, x, y);
    return Promise.resolve();
  };

const AS_IT_IS: Precision = { metres: 0, seconds: 0 };
const known = (metres: number, seconds: number, rounding = AS_IT_IS): Setting => ({
  precision: { metres, seconds },
  rounding,
});

const attack = (rows: readonly Row[], setting: Setting, seed = 1, floor?: (person: string) => string) =>
  testReidentification({
    read: reading(rows, floor),
    nowMs: 1_000_000,
    retentionsSeconds: [1000],
    settings: [setting],
    sample: 100,
    seed,
  });
const uniqueBy = (results: readonly Uniqueness[]): number[] => results.map(({ unique }) => unique);

/** Somebody who goes along the x axis at a metre a second. */
const walk = (person: string, from: number, to: number, y: number): Row[] =>
  Array.from({ length: to - from + 1 }, (_, i) => [person, from + i, i, y]);

describe('the share of tracks that somebody can single out', () => {
  it('is everybody where people are further apart than what is known of their places', async () => {
    const rows = [...walk('a', 0, 60, 0), ...walk('b', 0, 60, 20), ...walk('c', 0, 60, 40)];
    expect(uniqueBy(await attack(rows, known(1, 1)))).toEqual([3, 3, 3, 3, 3]);
  });

  it('is nobody where two always go side by side', async () => {
    const rows = [...walk('a', 0, 60, 0), ...walk('b', 0, 60, 0.5)];
    expect(uniqueBy(await attack(rows, known(1, 1)))).toEqual([0, 0, 0, 0, 0]);
  });

  it('is everybody again where one of them goes on alone and enough is known', async () => {
    // b leaves after the third part of the way; c and d are there to be looked for as well.
    const rows = [...walk('a', 0, 300, 0), ...walk('b', 0, 30, 0.5)];
    const [one = 0, , , , five = 0] = uniqueBy(await attack(rows, known(1, 0.4)));
    // b is never alone; a is, in nine of ten of its seconds.
    expect(five).toBe(1);
    expect(one).toBeLessThanOrEqual(1);
  });

  it('does not tell apart who was in the same place a minute later, where the minute is not known', async () => {
    const rows = [...walk('a', 0, 30, 0), ...walk('b', 60, 90, 0)];
    expect(uniqueBy(await attack(rows, known(2, 1)))).toEqual([2, 2, 2, 2, 2]);
    expect(uniqueBy(await attack(rows, known(2, 60)))).toEqual([0, 0, 0, 0, 0]);
  });

  it('tells floors apart', async () => {
    const rows = [...walk('a', 0, 60, 0), ...walk('b', 0, 60, 0)];
    expect(uniqueBy(await attack(rows, known(1, 1), 1, (person) => person))).toEqual([2, 2, 2, 2, 2]);
  });

  it('is nobody where the stored places are rounded beyond the distance between people', async () => {
    const rows = [...walk('a', 0, 60, 0), ...walk('b', 0, 60, 3)];
    const coarse = { metres: 10, seconds: 10 };
    expect(uniqueBy(await attack(rows, known(1, 1)))).toEqual([2, 2, 2, 2, 2]);
    expect(uniqueBy(await attack(rows, known(1, 1, coarse)))).toEqual([0, 0, 0, 0, 0]);
  });

  it('looks at the tracks within the retention alone', async () => {
    const results = await testReidentification({
      read: reading([...walk('a', 0, 60, 0), ...walk('b', 900, 960, 0), ...walk('c', 900, 960, 20)]),
      nowMs: 1_000_000,
      retentionsSeconds: [1000, 200],
      settings: [known(1, 1)],
      sample: 100,
      seed: 1,
    });
    expect(results.filter(({ points }) => points === 1).map(({ persons, unique }) => [persons, unique])).toEqual([
      [3, 3],
      [2, 2],
    ]);
  });

  it('asks about nobody who was followed for a few steps, though they may be who fits', async () => {
    // The short one is where the long one is known to have been.
    const rows = [...walk('long', 0, 30, 0), ...walk('short', 0, 9, 0.5)];
    const results = await attack(rows, known(1, 1));
    expect(results.map(({ persons, sampled }) => [persons, sampled])).toEqual(Array(5).fill([2, 1]));
    const alone = await attack([...walk('short', 0, 9, 0)], known(1, 1));
    expect(alone.every(({ sampled }) => sampled === 0)).toBe(true);
  });

  it('asks about as many as it is told to, and about the same ones for the same seed', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => walk(`p${i}`, i, i + 20, (i % 7) * 0.7)).flat();
    const test = (seed: number) =>
      testReidentification({ read: reading(rows), nowMs: 1e6, retentionsSeconds: [1000], sample: 10, seed });
    const [first, again, backwards] = [
      await test(3),
      await test(3),
      await testReidentification({
        read: reading(rows.toReversed()),
        nowMs: 1e6,
        retentionsSeconds: [1000],
        sample: 10,
        seed: 3,
      }),
    ];
    expect(first.every(({ sampled, persons }) => sampled === 10 && persons === 40)).toBe(true);
    expect(again).toEqual(first);
    expect(backwards).toEqual(first);
  });
});

const crowd = fc.array(
  fc.record({
    from: fc.integer({ min: 0, max: 60 }),
    seconds: fc.integer({ min: 1, max: 40 }),
    x: fc.double({ min: 0, max: 20, noNaN: true }),
    y: fc.double({ min: 0, max: 20, noNaN: true }),
    heading: fc.double({ min: 0, max: 6.28, noNaN: true }),
  }),
  { minLength: 1, maxLength: 25 },
);

const rowsOf = (people: typeof crowd extends fc.Arbitrary<infer T> ? T : never, apart = 1): Row[] =>
  people.flatMap(({ from, seconds, x, y, heading }, i) =>
    Array.from(
      { length: seconds },
      (_, s): Row => [`p${i}`, from + apart * s, x + s * Math.cos(heading), y + s * Math.sin(heading)],
    ),
  );

describe('whatever the crowd', () => {
  it('more points and more exact ones never make fewer people unique', async () => {
    await fc.assert(
      fc.asyncProperty(crowd, fc.nat(1000), async (people, seed) => {
        const results = await testReidentification({
          read: reading(rowsOf(people)),
          nowMs: 1e6,
          retentionsSeconds: [1000],
          sample: 100,
          seed,
        });
        for (const one of results) {
          for (const other of results) {
            const sameRounding =
              one.rounding.metres === other.rounding.metres && one.rounding.seconds === other.rounding.seconds;
            const knowsMore =
              other.points >= one.points &&
              other.precision.metres <= one.precision.metres &&
              other.precision.seconds <= one.precision.seconds;
            if (sameRounding && knowsMore) expect(other.unique).toBeGreaterThanOrEqual(one.unique);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is what looking at everybody one by one gives, where everything is known of them', async () => {
    // Nobody has more points than somebody may know, and everybody is followed for long enough to be asked about.
    const brief = crowd.map((people) =>
      people.map((one) => ({ ...one, seconds: 2 + (one.seconds % (MOST_POINTS - 1)) })),
    );
    await fc.assert(
      fc.asyncProperty(brief, fc.constantFrom(...SETTINGS), async (people, setting) => {
        const rows = rowsOf(people, LEAST_FOLLOWED_SECONDS);
        const { precision, rounding } = setting;
        const stored = (value: number, step: number) => (step > 0 ? Math.round(value / step) * step : value);
        const fits = ([, second, x, y]: Row, [, s, a, b]: Row): boolean =>
          Math.abs(second - stored(s, rounding.seconds)) <= precision.seconds + rounding.seconds / 2 &&
          Math.hypot(x - stored(a, rounding.metres), y - stored(b, rounding.metres)) <=
            precision.metres + rounding.metres * Math.SQRT1_2 + 1e-9;
        const of = (i: number): Row[] => rows.filter(([person]) => person === `p${i}`);
        const unique = people.filter((_, i) =>
          people.every((_other, j) => i === j || !of(i).every((point) => of(j).some((row) => fits(point, row)))),
        );
        expect(uniqueBy(await attack(rows, setting, 7)).at(-1)).toBe(unique.length);
      }),
      { numRuns: 60 },
    );
  });
});
