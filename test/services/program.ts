/** One of our own programs as a child process: what it says is kept, and it never outlives the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROJECT = resolve(import.meta.dirname, '../..');

export interface Program {
  readonly pid: number;
  /** Everything on stdout and stderr so far. */
  readonly said: () => string;
  /** Settles with the exit code; a signal's name where one ended it. */
  readonly ended: Promise<number | string>;
  kill(signal: NodeJS.Signals): void;
}

/** @param script path of a TypeScript file from the project's root. */
export function startProgram(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Program {
  const child: ChildProcess = spawn(process.execPath, [resolve(PROJECT, script), ...args], {
    cwd: PROJECT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const keep = (chunk: Buffer) => {
    text += chunk.toString('utf8');
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const ended = new Promise<number | string>((settle, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => settle(code ?? signal ?? 'unknown'));
  });
  if (child.pid === undefined) throw new Error(`${script} did not start`);
  return { pid: child.pid, said: () => text, ended, kill: (signal) => void child.kill(signal) };
}

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end. @param script path of a TypeScript file from the project's root. */
export function runProgram(script: string, args: readonly string[]): Promise<Finished> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [resolve(PROJECT, script), ...args]);
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.once('error', fail);
    child.once('close', (code) => done({ code, out, err }));
  });
}

/** A shared machine may be busy with somebody else's work. */
export const PATIENCE = process.env.CI ? 3 : 1;

/** Asks again and again until there is an answer, three times as long in CI. @throws Error that says what was waited for, and for how long. */
export async function until<T>(
  what: string,
  seconds: number,
  ask: () => Promise<T | null | undefined | false> | T | null | undefined | false,
): Promise<T> {
  const deadline = performance.now() + PATIENCE * seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${PATIENCE * seconds} s in vain for ${what}`);
    await sleep(100);
  }
}
