/** Zones in which less is kept than elsewhere: what a policy may say of them, what can be read, and what goes when. */
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databaseKinds } from '../../../test/services/database.ts';
import { loosenings } from '../../src/privacy/compare.ts';
import { policyOf } from '../../src/privacy/inForce.ts';
import { limitMs, type PrivacyPolicy, policyProblems, type ZonePolicy } from '../../src/privacy/policy.ts';
import { ZONE_CLASSES } from '../../src/privacy/policySchema.ts';
import { liesIn, strangeZones } from '../../src/privacy/zones.ts';
import { measureOldestInZones } from '../../src/store/privacy/oldest.ts';
import { lastRuns } from '../../src/store/privacy/retention.ts';
import { polygonText } from '../../src/store/zoneConditions.ts';
import { DAY_MS, FLOOR, HOUR_MS, MINUTE_MS, PLAN, policy, Rig, START } from './retentionRig.ts';

const WHOLE = { tracks: '72 hours', episodes: '10 days', alerts: '20 days' };
type Entry = Partial<ZonePolicy>;
const entry = (keep: ZonePolicy['keep'], more: Entry = {}): ZonePolicy => ({
  floor: FLOOR,
  zone: 'quiet',
  why: 'Belief is nobody’s business',
  keep,
  ...more,
});
const withZones = (...zones: ZonePolicy[]): PrivacyPolicy => ({ ...policy(WHOLE), zones });

describe('the zones of a privacy policy', () => {
  const problems = (...zones: ZonePolicy[]) => policyProblems(withZones(...zones), START);

  it('have less than the class, never more, and the complaint names the field, the value and the remedy', () => {
    expect(problems(entry({ tracks: '72 hours', episodes: '1 day' }))).toEqual([]);
    expect(problems(entry({ tracks: '73 hours' }))).toEqual([
      {
        field: 'zones.0.keep.tracks',
        found: '73 hours',
        expected:
          'must not be longer than classes.tracks.keep, 72 hours: a zone can only have less. Give 72 hours or less, or take it out',
      },
    ]);
    expect(problems(entry({}))).toMatchObject([{ field: 'zones.0.keep', found: 'no limit' }]);
    expect(problems(entry({ tracks: '1 hour' }), entry({ alerts: '1 day' }))).toMatchObject([
      { field: 'zones.1.zone', found: 'hall/quiet' },
    ]);
  });

  it('are zones of a plan, and no blind ones', async () => {
    const blind = { ...PLAN, zones: PLAN.zones.map((zone) => ({ ...zone, kind: 'blind' as const })) };
    expect(strangeZones(withZones(entry({ tracks: '1 hour' })), [PLAN])).toEqual([]);
    expect(strangeZones(withZones(entry({ tracks: '1 hour' })), [blind])).toEqual([
      'hall/quiet, a blind zone, where nothing is recorded',
    ]);
    expect(strangeZones(withZones(entry({ tracks: '1 hour' }, { zone: 'quite' })), [PLAN])).toEqual([
      'hall/quite, which no floor plan has',
    ]);
    // The built-in policy names none.
    await expect(
      policyOf({ privacyFile: null, floors: [PLAN], retention: { tracksHours: 24 } }, START),
    ).resolves.toMatchObject({ version: 'built-in/1, tracks 24 hours' });
  });

  it('are tighter where they come and looser where they go, by the class and the zone', () => {
    const [none, two, four] = [
      policy(WHOLE),
      withZones(entry({ tracks: '2 hours' })),
      withZones(entry({ tracks: '4 hours' })),
    ];
    expect(loosenings(none, two)).toEqual([]);
    expect(loosenings(four, two)).toEqual([]);
    expect(loosenings(two, four)).toEqual(['zones.hall/quiet.keep.tracks: 4 hours, was 2 hours']);
    expect(loosenings(two, none)).toEqual(['zones.hall/quiet.keep.tracks: 72 hours, was 2 hours']);
    // Another purpose or ground than the data were taken for, as for a class.
    const other = withZones(entry({ tracks: '1 hour' }, { purpose: 'Counting alone', legalBasis: 'Consent' }));
    const was = policy(WHOLE).classes.tracks;
    expect(loosenings(two, other)).toEqual([
      `zones.hall/quiet.purpose: "Counting alone", was "${was.purpose}"`,
      `zones.hall/quiet.legalBasis: "Consent", was "${was.legalBasis}"`,
    ]);
    // Who owns it and why is no loosening, nor is a limit that says what holds anyway.
    expect(loosenings(two, withZones(entry({ tracks: '2 hours' }, { owner: 'Chaplain', why: 'As agreed' })))).toEqual(
      [],
    );
    expect(loosenings(none, withZones(entry({ alerts: '20 days' })))).toEqual([]);
  });

  it('are not told of what is looser for a class everywhere and not for the zone', () => {
    const day = { ...policy({ ...WHOLE, tracks: '24 hours' }), zones: [entry({ episodes: '1 day' })] };
    const days = { ...policy({ ...WHOLE, tracks: '48 hours' }), zones: [entry({ episodes: '1 day' })] };
    expect(loosenings(day, days)).toEqual(['tracks.keep: 48 hours, was 24 hours']);
    const { classes } = policy(WHOLE);
    const tracks = { ...classes.tracks, purpose: 'Sales' };
    const sold = { ...withZones(entry({ tracks: '2 hours' })), classes: { ...classes, tracks } };
    expect(loosenings(withZones(entry({ tracks: '2 hours' })), sold)).toEqual([
      `tracks.purpose: "Sales", was "${classes.tracks.purpose}"`,
    ]);
  });

  it('are looser exactly where some class is kept longer in some zone', () => {
    const keep = fc.option(fc.integer({ min: 1, max: 72 }), { nil: undefined });
    const zones = fc.record({ tracks: keep, episodes: keep, alerts: keep });
    const made = (hours: Record<string, number | undefined>): PrivacyPolicy => {
      const limits = Object.entries(hours).filter(([, of]) => of !== undefined);
      if (limits.length === 0) return policy(WHOLE);
      return withZones(entry(Object.fromEntries(limits.map(([name, of]) => [name, `${of} hours`]))));
    };
    fc.assert(
      fc.property(zones, zones, (before, after) => {
        const hours = (of: typeof before, name: keyof typeof before): number =>
          of[name] ?? limitMs(policy(WHOLE), name, START) / HOUR_MS;
        const longer = (['tracks', 'episodes', 'alerts'] as const).filter(
          (name) => hours(after, name) > hours(before, name),
        );
        expect(loosenings(made(before), made(after))).toHaveLength(longer.length);
      }),
    );
  });
});

