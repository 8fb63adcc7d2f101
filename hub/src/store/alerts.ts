/** Alerts: the scorer says what moves, reviewers say what they think of it, and neither overwrites the other. */
import type pg from 'pg';
import type { AlertDetail } from '../alert/alert.ts';
import type { AlertRecord, OngoingAlert } from '../alert/transition.ts';
import type { AlertHistoryEntry, AlertList, AlertState, AlertSummary, AlertView, Disposition } from '../api/schemas.ts';
import type { AuditRecord } from '../audit/entry.ts';
import type { ReadLimits } from '../privacy/limits.ts';
import { pastInZone } from '../privacy/zones.ts';
import type { Pattern } from '../score/movement.ts';
import { appendAudit } from './audit/append.ts';
import { epochMs, inTransaction, isoTime, lastWords, type Queryable } from './database.ts';
import { holdLasts } from './privacy/holds.ts';
import type { AlertQuery, AlertStore, ReviewOutcome, SavedAlert } from './store.ts';
import { UUID } from './uuid.ts';
import { withinNamedZones } from './zoneConditions.ts';

const SCORER = 'scorer';
const MOST_LISTED = 500;

interface AlertRow {
  id: string;
  site: string;
  floor: string;
  zone: string | null;
  pattern: string;
  state: AlertState;
  live: boolean;
  delayed: boolean;
  raised_at: Date;
  updated_at: Date;
  from_time: Date;
  to_time: Date;
  score: number;
  severity: number;
  sentence: string;
  detail: AlertDetail;
  acknowledged_by: string | null;
  acknowledged_at: Date | null;
  closed_by: string | null;
  closed_at: Date | null;
  disposition: Disposition | null;
  disposition_reason: string | null;
  went_on_in: string | null;
}

const SUMMARY_COLUMNS = `id, site, floor, zone, pattern, state, live, delayed, raised_at, updated_at, from_time, to_time,
  score, severity, sentence, acknowledged_by, acknowledged_at, closed_by, closed_at, disposition, disposition_reason, went_on_in`;

// A word that is older than what is there changes nothing, and a movement that has ended is not revived by an old one. A story
// that grows may come to be named by another part of it, which took place elsewhere and began earlier.
const SAVE = `
INSERT INTO alert AS a (id, site, floor, zone, pattern, state, live, delayed, raised_at, updated_at, from_time, to_time,
                        score, severity, sentence, detail, parts, went_on_in)
SELECT id, site, floor, zone, pattern, 'new', live, delayed, raised_at, updated_at, from_time, to_time,
       score, severity, sentence, detail, ARRAY (SELECT jsonb_array_elements_text(parts)::uuid), went_on_in
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::boolean[], $8::timestamptz[],
            $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::double precision[], $13::double precision[],
            $14::text[], $15::jsonb[], $16::jsonb[], $17::uuid[])
     AS g (id, site, floor, zone, pattern, live, delayed, raised_at, updated_at, from_time, to_time, score, severity,
           sentence, detail, parts, went_on_in)
ON CONFLICT (id) DO UPDATE SET
  zone = excluded.zone, pattern = excluded.pattern, live = excluded.live, updated_at = excluded.updated_at,
  from_time = excluded.from_time, to_time = excluded.to_time, score = excluded.score, severity = excluded.severity,
  sentence = excluded.sentence, detail = excluded.detail, parts = excluded.parts,
  went_on_in = coalesce(excluded.went_on_in, a.went_on_in)
WHERE a.updated_at < excluded.updated_at OR (a.updated_at = excluded.updated_at AND (a.live OR NOT excluded.live))
RETURNING ${SUMMARY_COLUMNS}`;

type SummaryRow = Omit<AlertRow, 'detail'>;
type OngoingRow = Pick<
  AlertRow,
  'id' | 'floor' | 'live' | 'delayed' | 'raised_at' | 'updated_at' | 'from_time' | 'to_time' | 'went_on_in'
> & { parts: string[]; uncertainty: AlertDetail['uncertainty'] };
type ZoneName = (floor: string, zone: string | null) => string;

const summaryOf = (row: SummaryRow, zoneName: ZoneName): AlertSummary => ({
  id: row.id,
  site: row.site,
  floor: row.floor,
  zone: row.zone,
  zoneName: zoneName(row.floor, row.zone),
  pattern: row.pattern,
  state: row.state,
  live: row.live,
  delayed: row.delayed,
  raisedAtMs: row.raised_at.getTime(),
  updatedAtMs: row.updated_at.getTime(),
  fromMs: row.from_time.getTime(),
  toMs: row.to_time.getTime(),
  score: row.score,
  severity: row.severity,
  sentence: row.sentence,
  acknowledgedBy: row.acknowledged_by,
  acknowledgedAtMs: epochMs(row.acknowledged_at),
  closedBy: row.closed_by,
  closedAtMs: epochMs(row.closed_at),
  disposition: row.disposition,
  dispositionReason: row.disposition_reason,
  wentOnIn: row.went_on_in,
});

interface EventRow {
  readonly alert: string;
  readonly atMs: number;
  readonly actor: string;
  readonly event: string;
  readonly note: string | null;
}

