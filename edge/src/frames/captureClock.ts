/** A stream's time and the wall clock may drift apart by this much before the stream is anchored anew, milliseconds. */
const DRIFT_LIMIT_MS = 2000;

/**
 * Gives the frames of a live source their capture times: the stream's own time stamps on an anchor taken once, at the first frame. Arrival
 * times jitter with the network and would turn into jitter of speed. Where the time stamps jump (a camera restarts, its
 * clock is set, 32-bit stamps wrap round) or have drifted too far, the anchor is taken anew; time never goes backwards. No
 * frame can be captured after it arrived: where the stamps say so (a server sends what it had buffered in one burst) the
 * anchor moves back. What arrives of such a burst before the time has gone on has no place in time and is refused.
 */
export class CaptureClock {
  #anchorMs: number | null = null;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** Forgets the anchor: the next frame belongs to a new connection. */
  restart(): void {
    this.#anchorMs = null;
  }

  /**
   * @param streamMs the frame's time stamp in the stream, milliseconds from any origin.
   * @param arrivalMs when it was received, milliseconds since the Unix epoch.
   * @returns capture time, milliseconds since the Unix epoch, later than the one before and no later than the arrival; null
   *   where there is no such time.
   */
  timeOf(streamMs: number, arrivalMs: number): number | null {
    let capturedMs = this.#anchorMs === null ? Number.NaN : this.#anchorMs + streamMs;
    if (!(capturedMs <= arrivalMs && capturedMs >= arrivalMs - DRIFT_LIMIT_MS)) {
      this.#anchorMs = arrivalMs - streamMs;
      capturedMs = arrivalMs;
    }
    const timeMs = Math.max(capturedMs, this.#lastMs + 1);
    if (timeMs > arrivalMs) return null;
    this.#lastMs = timeMs;
    return timeMs;
  }
}

/**
 * The anchor of a recording: capture time of its time stamp zero. A recording in real time begins at the moment of opening; one that is played faster is
 * put so far into the past that its last frame is not in the future.
 * @param durationMs length of the recording, 0 where nobody knows.
 */
export function recordingAnchorMs(openedMs: number, durationMs: number, speed: number | 'max'): number {
  if (speed === 'max') return openedMs - durationMs;
  return speed > 1 ? openedMs - durationMs * (1 - 1 / speed) : openedMs;
}
