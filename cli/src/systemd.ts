/**
 * Readiness and watchdog towards systemd (sd_notify(3)). Node cannot send Unix datagrams, so systemd's own `systemd-notify`
 * does: the unit needs `NotifyAccess=all`. Outside of a unit of Type=notify nothing happens.
 */
import { execFile } from 'node:child_process';

/** Time between two signs of life, as a part of what systemd allows. */
const WATCHDOG_SHARE = 1 / 3;
const PATIENCE_MS = 5_000;

export interface ServiceOptions {
  /** Whether the work goes on; asked before each sign of life. A service that stays unhealthy is started again by systemd. */
  readonly healthy: () => boolean;
  /** Told why systemd could not be told, once. */
  readonly onProblem: (reason: string) => void;
  readonly env?: NodeJS.ProcessEnv;
}

export class Service {
  readonly #options: ServiceOptions;
  readonly #env: NodeJS.ProcessEnv;
  #watchdog: NodeJS.Timeout | null = null;
  #told = false;
  #ready = false;
  #sending: Promise<void> = Promise.resolve();

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.#env = options.env ?? process.env;
  }

  /** The service does its work from now on, or waits as it should; may be called again with another status. */
  ready(status: string): void {
    this.#send('--ready', `--status=${status}`);
    this.#ready = true;
    const allowedMs = Number(this.#env.WATCHDOG_USEC ?? 0) / 1000;
    if (this.#watchdog || !(allowedMs > 0)) return;
    this.#watchdog = setInterval(() => {
      if (this.#options.healthy()) this.#send('WATCHDOG=1');
    }, allowedMs * WATCHDOG_SHARE);
    this.#watchdog.unref();
  }

  /** What `systemctl status` shows; the start goes on. */
  status(status: string): void {
    this.#send(...(this.#ready ? [] : ['EXTEND_TIMEOUT_USEC=60000000']), `--status=${status}`);
  }

  /** The service ends in order. */
  async stopping(): Promise<void> {
    if (this.#watchdog) clearInterval(this.#watchdog);
    this.#watchdog = null;
    this.#send('STOPPING=1');
    await this.#sending;
  }

  /** One after the other, so that the last word is the last one said. */
  #send(...words: string[]): void {
    if (!this.#env.NOTIFY_SOCKET) return;
    this.#sending = this.#sending.then(
      () =>
        new Promise<void>((done) => {
          execFile('systemd-notify', words, { env: this.#env, timeout: PATIENCE_MS }, (problem) => {
            if (problem && !this.#told) {
              this.#told = true;
              this.#options.onProblem(problem.message.trim());
            }
            done();
          });
        }),
    );
  }
}
