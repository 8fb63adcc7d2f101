/** Outlines on the floor, and what is wrong with them: everybody who asks whether a place lies in one must come to the same answer. */
import { type Static, Type } from 'typebox';

export const PlanPoint = Type.Tuple([
  Type.Number({ minimum: -10_000, maximum: 10_000 }),
  Type.Number({ minimum: -10_000, maximum: 10_000 }),
]);
export type PlanPoint = Static<typeof PlanPoint>;

export const Polygon = Type.Array(PlanPoint, { minItems: 3, maxItems: 512 });
export type Polygon = Static<typeof Polygon>;

/** Nearer to a line than this counts as on it, metres: touching is no crossing, and what is computed of decimals is not exact. */
const TOUCHING_METRES = 1e-6;
/** How far beside an edge it is asked how often the outline goes around, metres: less than any drawing means. */
const BESIDE_METRES = 1e-4;

/** Whether a polygon's corners are not all on one line. */
export function enclosesArea(polygon: Polygon): boolean {
  const [ox, oy] = polygon[0] ?? [0, 0];
  return polygon.some(([ax, ay]) =>
    polygon.some(([bx, by]) => Math.abs((ax - ox) * (by - oy) - (ay - oy) * (bx - ox)) > 1e-9),
  );
}

/** Two edges that cross, each by the number of the corner that it begins with, from 0. */
export type EdgePair = readonly [number, number];

const cornerAt = (polygon: Polygon, i: number): PlanPoint => polygon[i % polygon.length] ?? [0, 0];

/** On which side of the way from one point to another a third one lies: 1 left, -1 right, 0 on it. */
function sideOf([ax, ay]: PlanPoint, [bx, by]: PlanPoint, [x, y]: PlanPoint): -1 | 0 | 1 {
  const away = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
  if (Math.abs(away) <= TOUCHING_METRES * Math.hypot(bx - ax, by - ay)) return 0;
  return away > 0 ? 1 : -1;
}

/** The first two edges that cross each other; null where none do. Edges that touch do not: a hole is drawn by a slit to it and back. */
export function crossingEdges(polygon: Polygon): EdgePair | null {
  for (let i = 0; i < polygon.length; i++) {
    const [a, b] = [cornerAt(polygon, i), cornerAt(polygon, i + 1)];
    for (let j = i + 2; j < polygon.length; j++) {
      const [c, d] = [cornerAt(polygon, j), cornerAt(polygon, j + 1)];
      if (sideOf(a, b, c) * sideOf(a, b, d) < 0 && sideOf(c, d, a) * sideOf(c, d, b) < 0) return [i, j];
    }
  }
  return null;
}

function windingAround(polygon: Polygon, x: number, y: number): number {
  let winding = 0;
  for (let i = 0; i < polygon.length; i++) {
    const [ax, ay] = cornerAt(polygon, i);
    const [bx, by] = cornerAt(polygon, i + 1);
    const side = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
    if (ay <= y && by > y && side > 0) winding++;
    else if (ay > y && by <= y && side < 0) winding--;
  }
  return winding;
}

/** The first edge beside which the outline goes around twice or more; null where it does so nowhere. */
export function edgeWalkedAroundTwice(polygon: Polygon): number | null {
  for (let i = 0; i < polygon.length; i++) {
    const [[ax, ay], [bx, by]] = [cornerAt(polygon, i), cornerAt(polygon, i + 1)];
    const length = Math.hypot(bx - ax, by - ay);
    if (length === 0) continue;
    const [acrossX, acrossY] = [(BESIDE_METRES * (by - ay)) / length, (BESIDE_METRES * (ax - bx)) / length];
    for (const side of [1, -1]) {
      const winding = windingAround(polygon, (ax + bx) / 2 + side * acrossX, (ay + by) / 2 + side * acrossY);
      if (Math.abs(winding) > 1) return i;
    }
  }
  return null;
}

const edgeText = (polygon: Polygon, i: number): string => {
  const [from, to] = [i, (i + 1) % polygon.length];
  return `the edge from corner ${from + 1} ${JSON.stringify(polygon[from])} to corner ${to + 1} ${JSON.stringify(polygon[to])}`;
};

/** What is wrong with an outline, for whoever drew it; null where nothing is. */
export function outlineFault(polygon: Polygon): { readonly expected: string; readonly found: string } | null {
  if (!enclosesArea(polygon)) {
    return {
      expected: 'must have three corners that are not on one line',
      found: JSON.stringify(polygon).slice(0, 60),
    };
  }
  const crossing = crossingEdges(polygon);
  if (crossing) {
    return {
      expected:
        'must not cross itself: give its corners in the order in which one walks along its boundary, or make two zones of it',
      found: crossing.map((edge) => edgeText(polygon, edge)).join(' crossing '),
    };
  }
  const twice = edgeWalkedAroundTwice(polygon);
  if (twice === null) return null;
  return {
    expected:
      'must go around each place once: give each corner once, and those of a hole in the other direction than those of the outside',
    found: `a place inside twice, beside ${edgeText(polygon, twice)}`,
  };
}
