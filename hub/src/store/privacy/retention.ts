/** Removes rows that are past their time: by dropping chunks where there are any, by deleting rows elsewhere. */
import type pg from 'pg';
import type { AuditRecord } from '../../audit/entry.ts';
import type { ReadLimits } from '../../privacy/limits.ts';
import type { RetainedTable } from '../../privacy/retainedTables.ts';
import type { ZoneLimit } from '../../privacy/zones.ts';
import { appendAudit } from '../audit/append.ts';
import { inTransaction, isoTime, type Queryable } from '../database.ts';
import { rowsInZone } from '../zoneConditions.ts';
import { copyHeldEvidence } from './holds.ts';

/** Rows deleted by one statement: some tenths of a second. */
const DELETE_ROWS = 20_000;
/** Whoever holds a lock longer is told of in the run, and tried again by the next one. */
const LOCK_WAIT_MS = 1_000;
/** A table is searched for its oldest row in at most so many stretches of time. */
const MOST_STRETCHES = 64;
const SHORTEST_STRETCH_MS = 600_000;
/** SQLSTATE of a lock that was not had in time. */
const LOCK_NOT_AVAILABLE = '55P03';

/** A stretch of a table that one statement after another removes. */
export interface ExpiredPart {
  readonly table: RetainedTable;
  /** A chunk; null for a table without chunks. */
  readonly chunk: { readonly fromMs: number; readonly toMs: number } | null;
  /** Whether everything in it is past its time. */
  readonly whole: boolean;
}

export interface RunKey {
  /** A UUID. */
  readonly run: string;
  readonly startedMs: number;
  readonly dataClass: string;
  /** null: what the class does everywhere. */
  readonly zone: ZonePlace | null;
}

export interface ZonePlace {
  readonly floor: string;
  readonly zone: string;
}

export interface RunResult {
  readonly dataClass: string;
  readonly zone: ZonePlace | null;
  readonly limitMs: number;
  readonly cutoffMs: number;
  readonly rows: number;
  readonly oldestMs: number | null;
  readonly error: string | null;
}

export interface RetentionStore {
  /** Where rows older than that may lie; tables that are not there are left out. */
  expiredParts(table: RetainedTable, cutoffMs: number): Promise<ExpiredPart[]>;
  /**
   * Removes what is older than that from a part, and says so in the record of the run in the same transactions.
   *
   * @returns how many rows went.
   * @throws where some could not be removed; what went before is gone and recorded.
   */
  remove(part: ExpiredPart, cutoffMs: number, run: RunKey): Promise<number>;
  /**
   * Removes from a part what lies in a zone and is older than the cutoff, as {@link remove} does.
   *
   * @param fromMs what is older than this was searched before; null: nothing was.
   */
  removeInZone(part: ExpiredPart, zone: ZoneLimit, fromMs: number | null, run: RunKey): Promise<number>;
  /** What {@link removeInZone} has left, or else the oldest of the ten minutes after the cutoff; null where there is none. */
  oldestInZone(table: RetainedTable, zone: ZoneLimit, fromMs: number | null): Promise<number | null>;
  /** The oldest row, milliseconds; null where there is none. Looks from the cutoff on, a stretch at a time. */
  oldest(table: RetainedTable, cutoffMs: number, nowMs: number): Promise<number | null>;
  /**
   * Ends the holds whose time is over, or that were placed before the cutoff, and destroys what they kept; each leaves a row of
   * the audit.
   *
   * @returns how many rows of positions went.
   */
  endHolds(run: RunKey, cutoffMs: number): Promise<number>;
  /** Adds to the holds that last what the stories of their alerts have grown by. */
  copyHeldEvidence(limits: Pick<ReadLimits, 'oldestMs' | 'zones'>): Promise<void>;
  begin(run: RunKey, limitMs: number, cutoffMs: number): Promise<void>;
  /** Ends the records of a run and appends it to the audit. */
  finish(run: string, finishedMs: number, results: readonly RunResult[]): Promise<void>;
}

/** Rows that stay beyond the time of their class. An alert whose evidence is held can still be read. */
const unlessHeld = (table: string, nowMs: number): string =>
  table === 'alert'
    ? ` AND id NOT IN (SELECT alert FROM evidence_hold WHERE ended_at IS NULL AND until > '${isoTime(nowMs)}')`
    : '';

/** Names come from the list of tables alone. */
const quoted = (name: string): string => `"${name}"`;

async function hasTable(database: Queryable, table: string): Promise<boolean> {
  const { rows } = await database.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
    `public.${quoted(table)}`,
  ]);
  return rows[0]?.there === true;
}

