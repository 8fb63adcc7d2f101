import { OperatorError } from '@safe-passage/cli';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CalibrationFile,
  fitCalibration,
  nominalCalibration,
  parseCalibration,
  readCalibration,
} from '../../src/floor/calibration.ts';
import { FloorMapper } from '../../src/floor/floor.ts';
import { reportCalibration } from '../../src/floor/residuals.ts';
import { cameras, spreadPixels, type TestCamera, toFloor } from './camera.ts';

const versionOf = (file: CalibrationFile): string => fitCalibration(file, 'test').version;
const fileOf = (camera: TestCamera, pixels: readonly (readonly [number, number])[]): CalibrationFile => ({
  name: 'test',
  imageWidth: camera.width,
  imageHeight: camera.height,
  points: pixels.map(([u, v]) => ({ image: [u, v], floor: toFloor(camera, u, v) ?? [0, 0] })),
});

const square = (points: readonly (readonly [number, number, number, number])[]): CalibrationFile => ({
  name: 'hall',
  imageWidth: 640,
  imageHeight: 480,
  points: points.map(([u, v, x, y]) => ({ image: [u, v], floor: [x, y] })),
});

const GOOD = square([
  [100, 400, 0, 0],
  [540, 400, 4, 0],
  [420, 200, 4, 8],
  [220, 200, 0, 8],
  [320, 300, 2, 3.2],
]);

