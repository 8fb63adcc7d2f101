/** What dashboards are shown of the floor, added up while it is fresh: counts by place and time, never a pseudonym. */
import type { FloorPlan, Polygon } from '@safe-passage/contract';
import type pg from 'pg';
import { inTransaction, isoTime, type Queryable } from './database.ts';

/** The shorter step of `zone_interval`. */
const INTERVAL_MS = 300_000;
const HOUR_MS = 3_600_000;
/** The side of the squares of `floor_cell`, centimetres. */
const CELL_CM = 200;
/** Of the seconds that a person was seen every so manieth is looked at: squares of two metres are left in no less. */
const EVERY_SECONDS = 5;

export interface HubWord {
  readonly version: string;
  readonly consoleUrl: string;
  readonly startedMs: number;
  readonly nowMs: number;
  /** What is not ready, by name; empty: the hub can do its work. */
  readonly problems: readonly string[];
}

export interface SummaryStore {
  /** The floors as they are called now, in place of those before. */
  savePlans(timeZone: string, plans: readonly FloorPlan[]): Promise<void>;
  /**
   * How full the zones were in every whole interval that lies within a stretch; what was known of them before is replaced.
   *
   * @param presentSinceMs from when on the hub was there: an interval before in which nobody is known of stays unknown.
   */
  addZones(fromMs: number, toMs: number, presentSinceMs: number): Promise<void>;
  /** The ways between zones in every hour that a stretch touches. */
  addFlows(fromMs: number, toMs: number): Promise<void>;
  /** Where people were since the last call, up to a moment; at most six hours of it. */
  addCells(toMs: number): Promise<void>;
  /** Up to when zones are known; null where nothing is. */
  zonesThrough(): Promise<number | null>;
  say(word: HubWord): Promise<void>;
}

/** Of a polygon that does not cross itself, square metres. */
function areaOf(polygon: Polygon): number {
  let twice = 0;
  for (const [i, [x, y]] of polygon.entries()) {
    const [nextX, nextY] = polygon[(i + 1) % polygon.length] ?? [x, y];
    twice += x * nextY - nextX * y;
  }
  return Math.abs(twice) / 2;
}

const down = (ms: number, step: number): number => Math.floor(ms / step) * step;

/** What is as it was is not written: most of what is looked at again has not changed. */
const REPLACE_ZONE = `
ON CONFLICT (step_seconds, from_time, site, floor, zone) DO UPDATE SET
  people = excluded.people, entered = excluded.entered, stays = excluded.stays, stay_seconds = excluded.stay_seconds,
  longest_seconds = excluded.longest_seconds
WHERE (z.people, z.entered, z.stays, z.stay_seconds, z.longest_seconds) IS DISTINCT FROM
  (excluded.people, excluded.entered, excluded.stays, excluded.stay_seconds, excluded.longest_seconds)`;

const ADD_ZONES = `
INSERT INTO zone_interval AS z (step_seconds, from_time, site, floor, zone, people, entered, stays, stay_seconds, longest_seconds)
SELECT ${INTERVAL_MS / 1000}, coalesce(p.at, b.at), $1, coalesce(p.floor, b.floor), coalesce(p.zone, b.zone), coalesce(p.people, 0), coalesce(p.entered, 0),
       coalesce(p.stays, 0), coalesce(p.stay_seconds, 0), coalesce(p.longest_seconds, 0)
FROM (
  SELECT i.at, e.floor, e.zone,
         sum(extract(epoch FROM least(e.to_time, i.at + $4::interval) - greatest(e.from_time, i.at))) / extract(epoch FROM $4::interval) AS people,
         count(*) FILTER (WHERE e.from_time >= i.at) AS entered,
         count(*) FILTER (WHERE ended) AS stays,
         sum(e.seconds) FILTER (WHERE ended) AS stay_seconds,
         max(e.seconds) FILTER (WHERE ended) AS longest_seconds
  FROM dwell_episode AS e,
       LATERAL generate_series(greatest($2::timestamptz, date_bin($4::interval, e.from_time, 'epoch')),
                               least(e.to_time, $3::timestamptz - $4::interval), $4::interval) AS i (at),
       LATERAL (SELECT NOT e.open AND e.to_time < i.at + $4::interval AS ended) AS d
  WHERE e.site = $1 AND e.from_time >= $2::timestamptz - interval '1 day' AND e.from_time < $3 AND e.to_time >= $2
  GROUP BY i.at, e.floor, e.zone
) AS p
FULL JOIN (
  SELECT i.at, f.floor, f.zone
  FROM floor_zone AS f, generate_series($5::timestamptz, $3::timestamptz - $4::interval, $4::interval) AS i (at)
  WHERE f.site = $1
) AS b ON b.at = p.at AND b.floor = p.floor AND b.zone = p.zone
${REPLACE_ZONE}`;

