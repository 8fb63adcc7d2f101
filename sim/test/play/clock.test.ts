import { describe, expect, it } from 'vitest';
import { playClock } from '../../src/play/clock.ts';

describe("a play's clock", () => {
  it('shows the time of the wall at real time', () => {
    const clock = playClock(1_000_000, 900, 1, 0);
    expect(clock.epochMs + 900_000).toBe(1_000_000);
    expect(clock.dueMs(910)).toBe(10_000);
  });

  it('ends now where it is faster: no frame is ever ahead of the wall', () => {
    const clock = playClock(1_000_000, 900, 4, 3600);
    for (const seconds of [900, 1500, 4500]) {
      const told = clock.epochMs + seconds * 1000;
      const wall = 1_000_000 + clock.dueMs(seconds);
      expect(told).toBeLessThanOrEqual(wall);
    }
    expect(clock.epochMs + 4_500_000).toBe(1_000_000 + clock.dueMs(4500));
  });

  it('may be slow', () => {
    expect(playClock(0, 0, 0.5, 60).dueMs(10)).toBe(20_000);
  });
});
