/**
 * Between metres on the floor (y up) and CSS pixels on the screen (y down). A view is a value: every change makes
 * another one.
 */
import type { PlanPoint } from '@safe-passage/contract';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A rectangle of the floor, metres. */
export interface FloorBox {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

export interface View {
  /** The point of the floor in the middle of the screen, metres. */
  readonly centreX: number;
  readonly centreY: number;
  /** Pixels per metre. */
  readonly scale: number;
  readonly size: Size;
}

export interface ScreenPoint {
  readonly x: number;
  readonly y: number;
}

const MOST_PIXELS_PER_METRE = 240;

export const boxOfBounds = ([[minX, minY], [maxX, maxY]]: readonly [PlanPoint, PlanPoint]): FloorBox => ({
  minX,
  minY,
  maxX,
  maxY,
});

/** The smallest box around points; null where there are none. */
export function boxAround(points: Iterable<readonly [number, number]>): FloorBox | null {
  let minX = Number.POSITIVE_INFINITY;
  let minY = Number.POSITIVE_INFINITY;
  let maxX = Number.NEGATIVE_INFINITY;
  let maxY = Number.NEGATIVE_INFINITY;
  for (const [x, y] of points) {
    if (x < minX) minX = x;
    if (x > maxX) maxX = x;
    if (y < minY) minY = y;
    if (y > maxY) maxY = y;
  }
  return minX <= maxX ? { minX, minY, maxX, maxY } : null;
}

/** Grows a box about its middle to at least a width and height, plus a margin on every side; all in metres. */
export function widened(box: FloorBox, leastWidth: number, leastHeight: number, margin: number): FloorBox {
  const halfWidth = Math.max(leastWidth, box.maxX - box.minX) / 2 + margin;
  const halfHeight = Math.max(leastHeight, box.maxY - box.minY) / 2 + margin;
  const x = (box.minX + box.maxX) / 2;
  const y = (box.minY + box.maxY) / 2;
  return { minX: x - halfWidth, minY: y - halfHeight, maxX: x + halfWidth, maxY: y + halfHeight };
}

/** What the tools on the right, and the note and the scale bar in the corners leave free. */
const LEFT_PIXELS = 16;
const RIGHT_PIXELS = 60;
const EDGE_PIXELS = 48;

/** How far the middle of the screen lies from the middle of what is free of tools. */
const asideMetres = (scale: number): number => (RIGHT_PIXELS - LEFT_PIXELS) / 2 / scale;

/** The largest view that shows the whole box with a margin around it. */
export function fitted(box: FloorBox, size: Size): View {
  const width = Math.max(1, size.width - LEFT_PIXELS - RIGHT_PIXELS);
  const height = Math.max(1, size.height - 2 * Math.min(EDGE_PIXELS, 0.08 * size.height));
  const most = Math.min(width / Math.max(0.1, box.maxX - box.minX), height / Math.max(0.1, box.maxY - box.minY));
  const scale = Math.min(most, MOST_PIXELS_PER_METRE);
  return {
    centreX: (box.minX + box.maxX) / 2 + asideMetres(scale),
    centreY: (box.minY + box.maxY) / 2,
    scale,
    size,
  };
}

export const screenX = (view: View, x: number): number => view.size.width / 2 + (x - view.centreX) * view.scale;
export const screenY = (view: View, y: number): number => view.size.height / 2 - (y - view.centreY) * view.scale;

export const toFloor = (view: View, point: ScreenPoint): PlanPoint => [
  view.centreX + (point.x - view.size.width / 2) / view.scale,
  view.centreY - (point.y - view.size.height / 2) / view.scale,
];

/** Moves the floor with the hand: by screen pixels. */
export function panned(view: View, dx: number, dy: number): View {
  return { ...view, centreX: view.centreX - dx / view.scale, centreY: view.centreY + dy / view.scale };
}

/**
 * Enlarges by a factor; the floor under `anchor` stays under it.
 *
 * @param leastScale pixels per metre below which it does not go, so that nobody gets lost.
 */
export function zoomed(view: View, factor: number, anchor: ScreenPoint, leastScale: number): View {
  const scale = Math.min(MOST_PIXELS_PER_METRE, Math.max(leastScale, view.scale * factor));
  const [x, y] = toFloor(view, anchor);
  return {
    ...view,
    scale,
    centreX: x - (anchor.x - view.size.width / 2) / scale,
    centreY: y + (anchor.y - view.size.height / 2) / scale,
  };
}

/** Moves a view so that it shows as little as possible of what lies outside the box, at the same scale. */
export function within(view: View, box: FloorBox): View {
  const inside = (centre: number, from: number, to: number, shown: number) =>
    shown >= to - from ? (from + to) / 2 : Math.min(to - shown / 2, Math.max(from + shown / 2, centre));
  const width = (view.size.width - LEFT_PIXELS - RIGHT_PIXELS) / view.scale;
  const aside = asideMetres(view.scale);
  const height = (view.size.height - 2 * EDGE_PIXELS) / view.scale;
  return {
    ...view,
    centreX: inside(view.centreX - aside, box.minX, box.maxX, width) + aside,
    centreY: inside(view.centreY, box.minY, box.maxY, height),
  };
}

/** Keeps the middle of the screen on the drawing. */
export function kept(view: View, box: FloorBox): View {
  return {
    ...view,
    centreX: Math.min(box.maxX, Math.max(box.minX, view.centreX)),
    centreY: Math.min(box.maxY, Math.max(box.minY, view.centreY)),
  };
}

/** The same place at the same scale on a screen of another size. */
export const resized = (view: View, size: Size): View => ({ ...view, size });

/** A length of 1, 2 or 5 times a power of ten metres that takes at most `mostPixels`. */
export function scaleBarMetres(scale: number, mostPixels: number): number {
  const most = mostPixels / scale;
  const power = 10 ** Math.floor(Math.log10(most));
  const mantissa = most / power;
  return (mantissa >= 5 ? 5 : mantissa >= 2 ? 2 : 1) * power;
}
