/** Erases what was seen in one zone in a stretch of time, and leaves a row of the audit that says so. */
import { OperatorError } from '@safe-passage/cli';
import type pg from 'pg';
import type { AuditRow } from '../../audit/entry.ts';
import { appendAudit } from '../audit/append.ts';
import { inTransaction, isoTime } from '../database.ts';

/** A report's points lie at most this long after its first frame (the contract's bound of an offset). */
const LONGEST_REPORT_MS = 60_000;
/** Who comes back within half an hour goes on with the same stay, and the hub would write it anew. */
const SETTLED_MS = 3_600_000;

export interface Erasure {
  readonly site: string;
  readonly floor: string;
  readonly zone: string;
  /** Corners in metres on the floor plan. */
  readonly polygon: readonly (readonly [number, number])[];
  /** Both included. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: string;
  readonly actor: string;
}

export interface Erased {
  /** Rows of each table. */
  readonly rows: Readonly<Record<string, number>>;
  /** null where it was only tried. */
  readonly audit: AuditRow | null;
}

/** Tables with positions, and the column of who it is. */
const PATHS = [
  ['track_segment', 'pseudonym'],
  ['person_segment', 'person'],
] as const;

class Tried extends Error {
  readonly rows: Readonly<Record<string, number>>;

  constructor(rows: Readonly<Record<string, number>>) {
    super('only tried');
    this.rows = rows;
  }
}

/**
 * Erases, in one transaction with its row of the audit:
 * every row of positions with a position in the zone and the stretch of time (rows hold a second or so, and go whole); stays and
 * movements in that zone that overlap it; alerts of that zone, or about anybody whose positions go, that overlap it.
 *
 * @param tryOnly counts and changes nothing.
 * @throws OperatorError where the stretch is not over for an hour, or something in it still goes on.
 */
export async function erase(pool: pg.Pool, erasure: Erasure, nowMs: number, tryOnly = false): Promise<Erased> {
  const { site, floor, zone, polygon, fromMs, toMs } = erasure;
  if (toMs > nowMs - SETTLED_MS) {
    throw new OperatorError(
      `the stretch of time ends at ${isoTime(toMs)}, less than an hour ago`,
      'Stays that were seen in it may still be written: try again an hour after its end.',
    );
  }
  const [from, to] = [isoTime(fromMs), isoTime(toMs)];
  const overlaps = 'floor = $1 AND from_time <= $2 AND to_time >= $3 AND site = $4';
  try {
    return await inTransaction(pool, async (client): Promise<Erased> => {
      const { rows: ongoing } = await client.query<{ count: number }>(
        `SELECT (SELECT count(*) FROM dwell_episode WHERE ${overlaps} AND zone = $5 AND (open OR to_time > $6))
              + (SELECT count(*) FROM movement_episode WHERE ${overlaps} AND zone = $5 AND (open OR to_time > $6)) AS count`,
        [floor, to, from, site, zone, isoTime(nowMs - SETTLED_MS)],
      );
      if ((ongoing[0]?.count ?? 0) > 0) {
        throw new OperatorError(
          `${ongoing[0]?.count} stays or movements of that time still go on in ${zone}, or ended less than an hour ago`,
          'The hub would write them anew: try again an hour after they have ended.',
        );
      }
      const corners = `(${polygon.map(([x, y]) => `(${x},${y})`).join(',')})`;
      const rows: Record<string, number> = {};
      const people = new Set<string>();
      for (const [table, who] of PATHS) {
        const there = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [table]);
        if (there.rows[0]?.there !== true) continue;
        const gone = await client.query<{ who: string }>(
          `DELETE FROM ${table} AS s
           WHERE floor = $1 AND from_time >= $2::timestamptz AND from_time <= $3::timestamptz AND EXISTS (
             SELECT 1 FROM unnest(s.offset_ms, s.x_cm, s.y_cm) AS p (offset_ms, x_cm, y_cm)
             WHERE s.from_time + p.offset_ms * interval '1 millisecond' BETWEEN $4::timestamptz AND $3::timestamptz
               AND $5::polygon @> point(p.x_cm / 100.0, p.y_cm / 100.0))
           RETURNING ${who} AS who`,
          [floor, isoTime(fromMs - LONGEST_REPORT_MS), to, from, corners],
        );
        rows[table] = gone.rowCount ?? 0;
        for (const row of gone.rows) people.add(row.who);
      }
      for (const table of ['dwell_episode', 'movement_episode']) {
        const gone = await client.query(`DELETE FROM ${table} WHERE ${overlaps} AND zone = $5`, [
          floor,
          to,
          from,
          site,
          zone,
        ]);
        rows[table] = gone.rowCount ?? 0;
      }
      const alerts = await client.query(
        `DELETE FROM alert AS a WHERE ${overlaps} AND (zone = $5 OR EXISTS (
           SELECT 1 FROM jsonb_array_elements(a.detail->'persons') AS p WHERE p->>'person' = ANY ($6::text[])))`,
        [floor, to, from, site, zone, [...people]],
      );
      rows.alert = alerts.rowCount ?? 0;
      if (tryOnly) throw new Tried(rows);
      const [audit] = await appendAudit(client, {
        atMs: nowMs,
        actor: erasure.actor,
        action: 'privacy.erased',
        subject: `${floor}/${zone}`,
        purpose: erasure.reason,
        detail: { site, fromMs, toMs, rows },
      });
      return { rows, audit: audit ?? null };
    });
  } catch (problem) {
    if (problem instanceof Tried) return { rows: problem.rows, audit: null };
    throw problem;
  }
}
