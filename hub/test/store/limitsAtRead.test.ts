/** What is past its time is not in the views that people and dashboards read with SQL, whether a retention run has been or not. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds } from '../../../test/services/database.ts';
import type { AuditRecord } from '../../src/audit/entry.ts';
import { builtInPolicy, type DataClass, limitMs, type PrivacyPolicy } from '../../src/privacy/policy.ts';
import { PLAN } from '../privacy/retentionRig.ts';
import { alertRecord } from './alertRecord.ts';
import { createFreshStore, type FreshStore, SITE } from './freshStore.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const BASE = builtInPolicy(24);
const tighter = (name: DataClass, keep: string): PrivacyPolicy => ({
  ...BASE,
  version: `${name} ${keep}`,
  classes: { ...BASE.classes, [name]: { ...BASE.classes[name], keep } },
});

/** A view, the column that a row's age is counted from, its class, and how a row of an age comes into its table. */
interface Limited {
  readonly view: string;
  readonly time: string;
  readonly dataClass: DataClass;
  readonly insert: string;
}

const GAP = `INSERT INTO report_gap (site, floor, device, camera, epoch, sequence, first_sequence, last_sequence, from_time, to_time, reason)
  VALUES ('${SITE}', 'hall', 'edge-1', 'cam-1', 'e', extract(epoch FROM $1::timestamptz), 1, 2, $1, $1, 'size')`;
const ALERT = `INSERT INTO alert (id, site, floor, zone, pattern, state, live, delayed, raised_at, updated_at, from_time, to_time, score, severity,
    sentence, detail, parts)
  VALUES (gen_random_uuid(), '${SITE}', 'hall', 'table', 'dwell', 'new', false, false, $1, $1, $1, $1, 1, 1, '', '{}', '{}')`;

const VIEWS: readonly Limited[] = [
  { view: 'oversight.alert_outcome', time: 'raised_at', dataClass: 'alerts', insert: ALERT },
  { view: 'oversight.report_gap', time: 'from_time', dataClass: 'tracks', insert: GAP },
  {
    view: 'oversight.quarantine',
    time: 'hour',
    dataClass: 'accessLogs',
    insert: "INSERT INTO quarantine (hour, topic, reason, count) VALUES ($1, 't', 'r', 1)",
  },
  {
    view: 'oversight.retention_run',
    time: 'started_at',
    dataClass: 'audit',
    insert: `INSERT INTO retention_run (run, started_at, class, limit_seconds, cutoff) VALUES (gen_random_uuid(), $1, 'tracks', 1, $1)`,
  },
  {
    view: 'oversight.retention_zone_run',
    time: 'started_at',
    dataClass: 'audit',
    insert: `INSERT INTO retention_zone_run (run, started_at, class, floor, zone, limit_seconds, cutoff)
             VALUES (gen_random_uuid(), $1, 'tracks', 'hall', 'table', 1, $1)`,
  },
  {
    view: 'oversight.audit_checkpoint',
    time: 'at',
    dataClass: 'audit',
    insert: `INSERT INTO audit_checkpoint (number, digest, at, key, signature) VALUES (extract(epoch FROM $1::timestamptz), '', $1, '', '')`,
  },
];

