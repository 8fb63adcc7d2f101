/** Holds: the evidence of one alert, kept past the retention of tracks for a reason and until a day. */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { MARGIN_MS } from '../../api/evidence.ts';
import type { ReadLimits } from '../../privacy/limits.ts';
import { appendAudit } from '../audit/append.ts';
import { epochMs, inTransaction, isoTime, type Queryable } from '../database.ts';
import { UUID } from '../uuid.ts';
import { withinNamedZones, withinZones } from '../zoneConditions.ts';

/** A segment's points lie within a second of its time. */
const SEGMENT_MS = 1000;

export interface HoldRequest {
  /** The alert whose evidence is kept. */
  readonly alert: string;
  /** Why; names nobody. */
  readonly reason: string;
  /** Who answers for it. */
  readonly owner: string;
  readonly untilMs: number;
  /** Who places it, for the audit. */
  readonly actor: string;
}

export interface Hold {
  readonly id: string;
  readonly alert: string;
  readonly floor: string;
  readonly reason: string;
  readonly owner: string;
  readonly heldBy: string;
  readonly heldAtMs: number;
  /** When it ends by itself: as it was placed, or sooner where the policy in force keeps evidence for less. */
  readonly untilMs: number;
  /** null while it lasts. */
  readonly endedAtMs: number | null;
  readonly endedBy: string | null;
  readonly endReason: string | null;
  /** Rows of positions that it keeps now. */
  readonly rows: number;
}

export type Placed =
  | { readonly kind: 'held'; readonly hold: Hold }
  | { readonly kind: 'absent' }
  /** The policy in force keeps evidence no longer than that. */
  | { readonly kind: 'too-long'; readonly latestMs: number };

export type Released = { readonly kind: 'released' | 'over'; readonly hold: Hold } | { readonly kind: 'absent' };

export interface HoldStore {
  /** Copies the evidence as it can be read now; while the hold lasts, what the story grows by is added. */
  place(request: HoldRequest): Promise<Placed>;
  /** Destroys at once what it kept, unless another hold keeps the same. */
  release(id: string, actor: string, reason: string): Promise<Released>;
  /** Those that last, the one that ends first in front; then, where asked, those that are over, newest first. */
  list(withEnded: boolean): Promise<Hold[]>;
}

/** Whether a hold lasts. @param now and @param oldest the places of the moment and of the oldest hold that the policy allows. */
export const holdLasts = (hold: string, now: string, oldest: string): string =>
  `${hold}.ended_at IS NULL AND ${hold}.until > ${now}::timestamptz AND ${hold}.held_at >= ${oldest}::timestamptz`;

/** What is past the limit of its zone, as a track or as evidence, is not copied. */
const copyOf = (limits: Pick<ReadLimits, 'zones'>): string => `
INSERT INTO held_segment AS k (hold, held_at, person, from_time, offset_ms, x_cm, y_cm, sigma_cm, measured)
SELECT h.id, h.held_at, s.person, s.from_time, p.offset_ms, p.x_cm, p.y_cm, p.sigma_cm, p.measured
FROM evidence_hold AS h
JOIN alert AS a ON a.id = h.alert
CROSS JOIN LATERAL (SELECT DISTINCT e->>'person' AS person FROM jsonb_array_elements(a.detail->'persons') AS e) AS who
CROSS JOIN LATERAL (
  SELECT greatest(a.from_time - interval '${MARGIN_MS} milliseconds', $2::timestamptz) AS begins,
         a.to_time + interval '${MARGIN_MS} milliseconds' AS ends) AS w
JOIN person_segment AS s ON s.site = a.site AND s.floor = a.floor AND s.person = who.person
  AND s.from_time >= w.begins - interval '${SEGMENT_MS} milliseconds' AND s.from_time <= w.ends
CROSS JOIN LATERAL (
  SELECT array_agg(o ORDER BY n) AS offset_ms, array_agg(x ORDER BY n) AS x_cm, array_agg(y ORDER BY n) AS y_cm,
         array_agg(g ORDER BY n) AS sigma_cm, array_agg(m ORDER BY n) AS measured
  FROM unnest(s.offset_ms, s.x_cm, s.y_cm, s.sigma_cm, s.measured) WITH ORDINALITY AS q (o, x, y, g, m, n)
  WHERE s.from_time + o * interval '1 millisecond' BETWEEN w.begins AND w.ends) AS p
WHERE h.ended_at IS NULL AND ($1::uuid IS NULL OR h.id = $1) AND p.offset_ms IS NOT NULL
  ${withinZones(limits.zones('tracks'), { row: 's' })}${withinZones(limits.zones('evidence'), { row: 's', at: 'h.held_at' })}
ON CONFLICT (hold, person, from_time) DO UPDATE
SET offset_ms = excluded.offset_ms, x_cm = excluded.x_cm, y_cm = excluded.y_cm, sigma_cm = excluded.sigma_cm,
    measured = excluded.measured
WHERE cardinality(excluded.offset_ms) > cardinality(k.offset_ms)`;

