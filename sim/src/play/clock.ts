/** Between the time of the simulation and that of the wall. */

export interface PlayClock {
  /** The time of the simulation's second 0, milliseconds since the Unix epoch. */
  readonly epochMs: number;
  /** When a moment of the simulation is due, milliseconds after the beginning of the play. */
  dueMs(simulationSeconds: number): number;
}

/**
 * @param fromSeconds of the simulation: where the play begins.
 * @param factor how fast it is played; 1 is real time.
 * @param playSeconds how long it is, of the simulation. At a factor above 1 it begins so far in the past that it ends now: nothing
 *   is ever reported from the future.
 */
export function playClock(nowMs: number, fromSeconds: number, factor: number, playSeconds: number): PlayClock {
  const backMs = factor > 1 ? playSeconds * 1000 * (1 - 1 / factor) : 0;
  return {
    epochMs: nowMs - backMs - fromSeconds * 1000,
    dueMs: (seconds) => ((seconds - fromSeconds) * 1000) / factor,
  };
}
