/**
 * A child process that cannot outlive its parent. A few lines of POSIX shell stand between the two and hold a pipe: when
 * the pipe closes, because the parent asks for a stop or because the parent was killed, the child is told to end. One way
 * for both cases means that the seldom one is tried at every stop.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** Seconds that a child has to end by itself after it was told to. */
export const GRACE_SECONDS = 8;

// $1: the signal that asks for an end, $2: tenths of a second until it is killed, the rest: the command.
const GUARD = `
signal=$1; patience=$2; shift 2
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
# "Killed" and the like are the shell's words, not the command's.
exec 2>/dev/null
{
  read -r _ <&3
  kill -s "$signal" $child
  while [ $patience -gt 0 ] && kill -0 $child; do sleep 0.1; patience=$((patience - 1)); done
  kill -s KILL $child
} &
watcher=$!
wait $child
code=$?
kill $watcher
exit $code
`;

export interface GuardedOptions {
  /** The child's stdout and stderr are appended to this file. A file, so that a child that is still ending never writes into a pipe that nobody reads. */
  readonly logFile: string;
  /** What asks the child to end. */
  readonly stopSignal: 'TERM' | 'INT';
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** To run as another user; only root can. */
  readonly uid?: number;
  readonly gid?: number;
  readonly graceSeconds?: number;
}

export class GuardedProcess {
  readonly #guard: ChildProcess;
  readonly #graceSeconds: number;
  /** Resolves with the exit code of the command once it has ended; 128 and more where a signal ended it. */
  readonly exited: Promise<number>;
  #running = true;

  constructor(command: string, args: readonly string[], options: GuardedOptions) {
    this.#graceSeconds = options.graceSeconds ?? GRACE_SECONDS;
    const log = openSync(options.logFile, 'a', 0o600);
    try {
      this.#guard = spawn(
        '/bin/sh',
        ['-c', GUARD, 'guard', options.stopSignal, String(Math.round(this.#graceSeconds * 10)), command, ...args],
        {
          stdio: ['pipe', log, log],
          // A session of its own: Ctrl-C in the terminal reaches the parent alone, which then ends things in order.
          detached: true,
          env: options.env ?? process.env,
          ...(options.cwd ? { cwd: options.cwd } : {}),
          ...(options.uid === undefined ? {} : { uid: options.uid }),
          ...(options.gid === undefined ? {} : { gid: options.gid }),
        },
      );
    } finally {
      closeSync(log);
    }
    // The pipe breaks when the child ends first: its exit code tells everything that matters.
    this.#guard.stdin?.on('error', () => {});
    this.exited = new Promise((resolve) => {
      const ended = (code: number) => {
        this.#running = false;
        this.#guard.stdin?.destroy();
        resolve(code);
      };
      this.#guard.once('exit', (code) => ended(code ?? 137));
      this.#guard.once('error', () => ended(127));
    });
  }

  get running(): boolean {
    return this.#running;
  }

  /** Asks the child to end and waits; kills it where it does not. @returns its exit code. */
  async stop(): Promise<number> {
    if (!this.#running) return await this.exited;
    this.#guard.stdin?.end();
    // The guard itself keeps the time; this is for a guard that is stopped or was killed.
    const last = setTimeout(() => this.kill(), (this.#graceSeconds + 1) * 1000);
    try {
      return await this.exited;
    } finally {
      clearTimeout(last);
    }
  }

  /** Ends the child and all that it started at once. */
  kill(): void {
    if (!this.#running || this.#guard.pid === undefined) return;
    try {
      process.kill(-this.#guard.pid, 'SIGKILL');
    } catch {
      // It ended by itself in this moment.
    }
  }
}
