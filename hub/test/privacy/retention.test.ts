import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds } from '../../../test/services/database.ts';
import { startRetention } from '../../src/privacy/engine.ts';
import { builtInPolicy } from '../../src/privacy/policy.ts';
import { showAudit } from '../../src/store/audit/reads.ts';
import { measureOldest } from '../../src/store/privacy/oldest.ts';
import { lastRuns, type RetentionStore } from '../../src/store/privacy/retention.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, policy, Rig, RUN_MS, START } from './retentionRig.ts';

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

  it('destroys of a stretch that is half past its limit that half alone, and the stretch once all of it is', async () => {
    await rig.empty();
    rig.nowMs = START;
    rig.limits.set(policy({ tracks: '2 hours', episodes: '1 day', alerts: '2 days' }));
    // Chunks of tracks are an hour long, those of episodes a day.
    for (const minutes of [10, 50]) await rig.traffic(START + minutes * MINUTE_MS);
    rig.nowMs = START + 150 * MINUTE_MS;
    await rig.run();
    expect(await rig.onDisk('tracks', START + 50 * MINUTE_MS)).toBe(0);
    expect(await rig.onDisk('tracks', rig.nowMs), 'what is younger than two hours').toBe(4);
    rig.nowMs = START + DAY_MS + 30 * MINUTE_MS;
    await rig.run();
    expect(await rig.onDisk('tracks', rig.nowMs)).toBe(0);
    expect(await rig.onDisk('episodes', rig.nowMs), 'what is younger than a day').toBe(2);
    if (kind === 'timescale') {
      const { rows } = await rig.pool.query(
        `SELECT DISTINCT hypertable_name AS name FROM timescaledb_information.chunks
         WHERE hypertable_name IN ('track_segment', 'track_report', 'person_segment', 'dwell_episode', 'movement_episode')`,
      );
      expect(rows.map(({ name }) => name).sort(), 'chunks whose time is over are gone as well').toEqual([
        'dwell_episode',
        'movement_episode',
      ]);
    }
  });

  it('destroys more rows than one statement takes, and records each', async () => {
    await rig.empty();
    rig.nowMs = START;
    rig.limits.set(policy({ tracks: '2 hours', episodes: '1 day', alerts: '2 days' }));
    const rows = 45_000;
    await rig.pool.query(
      `INSERT INTO report_gap (site, floor, device, camera, epoch, sequence, first_sequence, last_sequence, from_time, to_time, reason)
       SELECT 'demo', 'hall', 'edge-1', 'cam-1', '0123456789abcdef', n, 1, 2, $1::timestamptz, $1::timestamptz, 'size'
       FROM generate_series(1, ${rows}) AS n`,
      [new Date(START)],
    );
    rig.nowMs = START + 3 * HOUR_MS;
    const results = await rig.run();
    expect(results.find(({ dataClass }) => dataClass === 'tracks')).toMatchObject({ rows, error: null });
    expect(await rig.onDisk('tracks', rig.nowMs)).toBe(0);
    const [run] = await lastRuns(rig.pool, 1, true);
    expect(run).toMatchObject({ dataClass: 'tracks', rows, firstMs: START, lastMs: START });
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
      const told = (await showAudit(rig.pool, { action: 'retention', limit: 1 }))[0]?.detail;
      expect(told, 'in the audit, too').toMatchObject({ tracks: { error: expect.stringMatching(/track_segment/) } });
      expect(told?.alerts).not.toHaveProperty('error');
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
      const failed = (await rig.run()).filter((result) => result.error !== null);
      expect(failed).toEqual([]);
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
      remove: async (part, ...rest) => {
        if (part.table.dataClass === 'tracks' && removals++ > 0) throw killed;
        return await rig.retention.remove(part, ...rest);
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
