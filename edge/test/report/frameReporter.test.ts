import { checker, describeProblems, TrackReport } from '@safe-passage/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DetectionBatch } from '../../src/detect/detection.ts';
import { BlindZones } from '../../src/floor/blindZones.ts';
import { nominalCalibration } from '../../src/floor/calibration.ts';
import { Pseudonymiser } from '../../src/pseudonym/pseudonymiser.ts';
import type { UnnumberedReport } from '../../src/report/collector.ts';
import { FrameReporter } from '../../src/report/frameReporter.ts';

const T0 = 1_700_000_000_000;
const HOUR = 3_600_000;
const check = checker(TrackReport);

function setup(change: { blind?: [number, number][]; confidence?: number; rotateMs?: number } = {}) {
  const reports: UnnumberedReport[] = [];
  const names = new Pseudonymiser(change.rotateMs ?? 12 * HOUR);
  const reporter = new FrameReporter({
    camera: 'cam-1',
    calibration: null,
    blindZones: new BlindZones(change.blind ? [change.blind] : []),
    confidence: change.confidence ?? 0.1,
    names,
    emit: (report) => reports.push(report),
  });
  const batch = new DetectionBatch();
  /** Boxes as left, top, width, height, confidence. */
  const take = (ms: number, ...boxes: [number, number, number, number, number][]) => {
    batch.clear();
    for (const box of boxes) batch.push(...box);
    reporter.take({ frame: 1, timeMs: T0 + ms, sourceWidth: 1280, sourceHeight: 720, detections: batch });
  };
  return { reports, names, reporter, take };
}

const walker = (ms: number): [number, number, number, number, number] => [200 + ms / 20, 300, 80, 240, 0.9];
const pointsOf = (reports: readonly UnnumberedReport[]) => reports.flatMap((r) => r.tracks.flatMap((t) => t.points));

