import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PathPoint } from '../../src/api/schemas.ts';
import { cornerPlace, isInside } from '../src/figure/geometry.ts';
import { courseOf, gapOf, positionAt } from '../src/figure/path.ts';
import { type FloorBox, fitted, screenX, screenY, toFloor, type View, within, zoomed } from '../src/figure/view.ts';

const metre = fc.double({ min: -200, max: 200, noNaN: true });
const length = fc.double({ min: 1, max: 150, noNaN: true });
const box: fc.Arbitrary<FloorBox> = fc
  .tuple(metre, metre, length, length)
  .map(([minX, minY, width, height]) => ({ minX, minY, maxX: minX + width, maxY: minY + height }));
const size = fc.record({ width: fc.integer({ min: 300, max: 2000 }), height: fc.integer({ min: 200, max: 1200 }) });

const shows = (view: View, { minX, minY, maxX, maxY }: FloorBox): boolean =>
  screenX(view, minX) > -0.001 &&
  screenX(view, maxX) < view.size.width + 0.001 &&
  screenY(view, maxY) > -0.001 &&
  screenY(view, minY) < view.size.height + 0.001;

describe('a view of the floor', () => {
  it('shows the whole of what it was fitted to', () => {
    fc.assert(fc.property(box, size, (floor, screen) => shows(fitted(floor, screen), floor)));
  });

  it('is moved onto the plan without another scale, and still shows what it was fitted to', () => {
    fc.assert(
      fc.property(
        box,
        size,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (plan, screen, shares) => {
          const [a = 0, b = 0, c = 0, d = 0] = shares;
          const x = (share: number) => plan.minX + share * (plan.maxX - plan.minX);
          const y = (share: number) => plan.minY + share * (plan.maxY - plan.minY);
          const part = {
            minX: x(Math.min(a, b)),
            maxX: x(Math.max(a, b)),
            minY: y(Math.min(c, d)),
            maxY: y(Math.max(c, d)),
          };
          const before = fitted(part, screen);
          const after = within(before, plan);
          expect(after.scale).toBe(before.scale);
          expect(shows(after, part)).toBe(true);
        },
      ),
    );
  });

  it('keeps the floor under the pointer while it is zoomed', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        box,
        size,
        share,
        share,
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        (floor, screen, u, v, factor) => {
          const view = fitted(floor, screen);
          const anchor = { x: u * screen.width, y: v * screen.height };
          const [x0, y0] = toFloor(view, anchor);
          const [x1, y1] = toFloor(zoomed(view, factor, anchor, view.scale * 0.7), anchor);
          expect(Math.hypot(x1 - x0, y1 - y0)).toBeLessThan(1e-6);
        },
      ),
    );
  });
});

describe('the place of a name in its zone', () => {
  const corners = fc
    .uniqueArray(
      fc.tuple(fc.double({ min: 0, max: 2 * Math.PI, noNaN: true }), fc.double({ min: 3, max: 20, noNaN: true })),
      {
        minLength: 3,
        maxLength: 9,
        selector: ([angle]) => Math.round(angle * 10),
      },
    )
    .map((spokes) => spokes.sort(([a], [b]) => a - b))
    // Seen from the middle all around: such an outline does not cross itself.
    .filter((spokes) =>
      spokes.every(
        ([angle], i) => (spokes[i + 1]?.[0] ?? (spokes[0]?.[0] ?? 0) + 2 * Math.PI) - angle < Math.PI - 0.01,
      ),
    )
    .map((spokes) =>
      spokes.map(([angle, radius]): [number, number] => [radius * Math.cos(angle), radius * Math.sin(angle)]),
    );

  it('lies inside, whatever the shape of a zone that does not cross itself', () => {
    fc.assert(
      fc.property(
        corners,
        fc.double({ min: 0.5, max: 4, noNaN: true }),
        fc.double({ min: 0.3, max: 2, noNaN: true }),
        (zone, width, height) => {
          const place = cornerPlace(zone, width, height, () => true);
          if (!place) return;
          for (let u = 0.02; u < 1; u += 0.06) {
            for (let v = 0.02; v < 1; v += 0.06)
              expect(isInside(zone, place.x + u * width, place.y - v * height)).toBe(true);
          }
        },
      ),
    );
  });

  it('is not where a corner of the zone reaches into the name', () => {
    // From the right to x = 1, between the upper edge of a name and its middle.
    const notched: [number, number][] = [
      [0, 0],
      [10, 0],
      [10, 4.4],
      [1, 4.5],
      [10, 4.6],
      [10, 5],
      [0, 5],
    ];
    expect(cornerPlace(notched, 6, 2, () => true)?.y).toBeLessThan(4.5);
  });

  it('is the upper left corner, and goes elsewhere where something stands', () => {
    const zone: [number, number][] = [
      [0, 0],
      [10, 0],
      [10, 6],
      [0, 6],
    ];
    expect(cornerPlace(zone, 4, 2, () => true)).toEqual({ x: 0, y: 6 });
    const beside = cornerPlace(zone, 4, 2, (x) => x >= 2.5);
    expect(beside?.y).toBe(6);
    expect(beside?.x).toBeGreaterThanOrEqual(2.5);
    expect(cornerPlace(zone, 11, 2, () => true)).toBeNull();
    expect(cornerPlace(zone, 4, 7, () => true)).toBeNull();
  });
});

