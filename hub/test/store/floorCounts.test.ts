import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databaseKinds } from '../../../test/services/database.ts';
import type { ReadLimits } from '../../src/privacy/limits.ts';
import type { AggregateCount } from '../../src/store/aggregates.ts';
import { createFloorCountStore } from '../../src/store/floorCounts.ts';
import { createFreshStore, type FreshStore, SITE } from './freshStore.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** 14:07:30 in Berlin, in winter: what is added up ends at 14:05. */
const NOW = Date.UTC(2026, 10, 18, 13, 7, 30);
const TO = Date.UTC(2026, 10, 18, 13, 5);
const THIS_HOUR = Date.UTC(2026, 10, 18, 13);

describe.each(databaseKinds())('what happened on a floor lately, %s', (kind) => {
  let fresh: FreshStore;
  beforeAll(async () => {
    fresh = await createFreshStore(kind);
  });
  afterAll(() => fresh?.close());
  beforeEach(async () => {
    for (const table of ['zone_interval', 'zone_flow', 'floor_cell', 'summary_progress', 'aggregate_count'])
      await fresh.pool.query(`TRUNCATE ${table}`);
  });

  const limits = (given: Partial<ReadLimits> = {}): ReadLimits => ({
    nowMs: () => NOW,
    oldestMs: () => 0,
    zones: () => [],
    ...given,
  });
  const read = (given: Partial<ReadLimits> = {}, nowMs = NOW) =>
    createFloorCountStore(fresh.pool, SITE, limits(given), 'Europe/Berlin').read('hall', nowMs);

  /** Five minutes of a zone that end so many minutes before the last of what is added up. */
  const interval = (zone: string, before: number, entered: number, stays: number, seconds: number, floor = 'hall') =>
    fresh.pool.query(
      `INSERT INTO zone_interval (step_seconds, from_time, site, floor, zone, people, entered, stays, stay_seconds, longest_seconds)
       VALUES (300, $1, $2, $3, $4, $5::integer, $5::integer, $6, $7::float, $7::float)`,
      [new Date(TO - (before + 5) * MINUTE_MS), SITE, floor, zone, entered, stays, seconds],
    );

  const hour = (daysAgo: number, footfall: number | null, zone = 'queue', atMs = THIS_HOUR): AggregateCount => ({
    floor: 'hall',
    zone,
    period: 'hour',
    fromMs: atMs - daysAgo * DAY_MS,
    toMs: atMs - daysAgo * DAY_MS + HOUR_MS,
    footfall,
    personSeconds: footfall === null ? null : footfall * 360,
    squareMetres: 100,
    k: 10,
  });
  const publish = (counts: readonly AggregateCount[]) => fresh.store.aggregates.publish(counts, NOW);

  it('is empty where nothing is known, and not full of zeros', async () => {
    expect(await read()).toEqual({
      floor: 'hall',
      toMs: TO,
      sinceMs: THIS_HOUR - HOUR_MS,
      zones: [],
      ways: [],
      squares: [],
    });
  });

  it('adds up the last hour of a zone, and tells the waits of its last quarter alone', async () => {
    await interval('queue', 60, 100, 100, 100_000);
    await interval('queue', 55, 2, 1, 400);
    await interval('queue', 10, 4, 2, 300);
    await interval('queue', 5, 0, 0, 0);
    await interval('queue', 0, 6, 1, 60);
    await interval('queue', 0, 99, 99, 99, 'roof');
    await interval('shop', 40, 3, 0, 0);
    // Of its last quarter-hour ten minutes are known: too little to tell waits.
    await interval('gate', 0, 5, 5, 10);
    await interval('gate', 5, 5, 5, 10);
    const { zones } = await read();
    expect(zones).toEqual([
      {
        zone: 'gate',
        lastHour: { minutes: 10, people: 5, entered: 10, stays: 10, staySeconds: 2 },
        lastQuarter: null,
        usual: null,
      },
      {
        zone: 'queue',
        lastHour: { minutes: 20, people: 3, entered: 12, stays: 4, staySeconds: 190 },
        lastQuarter: { stays: 3, staySeconds: 120 },
        usual: null,
      },
      {
        zone: 'shop',
        lastHour: { minutes: 5, people: 3, entered: 3, stays: 0, staySeconds: null },
        lastQuarter: null,
        usual: null,
      },
    ]);
  });

  it('tells ways and squares since the beginning of the hour before, per square metre and second', async () => {
    const flow = (fromMs: number, people: number, to = 'shop') =>
      fresh.pool.query(
        'INSERT INTO zone_flow (from_time, site, floor, from_zone, to_zone, people) VALUES ($1, $2, $3, $4, $5, $6)',
        [new Date(fromMs), SITE, 'hall', 'queue', to, people],
      );
    await flow(THIS_HOUR, 3);
    await flow(THIS_HOUR - HOUR_MS, 4);
    await flow(THIS_HOUR - HOUR_MS, 9, 'gate');
    await flow(THIS_HOUR - 2 * HOUR_MS, 100);
    const cell = (fromMs: number, x: number, seconds: number) =>
      fresh.pool.query(
        'INSERT INTO floor_cell (step_seconds, from_time, site, floor, x, y, person_seconds) VALUES (3600, $1, $2, $3, $4, 3, $5)',
        [new Date(fromMs), SITE, 'hall', x, seconds],
      );
    await cell(THIS_HOUR, 5, 600);
    await cell(THIS_HOUR - HOUR_MS, 5, 1800);
    await cell(THIS_HOUR - 2 * HOUR_MS, 5, 50_000);
    await fresh.pool.query(`INSERT INTO summary_progress VALUES ($1, 'cells', $2)`, [SITE, new Date(NOW - 30_000)]);
    // Of 67 minutes, the hub was there for the last ten that are added up and two that are not yet.
    await interval('queue', 0, 1, 0, 0);
    await interval('queue', 5, 1, 0, 0);
    const { ways, squares } = await read();
    expect(ways).toEqual([
      { from: 'queue', to: 'gate', people: 9 },
      { from: 'queue', to: 'shop', people: 7 },
    ]);
    expect(squares).toEqual([[10, 6, 2400 / 720 / 4]]);
  });

  it('tells nothing that is older than tracks live, and nothing that is past the limit of its zone', async () => {
    for (const zone of ['queue', 'shop']) {
      await interval(zone, 30, 50, 50, 500);
      await interval(zone, 0, 2, 1, 10);
    }
    await fresh.pool.query(
      `INSERT INTO zone_flow SELECT $1, $2, 'hall', f, t, 5 FROM (VALUES ('queue', 'shop'), ('gate', 'lift')) AS w (f, t)`,
      [new Date(THIS_HOUR), SITE],
    );
    const entered = async (given: Partial<ReadLimits>) =>
      (await read(given)).zones.map(({ zone, lastHour }) => [zone, lastHour?.entered]);
    const young = (name: string) => (name === 'tracks' ? NOW - 20 * MINUTE_MS : 0);
    expect(await entered({ oldestMs: young })).toEqual([
      ['queue', 2],
      ['shop', 2],
    ]);
    const polygon = null;
    const zones = () => [{ floor: 'hall', zone: 'shop', polygon, oldestMs: NOW - MINUTE_MS } as never];
    expect(await entered({ zones })).toEqual([['queue', 52]]);
    expect((await read({ zones })).ways).toEqual([{ from: 'gate', to: 'lift', people: 5 }]);
  });

  it('calls usual the median of this hour by the clocks of the site, from three days on, and says what was withheld', async () => {
    // Before the clocks went back, 14:00 in Berlin was 12:00 UTC.
    const summer = hour(26, 70, 'queue', THIS_HOUR - HOUR_MS);
    await publish([hour(1, 20), hour(2, 30), hour(3, null), summer]);
    await publish([hour(1, 500, 'queue', THIS_HOUR - HOUR_MS), hour(27, 900, 'queue', THIS_HOUR)]);
    await publish([hour(29, 1000), hour(1, 7000, '*'), hour(1, 40, 'shop'), hour(2, 50, 'shop')]);
    const { zones } = await read();
    expect(zones).toEqual([
      {
        zone: 'queue',
        lastHour: null,
        lastQuarter: null,
        usual: { days: 3, withheldDays: 1, k: 10, people: 3, entered: 30, staySeconds: 360 },
      },
      {
        zone: 'shop',
        lastHour: null,
        lastQuarter: null,
        usual: { days: 2, withheldDays: 0, k: 10, people: null, entered: null, staySeconds: null },
      },
    ]);
    await publish([hour(4, null), hour(5, null)]);
    expect((await read()).zones[0]?.usual).toEqual({
      days: 3,
      withheldDays: 3,
      k: 10,
      people: null,
      entered: null,
      staySeconds: null,
    });
    const old = (name: string) => (name === 'aggregates' ? NOW - 2 * DAY_MS : 0);
    expect((await read({ oldestMs: old })).zones.map(({ usual }) => usual?.days)).toEqual([1, 1]);
  });
});
