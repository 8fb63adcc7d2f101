import type { Polygon } from '@safe-passage/contract';

/** A place this near to the edge of a zone is inside it: rounding must not let anybody out. */
const EDGE_METRES = 1e-6;

/** A polygon of the floor plan, made ready for being asked often. */
export interface Outline {
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  readonly left: number;
  readonly right: number;
  readonly lower: number;
  readonly upper: number;
}

/** @param polygon floor metres, closed by itself, of either orientation. */
export function outlineOf(polygon: Polygon): Outline {
  const xs = Float64Array.from(polygon, ([x]) => x);
  const ys = Float64Array.from(polygon, ([, y]) => y);
  return {
    xs,
    ys,
    left: Math.min(...xs) - EDGE_METRES,
    right: Math.max(...xs) + EDGE_METRES,
    lower: Math.min(...ys) - EDGE_METRES,
    upper: Math.max(...ys) + EDGE_METRES,
  };
}

/** Whether a place is inside or on the edge. */
export function within(outline: Outline, x: number, y: number): boolean {
  if (x < outline.left || x > outline.right || y < outline.lower || y > outline.upper) return false;
  return encloses(outline, x, y);
}

/** Winding number by crossings of the ray to the right, and nearness to every edge. */
function encloses({ xs, ys }: Outline, x: number, y: number): boolean {
  let winding = 0;
  let ax = xs[xs.length - 1] as number;
  let ay = ys[ys.length - 1] as number;
  for (let i = 0; i < xs.length; i += 1) {
    const bx = xs[i] as number;
    const by = ys[i] as number;
    const dx = bx - ax;
    const dy = by - ay;
    const length = dx * dx + dy * dy;
    const along = length > 0 ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length)) : 0;
    const offX = x - ax - along * dx;
    const offY = y - ay - along * dy;
    if (offX * offX + offY * offY <= EDGE_METRES * EDGE_METRES) return true;
    const cross = dx * (y - ay) - (x - ax) * dy;
    if (ay <= y && by > y && cross > 0) winding += 1;
    else if (by <= y && ay > y && cross < 0) winding -= 1;
    ax = bx;
    ay = by;
  }
  return winding !== 0;
}
