import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../../../test/services/database.ts';
import { newKey, signerOf } from '../../src/audit/signing.ts';
import { runRetention, startRetention } from '../../src/privacy/engine.ts';
import { RetentionLimits } from '../../src/privacy/limits.ts';
import { builtInPolicy, DATA_CLASSES, type PrivacyPolicy } from '../../src/privacy/policy.ts';
import { RETAINED_TABLES } from '../../src/privacy/retainedTables.ts';
import { showAudit } from '../../src/store/audit/reads.ts';
import { hubRoleUrl, migrate, openDatabase, openStore, type Store } from '../../src/store/index.ts';
import { measureOldest } from '../../src/store/privacy/oldest.ts';
import { lastRuns, type RetentionStore } from '../../src/store/privacy/retention.ts';
import { alertRecord } from '../store/alertRecord.ts';

const SITE = 'demo';
const FLOOR = 'hall';
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RUN_MS = 2 * MINUTE_MS;
const START = Date.parse('2026-11-01T00:00:00Z');

function policy(keep: { readonly tracks: string; readonly episodes: string; readonly alerts: string }): PrivacyPolicy {
  const base = builtInPolicy(72);
  const classes = Object.fromEntries(
    DATA_CLASSES.map((name) => [
      name,
      { ...base.classes[name], ...(name in keep ? { keep: keep[name as 'tracks'] } : {}) },
    ]),
  );
  return { ...base, classes: classes as PrivacyPolicy['classes'] };
}

/** A database in which time is whatever the test says. */
class Rig {
  nowMs = START;
  readonly limits = new RetentionLimits(() => this.nowMs);
  readonly signer = signerOf(newKey());
  readonly #database: TestDatabase;
  readonly pool: pg.Pool;
  readonly store: Store;
  #sequence = 0;

  private constructor(database: TestDatabase, url: string) {
    this.#database = database;
    // The owner's, to look from outside.
    this.pool = openDatabase(database.url, { connections: 3 });
    this.store = openStore({ url, site: SITE, tracksHours: 72, limits: this.limits, zoneName: (floor) => floor });
  }

  static async create(kind: 'postgres' | 'timescale'): Promise<Rig> {
    const database = await createTestDatabase(kind);
    await migrate(database.url);
    return new Rig(database, (await hubRoleUrl(database.url)).url);
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.pool.end();
    await this.#database.drop();
  }

  get retention(): RetentionStore {
    return this.store.privacy.retention;
  }

  async run(retention: RetentionStore = this.retention) {
    return await runRetention({
      store: retention,
      limits: this.limits,
      now: () => this.nowMs,
      pruneAudit: (olderThanMs, nowMs) => this.store.audit.prune(this.signer, olderThanMs, nowMs),
    });
  }

  /** What a second of traffic leaves: a report with a track, a gap, a stay, a movement and an alert. */
  async traffic(atMs: number): Promise<void> {
    const sequence = ++this.#sequence;
    const address = { site: SITE, floor: FLOOR, device: 'edge-1', camera: 'cam-1' };
    const epoch = '0123456789abcdef';
    await this.store.reports.writeBatch([
      {
        address,
        receivedAtMs: atMs,
        report: {
          schema: 'track-report/1',
          camera: 'cam-1',
          calibration: 'nominal',
          epoch,
          sequence,
          fromMs: atMs,
          toMs: atMs + 900,
          tracks: [
            {
              id: `Pseudonym-${sequence}`,
              state: 'active',
              points: [
                [0, 100, 200, 30, 1],
                [900, 150, 250, 30, 1],
              ],
            },
          ],
        },
      },
      {
        address,
        receivedAtMs: atMs,
        report: {
          schema: 'gap-report/1',
          camera: 'cam-1',
          epoch,
          sequence: sequence + 1_000_000,
          firstSequence: 1,
          lastSequence: 2,
          fromMs: atMs,
          toMs: atMs,
          reason: 'size',
        },
      },
    ]);
    const places = { offsetsMs: [0, 900], xCm: [100, 150], yCm: [200, 250], sigmaCm: [30, 30], measured: [true, true] };
    await this.store.persons.write([
      { floor: FLOOR, person: `Pseudonym-${sequence}`, fromMs: atMs, ...places, tracks: [] },
    ]);
    const common = { floor: FLOOR, zone: 'table', fromMs: atMs, toMs: atMs + 60_000, open: false, detail: {} };
    await this.store.episodes.upsert([{ ...common, id: randomUUID(), person: 'p', seconds: 60 }]);
    await this.store.movements.upsert([{ ...common, id: randomUUID(), pattern: 'escort', score: 1 }]);
    await this.store.alerts.save([
      alertRecord({
        id: randomUUID(),
        raisedAtMs: atMs,
        updatedAtMs: atMs,
        fromMs: atMs,
        toMs: atMs + 60_000,
        live: false,
      }),
    ]);
  }