describe('frames become reports', () => {
  it('with one name for a walker, from tentative to ended', () => {
    const { reports, reporter, take } = setup();
    for (let ms = 0; ms < 4000; ms += 100) take(ms, walker(ms));
    reporter.finish();
    const names = new Set(reports.flatMap((r) => r.tracks.map((t) => t.id)));
    expect(names.size).toBe(1);
    expect(reports.map((r) => r.tracks[0]?.state)).toEqual(['active', 'active', 'active', 'ended']);
    expect(pointsOf(reports)).toHaveLength(40);
  });

  it('without a trace of what lies in a blind zone, which is counted', () => {
    const free = setup();
    for (let ms = 0; ms < 8000; ms += 100) free.take(ms, walker(ms));
    free.reporter.finish();
    const xs = pointsOf(free.reports).map(([, x]) => x / 100);
    const middle = (Math.min(...xs) + Math.max(...xs)) / 2;
    const blind: [number, number][] = [
      [middle, -100],
      [100, -100],
      [100, 100],
      [middle, 100],
    ];
    const half = setup({ blind });
    for (let ms = 0; ms < 8000; ms += 100) half.take(ms, walker(ms));
    half.reporter.finish();
    const seen = pointsOf(half.reports).map(([, x]) => x / 100);
    expect(seen.length).toBeGreaterThan(10);
    for (const x of seen) expect(x).toBeLessThanOrEqual(middle + 0.005);
    expect(half.reporter.keptBack.pointsInBlindZones + seen.length).toBe(80);
    expect(half.reports.at(-1)?.tracks.every((t) => t.state === 'ended')).toBe(true);
  });

  it('without feet above the horizon, which are counted', () => {
    const { reports, reporter, take } = setup();
    for (let ms = 0; ms < 1000; ms += 100) take(ms, [200, -400, 40, 100, 0.9]);
    reporter.finish();
    expect(pointsOf(reports)).toEqual([]);
    expect(reporter.keptBack.pointsOffFloor).toBe(10);
  });

  it('without boxes below the confidence', () => {
    const { reports, reporter, take } = setup({ confidence: 0.95 });
    for (let ms = 0; ms < 1000; ms += 100) take(ms, [700, 300, 80, 240, 0.97], walker(ms), [900, 300, 80, 240, 0.99]);
    reporter.finish();
    expect(new Set(reports.flatMap((r) => r.tracks.map((t) => t.id))).size).toBe(2);
  });

  it('under a new key by the time in the data: everybody ends under the old one, and nothing survives', () => {
    const { reports, reporter, names, take } = setup({ rotateMs: HOUR });
    const first = names.epoch;
    for (let ms = HOUR - 2000; ms < HOUR + 2000; ms += 100) take(ms - (HOUR - 2000), walker(ms - HOUR + 2000));
    expect(names.epoch).toBe(first);
    for (let ms = HOUR - 500; ms < HOUR + 1500; ms += 100) take(ms, walker(ms - HOUR + 500));
    reporter.finish();
    const epochs = [...new Set(reports.map((r) => r.epoch))];
    expect(epochs).toHaveLength(2);
    const before = reports.filter((r) => r.epoch === first);
    const after = reports.filter((r) => r.epoch !== first);
    const last = new Map(before.flatMap((r) => r.tracks.map((t) => [t.id, t.state] as const)));
    expect([...last.values()].every((state) => state === 'ended')).toBe(true);
    for (const t of after.flatMap((r) => r.tracks)) expect(last.has(t.id)).toBe(false);
    expect(after.flatMap((r) => r.tracks).length).toBeGreaterThan(0);
    expect(Math.min(...after.map((r) => r.fromMs))).toBe(T0 + HOUR);
  });

  it('without whoever was lost from view before a rotation: the tracker forgets, too', () => {
    const { reports, reporter, names, take } = setup();
    for (let ms = 0; ms < 2000; ms += 100) take(ms, walker(ms));
    take(2000);
    expect(reporter.liveTracks).toBe(1);
    reporter.rotateKey();
    for (let ms = 2100; ms < 4000; ms += 100) take(ms);
    const { epoch } = names;
    reporter.finish();
    const after = reports.filter((r) => r.epoch === epoch);
    expect(after.length).toBeGreaterThan(0);
    expect(after.flatMap((r) => r.tracks)).toEqual([]);
  });

  it('under a key that lives from the last frame on where somebody asked for another', () => {
    const { reporter, names, take } = setup({ rotateMs: HOUR });
    take(0);
    take(HOUR / 2);
    reporter.rotateKey();
    const asked = names.epoch;
    take(HOUR);
    expect(names.epoch).toBe(asked);
    take((3 * HOUR) / 2);
    expect(names.epoch).not.toBe(asked);
  });

  it('up to a second that does not go on, once it is known that it does not', () => {
    const { reports, reporter, take } = setup();
    reporter.flush();
    expect(reports).toEqual([]);
    for (let ms = 0; ms < 500; ms += 100) take(ms, walker(ms));
    reporter.flush();
    expect(pointsOf(reports)).toHaveLength(5);
  });

  it('without what lies in the blind zones of now, from the next frame on', () => {
    const { reports, reporter, take } = setup();
    for (let ms = 0; ms < 500; ms += 100) take(ms, walker(ms));
    const everywhere: [number, number][] = [
      [-500, -500],
      [500, -500],
      [500, 500],
      [-500, 500],
    ];
    reporter.usePlan({ blindZones: new BlindZones([everywhere]) });
    for (let ms = 500; ms < 2000; ms += 100) take(ms, walker(ms));
    reporter.finish();
    expect(pointsOf(reports)).toHaveLength(5);
    expect(reporter.keptBack.pointsInBlindZones).toBe(15);
  });

  it('by the confidence of now', () => {
    const { reports, reporter, take } = setup();
    reporter.confidence = 0.95;
    for (let ms = 0; ms < 500; ms += 100) take(ms, walker(ms));
    reporter.finish();
    expect(pointsOf(reports)).toEqual([]);
  });

  it('until the source is over: then the key is gone', () => {
    const { reporter, names, take } = setup();
    take(0, walker(0));
    reporter.finish();
    expect(() => names.pseudonymOf(1)).toThrow('destroyed');
  });

  it('under one key where the calibration is the same as before', () => {
    const { reports, reporter, names, take } = setup();
    const { epoch } = names;
    take(0, walker(0));
    reporter.useCalibration(null);
    expect([names.epoch, reports]).toEqual([epoch, []]);
  });

  it('under a new key where the calibration changes, for its metres are others', () => {
    const { reports, reporter, take } = setup();
    for (let ms = 0; ms < 1000; ms += 100) take(ms, walker(ms));
    reporter.useCalibration({ ...nominalCalibration(1280, 720), version: 'abcdefabcdef' });
    for (let ms = 1000; ms < 2000; ms += 100) take(ms, walker(ms));
    reporter.finish();
    expect(reports.map((r) => r.calibration)).toEqual(['nominal', 'abcdefabcdef']);
    expect(reports[0]?.tracks[0]?.state).toBe('ended');
    expect(new Set(reports.map((r) => r.epoch)).size).toBe(2);
  });

  it('that the contract takes, whatever the detector says', () => {
    const box = fc.tuple(
      fc.double({ min: -2000, max: 4000, noNaN: true }),
      fc.double({ min: -2000, max: 4000, noNaN: true }),
      fc.double({ min: 0.01, max: 4000, noNaN: true }),
      fc.double({ min: 0.01, max: 4000, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 2500 }), fc.array(box, { maxLength: 8 })), { maxLength: 40 }),
        (frames) => {
          const { reports, reporter, take } = setup();
          let ms = 0;
          for (const [step, boxes] of frames) {
            ms += step;
            take(ms, ...boxes);
          }
          reporter.finish();
          for (const report of reports) {
            const checked = check({ ...report, sequence: 1 });
            if (!checked.ok) throw new Error(describeProblems(checked.problems));
          }
          expect(reporter.liveTracks).toBe(0);
        },
      ),
    );
  });
});
