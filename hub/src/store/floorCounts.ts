/** What happened on a floor in the last hours, by zone, way and square, and what is usual there at this hour. Never a pseudonym. */
import type pg from 'pg';
import type { FloorCounts } from '../api/floorCountSchemas.ts';
import type { ReadLimits } from '../privacy/limits.ts';
import type { RetainedTable } from '../privacy/retainedTables.ts';
import { isoTime } from './database.ts';
import { rowsInZone } from './zoneConditions.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** The step of `zone_interval` that is read. */
const STEP_MS = 5 * MINUTE_MS;
/** An interval is added up at most so long after it is over: once a minute, with twenty seconds for what comes late. */
const ADDED_AFTER_MS = 80_000;
/** Of what length the waits are told: short enough for a queue that grows. */
const WAITS_MS = 15 * MINUTE_MS;
/** Squares of `floor_cell`, square metres. */
const SQUARE_METRES = 4;
const MOST_WAYS = 200;
const USUAL_DAYS = 28;
/** From fewer days nothing is called usual. */
const LEAST_DAYS = 3;

type ZoneCounts = FloorCounts['zones'][number];
type ZoneUsual = NonNullable<ZoneCounts['usual']>;
type EndedStays = NonNullable<ZoneCounts['lastQuarter']>;

export interface FloorCountStore {
  read(floor: string, nowMs: number): Promise<FloorCounts>;
}

const zonesOf = (within: string): string => `
SELECT zone, count(*)::integer AS intervals, avg(people) AS people, sum(entered)::integer AS entered, sum(stays)::integer AS stays,
       sum(stay_seconds) AS "staySeconds", coalesce(sum(stays) FILTER (WHERE from_time >= $5), 0)::integer AS "lateStays",
       coalesce(sum(stay_seconds) FILTER (WHERE from_time >= $5), 0) AS "lateSeconds", (count(*) FILTER (WHERE from_time >= $5))::integer AS "lateIntervals"
FROM zone_interval
WHERE step_seconds = ${STEP_MS / 1000} AND site = $1 AND floor = $2 AND from_time >= $3 AND from_time < $4${within}
GROUP BY zone`;

const waysOf = (within: string): string => `
SELECT from_zone AS "from", to_zone AS "to", sum(people)::integer AS people
FROM zone_flow
WHERE site = $1 AND floor = $2 AND from_time >= $3${within}
GROUP BY from_zone, to_zone ORDER BY 3 DESC, 1, 2 LIMIT ${MOST_WAYS}`;

/** For how long squares were added up: up to the last of it, without the time that the hub was away. */
const KNOWN = `
SELECT extract(epoch FROM (SELECT through FROM summary_progress WHERE site = $1 AND summary = 'cells') - $3::timestamptz)
       - extract(epoch FROM $4::timestamptz - $3::timestamptz)
       + ${STEP_MS / 1000} * (SELECT count(DISTINCT from_time) FROM zone_interval
           WHERE step_seconds = ${STEP_MS / 1000} AND site = $1 AND floor = $2 AND from_time >= $3 AND from_time < $4) AS seconds`;

const squaresOf = (within: string): string => `
SELECT x, y, sum(person_seconds) AS "personSeconds"
FROM floor_cell
WHERE step_seconds = 3600 AND site = $1 AND floor = $2 AND from_time >= $3${within}
GROUP BY x, y`;

const USUAL = `
SELECT zone, count(footfall)::integer AS days, (count(*) - count(footfall))::integer AS "withheldDays", max(k)::integer AS k,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY mean_persons) AS people,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY footfall) AS entered,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY dwell_seconds) AS "staySeconds"
FROM aggregate_cell
WHERE site = $1 AND floor = $2 AND period = 'hour' AND from_time >= $3 AND zone <> '*'
  AND extract(hour FROM from_time AT TIME ZONE $5) = extract(hour FROM $4::timestamptz AT TIME ZONE $5)
GROUP BY zone`;

interface ZoneRow {
  readonly zone: string;
  readonly intervals: number;
  readonly people: number;
  readonly entered: number;
  readonly stays: number;
  readonly staySeconds: number;
  readonly lateStays: number;
  readonly lateSeconds: number;
  readonly lateIntervals: number;
}

