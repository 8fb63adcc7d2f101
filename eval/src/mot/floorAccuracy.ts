import { DetectionBatch } from '@safe-passage/edge/detect/detection.ts';
import { fillBatch, type MotFrame, type MotTable } from '@safe-passage/edge/detect/mot.ts';
import type { CalibrationFile } from '@safe-passage/edge/floor/calibration.ts';
import type { FloorMapper, FloorPoint } from '@safe-passage/edge/floor/floor.ts';
import { AssignmentSolver } from '@safe-passage/edge/track/assignment.ts';
import { bufferedOverlap } from '@safe-passage/edge/track/overlap.ts';
import { Tracker } from '@safe-passage/edge/track/tracker.ts';

/** Errors on the floor in metres, and how often the claimed sigma holds. */
export interface FloorErrors {
  readonly count: number;
  readonly medianMetres: number;
  readonly rmsMetres: number;
  readonly percentile95Metres: number;
  /** Share of places within one and two claimed sigmas; honest sigmas give 0.63 to 0.68 and 0.95 to 0.98. */
  readonly withinOneSigma: number;
  readonly withinTwoSigma: number;
}

const CELL_PIXELS = 40;
const MATCH_OVERLAP = 0.5;

/** The split: who has an odd number gives the known points, who has an even number tests them. */
const givesKnownPoints = (person: number): boolean => person % 2 === 1;

/** Boxes of another size of picture. */
export function scaleTable(table: MotTable, scaleX: number, scaleY: number): MotTable {
  return {
    ...table,
    x: table.x.map((value) => value * scaleX),
    y: table.y.map((value) => value * scaleY),
    width: table.width.map((value) => value * scaleX),
    height: table.height.map((value) => value * scaleY),
  };
}

const foot = (table: MotTable, i: number): [number, number] => [
  (table.x[i] as number) + (table.width[i] as number) / 2,
  (table.y[i] as number) + (table.height[i] as number),
];

/** As known points, the first odd-numbered person who stands in each cell of 40 pixels: few, and spread over the picture. */
export function knownPoints(truth: MotTable, imageWidth: number, imageHeight: number): CalibrationFile {
  const cells = new Map<string, CalibrationFile['points'][number]>();
  for (let i = 0; i < truth.count; i += 1) {
    if (truth.confidence[i] === 0 || !givesKnownPoints(truth.id[i] as number)) continue;
    const image = foot(truth, i);
    const cell = image.map((value) => Math.floor(value / CELL_PIXELS)).join();
    if (!cells.has(cell)) cells.set(cell, { image, floor: [truth.floorX[i] as number, truth.floorY[i] as number] });
  }
  return { name: 'known points', imageWidth, imageHeight, points: [...cells.values()] };
}

class ErrorList {
  readonly #errors: number[] = [];
  #oneSigma = 0;
  #twoSigma = 0;

  add(place: FloorPoint, x: number, y: number): void {
    const error = Math.hypot(place.x - x, place.y - y);
    this.#errors.push(error);
    if (error <= place.sigmaMetres) this.#oneSigma += 1;
    if (error <= 2 * place.sigmaMetres) this.#twoSigma += 1;
  }

  summary(): FloorErrors {
    const sorted = this.#errors.toSorted((a, b) => a - b);
    const count = sorted.length;
    const at = (share: number) => sorted[Math.min(count - 1, Math.floor(share * count))] ?? 0;
    return {
      count,
      medianMetres: at(0.5),
      rmsMetres: count > 0 ? Math.sqrt(sorted.reduce((sum, value) => sum + value * value, 0) / count) : 0,
      percentile95Metres: at(0.95),
      withinOneSigma: count > 0 ? this.#oneSigma / count : 0,
      withinTwoSigma: count > 0 ? this.#twoSigma / count : 0,
    };
  }
}

/** The calibration alone: foot points of the ground truth's own boxes, of the people who test it. */
export function calibrationErrors(truth: MotTable, mapper: FloorMapper): FloorErrors {
  const errors = new ErrorList();
  const place: FloorPoint = { x: 0, y: 0, sigmaMetres: 0 };
  for (let i = 0; i < truth.count; i += 1) {
    if (truth.confidence[i] === 0 || givesKnownPoints(truth.id[i] as number)) continue;
    const [x, y] = foot(truth, i);
    if (mapper.project(x, y, 0, 0, place)) errors.add(place, truth.floorX[i] as number, truth.floorY[i] as number);
  }
  return errors.summary();
}

/** Live tracks: each is compared with whom it overlaps most, by at least half, among the people who test. */
export function trackErrors(
  frames: readonly MotFrame[],
  framesPerSecond: number,
  truth: MotTable,
  mapper: FloorMapper,
): { readonly measured: FloorErrors; readonly coasting: FloorErrors } {
  const rowsOf = new Map<number, number[]>();
  for (let i = 0; i < truth.count; i += 1) {
    if (truth.confidence[i] === 0) continue;
    const frame = truth.frame[i] as number;
    rowsOf.set(frame, [...(rowsOf.get(frame) ?? []), i]);
  }
  const byFrame = new Map(frames.map((frame) => [frame.frame, frame]));
  const tracker = new Tracker();
  const solver = new AssignmentSolver();
  const batch = new DetectionBatch();
  const measured = new ErrorList();
  const coasting = new ErrorList();
  const place: FloorPoint = { x: 0, y: 0, sigmaMetres: 0 };
  const last = Math.max(...rowsOf.keys());
  for (let frame = 1; frame <= last; frame += 1) {
    fillBatch(batch, byFrame.get(frame));
    const tracks = tracker
      .update(batch, (frame - 1) / framesPerSecond)
      .filter((track) => track.state === 'active' || track.state === 'coasting');
    const rows = rowsOf.get(frame) ?? [];
    const cost = new Float64Array(rows.length * tracks.length);
    rows.forEach((i, r) => {
      tracks.forEach((track, c) => {
        const [x, y, w, h] = [truth.x[i], truth.y[i], truth.width[i], truth.height[i]] as [
          number,
          number,
          number,
          number,
        ];
        const overlap = bufferedOverlap(x, y, w, h, track.x, track.y, track.width, track.height, 0);
        cost[r * tracks.length + c] = overlap >= MATCH_OVERLAP ? 1 - overlap : Number.POSITIVE_INFINITY;
      });
    });
    solver.solve(cost, rows.length, tracks.length, 1);
    rows.forEach((i, r) => {
      const track = tracks[solver.columnOfRow[r] as number];
      if (!track || givesKnownPoints(truth.id[i] as number)) return;
      // As the published positions are: of the middle of the lower edge, wherever the body leans.
      const { footX, footY, footSigmaX, footSigmaY } = track;
      if (!mapper.project(footX, footY, footSigmaX, footSigmaY, place)) return;
      (track.measured ? measured : coasting).add(place, truth.floorX[i] as number, truth.floorY[i] as number);
    });
  }
  return { measured: measured.summary(), coasting: coasting.summary() };
}