async function chunksOf(database: Queryable, table: string): Promise<ExpiredPart['chunk'][] | null> {
  const { rows: extension } = await database.query<{ there: boolean }>(
    "SELECT to_regclass('timescaledb_information.chunks') IS NOT NULL AS there",
  );
  if (extension[0]?.there !== true) return null;
  const { rows: hypertable } = await database.query(
    "SELECT 1 FROM timescaledb_information.hypertables WHERE hypertable_schema = 'public' AND hypertable_name = $1",
    [table],
  );
  if (hypertable.length === 0) return null;
  const { rows } = await database.query<{ range_start: Date; range_end: Date }>(
    `SELECT range_start, range_end FROM timescaledb_information.chunks
     WHERE hypertable_schema = 'public' AND hypertable_name = $1 ORDER BY range_start`,
    [table],
  );
  return rows.map((row) => ({ fromMs: row.range_start.getTime(), toMs: row.range_end.getTime() }));
}

const recordOf = (zone: ZonePlace | null): string => (zone ? 'retention_zone_run' : 'retention_run');
const placeOf = (zone: ZonePlace | null): string[] => (zone ? [zone.floor, zone.zone] : []);

async function recordRemoval(
  client: Queryable,
  { run, dataClass, zone }: RunKey,
  removed: { readonly rows: number; readonly first: Date | null; readonly last: Date | null },
): Promise<void> {
  await client.query(
    `UPDATE ${recordOf(zone)} SET rows = rows + $3, first_time = least(first_time, $4), last_time = greatest(last_time, $5)
     WHERE run = $1 AND class = $2${zone ? ' AND floor = $6 AND zone = $7' : ''}`,
    [run, dataClass, removed.rows, removed.first, removed.last, ...placeOf(zone)],
  );
}

interface Removed {
  rows: number;
  first: Date | null;
  last: Date | null;
}

