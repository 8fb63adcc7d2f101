import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { numberOption, OperatorError } from '@safe-passage/cli';
import { freePort } from '@safe-passage/start/ports.ts';
import { startPostgres } from '@safe-passage/start/postgres/embeddedPostgres.ts';
import pg from 'pg';
import type { Benchmark, BenchRow } from './benchmark.ts';
import { benchIngest, type IngestRate } from './ingest.ts';

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

const rows = (name: string, rate: IngestRate): BenchRow[] => [
  { what: `${name}: positions`, value: rate.positionsPerSecond, unit: '/s' },
  { what: `${name}: messages`, value: rate.messagesPerSecond, unit: '/s' },
  { what: `${name}: messages / transaction`, value: rate.messagesPerTransaction, unit: '' },
  { what: `${name} / COPY`, value: rate.ratioToCopy, unit: '' },
];

export const ingestBenchmark: Benchmark = {
  name: 'ingest',
  summary: 'positions/s from MQTT to commit, and as a ratio to a bare COPY of the very same rows',
  options: {
    database: {
      type: 'string',
      value: 'URL',
      help: 'a PostgreSQL or TimescaleDB server for the benchmark "ingest"; otherwise the embedded one',
    },
    cameras: {
      type: 'string',
      value: 'COUNT',
      default: '100',
      help: 'its cameras, 20 people each, 10 positions a second',
    },
    seconds: {
      type: 'string',
      value: 'COUNT',
      default: '60',
      help: 'its seconds of reports, sent as fast as they are taken',
    },
  },
  run: async ({ signal, values }) => {
    const cameras = numberOption('cameras', String(values.cameras), { min: 1, max: 10_000 });
    const seconds = numberOption('seconds', String(values.seconds), { min: 1, max: 86_400 });
    const measure = (databaseUrl: string) => benchIngest({ databaseUrl, cameras, seconds, signal });
    const result =
      typeof values.database === 'string'
        ? await withDatabase(values.database, measure)
        : await withEmbeddedServer(signal, (server) => withDatabase(server, measure));
    const { backlog, live, copyPositionsPerSecond, timescale } = result;
    return [
      ...rows('backlog', backlog),
      ...rows('live', live),
      {
        what: `COPY into ${timescale ? 'TimescaleDB' : 'PostgreSQL'}: positions`,
        value: copyPositionsPerSecond,
        unit: '/s',
      },
    ];
  },
};