  /** Rows on the disk whose time is before. */
  async onDisk(dataClass: string, beforeMs: number): Promise<number> {
    let count = 0;
    for (const { table, time } of RETAINED_TABLES.filter((one) => one.dataClass === dataClass)) {
      const there = await this.pool.query('SELECT to_regclass($1) AS at', [table]);
      if (there.rows[0]?.at === null) continue;
      const { rows } = await this.pool.query<{ count: number }>(
        `SELECT count(*) AS count FROM ${table} WHERE ${time} < $1`,
        [new Date(beforeMs)],
      );
      count += rows[0]?.count ?? 0;
    }
    return count;
  }

  /** The times of everything that can be read now. */
  async readable(): Promise<{ tracks: number[]; episodes: number[]; alerts: number[] }> {
    const { store } = this;
    const tracks: number[] = [];
    // A replay looks at every ten seconds: the first of what it may show is enough.
    const window = { fromMs: 0, toMs: this.limits.oldestMs('tracks') + MINUTE_MS };
    for await (const { report } of store.tracks.replay(window)) tracks.push(report.fromMs);
    const persons = Array.from({ length: this.#sequence }, (_, i) => `Pseudonym-${i + 1}`);
    const evidence = await store.persons.evidence({ floor: FLOOR, persons, fromMs: 0, toMs: this.nowMs + DAY_MS });
    tracks.push(...evidence.paths.flatMap((path) => path.points.map(([time]) => time)));
    const all = { sinceMs: 0, limit: 10_000 };
    const lists = [
      await store.episodes.list(all),
      await store.episodes.ongoing(0),
      await store.movements.list(all),
      await store.movements.ongoing(0),
    ];
    const listed = await store.alerts.list({ state: 'all', limit: 500 });
    const alerts = listed.alerts.map((alert) => alert.raisedAtMs);
    alerts.push(...(await store.alerts.ongoing(0)).map((alert) => alert.raisedAtMs));
    expect(listed.counts.new).toBe(listed.alerts.length);
    return { tracks, episodes: lists.flat().map((one) => one.fromMs), alerts };
  }

  async empty(): Promise<void> {
    for (const table of [
      'track_segment',
      'track_report',
      'report_gap',
      'person_segment',
      'dwell_episode',
      'movement_episode',
      'retention_run',
    ]) {
      await this.pool.query(`TRUNCATE ${table}`);
    }
    await this.pool.query('TRUNCATE alert CASCADE');
  }
}

describe.each(databaseKinds())('retention in %s', (kind) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.create(kind);
  });
  afterAll(() => rig.close());

