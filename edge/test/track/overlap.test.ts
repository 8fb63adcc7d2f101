import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bufferedOverlap, verticalOverlap } from '../../src/track/overlap.ts';

type Box = readonly [x: number, y: number, width: number, height: number];

/** By counting: the share of a fine grid of points in either box that lie in both. */
function counted(a: Box, b: Box): number {
  const within = ([x, y, width, height]: Box, px: number, py: number) =>
    px > x && px < x + width && py > y && py < y + height;
  let [both, either] = [0, 0];
  for (let px = -19.75; px < 40; px += 0.5) {
    for (let py = -19.75; py < 40; py += 0.5) {
      const [inA, inB] = [within(a, px, py), within(b, px, py)];
      if (inA || inB) either += 1;
      if (inA && inB) both += 1;
    }
  }
  return either === 0 ? 0 : both / either;
}

const widened = ([x, y, width, height]: Box, buffer: number): Box => [
  x - buffer * width,
  y - buffer * height,
  width * (1 + 2 * buffer),
  height * (1 + 2 * buffer),
];

const box = fc.tuple(
  fc.integer({ min: 0, max: 12 }),
  fc.integer({ min: 0, max: 12 }),
  fc.integer({ min: 1, max: 8 }),
  fc.integer({ min: 1, max: 8 }),
);

describe('how much two boxes overlap', () => {
  it('is the share of what either covers that both do, once each is widened', () => {
    fc.assert(
      fc.property(box, box, fc.constantFrom(0, 0.5, 1), (a, b, buffer) => {
        expect(bufferedOverlap(...a, ...b, buffer)).toBeCloseTo(counted(widened(a, buffer), widened(b, buffer)), 9);
        expect(bufferedOverlap(...b, ...a, buffer)).toBeCloseTo(bufferedOverlap(...a, ...b, buffer), 12);
      }),
    );
  });

  it('is the same downwards alone, as if they stood in one column', () => {
    fc.assert(
      fc.property(box, box, ([, ay, , ah], [, by, , bh]) => {
        expect(verticalOverlap(ay, ah, by, bh) > 0).toBe(Math.max(ay, by) < Math.min(ay + ah, by + bh));
        if (verticalOverlap(ay, ah, by, bh) > 0)
          expect(verticalOverlap(ay, ah, by, bh)).toBeCloseTo(counted([0, ay, 1, ah], [0, by, 1, bh]), 9);
      }),
    );
  });
});
