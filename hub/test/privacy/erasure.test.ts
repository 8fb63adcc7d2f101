import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { databaseKinds } from '../../../test/services/database.ts';
import { digestOf } from '../../src/audit/entry.ts';
import { type Seal, sealHolds } from '../../src/audit/signing.ts';
import { showAudit } from '../../src/store/audit/reads.ts';
import { erase } from '../../src/store/privacy/erasure.ts';
import { PLAN } from '../api/hubServer.ts';
import { alertRecord } from '../store/alertRecord.ts';
import { createFreshStore, type FreshStore, SITE } from '../store/freshStore.ts';

const FLOOR = 'hall';
const HOUR_MS = 3_600_000;
// A zone with a corner that points inwards: its bounding box is not the zone.
const POLYGON = [
  [0, 0],
  [10, 0],
  [10, 10],
  [5, 5],
  [0, 10],
] as const;
const inZone = ([, x, y]: Point): boolean => x > 0 && x < 1000 && y > 0 && y < 500 + Math.abs(x - 500);

/** Offset in ms, x and y in cm. */
type Point = [number, number, number];

describe.each(databaseKinds())('erasure of a zone and a stretch of time in %s', (kind) => {
  let fresh: FreshStore;
  let sequence = 0;
  beforeAll(async () => {
    fresh = await createFreshStore(kind);
  });
  afterAll(() => fresh.close());

  const baseMs = Math.floor(Date.now() / 1000) * 1000 - 6 * HOUR_MS;
  const where = {
    site: SITE,
    floor: FLOOR,
    zone: 'table',
    polygon: POLYGON,
    reason: 'request 2026-31',
    actor: 'operator x',
  };
  const window = (fromMs: number, toMs: number) => ({ ...where, fromMs: baseMs + fromMs, toMs: baseMs + toMs });

  async function track(pseudonym: string, atMs: number, points: readonly Point[], floor = FLOOR): Promise<void> {
    await fresh.store.reports.writeBatch([
      {
        address: { site: SITE, floor, device: 'edge-1', camera: 'cam-1' },
        receivedAtMs: atMs,
        report: {
          schema: 'track-report/1',
          camera: 'cam-1',
          calibration: 'nominal',
          epoch: '0123456789abcdef',
          sequence: ++sequence,
          fromMs: atMs,
          toMs: atMs + 1000,
          tracks: [{ id: pseudonym, state: 'active', points: points.map(([t, x, y]) => [t, x, y, 30, 1]) }],
        },
      },
    ]);
  }

  const left = async (): Promise<string[]> => {
    const { rows } = await fresh.pool.query<{ pseudonym: string }>('SELECT pseudonym FROM track_segment ORDER BY 1');
    return rows.map((row) => row.pseudonym);
  };

  it('takes every row with a position in the zone and the time, and no other', async () => {
    // Positions a little off the zone's edges: what lies on an edge is nobody's business here.
    const place = fc.integer({ min: -20, max: 120 }).map((n) => n * 10 + 3);
    const point = fc.tuple(
      fc.integer({ min: 0, max: 900 }),
      place,
      fc.integer({ min: -20, max: 120 }).map((n) => n * 10 + 6),
    );
    const row = fc.record({
      secondsIn: fc.integer({ min: 0, max: 60 }),
      points: fc.array(point, { minLength: 1, maxLength: 4 }),
    });
    const rowsOf = fc.array(row, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        rowsOf,
        fc.integer({ min: 0, max: 40_000 }),
        fc.integer({ min: 0, max: 30_000 }),
        async (rows, fromMs, lengthMs) => {
          await fresh.pool.query('TRUNCATE track_segment');
          await fresh.pool.query('TRUNCATE track_report');
          const toMs = fromMs + lengthMs;
          const stay: string[] = [];
          for (const [i, { secondsIn, points }] of rows.entries()) {
            const pseudonym = `Pseudonym-${String(i).padStart(6, '0')}`;
            const atMs = secondsIn * 1000;
            const sorted = [...points].sort((a, b) => a[0] - b[0]);
            await track(pseudonym, baseMs + atMs, sorted);
            const hit = sorted.some((one) => atMs + one[0] >= fromMs && atMs + one[0] <= toMs && inZone(one));
            if (!hit) stay.push(pseudonym);
          }
          const tried = await erase(fresh.pool, window(fromMs, toMs), Date.now(), true);
          expect(tried.rows.track_segment).toBe(rows.length - stay.length);
          expect(await left()).toHaveLength(rows.length);
          const erased = await erase(fresh.pool, window(fromMs, toMs), Date.now());
          expect(erased.rows).toEqual(tried.rows);
          expect(await left()).toEqual(stay);
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);

  it('takes the stays, movements and alerts of that time, and leaves those of another time, zone or floor', async () => {
    const person = 'Pseudonym-of-story';
    await track(person, baseMs + 5000, [[0, 503, 206]]);
    await track(person, baseMs + 5000, [[0, 503, 206]], 'other-floor');
    const span = { fromMs: baseMs, toMs: baseMs + 9000 };
    const later = { fromMs: baseMs + 2 * HOUR_MS, toMs: baseMs + 2 * HOUR_MS + 1 };
    const stay = (zone: string, floor: string, times: typeof span) => ({
      id: randomUUID(),
      floor,
      zone,
      person: 'p',
      seconds: 9,
      open: false,
      detail: {},
      ...times,
    });
    const stays = [
      stay('table', FLOOR, span),
      stay('exit', FLOOR, span),
      stay('table', 'other-floor', span),
      stay('table', FLOOR, later),
    ];
    await fresh.store.episodes.upsert(stays);
    const movement = {
      id: randomUUID(),
      floor: FLOOR,
      zone: 'table',
      pattern: 'escort',
      open: false,
      score: 1,
      detail: {},
      ...span,
    };
    await fresh.store.movements.upsert([movement]);
    const about = (who: string) =>
      alertRecord().detail && {
        ...alertRecord().detail,
        persons: [{ person: who, role: 'dwelling' as const, ...span }],
      };
    const alerts = [
      alertRecord({ id: randomUUID(), zone: 'table', live: false, ...span, detail: about('x') }),
      // Elsewhere, but about somebody whose positions go.
      alertRecord({ id: randomUUID(), zone: 'exit', live: false, ...span, detail: about(person) }),
      alertRecord({ id: randomUUID(), zone: 'exit', live: false, ...span, detail: about('x') }),
      alertRecord({ id: randomUUID(), zone: 'table', live: false, ...later, detail: about('x') }),
    ];
    await fresh.store.alerts.save(alerts);
    const { rows, audit } = await erase(fresh.pool, window(0, 10_000), Date.now());
    expect(rows).toMatchObject({ dwell_episode: 1, movement_episode: 1, alert: 2 });
    expect(audit?.entry).toContain('"publishedCounts":0');
    const ids = (await fresh.store.episodes.list({ sinceMs: 0 })).map(({ id }) => id);
    expect(new Set(ids)).toEqual(new Set(stays.slice(1).map(({ id }) => id)));
    const kept = await Promise.all(alerts.map(({ id }) => fresh.store.alerts.get(id)));
    expect(kept.map((alert) => alert !== null)).toEqual([false, false, true, true]);
    expect(await left()).toContain(person);

    const row = (await showAudit(fresh.pool, { action: 'privacy', limit: 1 }))[0];
    expect(row).toMatchObject({
      number: audit?.number,
      actor: 'operator x',
      subject: 'hall/table',
      purpose: 'request 2026-31',
    });
    expect(JSON.stringify(row)).not.toContain('Pseudonym');
  });

  it('takes the counts of dashboards that the stretch is part of, and says that published counts stay', async () => {
    const hourMs = Math.floor(baseMs / HOUR_MS) * HOUR_MS;
    const at = (ms: number) => new Date(ms).toISOString();
    const interval = (step: number, ms: number, zone: string) =>
      fresh.pool.query(
        `INSERT INTO zone_interval (step_seconds, from_time, site, floor, zone, people, entered, stays, stay_seconds, longest_seconds)
         VALUES ($1, $2, $3, 'hall', $4, 1, 1, 1, 1, 1)`,
        [step, at(ms), SITE, zone],
      );
    // The five minutes before, those of the stretch, its hour; and the same five minutes elsewhere.
    for (const ms of [hourMs, hourMs + 300_000]) await interval(300, ms, 'table');
    await interval(3600, hourMs, 'table');
    await interval(300, hourMs + 300_000, 'exit');
    await fresh.pool.query(
      `INSERT INTO zone_flow (from_time, site, floor, from_zone, to_zone, people)
       VALUES ($1, $2, 'hall', 'exit', 'table', 1), ($1, $2, 'hall', 'exit', 'gate', 1), ($3, $2, 'hall', 'exit', 'table', 1)`,
      [at(hourMs), SITE, at(hourMs - HOUR_MS)],
    );
    // Squares from 2 m to 4 m, and from 20 m to 22 m, which is outside.
    await fresh.pool.query(
      `INSERT INTO floor_cell (step_seconds, from_time, site, floor, x, y, person_seconds)
       SELECT 3600, $1, $2, 'hall', n, 1, 5 FROM unnest(ARRAY[1, 10]) AS n`,
      [at(hourMs), SITE],
    );
    // What a device that only counts has sent: its quarter-hour of the zone, that of another, and the next one.
    await fresh.pool.query(
      `INSERT INTO zone_count (site, floor, device, camera, epoch, sequence, zone, from_time, people, newcomers, person_seconds)
       SELECT $1, 'hall', 'edge-1', 'south', 'a', 1, zone, from_time, 3, 3, 60
       FROM (VALUES ('table', $2::timestamptz), ('exit', $2), ('table', $3)) AS counted (zone, from_time)`,
      [SITE, at(hourMs), at(hourMs + 900_000)],
    );
    const count = { floor: FLOOR, fromMs: hourMs, toMs: hourMs + HOUR_MS, squareMetres: 75, k: 10, footfall: 40 };
    await fresh.store.aggregates.publish(
      [
        { ...count, zone: 'table', period: 'hour', personSeconds: 9000 },
        { ...count, zone: '*', period: 'hour', personSeconds: 9000 },
        { ...count, zone: 'exit', period: 'hour', personSeconds: 9000 },
        { ...count, zone: 'table', period: 'quarter', toMs: hourMs + 900_000, footfall: null, personSeconds: null },
      ],
      Date.now(),
    );
    const stretch = { ...where, fromMs: hourMs + 360_000, toMs: hourMs + 400_000 };
    const tried = await erase(fresh.pool, stretch, Date.now(), true);
    const erased = await erase(fresh.pool, stretch, Date.now());
    expect(erased).toMatchObject({
      rows: { zone_interval: 2, zone_count: 1, zone_flow: 1, floor_cell: 1 },
      publishedCounts: 2,
    });
    expect({ ...tried, audit: null }).toEqual({ ...erased, audit: null });
    const left = async (table: string) => (await fresh.pool.query(`SELECT 1 FROM ${table}`)).rowCount;
    expect([await left('zone_interval'), await left('zone_flow'), await left('floor_cell')]).toEqual([2, 2, 1]);
    expect(await left('zone_count')).toBe(2);
    expect(await left('aggregate_count')).toBe(4);
    expect(erased.audit?.entry).toContain('"publishedCounts":2');
  });

  it('waits until nothing of that time can be written anew, and has changed nothing then', async () => {
    const nowMs = Date.now();
    await expect(
      erase(fresh.pool, { ...where, fromMs: nowMs - 9_000_000, toMs: nowMs - 60_000 }, nowMs),
    ).rejects.toThrow(/less than an hour ago/);
    await fresh.store.episodes.upsert([
      {
        id: randomUUID(),
        floor: FLOOR,
        zone: 'table',
        person: 'p',
        seconds: 9,
        open: true,
        detail: {},
        fromMs: baseMs,
        toMs: nowMs,
      },
    ]);
    const before = await left();
    await expect(erase(fresh.pool, window(0, 60_000), nowMs)).rejects.toThrow(/still go on/);
    expect(await left()).toEqual(before);
  });
});

describe('hub privacy erase', () => {
  it('writes a receipt that the audit bears out, and takes no zone that is not there', async () => {
    const fresh = await createFreshStore('postgres');
    const folder = await mkdtemp(join(tmpdir(), 'safe-passage-erasure-'));
    const file = (name: string) => join(folder, name);
    let token = await fresh.store.tokens.create({ kind: 'token', name: 'E. Ngineer', role: 'engineer' });
    const run = (...args: string[]) =>
      new Promise<{ code: unknown; stderr: string }>((resolve) => {
        const env = { ...process.env, SAFE_PASSAGE_TOKEN: token };
        const command = [
          join(import.meta.dirname, '../../src/main.ts'),
          'privacy',
          'erase',
          '-c',
          file('hub.yaml'),
          ...args,
        ];
        execFile(process.execPath, command, { timeout: 60_000, env }, (problem, _stdout, stderr) =>
          resolve({ code: problem ? problem.code : 0, stderr }),
        );
      });
    try {
      await writeFile(file('hall.json'), JSON.stringify(PLAN));
      const broker = { url: 'mqtt://127.0.0.1:1883' };
      const database = { url: fresh.url };
      await writeFile(
        file('hub.yaml'),
        stringify({ site: SITE, timeZone: 'UTC', database, broker, floors: [{ plan: 'hall.json' }] }),
      );
      const what = [
        '--floor',
        'hall',
        '--from',
        '2026-01-01T14:02Z',
        '--to',
        '2026-01-01T14:10Z',
        '--reason',
        'request 2026-31',
      ];
      expect(await run(...what, '--zone', 'nowhere')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('there are: table'),
      });
      expect(await run(...what, '--zone', 'table')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('E. Ngineer has the role engineer, which may not erase'),
      });
      token = await fresh.store.tokens.create({ kind: 'token', name: 'P. Officer', role: 'privacy-officer' });
      expect(await run(...what, '--zone', 'table', '--out', file('receipt.json'))).toMatchObject({ code: 0 });
      const receipt = JSON.parse(await readFile(file('receipt.json'), 'utf8')) as {
        audit: string;
        seal: Seal;
        publishedCounts: object;
      };
      expect(receipt.publishedCounts).toEqual({
        kept: 0,
        note: expect.stringMatching(/stay as they are: none tells of few/),
      });
      expect(digestOf(receipt.audit)).toBe(receipt.seal.digest);
      expect(sealHolds('audit-checkpoint/1', receipt.seal)).toBe(true);
      const { rows } = await fresh.pool.query<{ entry: string }>('SELECT entry::text FROM audit WHERE number = $1', [
        receipt.seal.number,
      ]);
      expect(rows[0]?.entry).toBe(receipt.audit);
      expect(JSON.parse(receipt.audit)).toMatchObject({ actor: 'P. Officer', action: 'privacy.erased' });
    } finally {
      await fresh.close();
      await rm(folder, { recursive: true, force: true });
    }
  }, 180_000);
});
