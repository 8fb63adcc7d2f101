/** Where the lines of an offline command go. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { OperatorError } from '@safe-passage/cli';

/** Whoever read standard output has had enough, as `head` does: no failure, and nobody to tell. */
export class ReaderGone extends Error {}

/** Lines on their way to a file, or to standard output for `-`. The file appears under its name when it is complete. */
export class LineSink {
  readonly #stream: Writable;
  readonly #path: string | null;
  #pending: string[] = [];
  #failure: Error | null = null;

  readonly #what: string;

  /** @param what is written, as in "the events cannot be written". */
  constructor(out: string, what: string) {
    this.#what = what;
    this.#path = out === '-' ? null : out;
    this.#stream = this.#path === null ? process.stdout : createWriteStream(`${this.#path}.partial`);
    this.#stream.on('error', (problem) => {
      this.#failure ??= problem;
    });
  }

  add(text: string): void {
    this.#pending.push(text);
  }

  async flush(): Promise<void> {
    this.#check();
    if (this.#pending.length === 0) return;
    const text = this.#pending.join('');
    this.#pending = [];
    // A failure of the stream is kept by its listener and told below, in words.
    if (!this.#stream.write(text)) await once(this.#stream, 'drain').catch(() => undefined);
    this.#check();
  }

  async finish(): Promise<void> {
    await this.flush();
    if (this.#path === null) return;
    this.#stream.end();
    await finished(this.#stream).catch((problem: Error) => {
      this.#failure ??= problem;
    });
    this.#check();
    await rename(`${this.#path}.partial`, this.#path);
  }

  async abandon(): Promise<void> {
    if (this.#path === null) return;
    this.#stream.destroy();
    await rm(`${this.#path}.partial`, { force: true });
  }

  #check(): void {
    if (!this.#failure) return;
    if (this.#path === null && 'code' in this.#failure && this.#failure.code === 'EPIPE') throw new ReaderGone();
    throw new OperatorError(
      `the ${this.#what} cannot be written to "${this.#path ?? 'standard output'}": ${this.#failure.message}`,
      'Name a file in a folder that exists and that you may write to, or - for standard output.',
      { cause: this.#failure },
    );
  }
}
