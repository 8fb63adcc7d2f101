/**
 * Hands items from a producer that cannot wait to one consumer that may be slow. Two may wait; a further one pushes the
 * oldest out, so that what the consumer gets is always fresh. Four buffers go round (one is being filled, two wait,
 * one is held by the consumer): nothing is allocated after the start.
 */
export class DropOldestQueue<T> {
  readonly #free: T[];
  readonly #waiting: T[] = [];
  #held: T | null = null;
  #wake: (() => void) | null = null;
  #closed = false;
  #problem: unknown = null;

  static readonly buffers = 4;
  static readonly longest = 2;

  constructor(makeBuffer: () => T) {
    this.#free = Array.from({ length: DropOldestQueue.buffers }, makeBuffer);
  }

  /** A buffer to fill. The producer fills one at a time and gives it back with `put`. */
  take(): T {
    const buffer = this.#free.pop();
    if (buffer === undefined) throw new Error('a second buffer was asked for before the first was put');
    return buffer;
  }

  /** @returns whether the oldest item had to go. */
  put(item: T): boolean {
    this.#waiting.push(item);
    this.#wakeUp();
    if (this.#waiting.length <= DropOldestQueue.longest) return false;
    const oldest = this.#waiting.shift();
    if (oldest !== undefined) this.#free.push(oldest);
    return true;
  }

  /** No more items will come. Those that wait are still delivered, then the problem is thrown, where there is one. */
  close(problem: unknown = null): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#problem = problem;
    this.#wakeUp();
  }

  /** The next item, valid until the next call; null at the end. */
  async next(): Promise<T | null> {
    if (this.#held !== null) this.#free.push(this.#held);
    this.#held = null;
    while (this.#waiting.length === 0) {
      if (this.#closed) {
        if (this.#problem !== null) throw this.#problem;
        return null;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#held = this.#waiting.shift() ?? null;
    return this.#held;
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = null;
  }
}
