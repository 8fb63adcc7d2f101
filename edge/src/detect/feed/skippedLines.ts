import type { SkipReason } from './protocol.ts';

/** How often a log hears of skipped lines at most, milliseconds. */
const TOLD_EVERY_MS = 30_000;

/** Counts the lines of a feed that were not taken, by reason, and says when a log should hear of it. */
export class SkippedLines {
  readonly #counts = new Map<SkipReason, number>();
  #total = 0;
  #told = 0;
  #toldAtMs = Number.NEGATIVE_INFINITY;
  #detail = '';

  add(reason: SkipReason, detail: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    this.#total += 1;
    this.#detail = detail;
  }

  /** Since the start. */
  get counts(): Readonly<Partial<Record<SkipReason, number>>> {
    return Object.fromEntries(this.#counts);
  }

  /**
   * @param nowMs a clock that never goes back.
   * @returns what to log: at once for the first, then at most every {@link TOLD_EVERY_MS}; null where nothing is new.
   */
  news(nowMs: number): { readonly skipped: Readonly<Partial<Record<SkipReason, number>>>; detail: string } | null {
    if (this.#total === this.#told || nowMs - this.#toldAtMs < TOLD_EVERY_MS) return null;
    this.#told = this.#total;
    this.#toldAtMs = nowMs;
    return { skipped: this.counts, detail: this.#detail };
  }
}
