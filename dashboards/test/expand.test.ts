import { describe, expect, it } from 'vitest';
import { expand, intervalMs, intervalText, panelIntervalMs, type Surroundings } from '../src/postgres/expand.ts';
import { among, is, query } from '../src/postgres/query.ts';

const around: Surroundings = {
  fromMs: Date.parse('2017-04-21T05:01:17Z'),
  toMs: Date.parse('2017-04-21T05:06:17.250Z'),
  intervalMs: 300_000,
  variables: { site: "O'Hare", floor: ['a', "b's"], none: [] },
  timescale: false,
};
const timescale = { ...around, timescale: true };

describe('macros as the documentation of the data source expands them', () => {
  it.each([
    ['$__time(dateColumn)', 'dateColumn AS "time"'],
    ['$__timeEpoch(dateColumn)', 'extract(epoch from dateColumn) as "time"'],
    ['$__timeFilter(dateColumn)', "dateColumn BETWEEN '2017-04-21T05:01:17Z' AND '2017-04-21T05:06:17.250Z'"],
    ['$__timeFrom()', "'2017-04-21T05:01:17Z'"],
    ['$__timeTo()', "'2017-04-21T05:06:17.250Z'"],
    ["$__timeGroup(dateColumn,'5m')", 'floor(extract(epoch from dateColumn)/300)*300'],
    ["$__timeGroup(dateColumn,'5m', 0)", 'floor(extract(epoch from dateColumn)/300)*300'],
    ["$__timeGroupAlias(dateColumn,'5m')", 'floor(extract(epoch from dateColumn)/300)*300 AS "time"'],
    ['$__unixEpochFilter(dateColumn)', 'dateColumn >= 1492750877 AND dateColumn <= 1492751177'],
    ['$__unixEpochFrom()', '1492750877'],
    ['$__unixEpochTo()', '1492751177'],
    ["$__unixEpochGroup(dateColumn,'5m')", 'floor((dateColumn)/300)*300'],
    ['$__timeGroup(coalesce(a, b), $__interval)', 'floor(extract(epoch from coalesce(a, b))/300)*300'],
  ])('%s', (sql, expected) => {
    expect(expand(sql, around)).toBe(expected);
  });

  it('cut stretches by time_bucket where there is TimescaleDB', () => {
    expect(expand('$__timeGroup(dateColumn, $__interval)', timescale)).toBe("time_bucket('300.000s',dateColumn)");
  });

  it('refuse what they do not know, and what is not whole', () => {
    expect(() => expand('$__timeGrup(a)', around)).toThrow(/no macro \$__timeGrup/);
    expect(() => expand('$__timeGroup(a)', around)).toThrow(/takes 2 arguments/);
    expect(() => expand('$__timeFilter(a', around)).toThrow(/bracket/);
    expect(() => expand('SELECT $missing', around)).toThrow(/\$missing is neither/);
  });
});

describe('variables', () => {
  it('are strings of SQL, with quotes doubled, one or several', () => {
    expect(expand(is('site', 'site'), around)).toBe("site = 'O''Hare'");
    expect(expand(among('floor', 'floor'), around)).toBe("floor = ANY (ARRAY['a','b''s']::text[])");
    expect(expand(among('floor', 'none'), around)).toBe('floor = ANY (ARRAY[]::text[])');
  });

  it('of Grafana itself: the interval as text and in milliseconds', () => {
    expect(expand(`$__interval \${__interval_ms} $__interval_ms`, around)).toBe('5m 300000 300000');
  });
});

describe('intervals', () => {
  it('are read and written', () => {
    expect(['30s', '5m', '1h', '1d', '500ms', "'2m'"].map(intervalMs)).toEqual([
      30_000, 300_000, 3_600_000, 86_400_000, 500, 120_000,
    ]);
    expect([30_000, 300_000, 5_400_000, 86_400_000, 1500].map(intervalText)).toEqual([
      '30s',
      '5m',
      '90m',
      '1d',
      '1500ms',
    ]);
    expect(() => intervalMs('soon')).toThrow(/no interval/);
  });

  it('follow from the time range, the points of a panel and its shortest step', () => {
    const hour = 3_600_000;
    expect(panelIntervalMs(6 * hour, 500, 300_000)).toBe(300_000);
    expect(panelIntervalMs(6 * hour, 500, 0)).toBe(30_000);
    expect(panelIntervalMs(2.6 * 24 * hour, 500, 300_000)).toBe(300_000);
    expect(panelIntervalMs(62.5 * hour, 500, 300_000)).toBe(600_000);
    expect(panelIntervalMs(30 * 24 * hour, 500, 300_000)).toBe(hour);
    expect(panelIntervalMs(3650 * 24 * hour, 500, 0)).toBe(24 * hour);
  });
});

describe('a query', () => {
  it('is written clause by clause', () => {
    const sql = query()
      .with('a', query().select({ x: '1' }))
      .select({ time: 't', 'How "many"': 'count(*)' })
      .from('v')
      .leftJoin('w', 'w.i = v.i')
      .where('x', 'y')
      .groupBy('1')
      .having('count(*) > 1')
      .orderBy('1')
      .limit(3)
      .sql();
    expect(sql.split('\n')).toEqual([
      'WITH a AS (',
      'SELECT 1 AS "x"',
      ')',
      'SELECT t AS "time",',
      '       count(*) AS "How ""many"""',
      'FROM v',
      'LEFT JOIN w ON w.i = v.i',
      'WHERE x',
      '  AND y',
      'GROUP BY 1',
      'HAVING count(*) > 1',
      'ORDER BY 1',
      'LIMIT 3',
    ]);
    expect(() => query().sql()).toThrow(/at least one column/);
  });
});