async function addEvents(database: Queryable, events: readonly EventRow[]): Promise<void> {
  if (events.length === 0) return;
  await database.query(
    `INSERT INTO alert_event (alert, at, actor, event, note)
     SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])`,
    [
      events.map((e) => e.alert),
      events.map((e) => isoTime(e.atMs)),
      events.map((e) => e.actor),
      events.map((e) => e.event),
      events.map((e) => e.note),
    ],
  );
}

/** Patterns that a story had not had before. */
const newPatterns = (before: readonly Pattern[], now: readonly Pattern[]): Pattern[] =>
  [...new Set(now)].filter((pattern) => !before.includes(pattern));

async function save(
  client: Queryable,
  site: string,
  alerts: readonly AlertRecord[],
  zoneName: ZoneName,
): Promise<SavedAlert[]> {
  const before = await client.query<{ id: string; live: boolean; patterns: Pattern[]; went_on_in: string | null }>(
    "SELECT id, live, detail->'patterns' AS patterns, went_on_in FROM alert WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE",
    [alerts.map((a) => a.id)],
  );
  const known = new Map(before.rows.map((row) => [row.id, row]));
  const written = await client.query<SummaryRow>(SAVE, [
    alerts.map((a) => a.id),
    alerts.map(() => site),
    alerts.map((a) => a.floor),
    alerts.map((a) => a.zone),
    alerts.map((a) => a.pattern),
    alerts.map((a) => a.live),
    alerts.map((a) => a.delayed),
    alerts.map((a) => isoTime(a.raisedAtMs)),
    alerts.map((a) => isoTime(a.updatedAtMs)),
    alerts.map((a) => isoTime(a.fromMs)),
    alerts.map((a) => isoTime(a.toMs)),
    alerts.map((a) => a.score),
    alerts.map((a) => a.severity),
    alerts.map((a) => a.sentence),
    alerts.map((a) => JSON.stringify(a.detail)),
    alerts.map((a) => JSON.stringify(a.parts ?? [a.id])),
    alerts.map((a) => a.wentOnIn ?? null),
  ]);
  const told = new Map(alerts.map((a) => [a.id, a]));
  const events: EventRow[] = [];
  const saved = written.rows.map((row): SavedAlert => {
    const alert = summaryOf(row, zoneName);
    const was = known.get(row.id);
    const lived = was?.live;
    const says = (event: string, atMs: number, note: string | null = null) =>
      events.push({ alert: row.id, atMs, actor: SCORER, event, note });
    if (lived === undefined) says('raised', alert.raisedAtMs);
    const came = was ? newPatterns(was.patterns, told.get(row.id)?.detail.patterns ?? []) : [];
    if (came.length > 0) says('story grew', alert.updatedAtMs, `now with ${came.join(', ')}`);
    if (row.went_on_in !== null && !was?.went_on_in)
      says('went on in another alert', alert.updatedAtMs, row.went_on_in);
    if (lived !== false && !alert.live) says('movement ended', alert.updatedAtMs);
    const event = lived === undefined ? 'raised' : lived && !alert.live ? 'closed' : 'updated';
    return { event, alert };
  });
  await addEvents(client, events);
  return saved;
}

/**
 * @param limits alerts past their time are not shown, and nothing is done with them; but one whose evidence is held can still be
 *   read by its identifier.
 */
