import { OperatorError } from '@safe-passage/cli';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Calibration, nominalCalibration } from '../../src/floor/calibration.ts';
import { FloorMapper, type FloorPoint, visibleFloor } from '../../src/floor/floor.ts';

const exact = (width: number, height: number): Calibration => ({
  ...nominalCalibration(width, height),
  sigmaPixels: 0,
});
const nowhere = (): FloorPoint => ({ x: 0, y: 0, sigmaMetres: 0 });

/** Standard normal deviates that are the same in every run (Box and Muller over a 32-bit generator). */
function* normalDeviates(seed: number): Generator<number, never> {
  let state = seed >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  for (;;) {
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    yield radius * Math.cos(angle);
    yield radius * Math.sin(angle);
  }
}

describe('a foot point', () => {
  it('has the uncertainty on the floor that a thousand noisy readings of it have', () => {
    const mapper = new FloorMapper(exact(1280, 720), 1280, 720);
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1280, noNaN: true }),
        fc.double({ min: 360, max: 720, noNaN: true }),
        fc.double({ min: 0.2, max: 3, noNaN: true }),
        fc.double({ min: 0.2, max: 3, noNaN: true }),
        fc.integer(),
        (u, v, sigmaX, sigmaY, seed) => {
          const out = nowhere();
          expect(mapper.project(u, v, sigmaX, sigmaY, out)).toBe(true);
          const deviates = normalDeviates(seed);
          let squares = 0;
          const readings = 4000;
          for (let i = 0; i < readings; i += 1) {
            const place = mapper.place(u + sigmaX * deviates.next().value, v + sigmaY * deviates.next().value);
            squares += ((place?.[0] ?? 0) - out.x) ** 2 + ((place?.[1] ?? 0) - out.y) ** 2;
          }
          const ratio = Math.sqrt(squares / readings) / out.sigmaMetres;
          expect(ratio).toBeGreaterThan(0.92);
          expect(ratio).toBeLessThan(1.08);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is less certain the farther away it is, and carries the error of the calibration along', () => {
    const near = nowhere();
    const far = nowhere();
    const mapper = new FloorMapper(exact(1280, 720), 1280, 720);
    mapper.project(640, 700, 2, 2, near);
    mapper.project(640, 100, 2, 2, far);
    expect(far.sigmaMetres).toBeGreaterThan(5 * near.sigmaMetres);
    const worse = nowhere();
    new FloorMapper({ ...exact(1280, 720), sigmaPixels: 2 }, 1280, 720).project(640, 700, 2, 2, worse);
    expect(worse.sigmaMetres / near.sigmaMetres).toBeCloseTo(Math.SQRT2, 6);
  });

  it('has no place above the horizon or where it is absurdly uncertain, and then leaves the answer alone', () => {
    const mapper = new FloorMapper(exact(1280, 720), 1280, 720);
    const out = { x: 7, y: 7, sigmaMetres: 7 };
    expect(mapper.project(640, -2000, 1, 1, out)).toBe(false);
    expect(mapper.project(640, 0, 200, 200, out)).toBe(false);
    expect(mapper.project(Number.NaN, 500, 1, 1, out)).toBe(false);
    expect(mapper.project(640, 500, Number.NaN, 1, out)).toBe(false);
    expect(out).toEqual({ x: 7, y: 7, sigmaMetres: 7 });
  });

  it('is at the same place whatever the size of the source picture', () => {
    const small = nowhere();
    const large = nowhere();
    new FloorMapper(nominalCalibration(1280, 720), 640, 360).project(200, 300, 1, 1, small);
    new FloorMapper(nominalCalibration(1280, 720), 1920, 1080).project(600, 900, 3, 3, large);
    expect(small.x).toBeCloseTo(large.x, 9);
    expect(small.y).toBeCloseTo(large.y, 9);
    expect(small.sigmaMetres).toBeCloseTo(large.sigmaMetres, 9);
  });

  it('is refused in a picture of another shape', () => {
    expect(() => new FloorMapper(nominalCalibration(1280, 720), 640, 480)).toThrow(OperatorError);
    expect(() => new FloorMapper(nominalCalibration(1280, 720), 640, 480)).toThrow(/1280x720.*640x480/);
    // 854x480 is what cameras call 16:9.
    expect(() => new FloorMapper(nominalCalibration(1280, 720), 854, 480)).not.toThrow();
  });
});

describe('the visible floor', () => {
  it('is what the picture shows, cut where it is far', () => {
    const mapper = new FloorMapper(nominalCalibration(1280, 720), 1280, 720);
    const view = visibleFloor(mapper, 1280, 720, 10);
    expect(view.length).toBeGreaterThan(4);
    for (const [x, y] of view) expect(Math.hypot(x, y - 3)).toBeLessThan(10.1);
    expect(view).toContainEqual(mapper.place(0, 720));
    expect(view).toContainEqual(mapper.place(1280, 720));
    const whole = visibleFloor(mapper, 1280, 720, 1000);
    expect(whole).toHaveLength(4);
  });

  it('ends at the horizon where the camera looks into the distance', () => {
    // A portrait picture is so high that the camera sees the sky.
    const mapper = new FloorMapper(nominalCalibration(720, 1280), 720, 1280);
    expect(mapper.place(360, 0)).toBeNull();
    const view = visibleFloor(mapper, 720, 1280, 50);
    expect(view.length).toBeGreaterThan(3);
    for (const [x, y] of view) expect(Math.hypot(x, y - 3)).toBeLessThan(50.2);
  });
});
