/** The re-identification test: reads all stored tracks for it, and keeps what it found. */
import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type pg from 'pg';
import type { ReadLimits } from '../privacy/limits.ts';
import type { ZoneLimit } from '../privacy/zones.ts';
import type { ReadRows } from '../reidentify/attack.ts';
import type { Uniqueness } from '../reidentify/settings.ts';
import { appendAudit } from './audit/append.ts';
import { inTransaction, isoTime, type Queryable } from './database.ts';
import { withinZones } from './zoneConditions.ts';

/** Read at once: some ten thousand rows where a floor is full. */
const STRETCH_MS = 600_000;
/** Rows between two breaths. */
const AT_ONCE = 500;

export interface TestRun {
  readonly atMs: number;
  readonly seed: number;
  readonly results: readonly Uniqueness[];
}

export interface ReidentificationStore {
  /** One row a second and person of everything between two times; the same rows in both passes. */
  reading(fromMs: number, toMs: number, onStretch?: (pass: 1 | 2, share: number) => void): ReadRows;
  /** Keeps a run, with a row of the audit: everybody's tracks were read for it. */
  save(run: TestRun, actor: string): Promise<void>;
  /** The newest first. */
  runs(limit: number, sinceMs?: number, untilMs?: number): Promise<TestRun[]>;
}

const rowsOf = (zones: readonly ZoneLimit[]): string => `
SELECT floor, person, extract(epoch FROM from_time)::double precision * 1000 + offset_ms[1], x_cm[1] / 100.0::double precision,
       y_cm[1] / 100.0::double precision
FROM person_segment WHERE site = $1 AND from_time >= $2 AND from_time < $3${withinZones(zones, { row: 'person_segment' })}`;

const INSERT = `
INSERT INTO reidentification_result (run, site, at, seed, retention_seconds, rounding_metres, rounding_seconds,
                                     precision_metres, precision_seconds, points, persons, sampled, unique_persons)
SELECT $1, $2, $3, $4, * FROM unnest($5::double precision[], $6::double precision[], $7::double precision[],
  $8::double precision[], $9::double precision[], $10::integer[], $11::integer[], $12::integer[], $13::integer[])`;

interface ResultRow {
  run: string;
  atMs: number;
  seed: number;
  retention_seconds: number;
  rounding_metres: number;
  rounding_seconds: number;
  precision_metres: number;
  precision_seconds: number;
  points: number;
  persons: number;
  sampled: number;
  unique_persons: number;
}

const resultOf = (row: ResultRow): Uniqueness => ({
  retentionSeconds: row.retention_seconds,
  rounding: { metres: row.rounding_metres, seconds: row.rounding_seconds },
  precision: { metres: row.precision_metres, seconds: row.precision_seconds },
  points: row.points,
  persons: row.persons,
  sampled: row.sampled,
  unique: row.unique_persons,
});

/** What tests found, the newest first. */
export async function testRuns(
  database: Queryable,
  site: string,
  limit: number,
  sinceMs?: number,
  untilMs?: number,
): Promise<TestRun[]> {
  const { rows } = await database.query<ResultRow>(
    `SELECT *, (extract(epoch FROM at) * 1000)::bigint AS "atMs" FROM reidentification_result
     WHERE site = $1 AND run IN (
       SELECT run FROM reidentification_result
       WHERE site = $1 AND ($3::timestamptz IS NULL OR at >= $3) AND ($4::timestamptz IS NULL OR at < $4)
       GROUP BY run, at ORDER BY at DESC, run LIMIT $2)
     ORDER BY at DESC, run, retention_seconds DESC, rounding_metres, precision_metres, points`,
    [site, limit, sinceMs === undefined ? null : new Date(sinceMs), untilMs === undefined ? null : new Date(untilMs)],
  );
  const runs = new Map<string, { atMs: number; seed: number; results: Uniqueness[] }>();
  for (const row of rows) {
    const run = runs.get(row.run) ?? { atMs: row.atMs, seed: row.seed, results: [] };
    runs.set(row.run, run);
    run.results.push(resultOf(row));
  }
  return [...runs.values()];
}

export function createReidentificationStore(pool: pg.Pool, site: string, limits: ReadLimits): ReidentificationStore {
  return {
    reading: (fromMs, toMs, onStretch) => async (row, pass) => {
      for (let at = fromMs; at < toMs; at += STRETCH_MS) {
        const from = Math.max(at, limits.oldestMs('tracks'));
        const end = Math.min(toMs, at + STRETCH_MS);
        if (from < end) {
          const { rows } = await pool.query<[string, string, number, number, number]>({
            text: rowsOf(limits.zones('tracks')),
            values: [site, new Date(from), new Date(end)],
            rowMode: 'array',
          });
          for (const [i, [floor, person, timeMs, x, y]] of rows.entries()) {
            row(floor, person, timeMs, x, y);
            // A hub takes messages in between.
            if (i % AT_ONCE === AT_ONCE - 1) await setImmediate();
          }
        }
        onStretch?.(pass, (end - fromMs) / (toMs - fromMs));
        await setImmediate();
      }
    },
    save: async ({ atMs, seed, results }, actor) => {
      await inTransaction(pool, async (client) => {
        await client.query(INSERT, [
          randomUUID(),
          site,
          isoTime(atMs),
          seed,
          results.map((one) => one.retentionSeconds),
          results.map((one) => one.rounding.metres),
          results.map((one) => one.rounding.seconds),
          results.map((one) => one.precision.metres),
          results.map((one) => one.precision.seconds),
          results.map((one) => one.points),
          results.map((one) => one.persons),
          results.map((one) => one.sampled),
          results.map((one) => one.unique),
        ]);
        await appendAudit(client, {
          atMs,
          actor,
          action: 'privacy.reidentification-tested',
          subject: site,
          detail: { persons: results[0]?.persons ?? 0, sampled: results[0]?.sampled ?? 0 },
        });
      });
    },
    runs: (limit, sinceMs, untilMs) => testRuns(pool, site, limit, sinceMs, untilMs),
  };
}
