/** A part that is started again when it ends by itself, later and later the more often it does. */
import { statSync } from 'node:fs';
import { EXIT } from '@safe-passage/cli';
import { GuardedProcess } from './guardedProcess.ts';
import { lastWords, warnings } from './lastWords.ts';

const FIRST_WAIT_SECONDS = 1;
const LONGEST_WAIT_SECONDS = 30;
/** How often the log is looked at for what a person should know. */
const LISTEN_SECONDS = 1;
/** The same warning is not passed on again before. */
const QUIET_SECONDS = 600;
/** A part that ran for this long has recovered: the next wait is a short one again. */
const RECOVERED_SECONDS = 60;

export interface PartSpec {
  /** As people call it: `hub`, `edge agent cam-1`. */
  readonly name: string;
  /** Arguments of Node itself: the program and what follows. */
  readonly args: readonly string[];
  readonly logFile: string;
  readonly env: NodeJS.ProcessEnv;
  /** Told of everything that happens unasked, in plain words. */
  readonly tell: (text: string) => void;
  /**
   * A part that comes to an end of its own: what is told when its exit code is 0. With code 1 it has told why it cannot go on,
   * and would say the same again; only what a signal ended is started again.
   */
  readonly finished?: string;
}

const sizeOf = (path: string): number => {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
};

export class Supervised {
  readonly #spec: PartSpec;
  #process: GuardedProcess | null = null;
  #timer: NodeJS.Timeout | null = null;
  #listener: NodeJS.Timeout | null = null;
  readonly #toldAt = new Map<string, number>();
  #waitSeconds = FIRST_WAIT_SECONDS;
  #stopping = false;
  #up = false;
  #logStart = 0;
  #heard = 0;
  #startedAt = 0;
  #over: Promise<void> = Promise.resolve();

  constructor(spec: PartSpec) {
    this.#spec = spec;
    this.#start();
  }

  /**
   * Waits until the part is up. From then on it is started again whenever it ends.
   *
   * @param up resolves when it is; its signal is aborted when nobody waits any more.
   * @throws where it ends before, with what it said, and where `up` rejects.
   */
  async untilUp(up: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const over = new AbortController();
    const isUp = up(over.signal);
    // The one that loses the race is nobody's failure.
    isUp.catch(() => {});
    try {
      await Promise.race([isUp, this.#failure()]);
      this.#up = true;
      this.#listener ??= setInterval(() => void this.#listen(), LISTEN_SECONDS * 1000);
    } finally {
      over.abort();
    }
  }

  async #failure(): Promise<void> {
    const code = await this.#process?.exited;
    // A short recording may be played to its end before anybody looked.
    if (code === 0 && this.#spec.finished !== undefined) return;
    const words = await lastWords(this.#spec.logFile, this.#logStart);
    throw new Error(words.join('\n') || `it ended with code ${code}`);
  }

  /** Passes on what the running part warns of: a camera that does not answer, for instance. */
  async #listen(): Promise<void> {
    const { name, logFile, tell } = this.#spec;
    const from = this.#heard;
    this.#heard = sizeOf(logFile);
    if (this.#heard <= from || this.#stopping) return;
    const now = performance.now();
    for (const [words, at] of this.#toldAt) if (now - at > QUIET_SECONDS * 1000) this.#toldAt.delete(words);
    for (const words of await warnings(logFile, from)) {
      if (this.#toldAt.has(words) || this.#stopping) continue;
      this.#toldAt.set(words, now);
      tell(`The ${name}: ${words}`);
    }
  }

  #start(): void {
    const { args, logFile, env } = this.#spec;
    this.#logStart = sizeOf(logFile);
    this.#heard = this.#logStart;
    this.#startedAt = performance.now();
    const child = new GuardedProcess(process.execPath, args, { logFile, env, stopSignal: 'TERM' });
    this.#process = child;
    this.#over = child.exited.then((code) => this.#ended(code));
  }

  async #ended(code: number): Promise<void> {
    if (this.#stopping) return;
    const { name, finished, tell, logFile } = this.#spec;
    if (code === 0 && finished !== undefined) {
      tell(finished);
      return;
    }
    if (!this.#up) return;
    // What it says last is told here, and not a second time by whoever listens.
    this.#heard = sizeOf(logFile);
    if (finished !== undefined && code === EXIT.failed) {
      const words = await lastWords(logFile, this.#logStart);
      tell([`The ${name} cannot go on. Log: ${logFile}`, ...words].join('\n'));
      return;
    }
    if (performance.now() - this.#startedAt > RECOVERED_SECONDS * 1000) this.#waitSeconds = FIRST_WAIT_SECONDS;
    const wait = this.#waitSeconds;
    this.#waitSeconds = Math.min(LONGEST_WAIT_SECONDS, wait * 2);
    const words = await lastWords(logFile, this.#logStart);
    if (this.#stopping) return;
    const how = code > 128 ? `was ended by signal ${code - 128}` : `ended with code ${code}`;
    tell([`The ${name} ${how} and starts again in ${wait} s. Log: ${logFile}`, ...words].join('\n'));
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#start();
      tell(`The ${name} was started again.`);
    }, wait * 1000);
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#listener) clearInterval(this.#listener);
    await this.#process?.stop();
    await this.#over;
  }
}
