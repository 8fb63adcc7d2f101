import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type DatabaseKind, databaseKinds } from '../../../test/services/database.ts';
import type { AlertRecord } from '../../src/alert/transition.ts';
import { type MovementRecord, migrate } from '../../src/store/index.ts';
import { alertRecord, BASE_MS } from './alertRecord.ts';
import { createFreshStore, type FreshStore } from './freshStore.ts';

const MIGRATIONS = join(import.meta.dirname, '../../migrations');

const plain = alertRecord().detail;
const DETAIL: AlertRecord['detail'] = {
  ...plain,
  policy: '2',
  uncertainty: { ...plain.uncertainty, identityJoins: 2, joinProbability: 0.8 },
};
const storyRecord = (overrides: Partial<AlertRecord> = {}): AlertRecord =>
  alertRecord({ detail: DETAIL, ...overrides });

describe.each(databaseKinds())('stories in %s', (kind) => {
  let fresh: FreshStore;
  beforeAll(async () => {
    fresh = await createFreshStore(kind);
  });
  afterAll(async () => {
    await fresh.close();
  });

  it('come to be named by another part, elsewhere and earlier, and the history tells what they grew by', async () => {
    const { alerts: store } = fresh.store;
    const record = storyRecord();
    await store.save([record]);
    const grown: AlertRecord = {
      ...record,
      zone: null,
      pattern: 'handover',
      fromMs: BASE_MS - 90_000,
      updatedAtMs: BASE_MS + 10,
      detail: { ...DETAIL, patterns: ['handover', 'escort', 'dwell'] },
      parts: [record.id, randomUUID(), randomUUID()],
    };
    await store.save([grown]);
    await store.save([{ ...grown, updatedAtMs: BASE_MS + 20 }]);
    const view = await store.get(record.id);
    expect(view).toMatchObject({ zone: null, zoneName: 'hall', pattern: 'handover', fromMs: BASE_MS - 90_000 });
    expect(view?.history.map(({ event, note }) => [event, note])).toEqual([
      ['raised', null],
      ['story grew', 'now with handover, escort'],
    ]);
    const [ongoing] = (await store.ongoing(BASE_MS)).filter(({ id }) => id === record.id);
    expect(ongoing).toMatchObject({ parts: grown.parts, wentOnIn: null, joins: { count: 2, probability: 0.8 } });
  });

  it('that go on in an older alert say in which, and go on saying so', async () => {
    const { alerts: store } = fresh.store;
    const older = storyRecord();
    const newer = storyRecord();
    await store.save([older, newer]);
    const gone = { ...newer, live: false, updatedAtMs: BASE_MS + 10, wentOnIn: older.id };
    const saved = await store.save([{ ...older, updatedAtMs: BASE_MS + 10 }, gone]);
    expect(saved.find(({ alert }) => alert.id === newer.id)).toMatchObject({
      event: 'closed',
      alert: { wentOnIn: older.id },
    });
    const { wentOnIn: _, ...without } = gone;
    await store.save([{ ...without, updatedAtMs: BASE_MS + 11 }]);
    const view = await store.get(newer.id);
    expect(view).toMatchObject({ live: false, wentOnIn: older.id, state: 'new' });
    expect(view?.history.map(({ event, note }) => [event, note])).toEqual([
      ['raised', null],
      ['went on in another alert', older.id],
      ['movement ended', null],
    ]);
  });

  it('are made of movements that grow and end, and are not opened again by an older word', async () => {
    const { movements: store } = fresh.store;
    const movement: MovementRecord = {
      id: randomUUID(),
      floor: 'hall',
      zone: null,
      pattern: 'escort',
      fromMs: BASE_MS,
      toMs: BASE_MS + 1000,
      open: true,
      score: 0.5,
      detail: { schema: 'movement-episode/1' },
    };
    await store.upsert([movement, { ...movement, toMs: BASE_MS + 5000, score: 1 }]);
    const over = { ...movement, zone: 'table', toMs: BASE_MS + 6000, score: 2, open: false };
    await store.upsert([over]);
    await store.upsert([{ ...movement, toMs: BASE_MS + 3000 }]);
    expect(await store.list({ sinceMs: BASE_MS - 1 })).toEqual([over]);
    expect(await store.list({ sinceMs: BASE_MS - 1, pattern: 'handover' })).toEqual([]);
    expect(await store.list({ sinceMs: BASE_MS - 1, floor: 'roof' })).toEqual([]);
    expect(await store.ongoing(BASE_MS + 6001)).toEqual([]);
    expect(await store.ongoing(BASE_MS + 6000)).toEqual([over]);
    expect(await store.byIds([randomUUID(), movement.id])).toEqual([over]);
    expect(await store.byIds([])).toEqual([]);
  });

  it('are never read beyond the retention of tracks', async () => {
    const { movements: store } = fresh.store;
    const old = Date.now() - 73 * 3_600_000;
    const movement: MovementRecord = {
      id: randomUUID(),
      floor: 'hall',
      zone: null,
      pattern: 'escort',
      fromMs: old,
      toMs: old + 1000,
      open: true,
      score: 0.5,
      detail: {},
    };
    await store.upsert([movement]);
    expect(await store.byIds([movement.id])).toEqual([]);
    expect((await store.list({ sinceMs: 0 })).map(({ id }) => id)).not.toContain(movement.id);
    expect((await store.ongoing(0)).map(({ id }) => id)).not.toContain(movement.id);
  });
});

