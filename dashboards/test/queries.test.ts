import { hubRoleUrl, migrate } from '@safe-passage/hub/store/index.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../../test/services/database.ts';
import { type AskedQuery, askedQueries } from '../src/askedQueries.ts';
import type { Surroundings } from '../src/postgres/expand.ts';
import { type Choices, choose, openReader, type Reader } from '../src/reader.ts';
import { fill } from './traffic.ts';

const HOUR_MS = 3_600_000;
const asked = askedQueries();
/** What no ordinary traffic fills: another part of the hub writes it, or nothing is wrong. */
const MAY_BE_EMPTY = new Set(['Holds', 'Re-identification']);
const TEXT = 25;
const TIME = 1184;
const NUMBERS = new Set([20, 21, 23, 700, 701, 1700]);

interface Column {
  readonly name: string;
  readonly dataTypeID: number;
}

/** What a panel of this kind has to be given. */
function expectShape(
  { kind, panelType, format, name }: AskedQuery,
  fields: readonly Column[],
  rows: readonly Record<string, unknown>[],
): void {
  const of = (column: string) => fields.find((field) => field.name === column);
  const numbers = fields.filter((field) => NUMBERS.has(field.dataTypeID));
  const texts = fields.filter((field) => field.dataTypeID === TEXT);
  expect(new Set(fields.map((field) => field.name)).size, `${name}: names of its own`).toBe(fields.length);
  if (format === 'time_series') {
    const time = of('time');
    expect(time && (time.dataTypeID === TIME || NUMBERS.has(time.dataTypeID)), `${name}: a column time`).toBe(true);
    const metric = of('metric');
    if (metric) {
      expect(
        fields.map((field) => field.name),
        `${name}: three columns, so that a series is named by metric alone`,
      ).toEqual(['time', 'metric', 'value']);
      expect(metric.dataTypeID).toBe(TEXT);
      expect(rows.every((row) => row.metric !== null)).toBe(true);
    }
    expect(numbers.length, `${name}: values`).toBe(
      fields.length - (metric ? 2 : 1) + (time && NUMBERS.has(time.dataTypeID) ? 1 : 0),
    );
    const times = rows.map((row) => Number(row.time));
    expect(times, `${name}: in order of time`).toEqual([...times].sort((a, b) => a - b));
  } else if (panelType === 'stat') {
    expect([fields.length, numbers.length, rows.length <= 1], `${name}: one figure`).toEqual([1, 1, true]);
  } else if (panelType === 'bargauge' || panelType === 'barchart') {
    expect(fields[0]?.dataTypeID, `${name}: names first`).toBe(TEXT);
    expect(numbers.length, `${name}: then figures`).toBe(fields.length - 1);
    expect(new Set(rows.map((row) => row[fields[0]?.name ?? ''])).size, `${name}: one bar for each`).toBe(rows.length);
  } else if (kind === 'variable') {
    expect(fields.map((field) => field.name)).toEqual(['__value', '__text']);
  } else if (kind === 'annotation') {
    expect(of('time')?.dataTypeID).toBe(TIME);
    expect(of('text')?.dataTypeID).toBe(TEXT);
  } else if (kind === 'rule') {
    expect([numbers.length, texts.length], `${name}: one number, and text that says whose it is`).toEqual([
      1,
      fields.length - 1,
    ]);
    expect(
      rows.every((row) => row[numbers[0]?.name ?? ''] !== null),
      `${name}: a number in every row`,
    ).toBe(true);
    const labels = rows.map((row) => JSON.stringify(texts.map((text) => row[text.name])));
    expect(new Set(labels).size, `${name}: every row is somebody else`).toBe(rows.length);
  }
}

/** Traffic is played once, on TimescaleDB where there is one. */
const FILLED = databaseKinds().at(-1);

describe.each(databaseKinds())('what dashboards ask %s', (kind) => {
  let database: TestDatabase;
  let reader: Reader;
  const nowMs = Date.now();
  const range: Omit<Surroundings, 'variables'> = {
    fromMs: nowMs - 3 * HOUR_MS,
    toMs: nowMs + 60_000,
    intervalMs: 300_000,
    timescale: kind === 'timescale',
  };
  const choices = new Map<string, Choices>();

  const answers = async (query: AskedQuery) => {
    const all = choices.get(query.dashboard) ?? {};
    const repeated =
      query.repeat === null
        ? [all]
        : [all[query.repeat] ?? ''].flat().map((one) => ({ ...all, [query.repeat ?? '']: one }));
    // An empty list of floors repeats a panel once, with nothing.
    const every = repeated.length > 0 ? repeated : [{ ...all, [query.repeat ?? '']: '' }];
    return await Promise.all(every.map((variables) => reader.ask(query, { ...range, variables })));
  };
  const chooseAll = async () => {
    for (const title of new Set(asked.filter((one) => one.kind === 'variable').map((one) => one.dashboard)))
      choices.set(title, await choose(reader, title, range));
  };

  beforeAll(async () => {
    database = await createTestDatabase(kind);
    await migrate(database.url);
    reader = await openReader(database.url);
  });
  afterAll(async () => {
    await reader.close();
    await database.drop();
  });

  it('is answered in its shape by a database in which nothing has happened', async () => {
    await chooseAll();
    for (const query of asked) for (const { fields, rows } of await answers(query)) expectShape(query, fields, rows);
  });

  if (kind !== FILLED) return;

  it('is answered in its shape, and with something, after a while of a simulated terminal', async () => {
    await fill({ url: (await hubRoleUrl(database.url)).url, minutes: 12, passengersPerHour: 300, nowMs });
    await chooseAll();
    const empty: string[] = [];
    for (const query of asked) {
      for (const { fields, rows } of await answers(query)) {
        expectShape(query, fields, rows);
        if (rows.length === 0 || rows.every((row) => Object.values(row).every((value) => value === null)))
          empty.push(query.name);
      }
    }
    expect(empty.filter((name) => !MAY_BE_EMPTY.has(name))).toEqual([]);
  });

  it('knows a value with a quote in it for what it is', async () => {
    const variables = { ...choices.get('Alert review'), site: "demo' OR true --", zone: ["it's", 'x'] };
    for (const query of asked.filter((one) => one.dashboard === 'Alert review' && one.kind !== 'variable')) {
      const { rows } = await reader.ask(query, {
        ...range,
        variables: { ...variables, ...(query.repeat ? { [query.repeat]: 'x' } : {}) },
      });
      const figures = rows
        .flatMap((row) => Object.values(row))
        .filter((value) => value !== null && Number(value) !== 0);
      expect(figures, query.name).toEqual([]);
    }
  });

  it('fires the alarms that it should, and no other', async () => {
    const values = async (name: string) => {
      const query = asked.find((one) => one.kind === 'rule' && one.name === name);
      if (!query) throw new Error(name);
      const { rows } = await reader.ask(query, { ...range, variables: {} });
      return rows;
    };
    const devices = (rows: Record<string, unknown>[], column: string, above: number) =>
      rows.filter((row) => Number(row[column]) > above).map((row) => row.device);
    expect(devices(await values('A device is silent'), 'seconds', 600)).toEqual(['edge-4']);
    expect(devices(await values('Reports age on a device'), 'seconds', 120)).toEqual(['edge-8']);
    expect(devices(await values('A clock is off'), 'seconds', 1)).toEqual(['edge-6']);
    expect((await values('The audit chain is broken')).map((row) => Number(row.rows))).toEqual([0]);
    expect((await values('The hub is not ready')).map((row) => Number(row.down))).toEqual([0]);
  });
});
