/** A database for a benchmark: on the server that is named, or on the embedded one. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OperatorError } from '@safe-passage/cli';
import { freePort } from '@safe-passage/start/ports.ts';
import { startPostgres } from '@safe-passage/start/postgres/embeddedPostgres.ts';
import pg from 'pg';

/** A database of its own on a server, removed afterwards whatever happens. */
async function withDatabase<T>(server: string, use: (url: string) => Promise<T>): Promise<T> {
  const name = `safe_passage_bench_${randomBytes(4).toString('hex')}`;
  const administrate = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  try {
    await administrate(`CREATE DATABASE ${name}`);
  } catch (cause) {
    throw new OperatorError(
      `The benchmark cannot make a database on the server of --database: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Check host, port, user and password; the user needs the right to create databases.',
      { cause },
    );
  }
  try {
    const url = new URL(server);
    url.pathname = `/${name}`;
    return await use(url.href);
  } finally {
    await administrate(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }
}

/** A server that is there as long as it is used. */
async function withEmbeddedServer<T>(signal: AbortSignal, use: (url: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'safe-passage-bench-'));
  try {
    // The server runs as another user where this runs as root: it must be able to enter the folder.
    await chmod(folder, 0o755);
    const server = await startPostgres({
      dataFolder: join(folder, 'db'),
      port: await freePort(),
      password: randomBytes(16).toString('hex'),
      logFile: join(folder, 'server.log'),
      signal,
    });
    try {
      return await use(server.url);
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param server of the option `--database`; the embedded one where it is not given. */
export async function withBenchDatabase<T>(
  server: unknown,
  signal: AbortSignal,
  use: (url: string) => Promise<T>,
): Promise<T> {
  return typeof server === 'string'
    ? await withDatabase(server, use)
    : await withEmbeddedServer(signal, (embedded) => withDatabase(embedded, use));
}
