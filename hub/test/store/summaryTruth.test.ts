import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds } from '../../../test/services/database.ts';
import { erase } from '../../src/store/privacy/erasure.ts';
import { summarise } from '../../src/summary/part.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, policy, Rig, SITE } from '../privacy/retentionRig.ts';

const STEP_MS = 5 * MINUTE_MS;
const ZONES = ['gate', 'queue', 'shop'] as const;
/** Two days ago: past a limit that a policy may set for episodes, and before that of tracks, after which counts of few are hidden. */
const BASE = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 2 * DAY_MS;
const SPAN_MS = 3 * HOUR_MS;

interface Stay {
  readonly person: number;
  readonly zone: number;
  readonly fromSecond: number;
  readonly seconds: number;
  /** Told of when the hub had added up everything already. */
  readonly late: boolean;
}

const stay: fc.Arbitrary<Stay> = fc.record({
  person: fc.integer({ min: 0, max: 3 }),
  zone: fc.integer({ min: 0, max: ZONES.length - 1 }),
  fromSecond: fc.integer({ min: 0, max: 9000 }),
  seconds: fc.integer({ min: 1, max: 3000 }),
  late: fc.boolean(),
});
const stays = fc.uniqueArray(stay, {
  minLength: 1,
  maxLength: 25,
  selector: ({ person, fromSecond }) => `${person} ${fromSecond}`,
});

type Figures = Record<string, { people: number; entered: number; stays: number; seconds: number; longest: number }>;

const starts = (one: Stay): number => BASE + one.fromSecond * 1000;
const ends = (one: Stay): number => starts(one) + one.seconds * 1000;

/** What the stays themselves say, without a database: how full each zone was in each stretch, nobody included. */
function zonesOf(all: readonly Stay[], stepMs: number): Figures {
  const figures: Figures = {};
  for (let at = BASE; at < BASE + SPAN_MS + HOUR_MS; at += stepMs) {
    for (const [z, zone] of ZONES.entries()) {
      const here = all.filter((one) => one.zone === z && starts(one) < at + stepMs && ends(one) >= at);
      const left = here.filter((one) => ends(one) < at + stepMs);
      figures[`${at} ${zone}`] = {
        people:
          here.reduce((sum, one) => sum + Math.min(ends(one), at + stepMs) - Math.max(starts(one), at), 0) / stepMs,
        entered: here.filter((one) => starts(one) >= at).length,
        stays: left.length,
        seconds: left.reduce((sum, one) => sum + one.seconds, 0),
        longest: Math.max(0, ...left.map((one) => one.seconds)),
      };
    }
  }
  return figures;
}

function waysOf(all: readonly Stay[]): Record<string, number> {
  const ways: Record<string, number> = {};
  for (const person of new Set(all.map((one) => one.person))) {
    const way = all.filter((one) => one.person === person).sort((a, b) => a.fromSecond - b.fromSecond);
    for (const [i, one] of way.entries()) {
      const before = way[i - 1];
      if (!before || before.zone === one.zone) continue;
      const hour = Math.floor(starts(one) / HOUR_MS) * HOUR_MS;
      const key = `${hour} ${ZONES[before.zone]} ${ZONES[one.zone]}`;
      ways[key] = (ways[key] ?? 0) + 1;
    }
  }
  return ways;
}

const square = (x: number): [number, number][] => [
  [x, 0],
  [x + 5, 0],
  [x + 5, 5],
  [x, 5],
];