export function createRetentionStore(pool: pg.Pool): RetentionStore {
  const inShortTransaction = <T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> =>
    inTransaction(pool, async (client) => {
      await client.query(`SET LOCAL lock_timeout = ${LOCK_WAIT_MS}`);
      return await work(client);
    });

  const dropChunk = (part: ExpiredPart, chunk: { fromMs: number; toMs: number }, run: RunKey): Promise<number> =>
    inShortTransaction(async (client) => {
      const { table, time } = part.table;
      const range = [isoTime(chunk.fromMs), isoTime(chunk.toMs)];
      const { rows } = await client.query<Removed>(
        `SELECT count(*) AS rows, min(${quoted(time)}) AS first, max(${quoted(time)}) AS last FROM ${quoted(table)}
         WHERE ${quoted(time)} >= $1::timestamptz AND ${quoted(time)} < $2::timestamptz`,
        range,
      );
      await client.query('SELECT retention_drop_chunk($1, $2, $3)', [table, range[1], range[0]]);
      const removed = rows[0] ?? { rows: 0, first: null, last: null };
      await recordRemoval(client, run, removed);
      return removed.rows;
    });

  /** A row that somebody else holds is passed over and told of. */
  const deleteSome = ({ table: of }: ExpiredPart, range: string, run: RunKey): Promise<number> =>
    inShortTransaction(async (client) => {
      const [table, time] = [quoted(of.table), quoted(of.time)];
      const { rows } = await client.query<Removed>(
        `WITH gone AS (
           DELETE FROM ${table} WHERE ${range} AND ctid = ANY (ARRAY (
             SELECT ctid FROM ${table} WHERE ${range} LIMIT ${DELETE_ROWS} FOR UPDATE SKIP LOCKED))
           RETURNING ${time} AS at
         )
         SELECT count(*) AS rows, min(at) AS first, max(at) AS last FROM gone`,
      );
      const removed = rows[0] ?? { rows: 0, first: null, last: null };
      if (removed.rows > 0) await recordRemoval(client, run, removed);
      return removed.rows;
    });

  const deleteAll = async (
    part: ExpiredPart,
    cutoffMs: number,
    run: RunKey,
    { fromMs: searchedMs, only }: { readonly fromMs: number | null; readonly only: string } = {
      fromMs: null,
      only: '',
    },
  ): Promise<number> => {
    const { table, time } = part.table;
    // The range keeps it to one chunk: only within one does a ctid name a row. Written out, so that the plan sees it.
    const starts = [part.chunk?.fromMs, searchedMs].filter((ms) => ms !== undefined && ms !== null);
    const toMs = Math.min(cutoffMs, part.chunk?.toMs ?? cutoffMs);
    const from = starts.length === 0 ? '' : `${quoted(time)} >= '${isoTime(Math.max(...starts))}' AND `;
    const range = `${from}${quoted(time)} < '${isoTime(toMs)}'${unlessHeld(table, run.startedMs)}${only}`;
    let rows = 0;
    for (;;) {
      const removed = await deleteSome(part, range, run);
      rows += removed;
      if (removed < DELETE_ROWS) break;
    }
    const left = await inShortTransaction((client) =>
      client.query<{ rows: number }>(`SELECT count(*) AS rows FROM ${quoted(table)} WHERE ${range}`),
    );
    const count = left.rows[0]?.rows ?? 0;
    if (count > 0) throw new Error(`${count} rows are held by another transaction`);
    return rows;
  };

  return {
    expiredParts: async (table, cutoffMs) => {
      if (!(await hasTable(pool, table.table))) return [];
      const chunks = await chunksOf(pool, table.table);
      if (!chunks) return [{ table, chunk: null, whole: false }];
      return chunks.flatMap((chunk): ExpiredPart[] =>
        chunk && chunk.fromMs < cutoffMs ? [{ table, chunk, whole: chunk.toMs <= cutoffMs }] : [],
      );
    },
    remove: async (part, cutoffMs, run) => {
      if (!part.chunk || !part.whole) return await deleteAll(part, cutoffMs, run);
      try {
        return await dropChunk(part, part.chunk, run);
      } catch (problem) {
        if (!(problem instanceof Error && 'code' in problem && problem.code === LOCK_NOT_AVAILABLE)) throw problem;
        // Dropping one chunk needs the whole table for a moment, which a backup or a long report may hold for hours. Rows can
        // be deleted beside those; the empty chunk is dropped by a later run.
        return await deleteAll(part, cutoffMs, run);
      }
    },
    removeInZone: async (part, zone, fromMs, run) => {
      const condition = rowsInZone(part.table, zone);
      if (condition === null) return 0;
      if (fromMs !== null && part.chunk && part.chunk.toMs <= fromMs) return 0;
      return await deleteAll(part, zone.oldestMs, run, { fromMs, only: ` AND ${condition}` });
    },
    oldestInZone: async (table, zone, fromMs) => {
      const condition = rowsInZone(table, zone);
      if (condition === null || !(await hasTable(pool, table.table))) return null;
      const at = quoted(table.time);
      const from = fromMs === null ? '' : ` AND ${at} >= '${isoTime(fromMs)}'`;
      const { rows } = await inShortTransaction((client) =>
        client.query<{ at: Date | null }>(
          `SELECT min(${at}) AS at FROM ${quoted(table.table)}
           WHERE ${at} < '${isoTime(zone.oldestMs + SHORTEST_STRETCH_MS)}'${from} AND ${condition}${unlessHeld(table.table, zone.oldestMs + zone.keptMs)}`,
        ),
      );
      return rows[0]?.at?.getTime() ?? null;
    },
    oldest: async ({ table, time }, cutoffMs, nowMs) => {
      if (!(await hasTable(pool, table))) return null;
      const [name, at] = [quoted(table), quoted(time)];
      const [cutoff, now] = [isoTime(cutoffMs), isoTime(nowMs)];
      const stretchMs = Math.max(SHORTEST_STRETCH_MS, (nowMs - cutoffMs) / MOST_STRETCHES);
      // What is left from before the cutoff, or the first stretch since then that is not empty: block range indices tell at
      // once of a stretch that it is, and the rest is not looked at.
      const { rows } = await inShortTransaction((client) =>
        client.query<{ at: Date | null }>(
          `SELECT coalesce(
             (SELECT min(${at}) FROM ${name} WHERE ${at} < '${cutoff}'${unlessHeld(table, nowMs)}),
             (SELECT w.at FROM generate_series('${cutoff}'::timestamptz, '${now}', '${stretchMs} milliseconds') AS s (begins),
                LATERAL (SELECT min(${at}) AS at FROM ${name}
                         WHERE ${at} >= s.begins AND ${at} < s.begins + interval '${stretchMs} milliseconds') AS w
              WHERE w.at IS NOT NULL LIMIT 1),
             (SELECT min(${at}) FROM ${name} WHERE ${at} > '${now}')) AS at`,
        ),
      );
      return rows[0]?.at?.getTime() ?? null;
    },
    endHolds: (run, cutoffMs) =>
      inShortTransaction(async (client) => {
        const { rows: ended } = await client.query<{ id: string; alert: string }>(
          `UPDATE evidence_hold SET ended_at = $1, ended_by = 'hub', end_reason = 'its time was over'
           WHERE ended_at IS NULL AND (until <= $1 OR held_at < $2) RETURNING id, alert`,
          [isoTime(run.startedMs), isoTime(cutoffMs)],
        );
        if (ended.length === 0) return 0;
        const { rows: gone } = await client.query<{ hold: string; from_time: Date }>(
          'DELETE FROM held_segment WHERE hold = ANY ($1::uuid[]) RETURNING hold, from_time',
          [ended.map(({ id }) => id)],
        );
        const times = gone.map((row) => row.from_time).sort((a, b) => a.getTime() - b.getTime());
        await recordRemoval(client, run, { rows: gone.length, first: times[0] ?? null, last: times.at(-1) ?? null });
        await appendAudit(
          client,
          ...ended.map(
            ({ id, alert }): AuditRecord => ({
              atMs: run.startedMs,
              actor: 'hub',
              action: 'privacy.hold-ended',
              subject: alert,
              detail: { hold: id, rows: gone.filter(({ hold }) => hold === id).length },
            }),
          ),
        );
        return gone.length;
      }),
    copyHeldEvidence: (limits) => copyHeldEvidence(pool, null, limits),
    begin: async ({ run, startedMs, dataClass, zone }, limitMs, cutoffMs) => {
      await pool.query(
        `INSERT INTO ${recordOf(zone)} (run, started_at, class, limit_seconds, cutoff${zone ? ', floor, zone' : ''})
         VALUES ($1, $2, $3, $4, $5${zone ? ', $6, $7' : ''})`,
        [run, isoTime(startedMs), dataClass, limitMs / 1000, isoTime(cutoffMs), ...placeOf(zone)],
      );
    },
    finish: async (run, finishedMs, results) => {
      await inTransaction(pool, async (client) => {
        for (const { dataClass, zone, oldestMs, error } of results) {
          await client.query(
            `UPDATE ${recordOf(zone)} SET finished_at = $3, oldest_left = $4, error = $5
             WHERE run = $1 AND class = $2${zone ? ' AND floor = $6 AND zone = $7' : ''}`,
            [
              run,
              dataClass,
              isoTime(finishedMs),
              oldestMs === null ? null : isoTime(oldestMs),
              error,
              ...placeOf(zone),
            ],
          );
        }
        const detail = Object.fromEntries(
          results.map(({ dataClass, zone, limitMs, rows, oldestMs, error }) => [
            zone ? `${dataClass} at ${zone.floor}/${zone.zone}` : dataClass,
            { limitSeconds: limitMs / 1000, rows, oldestMs, ...(error === null ? {} : { error }) },
          ]),
        );
        await appendAudit(client, { atMs: finishedMs, actor: 'hub', action: 'retention.run', detail });
      });
    },
  };
}

