import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyBox } from '../../src/cameras/bodyBox.ts';
import { COLUMNS, columnBelow, countPoints, coveredPoints, ROWS, visibleShare } from '../../src/cameras/coverage.ts';
import { StaticShadow } from '../../src/cameras/staticShadow.ts';
import { Optics } from '../../src/optics.ts';
import { box, CAMERA, hallWith } from './scene.ts';

const anyCamera = fc.record({
  position: fc.tuple(fc.double({ min: -50, max: 50, noNaN: true }), fc.double({ min: -50, max: 50, noNaN: true })),
  heightMetres: fc.double({ min: 2, max: 12, noNaN: true }),
  headingDegrees: fc.double({ min: -180, max: 180, noNaN: true }),
  pitchDegrees: fc.double({ min: 5, max: 90, noNaN: true }),
  focalPixels: fc.double({ min: 400, max: 2000, noNaN: true }),
  imageWidth: fc.constant(1280),
  imageHeight: fc.constant(720),
  radialK1: fc.double({ min: -0.3, max: 0.3, noNaN: true }),
});
const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });

describe("a camera's optics", () => {
  it('find the way back: a pixel that shows floor is where that floor is seen', () => {
    fc.assert(
      fc.property(anyCamera, share, share, (camera, u, v) => {
        const optics = new Optics(camera);
        if (!optics.toFloor(u * 1280, v * 720)) return;
        const { floorX, floorY } = optics;
        fc.pre(Math.hypot(floorX - camera.position[0], floorY - camera.position[1]) < 1000);
        expect(optics.project(floorX, floorY, 0)).toBe(true);
        expect(optics.u).toBeCloseTo(u * 1280, 4);
        expect(optics.v).toBeCloseTo(v * 720, 4);
      }),
      { numRuns: 500 },
    );
  });

  it('see what is ahead in the middle, what is to the left on the left, and nothing behind', () => {
    const optics = new Optics({ ...CAMERA, pitchDegrees: 0 });
    expect(optics.project(10, 0, 4.5)).toBe(true);
    expect([optics.u, optics.v, optics.depthMetres]).toEqual([640, 360, 10]);
    optics.project(10, 2, 4.5);
    expect(optics.u).toBeCloseTo(640 - 152);
    expect(optics.project(-10, 0, 4.5)).toBe(false);
  });

  it('pull the corners inwards with a barrel lens, and never fold the picture over', () => {
    const straight = new Optics({ ...CAMERA, pitchDegrees: 0 });
    const barrel = new Optics({ ...CAMERA, pitchDegrees: 0, radialK1: -0.2 });
    straight.project(10, 5, 4.5);
    barrel.project(10, 5, 4.5);
    expect(barrel.u - 640).toBeCloseTo((straight.u - 640) * (1 - 0.2 * 0.25));
    // Beyond the fold, tan² = 1 / 0.6, the lens shows nothing; without this somebody far beside would stand in the middle.
    expect(barrel.project(10, 14, 4.5)).toBe(false);
  });
});

const edges = fc
  .tuple(share, share, share, share)
  .map(([a, b, c, d]) => [Math.min(a, b), Math.min(c, d), Math.max(a, b) + 0.01, Math.max(c, d) + 0.01] as const);

