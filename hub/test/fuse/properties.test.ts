import type { TrackReport } from '@safe-passage/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FloorFusion, type FusionNews } from '../../src/fuse/floorFusion.ts';
import { createFusion, type Fusion } from '../../src/fuse/fusion.ts';
import type { ReceivedReport } from '../../src/fuse/receivedReport.ts';
import { emptyNews, fuse, noise, type Point, seen } from './floor.ts';

const SITE = 'site';
const START_MS = 1_700_000_000_000;
const plan = (id: string) => ({
  id,
  name: id,
  bounds: [
    [0, 0],
    [100, 100],
  ] as [[number, number], [number, number]],
  walls: [],
  zones: [],
  cameras: [],
});
const build = (): Fusion => createFusion({ site: SITE, plans: [plan('hall')] });

/** Ten people criss-cross before three cameras for twenty seconds; one of the cameras loses everybody at times. */
const HALL: Point[] = ['a', 'b', 'c'].flatMap((camera, c) =>
  Array.from({ length: 10 }, (_, i) =>
    [0, 1].flatMap((part) =>
      seen(camera, `${i}-${part}`, [(i % 4) + 10 * part, 9 + (i % 3) - c + 10 * part], (t) => [
        10 + 8 * Math.abs((((i * 1.3 + t) / 8) % 2) - 1),
        10 + i * 0.6 + Math.sin(t / 3 + i),
      ]),
    ),
  ).flat(),
);

/** Cuts points into reports at the given moments. */
function reportsOf(points: readonly Point[], cutsMs: readonly number[]): ReceivedReport[] {
  const edges = [...new Set([0, ...cutsMs, 22_000])].sort((a, b) => a - b);
  return [...new Set(points.map(({ camera }) => camera))].flatMap((camera) =>
    edges.slice(1).map((toMs, i): ReceivedReport => {
      const fromMs = edges[i] ?? 0;
      const own = points.filter((p) => p.camera === camera && p.timeMs >= fromMs && p.timeMs < toMs);
      const report: TrackReport = {
        schema: 'track-report/1',
        camera,
        calibration: 'nominal',
        epoch: '0123456789abcdef',
        sequence: i + 1,
        fromMs: START_MS + fromMs,
        toMs: START_MS + toMs - 1,
        tracks: [...new Set(own.map(({ track }) => track))].map((track) => ({
          id: track.padEnd(16, '_'),
          state: 'active',
          points: own
            .filter((p) => p.track === track)
            .map((p) => [p.timeMs - fromMs, Math.round(p.x * 100), Math.round(p.y * 100), 12, 1]),
        })),
      };
      return {
        address: { site: SITE, floor: 'hall', device: 'd', camera },
        report,
        receivedAtMs: START_MS + toMs + 500,
      };
    }),
  );
}

function play(reports: readonly (readonly ReceivedReport[])[]): FusionNews {
  const fusion = build();
  const news = emptyNews();
  const take = (all: ReturnType<Fusion['onReports']>): void => {
    for (const { samples, continuations } of all) {
      news.samples.push(...samples);
      news.continuations.push(...continuations);
    }
  };
  for (const batch of reports) take(fusion.onReports(batch));
  take(fusion.advance(START_MS + 120_000));
  return news;
}

/** A camera reports once a second or more often; what is longer on its way than the delay cannot be waited for. */
const EVERY_SECOND = Array.from({ length: 22 }, (_, i) => 1000 * i);
const whole = play([reportsOf(HALL, [])]);

describe('what fusion decides', () => {
  it('is what there is to decide: about ten persons', () => {
    const persons = new Set(whole.samples.map(({ person }) => person)).size;
    expect(persons).toBeGreaterThanOrEqual(10);
    expect(persons).toBeLessThan(30);
  });

  it('is the same, bit for bit, however the reports are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20_000 }), { maxLength: 30 }), (cuts) => {
        const reports = reportsOf(HALL, [...EVERY_SECOND, ...cuts]).sort((a, b) => a.report.toMs - b.report.toMs);
        expect(play(reports.map((report) => [report]))).toEqual(whole);
      }),
      { numRuns: 12 },
    );
  });

  it('is the same whatever the order in which cameras arrive within the delay, and whatever arrives twice', () => {
    const reports = reportsOf(HALL, EVERY_SECOND);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 3, maxLength: 3 }),
        fc.nat(),
        (delays, twice) => {
          const delayOf = ({ report }: ReceivedReport) => delays['abc'.indexOf(report.camera)] ?? 0;
          const arrived = [...reports].sort((a, b) => a.report.toMs + delayOf(a) - (b.report.toMs + delayOf(b)));
          const again = arrived[twice % arrived.length];
          const batches = arrived.map((report) => (report === again ? [report, report] : [report]));
          expect(play(batches)).toEqual(whole);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('never depends on what came too late: it is counted and left out', () => {
    const fusion = new FloorFusion('hall');
    const news = emptyNews();
    for (const p of seen('a', '1', [0, 5], () => [0, 0]))
      fusion.observe(p.camera, p.track, p.timeMs, p.x, p.y, 0.1, true);
    fusion.decide(1000, news);
    fusion.observe('b', '1', 1000, 0, 0, 0.1, true);
    expect(fusion.counts.late).toBe(1);
    expect(() => fusion.decide(1000, news)).toThrow(RangeError);
  });
});

