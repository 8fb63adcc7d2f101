/** Erases what was seen in one zone in a stretch of time, and leaves a row of the audit that says so. */
import { OperatorError } from '@safe-passage/cli';
import type pg from 'pg';
import type { AuditRow } from '../../audit/entry.ts';
import { ALL_ZONES } from '../aggregates.ts';
import { appendAudit } from '../audit/append.ts';
import { inTransaction, isoTime, type Queryable } from '../database.ts';
import { rowsInZone } from '../zoneConditions.ts';

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
  /** What becomes of evidence that a hold keeps: nothing is erased at all (the default), it stays, or it goes and ends the hold. */
  readonly held?: 'refuse' | 'keep' | 'erase';
}

/** A hold that keeps something of the zone and the time. */
export interface HoldMet {
  readonly id: string;
  readonly alert: string;
  readonly owner: string;
  readonly reason: string;
  readonly untilMs: number;
}

export interface Erased {
  /** Rows of each table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Holds that keep something of it. */
  readonly holds: readonly HoldMet[];
  /** Counts of the place and the time that were published, and stay. */
  readonly publishedCounts: number;
  /** null where it was only tried. */
  readonly audit: AuditRow | null;
}

/** For a receipt: what becomes of counts, and why. */
export const COUNTS_NOTE =
  'Counts of people that were published stay as they are: none tells of few people, and a second version less one person would tell what was erased. Counts that are made from now on are without it.';

/** Tables with positions, and the column of who it is. */
const PATHS = [
  ['track_segment', 'pseudonym'],
  ['person_segment', 'person'],
] as const;

class Tried extends Error {
  readonly erased: Erased;

  constructor(erased: Erased) {
    super('only tried');
    this.erased = erased;
  }
}

const IN_ZONE = `EXISTS (
  SELECT 1 FROM unnest(s.offset_ms, s.x_cm, s.y_cm) AS p (offset_ms, x_cm, y_cm)
  WHERE s.from_time + p.offset_ms * interval '1 millisecond' BETWEEN $4::timestamptz AND $3::timestamptz
    AND $5::polygon @> point(p.x_cm / 100.0, p.y_cm / 100.0))`;

/** Counts of dashboards may be of few people: those that the stretch is part of go whole, hours and days of squares too. */
async function eraseCounts(
  client: Queryable,
  { site, floor, zone, polygon, fromMs, toMs }: Erasure,
): Promise<Record<string, number>> {
  const place = { floor, zone, polygon: polygon.map(([x, y]): [number, number] => [x, y]) };
  const rows: Record<string, number> = {};
  for (const [table, inZone, lasts] of [
    ['zone_interval', 'named', "step_seconds * interval '1 second'"],
    ['zone_count', 'named', "interval '15 minutes'"],
    ['zone_flow', 'either end', "interval '1 hour'"],
    ['floor_cell', 'square', "step_seconds * interval '1 second'"],
  ] as const) {
    const gone = await client.query(
      `DELETE FROM ${table} WHERE site = $1 AND from_time <= $2 AND from_time + ${lasts} > $3
       AND ${rowsInZone({ table, inZone }, place)}`,
      [site, isoTime(toMs), isoTime(fromMs)],
    );
    rows[table] = gone.rowCount ?? 0;
  }
  return rows;
}

