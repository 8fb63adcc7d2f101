import type { PlanPoint, Polygon } from '@safe-passage/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlindZones } from '../../src/floor/blindZones.ts';

/** How often an outline winds around a place, by adding up angles. */
function turnsAround(polygon: Polygon, x: number, y: number): number {
  let angle = 0;
  polygon.forEach(([ax, ay], i) => {
    const [bx, by] = polygon[(i + 1) % polygon.length] as PlanPoint;
    angle += Math.atan2((ax - x) * (by - y) - (ay - y) * (bx - x), (ax - x) * (bx - x) + (ay - y) * (by - y));
  });
  return Math.round(angle / (2 * Math.PI));
}

function distanceToEdge(polygon: Polygon, x: number, y: number): number {
  return Math.min(
    ...polygon.map(([ax, ay], i) => {
      const [bx, by] = polygon[(i + 1) % polygon.length] as PlanPoint;
      const length = (bx - ax) ** 2 + (by - ay) ** 2;
      const t = length > 0 ? Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length)) : 0;
      return Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay));
    }),
  );
}

const coordinate = fc.oneof(fc.integer({ min: -6, max: 6 }), fc.double({ min: -6, max: 6, noNaN: true }));
const polygons = fc.array(fc.tuple(coordinate, coordinate), { minLength: 3, maxLength: 9 }) as fc.Arbitrary<Polygon>;

describe('a blind zone', () => {
  it('contains whatever its outline winds around', () => {
    fc.assert(
      fc.property(polygons, coordinate, coordinate, (polygon, x, y) => {
        fc.pre(distanceToEdge(polygon, x, y) > 1e-5);
        expect(new BlindZones([polygon]).contains(x, y)).toBe(turnsAround(polygon, x, y) !== 0);
      }),
      { numRuns: 2000 },
    );
  });

  it('contains its corners and its edges', () => {
    fc.assert(
      fc.property(polygons, fc.nat(8), fc.double({ min: 0, max: 1, noNaN: true }), (polygon, index, t) => {
        const [ax, ay] = polygon[index % polygon.length] as PlanPoint;
        const [bx, by] = polygon[(index + 1) % polygon.length] as PlanPoint;
        const zones = new BlindZones([polygon]);
        expect(zones.contains(ax, ay)).toBe(true);
        expect(zones.contains(ax + t * (bx - ax), ay + t * (by - ay))).toBe(true);
      }),
    );
  });

  it('reaches a micrometre beyond its edge, so that rounding lets nobody out, and no further', () => {
    const triangles = fc.tuple(...Array(3).fill(fc.tuple(coordinate, coordinate))) as fc.Arbitrary<Polygon>;
    const along = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(triangles, along, fc.constantFrom(-1e-6, 1e-6), (triangle, t, micrometre) => {
        const [[ax, ay], [bx, by]] = triangle as [PlanPoint, PlanPoint];
        const length = Math.hypot(bx - ax, by - ay);
        fc.pre(length > 0.01);
        const off = (metres: number): [number, number] => [
          ax + t * (bx - ax) + (metres / length) * (by - ay),
          ay + t * (by - ay) - (metres / length) * (bx - ax),
        ];
        const zones = new BlindZones([triangle]);
        expect(zones.contains(...off(0.99 * micrometre))).toBe(true);
        const beyond = off(1.01 * micrometre);
        fc.pre(turnsAround(triangle, ...beyond) === 0 && distanceToEdge(triangle, ...beyond) > 1.005e-6);
        expect(zones.contains(...beyond)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps back what cannot be placed, but only where there is a zone', () => {
    const square: Polygon = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ];
    expect(new BlindZones([square]).contains(Number.NaN, 0.5)).toBe(true);
    expect(new BlindZones([]).contains(Number.NaN, 0.5)).toBe(false);
    expect(new BlindZones([]).contains(0.5, 0.5)).toBe(false);
  });

  it('is one of several', () => {
    const at = (x: number): Polygon => [
      [x, 0],
      [x + 1, 0],
      [x + 1, 1],
      [x, 1],
    ];
    const zones = new BlindZones([at(0), at(5)]);
    expect([0.5, 3, 5.5].map((x) => zones.contains(x, 0.5))).toEqual([true, false, true]);
  });
});