const ADD_ZONE_HOURS = `
INSERT INTO zone_interval AS z (step_seconds, from_time, site, floor, zone, people, entered, stays, stay_seconds, longest_seconds)
SELECT 3600, date_bin('1 hour', from_time, 'epoch'), site, floor, zone, avg(people), sum(entered), sum(stays), sum(stay_seconds), max(longest_seconds)
FROM zone_interval
WHERE step_seconds = ${INTERVAL_MS / 1000} AND site = $1 AND from_time >= $2 AND from_time < $3
GROUP BY 2, site, floor, zone
${REPLACE_ZONE}`;

/** A stay that comes late may lie between two that were a way before: that way is none any more. */
const ADD_FLOWS = `
WITH way AS (
  SELECT date_bin('1 hour', from_time, 'epoch') AS at, floor, previous, zone, count(*) AS people
  FROM (
    SELECT floor, zone, from_time, lag(zone) OVER (PARTITION BY floor, person ORDER BY from_time, zone) AS previous
    FROM dwell_episode WHERE site = $1 AND from_time >= $2::timestamptz - interval '3 hours' AND from_time < $3
  ) AS visit
  WHERE previous IS NOT NULL AND previous <> zone AND from_time >= $2
  GROUP BY 1, floor, previous, zone
), none AS (
  DELETE FROM zone_flow AS z
  WHERE site = $1 AND from_time >= $2 AND from_time < $3 AND NOT EXISTS (
    SELECT 1 FROM way AS w
    WHERE (w.at, w.floor, w.previous, w.zone) = (z.from_time, z.floor, z.from_zone, z.to_zone))
)
INSERT INTO zone_flow AS z (from_time, site, floor, from_zone, to_zone, people)
SELECT at, $1, floor, previous, zone, people FROM way
ON CONFLICT (from_time, site, floor, from_zone, to_zone) DO UPDATE SET people = excluded.people
WHERE z.people <> excluded.people`;

const ADD_CELLS = `
INSERT INTO floor_cell AS c (step_seconds, from_time, site, floor, x, y, person_seconds)
SELECT step, date_bin(step * interval '1 second', from_time, 'epoch'), $1, floor, floor(x_cm[1] / ${CELL_CM}.0), floor(y_cm[1] / ${CELL_CM}.0),
       ${EVERY_SECONDS} * count(*)
FROM person_segment, (VALUES (3600), (86400)) AS s (step)
WHERE site = $1 AND from_time >= $2 AND from_time < $3 AND x_cm[1] IS NOT NULL
  AND mod(floor(extract(epoch FROM from_time))::bigint, ${EVERY_SECONDS}) = 0
GROUP BY step, 2, floor, 5, 6
ON CONFLICT (step_seconds, from_time, site, floor, x, y) DO UPDATE SET person_seconds = c.person_seconds + excluded.person_seconds`;

/** Persons are written a little after the second that they were seen in. */
const PROGRESS = `
INSERT INTO summary_progress AS p (site, summary, through) VALUES ($1, 'cells', $2)
ON CONFLICT (site, summary) DO UPDATE SET through = greatest(p.through, excluded.through)`;

