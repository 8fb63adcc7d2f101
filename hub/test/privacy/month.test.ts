/** Thirty days under five policies, with time made fast: what may be read at any instant, what lies on the disk, and what goes wrong. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds } from '../../../test/services/database.ts';
import { durationMs, type PrivacyPolicy, type ZonePolicy } from '../../src/privacy/policy.ts';
import { measureOldestInZones } from '../../src/store/privacy/oldest.ts';
import { policyHistory } from '../../src/store/privacy/policies.ts';
import type { RetentionStore } from '../../src/store/privacy/retention.ts';
import { DAY_MS, FLOOR, HOUR_MS, MINUTE_MS, policy, Rig, RUN_MS, START } from './retentionRig.ts';

const DAYS = 30;
/** Between two runs that are looked at; runs in between have nothing else to do. */
const STEP_MS = 8 * HOUR_MS;
const CLASSES = ['tracks', 'episodes', 'alerts'] as const;

/** One zone in which less is kept: less again, a class less, nowhere any more, and all of it again. */
const quiet = (keep: ZonePolicy['keep']): Pick<PrivacyPolicy, 'zones'> => ({
  zones: [{ floor: FLOOR, zone: 'quiet', keep, why: 'Belief is nobody’s business' }],
});

/** Six days each, some tighter and some looser than the one before. */
const POLICIES: readonly PrivacyPolicy[] = [
  {
    ...policy({ tracks: '72 hours', episodes: '10 days', alerts: '20 days' }),
    ...quiet({ tracks: '2 hours', episodes: '12 hours', alerts: '2 days' }),
  },
  {
    ...policy({ tracks: '24 hours', episodes: '7 days', alerts: '8 days' }),
    ...quiet({ tracks: '30 minutes', episodes: '3 hours', alerts: '1 day' }),
  },
  {
    ...policy({ tracks: '90 minutes', episodes: '36 hours', alerts: '5 days' }),
    ...quiet({ tracks: '20 minutes', episodes: '90 minutes' }),
  },
  policy({ tracks: '48 hours', episodes: '2 days', alerts: '2 days' }),
  {
    ...policy({ tracks: '30 hours', episodes: '15 days', alerts: '30 days' }),
    ...quiet({ tracks: '26 hours', episodes: '2 hours', alerts: '1 day', evidence: '1 hour' }),
  },
].map((one, index) => ({ ...one, version: `month/${index + 1}` }));

type Fault = 'locked row' | 'locked chunk' | 'disk full' | 'killed' | 'clock ahead' | 'clock behind';
/** At which step what goes wrong; each for one run. */
const FAULTS: Readonly<Record<number, Fault>> = {
  7: 'locked row',
  15: 'disk full',
  23: 'killed',
  31: 'clock behind',
  41: 'locked chunk',
  52: 'killed',
  61: 'disk full',
  70: 'locked row',
  88: 'clock ahead',
};

const longest = (one: PrivacyPolicy, name: (typeof CLASSES)[number]): number => durationMs(one.classes[name].keep);
const inQuiet = (one: PrivacyPolicy, name: (typeof CLASSES)[number]): number =>
  durationMs(one.zones?.[0]?.keep[name] ?? one.classes[name].keep);

const killed = new Error('killed');
/** A hub that is killed after it has destroyed something: it ends no record. */
const dying = (store: RetentionStore): RetentionStore => {
  let removed = 0;
  return {
    ...store,
    remove: async (part, ...rest) => {
      if (removed > 0) throw killed;
      const rows = await store.remove(part, ...rest);
      removed += rows;
      return rows;
    },
    finish: () => Promise.reject(killed),
  };
};

