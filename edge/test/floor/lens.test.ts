import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CalibrationFile, fitCalibration, parseCalibration } from '../../src/floor/calibration.ts';
import { FloorMapper, type FloorPoint, visibleFloor } from '../../src/floor/floor.ts';
import { gridFigure } from '../../src/floor/gridFigure.ts';
import { bend, type Lens, lensOf, straighten } from '../../src/floor/lens.ts';
import { reportCalibration } from '../../src/floor/residuals.ts';
import { cameras, spreadPixels, type TestCamera, toFloor } from './camera.ts';

const WIDTH = 1280;
const HEIGHT = 720;
const STRAIGHT = lensOf(WIDTH, HEIGHT, 0);
const WIDE = lensOf(WIDTH, HEIGHT, -0.35);
const HALL: TestCamera = {
  heightMetres: 4,
  pitch: 0.6,
  heading: 0.4,
  x: 3,
  y: 2,
  focal: 560,
  width: WIDTH,
  height: HEIGHT,
};

const lenses = fc.double({ min: -0.7, max: 0.2, noNaN: true }).map((distortion) => lensOf(WIDTH, HEIGHT, distortion));
const u = fc.double({ min: 0, max: WIDTH, noNaN: true });
const v = fc.double({ min: 0, max: HEIGHT, noNaN: true });

/** What a camera of such a lens shows of the floor, to the pixel; read at pixels all over the picture. */
function readThrough(lens: Lens, camera: TestCamera, noise: (i: number) => number = () => 0): CalibrationFile {
  const points = spreadPixels(camera).flatMap(([x, y], i): CalibrationFile['points'] => {
    const floor = toFloor(camera, x, y);
    const image = bend(lens, x, y);
    return floor && image ? [{ image: [image[0] + noise(2 * i), image[1] + noise(2 * i + 1)], floor }] : [];
  });
  return { name: 'hall', imageWidth: WIDTH, imageHeight: HEIGHT, points };
}

/** The same numbers on every run, about -1 to 1 pixel, as clicks are off. */
const clicks = (i: number): number => Math.sin(12.9898 * (i + 1)) * Math.cos(78.233 * (i + 2));

describe('a lens', () => {
  it('puts every pixel back where it came from', () => {
    fc.assert(
      fc.property(lenses, u, v, (lens, x, y) => {
        const back = bend(lens, ...straighten(lens, x, y));
        expect(back?.[0]).toBeCloseTo(x, 6);
        expect(back?.[1]).toBeCloseTo(y, 6);
      }),
    );
  });

  it('leaves the middle where it is, and everything where it is straight', () => {
    expect(straighten(WIDE, WIDTH / 2, HEIGHT / 2)).toEqual([WIDTH / 2, HEIGHT / 2]);
    fc.assert(
      fc.property(u, v, (x, y) => {
        const [sx, sy] = straighten(STRAIGHT, x, y);
        expect(Math.hypot(sx - x, sy - y)).toBeLessThan(1e-9);
      }),
    );
  });

  it('of the wide kind shows the corners nearer to the middle than they are', () => {
    const [x, y] = straighten(WIDE, 0, 0);
    expect(x).toBeLessThan(-100);
    expect(y).toBeLessThan(-50);
  });
});

describe('a calibration through a wide lens', () => {
  it('finds the lens from points all over the picture, and every other place of the floor with it', () => {
    fc.assert(
      fc.property(cameras, fc.double({ min: -0.5, max: -0.08, noNaN: true }), u, v, (camera, distortion, x, y) => {
        const lens = lensOf(WIDTH, HEIGHT, distortion);
        const file = readThrough(lens, camera);
        fc.pre(file.points.length >= 12);
        const expected = toFloor(camera, x, y);
        const pixel = bend(lens, x, y);
        fc.pre(expected !== null && pixel !== null && Math.hypot(expected[0] - camera.x, expected[1] - camera.y) < 30);
        const calibration = fitCalibration(file, 'hall');
        fc.pre(calibration.lensFitted);
        expect(calibration.lens.distortion).toBeCloseTo(distortion, 2);
        const found = new FloorMapper(calibration, WIDTH, HEIGHT).place(...(pixel ?? [0, 0]));
        const [fx, fy] = expected ?? [0, 0];
        expect(Math.hypot((found?.[0] ?? 1e9) - fx, (found?.[1] ?? 1e9) - fy)).toBeLessThan(0.05);
      }),
    );
  });

  it('is many times nearer to places that it does not know than a plane alone, though the points were clicked by hand', () => {
    const file = readThrough(WIDE, HALL, clicks);
    const heldOut = {
      ...file,
      points: file.points.map((point, i) => (i % 4 === 3 ? { ...point, holdout: true } : point)),
    };
    const plane = reportCalibration({ ...heldOut, lens: { distortion: 0 } }, 'hall');
    const bent = reportCalibration(heldOut, 'hall');
    expect(bent.holdoutRmsMetres ?? 1).toBeLessThan(0.1);
    expect(plane.holdoutRmsMetres ?? 0).toBeGreaterThan(4 * (bent.holdoutRmsMetres ?? 1));
    expect(bent.leaveOneOutRmsMetres ?? 1).toBeLessThan(0.15);
  });

  it('says how exactly its points were read, not how much the lens bends', () => {
    expect(
      fitCalibration({ ...readThrough(WIDE, HALL, clicks), lens: { distortion: 0 } }, 'hall').sigmaPixels,
    ).toBeGreaterThan(5);
    expect(fitCalibration(readThrough(WIDE, HALL, clicks), 'hall').sigmaPixels).toBeLessThan(1);
  });

  it('takes a lens from the file, and names another version for another lens', () => {
    const file = readThrough(WIDE, HALL);
    const given = fitCalibration({ ...file, lens: { distortion: -0.35 } }, 'hall');
    expect([given.lens.distortion, given.lensFitted]).toEqual([-0.35, false]);
    const versions = [0, -0.1, -0.35].map(
      (distortion) => fitCalibration({ ...file, lens: { distortion } }, 'hall').version,
    );
    expect(new Set(versions).size).toBe(3);
  });

  it('refuses a lens that shows no floor, by the name of the field', () => {
    const yaml = JSON.stringify({ ...readThrough(STRAIGHT, HALL), lens: { distortion: -2 } });
    expect(() => parseCalibration(yaml, 'hall.yaml')).toThrow(/hall\.yaml.*lens.*distortion.*-2/s);
  });
});

