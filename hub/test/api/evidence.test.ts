import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forScreen, OTHER_PATHS, OTHER_POINTS_TOTAL, STORY_POINTS, thinned } from '../../src/api/evidence.ts';
import type { EvidencePath, PathPoint } from '../../src/api/schemas.ts';

const path = fc
  .array(fc.integer({ min: 0, max: 2_000 }), { minLength: 0, maxLength: 400 })
  .map((steps): PathPoint[] => {
    let time = 0;
    return steps.map((step, i) => {
      time += step;
      return [time, i, -i, 0.3, 1];
    });
  });

describe('a thinned path', () => {
  it('has at most the points allowed, all of them from the path, in order, with its first and its last', () => {
    fc.assert(
      fc.property(path, fc.integer({ min: 2, max: 300 }), (points, limit) => {
        const thin = thinned(points, limit);
        expect(thin.length).toBeLessThanOrEqual(Math.max(limit, 0));
        expect(thin[0]).toBe(points[0]);
        expect(thin.at(-1)).toBe(points.at(-1));
        let from = 0;
        for (const point of thin) {
          const at = points.indexOf(point, from);
          expect(at).toBeGreaterThanOrEqual(from);
          from = at + 1;
        }
      }),
    );
  });

  it('leaves a short path alone', () => {
    fc.assert(
      fc.property(path, (points) => {
        expect(thinned(points, Math.max(2, points.length))).toEqual(points);
      }),
    );
  });

  it('is even in time: a steady path keeps steady steps', () => {
    const points = Array.from({ length: 10_000 }, (_, i): PathPoint => [i * 100, i, 0, 0.3, 1]);
    const thin = thinned(points, 101);
    expect(thin).toHaveLength(101);
    const steps = thin.slice(1).map((point, i) => point[0] - (thin[i]?.[0] ?? 0));
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(9_800);
    expect(Math.max(...steps)).toBeLessThanOrEqual(10_100);
  });

  it('manages a path whose points share one moment', () => {
    const points = Array.from({ length: 50 }, (_, i): PathPoint => [7, i, 0, 0.3, 1]);
    expect(thinned(points, 10).length).toBeLessThanOrEqual(10);
  });
});

describe('evidence for a screen', () => {
  const make = (role: EvidencePath['role'], i: number, length: number): EvidencePath => ({
    person: `p${i}`,
    role,
    points: Array.from({ length }, (_, t): PathPoint => [t * 100, t, i, 0.3, 1]),
  });

  it('keeps every path of the story and caps those around it, however crowded the hall', () => {
    const paths = [
      ...Array.from({ length: 500 }, (_, i) => make('other', i, 2_000)),
      ...Array.from({ length: 3 }, (_, i) => make('dwelling', 1000 + i, 50_000)),
    ];
    const shown = forScreen({ fromMs: 0, toMs: 1, paths });
    const story = shown.paths.filter((each) => each.role === 'dwelling');
    const others = shown.paths.filter((each) => each.role === 'other');
    expect(story).toHaveLength(3);
    for (const each of story) expect(each.points.length).toBeLessThanOrEqual(STORY_POINTS);
    expect(others).toHaveLength(OTHER_PATHS);
    expect(others.reduce((sum, each) => sum + each.points.length, 0)).toBeLessThanOrEqual(OTHER_POINTS_TOTAL);
  });
});
