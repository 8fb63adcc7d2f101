/** How the lines of a story stand above one another on the time line, and which zones a path lies in. */
import type { Zone } from '@safe-passage/contract';
import type { PathPoint } from '../../../src/api/schemas.ts';
import { isInside } from '../figure/geometry.ts';

/** Measures of one line, pixels. */
export interface LaneShape {
  /** What stands before the lines: their names. */
  readonly gutter: number;
  readonly labelRow: number;
  /** Rows of labels that there are at least and at most. */
  readonly labelRows: readonly [number, number];
  /** Between the labels and the band. */
  readonly above: number;
  readonly band: number;
  /** The names of zones; 0 where there are none. */
  readonly zones: number;
  readonly below: number;
}

/** A stay alone has the whole width, and the limit among its labels. */
const STAY: LaneShape = { gutter: 0, labelRow: 18, labelRows: [2, 2], above: 14, band: 20, zones: 0, below: 8 };
const STAY_COMPACT: LaneShape = { ...STAY, labelRows: [0, 0], above: 12 };
const PERSON: LaneShape = { gutter: 136, labelRow: 15, labelRows: [1, 2], above: 3, band: 14, zones: 14, below: 6 };
const PERSON_COMPACT: LaneShape = { ...PERSON, gutter: 120, labelRows: [0, 0], above: 2, band: 12, zones: 0, below: 6 };

export function laneShape(dwellOnly: boolean, labelled: boolean): LaneShape {
  if (dwellOnly) return labelled ? STAY : STAY_COMPACT;
  return labelled ? PERSON : PERSON_COMPACT;
}

/** Height of a line with so many rows of labels. */
export const laneHeight = (shape: LaneShape, rows: number): number =>
  rows * shape.labelRow + shape.above + shape.band + shape.zones + shape.below;

export const AXIS_HEIGHT = 20;

/** A stretch of a path inside a zone. */
export interface ZoneStretch {
  readonly zone: string;
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Where a path goes: its stretches in zones, in order of time. A zone that lies before others in the plan wins. */
export function zonesAlong(points: readonly PathPoint[], zones: readonly Zone[], gapMs: number): ZoneStretch[] {
  const stretches: ZoneStretch[] = [];
  let open: { zone: Zone; fromMs: number } | null = null;
  let lastMs = 0;
  const close = () => {
    if (open && lastMs > open.fromMs) {
      stretches.push({ zone: open.zone.id, name: open.zone.name, fromMs: open.fromMs, toMs: lastMs });
    }
    open = null;
  };
  for (const [atMs, x, y] of points) {
    if (open && atMs - lastMs > gapMs) close();
    const zone: Zone | undefined = zones.find(({ polygon }) => isInside(polygon, x, y));
    if (open && open.zone !== zone) {
      lastMs = atMs;
      close();
    }
    lastMs = atMs;
    if (zone && !open) open = { zone, fromMs: atMs };
  }
  close();
  return stretches;
}

/** Stretches that overlap, one under another: the row of each and how many there are. */
export function inRows(stretches: readonly { readonly fromMs: number; readonly toMs: number }[]): {
  readonly rows: readonly number[];
  readonly count: number;
} {
  const ends: number[] = [];
  const rows = stretches.map(({ fromMs, toMs }) => {
    const free = ends.findIndex((end) => end <= fromMs);
    const row = free < 0 ? ends.length : free;
    ends[row] = toMs;
    return row;
  });
  return { rows, count: Math.max(1, ends.length) };
}
