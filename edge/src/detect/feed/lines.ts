const NEWLINE = 10;

/** Cuts a stream of bytes into lines. Holds one unfinished line, and never more of it than a line may have. */
export class LineSplitter {
  readonly #line: Buffer;
  #length = 0;
  #tooLong = false;

  /** @param longestBytes of a line, its end not counted. */
  constructor(longestBytes: number) {
    this.#line = Buffer.allocUnsafe(longestBytes);
  }

  /** The lines that this chunk completes, without empty ones; null stands for a line that was too long. */
  *push(chunk: Buffer): Generator<string | null, void, undefined> {
    let from = 0;
    while (from < chunk.length) {
      const end = chunk.indexOf(NEWLINE, from);
      this.#keep(chunk, from, end === -1 ? chunk.length : end);
      if (end === -1) return;
      from = end + 1;
      const line = this.#tooLong ? null : this.#line.toString('utf8', 0, this.#length).trim();
      this.#length = 0;
      this.#tooLong = false;
      if (line !== '') yield line;
    }
  }

  #keep(chunk: Buffer, from: number, to: number): void {
    if (this.#tooLong || this.#length + to - from > this.#line.length) {
      this.#tooLong = true;
      return;
    }
    this.#length += chunk.copy(this.#line, this.#length, from, to);
  }
}
