import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OrderBuffer, type PositionListener } from '../../src/fuse/orderBuffer.ts';

type Position = Parameters<PositionListener>;
const position = (
  timeMs: number,
  { camera = 'cam-1', track = 'a', x = 0, y = 0, sigma = 0.1, measured = true } = {},
): Position => [camera, track, timeMs, x, y, sigma, measured];
function released(buffer: OrderBuffer, upToMs: number): Position[] {
  const told: Position[] = [];
  buffer.release(upToMs, (...one) => told.push(one));
  return told;
}
const filled = (...positions: readonly Position[]): OrderBuffer => {
  const buffer = new OrderBuffer(1000);
  for (const one of positions) buffer.add(...one);
  return buffer;
};

describe('positions that wait for their time', () => {
  it('come out when it is there, that moment included, and once', () => {
    const buffer = filled(position(300), position(100), position(200));
    expect([buffer.size, buffer.earliestMs]).toEqual([3, 100]);
    expect(released(buffer, 99)).toEqual([]);
    expect(released(buffer, 200)).toEqual([position(100), position(200)]);
    expect([buffer.size, buffer.earliestMs]).toEqual([1, 300]);
    expect(released(buffer, 200)).toEqual([]);
    expect(released(buffer, 1000)).toEqual([position(300)]);
    expect([buffer.size, buffer.earliestMs]).toEqual([0, Number.POSITIVE_INFINITY]);
  });

  it('come by time, then camera, then track; of two of one track at one time first what was measured, then what is surer', () => {
    const inOrder = [
      position(100, { camera: 'cam-2', track: 'z' }),
      position(200, { camera: 'cam-1', track: 'b' }),
      position(200, { camera: 'cam-2', track: 'a', sigma: 0.9 }),
      position(200, { camera: 'cam-2', track: 'a', sigma: 0.1, measured: false }),
      position(200, { camera: 'cam-2', track: 'b', sigma: 0.2, x: 5, y: 5 }),
      position(200, { camera: 'cam-2', track: 'b', sigma: 0.3, x: 4, y: 8 }),
      position(200, { camera: 'cam-2', track: 'b', sigma: 0.3, x: 4, y: 9 }),
      position(200, { camera: 'cam-2', track: 'b', sigma: 0.3, x: 6, y: 1 }),
      position(300, { camera: 'cam-1', track: 'a' }),
    ];
    expect(released(filled(...inOrder), 300)).toEqual(inOrder);
    fc.assert(
      fc.property(fc.shuffledSubarray(inOrder, { minLength: inOrder.length }), (shuffled) => {
        expect(released(filled(...shuffled), 300)).toEqual(inOrder);
      }),
    );
  });

  it('are no more than there is room for; what does not fit is refused and said so', () => {
    const buffer = new OrderBuffer(2);
    expect([100, 200, 300].map((timeMs) => buffer.add(...position(timeMs)))).toEqual([true, true, false]);
    expect(released(buffer, 100)).toHaveLength(1);
    expect(buffer.add(...position(300))).toBe(true);
    expect(released(buffer, 1000).map(([, , timeMs]) => timeMs)).toEqual([200, 300]);
  });
});