async function savePlans(
  client: Queryable,
  site: string,
  timeZone: string,
  plans: readonly FloorPlan[],
): Promise<void> {
  await client.query('DELETE FROM floor_zone WHERE site = $1', [site]);
  await client.query('DELETE FROM floor WHERE site = $1', [site]);
  for (const { id, name, bounds, zones } of plans) {
    await client.query(
      `INSERT INTO floor (site, floor, name, time_zone, min_x, min_y, max_x, max_y) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [site, id, name, timeZone, ...bounds.flat()],
    );
    const seen = zones.filter(({ kind }) => kind !== 'blind');
    await client.query(
      `INSERT INTO floor_zone (site, floor, zone, name, kind, area_square_metres, outline)
       SELECT $1, $2, z.* FROM unnest($3::text[], $4::text[], $5::text[], $6::double precision[], $7::polygon[]) AS z`,
      [
        site,
        id,
        seen.map((zone) => zone.id),
        seen.map((zone) => zone.name),
        seen.map((zone) => zone.kind),
        seen.map((zone) => areaOf(zone.polygon)),
        seen.map(({ polygon }) => `(${polygon.map(([x, y]) => `(${x},${y})`).join(',')})`),
      ],
    );
  }
}

export function createSummaryStore(pool: pg.Pool, site: string): SummaryStore {
  return {
    savePlans: (timeZone, plans) => inTransaction(pool, (client) => savePlans(client, site, timeZone, plans)),
    addZones: async (fromMs, toMs, presentSinceMs) => {
      const [from, to] = [down(fromMs, INTERVAL_MS), down(toMs, INTERVAL_MS)];
      if (from >= to) return;
      const zerosFrom = Math.max(from, down(presentSinceMs + INTERVAL_MS - 1, INTERVAL_MS));
      await pool.query(ADD_ZONES, [
        site,
        isoTime(from),
        isoTime(to),
        `${INTERVAL_MS} milliseconds`,
        isoTime(zerosFrom),
      ]);
      await pool.query(ADD_ZONE_HOURS, [site, isoTime(down(from, HOUR_MS)), isoTime(down(to + HOUR_MS - 1, HOUR_MS))]);
    },
    addFlows: async (fromMs, toMs) => {
      await pool.query(ADD_FLOWS, [site, isoTime(down(fromMs, HOUR_MS)), isoTime(toMs)]);
    },
    addCells: (toMs) =>
      inTransaction(pool, async (client) => {
        const to = down(toMs, 1000);
        const { rows } = await client.query<{ through: Date }>(
          `SELECT through FROM summary_progress WHERE site = $1 AND summary = 'cells' FOR UPDATE`,
          [site],
        );
        const from = Math.max(rows[0]?.through.getTime() ?? 0, to - 6 * HOUR_MS);
        if (from >= to) return;
        await client.query(ADD_CELLS, [site, isoTime(from), isoTime(to)]);
        await client.query(PROGRESS, [site, isoTime(to)]);
      }),
    zonesThrough: async () => {
      const { rows } = await pool.query<{ at: Date | null }>(
        `SELECT max(from_time) AS at FROM zone_interval WHERE step_seconds = ${INTERVAL_MS / 1000} AND site = $1`,
        [site],
      );
      const at = rows[0]?.at;
      return at ? at.getTime() + INTERVAL_MS : null;
    },
    say: async ({ version, consoleUrl, startedMs, nowMs, problems }) => {
      await pool.query(
        `INSERT INTO hub_state (site, version, console_url, started_at, at, ready, problem) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (site) DO UPDATE SET version = excluded.version, console_url = excluded.console_url,
           started_at = excluded.started_at, at = excluded.at, ready = excluded.ready, problem = excluded.problem`,
        [
          site,
          version,
          consoleUrl,
          isoTime(startedMs),
          isoTime(nowMs),
          problems.length === 0,
          problems.join(', ') || null,
        ],
      );
    },
  };
}
