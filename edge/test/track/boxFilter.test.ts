import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoxFilter } from '../../src/track/boxFilter.ts';
import { DEFAULT_TRACKER_OPTIONS } from '../../src/track/options.ts';

const motion = DEFAULT_TRACKER_OPTIONS.motion;

describe('the box filter', () => {
  it('predicts a second in one step or in thirty, and means the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.double({ min: -80, max: 80, noNaN: true }), (steps, speed) => {
        const prepared = () => {
          const filter = new BoxFilter(motion);
          filter.start(100, 200, 40, 100);
          for (let i = 1; i <= 10; i += 1) {
            filter.predict(0.1);
            filter.correct(100 + speed * 0.1 * i, 200, 40, 100, 1);
          }
          return filter;
        };
        const once = prepared();
        once.predict(1);
        const often = prepared();
        for (let i = 0; i < steps; i += 1) often.predict(1 / steps);
        expect(often.middle).toBeCloseTo(once.middle, 6);
        // The fade is left out of the process noise within a step: a few per cent over a whole second.
        expect(often.middleSigma / once.middleSigma).toBeGreaterThan(0.85);
        expect(often.middleSigma / once.middleSigma).toBeLessThan(1.15);
      }),
    );
  });

  it('finds the velocity of an even walk', () => {
    const filter = new BoxFilter(motion);
    filter.start(0, 200, 40, 100);
    for (let i = 1; i <= 40; i += 1) {
      filter.predict(0.1);
      filter.correct(5 * i, 200 - i, 40, 100, 1);
    }
    expect(filter.middleVelocity).toBeCloseTo(50, -1);
    expect(filter.bottomVelocity).toBeCloseTo(-10, -1);
  });

  it('gets surer with every measurement and less sure with time', () => {
    const filter = new BoxFilter(motion);
    filter.start(0, 200, 40, 100);
    const begin = filter.middleSigma;
    filter.correct(0, 200, 40, 100, 1);
    expect(filter.middleSigma).toBeLessThan(begin);
    const measured = filter.middleSigma;
    filter.predict(0.5);
    expect(filter.middleSigma).toBeGreaterThan(measured);
  });

  it('never shrinks a box to nothing', () => {
    const filter = new BoxFilter(motion);
    filter.start(0, 200, 4, 10);
    filter.predict(0.1);
    filter.correct(0, 200, 1, 2, 1);
    for (let i = 0; i < 50; i += 1) filter.predict(0.5);
    expect(filter.width).toBeGreaterThanOrEqual(1);
    expect(filter.height).toBeGreaterThanOrEqual(1);
  });
});
