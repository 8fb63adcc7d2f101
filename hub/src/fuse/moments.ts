/** At which times a recording is fused: those at which most cameras saw something, one to a sampling interval. */

interface Candidate {
  readonly timeMs: number;
  rows: number;
}

/**
 * Chooses moments from the times of the rows, which come in order. Cameras that share their times are fused at these,
 * exactly, whatever the clock of another camera says; where all differ, moments are about one interval apart.
 */
export class Moments {
  readonly #stepMs: number;
  readonly #tell: (momentMs: number) => void;
  #lastMs = Number.NEGATIVE_INFINITY;
  #candidates: Candidate[] = [];

  /** @param stepMs the typical time between two rows of a track, above 0. */
  constructor(stepMs: number, tell: (momentMs: number) => void) {
    this.#stepMs = stepMs;
    this.#tell = tell;
  }

  /** A row of this time; not earlier than the last. */
  row(timeMs: number): void {
    if (timeMs <= this.#lastMs + 0.6 * this.#stepMs) return;
    const newest = this.#candidates.at(-1);
    if (newest?.timeMs === timeMs) {
      newest.rows++;
      return;
    }
    while (this.#candidates.length > 0 && timeMs > this.#until()) this.#choose();
    if (timeMs > this.#lastMs + 0.6 * this.#stepMs) this.#candidates.push({ timeMs, rows: 1 });
  }

  finish(): void {
    while (this.#candidates.length > 0) this.#choose();
  }

  /** The choice lies between the candidates up to here. */
  #until(): number {
    const first = this.#candidates[0]?.timeMs ?? 0;
    const following = first <= this.#lastMs + 1.4 * this.#stepMs;
    return following ? this.#lastMs + 1.4 * this.#stepMs : first + 0.95 * this.#stepMs;
  }

  #choose(): void {
    const until = this.#until();
    const wanted = Math.min(until, this.#lastMs + this.#stepMs);
    let best = this.#candidates[0] as Candidate;
    for (const candidate of this.#candidates) {
      if (candidate.timeMs > until) break;
      const nearer = Math.abs(candidate.timeMs - wanted) < Math.abs(best.timeMs - wanted);
      if (candidate.rows > best.rows || (candidate.rows === best.rows && nearer)) best = candidate;
    }
    this.#lastMs = best.timeMs;
    this.#tell(best.timeMs);
    const after = best.timeMs + 0.6 * this.#stepMs;
    this.#candidates = this.#candidates.filter(({ timeMs }) => timeMs > after);
  }
}