/** @returns how many counts of the zone, or of all zones together, tell of the stretch and were published. */
async function publishedCounts(client: Queryable, { site, floor, zone, fromMs, toMs }: Erasure): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*) AS count FROM aggregate_count
     WHERE site = $1 AND floor = $2 AND zone IN ($3, $4) AND from_time <= $5 AND to_time > $6
       AND (footfall IS NOT NULL OR person_seconds IS NOT NULL)`,
    [site, floor, zone, ALL_ZONES, isoTime(toMs), isoTime(fromMs)],
  );
  return rows[0]?.count ?? 0;
}

/** @returns holds with a position in the zone and the time, or on an alert of the zone that overlaps it. */
async function holdsMet(client: Queryable, place: readonly unknown[], site: string, zone: string): Promise<HoldMet[]> {
  const { rows } = await client.query<Omit<HoldMet, 'untilMs'> & { readonly until: Date }>(
    `SELECT h.id, h.alert, h.owner, h.reason, h.until FROM evidence_hold AS h
     WHERE h.ended_at IS NULL AND h.floor = $1 AND h.site = $6 AND (
       EXISTS (SELECT 1 FROM held_segment AS s WHERE s.hold = h.id
               AND s.from_time >= $2::timestamptz AND s.from_time <= $3::timestamptz AND ${IN_ZONE})
       OR EXISTS (SELECT 1 FROM alert AS a WHERE a.id = h.alert AND a.zone = $7 AND a.from_time <= $3 AND a.to_time >= $4))
     ORDER BY h.held_at, h.id`,
    [...place, site, zone],
  );
  return rows.map(({ until, ...hold }) => ({ ...hold, untilMs: until.getTime() }));
}

const metText = (holds: readonly HoldMet[]): string =>
  holds
    .map(
      ({ id, alert, owner, reason, untilMs }) =>
        `  hold ${id} on alert ${alert}: ${owner}, until ${isoTime(untilMs)}, "${reason}"`,
    )
    .join('\n');

/**
 * Erases, in one transaction with its row of the audit:
 * every row of positions with a position in the zone and the stretch of time (rows hold a second or so, and go whole); stays and
 * movements in that zone that overlap it; alerts of that zone, or about anybody whose positions go, that overlap it; counts of dashboards that the stretch is part of.
 * Counts that were published stay.
 *
 * What a hold keeps is erased only where {@link Erasure.held} says so: then the hold ends, and its alert goes like any other.
 *
 * @param tryOnly counts and changes nothing.
 * @throws OperatorError where a hold keeps something of it and nothing was said about holds; where the stretch is not over for an hour, or something in it still goes on.
 */
export async function erase(pool: pg.Pool, erasure: Erasure, nowMs: number, tryOnly = false): Promise<Erased> {
  const { site, floor, zone, polygon, fromMs, toMs, held = 'refuse' } = erasure;
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
      const place = [floor, isoTime(fromMs - LONGEST_REPORT_MS), to, from, corners];
      const holds = await holdsMet(client, place, site, zone);
      if (holds.length > 0 && held === 'refuse' && !tryOnly) {
        throw new OperatorError(
          `evidence of that place and time is held:\n${metText(holds)}`,
          'Ask those who answer for the holds. Then erase all else with --keep-held, or that as well with --despite-holds, which ends the holds.',
        );
      }
      const rows: Record<string, number> = {};
      const people = new Set<string>();
      for (const [table, who] of PATHS) {
        const there = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [table]);
        if (there.rows[0]?.there !== true) continue;
        const gone = await client.query<{ who: string }>(
          `DELETE FROM ${table} AS s
           WHERE floor = $1 AND from_time >= $2::timestamptz AND from_time <= $3::timestamptz AND ${IN_ZONE}
           RETURNING ${who} AS who`,
          place,
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
      if (held === 'erase' && holds.length > 0) {
        const gone = await client.query<{ person: string }>(
          'DELETE FROM held_segment WHERE hold = ANY ($1::uuid[]) RETURNING person',
          [holds.map(({ id }) => id)],
        );
        rows.held_segment = gone.rowCount ?? 0;
        await client.query(
          `UPDATE evidence_hold SET ended_at = $2, ended_by = $3, end_reason = $4 WHERE id = ANY ($1::uuid[])`,
          [holds.map(({ id }) => id), isoTime(nowMs), erasure.actor, `erased: ${erasure.reason}`],
        );
        for (const row of gone.rows) people.add(row.person);
      }
      const alerts = await client.query(
        `DELETE FROM alert AS a WHERE ${overlaps} AND (zone = $5 OR EXISTS (
           SELECT 1 FROM jsonb_array_elements(a.detail->'persons') AS p WHERE p->>'person' = ANY ($6::text[])))
           AND id NOT IN (SELECT alert FROM evidence_hold WHERE ended_at IS NULL)`,
        [floor, to, from, site, zone, [...people]],
      );
      rows.alert = alerts.rowCount ?? 0;
      Object.assign(rows, await eraseCounts(client, erasure));
      const published = await publishedCounts(client, erasure);
      if (tryOnly) throw new Tried({ rows, holds, publishedCounts: published, audit: null });
      const [audit] = await appendAudit(client, {
        atMs: nowMs,
        actor: erasure.actor,
        action: 'privacy.erased',
        subject: `${floor}/${zone}`,
        purpose: erasure.reason,
        detail: {
          site,
          fromMs,
          toMs,
          rows,
          publishedCounts: published,
          ...(holds.length === 0 ? {} : { [held === 'erase' ? 'endedHolds' : 'keptHolds']: holds.map(({ id }) => id) }),
        },
      });
      return { rows, holds, publishedCounts: published, audit: audit ?? null };
    });
  } catch (problem) {
    if (problem instanceof Tried) return problem.erased;
    throw problem;
  }
}
