import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../../../test/services/database.ts';
import { acquireFence, migrate } from '../../src/store/index.ts';
import { createFreshStore, type FreshStore, SITE } from './freshStore.ts';

async function query(url: string, text: string): Promise<pg.QueryResult<Record<string, unknown>>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query<Record<string, unknown>>(text);
  } finally {
    await client.end();
  }
}

const hypertables = async (url: string): Promise<number> => {
  const found = await query(url, "SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'");
  if (found.rowCount === 0) return 0;
  const tables = await query(url, 'SELECT hypertable_name FROM timescaledb_information.hypertables');
  return tables.rowCount ?? 0;
};

const MIGRATIONS = [
  '1_initial',
  '2_stories',
  '3_persons',
  '4_audit',
  '5_privacy_policy',
  '6_retention',
  '7_dashboard_views',
  '8_roles',
  '9_readers',
  '10_holds',
  '13_aggregates',
  '14_reidentification',
  '15_dpia_sheets',
  '16_dashboard_privacy',
  '17_counts',
  '18_zone_limits',
  '19_oversight_limits',
  '20_few_people',
  '21_dashboard_speed',
  '24_device_clock_and_certificate',
];

describe.each(databaseKinds())('migrating %s', (kind) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(kind);
  });
  afterAll(async () => {
    await database.drop();
  });

  it('makes the tables once, however many hubs start at the same time', async () => {
    const runs = await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
    expect(runs.flatMap(({ applied }) => applied)).toEqual(MIGRATIONS);
    expect((await migrate(database.url)).applied).toEqual([]);
    expect(await hypertables(database.url)).toBe(kind === 'timescale' ? 5 : 0);
  });

  it('refuses tables that a later version has changed, and leaves them as they are', async () => {
    const later = await createTestDatabase(kind);
    try {
      await migrate(later.url);
      await query(later.url, "INSERT INTO schema_migration (name, run_on) VALUES ('9999_later', now())");
      await expect(migrate(later.url)).rejects.toThrow(/made by a later version of the hub \(9999_later\)/);
    } finally {
      await later.drop();
    }
  });

  it('works for a role that may make tables and nothing else', async () => {
    const own = await createTestDatabase(kind);
    const role = `sp_test_${Date.now().toString(36)}_${kind}`;
    const url = new URL(own.url);
    try {
      if (kind === 'timescale') await query(own.url, 'CREATE EXTENSION IF NOT EXISTS timescaledb');
      await query(
        own.url,
        `CREATE ROLE ${role} LOGIN PASSWORD 'plain'; GRANT CREATE, USAGE ON SCHEMA public TO ${role}`,
      );
      url.username = role;
      url.password = 'plain';
      expect((await migrate(url.href)).applied).toEqual(MIGRATIONS);
      expect(await hypertables(own.url)).toBe(kind === 'timescale' ? 5 : 0);
    } finally {
      await own.drop();
      const server = new URL(own.url);
      server.pathname = '/postgres';
      await query(server.href, `DROP ROLE IF EXISTS ${role}`);
    }
  });

  it('says where the database is that it cannot reach, and not the password', async () => {
    const url = 'postgres://hub:geheim@127.0.0.1:1/site';
    await expect(migrate(url)).rejects.toThrow(/127\.0\.0\.1:1\/site cannot be used/);
    await expect(migrate(url)).rejects.not.toThrow(/geheim/);
  });
});

