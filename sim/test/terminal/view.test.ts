import type { PlanPoint } from '@safe-passage/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Optics } from '../../src/optics.ts';
import { contains, distanceToSegment, isSimple, signedArea } from '../../src/terminal/polygon.ts';
import { Sight } from '../../src/terminal/sight.ts';
import type { Terminal, TerminalCamera } from '../../src/terminal/terminal.ts';
import { floorView } from '../../src/terminal/view.ts';

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const camera: fc.Arbitrary<TerminalCamera> = fc.record({
  id: fc.constant('cam'),
  name: fc.constant('Camera'),
  position: fc.tuple(between(1, 39), between(1, 29)),
  heightMetres: between(2.5, 6),
  headingDegrees: between(-180, 180),
  pitchDegrees: between(10, 90),
  focalPixels: between(400, 1200),
  imageWidth: fc.constant(1280),
  imageHeight: fc.constant(720),
  radialK1: between(-0.15, 0.1),
  framesPerSecond: fc.constant(5),
  reachMetres: between(6, 25),
});
const hall = (walls: PlanPoint[][]): Pick<Terminal, 'bounds' | 'walls' | 'obstacles'> => ({
  bounds: [
    [0, 0],
    [40, 30],
  ],
  walls,
  obstacles: [],
});
const wall = fc.tuple(fc.tuple(between(0, 40), between(0, 30)), fc.tuple(between(0, 40), between(0, 30)));

const toBorder = (polygon: readonly PlanPoint[], x: number, y: number) =>
  Math.min(
    ...polygon.map(([bx, by], i) => {
      const [ax, ay] = polygon.at(i - 1) as PlanPoint;
      return distanceToSegment(x, y, ax, ay, bx, by);
    }),
  );

describe("a camera's view of the floor", () => {
  it('is a simple polygon inside the bounds', () => {
    fc.assert(
      fc.property(camera, fc.array(wall, { maxLength: 5 }), (seeing, walls) => {
        const view = floorView(hall(walls), seeing);
        if (!view) return;
        expect(isSimple(view)).toBe(true);
        expect(signedArea(view)).toBeGreaterThan(0);
        expect(view.length).toBeLessThanOrEqual(512);
        for (const [x, y] of view) {
          expect(x).toBeGreaterThanOrEqual(-0.01);
          expect(x).toBeLessThanOrEqual(40.01);
          expect(y).toBeGreaterThanOrEqual(-0.01);
          expect(y).toBeLessThanOrEqual(30.01);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('ends at the bounds also where a ray runs into a corner', () => {
    const view = floorView(hall([]), {
      id: 'cam',
      name: 'Camera',
      position: [39, 1.6312874538510242],
      heightMetres: 2.5,
      headingDegrees: 0,
      pitchDegrees: 28,
      focalPixels: 400,
      imageWidth: 1280,
      imageHeight: 720,
      framesPerSecond: 5,
      reachMetres: 6,
    });
    expect(Math.max(...(view ?? []).map(([x]) => x))).toBeLessThanOrEqual(40);
  });

  it('holds exactly what is in the picture, within reach and not behind a wall', () => {
    fc.assert(
      fc.property(
        camera,
        fc.array(wall, { maxLength: 4 }),
        between(0.5, 39.5),
        between(0.5, 29.5),
        (seeing, walls, x, y) => {
          const terminal = hall(walls);
          const view = floorView(terminal, seeing);
          if (!view || toBorder(view, x, y) < 0.3) return;
          const inside = contains(view, x, y);
          const [cx, cy] = seeing.position;
          const seen =
            new Optics(seeing).shows(x, y) &&
            Math.hypot(x - cx, y - cy) <= seeing.reachMetres &&
            !new Sight(terminal).blocked(cx, cy, seeing.heightMetres, x, y, 0);
          if (inside) expect(seen).toBe(true);
          // Where walls cut a view in two the smaller part is left out; without walls there is one part only.
          else if (walls.length === 0) expect(seen).toBe(false);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('is all round where a camera looks straight down', () => {
    const view = floorView(hall([]), {
      id: 'cam',
      name: 'Camera',
      position: [20, 15],
      heightMetres: 4,
      headingDegrees: 30,
      pitchDegrees: 90,
      focalPixels: 640,
      imageWidth: 1280,
      imageHeight: 720,
      framesPerSecond: 5,
      reachMetres: 20,
    });
    // 1280 and 720 pixels at 640 a metre of height, from 4 m: 8 by 4.5 m.
    expect(Math.abs(signedArea(view ?? []))).toBeCloseTo(36, 0);
    expect(contains(view ?? [], 20, 15)).toBe(true);
  });
});
