/** Outlines around people who belong together. */
import type { ScreenPoint } from './view.ts';

const cross = (o: ScreenPoint, a: ScreenPoint, b: ScreenPoint): number =>
  (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);

/** The corners of the smallest convex outline around points, in order around it, without those on its edges. */
export function hullOf(points: readonly ScreenPoint[]): ScreenPoint[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  const half = (order: readonly ScreenPoint[]): ScreenPoint[] => {
    const chain: ScreenPoint[] = [];
    for (const point of order) {
      for (let i = chain.length; i > 1; i--) {
        const [a, b] = [chain[i - 2], chain[i - 1]];
        if (!a || !b || cross(a, b, point) > 0) break;
        chain.pop();
      }
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  const corners = [...half(sorted), ...half([...sorted].reverse())];
  const [first] = sorted;
  return corners.length > 0 ? corners : first ? [first] : [];
}

/** Adds the outline at a distance around points, with round corners, to the path that is being drawn. */
export function traceHull(
  context: Pick<CanvasRenderingContext2D, 'arc' | 'closePath' | 'moveTo'>,
  points: readonly ScreenPoint[],
  pad: number,
): void {
  const corners = hullOf(points);
  const [only] = corners;
  if (only && corners.length === 1) {
    context.moveTo(only.x + pad, only.y);
    context.arc(only.x, only.y, pad, 0, 2 * Math.PI);
    context.closePath();
    return;
  }
  corners.forEach((corner, i) => {
    const before = corners[(i + corners.length - 1) % corners.length] ?? corner;
    const after = corners[(i + 1) % corners.length] ?? corner;
    // With y down the outline runs clockwise on the screen, and outside is to the left of the way.
    const normal = (a: ScreenPoint, b: ScreenPoint) => Math.atan2(b.y - a.y, b.x - a.x) - Math.PI / 2;
    const [from, to] = [normal(before, corner), normal(corner, after)];
    // An arc begins with a line from wherever the path ended: there may be another outline in it.
    if (i === 0) context.moveTo(corner.x + pad * Math.cos(from), corner.y + pad * Math.sin(from));
    context.arc(corner.x, corner.y, pad, from, to);
  });
  context.closePath();
}

/** Clusters in which everybody is at most so far from somebody else of theirs. */
export function clustersOf<T>(all: readonly T[], distance: (a: T, b: T) => number, most: number): T[][] {
  const clusters: T[][] = [];
  for (const one of all) {
    const near = clusters.filter((cluster) => cluster.some((other) => distance(one, other) <= most));
    const [first, ...rest] = near;
    if (!first) {
      clusters.push([one]);
      continue;
    }
    first.push(one);
    for (const cluster of rest) {
      first.push(...cluster);
      clusters.splice(clusters.indexOf(cluster), 1);
    }
  }
  return clusters;
}
