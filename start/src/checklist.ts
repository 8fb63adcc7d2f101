/** The calm list of what was started: a tick, what it is, and how long it took. */

const TICK_COLUMN = 62;

export class Checklist {
  readonly #out: NodeJS.WriteStream;
  readonly #terminal: boolean;

  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.#out = out;
    this.#terminal = out.isTTY === true;
  }

  /** Runs one step and ticks it off. @param done the line of the finished step, from what it gave. */
  async step<T>(doing: string, work: () => Promise<T>, done: (result: T) => string = () => doing): Promise<T> {
    const started = performance.now();
    const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
    if (this.#terminal) this.#out.write(`  … ${doing}`);
    const timer = this.#terminal
      ? setInterval(() => this.#out.write(`\r\x1b[2K  … ${doing} · ${seconds()}`), 500)
      : undefined;
    const finish = (mark: string, text: string) => {
      if (this.#terminal) this.#out.write('\r\x1b[2K');
      this.#out.write(`  ${this.#coloured(mark)} ${text.padEnd(TICK_COLUMN)} ${seconds().padStart(7)}\n`);
    };
    try {
      const result = await work();
      clearInterval(timer);
      finish('✓', done(result));
      return result;
    } catch (problem) {
      clearInterval(timer);
      finish('✗', doing);
      throw problem;
    }
  }

  /** Something that happened later, with the time of day. */
  event(text: string): void {
    const time = new Date().toLocaleTimeString('en-GB');
    this.#out.write(`${time}  ${text.split('\n').join('\n          ')}\n`);
  }

  lines(...texts: readonly string[]): void {
    this.#out.write(`${texts.join('\n')}\n`);
  }

  #coloured(mark: string): string {
    if (!this.#terminal || process.env.NO_COLOR) return mark;
    return mark === '✓' ? `\x1b[32m${mark}\x1b[0m` : `\x1b[31m${mark}\x1b[0m`;
  }
}
