import type { TrackReport } from '@safe-passage/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databaseKinds } from '../../../test/services/database.ts';
import type { Located, LocatedReport } from '../../src/store/index.ts';
import { gapReport, located, locatedGap, pseudonym, trackReport } from '../ingest/reports.ts';
import { createFreshStore, type FreshStore } from './freshStore.ts';

const BASE_MS = Date.now() - 1_800_000;

/** A point of any sign and size that the contract allows, in order of time. */
const points = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 60_000 }),
      fc.integer({ min: -1_000_000, max: 1_000_000 }),
      fc.integer({ min: -1_000_000, max: 1_000_000 }),
      fc.integer({ min: 1, max: 100_000 }),
      fc.constantFrom<0 | 1>(0, 1),
    ),
    { maxLength: 6 },
  )
  .map((list) => list.sort((a, b) => a[0] - b[0]));

const segment = fc.record({
  id: fc.stringMatching(/^[A-Za-z0-9_-]{16}$/),
  state: fc.constantFrom<TrackReport['tracks'][number]['state']>('tentative', 'active', 'coasting', 'ended'),
  points,
});

/** Distinct reports of a few cameras. */
const reports = fc
  .uniqueArray(fc.record({ camera: fc.integer({ min: 1, max: 3 }), sequence: fc.integer({ min: 1, max: 40 }) }), {
    selector: ({ camera, sequence }) => `${camera}/${sequence}`,
    minLength: 1,
    maxLength: 12,
  })
  .chain((keys) =>
    fc.tuple(
      ...keys.map(({ camera, sequence }) =>
        fc.array(segment, { maxLength: 4 }).map((tracks) => {
          const report = trackReport(sequence, { camera: `cam-${camera}`, fromMs: BASE_MS + sequence * 1000, tracks });
          return located(report, { device: `edge-${camera}` }, BASE_MS + 3_000_000);
        }),
      ),
    ),
  );

async function replayed(fresh: FreshStore): Promise<LocatedReport[]> {
  const all: LocatedReport[] = [];
  for await (const one of fresh.store.tracks.replay({ fromMs: 0 })) all.push(one);
  return all;
}

const inOrder = (list: readonly LocatedReport[]): LocatedReport[] =>
  [...list].sort(
    (a, b) =>
      a.report.fromMs - b.report.fromMs ||
      (a.address.device < b.address.device ? -1 : a.address.device > b.address.device ? 1 : 0) ||
      a.report.sequence - b.report.sequence,
  );

describe.each(databaseKinds())('reports in %s', (kind) => {
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

  it('tells new reports from duplicates, within a batch and across batches', async () => {
    const first = located(trackReport(1));
    const second = located(trackReport(2));
    const gap = locatedGap(gapReport(3));
    expect(await fresh.store.reports.writeBatch([first, first, gap, second])).toEqual({
      fresh: [first, gap, second],
      duplicates: 1,
      positions: 6,
    });
    expect(await fresh.store.reports.writeBatch([second, gap, first])).toEqual({
      fresh: [],
      duplicates: 3,
      positions: 0,
    });
    const segments = await fresh.pool.query<{ count: number }>('SELECT count(*) FROM track_segment');
    expect(segments.rows[0]?.count).toBe(4);
  });

  it('keeps two cameras, two devices and two key epochs apart', async () => {
    const batch = [
      located(trackReport(1)),
      located(trackReport(1, { camera: 'cam-2' })),
      located(trackReport(1), { device: 'edge-2' }),
      located(trackReport(1, { epoch: 'ffffffffffffffff' })),
    ];
    expect((await fresh.store.reports.writeBatch(batch)).fresh).toHaveLength(4);
  });

  it('writes all of a batch or nothing', async () => {
    const impossible = located({ ...trackReport(2), sequence: 2 ** 63 });
    await expect(fresh.store.reports.writeBatch([located(trackReport(1)), impossible])).rejects.toThrow();
    const tooFar = trackReport(3, {
      tracks: [{ id: pseudonym('far'), state: 'active', points: [[0, 2 ** 31, 0, 1, 1]] }],
    });
    await expect(fresh.store.reports.writeBatch([located(trackReport(1)), located(tooFar)])).rejects.toThrow(
      RangeError,
    );
    expect(await replayed(fresh)).toEqual([]);
  });

  it('keeps sequence numbers up to 2^53 - 1 and times to the millisecond', async () => {
    const sequence = Number.MAX_SAFE_INTEGER;
    const times = { fromMs: BASE_MS + 123, toMs: BASE_MS + 987 };
    const report = located({ ...trackReport(1, times), sequence }, {}, BASE_MS + 999);
    await fresh.store.reports.writeBatch([report]);
    expect(await replayed(fresh)).toEqual([report]);
  });

  it('stores the same whatever the order, the batches and the repetitions, and replays it exactly', {
    timeout: 240_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(reports, fc.infiniteStream(fc.nat()), async (given, randomness) => {
        await fresh.empty();
        const draw = (below: number) => (randomness.next().value as number) % below;
        // Everything at least once, some again, in any order, cut into batches anywhere.
        const sent: Located[] = [...given, ...given.filter(() => draw(3) === 0), ...given.filter(() => draw(4) === 0)];
        for (let i = sent.length - 1; i > 0; i--) {
          const j = draw(i + 1);
          const [a, b] = [sent[i], sent[j]];
          if (a && b) [sent[i], sent[j]] = [b, a];
        }
        let told = 0;
        for (let at = 0; at < sent.length; ) {
          const size = 1 + draw(5);
          told += (await fresh.store.reports.writeBatch(sent.slice(at, at + size))).fresh.length;
          at += size;
        }
        expect(told).toBe(given.length);
        expect(await replayed(fresh)).toEqual(inOrder(given));
      }),
      { numRuns: 40 },
    );
  });

  it('replays by time and floor, across slices and quiet stretches', async () => {
    const at = (sequence: number, offsetMs: number, floor = 'hall') =>
      located(trackReport(sequence, { fromMs: BASE_MS + offsetMs }), { floor });
    const all = [at(1, 0), at(2, 9_999), at(3, 10_000), at(4, 600_000), at(5, 600_001, 'roof')];
    await fresh.store.reports.writeBatch([...all].reverse());
    const sequences = async (query: { fromMs: number; toMs?: number; floor?: string }) => {
      const found: number[] = [];
      for await (const { report } of fresh.store.tracks.replay(query)) found.push(report.sequence);
      return found;
    };
    expect(await sequences({ fromMs: 0 })).toEqual([1, 2, 3, 4, 5]);
    expect(await sequences({ fromMs: BASE_MS + 9_999, toMs: BASE_MS + 600_000 })).toEqual([2, 3]);
    expect(await sequences({ fromMs: 0, floor: 'roof' })).toEqual([5]);
    expect(await sequences({ fromMs: BASE_MS + 700_000 })).toEqual([]);
  });

  it('never reads what is older than the retention of tracks', async () => {
    const short = await createFreshStore(kind, 1);
    try {
      const nowMs = Date.now();
      const at = (sequence: number, ageMs: number) =>
        located(
          trackReport(sequence, {
            fromMs: nowMs - ageMs,
            tracks: [{ id: pseudonym('one'), state: 'active', points: [[0, 1, 1, 1, 1]] }],
          }),
        );
      await short.store.reports.writeBatch([at(1, 3_700_000), at(2, 3_000_000)]);
      const kept: number[] = [];
      for await (const { report } of short.store.tracks.replay({ fromMs: 0 })) kept.push(report.sequence);
      expect(kept).toEqual([2]);
    } finally {
      await short.close();
    }
  });
});