const ended = (stays: number, seconds: number): EndedStays => ({
  stays,
  staySeconds: stays > 0 ? seconds / stays : null,
});

const lately = (row: ZoneRow): Pick<ZoneCounts, 'lastHour' | 'lastQuarter'> => ({
  lastHour: {
    minutes: (row.intervals * STEP_MS) / MINUTE_MS,
    people: row.people,
    entered: row.entered,
    ...ended(row.stays, row.staySeconds),
  },
  // Where the hub has not been there for the whole of it, those who have left again by now were the quick ones.
  lastQuarter: row.lateIntervals === WAITS_MS / STEP_MS ? ended(row.lateStays, row.lateSeconds) : null,
});

const usual = ({ zone: _, ...row }: ZoneUsual & { readonly zone: string }): ZoneUsual =>
  // Where most days were withheld, the middle one is among them: of the others it would be too high.
  row.days >= LEAST_DAYS && row.withheldDays < row.days
    ? row
    : { ...row, people: null, entered: null, staySeconds: null };

export function createFloorCountStore(
  pool: pg.Pool,
  site: string,
  limits: ReadLimits,
  timeZone: string,
): FloorCountStore {
  /** ` AND ...`: nothing from a zone that is past the zone's own limit. */
  const within = (table: Pick<RetainedTable, 'table' | 'inZone'>): string =>
    limits
      .zones('episodes')
      .map((zone) => {
        const rows = rowsInZone(table, zone);
        return rows === null
          ? ''
          : ` AND NOT (${table.table}.from_time < '${isoTime(zone.oldestMs)}'::timestamptz AND ${rows})`;
      })
      .join('');
  return {
    read: async (floor, nowMs) => {
      const toMs = Math.floor((nowMs - ADDED_AFTER_MS) / STEP_MS) * STEP_MS;
      // Small numbers are told as long as whoever may ask sees everybody's place: no longer than tracks live.
      const oldestMs = Math.max(limits.oldestMs('tracks'), limits.oldestMs('episodes'));
      const since = (ms: number): string => isoTime(Math.max(ms, oldestMs));
      const sinceMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS - HOUR_MS;
      const place = [site, floor];
      const [zones, ways, squares, known, usually] = await Promise.all([
        pool.query<ZoneRow>(zonesOf(within({ table: 'zone_interval', inZone: 'named' })), [
          ...place,
          since(toMs - HOUR_MS),
          isoTime(toMs),
          isoTime(toMs - WAITS_MS),
        ]),
        pool.query<FloorCounts['ways'][number]>(waysOf(within({ table: 'zone_flow', inZone: 'either end' })), [
          ...place,
          since(sinceMs),
        ]),
        pool.query<{ x: number; y: number; personSeconds: number }>(
          squaresOf(within({ table: 'floor_cell', inZone: 'square' })),
          [...place, since(sinceMs)],
        ),
        pool.query<{ seconds: number | null }>(KNOWN, [...place, since(sinceMs), isoTime(toMs)]),
        pool.query<ZoneUsual & { zone: string }>(USUAL, [
          ...place,
          isoTime(Math.max(nowMs - USUAL_DAYS * DAY_MS, limits.oldestMs('aggregates'))),
          isoTime(nowMs),
          timeZone,
        ]),
      ]);
      const seconds = known.rows[0]?.seconds ?? 0;
      const latelyOf = new Map(zones.rows.map((row) => [row.zone, lately(row)]));
      const usualOf = new Map(usually.rows.map((row) => [row.zone, usual(row)]));
      return {
        floor,
        toMs,
        sinceMs,
        zones: [...new Set([...latelyOf.keys(), ...usualOf.keys()])].sort().map((zone) => ({
          zone,
          lastHour: null,
          lastQuarter: null,
          ...latelyOf.get(zone),
          usual: usualOf.get(zone) ?? null,
        })),
        ways: ways.rows,
        squares:
          seconds > 0
            ? squares.rows.map(({ x, y, personSeconds }) => [
                Math.sqrt(SQUARE_METRES) * x,
                Math.sqrt(SQUARE_METRES) * y,
                personSeconds / seconds / SQUARE_METRES,
              ])
            : [],
      };
    },
  };
}