describe('a calibration through a straight lens', () => {
  it('hardly ever sees a lens in the clicks of whoever measured', () => {
    let fits = 0;
    let bent = 0;
    fc.assert(
      fc.property(cameras, fc.integer({ min: 0, max: 1e6 }), (camera, seed) => {
        const file = readThrough(STRAIGHT, camera, (i) => clicks(i + 40 * seed));
        fc.pre(file.points.length >= 10);
        fits++;
        if (fitCalibration(file, 'hall').lensFitted) bent++;
      }),
      { numRuns: 150, seed: 7 },
    );
    expect(fits).toBeGreaterThan(100);
    expect(bent).toBeLessThanOrEqual(2);
  });

  it('never asks seven points for a lens', () => {
    const { points, ...file } = readThrough(WIDE, HALL, clicks);
    expect(fitCalibration({ ...file, points: points.slice(0, 7) }, 'hall').lens.distortion).toBe(0);
  });

  it('keeps the version that it had before lenses were known', () => {
    const file = readThrough(STRAIGHT, HALL);
    expect(fitCalibration(file, 'hall').version).toBe(
      fitCalibration({ ...file, lens: { distortion: 0 } }, 'hall').version,
    );
  });
});

describe('a foot point through a wide lens', () => {
  const calibration = fitCalibration({ ...readThrough(WIDE, HALL), lens: { distortion: -0.35 } }, 'hall');

  it('has the uncertainty of what moves it on the floor: the slope of the place in both directions', () => {
    fc.assert(
      fc.property(
        u,
        v,
        fc.double({ min: 0.2, max: 3, noNaN: true }),
        fc.double({ min: 0.2, max: 3, noNaN: true }),
        (x, y, sx, sy) => {
          const mapper = new FloorMapper({ ...calibration, sigmaPixels: 0 }, WIDTH, HEIGHT);
          const out: FloorPoint = { x: 0, y: 0, sigmaMetres: 0 };
          fc.pre(mapper.project(x, y, sx, sy, out) && out.sigmaMetres < 1);
          const step = 1e-3;
          const [left, right, up, down] = [
            mapper.place(x - step, y),
            mapper.place(x + step, y),
            mapper.place(x, y - step),
            mapper.place(x, y + step),
          ];
          if (!left || !right || !up || !down) return;
          const perX = Math.hypot(right[0] - left[0], right[1] - left[1]) / (2 * step);
          const perY = Math.hypot(down[0] - up[0], down[1] - up[1]) / (2 * step);
          expect(out.sigmaMetres).toBeCloseTo(Math.hypot(perX * sx, perY * sy), 4);
        },
      ),
    );
  });

  it('is the same place in a picture of another size', () => {
    const large: FloorPoint = { x: 0, y: 0, sigmaMetres: 0 };
    const small: FloorPoint = { x: 0, y: 0, sigmaMetres: 0 };
    new FloorMapper(calibration, WIDTH, HEIGHT).project(1100, 650, 2, 2, large);
    new FloorMapper(calibration, WIDTH / 2, HEIGHT / 2).project(550, 325, 1, 1, small);
    expect(small.x).toBeCloseTo(large.x, 9);
    expect(small.sigmaMetres).toBeCloseTo(large.sigmaMetres, 9);
  });

  it('lies in the part of the floor that is drawn as seen', () => {
    const mapper = new FloorMapper(calibration, WIDTH, HEIGHT);
    const view = visibleFloor(mapper, WIDTH, HEIGHT, 40);
    const edge = mapper.place(20, HEIGHT - 5);
    const xs = view.map(([x]) => x);
    expect(edge?.[0]).toBeGreaterThanOrEqual(Math.min(...xs) - 0.01);
    expect(edge?.[0]).toBeLessThanOrEqual(Math.max(...xs) + 0.01);
    expect(view.length).toBeGreaterThan(12);
  });
});

describe('the metres drawn over a picture through a wide lens', () => {
  it('bend as the lens bends them, and the rings lie on the crosses', () => {
    const file = readThrough(WIDE, HALL);
    const svg = gridFigure(file, fitCalibration(file, 'hall'), null);
    const line = /<polyline points="([^"]+)" class="x strong"/.exec(svg)?.[1] ?? '';
    const places = line.split(' ').map((place) => place.split(',').map(Number));
    expect(places.length).toBeGreaterThan(20);
    const rings = [...svg.matchAll(/<circle cx="([\d.-]+)" cy="([\d.-]+)"/g)].map(([, x, y]) => [Number(x), Number(y)]);
    expect(rings).toHaveLength(file.points.length);
    file.points.forEach(({ image: [x, y] }, i) => {
      expect(Math.hypot((rings[i]?.[0] ?? 1e9) - x, (rings[i]?.[1] ?? 1e9) - y)).toBeLessThan(0.3);
    });
  });
});
