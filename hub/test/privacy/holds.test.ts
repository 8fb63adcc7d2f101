import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../../../test/services/database.ts';
import type { AlertRecord } from '../../src/alert/transition.ts';
import { MARGIN_MS } from '../../src/api/evidence.ts';
import type { PathPoint } from '../../src/api/schemas.ts';
import { runRetention } from '../../src/privacy/engine.ts';
import { RetentionLimits } from '../../src/privacy/limits.ts';
import { builtInPolicy, type PrivacyPolicy } from '../../src/privacy/policy.ts';
import { showAudit } from '../../src/store/audit/reads.ts';
import { hubRoleUrl, migrate, openDatabase, openStore, type Store } from '../../src/store/index.ts';
import { erase } from '../../src/store/privacy/erasure.ts';
import { measureOldest } from '../../src/store/privacy/oldest.ts';
import { lastRuns } from '../../src/store/privacy/retention.ts';
import { alertRecord } from '../store/alertRecord.ts';
import { SITE } from '../store/freshStore.ts';

const FLOOR = 'hall';
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START = Date.parse('2026-11-01T12:00:00Z');

function policy(keep: Partial<Record<'tracks' | 'alerts' | 'evidence', string>>): PrivacyPolicy {
  const base = builtInPolicy(72);
  const classes = Object.entries(base.classes).map(([name, one]) => [
    name,
    { ...one, keep: keep[name as 'tracks'] ?? one.keep },
  ]);
  return { ...base, classes: Object.fromEntries(classes) as PrivacyPolicy['classes'] };
}

