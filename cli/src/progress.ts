const COUNTED_UP_TO = 100_000;

/** A progress bar on a terminal, a line every ten per cent elsewhere. Written to stderr, so that stdout stays data. */
export class Progress {
  readonly #label: string;
  readonly #total: number;
  readonly #terminal = process.stderr.isTTY === true;
  readonly #started = performance.now();
  #shownAt = Number.NEGATIVE_INFINITY;
  #shownTenth = -1;

  /** @param total how many steps there are; 0 where nobody knows. */
  constructor(label: string, total: number) {
    this.#label = label;
    this.#total = total;
  }

  /** @param done steps finished so far. */
  update(done: number): void {
    const now = performance.now();
    const seconds = (now - this.#started) / 1000;
    const share = this.#total > 0 ? Math.min(1, done / this.#total) : 0;
    if (this.#terminal) {
      if (now - this.#shownAt < 100 && done < this.#total) return;
      this.#shownAt = now;
      process.stderr.write(`\r\x1b[2K${this.#line(done, share, seconds)}`);
      return;
    }
    const tenth = Math.floor(share * 10);
    if (tenth <= this.#shownTenth) return;
    this.#shownTenth = tenth;
    process.stderr.write(`${this.#line(done, share, seconds)}\n`);
  }

  /** Ends the line. */
  finish(summary?: string): void {
    if (this.#terminal) process.stderr.write('\r\x1b[2K');
    if (summary) process.stderr.write(`${summary}\n`);
  }

  /** Bytes and the like are of no use to anybody in numbers. */
  #of(done: number, share: number): string {
    return this.#total >= COUNTED_UP_TO ? `${Math.floor(100 * share)} %` : `${done}/${this.#total}`;
  }

  #line(done: number, share: number, seconds: number): string {
    if (this.#total <= 0) return `${this.#label} ${done} · ${seconds.toFixed(0)} s`;
    const width = 24;
    const filled = Math.round(share * width);
    const left = share > 0 ? (seconds / share) * (1 - share) : 0;
    return `${this.#label} [${'█'.repeat(filled)}${'░'.repeat(width - filled)}] ${this.#of(done, share)} · ${left.toFixed(0)} s left`;
  }
}
