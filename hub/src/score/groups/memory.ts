/** Who was with whom, how long, and how far apart they have been since. Bounded: forgotten when they have gone, or after a time. */
import { pairKey } from './lives.ts';

export interface Together {
  readonly a: number;
  readonly b: number;
  readonly sinceMs: number;
  /** Seconds in one group, all told. */
  seconds: number;
  /** Last decision that had them in one group. */
  lastMs: number;
  /** Since then: the greatest distance between them, metres. */
  apartMetres: number;
}

/** Pairs remembered at most. Beyond it those who have been apart the longest are forgotten first. */
const MOST_PAIRS = 200_000;

export class TogetherMemory {
  readonly #pairs = new Map<number, Together>();
  readonly #rememberMs: number;

  constructor(rememberMs: number) {
    this.#rememberMs = rememberMs;
  }

  get(a: number, b: number): Together | undefined {
    return this.#pairs.get(pairKey(a, b));
  }

  /** Two are in one group at this decision, `seconds` after the last one. */
  together(a: number, b: number, timeMs: number, seconds: number): void {
    const key = pairKey(a, b);
    const known = this.#pairs.get(key);
    // Inserted anew, so that the order of the map is that of being last together.
    this.#pairs.delete(key);
    if (known) {
      known.seconds += seconds;
      known.lastMs = timeMs;
      known.apartMetres = 0;
      this.#pairs.set(key, known);
    } else
      this.#pairs.set(key, {
        a: Math.min(a, b),
        b: Math.max(a, b),
        sinceMs: timeMs,
        seconds: 0,
        lastMs: timeMs,
        apartMetres: 0,
      });
  }

  /** Notes how far apart the pairs are that are not together now, and forgets what is old. */
  apart(timeMs: number, metresOf: (a: number, b: number) => number): void {
    for (const [key, pair] of this.#pairs) {
      // Oldest first: the rest of the map is together right now.
      if (pair.lastMs === timeMs) break;
      if (timeMs - pair.lastMs > this.#rememberMs || this.#pairs.size > MOST_PAIRS) this.#pairs.delete(key);
      else pair.apartMetres = Math.max(pair.apartMetres, metresOf(pair.a, pair.b));
    }
  }
}
