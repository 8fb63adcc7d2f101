/**
 * How many positions a second come from MQTT into committed rows, and how that compares with a bare binary COPY of the
 * very same rows into a table of the same kind in the same database.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IngestCounters } from '@safe-passage/hub/ingest/counters.ts';
import { type Ingest, startIngest } from '@safe-passage/hub/ingest/ingest.ts';
import { migrate, openDatabase, openStore } from '@safe-passage/hub/store/index.ts';
import type pg from 'pg';
import { pino } from 'pino';
import { copyRows } from './copyRows.ts';
import { type IngestLoad, positionsOf } from './ingestLoad.ts';

export interface IngestBenchOptions {
  /** An empty database that may be filled: `postgres://…`. */
  readonly databaseUrl: string;
  readonly cameras?: number;
  /** How many seconds of reports are sent, as fast as possible. */
  readonly seconds?: number;
  readonly tracks?: number;
  readonly points?: number;
  /** How often COPY is measured; the best counts. */
  readonly copyRounds?: number;
  readonly signal?: AbortSignal;
}

export interface IngestRate {
  /** From MQTT to commit. */
  readonly positionsPerSecond: number;
  readonly messagesPerSecond: number;
  readonly messagesPerTransaction: number;
  /** As a share of COPY. */
  readonly ratioToCopy: number;
  /** Processor time of the hub's process for a million positions, seconds. */
  readonly hubSecondsPerMillion: number;
}

export interface IngestBenchResult {
  /** Positions sent for each of the two rates, and in how many messages. */
  readonly positions: number;
  readonly messages: number;
  /** What waits at the broker while the hub is away is taken as fast as it can be: the hub's own limit. */
  readonly backlog: IngestRate;
  /** Cameras publish as fast as the broker takes it, on the same machine, while the hub commits. */
  readonly live: IngestRate;
  /** The same rows by bare binary COPY, into tables with the same indexes. */
  readonly copyPositionsPerSecond: number;
  readonly timescale: boolean;
}

const LONGEST_SILENCE_MS = 60_000;

function childProcess(file: string): ChildProcess {
  return fork(join(import.meta.dirname, file), [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function hasTimescale(pool: pg.Pool): Promise<boolean> {
  const found = await pool.query("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'");
  return found.rowCount === 1;
}

interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly counters: IngestCounters;
}

/** Waits until everything is committed. */
async function untilCommitted(ingest: Ingest, positions: number, signal: AbortSignal | undefined): Promise<void> {
  let newest = performance.now();
  for (let seen = 0; seen < positions; ) {
    signal?.throwIfAborted();
    await sleep(5);
    const now = ingest.counters().positions;
    if (now > seen) newest = performance.now();
    seen = now;
    if (performance.now() - newest > LONGEST_SILENCE_MS) {
      throw new Error(`the benchmark stands still after ${seen} of ${positions} positions`);
    }
  }
}

async function measure(
  start: () => Ingest,
  publish: (() => void) | null,
  positions: number,
  signal: AbortSignal | undefined,
): Promise<Measured> {
  const before = process.cpuUsage();
  let started = performance.now();
  const ingest = start();
  try {
    if (publish) {
      await untilConnected(ingest);
      started = performance.now();
      publish();
    }
    await untilCommitted(ingest, positions, signal);
    const seconds = (performance.now() - started) / 1000;
    const used = process.cpuUsage(before);
    return { seconds, cpuSeconds: (used.user + used.system) / 1e6, counters: ingest.counters() };
  } finally {
    await ingest.stop();
  }
}

async function untilConnected(ingest: Ingest): Promise<void> {
  while (!ingest.counters().connected) await sleep(10);
  // The subscription is answered right after the connection.
  await sleep(200);
}

async function measureIngest(databaseUrl: string, load: IngestLoad, signal: AbortSignal | undefined) {
  const store = openStore({
    url: databaseUrl,
    site: 'bench',
    tracksHours: 72,
    zoneName: (floor, zone) => zone ?? floor,
  });
  const broker = childProcess('brokerProcess.ts');
  const children = [broker];
  try {
    const [port] = (await once(broker, 'message')) as [number];
    const url = `mqtt://127.0.0.1:${port}`;
    const start = () =>
      startIngest({
        site: 'bench',
        broker: { url, clientId: 'bench-hub' },
        store,
        tracksHours: 72,
        logger: pino({ level: 'silent' }),
      });
    const publish = (epoch: string): ChildProcess => {
      const cameras = childProcess('publisherProcess.ts');
      children.push(cameras);
      cameras.send({ url, load: { ...load, epoch } });
      return cameras;
    };
    // The session begins at the broker, and then the hub is away.
    const first = start();
    await untilConnected(first);
    await first.stop();
    const cameras = publish('00000000000000aa');
    const [code] = (await once(cameras, 'exit')) as [number | null];
    if (code !== 0) throw new Error('the cameras of the benchmark failed');
    const backlog = await measure(start, null, positionsOf(load), signal);
    const live = await measure(start, () => publish('00000000000000bb'), positionsOf(load), signal);
    return { backlog, live };
  } finally {
    await Promise.all(children.map(stopProcess));
    await store.close();
  }
}

/**
 * Measures in the database given, which is migrated and filled. Broker and cameras run in processes of their own.
 *
 * @throws where a part does not start, or nothing is committed for a minute.
 */
export async function benchIngest(options: IngestBenchOptions): Promise<IngestBenchResult> {
  const load: IngestLoad = {
    cameras: options.cameras ?? 100,
    seconds: options.seconds ?? 60,
    tracks: options.tracks ?? 20,
    points: options.points ?? 10,
    epoch: '0000000000000000',
    startMs: Date.now() - 3_600_000,
  };
  await migrate(options.databaseUrl);
  const { backlog, live } = await measureIngest(options.databaseUrl, load, options.signal);
  const pool = openDatabase(options.databaseUrl, { connections: 2, statementTimeoutSeconds: 300 });
  try {
    let copySeconds = Number.POSITIVE_INFINITY;
    for (let round = 0; round < (options.copyRounds ?? 2); round++) {
      options.signal?.throwIfAborted();
      copySeconds = Math.min(copySeconds, await copyRows(pool));
    }
    const positions = positionsOf(load);
    const messages = load.cameras * load.seconds;
    // The tables hold what both measurements have stored.
    const copyPositionsPerSecond = (2 * positions) / copySeconds;
    const rate = ({ seconds, cpuSeconds, counters }: Measured): IngestRate => ({
      positionsPerSecond: positions / seconds,
      messagesPerSecond: messages / seconds,
      messagesPerTransaction: counters.batchMessages.sum / Math.max(1, counters.batchMessages.count),
      ratioToCopy: positions / seconds / copyPositionsPerSecond,
      hubSecondsPerMillion: (cpuSeconds / positions) * 1e6,
    });
    return {
      positions,
      messages,
      backlog: rate(backlog),
      live: rate(live),
      copyPositionsPerSecond,
      timescale: await hasTimescale(pool),
    };
  } finally {
    await pool.end();
  }
}