describe('bad input', () => {
  const number = fc.oneof(
    fc.double(),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1e300, 0),
    fc.double({ min: -50, max: 50, noNaN: true }),
  );
  const anything = fc.record({
    timeMs: fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.constantFrom(Number.NaN, 5000, 5000.5)),
    camera: fc.constantFrom('a', 'b', 'c'),
    track: fc.constantFrom('1', '2', '3'),
    x: number,
    y: number,
    sigma: number,
    measured: fc.boolean(),
  });

  it('of any kind gives finite positions, one per person and moment, and never harms the next', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 80 }), (points) => {
        const fusion = new FloorFusion('hall');
        const news = emptyNews();
        for (const p of points) fusion.observe(p.camera, p.track, p.timeMs, p.x, p.y, p.sigma, p.measured);
        for (const p of seen('z', '9', [30, 32], () => [500, 500])) {
          fusion.observe(p.camera, p.track, p.timeMs, p.x, p.y, 0.1, true);
        }
        for (let moment = 0; moment <= 32_000; moment += 200) fusion.decide(moment, news);
        const keys = new Set<string>();
        for (const { timeMs, person, x, y, sigmaMetres } of news.samples) {
          for (const value of [x, y, sigmaMetres]) expect(Number.isFinite(value)).toBe(true);
          expect(sigmaMetres).toBeGreaterThan(0);
          keys.add(`${timeMs} ${person}`);
        }
        expect(keys.size).toBe(news.samples.length);
        expect(news.samples.filter(({ x, y }) => Math.hypot(x - 500, y - 500) < 1)).toHaveLength(11);
        for (const { probability } of news.continuations) {
          expect(probability).toBeGreaterThan(0);
          expect(probability).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('says what was not taken as it came', () => {
    const good = seen('a', '1', [0, 3], (t) => [t, 0]);
    const { fusion } = fuse([
      ...good,
      { timeMs: 1000, camera: 'a', track: '1', x: 9, y: 9, sigma: 9 },
      { timeMs: 1100, camera: 'a', track: '2', x: Number.NaN, y: 0 },
      { timeMs: 1100, camera: 'a', track: '2', x: 0, y: 0, sigma: -1 },
    ]);
    expect(fusion.counts).toEqual({ invalid: 2, repeated: 1, late: 0, teleported: 0, overflowed: 0 });
  });

  it('takes an id that jumps, or that returns after long, for another track', () => {
    const jump = fuse(seen('a', '1', [0, 10], (t) => (t < 5 ? [0, 0] : [80, 0])));
    expect(jump.fusion.counts.teleported).toBe(1);
    expect(new Set(jump.samples.map(({ person }) => person)).size).toBe(2);
    const reused = fuse([...seen('a', '1', [0, 3], () => [0, 0]), ...seen('a', '1', [30, 33], () => [20, 0])]);
    expect(new Set(reused.samples.map(({ person }) => person)).size).toBe(2);
  });

  it('of 10,000 tracks that begin at once, in one spot or all over, is decided and forgotten', () => {
    for (const spread of [1, 200]) {
      const random = noise(1);
      const points: Point[] = Array.from({ length: 10_000 }, (_, i) =>
        [0, 100, 200, 300].map((timeMs) => ({
          timeMs,
          camera: `camera-${i % 20}`,
          track: String(i),
          x: spread * (10 * random() + 1),
          y: spread * (10 * random() + 1),
        })),
      ).flat();
      const { samples, fusion } = fuse(points);
      expect(samples.length).toBeGreaterThan(0);
      const news = emptyNews();
      for (let moment = 400; moment < 12_000; moment += 400) fusion.decide(moment, news);
      expect(fusion.size).toMatchObject({ tracks: 0, persons: 0, held: 0 });
    }
  }, 240_000);

  it('takes no more tracks than it is told to hold', () => {
    const points = Array.from({ length: 50 }, (_, i) => seen('a', String(i), [0, 2], () => [3 * i, 0])).flat();
    const { fusion, samples } = fuse(points, { fuse: { maxTracks: 20 } });
    expect(fusion.size.tracks).toBe(20);
    expect(fusion.counts.overflowed).toBeGreaterThan(0);
    expect(new Set(samples.map(({ person }) => person)).size).toBe(20);
  });

  it('from the future, from another site or floor, or not yet believed, is left out', () => {
    const reports = reportsOf(HALL, []);
    const fusion = build();
    const far = reports.map((r) => ({ ...r, receivedAtMs: r.report.toMs - 60_000 }));
    const elsewhere = reports.map((r) => ({ ...r, address: { ...r.address, site: 'other' } }));
    const tentative = reports.map((r) => {
      const report = r.report as TrackReport;
      return { ...r, report: { ...report, tracks: report.tracks.map((t) => ({ ...t, state: 'tentative' as const })) } };
    });
    const told = (all: ReturnType<Fusion['onReports']>) => all.flatMap(({ samples }) => samples);
    expect(told(fusion.onReports([...far, ...elsewhere]))).toEqual([]);
    expect(fusion.report('hall')?.counts.invalid).toBe(3);
    expect(fusion.report('nowhere')).toBeNull();
    expect(told(fusion.onReports(tentative))).toEqual([]);
    expect(told(fusion.advance(START_MS + 120_000))).toEqual([]);
  });
});