describe.each(databaseKinds())('a month of traffic in %s', (kind) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.create(kind);
  });
  afterAll(() => rig.close());

  /** Takes a policy into force as a hub and its two officers do. */
  async function takeInto(force: PrivacyPolicy): Promise<void> {
    for (const person of ['hub', 'A. Officer', 'B. Officer']) {
      const agreement =
        person === 'hub' ? null : { person, role: 'privacy-officer' as const, reason: 'the month says so' };
      const outcome = await rig.store.privacy.apply(force, { actor: person, agreement }, rig.nowMs);
      if (outcome.kind !== 'waits') break;
    }
    await restart();
  }

  /** What a hub knows when it starts: what the database says. */
  async function restart(): Promise<PrivacyPolicy | undefined> {
    const inForce = (await rig.store.privacy.inForce())?.policy;
    if (inForce) rig.limits.set(inForce);
    return inForce;
  }

  async function nothingReadableIsTooOld(when: string): Promise<void> {
    const readable = await rig.readable();
    for (const name of CLASSES) {
      const oldest = rig.limits.oldestMs(name);
      expect(
        readable[name].filter((time) => time < oldest),
        `${name}, ${when}`,
      ).toEqual([]);
    }
  }

  async function nothingReadableIsTooOldInItsZone(when: string): Promise<void> {
    const byZone = await rig.readableIn();
    for (const name of CLASSES) {
      for (const { zone, oldestMs } of rig.limits.zones(name)) {
        const tooOld = byZone[name].filter((one) => one.zone === zone && one.atMs < oldestMs);
        expect(tooOld, `${name} in ${zone}, ${when}`).toEqual([]);
      }
    }
  }

  const leftOnDisk = async (): Promise<number> => {
    const counts = await Promise.all(CLASSES.map((name) => rig.onDisk(name, rig.limits.oldestMs(name))));
    let late = counts.reduce((sum, count) => sum + count, 0);
    for (const name of CLASSES) {
      for (const { oldestMs, limitMs } of await measureOldestInZones(rig.pool, name, rig.limits.zones(name)))
        if (oldestMs !== null && oldestMs < rig.nowMs - limitMs) late++;
    }
    return late;
  };

  /** @returns what ends it. */
  async function begin(fault: Fault): Promise<() => Promise<void>> {
    if (fault === 'clock ahead' || fault === 'clock behind') {
      rig.nowMs += fault === 'clock ahead' ? 3 * DAY_MS : -2 * DAY_MS;
      return () => Promise.resolve();
    }
    if (fault === 'disk full') {
      // What PostgreSQL says where a file cannot grow: at the first thing that a run writes.
      await rig.pool.query(
        `CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
         CREATE TRIGGER no_space BEFORE INSERT ON retention_run FOR EACH ROW EXECUTE FUNCTION no_space()`,
      );
      return async () => {
        await rig.pool.query('DROP TRIGGER no_space ON retention_run; DROP FUNCTION no_space');
      };
    }
    if (fault === 'killed') return () => Promise.resolve();
    const client = await rig.pool.connect();
    await client.query('BEGIN');
    // A reader's lock keeps chunks from being dropped; a writer's keeps its row.
    await client.query(
      fault === 'locked chunk'
        ? 'SELECT count(*) FROM track_segment'
        : 'SELECT 1 FROM track_segment ORDER BY from_time LIMIT 1 FOR UPDATE',
    );
    return async () => {
      await client.query('ROLLBACK');
      client.release();
    };
  }

  it('shows nothing past its limit at any instant, leaves nothing past limit and run, and loses no policy to any fault', async () => {
    await rig.empty();
    rig.nowMs = START;
    const chance = fc.sample(fc.double({ min: 0, max: 1, noNaN: true }), { numRuns: 1000, seed: 20261128 });
    let drawn = 0;
    const draw = (): number => chance[drawn++ % chance.length] ?? 0;
    const met = new Set<Fault>();
    for (let step = 0; step < (DAYS * DAY_MS) / STEP_MS; step++) {
      const daily = POLICIES[Math.floor((step * STEP_MS) / (6 * DAY_MS))];
      if (daily && rig.limits.policy?.version !== daily.version) await takeInto(daily);
      const inForce = rig.limits.policy;

      const stepEndsMs = rig.nowMs + STEP_MS;
      for (let n = 0; n < 2; n++) {
        rig.nowMs += Math.floor((draw() * STEP_MS) / 2);
        // Delivered late, but never later than the tracks live.
        const lateMs = draw() < 0.3 ? draw() * Math.min(5 * HOUR_MS, rig.limits.keptMs('tracks')) : 0;
        await rig.traffic(Math.floor(rig.nowMs - lateMs));
        if (n === 0) await rig.traffic(Math.floor(rig.nowMs - draw() * lateMs), 'quiet');
      }
      rig.nowMs = stepEndsMs;
      // Between two runs: at some instant, and at the very one after which the oldest track may not be read.
      const { rows } = await rig.pool.query<{ at: Date | null }>('SELECT min(from_time) AS at FROM track_segment');
      const edgeMs = (rows[0]?.at?.getTime() ?? 0) + rig.limits.keptMs('tracks') + 1;
      const { rows: quietRows } = await rig.pool.query<{ at: Date | null }>(
        'SELECT min(from_time) AS at FROM track_segment WHERE x_cm[1] > 500',
      );
      const [zone] = rig.limits.zones('tracks');
      const zoneEdgeMs = (quietRows[0]?.at?.getTime() ?? 0) + (zone?.keptMs ?? 0) + 1;
      for (const [instant, look] of [
        [rig.nowMs - draw() * STEP_MS, nothingReadableIsTooOld],
        [edgeMs, nothingReadableIsTooOld],
        [zoneEdgeMs, nothingReadableIsTooOldInItsZone],
      ] as const) {
        const now = rig.nowMs;
        rig.nowMs = Math.max(now, Math.floor(instant));
        await look(`step ${step}`);
        rig.nowMs = now;
      }

      const fault = FAULTS[step];
      if (fault) {
        met.add(fault);
        const end = await begin(fault);
        try {
          const run = rig.run(fault === 'killed' ? dying(rig.retention) : rig.retention);
          if (fault === 'killed') await expect(run).rejects.toBe(killed);
          else if (fault === 'disk full') await expect(run).rejects.toThrow(/No space left/);
          else
            expect((await run).filter(({ zone, error }) => zone === null && error !== null).length).toBeLessThanOrEqual(
              1,
            );
          await nothingReadableIsTooOld(`step ${step}, ${fault}`);
          await nothingReadableIsTooOldInItsZone(`step ${step}, ${fault}`);
        } finally {
          await end();
        }
        // The hub comes back and knows its policy; the next run does what the fault kept back.
        expect(await restart()).toEqual(inForce);
        if (fault === 'clock behind') rig.nowMs += 2 * DAY_MS;
        rig.nowMs += RUN_MS;
      }
      const failed = (await rig.run()).filter(({ error }) => error !== null);
      expect(failed, `step ${step}`).toEqual([]);
      expect(await leftOnDisk(), `step ${step}`).toBe(0);
      rig.nowMs = Math.max(rig.nowMs, stepEndsMs);
    }
    expect(met).toEqual(new Set(Object.values(FAULTS)));
    // All five were in force, in their order; who agreed to the looser ones is known.
    const history = await policyHistory(rig.pool);
    expect(history.map((period) => period.policy.version)).toEqual(POLICIES.map(({ version }) => version));
    for (const [index, { agreed }] of history.entries()) {
      const before = POLICIES[index - 1];
      const is = POLICIES[index];
      const looser =
        before !== undefined &&
        is !== undefined &&
        CLASSES.some((name) => longest(is, name) > longest(before, name) || inQuiet(is, name) > inQuiet(before, name));
      expect(agreed.length, `policy ${index + 1}`).toBe(looser ? 2 : 0);
    }
    // What is within its limit was never taken: the newest of each class is there, in the zone as well.
    rig.nowMs -= MINUTE_MS;
    const { tracks, episodes, alerts } = await rig.readable();
    expect([tracks, episodes, alerts].map((times) => times.length > 0)).toEqual([true, true, true]);
    const { tracks: left } = await rig.readableIn();
    expect(new Set(left.map(({ zone }) => zone))).toEqual(new Set(['table', 'quiet']));
  }, 240_000);
});
