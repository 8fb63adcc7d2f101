import { numberOption } from '@safe-passage/cli';
import { benchAudit } from './audit.ts';
import { withBenchDatabase } from './benchDatabase.ts';
import type { Benchmark } from './benchmark.ts';

/** A million rows are some years of an airport: they are to be verified in half a minute. */
const LEAST_PER_SECOND = 1_000_000 / 30;

export const auditBenchmark: Benchmark = {
  name: 'audit',
  summary: 'rows/s of `hub audit verify`, and as a ratio to merely reading the very same rows',
  options: {
    rows: { type: 'string', value: 'COUNT', default: '1000000', help: 'rows of the benchmark "audit"' },
  },
  run: async ({ signal, values }) => {
    const wanted = numberOption('rows', String(values.rows), { min: 1000, max: 100_000_000 });
    const { rows, verifySeconds, readSeconds } = await withBenchDatabase(values.database, signal, (url) =>
      benchAudit(url, Math.floor(wanted), signal),
    );
    return [
      { what: 'rows', value: rows, unit: '' },
      { what: 'verified', value: rows / verifySeconds, unit: '/s', atLeast: LEAST_PER_SECOND },
      { what: 'verifying / reading', value: readSeconds / verifySeconds, unit: '' },
    ];
  },
};
