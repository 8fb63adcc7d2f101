import { describe, expect, it } from 'vitest';
import { CountReporter } from '../../src/count/countReporter.ts';
import type { CountedZone, UnnumberedCount } from '../../src/count/zoneCounter.ts';
import { DetectionBatch } from '../../src/detect/detection.ts';
import { BlindZones } from '../../src/floor/blindZones.ts';
import { nominalCalibration } from '../../src/floor/calibration.ts';

const QUARTER_MS = 900_000;
/** The begin of a quarter-hour. */
const T0 = 1_900_000 * QUARTER_MS;
const [WIDTH, HEIGHT] = [1280, 720];

type Box = readonly [x: number, y: number, width: number, height: number];

const everywhere = (id: string): CountedZone => ({
  id,
  polygon: [
    [-500, -500],
    [500, -500],
    [500, 500],
    [-500, 500],
  ],
});
const STANDING: Box = [600, 300, 80, 240];

function setup({ blind = false }: { readonly blind?: boolean } = {}) {
  const reports: UnnumberedCount[] = [];
  const reporter = new CountReporter({
    camera: 'cam-1',
    calibration: null,
    blindZones: new BlindZones(blind ? [everywhere('all').polygon] : []),
    zones: [everywhere('hall')],
    confidence: 0.1,
    emit: (report) => reports.push(report),
  });
  const detections = new DetectionBatch();
  /** Five frames a second, the last one not included. */
  const play = (fromMs: number, toMs: number, ...boxes: Box[]) => {
    for (let ms = fromMs; ms < toMs; ms += 200) {
      detections.clear();
      for (const box of boxes) detections.push(...box, 0.9);
      reporter.take({ frame: 1, timeMs: T0 + ms, sourceWidth: WIDTH, sourceHeight: HEIGHT, detections });
    }
  };
  const people = () => reports.map(({ zones }) => zones[0]?.people ?? 0);
  return { reporter, reports, play, people };
}

describe('counts of a camera', () => {
  it('are told when the quarter-hour is over, and no sooner', () => {
    const { reporter, reports, play } = setup();
    play(0, 10_000, STANDING);
    expect(reports).toEqual([]);
    // Nor does anything else tell that somebody is in view.
    expect(reporter.liveTracks).toBe(0);
    play(QUARTER_MS, QUARTER_MS + 200, STANDING);
    expect(reports).toMatchObject([
      { camera: 'cam-1', fromMs: T0, zones: [{ zone: 'hall', people: 1, newcomers: 1 }] },
    ]);
    reporter.finish();
    expect(reports).toHaveLength(2);
  });

  it('are told of a camera that fell silent once its quarter-hour is over, and no sooner', () => {
    const { reporter, reports, play } = setup();
    reporter.flush(2 * QUARTER_MS);
    play(0, 10_200, STANDING);
    reporter.flush(QUARTER_MS - 10_001);
    expect(reports).toEqual([]);
    reporter.flush(QUARTER_MS - 10_000);
    expect(reports).toHaveLength(1);
    reporter.flush(2 * QUARTER_MS);
    expect(reports).toHaveLength(1);
  });

  it('do not tell by the second what was kept back', () => {
    const { reporter, reports, play, people } = setup({ blind: true });
    play(0, 10_000, STANDING);
    expect(reporter.keptBack).toEqual({ pointsInBlindZones: 0, pointsOffFloor: 0 });
    play(QUARTER_MS, QUARTER_MS + 200, STANDING);
    expect(reports).toHaveLength(1);
    expect(people()).toEqual([0]);
    const { pointsInBlindZones } = reporter.keptBack;
    expect(pointsInBlindZones).toBe(50);
    play(QUARTER_MS + 200, QUARTER_MS + 5000, STANDING);
    expect(reporter.keptBack.pointsInBlindZones).toBe(pointsInBlindZones);
  });

  it.each([
    { where: 'inside', box: STANDING, others: 1 },
    { where: 'a hundredth of the picture from its left edge', box: [12, 300, 80, 240] as Box, others: 2 },
    { where: 'further from its left edge', box: [14, 300, 80, 240] as Box, others: 1 },
    { where: 'a hundredth from its right edge', box: [WIDTH - 92, 300, 80, 240] as Box, others: 2 },
    { where: 'further from its right edge', box: [WIDTH - 94, 300, 80, 240] as Box, others: 1 },
    { where: 'a hundredth from its lower edge', box: [600, HEIGHT - 247, 80, 240] as Box, others: 2 },
    { where: 'further from its lower edge', box: [600, HEIGHT - 248, 80, 240] as Box, others: 1 },
    { where: 'at its upper edge, where nobody leaves', box: [600, 0, 80, 540] as Box, others: 1 },
  ])('take whoever appears where somebody was lost for $others: $where', ({ box, others }) => {
    const { reporter, play, people } = setup();
    play(0, 3000, box);
    // The tracker waits for two seconds; at the edge of the picture another one a second after that is somebody else.
    play(3000, 6600);
    play(6600, 10_000, box);
    reporter.finish();
    expect(people()).toEqual([others]);
  });

  it('begin anew under another name where the calibration is another, and go on where it is the same', () => {
    const { reporter, reports, play, people } = setup();
    play(0, 4000, STANDING);
    const { epoch } = reporter;
    reporter.useCalibration(null);
    expect([reporter.epoch, reports]).toEqual([epoch, []]);
    reporter.useCalibration({ ...nominalCalibration(WIDTH, HEIGHT), version: 'abcdefabcdef' });
    expect(reporter.epoch).not.toBe(epoch);
    play(4000, 8000, STANDING);
    reporter.finish();
    expect(reports.map(({ calibration }) => calibration)).toEqual(['nominal', 'abcdefabcdef']);
    expect(people()).toEqual([1, 1]);
  });

  it('begin anew where the zones are others, without whoever had gone; another blind zone alone holds at once', () => {
    const { reporter, reports, play, people } = setup();
    play(0, 4000, STANDING);
    const { epoch } = reporter;
    reporter.usePlan({ blindZones: new BlindZones([]), zones: [everywhere('hall')] });
    expect([reporter.epoch, reports]).toEqual([epoch, []]);
    reporter.usePlan({ blindZones: new BlindZones([]), zones: [everywhere('gate')] });
    expect(reporter.epoch).not.toBe(epoch);
    play(4000, 8000);
    reporter.usePlan({ blindZones: new BlindZones([everywhere('all').polygon]), zones: [everywhere('gate')] });
    play(8000, 12_000, STANDING);
    reporter.finish();
    expect(reports.map(({ zones }) => zones.map(({ zone }) => zone))).toEqual([['hall'], []]);
    expect(people()).toEqual([1, 0]);
  });
});