describe.each(databaseKinds())('views with the limits of the policy, in %s', (kind) => {
  let fresh: FreshStore;
  beforeAll(async () => {
    fresh = await createFreshStore(kind);
    await fresh.store.summaries.savePlans('UTC', [PLAN]);
    await takeInto(BASE);
  });
  afterAll(() => fresh.close());

  async function takeInto(policy: PrivacyPolicy): Promise<void> {
    for (const person of ['A. Officer', 'B. Officer']) {
      const agreement = { person, role: 'privacy-officer', reason: 'the test says so' } as const;
      await fresh.store.privacy.apply(policy, { actor: person, agreement }, Date.now());
    }
  }
  const count = async (view: string, where = 'true'): Promise<number> => {
    const { rows } = await fresh.pool.query<{ count: number }>(`SELECT count(*) AS count FROM ${view} WHERE ${where}`);
    return rows[0]?.count ?? 0;
  };

  it.each(VIEWS)('show a row of $view up to the limit of $dataClass, and none beyond it', async (one) => {
    const limit = limitMs(BASE, one.dataClass, Date.now());
    for (const ageMs of [limit - HOUR_MS, limit + MINUTE_MS, limit + 40 * DAY_MS])
      await fresh.pool.query(one.insert, [new Date(Date.now() - ageMs)]);
    const { rows } = await fresh.pool.query<{ at: Date }>(`SELECT ${one.time} AS at FROM ${one.view}`);
    expect(rows.map(({ at }) => Math.round((Date.now() - at.getTime()) / MINUTE_MS))).toEqual([
      Math.round((limit - HOUR_MS) / MINUTE_MS),
    ]);
  });

  it('show rows of the audit as long as it is kept, and not those before', async () => {
    const limit = limitMs(BASE, 'audit', Date.now());
    const said = (ageMs: number, subject: string): AuditRecord => ({
      atMs: Date.now() - ageMs,
      actor: 'hub',
      action: 'policy.alerts',
      subject,
    });
    await fresh.store.audit.record(said(limit + MINUTE_MS, 'old'));
    await fresh.store.audit.record(said(limit - HOUR_MS, 'young'));
    for (const view of ['oversight.audit', 'oversight.hub_change']) {
      expect(await count(view, "subject = 'young'"), view).toBe(1);
      expect(await count(view, "subject = 'old'"), view).toBe(0);
    }
  });

  it('obey a tighter policy from its first moment on', async () => {
    expect(await count('oversight.alert_outcome')).toBe(1);
    await takeInto(tighter('alerts', '2 hours'));
    expect(await count('oversight.alert_outcome')).toBe(0);
    await takeInto(BASE);
    expect(await count('oversight.alert_outcome')).toBe(1);
  });

  it('hold the shorter limit of a zone, in every view that tells of one, and the other zones keep theirs', async () => {
    await fresh.pool.query('TRUNCATE alert CASCADE');
    const atMs = Date.now() - 2 * HOUR_MS;
    const at = new Date(atMs);
    for (const zone of ['table', 'quiet']) {
      await fresh.store.alerts.save([alertRecord({ id: randomUUID(), zone, raisedAtMs: atMs, updatedAtMs: atMs })]);
      await fresh.pool.query(
        `INSERT INTO zone_interval (step_seconds, from_time, site, floor, zone, people, entered, stays, stay_seconds, longest_seconds)
         VALUES (300, $1, '${SITE}', 'hall', $2, 1, 1, 1, 1, 1)`,
        [at, zone],
      );
      await fresh.pool.query(
        `INSERT INTO zone_flow (from_time, site, floor, from_zone, to_zone, people)
         VALUES ($1, '${SITE}', 'hall', 'gate', $2, 3), ($1, '${SITE}', 'hall', $2, 'gate', 3)`,
        [at, zone],
      );
      // The hall's quiet corner is drawn from 10 m to 14 m, the table from 0 m to 4 m.
      await fresh.pool.query(
        `INSERT INTO floor_cell (step_seconds, from_time, site, floor, x, y, person_seconds) VALUES (3600, $1, '${SITE}', 'hall', $2, $2, 9)`,
        [at, zone === 'quiet' ? 6 : 1],
      );
      const person = `Somebody-at-${zone}`;
      await fresh.store.episodes.upsert([
        {
          id: randomUUID(),
          floor: 'hall',
          zone,
          person,
          fromMs: atMs,
          toMs: Date.now(),
          seconds: 7200,
          open: true,
          detail: {},
        },
      ]);
    }
    const seen = async () => ({
      outcome: await count('oversight.alert_outcome'),
      alert: await count('dashboard.alert'),
      presence: await count('dashboard.presence'),
      interval: await count('dashboard.zone_interval'),
      flow: await count('dashboard.zone_flow'),
      cell: await count('dashboard.floor_cell'),
    });
    expect(await seen()).toEqual({ outcome: 2, alert: 2, presence: 2, interval: 2, flow: 4, cell: 2 });
    const zone = { floor: 'hall', zone: 'quiet', why: 'Belief is nobody’s business' };
    await takeInto({ ...BASE, zones: [{ ...zone, keep: { episodes: '1 hour' } }] });
    expect(await seen()).toEqual({ outcome: 2, alert: 2, presence: 1, interval: 1, flow: 2, cell: 1 });
    await takeInto({ ...BASE, zones: [{ ...zone, keep: { alerts: '1 hour' } }] });
    expect(await seen()).toEqual({ outcome: 1, alert: 1, presence: 2, interval: 2, flow: 4, cell: 2 });
    for (const view of ['oversight.alert_outcome', 'dashboard.alert'])
      expect(await count(view, "zone = 'table'")).toBe(1);
    await takeInto(BASE);
  });

  it('tell of few people as long as their tracks live, and then of many alone', async () => {
    for (const table of ['zone_interval', 'zone_flow', 'floor_cell']) await fresh.pool.query(`TRUNCATE ${table}`);
    const hours = { young: 23, old: 25 };
    for (const [age, hoursAgo] of Object.entries(hours)) {
      const at = new Date(Date.now() - hoursAgo * HOUR_MS);
      for (const people of [0, 1, 9, 10, 40]) {
        await fresh.pool.query(
          `INSERT INTO zone_interval (step_seconds, from_time, site, floor, zone, people, entered, stays, stay_seconds, longest_seconds)
           VALUES (3600, $1, '${SITE}', $2, $3, 1, $4, 40, 1, 1), (3600, $1, '${SITE}', $2, $3 || '-left', 1, 40, $4, 1, 1)`,
          [at, age, `z${people}`, people],
        );
        await fresh.pool.query(
          `INSERT INTO zone_flow (from_time, site, floor, from_zone, to_zone, people) VALUES ($1, '${SITE}', $2, 'gate', $3, $4)`,
          [at, age, `z${people}`, people],
        );
      }
      await fresh.pool.query(
        `INSERT INTO floor_cell (step_seconds, from_time, site, floor, x, y, person_seconds)
         VALUES (3600, $1, '${SITE}', $2, 1, 1, 3600), (86400, $1, '${SITE}', $2, 1, 1, 3600)`,
        [at, age],
      );
    }
    const told = async (floor: string) => ({
      intervals: await count('dashboard.zone_interval', `floor = '${floor}'`),
      flows: await count('dashboard.zone_flow', `floor = '${floor}'`),
      cells: await count('dashboard.floor_cell', `floor = '${floor}'`),
    });
    expect(await told('young')).toEqual({ intervals: 10, flows: 5, cells: 2 });
    expect(await told('old')).toEqual({ intervals: 4, flows: 2, cells: 1 });
    await takeInto({ ...BASE, leastPeople: 40 });
    expect(await told('old')).toEqual({ intervals: 2, flows: 1, cells: 1 });
    await takeInto(BASE);
  });
});