describe.each(databaseKinds())('a zone in which less is kept, in %s', (kind) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.create(kind);
    await rig.store.summaries.savePlans('UTC', [PLAN]);
  });
  afterAll(() => rig.close());
  const LESS = withZones(entry({ tracks: '1 hour', episodes: '3 hours', alerts: '1 day', evidence: '2 hours' }));
  beforeEach(async () => {
    await rig.empty();
    rig.nowMs = START;
    rig.limits.set(LESS);
  });
  afterEach(async () => {
    await rig.pool.query('TRUNCATE held_segment, evidence_hold');
  });

  const zonesRead = async () => {
    const { tracks, episodes, alerts } = await rig.readableIn({ around: true });
    return [tracks, episodes, alerts].map((seen) => [...new Set(seen.map(({ zone }) => zone))].sort());
  };
  const both = ['quiet', 'table'];

  it('is read until its own limit and not a millisecond longer, whether a run has been or not', async () => {
    await rig.traffic(START, 'table');
    await rig.traffic(START, 'quiet');
    for (const [afterMs, read] of [
      [HOUR_MS, [both, both, both]],
      [HOUR_MS + 1, [['table'], both, both]],
      [3 * HOUR_MS, [['table'], both, both]],
      [3 * HOUR_MS + 1, [['table'], ['table'], both]],
      [DAY_MS, [['table'], ['table'], both]],
      [DAY_MS + 1, [['table'], ['table'], ['table']]],
    ] as const) {
      rig.nowMs = START + afterMs;
      expect(await zonesRead(), `${afterMs} ms`).toEqual(read);
    }
    const counted = await rig.store.alerts.list({ state: 'all', limit: 10 });
    expect(counted.counts.new).toBe(1);
  });

  it('is destroyed by the next run, which says so, and the rest stays', async () => {
    await rig.traffic(START, 'table');
    await rig.traffic(START, 'quiet');
    await rig.store.summaries.addZones(START - HOUR_MS, START + HOUR_MS, START);
    await rig.store.summaries.addCells(START + HOUR_MS);
    rig.nowMs = START + 4 * HOUR_MS;
    const results = await rig.run();
    expect(results.filter(({ error }) => error !== null)).toEqual([]);
    expect(results.find(({ dataClass, zone }) => dataClass === 'tracks' && zone !== null)).toMatchObject({
      zone: { floor: FLOOR, zone: 'quiet' },
      limitMs: HOUR_MS,
      rows: 2,
      oldestMs: null,
    });
    const left = async (table: string, condition: string) =>
      (await rig.pool.query(`SELECT 1 FROM ${table} WHERE ${condition}`)).rowCount;
    expect(await left('track_segment', 'x_cm[1] > 500')).toBe(0);
    expect(await left('person_segment', 'x_cm[1] > 500')).toBe(0);
    for (const table of ['dwell_episode', 'movement_episode', 'zone_interval']) {
      expect(await left(table, "zone = 'quiet' AND from_time < '2026-11-01T01:00Z'"), table).toBe(0);
    }
    expect(await left('floor_cell', 'x >= 5')).toBe(0);
    expect(await left('track_segment', 'true')).toBe(1);
    expect(await left('dwell_episode', 'true')).toBe(1);
    expect(await left('alert', "zone = 'quiet'")).toBe(1);
    expect(await left('zone_interval', "zone = 'table'")).toBeGreaterThan(0);
    // Told by the run, by the command, and by the audit.
    const records = (await lastRuns(rig.pool, 50, true)).map(({ dataClass, zone, rows }) => [dataClass, zone, rows]);
    expect(records).toContainEqual(['tracks', 'hall/quiet', 2]);
    const { rows } = await rig.pool.query<{ rows: number }>(
      "SELECT (entry->'detail'->'tracks at hall/quiet'->>'rows')::int AS rows FROM audit WHERE action = 'retention.run' ORDER BY number DESC LIMIT 1",
    );
    expect(rows).toEqual([{ rows: 2 }]);
  });

  it('is told with the oldest that a run has left there: soon past its limit, or what it could not destroy', async () => {
    const told = async () => {
      rig.nowMs += 1;
      const found = (await rig.run()).find(({ dataClass, zone }) => dataClass === 'tracks' && zone !== null);
      const [record] = (await lastRuns(rig.pool, 50, false)).filter((one) => one.dataClass === 'tracks' && one.zone);
      expect([record?.rows, record?.oldestMs, record?.error]).toEqual([found?.rows, found?.oldestMs, found?.error]);
      return found;
    };
    const at = (minutes: number) => START + minutes * MINUTE_MS;
    await rig.traffic(at(0), 'quiet');
    await rig.traffic(at(61), 'table');
    await rig.traffic(at(64), 'quiet');
    rig.nowMs = at(120);
    const holder = await rig.pool.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT 1 FROM track_segment WHERE from_time = $1 FOR UPDATE', [new Date(START)]);
      expect(await told()).toMatchObject({ rows: 1, oldestMs: START, error: expect.stringMatching(/track_segment/) });
    } finally {
      await holder.query('ROLLBACK');
      holder.release();
    }
    expect(await told(), 'that of another place is none').toMatchObject({ rows: 1, oldestMs: at(64), error: null });
    await rig.pool.query('DELETE FROM track_segment WHERE from_time = $1', [new Date(at(64))]);
    await rig.pool.query('DELETE FROM person_segment WHERE from_time = $1', [new Date(at(64))]);
    await rig.traffic(at(71), 'quiet');
    expect(await told(), 'what has more than ten minutes left is not looked for').toMatchObject({ oldestMs: null });
  });

  it('takes nothing that is past its time there, so that what was searched once stays empty', async () => {
    rig.nowMs = START + 2 * HOUR_MS;
    await rig.traffic(START, 'quiet');
    await rig.traffic(START, 'table');
    for (const table of ['track_segment', 'person_segment'])
      expect((await rig.pool.query(`SELECT 1 FROM ${table}`)).rowCount, table).toBe(1);
    expect((await rig.pool.query("SELECT 1 FROM dwell_episode WHERE zone = 'quiet'")).rowCount).toBe(1);
    rig.nowMs = START + 4 * HOUR_MS;
    await rig.traffic(START, 'quiet');
    expect((await rig.pool.query("SELECT 1 FROM dwell_episode WHERE zone = 'quiet'")).rowCount).toBe(1);
  });

  it('is measured by itself, and a row that a run could not see is found', async () => {
    await rig.traffic(START, 'quiet');
    rig.nowMs = START + 30 * MINUTE_MS;
    await rig.run();
    const measured = () => measureOldestInZones(rig.pool, 'tracks', rig.limits.zones('tracks'));
    expect(await measured()).toMatchObject([
      { table: 'track_segment', floor: FLOOR, zone: 'quiet', limitMs: HOUR_MS, oldestMs: START },
      { table: 'person_segment', oldestMs: START },
    ]);
    rig.nowMs = START + 2 * HOUR_MS;
    await rig.run();
    expect(await measured()).toMatchObject([{ oldestMs: null }, { oldestMs: null }]);
    // Somebody puts back what has gone. The run looks where nothing can be any more once a day.
    await rig.pool.query(
      `INSERT INTO person_segment (site, floor, person, from_time, offset_ms, x_cm, y_cm, sigma_cm, measured, tracks)
       VALUES ('demo', 'hall', 'p', $1, '{0}', '{1200}', '{1200}', '{30}', '{t}', '{}')`,
      [new Date(START)],
    );
    await rig.run();
    expect((await measured()).find(({ table }) => table === 'person_segment')?.oldestMs).toBe(START);
    rig.nowMs += DAY_MS;
    await rig.run();
    expect((await measured()).find(({ table }) => table === 'person_segment')?.oldestMs).toBeNull();
  });

  it('goes at once where the policy is tightened, and what was loosened stays as long as it says', async () => {
    rig.limits.set(policy(WHOLE));
    await rig.traffic(START, 'quiet');
    rig.nowMs = START + 5 * HOUR_MS;
    await rig.run();
    expect((await zonesRead())[0]).toEqual(['quiet']);
    rig.limits.set(LESS);
    expect((await zonesRead())[0]).toEqual([]);
    await rig.run();
    rig.limits.set(withZones(entry({ tracks: '10 hours' })));
    // What arrives late under the looser limit lies where the tighter one was searched.
    await rig.traffic(START + 2 * HOUR_MS, 'quiet');
    await rig.run();
    expect((await zonesRead())[0]).toEqual(['quiet']);
    rig.nowMs = START + 12 * HOUR_MS + 1;
    await rig.run();
    expect((await rig.pool.query('SELECT 1 FROM track_segment')).rowCount).toBe(0);
  });

  it('ends the evidence that a hold keeps of it at its own limit, and the hold keeps the rest', async () => {
    await rig.traffic(START, 'quiet');
    await rig.traffic(START, 'table');
    const { rows: alerts } = await rig.pool.query<{ id: string; zone: string }>('SELECT id, zone FROM alert');
    const { rows: who } = await rig.pool.query<{ person: string; x: number }>(
      'SELECT person, x_cm[1] AS x FROM person_segment',
    );
    const alert = alerts.find(({ zone }) => zone === 'table')?.id ?? '';
    // One story of both places.
    await rig.pool.query(`UPDATE alert SET detail = jsonb_set(detail, '{persons}', $2) WHERE id = $1`, [
      alert,
      JSON.stringify(who.map(({ person }) => ({ person, role: 'dwelling', fromMs: START, toMs: START + MINUTE_MS }))),
    ]);
    const placed = await rig.store.privacy.holds.place({
      alert,
      reason: 'complaint 2026-14',
      owner: 'DPO',
      untilMs: START + 30 * DAY_MS,
      actor: 'P. Officer',
    });
    expect(placed).toMatchObject({ kind: 'held', hold: { rows: 2 } });
    const evidence = async () => {
      const query = { floor: FLOOR, persons: who.map(({ person }) => person), fromMs: START, toMs: START + MINUTE_MS };
      const { paths } = await rig.store.persons.evidence({ ...query, maxOthers: 0, alert });
      return paths.map(({ points }) => ((points[0]?.[1] ?? 0) > 5 ? 'quiet' : 'table')).sort();
    };
    expect(await evidence()).toEqual(both);
    // The track of the zone is gone after an hour, its evidence lives on to two.
    rig.nowMs = START + 2 * HOUR_MS;
    await rig.run();
    expect(await evidence()).toEqual(both);
    rig.nowMs += 1;
    expect(await evidence()).toEqual(['table']);
    await rig.run();
    const { rows: kept } = await rig.pool.query<{ x: number }>('SELECT x_cm[1] AS x FROM held_segment');
    expect(kept).toEqual([{ x: 100 }]);
    await rig.run();
    expect(await measureOldestInZones(rig.pool, 'evidence', rig.limits.zones('evidence'))).toMatchObject([
      { table: 'held_segment', oldestMs: null },
    ]);
  });

  it('has the same limits in SQL as in the hub', async () => {
    const policies = [
      LESS,
      policy(WHOLE),
      // Longer than tracks may be without a justification.
      { ...withZones(entry({ tracks: '4 days' })), classes: policy({ ...WHOLE, tracks: '5 days' }).classes },
    ];
    for (const one of policies) {
      rig.nowMs = Date.now();
      for (const person of ['A', 'B']) {
        const agreement = { person, role: 'privacy-officer', reason: 'the test says so' } as const;
        await rig.store.privacy.apply(one, { actor: person, agreement }, rig.nowMs);
      }
      rig.limits.set(one);
      for (const name of ZONE_CLASSES) {
        const { rows } = await rig.pool.query(
          'SELECT floor, zone, extract(epoch FROM now() - oldest)::float8 * 1000 AS "keptMs" FROM zone_limits($1)',
          [name],
        );
        const expected = rig.limits.zones(name).map(({ floor, zone, keptMs }) => ({ floor, zone, keptMs }));
        expect(rows, name).toEqual(expected);
      }
    }
  });

  it('lies where PostgreSQL says, and what lies there for PostgreSQL does for the hub', async () => {
    const coordinate = fc.integer({ min: 0, max: 800 });
    const corner = fc.tuple(coordinate, coordinate);
    const cases = fc.sample(
      fc.tuple(fc.array(corner, { minLength: 3, maxLength: 7 }), fc.array(corner, { minLength: 20, maxLength: 20 })),
      {
        numRuns: 60,
        seed: 20261128,
      },
    );
    let inside = 0;
    for (const [corners, points] of cases) {
      const polygon = corners.map(([x, y]) => [x / 100, y / 100] as [number, number]);
      const { rows } = await rig.pool.query<{ inside: boolean }>(
        `SELECT ${polygonText(polygon)} @> point(x / 100.0, y / 100.0) AS inside
         FROM unnest($1::integer[], $2::integer[]) WITH ORDINALITY AS p (x, y, n) ORDER BY n`,
        [points.map(([x]) => x), points.map(([, y]) => y)],
      );
      for (const [i, [x, y]] of points.entries()) {
        if (!rows[i]?.inside) continue;
        inside++;
        expect(liesIn(polygon, x / 100, y / 100), JSON.stringify([polygon, x, y])).toBe(true);
      }
    }
    expect(inside).toBeGreaterThan(50);
    expect(
      liesIn(
        [
          [0, 0],
          [4, 0],
          [4, 4],
          [0, 4],
        ],
        4.1,
        2,
      ),
    ).toBe(false);
  });
});
