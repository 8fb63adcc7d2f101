/** The console's built files, made where they are missing or older than what they are made of. */
import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { OperatorError } from '@safe-passage/cli';

const run = promisify(execFile);

const CONSOLE = resolve(import.meta.dirname, '../../../hub/console');
const BUILT = join(CONSOLE, 'dist', 'index.html');

async function newest(path: string): Promise<number> {
  const found = await stat(path);
  if (!found.isDirectory()) return found.mtimeMs;
  const entries = await readdir(path);
  const times = await Promise.all(
    entries.filter((name) => !['dist', 'test', 'node_modules'].includes(name)).map((name) => newest(join(path, name))),
  );
  return Math.max(0, ...times);
}

/** Whether a build is needed. */
export async function consoleIsStale(): Promise<boolean> {
  const built = await stat(BUILT).then(
    (found) => found.mtimeMs,
    () => 0,
  );
  // The interface's shapes are compiled in.
  const sources = await Promise.all([CONSOLE, resolve(CONSOLE, '../src/api/schemas.ts')].map(newest));
  return built < Math.max(...sources);
}

/** @throws OperatorError with what the build said. */
export async function buildConsole(signal?: AbortSignal): Promise<void> {
  const vite = join(dirname(createRequire(join(CONSOLE, 'package.json')).resolve('vite/package.json')), 'bin/vite.js');
  try {
    await run(process.execPath, [vite, 'build', '--config', join(CONSOLE, 'vite.config.ts'), '--logLevel', 'warn'], {
      cwd: dirname(CONSOLE),
      ...(signal ? { signal } : {}),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string };
    throw new OperatorError(
      `the console could not be built:\n${`${stdout}${stderr}`.trim().split('\n').slice(-12).join('\n')}`,
      'Run npm ci again; then npm run build.',
      { cause },
    );
  }
}
