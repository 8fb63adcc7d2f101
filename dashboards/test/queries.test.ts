import { hubRoleUrl, migrate } from '@safe-passage/hub/store/index.ts';
import pg from 'pg';
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

const one = (rows: readonly Record<string, unknown>[]) => rows.map((row) => ({ ...row, n: 1 }));

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

  it('tells what the rows themselves say that it is read from', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const told = async (name: string) => {
      const query = asked.find((one) => one.kind === 'panel' && one.name === name);
      if (!query) throw new Error(name);
      return (await answers(query)).flatMap(({ rows }) => rows);
    };
    const raw = async (sql: string) => (await client.query<Record<string, unknown>>(sql)).rows;
    const sums = (rows: readonly Record<string, unknown>[], by: string, value: string) => {
      const all: Record<string, number> = {};
      for (const row of rows) all[String(row[by])] = (all[String(row[by])] ?? 0) + Number(row[value]);
      return all;
    };
    const within = `at <= '${new Date(range.toMs).toISOString()}'`;
    try {
      // What was seen in the last twenty seconds is still to be added up.
      const ways = await raw(`SELECT a.name AS from, b.name AS to, count(*)::integer AS people
        FROM (SELECT from_time, zone, lag(zone) OVER (PARTITION BY person ORDER BY from_time, zone) AS previous FROM dwell_episode) AS way
        JOIN floor_zone AS a ON a.zone = previous JOIN floor_zone AS b ON b.zone = way.zone
        WHERE previous <> way.zone AND from_time < '${new Date(nowMs - 20_000).toISOString()}' GROUP BY a.name, b.name`);
      const pairs = new Map(ways.map((row) => [`${row.from} to ${row.to}`, Number(row.people)]));
      const most = await told('Ways between zones');
      expect(most.map((row) => Number(row.People))).toEqual([...pairs.values()].sort((a, b) => b - a).slice(0, 30));
      for (const row of most) expect(pairs.get(`${row.From} to ${row.To}`)).toBe(Number(row.People));
      const stayed =
        await raw(`SELECT z.name, sum(e.seconds) / count(*) AS mean FROM dwell_episode AS e JOIN floor_zone AS z USING (zone)
        WHERE NOT open AND e.to_time < (SELECT max(from_time) + interval '5 minutes' FROM zone_interval WHERE step_seconds = 300) GROUP BY z.name`);
      const hourly = asked.find((one) => one.name === 'How long people stay');
      const all = choices.get('Live floor') ?? {};
      if (!hourly) throw new Error('How long people stay');
      const { rows: means } = await reader.ask(hourly, { ...range, intervalMs: 24 * HOUR_MS, variables: all });
      const day = (row: Record<string, unknown>) => [row.metric, Number(row.value)] as const;
      // Midnight may have passed during the play.
      if (new Set(means.map((row) => Number(row.time))).size === 1)
        expect(new Map(means.filter(({ value }) => value !== null).map(day))).toEqual(
          new Map(stayed.map(({ name, mean }) => [name, expect.closeTo(Number(mean), 6)])),
        );
      expect(sums(await told('Reads of personal data'), 'metric', 'value')).toEqual(
        sums(await raw(`SELECT actor FROM audit WHERE action LIKE 'read.%' AND ${within}`).then(one), 'actor', 'n'),
      );
      expect((await told('Who looked at what')).map((row) => Number(row.Time))).toEqual(
        (await raw(`SELECT at FROM audit WHERE action LIKE 'read.%' AND ${within} ORDER BY at DESC LIMIT 200`)).map(
          ({ at }) => Number(at),
        ),
      );
      expect((await told('Changes and what was done')).map((row) => row.What)).toEqual(
        (
          await raw(`SELECT action FROM audit WHERE action NOT LIKE 'read.%' AND action NOT LIKE 'retention.%' AND ${within}
          ORDER BY at DESC LIMIT 200`)
        ).map(({ action }) => action),
      );
      expect(sums(await told('Rows destroyed'), 'metric', 'value')).toEqual(
        sums(await raw('SELECT class, rows FROM retention_run WHERE rows > 0'), 'class', 'rows'),
      );
      expect(sums(await told('Reports that wait on devices'), 'metric', 'value')).toEqual(
        sums(
          await raw('SELECT camera, outbox_reports FROM device_health WHERE step_seconds = 300'),
          'camera',
          'outbox_reports',
        ),
      );
    } finally {
      await client.end();
    }
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
