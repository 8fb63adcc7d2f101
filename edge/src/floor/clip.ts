import type { PlanPoint, Polygon } from '@safe-passage/contract';

const DISC_CORNERS = 64;

/**
 * Cuts a convex polygon at the line where `side` is 0 and keeps where it is positive (Sutherland and Hodgman, CACM 1974).
 *
 * @param side a linear function of x and y.
 */
export function clipByDepth(polygon: Polygon, side: (x: number, y: number) => number): Polygon {
  const kept: PlanPoint[] = [];
  for (let i = 0; i < polygon.length; i += 1) {
    const from = polygon[i] as PlanPoint;
    const to = polygon[(i + 1) % polygon.length] as PlanPoint;
    const a = side(...from);
    const b = side(...to);
    if (a >= 0) kept.push(from);
    if (a >= 0 !== b >= 0) {
      const t = a / (a - b);
      kept.push([from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])]);
    }
  }
  return kept;
}

/** Cuts a convex polygon to a disc, drawn as a polygon of 64 corners. */
export function clipByDisc(polygon: Polygon, centre: PlanPoint, radius: number): Polygon {
  let clipped = polygon;
  for (let i = 0; i < DISC_CORNERS && clipped.length > 0; i += 1) {
    const angle = (2 * Math.PI * i) / DISC_CORNERS;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    clipped = clipByDepth(clipped, (x, y) => radius - (x - centre[0]) * cos - (y - centre[1]) * sin);
  }
  return clipped;
}
