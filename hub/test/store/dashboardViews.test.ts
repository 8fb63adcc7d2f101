import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds } from '../../../test/services/database.ts';
import { builtInPolicy, DATA_CLASSES, limitMs, type PrivacyPolicy } from '../../src/privacy/policy.ts';
import { summarise } from '../../src/summary/part.ts';
import { alertRecord } from './alertRecord.ts';
import { createFreshStore, type FreshStore, SITE } from './freshStore.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe.each(databaseKinds())('views for dashboards in %s', (kind) => {
  let fresh: FreshStore;
  let reader: pg.Client;
  const policy = builtInPolicy(24);
  beforeAll(async () => {
    fresh = await createFreshStore(kind);
    await fresh.store.privacy.apply(policy, { actor: 'hub', agreement: null }, Date.now());
    reader = new pg.Client({ connectionString: fresh.url });
    await reader.connect();
    await reader.query('SET ROLE safe_passage_grafana');
  });
  afterAll(async () => {
    await reader.end();
    await fresh.close();
  });

  it('are all that their role may read, and it may write nothing', async () => {
    const { rows } = await fresh.pool.query<{ place: string; view: boolean; rights: boolean[] }>(
      `SELECT format('%I.%I', n.nspname, c.relname) AS place, n.nspname = 'dashboard' AND c.relkind = 'v' AS view,
              ARRAY(SELECT has_table_privilege('safe_passage_grafana', c.oid, p)
                    FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p) AS rights
       FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
       WHERE n.nspname IN ('public', 'dashboard') AND c.relkind IN ('r', 'v', 'p', 'm')`,
    );
    expect(rows.length).toBeGreaterThan(40);
    for (const { place, view, rights } of rows)
      expect([place, ...rights]).toEqual([place, view, ...Array(6).fill(false)]);
    await expect(reader.query('SELECT 1 FROM alert')).rejects.toThrow(/permission denied/);
    await expect(reader.query('SELECT 1 FROM person_segment')).rejects.toThrow(/permission denied/);
    await expect(reader.query('CREATE TABLE dashboard.mine (a int)')).rejects.toThrow(/permission denied/);
    const { rows: allowed } = await fresh.pool.query(
      `SELECT p.proname FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
       WHERE n.nspname = 'public' AND p.prosecdef AND p.proowner <> 10 AND has_function_privilege('safe_passage_grafana', p.oid, 'EXECUTE')`,
    );
    expect(
      allowed.filter(({ proname }) => !['retention_limit', 'zone_limits', 'least_people'].includes(proname)),
    ).toEqual([]);
  });

  it('name nobody: no column is a pseudonym or a track', async () => {
    const { rows } = await fresh.pool.query<{ column_name: string }>(
      "SELECT DISTINCT column_name FROM information_schema.columns WHERE table_schema = 'dashboard'",
    );
    const names = rows.map((row) => row.column_name);
    expect(names).toContain('sentence');
    for (const name of ['person', 'persons', 'pseudonym', 'tracks_of', 'x_cm', 'parts'])
      expect(names).not.toContain(name);
  });

  it('show an alert up to the limit of its class and not beyond, whatever condition is tried on it', async () => {
    const limit = limitMs(policy, 'alerts', Date.now());
    const young = alertRecord({ raisedAtMs: Date.now() - limit + HOUR_MS });
    const old = alertRecord({ raisedAtMs: Date.now() - limit - HOUR_MS });
    await fresh.store.alerts.save([young, old]);
    const seen = await reader.query<{ id: string }>('SELECT id FROM dashboard.alert');
    expect(seen.rows.map(({ id }) => id)).toEqual([young.id]);
    await reader.query(
      `RESET ROLE; GRANT TEMPORARY ON DATABASE ${new URL(fresh.url).pathname.slice(1)} TO safe_passage_grafana`,
    );
    await reader.query(
      `SET ROLE safe_passage_grafana;
       CREATE FUNCTION pg_temp.told(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$`,
    );
    const notices: string[] = [];
    reader.on('notice', ({ message }) => notices.push(message ?? ''));
    await reader.query('SELECT id FROM dashboard.alert WHERE pg_temp.told(id::text)');
    expect(notices).toEqual([young.id]);
  });

  it('ask the same limits as the hub, for every policy', async () => {
    const duration = fc
      .tuple(fc.integer({ min: 1, max: 400 }), fc.constantFrom('minutes', 'hours', 'days'))
      .map(([n, unit]) => `${n} ${unit}`);
    const until = fc.constantFrom(undefined, '2020-01-01', '2199-12-31');
    const client = new pg.Client({ connectionString: fresh.url });
    await client.connect();
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(duration, { minLength: 10, maxLength: 10 }), until, async (keeps, day) => {
          const classes = Object.fromEntries(
            DATA_CLASSES.map((name, i) => [
              name,
              {
                ...policy.classes[name],
                keep: keeps[i] ?? '1 hours',
                ...(name === 'tracks' && day
                  ? { justification: { text: 'twenty characters and some more', owner: 'Ada', until: day } }
                  : {}),
              },
            ]),
          ) as PrivacyPolicy['classes'];
          const other: PrivacyPolicy = { ...policy, classes };
          await client.query('BEGIN');
          await client.query(
            `INSERT INTO privacy_policy (number, version, digest, document, from_time, taken_by, agreed) VALUES (99, 'x', 'x', $1, now(), 'hub', '[]')`,
            [JSON.stringify(other)],
          );
          const { rows } = await client.query<{ name: string; seconds: number }>(
            'SELECT name, extract(epoch FROM retention_limit(name))::double precision AS seconds FROM unnest($1::text[]) AS name',
            [DATA_CLASSES],
          );
          await client.query('ROLLBACK');
          for (const { name, seconds } of rows) {
            const expected = limitMs(other, name as (typeof DATA_CLASSES)[number], Date.now()) / 1000;
            expect([name, seconds]).toEqual([name, expected]);
          }
        }),
        { numRuns: 40 },
      );
    } finally {
      await client.end();
    }
  });

  it('tell of zones, ways and squares what the stays and the persons say', async () => {
    const { store } = fresh;
    const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 2 * HOUR_MS;
    await store.summaries.savePlans('Europe/Vienna', [
      {
        id: 'hall',
        name: 'Hall',
        bounds: [
          [0, 0],
          [40, 20],
        ],
        walls: [],
        cameras: [],
        zones: [
          {
            id: 'queue',
            name: 'Queue',
            kind: 'queue',
            polygon: [
              [0, 0],
              [10, 0],
              [10, 5],
              [0, 5],
            ],
          },
          {
            id: 'gate',
            name: 'Gate',
            kind: 'exit',
            polygon: [
              [20, 0],
              [30, 0],
              [30, 5],
              [20, 5],
            ],
          },
        ],
      },
    ]);
    const stay = (zone: string, person: string, from: number, to: number) => ({
      id: randomUUID(),
      floor: 'hall',
      zone,
      person: person.repeat(16),
      fromMs: hour + from * MINUTE_MS,
      toMs: hour + to * MINUTE_MS,
      seconds: (to - from) * 60,
      open: false,
      detail: {},
    });
    const episodes = [stay('queue', 'a', 1, 11), stay('gate', 'a', 12, 14), stay('queue', 'b', 2, 4)];
    await store.episodes.upsert(episodes);
    const segment = (second: number) => ({
      floor: 'hall',
      person: 'a'.repeat(16),
      fromMs: hour + second * 1000,
      offsetsMs: [0],
      xCm: [550],
      yCm: [150],
      sigmaCm: [20],
      measured: [true],
      tracks: [],
    });
    await store.persons.write(Array.from({ length: 60 }, (_, second) => segment(second)));
    for (const _again of [1, 2]) await summarise(store.summaries, hour + HOUR_MS, hour, null);
    const zones = await reader.query(
      `SELECT zone, people, entered, stays, stay_seconds, longest_seconds FROM dashboard.zone_interval
       WHERE step_seconds = 300 AND from_time >= $1 AND from_time < $2 ORDER BY from_time, zone`,
      [new Date(hour), new Date(hour + 15 * MINUTE_MS)],
    );
    const row = (zone: string, people: number, entered: number, stays: number, sum: number, longest: number) => ({
      zone,
      people: expect.closeTo(people, 6) as number,
      entered,
      stays,
      stay_seconds: sum,
      longest_seconds: longest,
    });
    expect(zones.rows).toEqual([
      row('gate', 0, 0, 0, 0, 0),
      row('queue', 1.2, 2, 1, 120, 120),
      row('gate', 0, 0, 0, 0, 0),
      row('queue', 1, 0, 0, 0, 0),
      row('gate', 0.4, 1, 1, 120, 120),
      row('queue', 0.2, 0, 1, 600, 600),
    ]);
    const hours = await reader.query(
      `SELECT zone, people, entered, stays, stay_seconds, longest_seconds FROM dashboard.zone_interval
       WHERE step_seconds = 3600 AND from_time = $1 ORDER BY zone`,
      [new Date(hour)],
    );
    // Of the last five minutes of the hour nothing is known yet.
    const known = (hours.rows[0]?.people ?? 0) > 0.4 / 11.5 ? 11 : 12;
    expect(hours.rows).toEqual([row('gate', 0.4 / known, 1, 1, 120, 120), row('queue', 2.4 / known, 2, 2, 720, 600)]);
    const days = await reader.query('SELECT person_seconds FROM dashboard.floor_cell WHERE step_seconds = 86400');
    expect(days.rows).toEqual([{ person_seconds: 60 }]);
    const ways = await reader.query('SELECT from_zone, to_zone, people FROM dashboard.zone_flow');
    expect(ways.rows).toEqual([{ from_zone: 'queue', to_zone: 'gate', people: 1 }]);
    const cells = await reader.query(
      'SELECT x_metres, y_metres, person_seconds FROM dashboard.floor_cell WHERE step_seconds = 3600',
    );
    expect(cells.rows).toEqual([{ x_metres: 5, y_metres: 1, person_seconds: 60 }]);
    expect((await reader.query('SELECT area_square_metres FROM dashboard.zone ORDER BY zone')).rows).toEqual([
      { area_square_metres: 50 },
      { area_square_metres: 50 },
    ]);
  });

  it('tell of a device how it did, how far its clock is off and since when it is calibrated so', async () => {
    const { devices } = fresh.store;
    const at = Math.floor(Date.now() / 300_000) * 300_000 - 600_000;
    const status = (calibration: string) => ({
      schema: 'status/1' as const,
      state: 'online' as const,
      camera: 'c1',
      sinceMs: at,
      version: '1',
      modelDigest: 'none',
      modelName: 'm',
      configurationDigest: '0123456789ab',
      calibration,
      privacyLevel: 'tracks' as const,
    });
    const health = (fps: number, aheadMs: number, ms: number) => ({
      schema: 'health/1' as const,
      camera: 'c1',
      timeMs: at + ms + aheadMs,
      sourceFramesPerSecond: 10,
      processedFramesPerSecond: fps,
      framesDropped: 0,
      tracksLive: 1,
      pointsInBlindZones: 0,
      pointsOffFloor: 0,
      outboxReports: fps,
      outboxBytes: 0,
      outboxOldestSeconds: 0,
      reportsForgotten: 0,
      sourceState: 'running' as const,
    });
    const place = { site: SITE, floor: 'hall', device: 'd1' };
    const say = (atMs: number, s: ReturnType<typeof status> | null, h: ReturnType<typeof health> | null) =>
      devices.save([{ place, camera: 'c1', status: s, health: h, atMs }]);
    await say(at, status('nominal'), null);
    await say(at + 10_000, status('0123456789ab'), health(8, 2000, 10_000));
    await say(at + 20_000, status('0123456789ab'), health(4, 1500, 20_000));
    const { rows } = await reader.query('SELECT * FROM dashboard.device_health WHERE step_seconds = 300');
    expect(rows).toMatchObject([{ processed_frames_per_second: 6, outbox_reports: '8', clock_offset_seconds: 2 }]);
    const now = await reader.query('SELECT calibration, calibration_since, clock_offset_seconds FROM dashboard.device');
    expect(now.rows).toEqual([
      { calibration: '0123456789ab', calibration_since: new Date(at + 10_000), clock_offset_seconds: 1.5 },
    ]);
    const clock = async () =>
      (await reader.query('SELECT offset_seconds, uncertainty_seconds FROM dashboard.device_clock')).rows;
    const certificates = async () =>
      (await reader.query('SELECT expires_at, days_left FROM dashboard.device_certificate')).rows;
    expect(await clock(), 'by arrival where the device does not say').toEqual([
      { offset_seconds: 1.5, uncertainty_seconds: null },
    ]);
    expect(await certificates()).toEqual([]);

    const measured = (offset: number, uncertainty: number, ms: number) => ({
      ...health(6, 5000, ms),
      clockOffsetSeconds: offset,
      clockUncertaintySeconds: uncertainty,
    });
    const notAfterMs = Date.now() + 10 * 86_400_000;
    await say(
      at + 30_000,
      { ...status('0123456789ab'), certificateNotAfterMs: notAfterMs } as never,
      measured(-0.3, 0.004, 30_000),
    );
    await say(at + 40_000, null, measured(-0.9, 0.5, 40_000));
    expect(await clock()).toEqual([{ offset_seconds: -0.9, uncertainty_seconds: 0.5 }]);
    const surest = await reader.query(
      'SELECT clock_offset_seconds FROM dashboard.device_health WHERE step_seconds = 300',
    );
    expect(surest.rows, 'of five minutes the surest').toEqual([{ clock_offset_seconds: -0.3 }]);
    const [certificate] = await certificates();
    expect(certificate.expires_at).toEqual(new Date(notAfterMs));
    expect(certificate.days_left).toBeGreaterThan(9.9);
    expect(certificate.days_left).toBeLessThanOrEqual(10);
  });

  it('see a row of the audit that was altered, and one that was cut off below a seal', async () => {
    for (const n of [1, 2, 3])
      await fresh.store.audit.record({ atMs: Date.now(), actor: 'Ada', action: 'read.alert', subject: `s${n}` });
    const chain = async () =>
      (await reader.query<{ broken: number }>('SELECT broken FROM dashboard.audit_chain')).rows[0];
    expect(Number((await chain())?.broken)).toBe(0);
    await fresh.pool.query('ALTER TABLE audit DISABLE TRIGGER USER');
    await fresh.pool.query(`UPDATE audit SET entry = replace(entry::text, 's2', 's9')::json WHERE subject = 's2'`);
    expect(Number((await chain())?.broken)).toBe(1);
    await fresh.pool.query(`UPDATE audit SET entry = replace(entry::text, 's9', 's2')::json WHERE subject = 's9'`);
    await fresh.pool.query(
      `INSERT INTO audit_checkpoint (number, digest, at, key, signature) SELECT number, digest, now(), '\\x00', '\\x00' FROM audit ORDER BY number DESC LIMIT 1`,
    );
    expect(Number((await chain())?.broken)).toBe(0);
    await fresh.pool.query('DELETE FROM audit WHERE number = (SELECT max(number) FROM audit)');
    expect(Number((await chain())?.broken)).toBe(1);
  });
});