describe.each(databaseKinds())('the rest of the store in %s', (kind) => {
  let fresh: FreshStore;
  beforeAll(async () => {
    fresh = await createFreshStore(kind);
  });
  afterAll(async () => {
    await fresh.close();
  });

  it('lets a token in, keeps only its digest, and forgets it', async () => {
    const { tokens } = fresh.store;
    const token = await tokens.create({ kind: 'token', name: 'Ada', role: 'engineer' });
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await tokens.authenticate(token)).toEqual({ name: 'Ada', role: 'engineer' });
    expect(await tokens.consume(token)).toBe(null);
    const kept = await fresh.pool.query<{ text: string }>('SELECT t::text AS text FROM access_token AS t');
    expect(kept.rows.map((row) => row.text).join()).not.toContain(token);
    await tokens.revoke(token);
    expect(await tokens.authenticate(token)).toBe(null);
  });

  it('uses a one-time token up, once, even when several try at the same time', async () => {
    const { tokens } = fresh.store;
    const token = await tokens.create({
      kind: 'one-time',
      name: 'Ben',
      role: 'reviewer',
      expiresAtMs: Date.now() + 60_000,
    });
    expect(await tokens.authenticate(token)).toBe(null);
    const tries = await Promise.all(Array.from({ length: 6 }, () => tokens.consume(token)));
    expect(tries.filter((bearer) => bearer !== null)).toEqual([{ name: 'Ben', role: 'reviewer' }]);
  });

  it('lets nobody in with a token that has expired', async () => {
    const { tokens } = fresh.store;
    const expiresAtMs = Date.now() - 1;
    const session = await tokens.create({ kind: 'session', name: 'Cem', role: 'reviewer', expiresAtMs });
    const link = await tokens.create({ kind: 'one-time', name: 'Cem', role: 'reviewer', expiresAtMs });
    expect(await tokens.authenticate(session)).toBe(null);
    expect(await tokens.consume(link)).toBe(null);
    await expect(tokens.create({ kind: 'session', name: 'Cem', role: 'reviewer' })).rejects.toThrow(/must expire/);
    await tokens.sweep();
    const kept = await fresh.pool.query("SELECT 1 FROM access_token WHERE name = 'Cem'");
    expect(kept.rowCount).toBe(0);
  });

  it('adds quarantine counts up by hour, topic and reason', async () => {
    const { quarantine } = fresh.store;
    const hourMs = Math.floor(Date.now() / 3_600_000) * 3_600_000;
    const entry = {
      hourMs,
      topic: 'movement/v1/demo/hall/edge-1/cam-1/tracks',
      reason: 'document: must be JSON',
      count: 2,
    };
    await quarantine.add([entry, { ...entry, count: 3 }]);
    await quarantine.add([{ ...entry, hourMs: hourMs + 5 }]);
    expect(await quarantine.list(hourMs)).toEqual([{ ...entry, count: 7 }]);
  });

  it('never lets an older word about a device replace a newer one', async () => {
    const { devices } = fresh.store;
    const place = { site: SITE, floor: 'hall', device: 'edge-9' };
    const status = {
      schema: 'status/1',
      state: 'online',
      camera: 'cam-9',
      sinceMs: 1,
      version: '1',
      modelDigest: 'none',
      modelName: 'none',
      configurationDigest: '0123456789ab',
      calibration: 'nominal',
      privacyLevel: 'tracks',
    } as const;
    const say = (atMs: number, version: string) =>
      devices.save([{ place, camera: 'cam-9', status: { ...status, version }, health: null, atMs }]);
    await say(2_000, 'newer');
    const [view] = await say(1_000, 'older');
    expect(view).toMatchObject({ status: { version: 'newer' }, statusAtMs: 2_000, health: null, healthAtMs: null });
  });

  it('gives the site to one hub, and to the next when that one lets go', async () => {
    const states: string[] = [];
    const stop = new AbortController();
    const options = (name: string) => ({
      url: fresh.url,
      site: SITE,
      signal: stop.signal,
      onState: (state: string) => void states.push(`${name} ${state}`),
    });
    const first = await acquireFence(options('first'));
    const second = acquireFence(options('second'));
    await expect.poll(() => states.at(-1)).toBe('second standby');
    const elsewhere = await acquireFence({ ...options('elsewhere'), site: 'other' });
    expect(states).toEqual(['first held', 'second standby', 'elsewhere held']);
    await first?.release();
    const held = await second;
    expect(states.at(-1)).toBe('second held');
    const third = acquireFence(options('third'));
    stop.abort();
    expect(await third).toBe(null);
    await held?.release();
    await elsewhere?.release();
  });

  it('takes the fence again after its connection was cut, and yields where another hub was faster', async () => {
    const states: string[] = [];
    const stop = new AbortController();
    const site = 'fenced';
    const options = { url: fresh.url, site, signal: stop.signal, onState: (state: string) => void states.push(state) };
    const fence = await acquireFence(options);
    const cut = () =>
      fresh.pool.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'safe-passage-fence' AND datname = current_database()",
      );
    await cut();
    await expect.poll(() => states.filter((state) => state === 'held').length, { timeout: 60_000 }).toBe(2);
    // Another session holds the lock from the moment the connection is gone.
    const rival = new pg.Client({ connectionString: fresh.url });
    await rival.connect();
    const waiting = rival.query("SELECT pg_advisory_lock(hashtext('safe-passage-hub'), hashtext($1))", [site]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await cut();
    await waiting;
    await fence?.taken;
    await fence?.release();
    await rival.end();
  });
});
