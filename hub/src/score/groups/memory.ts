/** Who was with whom, how long, and how far apart they have been since. Bounded: forgotten when they have gone, or after a time. */
import { type Life, pairKey } from './lives.ts';

export interface Together {
  readonly a: number;
  readonly b: number;
  sinceMs: number;
  /** Seconds in one group, all told. */
  seconds: number;
  /** Last decision that had them in one group, where the middle between them was then, and their log odds. */
  lastMs: number;
  x: number;
  y: number;
  logOdds: number;
  /** Since then: the greatest distance between them, metres, as seen with both in sight. */
  apartMetres: number;
}

/** Pairs remembered at most. Beyond it those who have been apart the longest are forgotten first. */
const MOST_PAIRS = 200_000;

export class TogetherMemory {
  readonly #pairs = new Map<number, Together>();
  /** Whom somebody has been with, by number: for who goes on as another. */
  readonly #with = new Map<number, Set<number>>();
  readonly #rememberMs: number;

  constructor(rememberMs: number) {
    this.#rememberMs = rememberMs;
  }

  get(a: number, b: number): Together | undefined {
    return this.#pairs.get(pairKey(a, b));
  }

  /** Two are in one group at this decision, `seconds` after the last one. */
  together(a: Life, b: Life, timeMs: number, seconds: number, logOdds: number): void {
    const key = pairKey(a.number, b.number);
    const known = this.#pairs.get(key);
    // Inserted anew, so that the order of the map is that of being last together.
    if (known) {
      this.#pairs.delete(key);
      this.#pairs.set(key, known);
      known.seconds += seconds;
    }
    const pair = known ?? this.#put(a.number, b.number, timeMs);
    pair.lastMs = timeMs;
    pair.x = (a.x + b.x) / 2;
    pair.y = (a.y + b.y) / 2;
    pair.logOdds = logOdds;
    pair.apartMetres = 0;
  }

  /** Notes how far apart the pairs are that are not together now, and forgets what is old. */
  apart(timeMs: number, metresOf: (a: number, b: number) => number): void {
    for (const [key, pair] of this.#pairs) {
      // Oldest first: the rest of the map is together right now.
      if (pair.lastMs === timeMs) break;
      if (timeMs - pair.lastMs > this.#rememberMs || this.#pairs.size > MOST_PAIRS) this.#drop(key, pair);
      else pair.apartMetres = Math.max(pair.apartMetres, metresOf(pair.a, pair.b));
    }
  }

  /** Whom somebody has been with. */
  companionsOf(number: number): Iterable<number> {
    return this.#with.get(number) ?? [];
  }

  /** One life goes on as another: whoever the first was with, the second was with. The two themselves were never two. */
  handOver(earlier: number, later: number): void {
    const key = pairKey(earlier, later);
    const own = this.#pairs.get(key);
    if (own) this.#drop(key, own);
    for (const other of this.companionsOf(earlier)) {
      const before = this.get(earlier, other);
      if (!before || other === later) continue;
      const since = this.get(later, other);
      if (since) {
        since.seconds += before.seconds;
        since.sinceMs = Math.min(since.sinceMs, before.sinceMs);
        continue;
      }
      const pair = this.#put(later, other, before.sinceMs);
      const { seconds, lastMs, x, y, logOdds, apartMetres } = before;
      Object.assign(pair, { seconds, lastMs, x, y, logOdds, apartMetres });
    }
  }

  #put(a: number, b: number, timeMs: number): Together {
    const [low, high] = a < b ? [a, b] : [b, a];
    const pair = {
      a: low,
      b: high,
      sinceMs: timeMs,
      seconds: 0,
      lastMs: timeMs,
      x: 0,
      y: 0,
      logOdds: 0,
      apartMetres: 0,
    };
    this.#pairs.set(pairKey(a, b), pair);
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const known = this.#with.get(one);
      if (known) known.add(other);
      else this.#with.set(one, new Set([other]));
    }
    return pair;
  }

  #drop(key: number, { a, b }: Together): void {
    this.#pairs.delete(key);
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const known = this.#with.get(one);
      known?.delete(other);
      if (known?.size === 0) this.#with.delete(one);
    }
  }
}