describe('a position on a path', () => {
  const every = (seconds: number) =>
    Array.from({ length: 50 }, (_, i): PathPoint => [i * seconds * 1000, i, 0, 0.3, 1]);

  it('is held after the end for about the pace of the path, and no longer', () => {
    for (const [seconds, heldMs, goneMs] of [
      [0.5, 1_500, 1_700],
      [3, 3_500, 5_000],
    ] as const) {
      const points = every(seconds);
      const endMs = points.at(-1)?.[0] ?? 0;
      expect(positionAt(points, endMs + heldMs, gapOf(points))?.x).toBe(49);
      expect(positionAt(points, endMs + goneMs, gapOf(points))).toBeNull();
    }
    expect(positionAt(every(1), -1, 4_000)).toBeNull();
    expect(positionAt(every(1), 2_500, 4_000)?.x).toBe(2.5);
  });
});

describe('the course of a path', () => {
  const at = (seconds: number, x: number, y: number, sigma = 0.3): PathPoint => [seconds * 1000, x, y, sigma, 1];
  /** Walks 10 m, stands for a minute with noise, walks on. */
  const walk: PathPoint[] = [
    ...Array.from({ length: 10 }, (_, i) => at(i, i, 0)),
    ...Array.from({ length: 60 }, (_, i) => at(10 + i, 10 + 0.2 * Math.sin(i), 0.2 * Math.cos(i * 1.7))),
    ...Array.from({ length: 10 }, (_, i) => at(70 + i, 11 + i, 0)),
  ];

  it('makes one place of standing, as long as it lasted', () => {
    const { stays, way } = courseOf(walk, gapOf(walk));
    expect(stays).toHaveLength(1);
    const [stay] = stays;
    expect(Math.hypot((stay?.x ?? 0) - 10, stay?.y ?? 9)).toBeLessThan(0.5);
    expect(((stay?.toMs ?? 0) - (stay?.fromMs ?? 0)) / 1000).toBeGreaterThan(55);
    expect(way.length).toBeLessThan(50);
    expect(way.at(-1)?.[1]).toBe(20);
  });

  it('makes no place of a walk, and two of a stay with a silence in it', () => {
    const straight = Array.from({ length: 100 }, (_, i) => at(i, i, 0));
    expect(courseOf(straight, 4000).stays).toEqual([]);
    const broken = [
      ...Array.from({ length: 30 }, (_, i) => at(i, 0, 0)),
      ...Array.from({ length: 30 }, (_, i) => at(300 + i, 0, 0)),
    ];
    expect(courseOf(broken, 4000).stays).toHaveLength(2);
  });

  it('is never further from the path than its noise, and in order of time', () => {
    const steps = fc.array(
      fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true })),
      {
        minLength: 2,
        maxLength: 200,
      },
    );
    fc.assert(
      fc.property(steps, (moves) => {
        let [x, y] = [0, 0];
        const points = moves.map(([dx, dy], i): PathPoint => {
          x += dx;
          y += dy;
          return at(i, x, y);
        });
        const { way } = courseOf(points, 4000);
        for (const [i, vertex] of way.entries()) expect(vertex[0]).toBeGreaterThanOrEqual(way[i - 1]?.[0] ?? 0);
        for (const point of points) {
          const drawn = positionAt(way, point[0], Number.POSITIVE_INFINITY);
          // The last point may still lie within the noise of the last place.
          if (drawn) expect(Math.hypot(drawn.x - point[1], drawn.y - point[2])).toBeLessThan(1.6 * 0.3 + 1e-9);
        }
      }),
    );
  });
});
