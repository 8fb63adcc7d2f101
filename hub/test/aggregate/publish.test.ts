import { randomUUID } from 'node:crypto';
import type { FloorPlan } from '@safe-passage/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds } from '../../../test/services/database.ts';
import { publishAggregates } from '../../src/aggregate/publish.ts';
import type { ZoneLimit } from '../../src/privacy/zones.ts';
import { countReport, locatedCount } from '../ingest/reports.ts';
import { createFreshStore, type FreshStore, SITE } from '../store/freshStore.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const square = (id: string, x: number): FloorPlan['zones'][number] => ({
  id,
  name: id,
  kind: 'waiting',
  polygon: [
    [x, 0],
    [x + 10, 0],
    [x + 10, 10],
    [x, 10],
  ],
});
const PLAN: FloorPlan = {
  id: 'hall',
  name: 'Hall',
  bounds: [
    [0, 0],
    [40, 10],
  ],
  walls: [],
  zones: [square('gate', 0), square('shop', 10), square('table', 20), { ...square('dark', 30), kind: 'blind' }],
  cameras: [],
};

describe.each(databaseKinds())('counts by zone and time in %s', (kind) => {
  // The store of the test knows the real time alone: the days are those before today.
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const yesterday = today - DAY_MS;
  let fresh: FreshStore;
  const publish = (nowMs: number, episodesMs = 30 * DAY_MS, zones: readonly ZoneLimit[] = []) =>
    publishAggregates({
      store: fresh.store.aggregates,
      floors: [PLAN],
      timeZone: 'UTC',
      limits: { keptMs: (name) => (name === 'episodes' ? episodesMs : 730 * DAY_MS), zones: () => zones },
      k: () => 10,
      now: () => nowMs,
    });
  const read = (period: 'quarter' | 'hour' | 'day', fromMs = yesterday, toMs = today) =>
    fresh.store.aggregates.read({ floor: 'hall', period, fromMs, toMs });

  beforeAll(async () => {
    fresh = await createFreshStore(kind);
    const stays = (zone: string, hour: number, people: number) =>
      Array.from({ length: people }, (_, i) => {
        const fromMs = yesterday + hour * HOUR_MS + (i % 4) * 15 * MINUTE_MS + i * 1000;
        const toMs = fromMs + 5 * MINUTE_MS;
        const visits = [{ fromMs, toMs }];
        const person = `${zone}-${hour}-${i}`;
        return {
          id: randomUUID(),
          floor: 'hall',
          zone,
          person,
          fromMs,
          toMs,
          seconds: 300,
          open: false,
          detail: { visits },
        };
      });
    for (const hour of [8, 9, 10]) {
      await fresh.store.episodes.upsert([
        ...stays('gate', hour, 80),
        ...stays('shop', hour, 60),
        ...stays('table', hour, 48),
      ]);
    }
    // One quiet hour: three people in the shop.
    await fresh.store.episodes.upsert([...stays('gate', 11, 80), ...stays('shop', 11, 3), ...stays('table', 11, 48)]);
  });
  afterAll(() => fresh.close());

  it('waits until a day is over and what was late has come', async () => {
    await publish(today + 59 * MINUTE_MS);
    expect(await read('day')).toEqual([]);
  });

  it('says nothing of days before anything was recorded, not even that there were few', async () => {
    await publish(today + HOUR_MS);
    expect(await read('day', today - 7 * DAY_MS, yesterday)).toEqual([]);
    expect((await read('day')).length).toBeGreaterThan(0);
    await fresh.pool.query('TRUNCATE aggregate_count');
  });

  it('publishes a day once, with footfall, dwell and density', async () => {
    expect(await publish(today + HOUR_MS)).toBeGreaterThan(0);
    expect(await publish(today + 2 * HOUR_MS)).toBe(0);
    const days = await read('day');
    expect(days.map(({ zone }) => zone).sort()).toEqual(['*', 'gate', 'shop', 'table']);
    expect(days.find(({ zone }) => zone === 'gate')).toMatchObject({
      footfall: 320,
      personSeconds: 96_000,
      dwellSeconds: 300,
      k: 10,
    });
    const hour = (await read('hour')).find(({ zone, fromMs }) => zone === 'gate' && fromMs === yesterday + 9 * HOUR_MS);
    expect(hour?.meanPersons).toBeCloseTo((80 * 300) / 3600, 6);
    expect(hour?.personsPerSquareMetre).toBeCloseTo((80 * 300) / 3600 / 100, 6);
  });

  it('tells no number of few people, and none that gives one away', async () => {
    const all = [...(await read('quarter')), ...(await read('hour')), ...(await read('day'))];
    for (const { footfall } of all) expect(footfall === null || footfall >= 10).toBe(true);
    const at = (zone: string) =>
      all.find((cell) => cell.zone === zone && cell.period === 'hour' && cell.fromMs === yesterday + 11 * HOUR_MS);
    // Three in the shop, and with the floor's total and that of the other zone they would be known.
    expect(at('shop')?.footfall).toBeNull();
    expect([at('gate')?.footfall, at('table')?.footfall, at('*')?.footfall]).toContain(null);
    // On the disk there is nothing else.
    const { rows } = await fresh.pool.query<{ few: number }>(
      'SELECT count(*) AS few FROM aggregate_count WHERE site = $1 AND footfall < 10',
      [SITE],
    );
    expect(rows[0]?.few).toBe(0);
  });

  it('publishes hours alone where stays do not live as long as a day', async () => {
    await fresh.pool.query('TRUNCATE aggregate_count');
    expect(await publish(yesterday + 12 * HOUR_MS, 6 * HOUR_MS)).toBeGreaterThan(0);
    expect(await read('day')).toEqual([]);
    expect((await read('hour')).find(({ footfall }) => footfall !== null)).toBeDefined();
  });

  it('leaves out a zone whose stays are gone before the day is over, and the floor is the others', async () => {
    await fresh.pool.query('TRUNCATE aggregate_count');
    const shop = { floor: 'hall', zone: 'shop', polygon: null, keptMs: 20 * HOUR_MS, oldestMs: 0 };
    expect(await publish(today + HOUR_MS, 30 * DAY_MS, [shop])).toBeGreaterThan(0);
    const days = await read('day');
    expect(days.map(({ zone }) => zone).sort()).toEqual(['*', 'gate', 'table']);
    expect(days.find(({ zone }) => zone === '*')?.footfall).toBe(320 + 192);
  });

  it('publishes nothing where they are gone within three hours', async () => {
    await fresh.pool.query('TRUNCATE aggregate_count');
    expect(await publish(today + HOUR_MS, 2 * HOUR_MS)).toBe(0);
  });

  it('publishes what devices of level counts counted in the same way, and then keeps the small numbers no longer', async () => {
    await fresh.pool.query('TRUNCATE aggregate_count, dwell_episode');
    let sequence = 0;
    const counted = (n: number, gate: number, shop: number, table: number) => {
      const zone = (id: string, people: number) => ({
        zone: id,
        people,
        newcomers: people,
        personSeconds: people * 60,
      });
      const fromMs = yesterday + 8 * HOUR_MS + n * 15 * MINUTE_MS;
      const anyZone = { people: gate + shop + table, newcomers: gate + shop + table };
      sequence += 1;
      const zones = [zone('gate', gate), zone('shop', shop), zone('table', table)];
      return locatedCount(countReport(sequence, { fromMs, anyZone, zones }));
    };
    // Four hours; in one quarter-hour of the last there are three in the shop.
    const reports = Array.from({ length: 16 }, (_, n) => counted(n, 200, n === 13 ? 3 : 150, 120));
    await fresh.store.reports.writeBatch([...reports, ...reports]);
    const left = async () =>
      (await fresh.pool.query<{ n: number }>('SELECT count(*) AS n FROM zone_count WHERE site = $1', [SITE])).rows[0]
        ?.n;
    expect(await left()).toBe(64);
    expect(await publish(today + HOUR_MS)).toBeGreaterThan(0);
    const quarters = (await read('quarter')).filter(({ footfall }) => footfall !== null);
    expect(quarters.length).toBeGreaterThan(10);
    for (const { footfall } of quarters) expect(footfall).toBeGreaterThanOrEqual(10);
    expect((await read('day')).find(({ zone }) => zone === 'gate')).toMatchObject({
      footfall: 3200,
      personSeconds: 192_000,
    });
    expect(await left()).toBe(0);
    // What comes after that is in nothing that is published, and is not kept either.
    await fresh.store.reports.writeBatch([counted(2, 1, 0, 0)]);
    expect(await left()).toBe(4);
    expect(await publish(today + 2 * HOUR_MS)).toBe(0);
    expect(await left()).toBe(0);
    // The keys stay, so that a second delivery of the day is known and stores nothing.
    expect(await fresh.store.reports.writeBatch(reports)).toMatchObject({ duplicates: 16, fresh: [] });
    expect(await left()).toBe(0);
  });
});