describe('a calibration', () => {
  it('recovers the floor of any camera from points that are exact', () => {
    fc.assert(
      fc.property(
        cameras,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.5, max: 1, noNaN: true }),
        (camera, s, t) => {
          const pixels = spreadPixels(camera);
          fc.pre(pixels.length >= 8);
          const mapper = new FloorMapper(fitCalibration(fileOf(camera, pixels), 'test'), camera.width, camera.height);
          const [u, v] = [s * camera.width, t * camera.height];
          const expected = toFloor(camera, u, v);
          fc.pre(expected !== null && Math.hypot(expected[0] - camera.x, expected[1] - camera.y) < 60);
          const found = mapper.place(u, v);
          expect(
            Math.hypot((found?.[0] ?? 1e9) - (expected?.[0] ?? 0), (found?.[1] ?? 1e9) - (expected?.[1] ?? 0)),
          ).toBeLessThan(1e-4);
        },
      ),
    );
  });

  it('says how exactly its points were read', () => {
    fc.assert(
      fc.property(
        cameras,
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 32, maxLength: 32 }),
        (camera, noise) => {
          const pixels = spreadPixels(camera);
          fc.pre(pixels.length >= 12);
          const file = fileOf(camera, pixels);
          const noisy = {
            ...file,
            points: file.points.map((point, i) => ({
              ...point,
              image: [point.image[0] + (noise[2 * i] ?? 0), point.image[1] + (noise[2 * i + 1] ?? 0)] as [
                number,
                number,
              ],
            })),
          };
          const fitted = fitCalibration(noisy, 'test');
          expect(fitted.sigmaPixels).toBeLessThan(1.5);
        },
      ),
    );
  });

  it('fits four points exactly and says that nothing is left to tell its error', () => {
    const four = { ...GOOD, points: GOOD.points.slice(0, 4) };
    const report = reportCalibration(four, 'hall.yaml');
    expect(report.rmsMetres).toBeLessThan(1e-6);
    expect(report.leaveOneOutRmsMetres).toBeNull();
    expect(report.holdoutRmsMetres).toBeNull();
    expect(fitCalibration(four, 'hall.yaml').sigmaPixels).toBe(1);
  });

  it('tells the error of points that it did not know, in metres', () => {
    const exact = fileOf(
      { heightMetres: 3, pitch: 0.6, heading: 0, x: 0, y: 0, focal: 700, width: 1280, height: 720 },
      [
        [100, 700],
        [1200, 690],
        [1000, 300],
        [300, 310],
        [640, 500],
        [700, 400],
      ],
    );
    const last = exact.points[5];
    if (!last) throw new Error('six points');
    const moved = { ...last, floor: [last.floor[0] + 0.3, last.floor[1] - 0.4] as [number, number], holdout: true };
    const report = reportCalibration({ ...exact, points: [...exact.points.slice(0, 5), moved] }, 'hall.yaml');
    expect(report.holdoutRmsMetres).toBeCloseTo(0.5, 4);
    expect(report.points[5]).toMatchObject({ holdout: true, leaveOneOutMetres: null });
    expect(report.leaveOneOutRmsMetres).toBeLessThan(1e-4);
  });

  it('has a version that follows what it says, not how it is written', () => {
    const yaml = `
name: hall
imageWidth: 640
imageHeight: 480
points:
${GOOD.points.map((p) => `  - { image: [${p.image}], floor: [${p.floor}] }`).join('\n')}
`;
    const version = versionOf(GOOD);
    expect(version).toMatch(/^[0-9a-f]{12}$/);
    expect(readCalibration(yaml, 'hall.yaml').version).toBe(version);
    expect(readCalibration(JSON.stringify(GOOD), 'hall.json').version).toBe(version);
    expect(versionOf({ ...GOOD, name: 'other' })).toBe(version);
    expect(versionOf({ ...GOOD, imageWidth: 641 })).not.toBe(version);
    expect(versionOf({ ...GOOD, points: GOOD.points.slice(0, 4) })).not.toBe(version);
  });

  it.each<[string, CalibrationFile, RegExp]>([
    [
      'on one line of the floor',
      square([
        [0, 0, 0, 0],
        [9, 2, 1, 1],
        [3, 9, 2, 2],
        [7, 7, 3, 3],
      ]),
      /on the floor, the points lie on one line/,
    ],
    [
      'on one line of the picture',
      square([
        [0, 0, 0, 0],
        [1, 1, 4, 0],
        [2, 2, 4, 8],
        [3, 3, 0, 8],
      ]),
      /in the picture, the points lie on one line/,
    ],
    [
      'three of four on a line',
      square([
        [100, 400, 0, 0],
        [200, 400, 1, 0],
        [300, 400, 2, 0],
        [220, 200, 0, 8],
      ]),
      /one line/,
    ],
    [
      'all the same',
      square([
        [5, 5, 1, 1],
        [5, 5, 1, 1],
        [5, 5, 1, 1],
        [5, 5, 1, 1],
      ]),
      /one line/,
    ],
    [
      'two exchanged',
      square([
        [100, 400, 0, 0],
        [540, 400, 4, 0],
        [420, 200, 0, 8],
        [220, 200, 4, 8],
      ]),
      /exchanged/,
    ],
  ])('is refused with a remedy where the points are %s', (_, file, message) => {
    const fit = () => fitCalibration(file, 'hall.yaml');
    expect(fit).toThrow(message);
    expect(fit).toThrow(OperatorError);
    try {
      fit();
    } catch (problem) {
      expect((problem as OperatorError).remedy).toMatch(/four places/);
    }
  });

  it('is refused where held-out points leave fewer than four', () => {
    const held = { ...GOOD, points: GOOD.points.map((p, i) => (i > 2 ? { ...p, holdout: true } : p)) };
    expect(() => fitCalibration(held, 'hall.yaml')).toThrow(/3 points; a plane needs at least 4/);
  });

  it.each<[string, string, RegExp]>([
    ['no YAML', 'name: [', /neither YAML nor JSON/],
    ['too few points', JSON.stringify({ ...GOOD, points: GOOD.points.slice(0, 3) }), /points/],
    ['a field too many', JSON.stringify({ ...GOOD, camera: 'x' }), /camera|additional/],
    ['a word for a number', JSON.stringify({ ...GOOD, imageWidth: 'wide' }), /imageWidth/],
    [
      'a place outside of the picture, by a digit too many',
      JSON.stringify({ ...GOOD, points: GOOD.points.map((p, i) => (i === 2 ? { ...p, image: [12_000, 400] } : p)) }),
      /points\.2\.image is \[12000, 400\], outside of the picture of \d+x\d+/,
    ],
    ['nothing', '', /no calibration/],
  ])('is refused with file and field where there is %s', (_, text, message) => {
    expect(() => parseCalibration(text, 'hall.yaml')).toThrow(message);
    expect(() => parseCalibration(text, 'hall.yaml')).toThrow(/hall\.yaml/);
  });
});

describe('the nominal camera', () => {
  it('is 3 m up, 60 degrees wide, and sees the floor from 3 m in front of it', () => {
    for (const [width, height] of [
      [1280, 720],
      [640, 480],
      [768, 432],
    ] as const) {
      const calibration = nominalCalibration(width, height);
      const mapper = new FloorMapper(calibration, width, height);
      expect(calibration.version).toBe('nominal');
      expect(mapper.place(width / 2, height)).toEqual([expect.closeTo(0, 9), expect.closeTo(3, 9)]);
      // Along the middle row the slant range to the floor is 3 m / sin(pitch), and the edge lies 30 degrees aside of it.
      const pitch = Math.PI / 4 - Math.atan((height / width) * Math.tan(Math.PI / 6));
      const edge = mapper.place(width, height / 2);
      expect((edge?.[0] ?? 0) / (3 / Math.sin(pitch))).toBeCloseTo(Math.tan(Math.PI / 6), 9);
    }
  });
});