describe.each(databaseKinds())('holds in %s', (kind) => {
  let nowMs = START;
  const limits = new RetentionLimits(() => nowMs);
  let database: TestDatabase;
  let pool: pg.Pool;
  let store: Store;
  beforeAll(async () => {
    database = await createTestDatabase(kind);
    await migrate(database.url);
    const { url } = await hubRoleUrl(database.url);
    pool = openDatabase(database.url, { connections: 2 });
    store = openStore({ url, site: SITE, tracksHours: 72, limits, zoneName: (floor) => floor });
  });
  afterAll(async () => {
    await store.close();
    await pool.end();
    await database.drop();
  });

  const run = () =>
    runRetention({ store: store.privacy.retention, limits, now: () => nowMs, pruneAudit: () => Promise.resolve(0) });

  async function empty(): Promise<void> {
    for (const table of ['person_segment', 'retention_run']) await pool.query(`TRUNCATE ${table}`);
    await pool.query('TRUNCATE alert, evidence_hold CASCADE');
    nowMs = START;
    limits.set(policy({ tracks: '2 hours', alerts: '2 days', evidence: '20 days' }));
  }

  /** Positions of somebody every ten seconds. */
  async function walk(person: string, fromMs: number, toMs: number): Promise<void> {
    const segments = [];
    for (let at = fromMs; at <= toMs; at += 10_000) {
      segments.push({
        floor: FLOOR,
        person,
        fromMs: at,
        offsetsMs: [0, 500],
        xCm: [100, 150],
        yCm: [200, 250],
        sigmaCm: [30, 30],
        measured: [true, false],
        tracks: [`edge-1/cam-1 ${person}`],
      });
    }
    await store.persons.write(segments);
  }

  async function story(persons: readonly string[], fromMs: number, toMs: number): Promise<AlertRecord> {
    const base = alertRecord();
    const record = alertRecord({
      id: randomUUID(),
      raisedAtMs: toMs,
      updatedAtMs: toMs,
      fromMs,
      toMs,
      live: false,
      detail: {
        ...base.detail,
        persons: persons.map((person) => ({ person, role: 'dwelling' as const, fromMs, toMs })),
      },
    });
    await store.alerts.save([record]);
    return record;
  }

  /** What the interface is told when somebody opens the evidence of an alert. */
  async function shown(alert: AlertRecord): Promise<Record<string, PathPoint[]>> {
    const { paths } = await store.persons.evidence({
      floor: FLOOR,
      persons: alert.detail.persons.map(({ person }) => person),
      fromMs: alert.fromMs - MARGIN_MS,
      toMs: alert.toMs + MARGIN_MS,
      alert: alert.id,
    });
    return Object.fromEntries(paths.map(({ person, points }) => [person, points]));
  }

  const place = (alert: string, untilMs: number) =>
    store.privacy.holds.place({ alert, reason: 'complaint 2026-14', owner: 'DPO', untilMs, actor: 'P. Officer' });

  async function held(alert: string, untilMs: number) {
    const placed = await place(alert, untilMs);
    if (placed.kind !== 'held') throw new Error(`not held: ${placed.kind}`);
    return placed.hold;
  }

  it('keep the evidence of one alert as it was shown, and nothing else of its people or of anybody', async () => {
    await empty();
    await walk('InTheStory', START - 20 * MINUTE_MS, START);
    await walk('Bystander', START - 20 * MINUTE_MS, START);
    const alert = await story(['InTheStory'], START - 10 * MINUTE_MS, START - 5 * MINUTE_MS);
    const other = await story(['InTheStory'], START - 20 * MINUTE_MS, START - 12 * MINUTE_MS);
    const before = await shown(alert);
    expect(Object.keys(before).sort()).toEqual(['Bystander', 'InTheStory']);
    const hold = await held(alert.id, START + 10 * DAY_MS);
    expect(await shown(alert)).toEqual(before);

    nowMs = START + 3 * DAY_MS;
    await run();
    expect(await shown(alert)).toEqual({ InTheStory: before.InTheStory });
    expect(await shown(other)).toEqual({});
    const { rows: tracks } = await pool.query<{ at: number }>(
      `SELECT (extract(epoch FROM from_time) * 1000)::bigint AS at FROM held_segment`,
    );
    expect(tracks.length).toBe(hold.rows);
    const window = [alert.fromMs - MARGIN_MS - 1000, alert.toMs + MARGIN_MS] as const;
    expect(tracks.filter(({ at }) => at < window[0] || at > window[1])).toEqual([]);
    // The alert, older than its class allows, can be read as long; it is in no list.
    expect((await store.alerts.get(alert.id))?.id).toBe(alert.id);
    expect(await store.alerts.get(other.id)).toBeNull();
    expect((await store.alerts.list({ state: 'all', limit: 10 })).alerts).toEqual([]);
    expect((await measureOldest(pool)).find(({ table }) => table === 'alert')?.oldestMs).toBeNull();
  });

  it('end by themselves: from that instant nothing can be read, and after one run nothing is left', async () => {
    await empty();
    await walk('InTheStory', START - 20 * MINUTE_MS, START);
    const alert = await story(['InTheStory'], START - 10 * MINUTE_MS, START - 5 * MINUTE_MS);
    const hold = await held(alert.id, START + 10 * DAY_MS);
    nowMs = START + 10 * DAY_MS - 1;
    await run();
    expect(Object.keys(await shown(alert))).toEqual(['InTheStory']);
    nowMs = START + 10 * DAY_MS;
    expect(await shown(alert)).toEqual({});
    expect(await store.alerts.get(alert.id)).toBeNull();
    expect(await store.privacy.holds.list(false)).toEqual([]);
    const results = await run();
    expect(results.find(({ dataClass }) => dataClass === 'evidence')?.rows).toBe(hold.rows);
    for (const table of ['held_segment', 'alert'])
      expect((await pool.query(`SELECT 1 FROM ${table}`)).rows, table).toEqual([]);
    // What was decided stays.
    expect(await store.privacy.holds.list(true)).toMatchObject([{ id: hold.id, endedBy: 'hub', rows: 0 }]);
    const [ended] = await showAudit(pool, { action: 'privacy.hold-ended', limit: 1 });
    expect(ended).toMatchObject({ actor: 'hub', subject: alert.id, detail: { hold: hold.id, rows: hold.rows } });
  });

  it('end together in one run, which tells of all that went and the audit of each', async () => {
    await empty();
    await walk('Later', START - 10 * MINUTE_MS, START);
    await walk('Earlier', START - 60 * MINUTE_MS, START - 50 * MINUTE_MS);
    const stories = [
      await story(['Later'], START - 6 * MINUTE_MS, START - 4 * MINUTE_MS),
      await story(['Earlier'], START - 57 * MINUTE_MS, START - 54 * MINUTE_MS),
    ];
    const ended = [];
    for (const { id } of stories) ended.push(await held(id, START + DAY_MS));
    const stays = await held(stories[0]?.id ?? '', START + 2 * DAY_MS);
    const rows = ended.reduce((sum, hold) => sum + hold.rows, 0);
    const { rows: times } = await pool.query<{ at: number }>(
      'SELECT (extract(epoch FROM from_time) * 1000)::bigint AS at FROM held_segment WHERE hold = ANY ($1::uuid[]) ORDER BY 1',
      [ended.map(({ id }) => id)],
    );
    nowMs = START + DAY_MS;
    await run();
    const [record] = (await lastRuns(pool, 20, true)).filter(({ dataClass }) => dataClass === 'evidence');
    expect(record).toMatchObject({ rows, firstMs: times[0]?.at, lastMs: times.at(-1)?.at, error: null });
    const audit = await showAudit(pool, { action: 'privacy.hold-ended', limit: 2 });
    expect(audit.map(({ subject, detail }) => ({ subject, detail }))).toEqual(
      expect.arrayContaining(
        ended.map(({ id, alert, rows: own }) => ({ subject: alert, detail: { hold: id, rows: own } })),
      ),
    );
    expect(ended[0]?.rows).not.toBe(ended[1]?.rows);
    expect((await store.privacy.holds.list(false)).map(({ id }) => id)).toEqual([stays.id]);
  });

  it('are released with a reason, and another hold on the same alert goes on', async () => {
    await empty();
    await walk('InTheStory', START - 20 * MINUTE_MS, START);
    const alert = await story(['InTheStory'], START - 10 * MINUTE_MS, START - 5 * MINUTE_MS);
    const before = await shown(alert);
    const first = await held(alert.id, START + 2 * DAY_MS);
    nowMs = START + DAY_MS;
    await run();
    // The tracks are gone: the second takes what the first has kept.
    const second = await held(alert.id, START + 20 * DAY_MS);
    expect(second.rows).toBe(first.rows);
    expect(await store.privacy.holds.release(first.id, 'P. Officer', 'is settled')).toMatchObject({ kind: 'released' });
    expect(await store.privacy.holds.release(first.id, 'P. Officer', 'is settled')).toMatchObject({ kind: 'over' });
    nowMs = START + 15 * DAY_MS;
    await run();
    expect(await shown(alert)).toEqual(before);
    await store.privacy.holds.release(second.id, 'P. Officer', 'is settled');
    expect(await shown(alert)).toEqual({});
    expect((await pool.query('SELECT 1 FROM held_segment')).rows).toEqual([]);
    const audit = await showAudit(pool, { action: 'privacy', subject: alert.id, limit: 10 });
    expect(audit.map(({ action, actor }) => [action, actor])).toEqual([
      ['privacy.held', 'P. Officer'],
      ['privacy.held', 'P. Officer'],
      ['privacy.hold-released', 'P. Officer'],
      ['privacy.hold-released', 'P. Officer'],
    ]);
    expect(JSON.stringify(audit)).not.toContain('InTheStory');
  });

  it('take in what a story grows by while they last', async () => {
    await empty();
    await walk('InTheStory', START - 20 * MINUTE_MS, START);
    const alert = await story(['InTheStory'], START - 10 * MINUTE_MS, START);
    await held(alert.id, START + 10 * DAY_MS);
    nowMs = START + 10 * MINUTE_MS;
    await walk('InTheStory', START + 10_000, nowMs);
    const grown = { ...alert, toMs: nowMs, updatedAtMs: nowMs };
    await store.alerts.save([grown]);
    await run();
    const before = await shown(grown);
    nowMs = START + DAY_MS;
    await run();
    expect(await shown(grown)).toEqual(before);
  });

  it('last no longer than the policy in force keeps evidence, also where another one comes into force', async () => {
    await empty();
    await walk('InTheStory', START - 20 * MINUTE_MS, START);
    const alert = await story(['InTheStory'], START - 10 * MINUTE_MS, START);
    expect(await place(alert.id, START + 21 * DAY_MS)).toEqual({ kind: 'too-long', latestMs: START + 20 * DAY_MS });
    expect(await place(randomUUID(), START + DAY_MS)).toEqual({ kind: 'absent' });
    await held(alert.id, START + 20 * DAY_MS);
    nowMs = START + 6 * DAY_MS;
    expect(Object.keys(await shown(alert))).toEqual(['InTheStory']);
    limits.set(policy({ tracks: '2 hours', alerts: '2 days', evidence: '5 days' }));
    expect(await shown(alert)).toEqual({});
    await run();
    expect((await pool.query('SELECT 1 FROM held_segment')).rows).toEqual([]);
  });

  it('are not broken by an erasure that does not say so', async () => {
    await empty();
    nowMs = Date.now();
    const baseMs = nowMs - 2 * HOUR_MS;
    limits.set(policy({ tracks: '72 hours' }));
    await walk('InTheStory', baseMs - 20 * MINUTE_MS, baseMs);
    await walk('Bystander', baseMs - 20 * MINUTE_MS, baseMs);
    const alert = await story(['InTheStory'], baseMs - 10 * MINUTE_MS, baseMs - 5 * MINUTE_MS);
    const hold = await held(alert.id, nowMs + 10 * DAY_MS);
    const erasure = {
      site: SITE,
      floor: FLOOR,
      zone: 'table',
      polygon: [
        [0, 0],
        [10, 0],
        [10, 10],
        [0, 10],
      ] as const,
      fromMs: baseMs - HOUR_MS,
      toMs: baseMs,
      reason: 'request 2026-31',
      actor: 'operator x',
    };
    await expect(erase(pool, erasure, nowMs)).rejects.toThrow(/evidence of that place and time is held:\n.*DPO/);
    const tried = await erase(pool, erasure, nowMs, true);
    expect(tried.holds).toMatchObject([{ id: hold.id, alert: alert.id, owner: 'DPO' }]);
    const before = await shown(alert);
    expect(before.Bystander).toBeDefined();

    const kept = await erase(pool, { ...erasure, held: 'keep' }, nowMs);
    expect(kept.audit?.entry).toContain(`"keptHolds":["${hold.id}"]`);
    expect((await pool.query('SELECT 1 FROM person_segment')).rows).toEqual([]);
    nowMs += 4 * DAY_MS;
    expect(await shown(alert)).toEqual({ InTheStory: before.InTheStory });

    const erased = await erase(pool, { ...erasure, held: 'erase' }, nowMs);
    expect(erased.rows).toMatchObject({ held_segment: hold.rows, alert: 1 });
    expect(await shown(alert)).toEqual({});
    expect(await store.privacy.holds.list(true)).toMatchObject([{ endedBy: 'operator x', rows: 0 }]);
  });

  it('leave nothing but the held evidence readable past the limit, whatever is held, released and waited for', async () => {
    const PEOPLE = ['Ann-Pseudonym', 'Bob-Pseudonym', 'Cid-Pseudonym'] as const;
    const step = fc.oneof(
      fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 4 * 24 * 60 }) }),
      fc.record({
        kind: fc.constant('story' as const),
        who: fc.subarray([...PEOPLE], { minLength: 1 }),
        minutes: fc.integer({ min: 1, max: 10 }),
      }),
      fc.record({ kind: fc.constant('hold' as const), which: fc.nat(5), days: fc.integer({ min: 1, max: 19 }) }),
      fc.record({ kind: fc.constant('release' as const), which: fc.nat(5) }),
      fc.record({ kind: fc.constant('run' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 16 }), async (steps) => {
        await empty();
        const alerts: AlertRecord[] = [];
        const truth: { readonly id: string; readonly alert: AlertRecord; readonly untilMs: number; over: boolean }[] =
          [];
        for (const one of steps) {
          if (one.kind === 'wait') nowMs += one.minutes * MINUTE_MS;
          if (one.kind === 'run') await run();
          if (one.kind === 'story') {
            const fromMs = nowMs - one.minutes * MINUTE_MS;
            for (const person of PEOPLE) await walk(person, fromMs - 2 * MINUTE_MS, nowMs);
            alerts.push(await story(one.who, fromMs, nowMs - MINUTE_MS / 2));
          }
          const target = one.kind === 'hold' ? alerts[one.which % Math.max(1, alerts.length)] : undefined;
          if (one.kind === 'hold' && target) {
            const untilMs = nowMs + one.days * DAY_MS;
            const placed = await place(target.id, untilMs);
            if (placed.kind === 'held') truth.push({ id: placed.hold.id, alert: target, untilMs, over: false });
          }
          const ending = one.kind === 'release' ? truth[one.which % Math.max(1, truth.length)] : undefined;
          if (ending) {
            await store.privacy.holds.release(ending.id, 'P. Officer', 'is settled');
            ending.over = true;
          }
          const lasting = truth.filter(({ over, untilMs }) => !over && untilMs > nowMs);
          for (const alert of alerts) {
            const isHeld = lasting.some((hold) => hold.alert.id === alert.id);
            for (const [person, points] of Object.entries(await shown(alert))) {
              const old = points.filter(([time]) => time < limits.oldestMs('tracks'));
              if (old.length === 0) continue;
              expect(isHeld, 'only what is held can be read past the limit').toBe(true);
              expect(alert.detail.persons.map((who) => who.person)).toContain(person);
              expect(old.filter(([time]) => time < alert.fromMs - MARGIN_MS || time > alert.toMs + MARGIN_MS)).toEqual(
                [],
              );
            }
          }
          if (one.kind === 'run') {
            const { rows } = await pool.query<{ hold: string }>('SELECT DISTINCT hold FROM held_segment');
            const known = lasting.map(({ id }) => id);
            expect(rows.filter(({ hold }) => !known.includes(hold))).toEqual([]);
            const left = await pool.query<{ id: string }>('SELECT id FROM alert WHERE raised_at < $1', [
              new Date(limits.oldestMs('alerts')),
            ]);
            const alertsHeld = lasting.map(({ alert }) => alert.id);
            expect(left.rows.filter(({ id }) => !alertsHeld.includes(id))).toEqual([]);
          }
        }
      }),
      { numRuns: 12 },
    );
  }, 240_000);
});