describe('the lattice of a box', () => {
  it('is covered where its points lie inside of the other box', () => {
    fc.assert(
      fc.property(edges, edges, ([l, t, r, b], [ol, ot, or, ob]) => {
        let expected = 0;
        for (let c = 0; c < COLUMNS; c += 1) {
          for (let row = 0; row < ROWS; row += 1) {
            const x = l + ((c + 0.5) / COLUMNS) * (r - l);
            const y = t + ((row + 0.5) / ROWS) * (b - t);
            if (x >= ol && x < or && y >= ot && y < ob) expected |= 1 << (ROWS * c + row);
          }
        }
        const found = coveredPoints(l, t, r, b, ol, ot, or, ob);
        // A point on the very edge may fall to either side.
        expect(countPoints(found ^ expected)).toBeLessThanOrEqual(ROWS);
        if (found !== expected) {
          const grown = coveredPoints(l, t, r, b, ol - 1e-9, ot - 1e-9, or + 1e-9, ob + 1e-9);
          expect(expected & ~grown).toBe(0);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('counts', () => {
    expect(visibleShare(0)).toBe(1);
    expect(visibleShare(-1)).toBe(0);
    expect(countPoints(columnBelow(0, 0) | columnBelow(3, 4))).toBe(12);
    expect(visibleShare(coveredPoints(0, 0, 4, 8, -1, 4, 9, 9))).toBe(0.5);
    expect(coveredPoints(0, 0, 4, 8, 5, 0, 9, 8)).toBe(0);
  });
});

const at = (x: number, y: number, heading: number, speed = 0, stature = 1.7, seated = false, time = 0) => {
  const body = new BodyBox(new Optics(CAMERA), 0, 0);
  expect(body.of(x, y, heading, speed, stature, seated, 0, time)).toBe(true);
  return { width: body.right - body.left, height: body.bottom - body.top, metres: body.widthMetres };
};

describe('the box of a body', () => {
  it('is as high as the body, and smaller further away', () => {
    const optics = new Optics(CAMERA);
    const body = new BodyBox(optics, 0, 0);
    body.of(12, 0, Math.PI, 0, 1.7, false, 0, 0);
    optics.project(12, 0, 1.7);
    expect(body.top).toBeCloseTo(optics.v);
    // The foot's edge is a little nearer than the middle.
    optics.project(12, 0, 0);
    expect(body.bottom).toBeGreaterThan(optics.v);
    expect(body.bottom - optics.v).toBeLessThan(5);
    expect(at(20, 0, Math.PI).height).toBeLessThan(at(10, 0, Math.PI).height);
  });

  it('is broad from the front, narrow from the side, and opens and closes from the side while walking', () => {
    expect(at(12, 0, Math.PI).metres).toBeCloseTo(0.48);
    expect(at(12, 0, Math.PI / 2).metres).toBeCloseTo(0.3);
    const widths = Array.from({ length: 20 }, (_, i) => at(12, 0, Math.PI / 2, 1.3, 1.7, false, i / 10).metres);
    expect(Math.min(...widths)).toBeLessThan(0.35);
    expect(Math.max(...widths)).toBeGreaterThan(0.6);
    expect(at(12, 0, Math.PI, 1.3).metres).toBeCloseTo(0.48);
  });

  it('is lower and deeper for somebody seated', () => {
    expect(at(12, 0, Math.PI, 0, 1.7, true).height).toBeLessThan(0.85 * at(12, 0, Math.PI).height);
    expect(at(12, 0, Math.PI / 2, 0, 1.7, true).metres).toBeCloseTo(0.75);
  });

  it('goes on below the picture for somebody whose feet are under the camera', () => {
    const body = new BodyBox(new Optics({ ...CAMERA, pitchDegrees: 10 }), 0, 0);
    expect(body.of(0.6, 0, 0, 0, 1.9, false, 0, 0)).toBe(true);
    expect(body.bottom).toBeGreaterThan(CAMERA.imageHeight);
  });
});

describe('the shadow of the building', () => {
  const { sight } = hallWith({
    walls: [
      [
        [10, 5],
        [20, 5],
      ],
    ],
    obstacles: [box('desk', 'desk', 8, -1, 9, 1, 1.1)],
  });
  const shadow = new StaticShadow(sight, 0, 0, 4.5, 30);

  it('is nothing on open floor, and everything behind a wall', () => {
    expect(shadow.lowestVisible(6, 0)).toBe(0);
    expect(shadow.lowestVisible(15, 6)).toBe(Number.POSITIVE_INFINITY);
  });

  it('reaches up to where the ray over the edge of the desk meets the body', () => {
    // From 4.5 m over the desk's far edge at 9 m, 1.1 m high: at 10.1 m the ray is 0.68 m above the floor.
    expect(shadow.lowestVisible(10.1, 0.1)).toBeCloseTo(4.5 - ((4.5 - 1.1) * 10.1) / 9, 1);
    expect(shadow.lowestVisible(14, 0)).toBe(0);
  });

  it('is not asked about beyond the reach', () => {
    expect(shadow.lowestVisible(500, 0)).toBe(Number.POSITIVE_INFINITY);
  });
});
