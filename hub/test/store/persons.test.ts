import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databaseKinds } from '../../../test/services/database.ts';
import type { PersonSegment } from '../../src/score/personSegment.ts';
import { pseudonym } from '../ingest/reports.ts';
import { createFreshStore, type FreshStore } from './freshStore.ts';

const BASE_MS = Math.floor((Date.now() - 1_800_000) / 60_000) * 60_000;

/** A second of somebody, ten positions from `x` centimetres on. */
function second(name: string, at: number, x: number, extra: Partial<PersonSegment> = {}): PersonSegment {
  const tenths = Array.from({ length: 10 }, (_, i) => i);
  return {
    floor: 'hall',
    person: pseudonym(name),
    fromMs: BASE_MS + 1000 * at,
    offsetsMs: tenths.map((i) => 100 * i),
    xCm: tenths.map((i) => x + i),
    yCm: tenths.map(() => -50),
    sigmaCm: tenths.map(() => 12),
    measured: tenths.map((i) => i % 2 === 1),
    tracks: [],
    ...extra,
  };
}

describe.each(databaseKinds())('persons in %s', (kind) => {
  let fresh: FreshStore;
  beforeAll(async () => {
    fresh = await createFreshStore(kind);
  });
  afterAll(async () => {
    await fresh.close();
  });
  beforeEach(async () => {
    await fresh.empty();
  });

  it('gives the paths of a story whole and of those around it thinned', async () => {
    await fresh.store.persons.write([
      ...[1, 2, 3].map((at) => second('story', at, 100)),
      ...[1, 2, 3].map((at) => second('around', at, 900)),
      second('elsewhere', 1, 0, { floor: 'roof' }),
    ]);
    const { paths } = await fresh.store.persons.evidence({
      floor: 'hall',
      persons: [pseudonym('story')],
      fromMs: BASE_MS + 1500,
      toMs: BASE_MS + 3900,
    });
    expect(paths.map(({ person, role, points }) => [person, role, points.length])).toEqual([
      [pseudonym('story'), 'dwelling', 25],
      [pseudonym('around'), 'other', 3],
    ]);
    expect(paths[0]?.points[0]).toEqual([BASE_MS + 1500, 1.05, -0.5, 0.12, 1]);
  });

  it('keeps the first word about a second of somebody: a replay says the same again', async () => {
    await fresh.store.persons.write([second('one', 1, 100), second('one', 1, 500)]);
    await fresh.store.persons.write([second('one', 1, 900), second('one', 2, 110)]);
    const query = { floor: 'hall', persons: [pseudonym('one')], fromMs: BASE_MS, toMs: BASE_MS + 60_000 };
    const { paths } = await fresh.store.persons.evidence(query);
    expect(paths[0]?.points.map(([, x]) => x).filter((_, i) => i % 10 === 0)).toEqual([1, 1.1]);
  });

  it('knows whose a track was last, and when', async () => {
    const tracks = (...names: string[]) => ({ tracks: names.map((name) => `edge-1/cam-1 ${pseudonym(name)}`) });
    await fresh.store.persons.write([
      second('old', 0, 0, tracks('long-ago')),
      second('one', 10, 0, tracks('a')),
      second('one', 11, 0, tracks('a', 'b')),
      second('two', 11, 0, tracks('c')),
      second('none', 11, 0),
    ]);
    expect(await fresh.store.persons.whose(BASE_MS + 5000)).toEqual([
      { floor: 'hall', person: pseudonym('one'), seenMs: BASE_MS + 12_000, ...tracks('a', 'b') },
      { floor: 'hall', person: pseudonym('two'), seenMs: BASE_MS + 12_000, ...tracks('c') },
    ]);
  });

  it('gives back every position as it was written, whatever the sizes', async () => {
    const position = fc.record({
      x: fc.integer({ min: -1_000_000, max: 1_000_000 }),
      y: fc.integer({ min: -1_000_000, max: 1_000_000 }),
      sigma: fc.integer({ min: 1, max: 100_000 }),
      measured: fc.boolean(),
    });
    const seconds = fc.array(fc.array(position, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(seconds, async (given) => {
        await fresh.empty();
        await fresh.store.persons.write(
          given.map((positions, at) => ({
            floor: 'hall',
            person: pseudonym('one'),
            fromMs: BASE_MS + 1000 * at,
            offsetsMs: positions.map((_, i) => 200 * i),
            xCm: positions.map(({ x }) => x),
            yCm: positions.map(({ y }) => y),
            sigmaCm: positions.map(({ sigma }) => sigma),
            measured: positions.map(({ measured }) => measured),
            tracks: ['d/c t'],
          })),
        );
        const query = { floor: 'hall', persons: [pseudonym('one')], fromMs: BASE_MS, toMs: BASE_MS + 60_000 };
        const { paths } = await fresh.store.persons.evidence(query);
        expect(paths[0]?.points).toEqual(
          given.flatMap((positions, at) =>
            positions.map(({ x, y, sigma, measured }, i) => [
              BASE_MS + 1000 * at + 200 * i,
              x / 100,
              y / 100,
              sigma / 100,
              measured ? 1 : 0,
            ]),
          ),
        );
      }),
      { numRuns: 25 },
    );
  });

  it('never reads what is older than the retention of tracks', async () => {
    const short = await createFreshStore(kind, 1);
    try {
      const nowMs = Math.floor(Date.now() / 1000) * 1000;
      const at = (ageMs: number) => second('one', 0, 1, { fromMs: nowMs - ageMs, tracks: ['d/c t'] });
      await short.store.persons.write([at(3_700_000), at(3_000_000)]);
      const query = { floor: 'hall', persons: [pseudonym('one')], fromMs: 0, toMs: nowMs };
      const { paths } = await short.store.persons.evidence(query);
      expect(paths.flatMap(({ points }) => points.map(([time]) => time))[0]).toBe(nowMs - 3_000_000);
      expect((await short.store.persons.whose(0)).map(({ seenMs }) => seenMs)).toEqual([nowMs - 2_999_000]);
    } finally {
      await short.close();
    }
  });
});