  it('lets nobody read a row past its limit at any instant, and leaves none on the disk past limit and one run', async () => {
    const step = fc.oneof(
      // Time passes, from a minute to eight days.
      fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: MINUTE_MS, max: 8 * DAY_MS }) }),
      // Traffic of now, or late by up to five days: what is too late already is not taken.
      fc.record({ kind: fc.constant('traffic' as const), lateMs: fc.integer({ min: 0, max: 5 * DAY_MS }) }),
      fc.record({ kind: fc.constant('policy' as const), which: fc.integer({ min: 0, max: 4 }) }),
    );
    const policies = [
      policy({ tracks: '72 hours', episodes: '30 days', alerts: '90 days' }),
      policy({ tracks: '24 hours', episodes: '7 days', alerts: '30 days' }),
      policy({ tracks: '90 minutes', episodes: '36 hours', alerts: '5 days' }),
      policy({ tracks: '10 minutes', episodes: '1 hour', alerts: '2 hours' }),
      policy({ tracks: '48 hours', episodes: '2 days', alerts: '2 days' }),
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), fc.nat(4), async (steps, first) => {
        await rig.empty();
        rig.nowMs = START;
        rig.limits.set(policies[first] ?? policies[0] ?? builtInPolicy(72));
        for (const one of steps) {
          if (one.kind === 'wait') rig.nowMs += one.ms;
          if (one.kind === 'policy') rig.limits.set(policies[one.which] ?? builtInPolicy(72));
          if (one.kind === 'traffic' && one.lateMs <= rig.limits.keptMs('tracks'))
            await rig.traffic(rig.nowMs - one.lateMs);
          // Before any run: the limit holds for whoever reads.
          const readable = await rig.readable();
          for (const name of ['tracks', 'episodes', 'alerts'] as const) {
            const oldest = rig.limits.oldestMs(name);
            expect(
              readable[name].filter((time) => time < oldest),
              name,
            ).toEqual([]);
          }
          const results = await rig.run();
          expect(results.map((result) => result.error)).toEqual(results.map(() => null));
          for (const name of ['tracks', 'episodes', 'alerts'] as const) {
            expect(await rig.onDisk(name, rig.limits.oldestMs(name)), name).toBe(0);
          }
          // One run later at the latest, what has passed its limit since then is gone as well.
          rig.nowMs += RUN_MS;
        }
      }),
      { numRuns: 8 },
    );
  }, 240_000);

  it('keeps everything that is within its limit', async () => {
    await rig.empty();
    rig.nowMs = START;
    rig.limits.set(policy({ tracks: '72 hours', episodes: '30 days', alerts: '90 days' }));
    for (const hours of [0, 1, 2.5, 50, 71.9]) await rig.traffic(START - hours * HOUR_MS);
    await rig.run();
    const { tracks, episodes, alerts } = await rig.readable();
    const paths = (times: number[]) => new Set(times.map((time) => Math.floor((time - START) / MINUTE_MS))).size;
    expect([paths(tracks), episodes.length, alerts.length]).toEqual([5, 20, 10]);
    expect(await rig.onDisk('tracks', rig.nowMs + 1)).toBe(20);
    rig.nowMs += 2 * HOUR_MS;
    await rig.run();
    expect(paths((await rig.readable()).tracks)).toBe(4);
    expect(await rig.onDisk('tracks', rig.nowMs)).toBe(16);
  });

  it('leaves a record of each run, and the same in the audit', async () => {
    await rig.empty();
    rig.nowMs = START;
    rig.limits.set(policy({ tracks: '2 hours', episodes: '1 day', alerts: '2 days' }));
    for (const minutes of [0, 30, 61]) await rig.traffic(START + minutes * MINUTE_MS);
    rig.nowMs = START + 150 * MINUTE_MS + 1;
    await rig.run();
    const runs = await lastRuns(rig.pool, 10, true);
    expect(runs).toMatchObject([
      {
        dataClass: 'tracks',
        limitSeconds: 7200,
        // Reports, segments and gaps of two of the three.
        rows: 8,
        firstMs: START,
        lastMs: START + 30 * MINUTE_MS,
        oldestMs: START + 61 * MINUTE_MS,
        error: null,
      },
    ]);
    const row = (await showAudit(rig.pool, { action: 'retention', limit: 1 }))[0];
    expect(row?.detail).toMatchObject({ tracks: { rows: 8, limitSeconds: 7200 }, alerts: { rows: 0 } });
    expect(JSON.stringify(row)).not.toContain('Pseudonym');
  });

  it('goes on with everything else where something is locked, says what, and destroys it in the next run', async () => {
    await rig.empty();
    rig.nowMs = START;
    rig.limits.set(policy({ tracks: '2 hours', episodes: '1 day', alerts: '2 days' }));
    for (const hours of [0, 1, 2, 3]) await rig.traffic(START + hours * HOUR_MS);
    rig.nowMs = START + 4 * DAY_MS;
    const holder = await rig.pool.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT 1 FROM track_segment WHERE from_time = $1 FOR UPDATE', [new Date(START + HOUR_MS)]);
      const results = await rig.run();
      const tracks = results.find((result) => result.dataClass === 'tracks');
      expect(tracks?.error).toMatch(/track_segment/);
      expect(results.filter((result) => result.error !== null)).toHaveLength(1);
      const left = await rig.pool.query<{ from_time: Date }>('SELECT from_time FROM track_segment');
      expect(left.rows.map((row) => row.from_time.getTime())).toEqual([START + HOUR_MS]);
      expect(await rig.onDisk('alerts', rig.nowMs)).toBe(0);
      // Not readable all the same.
      expect((await rig.readable()).tracks).toEqual([]);
    } finally {
      await holder.query('ROLLBACK');
      holder.release();
    }
    expect((await rig.run()).every((result) => result.error === null)).toBe(true);
    expect(await rig.onDisk('tracks', rig.nowMs)).toBe(0);
  });

  it('destroys every row while somebody reads the tables for hours, as a backup does', async () => {
    await rig.empty();
    rig.nowMs = START;
    rig.limits.set(policy({ tracks: '2 hours', episodes: '1 day', alerts: '2 days' }));
    for (const hours of [0, 1, 2]) await rig.traffic(START + hours * HOUR_MS);
    rig.nowMs = START + 4 * DAY_MS;
    const backup = await rig.pool.connect();
    try {
      await backup.query('BEGIN');
      await backup.query('SELECT count(*) FROM track_segment, track_report, dwell_episode, movement_episode');
      const errors = (await rig.run()).map((result) => result.error);
      expect(errors).toEqual(errors.map(() => null));
      expect(await rig.onDisk('tracks', rig.nowMs)).toBe(0);
      expect(await rig.onDisk('episodes', rig.nowMs)).toBe(0);
    } finally {
      await backup.query('ROLLBACK');
      backup.release();
    }
    await rig.run();
    if (kind === 'timescale') {
      const { rows } = await rig.pool.query(
        "SELECT 1 FROM timescaledb_information.chunks WHERE hypertable_name = 'track_segment'",
      );
      expect(rows, 'the empty chunks go in the next run').toEqual([]);
    }
  });

  it('says what had gone where the hub was killed in the middle of a run, and does the rest in the next', async () => {
    await rig.empty();
    rig.nowMs = START;
    rig.limits.set(policy({ tracks: '2 hours', episodes: '1 day', alerts: '2 days' }));
    for (const hours of [0, 1, 2, 3]) await rig.traffic(START + hours * HOUR_MS);
    rig.nowMs = START + 4 * DAY_MS;
    let removals = 0;
    const killed = new Error('killed');
    const dying: RetentionStore = {
      ...rig.retention,
      remove: async (...args) => {
        if (removals++ > 0) throw killed;
        return await rig.retention.remove(...args);
      },
      // What a killed process does not do.
      finish: () => Promise.reject(killed),
    };
    await expect(rig.run(dying)).rejects.toBe(killed);
    const [unended] = (await lastRuns(rig.pool, 10, true)).filter((run) => run.dataClass === 'tracks');
    const left = await rig.onDisk('tracks', rig.nowMs);
    expect(unended).toMatchObject({ finishedMs: null, rows: 16 - left });
    expect(unended?.rows).toBeGreaterThan(0);
    rig.nowMs += RUN_MS;
    await rig.run();
    expect(await rig.onDisk('tracks', rig.nowMs)).toBe(0);
  });

  it('obeys a clock that jumps: back without harm, forward as time does', async () => {
    await rig.empty();
    rig.nowMs = START;
    rig.limits.set(policy({ tracks: '2 hours', episodes: '1 day', alerts: '2 days' }));
    await rig.traffic(START);
    rig.nowMs = START - 30 * DAY_MS;
    await rig.run();
    expect(await rig.onDisk('tracks', START + 1)).toBe(4);
    rig.nowMs = START + 30 * DAY_MS;
    await rig.run();
    expect(await rig.onDisk('tracks', START + 1)).toBe(0);
  });

  it('is measured from outside: the oldest row of every table, and no table with a time that has no class', async () => {
    await rig.empty();
    rig.nowMs = START;
    rig.limits.set(policy({ tracks: '2 hours', episodes: '1 day', alerts: '2 days' }));
    await rig.traffic(START + 7);
    const ages = await measureOldest(rig.pool);
    for (const table of ['track_segment', 'track_report', 'report_gap', 'dwell_episode', 'movement_episode', 'alert']) {
      expect(
        ages.find((one) => one.table === table),
        table,
      ).toMatchObject({ oldestMs: START + 7 });
    }
    expect(ages.filter((one) => one.dataClass === null)).toEqual([]);
    await rig.pool.query('CREATE TABLE forgotten (seen_at timestamptz)');
    try {
      expect(await measureOldest(rig.pool)).toContainEqual({ table: 'forgotten', dataClass: null, oldestMs: null });
    } finally {
      await rig.pool.query('DROP TABLE forgotten');
    }
  });

  it('runs at once, counts what it did, and is late where no run succeeds', async () => {
    await rig.empty();
    rig.nowMs = START;
    rig.limits.set(policy({ tracks: '2 hours', episodes: '1 day', alerts: '2 days' }));
    await rig.traffic(START);
    rig.nowMs += 3 * HOUR_MS;
    const silent = { info: () => undefined, error: () => undefined };
    let broken = false;
    const flaky: RetentionStore = {
      ...rig.retention,
      begin: (...args) => (broken ? Promise.reject(new Error('disk full')) : rig.retention.begin(...args)),
    };
    const pruneAudit = () => Promise.resolve(0);
    const engine = startRetention({ store: flaky, limits: rig.limits, now: () => rig.nowMs, pruneAudit }, silent);
    try {
      await engine.runNow();
      expect(engine.figures()).toMatchObject({ failedRuns: 0, late: false, lastSuccessSeconds: rig.nowMs / 1000 });
      expect(engine.figures().classes.find((one) => one.dataClass === 'tracks')).toMatchObject({
        removedRows: 4,
        failed: false,
      });
      broken = true;
      rig.nowMs += 5 * MINUTE_MS;
      await engine.runNow();
      expect(engine.figures()).toMatchObject({ failedRuns: 1, late: false });
      rig.nowMs += 2 * MINUTE_MS;
      await engine.runNow();
      expect(engine.figures()).toMatchObject({ failedRuns: 2, late: true });
    } finally {
      await engine.stop();
    }
  });
});