/**
 * Adds what the stories of held alerts have grown by, as far as it may still be read.
 *
 * @param hold one of them; null: all that last.
 */
export async function copyHeldEvidence(
  database: Queryable,
  hold: string | null,
  limits: Pick<ReadLimits, 'oldestMs' | 'zones'>,
): Promise<void> {
  await database.query(copyOf(limits), [hold, isoTime(limits.oldestMs('tracks'))]);
}

interface Row {
  readonly id: string;
  readonly alert: string;
  readonly floor: string;
  readonly reason: string;
  readonly owner: string;
  readonly held_by: string;
  readonly held_at: Date;
  readonly until: Date;
  readonly ended_at: Date | null;
  readonly ended_by: string | null;
  readonly end_reason: string | null;
  readonly rows: number;
}

const COLUMNS = `h.id, h.alert, h.floor, h.reason, h.owner, h.held_by, h.held_at, h.until, h.ended_at, h.ended_by, h.end_reason,
  (SELECT count(*) FROM held_segment AS k WHERE k.hold = h.id) AS rows`;

const MOST_LISTED = 1000;

export function createHoldStore(pool: pg.Pool, site: string, limits: ReadLimits): HoldStore {
  const holdOf = (row: Row): Hold => {
    const heldAtMs = row.held_at.getTime();
    const longestMs = limits.nowMs() - limits.oldestMs('evidence');
    return {
      id: row.id,
      alert: row.alert,
      floor: row.floor,
      reason: row.reason,
      owner: row.owner,
      heldBy: row.held_by,
      heldAtMs,
      untilMs: Math.min(row.until.getTime(), heldAtMs + longestMs),
      endedAtMs: epochMs(row.ended_at),
      endedBy: row.ended_by,
      endReason: row.end_reason,
      rows: row.rows,
    };
  };
  const one = async (database: Queryable, id: string): Promise<Hold | null> => {
    const { rows } = await database.query<Row>(
      `SELECT ${COLUMNS} FROM evidence_hold AS h WHERE h.id = $1 AND h.site = $2`,
      [id, site],
    );
    return rows[0] ? holdOf(rows[0]) : null;
  };

  return {
    place: async ({ alert, reason, owner, untilMs, actor }) => {
      const nowMs = limits.nowMs();
      const latestMs = nowMs + (nowMs - limits.oldestMs('evidence'));
      if (untilMs > latestMs) return { kind: 'too-long', latestMs };
      if (!UUID.test(alert)) return { kind: 'absent' };
      return await inTransaction(pool, async (client): Promise<Placed> => {
        const lasts = holdLasts('h', '$3', '$4');
        const params = [alert, site, isoTime(nowMs), isoTime(limits.oldestMs('evidence'))];
        const { rows: found } = await client.query<{ floor: string }>(
          `SELECT floor FROM alert AS a WHERE a.id = $1 AND a.site = $2 AND (a.raised_at >= $5${withinNamedZones(limits.zones('alerts'), 'raised_at')}
             OR EXISTS (SELECT 1 FROM evidence_hold AS h WHERE h.alert = a.id AND ${lasts})) FOR UPDATE`,
          [...params, isoTime(limits.oldestMs('alerts'))],
        );
        const floor = found[0]?.floor;
        if (floor === undefined) return { kind: 'absent' };
        const id = randomUUID();
        await client.query(
          `INSERT INTO evidence_hold (id, alert, site, floor, reason, owner, held_by, held_at, until)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
          [id, alert, site, floor, reason, owner, actor, isoTime(nowMs), isoTime(untilMs)],
        );
        await copyHeldEvidence(client, id, limits);
        // What an earlier hold on the same alert has kept may have expired elsewhere.
        await client.query(
          `INSERT INTO held_segment (hold, held_at, person, from_time, offset_ms, x_cm, y_cm, sigma_cm, measured)
           SELECT DISTINCT ON (k.person, k.from_time) $5::uuid, $3::timestamptz, k.person, k.from_time, k.offset_ms, k.x_cm, k.y_cm,
                  k.sigma_cm, k.measured
           FROM held_segment AS k JOIN evidence_hold AS h ON h.id = k.hold
           WHERE h.alert = $1 AND h.site = $2 AND h.id <> $5::uuid AND ${lasts}
             ${withinZones(limits.zones('evidence'), { row: 'k', floor: 'h.floor', at: 'k.held_at' })}
           ORDER BY k.person, k.from_time, cardinality(k.offset_ms) DESC
           ON CONFLICT DO NOTHING`,
          [...params, id],
        );
        const hold = await one(client, id);
        if (!hold) throw new Error('the hold that was placed is not there');
        await appendAudit(client, {
          atMs: nowMs,
          actor,
          action: 'privacy.held',
          subject: alert,
          purpose: reason,
          detail: { hold: id, owner, untilMs, rows: hold.rows },
        });
        return { kind: 'held', hold };
      });
    },

    release: async (id, actor, reason) => {
      if (!UUID.test(id)) return { kind: 'absent' };
      return await inTransaction(pool, async (client): Promise<Released> => {
        const nowMs = limits.nowMs();
        const changed = await client.query(
          `UPDATE evidence_hold SET ended_at = $3, ended_by = $4, end_reason = $5
           WHERE id = $1 AND site = $2 AND ended_at IS NULL`,
          [id, site, isoTime(nowMs), actor, reason],
        );
        if (changed.rowCount !== 1) {
          const over = await one(client, id);
          return over ? { kind: 'over', hold: over } : { kind: 'absent' };
        }
        const gone = await client.query('DELETE FROM held_segment WHERE hold = $1', [id]);
        const hold = await one(client, id);
        if (!hold) throw new Error('the hold that was released is not there');
        await appendAudit(client, {
          atMs: nowMs,
          actor,
          action: 'privacy.hold-released',
          subject: hold.alert,
          purpose: reason,
          detail: { hold: id, rows: gone.rowCount ?? 0 },
        });
        return { kind: 'released', hold };
      });
    },

    list: async (withEnded) => {
      const { rows } = await pool.query<Row>(
        `SELECT ${COLUMNS} FROM evidence_hold AS h WHERE h.site = $1 AND ($2 OR ${holdLasts('h', '$3', '$4')})
         ORDER BY h.ended_at IS NOT NULL, CASE WHEN h.ended_at IS NULL THEN h.until END, h.ended_at DESC, h.id
         LIMIT ${MOST_LISTED}`,
        [site, withEnded, isoTime(limits.nowMs()), isoTime(limits.oldestMs('evidence'))],
      );
      return rows.map(holdOf);
    },
  };
}
