/** `hub aggregates`: how many people were where. */
import { defineCommand, EXIT, required, UsageError, writeOutput } from '@safe-passage/cli';
import { RetentionLimits } from '../privacy/limits.ts';
import { type AggregateCell, type AggregatePeriod, createAggregateStore } from '../store/aggregates.ts';
import { policyInForce } from '../store/privacy/policies.ts';
import { configOption, withDatabase } from './access.ts';
import { timeOption } from './audit.ts';
import { columns } from './columns.ts';

const PERIODS: readonly AggregatePeriod[] = ['quarter', 'hour', 'day'];

/** Two decimals are what the numbers hold. */
const decimal = (value: number | null, digits: number): string => (value === null ? '' : value.toFixed(digits));

function cellsOf(cell: AggregateCell, suppressed: string): string[] {
  const shown = (text: string): string => (text === '' ? suppressed : text);
  return [
    new Date(cell.fromMs).toISOString(),
    new Date(cell.toMs).toISOString(),
    cell.floor,
    cell.zone,
    shown(cell.footfall === null ? '' : String(cell.footfall)),
    shown(decimal(cell.dwellSeconds, 0)),
    shown(decimal(cell.meanPersons, 2)),
    shown(decimal(cell.personsPerSquareMetre, 4)),
  ];
}

const HEAD = ['from', 'to', 'floor', 'zone', 'footfall', 'dwell_seconds', 'mean_persons', 'persons_per_square_metre'];

export const aggregatesCommand = defineCommand({
  summary: 'Show how many people were where: footfall, dwell and density by zone and time',
  usage: 'npm run -s hub -- aggregates --config hub.yaml --floor ID --from TIME --to TIME [--period hour] [--csv]',
  description:
    'Footfall is the number of stays that began, dwell the mean time of presence of a stay, density the mean number of people and the same by square metre. Zone * is all zones together. A day is published an hour after it is over. What would tell of fewer than ten people (or what the privacy policy says), by itself or by subtraction, is not there: an empty field in CSV, "few" elsewhere.',
  options: {
    config: configOption,
    floor: { type: 'string', value: 'ID', help: 'the floor, as its plan names it' },
    zone: { type: 'string', value: 'ID', help: 'only this zone, or * for all together' },
    from: { type: 'string', value: 'TIME', help: 'from this moment on: 2026-11-28 or 2026-11-28T14:00Z' },
    to: { type: 'string', value: 'TIME', help: 'to this moment, which is not in it' },
    period: { type: 'string', value: 'PERIOD', default: 'quarter', help: 'quarter, hour or day' },
    csv: { type: 'boolean', help: 'as comma-separated values' },
    out: { type: 'string', short: 'o', value: 'FILE', help: 'where to; otherwise to stdout' },
  },
  examples: [
    'npm run -s hub -- aggregates -c hub.yaml --floor departures --from 2026-11-27 --to 2026-11-28 --period hour',
    'npm run -s hub -- aggregates -c hub.yaml --floor departures --from 2026-11-01 --to 2026-12-01 --csv --out november.csv',
  ],
  run: async ({ values }) => {
    const floor = required('floor', values.floor);
    const fromMs = timeOption('from', required('from', values.from));
    const toMs = timeOption('to', required('to', values.to));
    const period = PERIODS.find((one) => one === values.period);
    if (!period) throw new UsageError(`--period takes ${PERIODS.join(', ')}; found "${values.period}"`);
    if (toMs <= fromMs) throw new UsageError('--to is not after --from');
    const cells = await withDatabase(values.config, async (pool, { site, floors }) => {
      if (!floors.some(({ id }) => id === floor))
        throw new UsageError(`there is no floor "${floor}"; there are: ${floors.map(({ id }) => id).join(', ')}`);
      const limits = new RetentionLimits();
      const inForce = await policyInForce(pool);
      if (inForce) limits.set(inForce.policy);
      const store = createAggregateStore(pool, site, limits);
      const { zone } = values;
      return await store.read({ floor, period, fromMs, toMs, ...(zone === undefined ? {} : { zone }) });
    });
    const text = values.csv
      ? [HEAD, ...cells.map((cell) => cellsOf(cell, ''))].map((row) => `${row.join(',')}\n`).join('')
      : columns([HEAD.map((name) => name.toUpperCase()), ...cells.map((cell) => cellsOf(cell, 'few'))]);
    await writeOutput(values.out, text);
    return EXIT.ok;
  },
});
