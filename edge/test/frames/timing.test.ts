import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../src/frames/backoff.ts';
import { CaptureClock, recordingAnchorMs } from '../../src/frames/captureClock.ts';
import { DropOldestQueue } from '../../src/frames/dropOldest.ts';

describe("a live frame's capture time", () => {
  it('follows the time stamps of the stream, however unevenly the frames arrive', () => {
    const clock = new CaptureClock();
    const arrivals = [1000, 1090, 1081, 1200, 1170];
    expect(arrivals.map((arrival, i) => clock.timeOf(500 + 40 * i, arrival))).toEqual([1000, 1040, 1080, 1120, 1160]);
  });

  it('is never later than the arrival, even where a server sends a burst from its buffer', () => {
    const clock = new CaptureClock();
    clock.timeOf(0, 1000);
    expect(clock.timeOf(1960, 1010)).toBe(1010);
    expect(clock.timeOf(2000, 1050)).toBe(1050);
  });

  it('is anchored anew where the time stamps jump, and never goes back', () => {
    const clock = new CaptureClock();
    clock.timeOf(90_000, 1000);
    clock.timeOf(90_040, 1040);
    expect(clock.timeOf(0, 1085)).toBe(1085);
    expect(clock.timeOf(40, 1120)).toBe(1120);
  });

  it('is refused to what arrives of a burst before the time has gone on', () => {
    const clock = new CaptureClock();
    expect([0, 40, 80].map((stream) => clock.timeOf(stream, 1000))).toEqual([1000, null, null]);
    expect(clock.timeOf(120, 1002)).toBe(1002);
  });

  it('always grows and never lies in the future', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ stream: fc.double({ min: 0, max: 1e6, noNaN: true }), step: fc.nat(5000) })),
        (frames) => {
          const clock = new CaptureClock();
          let arrival = 1_700_000_000_000;
          let last = Number.NEGATIVE_INFINITY;
          for (const { stream, step } of frames) {
            arrival += step;
            const time = clock.timeOf(stream, arrival);
            if (time === null) continue;
            expect(time).toBeGreaterThan(last);
            expect(time).toBeLessThanOrEqual(arrival);
            last = time;
          }
        },
      ),
    );
  });
});

describe("a recording's capture times", () => {
  it('begin when it is opened where it plays in real time, and end then where it plays as fast as possible', () => {
    expect(recordingAnchorMs(50_000, 8000, 1)).toBe(50_000);
    expect(recordingAnchorMs(50_000, 8000, 0.5)).toBe(50_000);
    expect(recordingAnchorMs(50_000, 8000, 'max')).toBe(42_000);
  });

  it('do not lie in the future at a higher speed: the last frame plays when it was captured', () => {
    // Four times as fast, 8 s take 2 s: the end is at 52 s.
    expect(recordingAnchorMs(50_000, 8000, 4) + 8000).toBe(52_000);
  });
});

describe('the wait before a camera is tried again', () => {
  it('doubles from a second to half a minute, half of it at random', () => {
    expect([1, 2, 3, 5, 6, 100].map((attempt) => backoffMs(attempt, 1))).toEqual([
      1000, 2000, 4000, 16_000, 30_000, 30_000,
    ]);
    expect(backoffMs(3, 0)).toBe(2000);
  });
});

describe('the queue between a camera and a slower detector', () => {
  const fill = (queue: DropOldestQueue<{ value: number }>, value: number) => {
    const buffer = queue.take();
    buffer.value = value;
    return queue.put(buffer);
  };

  it('drops the oldest and says so', async () => {
    const queue = new DropOldestQueue(() => ({ value: 0 }));
    expect([1, 2, 3, 4].map((value) => fill(queue, value))).toEqual([false, false, true, true]);
    expect((await queue.next())?.value).toBe(3);
    expect((await queue.next())?.value).toBe(4);
  });

  it('leaves the item alone that the consumer holds', async () => {
    const queue = new DropOldestQueue(() => ({ value: 0 }));
    fill(queue, 1);
    const held = await queue.next();
    for (let value = 2; value < 50; value += 1) fill(queue, value);
    expect(held?.value).toBe(1);
    expect((await queue.next())?.value).toBe(48);
  });

  it('wakes a waiting consumer, and delivers what waits before the end or a problem', async () => {
    const queue = new DropOldestQueue(() => ({ value: 0 }));
    const waiting = queue.next();
    fill(queue, 7);
    expect((await waiting)?.value).toBe(7);
    fill(queue, 8);
    queue.close(new Error('the cable was pulled'));
    expect((await queue.next())?.value).toBe(8);
    await expect(queue.next()).rejects.toThrow('the cable was pulled');
  });
});
