import type { PlanPoint } from '@safe-passage/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wallSegments } from '../../src/terminal/segments.ts';
import { Sight } from '../../src/terminal/sight.ts';
import type { Obstacle } from '../../src/terminal/terminal.ts';

const coordinate = fc.double({ min: 0, max: 30, noNaN: true });
const place: fc.Arbitrary<PlanPoint> = fc.tuple(coordinate, coordinate);
const height = fc.double({ min: 0, max: 5, noNaN: true });
const wall = fc.tuple(place, place);
const counter: fc.Arbitrary<Obstacle> = fc
  .record({
    x: coordinate,
    y: coordinate,
    w: fc.double({ min: 0.2, max: 4, noNaN: true }),
    heightMetres: fc.double({ min: 0.5, max: 4, noNaN: true }),
  })
  .map(({ x, y, w, heightMetres }) => ({
    id: 'counter',
    kind: 'desk',
    polygon: [
      [x, y],
      [x + w, y],
      [x + w, y + 1],
      [x, y + 1],
    ],
    heightMetres,
  }));

/** The same question asked of every piece, without a grid. */
function blockedByAny(pieces: readonly (readonly [PlanPoint, PlanPoint, number])[], a: number[], b: number[]): boolean {
  const [ax, ay, az] = a as [number, number, number];
  const [bx, by, bz] = b as [number, number, number];
  return pieces.some(([p, q, top]) => {
    const cross = (bx - ax) * (q[1] - p[1]) - (by - ay) * (q[0] - p[0]);
    if (cross === 0) return false;
    const t = ((p[0] - ax) * (q[1] - p[1]) - (p[1] - ay) * (q[0] - p[0])) / cross;
    const u = ((p[0] - ax) * (by - ay) - (p[1] - ay) * (bx - ax)) / cross;
    return t > 1e-6 && t < 1 - 1e-6 && u >= 0 && u <= 1 && az + t * (bz - az) < top;
  });
}

describe('lines of sight', () => {
  it('are what they are without a grid', () => {
    fc.assert(
      fc.property(
        fc.array(wall, { maxLength: 12 }),
        fc.array(counter, { maxLength: 6 }),
        fc.tuple(coordinate, coordinate, height),
        fc.tuple(coordinate, coordinate, height),
        (walls, obstacles, from, to) => {
          const pieces = [
            ...walls.map(([p, q]) => [p, q, Number.POSITIVE_INFINITY] as const),
            ...obstacles.flatMap(({ polygon, heightMetres }) =>
              polygon.map((p, i) => [polygon.at(i - 1) as PlanPoint, p, heightMetres] as const),
            ),
          ];
          expect(new Sight({ walls, obstacles }).blocked(...from, ...to)).toBe(blockedByAny(pieces, from, to));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('go over a counter to a head and not to the feet behind it', () => {
    const obstacles: Obstacle[] = [
      {
        id: 'desk',
        kind: 'desk',
        polygon: [
          [5, 0],
          [6, 0],
          [6, 10],
          [5, 10],
        ],
        heightMetres: 1.1,
      },
    ];
    const sight = new Sight({ walls: [], obstacles });
    expect(sight.blocked(0, 5, 4, 7, 5, 1.7)).toBe(false);
    expect(sight.blocked(0, 5, 4, 7, 5, 0)).toBe(true);
    expect(sight.blocked(0, 5, 4, 14, 5, 0)).toBe(false === 4 * (1 - 6 / 14) > 1.1);
  });

  it('start and end on walls: a camera sees from the wall that it hangs on', () => {
    const walls: PlanPoint[][] = [
      [
        [0, 0],
        [10, 0],
      ],
    ];
    const sight = new Sight({ walls, obstacles: [] });
    expect(sight.blocked(5, 0, 4, 5, 8, 0)).toBe(false);
    expect(sight.blocked(5, -1, 4, 5, 8, 0)).toBe(true);
  });
});

describe('what bodies keep away from', () => {
  it('is each piece of each wall and each side of each obstacle', () => {
    const segments = wallSegments({
      walls: [
        [
          [0, 0],
          [1, 0],
          [1, 1],
        ],
      ],
      obstacles: [
        {
          id: 'pillar',
          kind: 'pillar',
          polygon: [
            [3, 3],
            [4, 3],
            [3, 4],
          ],
          heightMetres: 3,
        },
      ],
    });
    expect([...segments]).toEqual([0, 0, 1, 0, 1, 0, 1, 1, 3, 4, 3, 3, 3, 3, 4, 3, 4, 3, 3, 4]);
  });
});
