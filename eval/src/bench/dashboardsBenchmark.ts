import { numberOption, Progress } from '@safe-passage/cli';
import { type AskedQuery, askedQueries } from '@safe-passage/dashboards/askedQueries.ts';
import { panelIntervalMs, type Surroundings } from '@safe-passage/dashboards/postgres/expand.ts';
import { type Choices, choose, openReader, type Reader } from '@safe-passage/dashboards/reader.ts';
import { table } from '../table.ts';
import { withBenchDatabase } from './benchDatabase.ts';
import type { BenchContext, Benchmark, BenchRow } from './benchmark.ts';
import { fillAirport } from './dashboardRows.ts';

const LIMIT_MS = 300;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TIMES = 20;

/** The value that a share of the others do not exceed. */
const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;

interface Timed {
  readonly query: AskedQuery;
  readonly rows: number;
  readonly pages: number;
  /** The fastest: what the query itself takes, where a machine has other work. */
  readonly leastMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

async function timed(
  reader: Reader,
  query: AskedQuery,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Timed> {
  const times: number[] = [];
  let rows = 0;
  for (let i = 0; i <= TIMES; i++) {
    signal.throwIfAborted();
    const started = performance.now();
    ({ length: rows } = (await reader.ask(query, surroundings)).rows);
    // The first one reads from the disk what the others find in memory, as at the first look of a morning.
    if (i > 0) times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const pages = await reader.pages(query, surroundings);
  return {
    query,
    rows,
    pages,
    leastMs: times[0] ?? Number.NaN,
    p50Ms: percentile(times, 0.5),
    p95Ms: percentile(times, 0.95),
  };
}

/** A shift; the longest times that lines still ask for in steps of five minutes, and the map in hours; all that there is. */
const RANGES = [
  { name: '6 h', ms: 6 * HOUR_MS },
  { name: '37 h', ms: 37 * HOUR_MS },
  { name: '62 h', ms: 62 * HOUR_MS },
  { name: '30 d', ms: 30 * DAY_MS },
];
/** As many points as an alarm or a mark is given: their answers do not depend on it. */
const POINTS_ELSEWHERE = 1000;

async function timedOver(
  reader: Reader,
  { name, ms }: { readonly name: string; readonly ms: number },
  signal: AbortSignal,
): Promise<Timed[]> {
  const asked = askedQueries();
  const now = Date.now();
  const range = { fromMs: now - ms, toMs: now, timescale: await reader.hasTimescale() };
  const choices = new Map<string, Choices>();
  for (const title of new Set(asked.map((one) => one.dashboard)))
    choices.set(title, await choose(reader, title, { ...range, intervalMs: HOUR_MS }));
  const progress = new Progress(`queries over ${name}`, asked.length);
  const found: Timed[] = [];
  for (const [i, query] of asked.entries()) {
    const all = choices.get(query.dashboard) ?? {};
    const one = query.repeat === null ? {} : { [query.repeat]: [all[query.repeat] ?? ''].flat()[0] ?? '' };
    const intervalMs = panelIntervalMs(ms, query.mostPoints ?? POINTS_ELSEWHERE, query.leastIntervalMs);
    found.push(await timed(reader, query, { ...range, intervalMs, variables: { ...all, ...one } }, signal));
    progress.update(i + 1);
  }
  progress.finish();
  return found.sort((a, b) => b.p95Ms - a.p95Ms);
}

const timesTable = (name: string, found: readonly Timed[]): string =>
  table([
    [`over ${name}`, 'rows', 'pages', 'least ms', 'p50 ms', 'p95 ms', ''],
    ...found.map(({ query, rows, pages, leastMs, p50Ms, p95Ms }) => [
      `${query.dashboard}: ${query.kind === 'panel' ? '' : `${query.kind} `}${query.name}`.replace(/: \$\{.*/, ''),
      rows.toLocaleString('en'),
      pages.toLocaleString('en'),
      leastMs.toFixed(1),
      p50Ms.toFixed(1),
      p95Ms.toFixed(1),
      p95Ms < LIMIT_MS ? '' : 'OVER',
    ]),
  ]);

async function measure(url: string, { signal, print }: BenchContext): Promise<BenchRow[]> {
  const reader = await openReader(url);
  try {
    const figures: BenchRow[] = [];
    for (const range of RANGES) {
      const found = await timedOver(reader, range, signal);
      print(`${timesTable(range.name, found)}\n\n`);
      const within = found.filter(({ p95Ms }) => p95Ms < LIMIT_MS).length;
      figures.push(
        { what: `${range.name}: p95 under ${LIMIT_MS} ms`, value: within / found.length, unit: 'of all', atLeast: 1 },
        { what: `${range.name}: slowest p95`, value: found[0]?.p95Ms ?? Number.NaN, unit: 'ms' },
      );
    }
    return figures;
  } finally {
    await reader.close();
  }
}

export const dashboardsBenchmark: Benchmark = {
  name: 'dashboards',
  summary: 'p95 of every query of every dashboard, on 30 days of a busy airport, the slowest first',
  options: {
    days: { type: 'string', value: 'COUNT', default: '30', help: 'days of the benchmark "dashboards"' },
    'people-a-day': {
      type: 'string',
      value: 'COUNT',
      default: '54000',
      help: 'people a day of the benchmark "dashboards"',
    },
  },
  run: async (context) => {
    const { signal, values, print } = context;
    const days = Math.floor(numberOption('days', String(values.days), { min: 1, max: 365 }));
    const peopleADay = numberOption('people-a-day', String(values['people-a-day']), { min: 1, max: 1_000_000 });
    return await withBenchDatabase(values.database, signal, async (url) => {
      let progress: Progress | null = null;
      const tables = await fillAirport(url, { days, peopleADay }, signal, (done, of) => {
        progress ??= new Progress('an airport is written', of);
        progress.update(done);
        if (done === of) progress.finish();
      });
      const all = tables.reduce((sum, { rows }) => sum + rows, 0);
      print(
        `${table([
          [`${days} days, ${peopleADay.toLocaleString('en')} people a day`, 'rows'],
          ...[...tables, { table: 'together', rows: all }].map((one) => [one.table, one.rows.toLocaleString('en')]),
        ])}\n\n`,
      );
      return await measure(url, context);
    });
  },
};
