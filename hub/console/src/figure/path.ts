/** A path on the floor as the evidence tells it, asked by time. */
import type { PathPoint } from '../../../src/api/schemas.ts';

/** Between two positions further apart than this nothing is known, and nothing is drawn. */
const GAP_MS = 4_000;
const HELD_SHARE = 2.5;

/** Index of the last point at or before a time; -1 before the first. */
export function indexAt(points: readonly PathPoint[], timeMs: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle]?.[0] ?? Number.POSITIVE_INFINITY) <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export interface PathPosition {
  readonly x: number;
  readonly y: number;
  readonly sigmaMetres: number;
  /** Supported by a detection, not predicted. */
  readonly measured: boolean;
}

/**
 * The longest silence within which a path is still one line. Long paths come thinned, so it follows their own pace.
 */
export function gapOf(points: readonly PathPoint[]): number {
  const first = points[0];
  const last = points[points.length - 1];
  if (!first || !last || points.length < 2) return GAP_MS;
  return Math.max(GAP_MS, (4 * (last[0] - first[0])) / (points.length - 1));
}

/** The position at a time, interpolated; null where the path says nothing about it. */
export function positionAt(points: readonly PathPoint[], timeMs: number, gapMs: number): PathPosition | null {
  const index = indexAt(points, timeMs);
  const before = points[index];
  if (!before) return null;
  const after = points[index + 1];
  if (!after || after[0] - before[0] > gapMs) {
    // After the last position the person is held there for a little longer than the path's own pace.
    if (timeMs - before[0] > gapMs / HELD_SHARE) return null;
    return { x: before[1], y: before[2], sigmaMetres: before[3], measured: before[4] === 1 };
  }
  const share = after[0] > before[0] ? (timeMs - before[0]) / (after[0] - before[0]) : 0;
  return {
    x: before[1] + share * (after[1] - before[1]),
    y: before[2] + share * (after[2] - before[2]),
    sigmaMetres: before[3] + share * (after[3] - before[3]),
    measured: before[4] === 1,
  };
}

/** A stretch of a path: seen by a camera, or bridged by prediction. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly measured: boolean;
}

/** Cuts a path where support by detections begins or ends, and at silences. */
export function stretchesOf(points: readonly PathPoint[], gapMs: number): Stretch[] {
  const stretches: Stretch[] = [];
  let fromMs = points[0]?.[0] ?? 0;
  for (let i = 1; i < points.length; i++) {
    const previous = points[i - 1];
    const point = points[i];
    if (!previous || !point) continue;
    const silent = point[0] - previous[0] > gapMs;
    if (silent || point[4] !== previous[4]) {
      const toMs = silent ? previous[0] : point[0];
      if (toMs > fromMs) stretches.push({ fromMs, toMs, measured: previous[4] === 1 });
      fromMs = point[0];
    }
  }
  const last = points[points.length - 1];
  if (last && last[0] > fromMs) stretches.push({ fromMs, toMs: last[0], measured: last[4] === 1 });
  return stretches;
}

/** A place where somebody stayed. */
export interface Stay {
  readonly x: number;
  readonly y: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a path amounts to: the way from place to place, and the places. */
export interface Course {
  readonly way: readonly PathPoint[];
  readonly stays: readonly Stay[];
}

/** Within so many sigmas of a place a position says nothing about movement. */
const NOISE_SIGMAS = 1.6;
const LEAST_NOISE_METRES = 0.25;
const LEAST_STAY_MS = 20_000;

/** Takes out of a path what is noise and not movement, so that standing is a place and not a blot. */
export function courseOf(points: readonly PathPoint[], gapMs: number): Course {
  const way: PathPoint[] = [];
  const stays: Stay[] = [];
  let anchor: PathPoint | null = null;
  let previous: PathPoint | null = null;
  const leave = () => {
    if (!anchor || !previous || previous[0] === anchor[0]) return;
    const [, x, y, sigma] = anchor;
    way.push([previous[0], x, y, sigma, previous[4]]);
    if (previous[0] - anchor[0] >= LEAST_STAY_MS) stays.push({ x, y, fromMs: anchor[0], toMs: previous[0] });
  };
  for (const point of points) {
    const noise = Math.max(LEAST_NOISE_METRES, NOISE_SIGMAS * point[3]);
    const silent = previous !== null && point[0] - previous[0] > gapMs;
    if (!anchor || silent || Math.hypot(point[1] - anchor[1], point[2] - anchor[2]) > noise) {
      leave();
      anchor = point;
      way.push(point);
    }
    previous = point;
  }
  leave();
  return { way, stays };
}