export function createAlertStore(pool: pg.Pool, site: string, zoneName: ZoneName, limits: ReadLimits): AlertStore {
  const oldestMs = () => limits.oldestMs('alerts');
  const oldest = () => new Date(oldestMs());
  const inZones = () => withinNamedZones(limits.zones('alerts'), 'raised_at');
  const get = async (database: Queryable, id: string): Promise<AlertView | null> => {
    if (!UUID.test(id)) return null;
    const found = await database.query<AlertRow>(
      `SELECT ${SUMMARY_COLUMNS}, detail FROM alert WHERE id = $1 AND site = $2 AND (raised_at >= $3${inZones()}
         OR EXISTS (SELECT 1 FROM evidence_hold AS h WHERE h.alert = $1 AND ${holdLasts('h', '$4', '$5')}))`,
      [id, site, oldest(), new Date(limits.nowMs()), new Date(limits.oldestMs('evidence'))],
    );
    const row = found.rows[0];
    if (!row) return null;
    const history = await database.query<{ at: Date; actor: string; event: string; note: string | null }>(
      'SELECT at, actor, event, note FROM alert_event WHERE alert = $1 ORDER BY id',
      [id],
    );
    return {
      ...summaryOf(row, zoneName),
      detail: row.detail,
      history: history.rows.map(
        (event): AlertHistoryEntry => ({
          atMs: event.at.getTime(),
          actor: event.actor,
          event: event.event,
          note: event.note,
        }),
      ),
    };
  };

  /** The state is checked by the statement that changes it: of two reviewers, one is first. */
  const review = async (
    id: string,
    change: { readonly sql: string; readonly values: readonly unknown[] },
    event: Omit<EventRow, 'alert'>,
    audited: Pick<AuditRecord, 'action' | 'detail'>,
  ): Promise<ReviewOutcome> => {
    if (!UUID.test(id)) return { kind: 'absent' };
    return await inTransaction(pool, async (client): Promise<ReviewOutcome> => {
      if (!(await get(client, id))) return { kind: 'absent' };
      const changed = await client.query(change.sql, [id, site, ...change.values]);
      if (changed.rowCount === 1) await addEvents(client, [{ ...event, alert: id }]);
      const alert = await get(client, id);
      if (!alert) return { kind: 'absent' };
      if (changed.rowCount === 1) {
        await appendAudit(client, { ...audited, atMs: event.atMs, actor: event.actor, subject: id });
      }
      return { kind: changed.rowCount === 1 ? 'done' : 'conflict', alert };
    });
  };

  return {
    save: async (alerts) => {
      const zones = limits.zones('alerts');
      // What is past its time already must not come back to the disk.
      const last = lastWords(alerts).filter(
        (one) => one.raisedAtMs >= oldestMs() && !pastInZone(zones, one.floor, one.zone, one.raisedAtMs),
      );
      if (last.length === 0) return [];
      return await inTransaction(pool, (client) => save(client, site, last, zoneName));
    },
    ongoing: async (sinceMs) => {
      const result = await pool.query<OngoingRow>(
        `SELECT id, floor, live, delayed, raised_at, updated_at, from_time, to_time, parts, went_on_in,
                detail->'uncertainty' AS uncertainty
         FROM alert WHERE site = $1 AND (live OR to_time >= $2) AND raised_at >= $3${inZones()} ORDER BY raised_at, id`,
        [site, new Date(sinceMs), oldest()],
      );
      return result.rows.map(
        (row): OngoingAlert => ({
          id: row.id,
          floor: row.floor,
          fromMs: row.from_time.getTime(),
          toMs: row.to_time.getTime(),
          live: row.live,
          delayed: row.delayed,
          raisedAtMs: row.raised_at.getTime(),
          updatedAtMs: row.updated_at.getTime(),
          parts: row.parts,
          wentOnIn: row.went_on_in,
          joins: { count: row.uncertainty.identityJoins, probability: row.uncertainty.joinProbability },
        }),
      );
    },
    list: async ({ state, limit, beforeMs }: AlertQuery): Promise<AlertList> => {
      const states = state === 'open' ? ['new', 'acknowledged'] : state === 'all' ? null : [state];
      const rows = await pool.query<SummaryRow>(
        `SELECT ${SUMMARY_COLUMNS} FROM alert
         WHERE site = $1 AND ($2::text[] IS NULL OR state = ANY ($2)) AND ($3::timestamptz IS NULL OR raised_at < $3)
           AND raised_at >= $5${inZones()}
         ORDER BY raised_at DESC, id LIMIT $4`,
        [
          site,
          states,
          beforeMs === undefined ? null : new Date(beforeMs),
          Math.max(1, Math.min(limit, MOST_LISTED)),
          oldest(),
        ],
      );
      const counted = await pool.query<{ state: AlertState; count: number }>(
        `SELECT state, count(*) AS count FROM alert WHERE site = $1 AND raised_at >= $2${inZones()} GROUP BY state`,
        [site, oldest()],
      );
      const count = (wanted: AlertState) => counted.rows.find((row) => row.state === wanted)?.count ?? 0;
      return {
        alerts: rows.rows.map((row) => summaryOf(row, zoneName)),
        counts: { new: count('new'), acknowledged: count('acknowledged'), closed: count('closed') },
      };
    },
    get: (id) => get(pool, id),
    acknowledge: (id, actor, note, atMs) =>
      review(
        id,
        {
          sql: `UPDATE alert SET state = 'acknowledged', acknowledged_by = $3, acknowledged_at = $4
                WHERE id = $1 AND site = $2 AND state = 'new'`,
          values: [actor, new Date(atMs)],
        },
        { atMs, actor, event: 'acknowledged', note },
        { action: 'alert.acknowledged' },
      ),
    close: (id, actor, { disposition, reason, note }, atMs) =>
      review(
        id,
        {
          sql: `UPDATE alert SET state = 'closed', closed_by = $3, closed_at = $4, disposition = $5, disposition_reason = $6
                WHERE id = $1 AND site = $2 AND state <> 'closed'`,
          values: [actor, new Date(atMs), disposition, reason],
        },
        { atMs, actor, event: 'closed', note },
        // Not the reason: it is free text and may say more of somebody than is kept for so long.
        { action: 'alert.closed', detail: { disposition } },
      ),
    reopen: (id, actor, reason, atMs) =>
      review(
        id,
        {
          sql: `UPDATE alert SET state = 'new', acknowledged_by = NULL, acknowledged_at = NULL, closed_by = NULL, closed_at = NULL,
                                 disposition = NULL, disposition_reason = NULL
                WHERE id = $1 AND site = $2 AND state = 'closed'`,
          values: [],
        },
        { atMs, actor, event: 'reopened', note: reason },
        { action: 'alert.reopened' },
      ),
  };
}
