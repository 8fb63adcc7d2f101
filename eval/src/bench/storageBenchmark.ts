/** How large what is kept is: a report on the wire, and a position in the database with its indexes. */
import { numberOption } from '@safe-passage/cli';
import { RetentionLimits } from '@safe-passage/hub/privacy/limits.ts';
import { migrate, openStore } from '@safe-passage/hub/store/index.ts';
import pg from 'pg';
import { withBenchDatabase } from './benchDatabase.ts';
import type { Benchmark } from './benchmark.ts';
import { type IngestLoad, loadReport, positionsOf } from './ingestLoad.ts';

const CAMERAS = 20;
const SECONDS = 300;

interface Sizes {
  readonly messageBytes: number;
  readonly tableBytes: number;
  readonly walBytes: number;
}

async function measure(url: string, load: IngestLoad, signal: AbortSignal): Promise<Sizes> {
  await migrate(url);
  const store = openStore({
    url,
    site: 'bench',
    tracksHours: 72,
    limits: new RetentionLimits(),
    zoneName: (floor) => floor,
  });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const bytes = async (sql: string): Promise<number> =>
    Number((await client.query<{ n: string }>(sql)).rows[0]?.n ?? 0);
  const wal = () => bytes("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn AS n");
  // Chunks of a hypertable are tables that inherit from it.
  const tables = () =>
    bytes(`SELECT coalesce(sum(pg_total_relation_size(oid)), 0) AS n FROM pg_class
           WHERE oid = 'track_segment'::regclass OR oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'track_segment'::regclass)`);
  let messageBytes = 0;
  try {
    const before = await wal();
    for (let second = 0; second < load.seconds && !signal.aborted; second += 1) {
      const batch = Array.from({ length: load.cameras }, (_, camera) => loadReport(load, second, camera));
      for (const { report } of batch) messageBytes += Buffer.byteLength(JSON.stringify(report));
      await store.reports.writeBatch(batch.map((one) => ({ ...one, receivedAtMs: one.report.toMs })));
    }
    return { messageBytes, tableBytes: await tables(), walBytes: (await wal()) - before };
  } finally {
    await client.end();
    await store.close();
  }
}

export const storageBenchmark: Benchmark = {
  name: 'storage',
  summary: 'bytes of a report on the wire and of a position in the database, for cameras that see so many people',
  options: {
    people: {
      type: 'string',
      value: 'COUNT',
      default: '20',
      help: 'people that each camera of the benchmark "storage" sees',
    },
    rate: { type: 'string', value: 'COUNT', default: '5', help: 'positions a second of each of them' },
  },
  run: async ({ signal, values }) => {
    const load: IngestLoad = {
      cameras: CAMERAS,
      seconds: SECONDS,
      tracks: numberOption('people', String(values.people), { min: 1, max: 200 }),
      points: numberOption('rate', String(values.rate), { min: 1, max: 30 }),
      epoch: '0123456789abcdef',
      startMs: Date.now() - SECONDS * 1000,
    };
    const { messageBytes, tableBytes, walBytes } = await withBenchDatabase(values.database, signal, (url) =>
      measure(url, load, signal),
    );
    const reports = load.cameras * load.seconds;
    const positions = positionsOf(load);
    const perHour = (bytes: number) => ((bytes / reports) * 3600) / 1e6;
    return [
      { what: 'report on the wire', value: messageBytes / reports, unit: 'bytes' },
      { what: 'position on the wire', value: messageBytes / positions, unit: 'bytes' },
      { what: 'position in the tables', value: tableBytes / positions, unit: 'bytes' },
      { what: 'wire, a camera an hour', value: perHour(messageBytes), unit: 'MB' },
      { what: 'tables, a camera an hour', value: perHour(tableBytes), unit: 'MB' },
      { what: 'log, a camera an hour', value: perHour(walBytes), unit: 'MB' },
    ];
  },
};
