/** `npm start` as a person runs it: through npm, in a process group of its own as a terminal makes one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '@safe-passage/start/ports.ts';
import { until } from './program.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const START_SECONDS = 90;

export interface Launched {
  /** Everything on the screen so far. */
  said(): string;
  /** Waits for a pattern on the screen. @throws Error with the screen where the start ends before. */
  says(pattern: RegExp, seconds?: number): Promise<RegExpMatchArray>;
  /** The one-time link, once everything is up. */
  signInLink(): Promise<string>;
  /** Settles with npm's exit code; a signal's name where one ended it. */
  readonly ended: Promise<number | string>;
  /** Ctrl-C: the terminal tells the whole group. */
  interrupt(): void;
  /** What `kill` and a service manager do: npm alone is told. */
  terminate(): void;
  /** Ends the program under npm without a chance to do anything. */
  killProgram(): Promise<void>;
}

export interface Launchpad {
  readonly port: number;
  readonly url: string;
  readonly dataFolder: string;
  start(args?: readonly string[]): Launched;
  /** Command lines of all that runs for this data folder. */
  processes(): Promise<string[]>;
  /** Ends what a failed test has left, and removes the folder. */
  clear(): Promise<void>;
}

/** Without what vitest and npm set for themselves: the build of the console and npm itself would go by it. */
function environment(): NodeJS.ProcessEnv {
  const own = /^(?:NODE_ENV|NODE_OPTIONS|VITEST.*|npm_.*|TEST|PROD|DEV|MODE|SSR|BASE_URL)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}

interface Found {
  readonly pid: number;
  readonly words: string;
}

async function processesOf(folder: string): Promise<Found[]> {
  const found: Found[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const words = (await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim();
    // PostgreSQL's own children show no path; they work in the data folder.
    const place = await readlink(`/proc/${name}/cwd`).catch(() => '');
    if (words !== '' && (words.includes(folder) || place.startsWith(folder))) found.push({ pid: Number(name), words });
  }
  return found;
}

export async function openLaunchpad(): Promise<Launchpad> {
  const folder = await mkdtemp(join(tmpdir(), 'safe-passage-start-'));
  // PostgreSQL runs as another user where the tests run as root: it must be able to enter the folder.
  await chmod(folder, 0o755);
  const dataFolder = join(folder, 'data');
  const port = await freePort();
  const running = new Set<ChildProcess>();
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    dataFolder,
    start: (args = []) => {
      const child = spawn('npm', ['start', '-s', '--', '--port', String(port), '--data', dataFolder, ...args], {
        cwd: PROJECT,
        env: environment(),
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      running.add(child);
      let text = '';
      let over = false;
      const keep = (chunk: Buffer) => {
        text += chunk.toString('utf8');
      };
      child.stdout.on('data', keep);
      child.stderr.on('data', keep);
      const ended = new Promise<number | string>((settle, reject) => {
        child.once('error', reject);
        child.once('close', (code, signal) => {
          over = true;
          running.delete(child);
          settle(code ?? signal ?? 'unknown');
        });
      });
      const { pid } = child;
      if (pid === undefined) throw new Error('npm did not start');
      const says = async (pattern: RegExp, seconds = START_SECONDS) => {
        try {
          return await until(`${pattern} on the screen`, seconds, () => {
            const found = pattern.exec(text);
            if (!found && over) throw new Error('npm start has ended');
            return found;
          });
        } catch (cause) {
          throw new Error(`${cause instanceof Error ? cause.message : cause}; it said:\n${text}`);
        }
      };
      return {
        said: () => text,
        says,
        signInLink: async () => {
          await says(/Ctrl-C stops everything/);
          return (await says(/http:\S+#token=\S+/))[0];
        },
        ended,
        interrupt: () => void process.kill(-pid, 'SIGINT'),
        terminate: () => void process.kill(pid, 'SIGTERM'),
        killProgram: async () => {
          const program = (await processesOf(dataFolder)).find(({ words }) =>
            words.startsWith('node start/src/main.ts'),
          );
          if (!program) throw new Error('the program under npm was not found');
          process.kill(program.pid, 'SIGKILL');
        },
      };
    },
    processes: async () => (await processesOf(dataFolder)).map(({ words }) => words),
    clear: async () => {
      for (const child of running) {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
      }
      await until('the end of all that was started', 30, async () => (await processesOf(dataFolder)).length === 0);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
