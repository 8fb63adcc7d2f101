/** Plane geometry of polygons and segments. Metres. */
import type { PlanPoint } from '@safe-passage/contract';

/** Even-odd rule. A point exactly on the boundary may count as either. */
export function contains(polygon: readonly PlanPoint[], x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [xi, yi] = polygon[i] as PlanPoint;
    const [xj, yj] = polygon[j] as PlanPoint;
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** Positive where the corners run counter-clockwise, square metres. */
export function signedArea(polygon: readonly PlanPoint[]): number {
  let twice = 0;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [xi, yi] = polygon[i] as PlanPoint;
    const [xj, yj] = polygon[j] as PlanPoint;
    twice += xj * yi - xi * yj;
  }
  return twice / 2;
}

/** Nearest distance of a point to the segment from a to b. */
export function distanceToSegment(x: number, y: number, ax: number, ay: number, bx: number, by: number): number {
  const [dx, dy] = [bx - ax, by - ay];
  const square = dx * dx + dy * dy;
  const along = square > 0 ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / square)) : 0;
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

const side = (a: PlanPoint, b: PlanPoint, p: PlanPoint): number =>
  (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);

/** Whether two segments have a point in common. */
function segmentsMeet(a: PlanPoint, b: PlanPoint, c: PlanPoint, d: PlanPoint): boolean {
  const [s1, s2, s3, s4] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)];
  if (s1 * s2 < 0 && s3 * s4 < 0) return true;
  const on = (p: PlanPoint, q: PlanPoint, r: PlanPoint, s: number): boolean =>
    s === 0 &&
    Math.min(p[0], q[0]) <= r[0] &&
    r[0] <= Math.max(p[0], q[0]) &&
    Math.min(p[1], q[1]) <= r[1] &&
    r[1] <= Math.max(p[1], q[1]);
  return on(a, b, c, s1) || on(a, b, d, s2) || on(c, d, a, s3) || on(c, d, b, s4);
}

/** Whether no two edges of a polygon meet but neighbours at their corner, and it encloses an area. */
export function isSimple(polygon: readonly PlanPoint[]): boolean {
  const n = polygon.length;
  const at = (i: number) => polygon[i % n] as PlanPoint;
  if (Math.abs(signedArea(polygon)) < 1e-6) return false;
  for (let i = 0; i < n; i += 1) {
    if (at(i)[0] === at(i + 1)[0] && at(i)[1] === at(i + 1)[1]) return false;
    for (let j = i + 2; j < n; j += 1) {
      if (i === 0 && j === n - 1) continue;
      if (segmentsMeet(at(i), at(i + 1), at(j), at(j + 1))) return false;
    }
    // Neighbours that run back upon each other share more than their corner.
    const [p, q, r] = [at(i), at(i + 1), at(i + 2)];
    if (side(p, q, r) === 0 && (q[0] - p[0]) * (r[0] - q[0]) + (q[1] - p[1]) * (r[1] - q[1]) < 0) return false;
  }
  return true;
}
