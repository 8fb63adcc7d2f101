import { randomUUID } from 'node:crypto';
import type { FloorPlan } from '@safe-passage/contract';
import type pg from 'pg';
import { expect } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/services/database.ts';
import { newKey, signerOf } from '../../src/audit/signing.ts';
import { runRetention } from '../../src/privacy/engine.ts';
import { RetentionLimits } from '../../src/privacy/limits.ts';
import { builtInPolicy, DATA_CLASSES, type PrivacyPolicy } from '../../src/privacy/policy.ts';
import { RETAINED_TABLES } from '../../src/privacy/retainedTables.ts';
import { ZoneSweeps } from '../../src/privacy/zoneSweeps.ts';
import { hubRoleUrl, migrate, openDatabase, openStore, type Store } from '../../src/store/index.ts';
import type { RetentionStore } from '../../src/store/privacy/retention.ts';
import { alertRecord } from '../store/alertRecord.ts';

export const SITE = 'demo';
export const FLOOR = 'hall';
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const RUN_MS = 2 * MINUTE_MS;
export const START = Date.parse('2026-11-01T00:00:00Z');

const square = (id: string, at: number): FloorPlan['zones'][number] => ({
  id,
  name: id,
  kind: 'waiting',
  polygon: [
    [at, at],
    [at + 4, at],
    [at + 4, at + 4],
    [at, at + 4],
  ],
});
export const PLAN: FloorPlan = {
  id: FLOOR,
  name: 'Hall',
  bounds: [
    [0, 0],
    [20, 20],
  ],
  walls: [],
  zones: [square('table', 0), square('quiet', 10)],
  cameras: [],
};
export type ZoneName = 'table' | 'quiet';

/** Something that could be read: of when, and where. */
export interface Seen {
  readonly atMs: number;
  readonly zone: ZoneName;
}

/** The built-in policy with other limits. */
export function policy(keep: {
  readonly tracks: string;
  readonly episodes: string;
  readonly alerts: string;
}): PrivacyPolicy {
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
export class Rig {
  nowMs = START;
  readonly limits = new RetentionLimits(() => this.nowMs, [PLAN]);
  readonly sweeps = new ZoneSweeps();
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
      sweeps: this.sweeps,
      now: () => this.nowMs,
      pruneAudit: (olderThanMs, nowMs) => this.store.audit.prune(this.signer, olderThanMs, nowMs),
    });
  }

  /** What a second of traffic leaves: a report with a track, a gap, a stay, a movement and an alert. */
  async traffic(atMs: number, zone: ZoneName = 'table'): Promise<void> {
    const away = zone === 'quiet' ? 1000 : 0;
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
                [0, 100 + away, 200 + away, 30, 1],
                [900, 150 + away, 250 + away, 30, 1],
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
    const places = {
      offsetsMs: [0, 900],
      xCm: [100 + away, 150 + away],
      yCm: [200 + away, 250 + away],
      sigmaCm: [30, 30],
      measured: [true, true],
    };
    await this.store.persons.write([
      { floor: FLOOR, person: `Pseudonym-${sequence}`, fromMs: atMs, ...places, tracks: [] },
    ]);
    const common = { floor: FLOOR, zone, fromMs: atMs, toMs: atMs + 60_000, open: false, detail: {} };
    await this.store.episodes.upsert([{ ...common, id: randomUUID(), person: 'p', seconds: 60 }]);
    await this.store.movements.upsert([{ ...common, id: randomUUID(), pattern: 'escort', score: 1 }]);
    await this.store.alerts.save([
      alertRecord({
        id: randomUUID(),
        zone,
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

  /** What can be read now of each class, of the whole of its time, and of which zone it is. @param around those who are nobody's evidence as well. */
  async readableIn({ around = false } = {}): Promise<{ tracks: Seen[]; episodes: Seen[]; alerts: Seen[] }> {
    const { store } = this;
    const zoneAt = (x: number): ZoneName => (x > 5 ? 'quiet' : 'table');
    const tracks: Seen[] = [];
    // A replay of three days looks at every ten seconds of them: those of what is too old in its zone, and of the newest, are enough.
    const oldestMs = this.limits.zones('tracks')[0]?.oldestMs ?? 0;
    const { rows } = await this.pool.query<{ at: Date }>(
      `SELECT from_time AS at FROM track_segment WHERE x_cm[1] > 500 AND from_time < $1
       UNION SELECT max(from_time) FROM track_segment WHERE x_cm[1] > 500 HAVING count(*) > 0`,
      [new Date(oldestMs)],
    );
    for (const { at } of rows) {
      const [fromMs, toMs] = [at.getTime(), at.getTime() + 1];
      for await (const { report } of store.tracks.replay({ fromMs, toMs })) {
        for (const { points } of report.tracks)
          tracks.push({ atMs: report.fromMs, zone: zoneAt((points[0]?.[1] ?? 0) / 100) });
      }
      await store.reidentification.reading(fromMs, toMs)((_floor, _person, atMs, x) => {
        tracks.push({ atMs, zone: zoneAt(x) });
      }, 1);
    }
    const persons = Array.from({ length: this.#sequence }, (_, i) => `Pseudonym-${i + 1}`);
    const everything = { floor: FLOOR, fromMs: 0, toMs: this.nowMs + DAY_MS };
    for (const names of around ? [persons, []] : [persons]) {
      const { paths } = await store.persons.evidence({ ...everything, persons: names, maxOthers: 500 });
      for (const { points } of paths) for (const [atMs, x] of points) tracks.push({ atMs, zone: zoneAt(x) });
    }
    const all = { sinceMs: 0, limit: 10_000 };
    const lists = [
      await store.episodes.list(all),
      await store.episodes.ongoing(0),
      await store.movements.list(all),
      await store.movements.ongoing(0),
    ];
    const { alerts } = await store.alerts.list({ state: 'all', limit: 500 });
    const seen = (one: { readonly zone: string | null }, atMs: number): Seen => ({
      atMs,
      zone: one.zone === 'quiet' ? 'quiet' : 'table',
    });
    return {
      tracks,
      episodes: lists.flat().map((one) => seen(one, one.fromMs)),
      alerts: alerts.map((one) => seen(one, one.raisedAtMs)),
    };
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
      'retention_zone_run',
    ]) {
      await this.pool.query(`TRUNCATE ${table}`);
    }
    await this.pool.query('TRUNCATE alert CASCADE');
  }
}