/** A detail as the version before wrote it. */
function detailBefore(): object {
  const { patterns: _, uncertainty, ...rest } = DETAIL;
  const { joinProbability: __, ...without } = uncertainty;
  return { ...rest, uncertainty: without };
}

async function step(url: string, direction: 'up' | 'down'): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('notice', () => undefined);
  await client.connect();
  try {
    const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
    await runner({
      dbClient: client,
      dir: MIGRATIONS,
      direction,
      count: direction === 'up' ? 1 : await migrationsAfterFirst(client),
      migrationsTable: 'schema_migration',
      singleTransaction: true,
      logger: quiet,
    });
  } finally {
    await client.end();
  }
}

async function migrationsAfterFirst(client: pg.Client): Promise<number> {
  const { rowCount } = await client.query("SELECT 1 FROM schema_migration WHERE name <> '1_initial'");
  return rowCount ?? 0;
}

describe.each(databaseKinds())('alerts of the version before, in %s', (kind: DatabaseKind) => {
  it('become stories of one stay, and go back to what they were', async () => {
    const database = await createTestDatabase(kind);
    const pool = new pg.Pool({ connectionString: database.url, max: 1 });
    const id = randomUUID();
    const alert = async () => {
      const { rows } = await pool.query<Record<string, unknown>>('SELECT * FROM alert WHERE id = $1', [id]);
      return rows[0];
    };
    try {
      await step(database.url, 'up');
      await pool.query(
        `INSERT INTO alert (id, site, floor, zone, pattern, state, live, delayed, raised_at, updated_at, from_time, to_time,
                            score, severity, sentence, detail)
         VALUES ($1, 'demo', 'hall', 'table', 'dwell', 'new', true, false, now(), now(), now(), now(), 1, 0.5, 'Present', $2)`,
        [id, JSON.stringify(detailBefore())],
      );
      const before = await alert();
      expect((await migrate(database.url)).applied[0]).toBe('2_stories');
      const story = await alert();
      expect(story).toMatchObject({
        detail: { patterns: ['dwell'], uncertainty: { joinProbability: 1 } },
        went_on_in: null,
      });
      expect(story?.parts).toEqual([id]);
      // The stay was of one camera's track, which nobody goes on with.
      expect(story?.live).toBe(false);
      const history = await pool.query('SELECT event, note FROM alert_event WHERE alert = $1', [id]);
      expect(history.rows).toEqual([{ event: 'movement ended', note: 'the hub was brought up to date' }]);
      await pool.query('UPDATE alert SET zone = NULL WHERE id = $1', [id]);
      await step(database.url, 'down');
      expect(await alert()).toEqual({ ...before, zone: 'hall', live: false });
      const { rows } = await pool.query<{ gone: boolean }>("SELECT to_regclass('movement_episode') IS NULL AS gone");
      expect(rows[0]?.gone).toBe(true);
    } finally {
      await pool.end();
      await database.drop();
    }
  });
});
