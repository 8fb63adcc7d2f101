import type { PlanPoint, Polygon } from '@safe-passage/contract';

/** Whether a wall ends where it begins: a desk, a belt, a shaft. */
export function isClosed(wall: readonly PlanPoint[]): boolean {
  const first = wall[0];
  const last = wall[wall.length - 1];
  return wall.length > 3 && first !== undefined && first[0] === last?.[0] && first[1] === last[1];
}

/** Even-odd rule; a point on the edge may count as either. */
export function isInside(polygon: Polygon, x: number, y: number): boolean {
  let inside = false;
  let previous = polygon[polygon.length - 1];
  for (const corner of polygon) {
    if (previous) {
      const [x1, y1] = corner;
      const [x2, y2] = previous;
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
    }
    previous = corner;
  }
  return inside;
}

/** The stretches of a horizontal line that lie inside, as pairs of x. */
function stretchesAt(polygon: Polygon, y: number): number[] {
  const crossings: number[] = [];
  let previous = polygon[polygon.length - 1];
  for (const corner of polygon) {
    if (previous && corner[1] > y !== previous[1] > y) {
      crossings.push(corner[0] + ((y - corner[1]) / (previous[1] - corner[1])) * (previous[0] - corner[0]));
    }
    previous = corner;
  }
  return crossings.sort((a, b) => a - b);
}

const STEPS_DOWN = 12;
const STEPS_RIGHT = 6;

/** Where a horizontal line is inside of a polygon, at the upper and at the lower end of a band. */
type Band = readonly [upper: number[], lower: number[]];

/**
 * Bands without a corner of the polygon, from the one height down to the other: between their ends edges are straight, so that the k-th stretch inside
 * is the same one all the way down. Their ends are a little beside corners, since a line along an edge crosses nothing.
 */
function bandsBetween(polygon: Polygon, high: number, low: number): Band[] {
  const beside = 0.01 * (high - low);
  const nearer = 1e-6 * (high - low);
  const inside = polygon.map(([, y]) => y).filter((y) => y < high - beside && y > low + beside);
  const corners = [...new Set(inside)].sort((a, b) => b - a);
  const uppers = [high - beside, ...corners.map((y) => y - nearer)];
  const lowers = [...corners.map((y) => y + nearer), low + beside];
  return uppers.map((upper, i) => [stretchesAt(polygon, upper), stretchesAt(polygon, lowers[i] as number)]);
}

/**
 * The upper left corner of a free rectangle inside the polygon, as far up and then as far left as it goes; null where
 * none is found.
 *
 * @param width of the rectangle, in the unit of the polygon, as is its height.
 * @param isFree whether nothing else stands where the rectangle would.
 */
export function cornerPlace(
  polygon: Polygon,
  width: number,
  height: number,
  isFree: (x: number, y: number) => boolean,
): { x: number; y: number } | null {
  let minY = Number.POSITIVE_INFINITY;
  let maxY = Number.NEGATIVE_INFINITY;
  for (const [, y] of polygon) {
    minY = Math.min(minY, y);
    maxY = Math.max(maxY, y);
  }
  const room = maxY - minY - height;
  if (room < 0) return null;
  for (let down = 0; down <= STEPS_DOWN; down++) {
    const top = maxY - (room * down) / STEPS_DOWN;
    const bands = bandsBetween(polygon, top, top - height);
    const holds = (line: number[], k: number, left: number): boolean =>
      (line[k] ?? Number.POSITIVE_INFINITY) <= left + 1e-9 &&
      (line[k + 1] ?? Number.NEGATIVE_INFINITY) >= left + width - 1e-9;
    const fits = (left: number) =>
      bands.every(([upper, lower]) =>
        upper.some((_, k) => k % 2 === 0 && holds(upper, k, left) && holds(lower, k, left)),
      );
    const lines = bands.flat();
    const starts = lines.flatMap((line) => line.filter((_, k) => k % 2 === 0)).sort((a, b) => a - b);
    const end = Math.max(...lines.flat());
    for (const start of starts) {
      for (let right = 0; right <= STEPS_RIGHT; right++) {
        const left = start + (Math.max(0, end - width - start) * right) / STEPS_RIGHT;
        if (fits(left) && isFree(left, top)) return { x: left, y: top };
      }
    }
  }
  return null;
}

/**
 * A place for a label: the middle of the widest stretch inside the polygon on one of a few horizontal lines, with the
 * middle of the polygon preferred. Unlike the centroid it is always inside.
 */
export function labelPlace(polygon: Polygon): { x: number; y: number; width: number } {
  let minY = Number.POSITIVE_INFINITY;
  let maxY = Number.NEGATIVE_INFINITY;
  for (const [, y] of polygon) {
    minY = Math.min(minY, y);
    maxY = Math.max(maxY, y);
  }
  let best = { x: 0, y: (minY + maxY) / 2, width: 0 };
  let bestWorth = 0;
  for (const share of [0.5, 0.42, 0.58, 0.3, 0.7]) {
    const y = minY + (maxY - minY) * share;
    const crossings = stretchesAt(polygon, y);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const from = crossings[i] ?? 0;
      const to = crossings[i + 1] ?? 0;
      const width = to - from;
      const worth = width * (1 - Math.abs(share - 0.5));
      if (worth > bestWorth) {
        bestWorth = worth;
        best = { x: (from + to) / 2, y, width };
      }
    }
  }
  return best;
}
