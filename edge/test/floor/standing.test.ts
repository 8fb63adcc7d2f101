import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Calibration, fitCalibration, nominalCalibration } from '../../src/floor/calibration.ts';
import { FloorMapper, type FloorPoint, type StandingBox } from '../../src/floor/floor.ts';
import { lensOf } from '../../src/floor/lens.ts';
import { verticalsOf } from '../../src/floor/verticals.ts';
import { cameras, spreadPixels, type TestCamera, toFloor } from './camera.ts';

/** Where a point above the floor appears. @returns null behind the camera. */
function seen(camera: TestCamera, x: number, y: number, z: number): [number, number] | null {
  const [sin, cos] = [Math.sin(camera.heading), Math.cos(camera.heading)];
  const [dx, dy] = [x - camera.x, y - camera.y];
  const right = cos * dx - sin * dy;
  const ahead = sin * dx + cos * dy;
  const down = camera.heightMetres - z;
  const depth = ahead * Math.cos(camera.pitch) + down * Math.sin(camera.pitch);
  if (depth < 0.3) return null;
  const below = down * Math.cos(camera.pitch) - ahead * Math.sin(camera.pitch);
  return [camera.width / 2 + (camera.focal * right) / depth, camera.height / 2 + (camera.focal * below) / depth];
}

/** The box around a thin body that stands there. */
function boxOf(camera: TestCamera, x: number, y: number, stature: number): StandingBox | null {
  const foot = seen(camera, x, y, 0);
  const head = seen(camera, x, y, stature);
  if (!foot || !head || head[1] >= foot[1]) return null;
  const footX = (foot[0] + head[0]) / 2;
  return { y: head[1], footX, footY: foot[1], footSigmaX: 1, footSigmaY: 1 };
}

function calibrated(camera: TestCamera): Calibration | null {
  const points = spreadPixels(camera).map((image) => ({ image, floor: toFloor(camera, ...image) as [number, number] }));
  if (points.length < 8) return null;
  const file = {
    name: 'camera',
    imageWidth: camera.width,
    imageHeight: camera.height,
    points,
    lens: { distortion: 0 },
  };
  try {
    return fitCalibration(file, 'camera.yaml');
  } catch {
    return null;
  }
}

const places = fc.record({
  camera: cameras,
  aside: fc.double({ min: -0.95, max: 0.95, noNaN: true }),
  ahead: fc.double({ min: 3, max: 25, noNaN: true }),
});

/** A place so far ahead of a camera and aside, by share of what it shows. */
function placeOf({ camera, aside, ahead }: { camera: TestCamera; aside: number; ahead: number }): [number, number] {
  const right = aside * ahead * (camera.width / 2 / camera.focal);
  const [sin, cos] = [Math.sin(camera.heading), Math.cos(camera.heading)];
  return [camera.x + cos * right + sin * ahead, camera.y - sin * right + cos * ahead];
}

const nowhere = (): FloorPoint => ({ x: 0, y: 0, sigmaMetres: 0 });

