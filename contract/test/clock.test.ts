import { describe, expect, it } from 'vitest';
import { CLOCK_OFF_SECONDS, clockOffSeconds, isClockOff } from '../src/clock.ts';

describe('a clock', () => {
  it('is off for certain by what its uncertainty leaves, ahead as behind', () => {
    expect(clockOffSeconds({ clockOffsetSeconds: 3, clockUncertaintySeconds: 0.5 })).toBe(2.5);
    expect(clockOffSeconds({ clockOffsetSeconds: -3, clockUncertaintySeconds: 0.5 })).toBe(2.5);
    expect(clockOffSeconds({ clockOffsetSeconds: -3 })).toBe(3);
    expect(clockOffSeconds({ clockOffsetSeconds: 0.2, clockUncertaintySeconds: 0.5 }), 'never less than not').toBe(0);
    expect(clockOffSeconds({}), 'nobody has compared it').toBe(0);
  });

  it('is off past what is tolerated, not at it', () => {
    const at = { clockOffsetSeconds: -CLOCK_OFF_SECONDS - 0.25, clockUncertaintySeconds: 0.25 };
    expect(isClockOff(at)).toBe(false);
    expect(isClockOff({ ...at, clockOffsetSeconds: at.clockOffsetSeconds - 0.125 })).toBe(true);
  });
});
