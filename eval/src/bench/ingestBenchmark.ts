import { numberOption } from '@safe-passage/cli';
import { withBenchDatabase } from './benchDatabase.ts';
import type { Benchmark, BenchRow } from './benchmark.ts';
import { benchIngest, type IngestRate } from './ingest.ts';

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
      help: 'a PostgreSQL or TimescaleDB server for the benchmarks "ingest" and "audit"; otherwise the embedded one',
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
    const result = await withBenchDatabase(values.database, signal, measure);
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