describe.each(databaseKinds().slice(-1))('what is added up for dashboards, in %s', (kind) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.create(kind);
    rig.nowMs = Date.now();
    const month = policy({ tracks: '72 hours', episodes: '30 days', alerts: '30 days' });
    await rig.store.privacy.apply(month, { actor: 'hub', agreement: null }, rig.nowMs);
    rig.limits.set(month);
    await rig.store.summaries.savePlans('Europe/Vienna', [
      {
        id: 'hall',
        name: 'Hall',
        bounds: [
          [0, 0],
          [40, 20],
        ],
        walls: [],
        cameras: [],
        zones: ZONES.map((id, i) => ({ id, name: id, kind: 'queue', polygon: square(10 * i) })),
      },
    ]);
  });
  afterAll(() => rig.close());

  const keep = async (all: readonly (Stay & { readonly id: string })[], seenUntilMs: number): Promise<void> => {
    await rig.store.episodes.upsert(
      all
        .filter((one) => starts(one) < seenUntilMs)
        .map((one) => {
          const toMs = Math.min(ends(one), seenUntilMs);
          return {
            id: one.id,
            floor: 'hall',
            zone: ZONES[one.zone] ?? '',
            person: String(one.person).repeat(16),
            fromMs: starts(one),
            toMs,
            seconds: (toMs - starts(one)) / 1000,
            open: ends(one) > seenUntilMs,
            detail: {},
          };
        }),
    );
  };

  /** As a dashboard reads it. */
  const asked = async <T extends object>(sql: string): Promise<T[]> => {
    const client = await rig.pool.connect();
    try {
      await client.query('BEGIN; SET LOCAL ROLE safe_passage_grafana');
      return (await client.query<T>(sql)).rows;
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  };
  const zones = async (stepMs: number): Promise<Figures> => {
    const rows = await asked<{ at: string; zone: string } & Figures[string]>(
      `SELECT (extract(epoch FROM from_time) * 1000)::bigint AS at, zone, people, entered, stays, stay_seconds AS seconds, longest_seconds AS longest
       FROM dashboard.zone_interval WHERE site = '${SITE}' AND floor = 'hall' AND step_seconds = ${stepMs / 1000}`,
    );
    return Object.fromEntries(rows.map(({ at, zone, ...figures }) => [`${at} ${zone}`, figures]));
  };
  const ways = async (): Promise<Record<string, number>> => {
    const rows = await asked<{ at: string; from_zone: string; to_zone: string; people: number }>(
      `SELECT (extract(epoch FROM from_time) * 1000)::bigint AS at, from_zone, to_zone, people FROM dashboard.zone_flow WHERE site = '${SITE}'`,
    );
    return Object.fromEntries(rows.map((row) => [`${row.at} ${row.from_zone} ${row.to_zone}`, row.people]));
  };
  const near = (figures: Figures): Figures =>
    Object.fromEntries(
      Object.entries(figures).map(([key, { people, seconds, longest, ...rest }]) => [
        key,
        {
          ...rest,
          people: expect.closeTo(people, 6) as number,
          seconds: expect.closeTo(seconds, 6) as number,
          longest: expect.closeTo(longest, 6) as number,
        },
      ]),
    );
  const since = <T>(all: Record<string, T>, fromMs: number): Record<string, T> =>
    Object.fromEntries(Object.entries(all).filter(([key]) => Number(key.split(' ')[0]) >= fromMs));

  /** A morning: what is under way is told of as it grows, what is late when the rest was added up, within six hours. */
  const morning = async (all: readonly Stay[]): Promise<void> => {
    await rig.pool.query('TRUNCATE dwell_episode, zone_interval, zone_flow');
    const named = all.map((one) => ({ ...one, id: randomUUID() }));
    const [onTime, late] = [named.filter((one) => !one.late), named.filter((one) => one.late)];
    const { summaries } = rig.store;
    let addedMs: number | null = null;
    const add = async (nowMs: number): Promise<void> => {
      await summarise(summaries, nowMs, BASE, addedMs);
      addedMs = nowMs - 20_000;
    };
    for (const nowMs of [BASE + 95 * MINUTE_MS, BASE + 105 * MINUTE_MS, BASE + SPAN_MS + 65 * MINUTE_MS]) {
      await keep(onTime, nowMs - 20_000);
      await add(nowMs);
    }
    await keep(late, BASE + SPAN_MS + HOUR_MS);
    await add(BASE + SPAN_MS + 125 * MINUTE_MS);
  };
  const within = (figures: Figures): Figures =>
    Object.fromEntries(Object.entries(figures).filter(([key]) => Number(key.split(' ')[0]) < BASE + SPAN_MS + HOUR_MS));

  it('is what the stays themselves say, whatever comes late, in steps of five minutes and of hours', async () => {
    await fc.assert(
      fc.asyncProperty(stays, async (all) => {
        await morning(all);
        expect(within(await zones(STEP_MS))).toEqual(near(zonesOf(all, STEP_MS)));
        expect(within(await zones(HOUR_MS))).toEqual(near(zonesOf(all, HOUR_MS)));
        expect(await ways()).toEqual(waysOf(all));
      }),
      { numRuns: 12 },
    );
  });

  it('forgets a way that a late stay turns out to have led elsewhere', async () => {
    const at = (zone: number, fromSecond: number, late: boolean): Stay => ({
      person: 3,
      zone,
      fromSecond,
      seconds: 1,
      late,
    });
    const all = [at(0, 0, false), at(1, 1, true), at(1, 3600, false)];
    await morning(all);
    expect(await ways()).toEqual({ [`${BASE} gate queue`]: 1 });
  });

  it('goes with the stays of a zone that are erased, and with the limit of their class', async () => {
    const all = fc.sample(stays, { seed: 7, numRuns: 5 }).flat();
    const unique = [...new Map(all.map((one) => [`${one.person} ${one.fromSecond}`, one])).values()];
    await morning(unique);
    await erase(
      rig.pool,
      {
        site: SITE,
        floor: 'hall',
        zone: 'queue',
        polygon: square(10),
        fromMs: BASE,
        toMs: BASE + SPAN_MS + HOUR_MS,
        reason: 'asked for by somebody who was there',
        actor: 'Ada',
      },
      Date.now(),
    );
    const left = await rig.pool.query("SELECT 1 FROM dwell_episode WHERE zone = 'queue'");
    expect(left.rowCount).toBe(0);
    const elsewhere = <T>(counts: Record<string, T>): Record<string, T> =>
      Object.fromEntries(Object.entries(counts).filter(([key]) => !key.includes('queue')));
    const told = {
      five: elsewhere(near(zonesOf(unique, STEP_MS))),
      hours: elsewhere(near(zonesOf(unique, HOUR_MS))),
      ways: elsewhere(waysOf(unique)),
    };
    expect(within(await zones(STEP_MS))).toEqual(told.five);
    expect(within(await zones(HOUR_MS))).toEqual(told.hours);
    expect(await ways()).toEqual(told.ways);

    // The limit falls into the middle of an hour: hours and stretches that began before it go, whole ones after it stay.
    const minutes = Math.round((Date.now() - (BASE + 92 * MINUTE_MS)) / MINUTE_MS);
    const shorter = policy({ tracks: '72 hours', episodes: `${minutes} minutes`, alerts: '30 days' });
    expect(await rig.store.privacy.apply(shorter, { actor: 'hub', agreement: null }, Date.now())).toMatchObject({
      kind: 'taken',
    });
    const first = { five: BASE + 95 * MINUTE_MS, hour: BASE + 2 * HOUR_MS };
    const check = async (): Promise<void> => {
      expect(within(await zones(STEP_MS))).toEqual(since(told.five, first.five));
      expect(within(await zones(HOUR_MS))).toEqual(since(told.hours, first.hour));
      expect(await ways()).toEqual(since(told.ways, first.hour));
    };
    // Hidden at once, and destroyed by the next run: what is left is the same.
    await check();
    rig.limits.set(shorter);
    rig.nowMs = Date.now();
    await rig.run();
    await check();
    const { rows } = await rig.pool.query<{ rows: string }>(
      `SELECT (SELECT count(*) FROM zone_interval WHERE from_time < $1) + (SELECT count(*) FROM zone_flow WHERE from_time < $1) AS rows`,
      [new Date(BASE + 92 * MINUTE_MS)],
    );
    expect(Number(rows[0]?.rows)).toBe(0);
  });
});
