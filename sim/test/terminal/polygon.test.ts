import type { PlanPoint } from '@safe-passage/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains, isSimple, signedArea } from '../../src/terminal/polygon.ts';

/** Corners at sorted angles round a middle never cross. */
const star = fc
  .array(fc.tuple(fc.double({ min: 0.05, max: 0.95, noNaN: true }), fc.double({ min: 1, max: 9, noNaN: true })), {
    minLength: 5,
    maxLength: 20,
  })
  .map((corners) =>
    corners.map(([turn, radius], i): PlanPoint => {
      const angle = (2 * Math.PI * (i + turn)) / corners.length;
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    }),
  );

describe('polygons', () => {
  it('whose corners go round once are simple, and hold their middle', () => {
    fc.assert(
      fc.property(star, (polygon) => {
        expect(isSimple(polygon)).toBe(true);
        expect(signedArea(polygon)).toBeGreaterThan(0);
        expect(contains(polygon, 0, 0)).toBe(true);
        expect(contains(polygon, 20, 3)).toBe(false);
      }),
    );
  });

  it('are not simple once two corners have changed places', () => {
    fc.assert(
      fc.property(star, (polygon) => {
        const [a, b, c, ...rest] = polygon as [PlanPoint, PlanPoint, PlanPoint, ...PlanPoint[]];
        const crossed = [a, c, b, ...rest];
        // Convex where they change: there the swapped edges must cross.
        const turn = (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]);
        const d = rest[0] as PlanPoint;
        const next = (c[0] - b[0]) * (d[1] - c[1]) - (c[1] - b[1]) * (d[0] - c[0]);
        fc.pre(turn > 0.01 && next > 0.01 && polygon.length > 5);
        const across = (p: PlanPoint, q: PlanPoint, r: PlanPoint) =>
          (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
        fc.pre(across(a, c, b) * across(a, c, d) < 0 && across(b, d, a) * across(b, d, c) < 0);
        expect(isSimple(crossed)).toBe(false);
      }),
    );
  });

  it('that touch themselves or lie flat are not simple', () => {
    const bow: PlanPoint[] = [
      [0, 0],
      [2, 2],
      [2, 0],
      [0, 2],
    ];
    const flat: PlanPoint[] = [
      [0, 0],
      [1, 0],
      [2, 0],
    ];
    const spike: PlanPoint[] = [
      [0, 0],
      [4, 0],
      [4, 4],
      [4, 1],
      [0, 4],
    ];
    for (const polygon of [bow, flat, spike]) expect(isSimple(polygon)).toBe(false);
  });
});
