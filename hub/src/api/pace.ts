/** How fast one identity may ask: a bucket of tokens for each, of which only those that are not full are kept. Pure. */

export interface PaceOptions {
  /** Requests at once. Default 300. */
  readonly burst?: number;
  /** Requests a second in the long run. Default 20. */
  readonly perSecond?: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

const SWEEP_AT = 1_000;

export class Pace {
  readonly #burst: number;
  readonly #perSecond: number;
  readonly #buckets = new Map<string, Bucket>();
  #refused = 0;

  constructor({ burst = 300, perSecond = 20 }: PaceOptions = {}) {
    this.#burst = burst;
    this.#perSecond = perSecond;
  }

  /** Requests refused since the start. */
  get refused(): number {
    return this.#refused;
  }

  /** @returns 0 where the request may go on; otherwise after how many whole seconds it may. */
  take(identity: string, nowMs: number): number {
    const bucket = this.#buckets.get(identity) ?? { tokens: this.#burst, atMs: nowMs };
    const gained = (Math.max(0, nowMs - bucket.atMs) / 1000) * this.#perSecond;
    bucket.tokens = Math.min(this.#burst, bucket.tokens + gained);
    bucket.atMs = nowMs;
    if (this.#buckets.size >= SWEEP_AT) this.#sweep(nowMs);
    this.#buckets.set(identity, bucket);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return 0;
    }
    this.#refused++;
    return Math.max(1, Math.ceil((1 - bucket.tokens) / this.#perSecond));
  }

  /** Whoever has not asked until the bucket was full again is as good as new. */
  #sweep(nowMs: number): void {
    for (const [identity, { tokens, atMs }] of this.#buckets) {
      if (tokens + ((nowMs - atMs) / 1000) * this.#perSecond >= this.#burst) this.#buckets.delete(identity);
    }
  }
}