describe('somebody who stands', () => {
  it('is where they stand, however far to the side of the picture and whatever their stature', () => {
    let placed = 0;
    fc.assert(
      fc.property(places, fc.double({ min: 0.8, max: 2.1, noNaN: true }), (place, stature) => {
        const { camera } = place;
        fc.pre(camera.heightMetres > stature + 0.5);
        const [x, y] = placeOf(place);
        const calibration = calibrated(camera);
        const box = boxOf(camera, x, y, stature);
        fc.pre(calibration?.verticals !== null && calibration !== null && box !== null);
        // Whoever is near and nearly as tall as the camera is high leans by a good part of the way to where all uprights meet:
        // a box tells no direction then.
        const uprightsMeet = camera.height / 2 + camera.focal / Math.tan(camera.pitch);
        fc.pre((box.footY - box.y) / 2 < 0.29 * (uprightsMeet - box.footY));
        const out = nowhere();
        fc.pre(new FloorMapper(calibration, camera.width, camera.height).stand(box, out));
        placed += 1;
        expect(Math.hypot(out.x - x, out.y - y)).toBeLessThan(1e-3 * (1 + place.ahead));
      }),
      { numRuns: 300 },
    );
    expect(placed).toBeGreaterThan(100);
  });

  it('is beside the middle of the lower edge in the corner of a wide picture, by a share of their height', () => {
    const camera = { heightMetres: 4.5, pitch: 0.6, heading: 0, x: 0, y: 0, focal: 520, width: 1280, height: 720 };
    const calibration = calibrated(camera);
    const box = boxOf(camera, 6, 7, 1.7);
    if (!calibration || !box) throw new Error('the camera shows that place');
    const mapper = new FloorMapper(calibration, 1280, 720);
    const [edge, standing] = [nowhere(), nowhere()];
    mapper.project(box.footX, box.footY, 1, 1, edge);
    mapper.stand(box, standing);
    expect(Math.hypot(edge.x - 6, edge.y - 7)).toBeGreaterThan(0.3);
    expect(Math.hypot(standing.x - 6, standing.y - 7)).toBeLessThan(0.01);
  });

  it('is as certain as their foot point where they are as tall as people are', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -6, max: 6, noNaN: true }),
        fc.double({ min: 1.5, max: 1.9, noNaN: true }),
        (x, tall) => {
          const camera = {
            heightMetres: 4.5,
            pitch: 0.6,
            heading: 0,
            x: 0,
            y: 0,
            focal: 700,
            width: 1280,
            height: 720,
          };
          const calibration = calibrated(camera);
          const box = boxOf(camera, x, 9, tall);
          fc.pre(calibration !== null && box !== null);
          const mapper = new FloorMapper(calibration, 1280, 720);
          const [edge, standing, short, merged] = [nowhere(), nowhere(), nowhere(), nowhere()];
          const at = seen(camera, x, 9, 0);
          if (!at) throw new Error('the camera shows that place');
          mapper.project(at[0], at[1], 1, 1, edge);
          mapper.stand(box, standing);
          expect(standing.sigmaMetres / edge.sigmaMetres).toBeCloseTo(1, 2);
          // A desk hides the legs, or another body is in the box: by so much the lower edge is doubted.
          const height = box.footY - box.y;
          mapper.stand({ ...box, y: box.y + 0.4 * height }, short);
          mapper.stand({ ...box, y: box.y - 0.4 * height }, merged);
          expect(short.sigmaMetres).toBeGreaterThan(2 * standing.sigmaMetres);
          expect(merged.sigmaMetres).toBeGreaterThan(2 * standing.sigmaMetres);
        },
      ),
    );
  });

  it('is where the foot point is, by a floor that is no camera’s', () => {
    const calibration = { ...nominalCalibration(1280, 720), verticals: null };
    const mapper = new FloorMapper(calibration, 1280, 720);
    const [edge, standing] = [nowhere(), nowhere()];
    mapper.project(1200, 500, 1, 1, edge);
    mapper.stand({ y: 300, footX: 1200, footY: 500, footSigmaX: 1, footSigmaY: 1 }, standing);
    expect(standing).toEqual(edge);
  });
});

describe('which way is up', () => {
  it('is told by the floor of any camera that does not look straight down', () => {
    let told = 0;
    fc.assert(
      fc.property(cameras, (camera) => {
        const verticals = calibrated(camera)?.verticals;
        fc.pre(verticals !== null && verticals !== undefined);
        told += 1;
        // Uprights meet below the camera: the steeper it looks, the nearer to the middle of the picture.
        const below = camera.height / 2 + camera.focal / Math.tan(camera.pitch);
        expect(verticals.x / verticals.w).toBeCloseTo(camera.width / 2, 0);
        expect(Math.abs(verticals.y / verticals.w - below)).toBeLessThan(2 + 1e-3 * below);
      }),
    );
    expect(told).toBeGreaterThan(90);
  });

  it('is not told by a plane that no camera with square pixels shows so', () => {
    const { toFloor, lens } = nominalCalibration(1280, 720);
    expect(verticalsOf(toFloor, lens, 1280)).not.toBeNull();
    const stretched = toFloor.map((value, i) => (i < 3 ? 2 * value : value));
    expect(verticalsOf(stretched, lensOf(1280, 720, 0), 1280)).toBeNull();
    expect(verticalsOf(new Float64Array(9), lens, 1280)).toBeNull();
  });

  it('is not told straight down', () => {
    const down = Float64Array.of(0.01, 0, -6.4, 0, -0.01, 3.6, 0, 0, 1);
    expect(verticalsOf(down, lensOf(1280, 720, 0), 1280)).toBeNull();
  });
});
