/**
 * What it means that a device's clock is off: one rule for the agent that warns, the hub's metrics and the console. No schema is
 * needed for it: the console takes it without a validator.
 */

/** As a device says it in its health messages; absent: nobody has compared the clocks lately. */
export interface ClockComparison {
  readonly clockOffsetSeconds?: number;
  readonly clockUncertaintySeconds?: number;
}

/** Two devices that are each so far off are two seconds apart, and persons seen by both become two. */
export const CLOCK_OFF_SECONDS = 1;

/** How far a clock is off for certain: what a slow network leaves open is not held against it. 0 where nothing is known. */
export function clockOffSeconds({ clockOffsetSeconds = 0, clockUncertaintySeconds = 0 }: ClockComparison): number {
  return Math.max(0, Math.abs(clockOffsetSeconds) - clockUncertaintySeconds);
}

/** Whether a clock is off by more than what is tolerated, for certain. */
export const isClockOff = (clock: ClockComparison): boolean => clockOffSeconds(clock) > CLOCK_OFF_SECONDS;