export interface RunRecord {
  readonly startedMs: number;
  readonly finishedMs: number | null;
  readonly dataClass: string;
  /** `departures/prayer-room` for what went by the limit of a zone; null: by that of the class. */
  readonly zone: string | null;
  readonly limitSeconds: number;
  readonly rows: number;
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  readonly oldestMs: number | null;
  readonly error: string | null;
}

/** The newest first. @param removedOnly only what removed something or failed. */
export async function lastRuns(database: Queryable, limit: number, removedOnly: boolean): Promise<RunRecord[]> {
  const { rows } = await database.query<RunRecord>(
    `SELECT (extract(epoch FROM started_at) * 1000)::bigint AS "startedMs",
            (extract(epoch FROM finished_at) * 1000)::bigint AS "finishedMs", class AS "dataClass", zone,
            limit_seconds AS "limitSeconds", rows, (extract(epoch FROM first_time) * 1000)::bigint AS "firstMs",
            (extract(epoch FROM last_time) * 1000)::bigint AS "lastMs",
            (extract(epoch FROM oldest_left) * 1000)::bigint AS "oldestMs", error
     FROM (
       SELECT started_at, finished_at, class, NULL AS zone, limit_seconds, rows, first_time, last_time, oldest_left, error
       FROM retention_run
       UNION ALL
       SELECT started_at, finished_at, class, floor || '/' || zone, limit_seconds, rows, first_time, last_time, oldest_left, error
       FROM retention_zone_run) AS r
     WHERE NOT $2 OR rows > 0 OR error IS NOT NULL OR finished_at IS NULL
     ORDER BY started_at DESC, class, zone NULLS FIRST LIMIT $1`,
    [limit, removedOnly],
  );
  return rows;
}
