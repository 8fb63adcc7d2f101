import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkFloorPlan, describeProblems, outlineFault, type Polygon } from '../src/index.ts';

const turned = (polygon: Polygon): Polygon => [...polygon].reverse();
/** The same outline, begun at each of its corners. */
const begun = (polygon: Polygon): Polygon[] =>
  polygon.map((_, i) => [...polygon.slice(i), ...polygon.slice(0, i)] as Polygon);
const SQUARE: Polygon = [
  [0, 0],
  [4, 0],
  [4, 4],
  [0, 4],
];
const INNER: Polygon = [
  [1, 1],
  [2, 1],
  [2, 2],
  [1, 2],
];
const BOW_TIE: Polygon = [
  [0, 0],
  [2, 2],
  [2, 0],
  [0, 2],
];
/** A square with a hole, by a slit from its first corner to that of the hole and back. */
const ring = (hole: Polygon): Polygon => [...SQUARE, [0, 0], ...hole, hole[0] ?? [0, 0]];

/** How the hub's scoring asks, and how privacy does. */
function answers(polygon: Polygon, x: number, y: number): { readonly evenOdd: boolean; readonly winding: boolean } {
  let [crossings, winding] = [0, 0];
  polygon.forEach(([ax, ay], i) => {
    const [bx, by] = polygon[(i + 1) % polygon.length] ?? [ax, ay];
    if (ay > y === by > y || ax + ((y - ay) / (by - ay)) * (bx - ax) <= x) return;
    crossings++;
    winding += by > ay ? 1 : -1;
  });
  return { evenOdd: crossings % 2 === 1, winding: winding !== 0 };
}

describe('the outline of a zone', () => {
  it('may be any that a pencil draws without crossing its own line, whichever way round', () => {
    const notch: Polygon = [
      [0, 0],
      [4, 0],
      [4, 2],
      [2, 2],
      [2, 4],
      [0, 4],
    ];
    const touching: Polygon = [
      [0, 0],
      [0.9, 0.3],
      [1.8, 0],
      [1.8, 1],
      [0.3, 0.1],
      [0, 1],
    ];
    for (const outline of [SQUARE, notch, touching, ring(turned(INNER))]) {
      for (const one of [...begun(outline), ...begun(turned(outline))]) expect(outlineFault(one)).toBeNull();
    }
  });

  it('is refused where it crosses itself, with the edges that do and what to do', () => {
    expect(outlineFault(BOW_TIE)).toEqual({
      expected:
        'must not cross itself: give its corners in the order in which one walks along its boundary, or make two zones of it',
      found: 'the edge from corner 1 [0,0] to corner 2 [2,2] crossing the edge from corner 3 [2,0] to corner 4 [0,2]',
    });
    for (const one of [...begun(BOW_TIE), ...begun(turned(BOW_TIE))]) expect(outlineFault(one)).not.toBeNull();
    const last: Polygon = [
      [0, 2],
      [0, 0],
      [4, 0],
      [4, 4],
      [2, -1],
    ];
    expect(outlineFault(last)?.found, 'the edge that closes it, too').toBe(
      'the edge from corner 2 [0,0] to corner 3 [4,0] crossing the edge from corner 4 [4,4] to corner 5 [2,-1]',
    );
  });

  it('is refused where it goes around a place twice, without a crossing', () => {
    const twice = 'must go around each place once';
    expect(outlineFault(ring(INNER))?.expected, 'a hole drawn the wrong way round').toContain(twice);
    expect(outlineFault([...SQUARE, ...SQUARE])?.expected, 'a boundary walked twice').toContain(twice);
    expect(outlineFault([...SQUARE, ...SQUARE])?.found).toBe(
      'a place inside twice, beside the edge from corner 1 [0,0] to corner 2 [4,0]',
    );
  });

  it('is refused where it encloses nothing', () => {
    const line: Polygon = [
      [0, 0],
      [1, 1],
      [2, 2],
    ];
    expect(outlineFault(line)?.expected).toBe('must have three corners that are not on one line');
  });

  it('that is taken means the same to scoring and to privacy: no place is inside for one of them alone', () => {
    const corner = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }));
    const outlines = fc.array(corner, { minLength: 3, maxLength: 8 }).filter((one) => outlineFault(one) === null);
    fc.assert(
      fc.property(
        outlines,
        fc.array(fc.tuple(fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 59 }))),
        (outline, places) => {
          for (const [tenthX, tenthY] of places) {
            // Never on an edge of whole numbers.
            const { evenOdd, winding } = answers(outline, tenthX / 10 + 0.0371, tenthY / 10 + 0.0429);
            expect(evenOdd).toBe(winding);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('is named by its zone in what is wrong with a floor plan', () => {
    const zone = { id: 'queue-3', name: 'Queue', kind: 'queue', polygon: BOW_TIE };
    const plan = {
      id: 'hall',
      name: 'Hall',
      bounds: [
        [0, 0],
        [9, 9],
      ],
      walls: [],
      zones: [zone],
      cameras: [],
    };
    const checked = checkFloorPlan(plan);
    expect(checked.ok ? '' : describeProblems(checked.problems)).toMatch(
      /^zones\.0\.polygon: must not cross itself: .*; found the edge .* crossing the edge .*, of zone "queue-3"$/,
    );
  });
});
