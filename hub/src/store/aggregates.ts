/** Counts by zone and time: what has been published, and the stays that the next ones are made of. */
import type pg from 'pg';
import type { Stay } from '../aggregate/tally.ts';
import type { ReadLimits } from '../privacy/limits.ts';
import type { ZoneLimit } from '../privacy/zones.ts';
import { epochMs, inTransaction, isoTime } from './database.ts';
import { withinNamedZones } from './zoneConditions.ts';

/** Somebody who stayed longer than this before a block began is not looked for. */
const LONGEST_STAY_MS = 2 * 86_400_000;
/** Rows of one insertion, and of one answer. */
const BATCH = 5000;
const MOST_CELLS = 100_000;

/** All zones of a floor together. */
export const ALL_ZONES = '*';

export type AggregatePeriod = 'quarter' | 'hour' | 'day';

/** One row of `aggregate_count`. */
export interface AggregateCount {
  readonly floor: string;
  /** `*`: all zones of the floor together. */
  readonly zone: string;
  readonly period: AggregatePeriod;
  readonly fromMs: number;
  readonly toMs: number;
  /** null: suppressed. */
  readonly footfall: number | null;
  readonly personSeconds: number | null;
  readonly squareMetres: number;
  readonly k: number;
}

/** The same as people read it. */
export interface AggregateCell extends Omit<AggregateCount, 'squareMetres'> {
  readonly meanPersons: number | null;
  readonly personsPerSquareMetre: number | null;
  readonly dwellSeconds: number | null;
}

export interface AggregateQuery {
  readonly floor: string;
  readonly zone?: string;
  readonly period: AggregatePeriod;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a camera of level `counts` said of one zone, or of all that it sees, in a quarter-hour. */
export interface CountedQuarter {
  /** `device/camera`. */
  readonly camera: string;
  /** One stretch of counting: newcomers are new in it. */
  readonly epoch: string;
  /** `*`: in any of the zones of the camera; then without person-seconds. */
  readonly zone: string;
  readonly fromMs: number;
  readonly people: number;
  readonly newcomers: number;
  readonly personSeconds: number;
}

export interface AggregateStore {
  /** Since when anything can have been recorded: the first policy, or the oldest stay or count. Null where there is nothing at all. */
  since(): Promise<number | null>;
  /** In order of time and zone. No cell older than its retention. */
  read(query: AggregateQuery): Promise<AggregateCell[]>;
  /** Whether anything of a stretch has been published. */
  published(floor: string, fromMs: number, toMs: number): Promise<boolean>;
  /** Stays that overlap a stretch, and are within their retention. */
  stays(floor: string, fromMs: number, toMs: number): Promise<Stay[]>;
  /** What devices of level `counts` counted in a stretch, in order of sequence for each camera; within its retention. */
  counted(floor: string, fromMs: number, toMs: number): Promise<CountedQuarter[]>;
  /** Destroys that: small numbers are kept until they are published, as far as they may be, and no longer. */
  forgetCounted(floor: string, fromMs: number, toMs: number): Promise<void>;
  /** All at once or none: what is published later can give away what was before. */
  publish(counts: readonly AggregateCount[], atMs: number): Promise<void>;
}

const READ = `
SELECT floor, zone, period, (extract(epoch FROM from_time) * 1000)::bigint AS "fromMs",
       (extract(epoch FROM to_time) * 1000)::bigint AS "toMs", footfall, person_seconds AS "personSeconds",
       mean_persons AS "meanPersons", persons_per_square_metre AS "personsPerSquareMetre", dwell_seconds AS "dwellSeconds", k
FROM aggregate_cell
WHERE site = $1 AND floor = $2 AND ($3::text IS NULL OR zone = $3) AND period = $4 AND from_time >= $5 AND from_time < $6
ORDER BY from_time, zone LIMIT ${MOST_CELLS}`;

const SINCE = `
SELECT least((SELECT min(from_time) FROM privacy_policy_period), (SELECT min(from_time) FROM dwell_episode WHERE site = $1),
             (SELECT min(from_time) FROM zone_count WHERE site = $1)) AS since`;

const staysOf = (zones: readonly ZoneLimit[]): string => `
SELECT zone, person, (extract(epoch FROM from_time) * 1000)::bigint AS "fromMs", detail->'visits' AS visits,
       (extract(epoch FROM to_time) * 1000)::bigint AS "toMs"
FROM dwell_episode
WHERE site = $1 AND floor = $2 AND from_time >= $3 AND from_time < $4 AND to_time > $5${withinNamedZones(zones, 'from_time')}`;

const countedOf = (zones: readonly ZoneLimit[]): string => `
SELECT device || '/' || camera AS camera, epoch, zone, (extract(epoch FROM from_time) * 1000)::bigint AS "fromMs", people, newcomers,
       person_seconds AS "personSeconds"
FROM zone_count
WHERE site = $1 AND floor = $2 AND from_time >= $3 AND from_time < $4${withinNamedZones(zones, 'from_time')}
ORDER BY device, camera, sequence, zone`;

const INSERT = `
INSERT INTO aggregate_count (site, floor, zone, period, from_time, to_time, footfall, person_seconds, square_metres, k, made_at)
SELECT $1, floor, zone, period, from_time, to_time, footfall, person_seconds, square_metres, k, $10
FROM unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::integer[], $8::bigint[],
            $9::double precision[], $11::integer[])
     AS g (floor, zone, period, from_time, to_time, footfall, person_seconds, square_metres, k)
ON CONFLICT DO NOTHING`;

interface StayRow {
  readonly zone: string;
  readonly person: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly visits: { readonly fromMs: number; readonly toMs: number }[] | null;
}

export function createAggregateStore(pool: pg.Pool, site: string, limits: ReadLimits): AggregateStore {
  return {
    since: async () => {
      const { rows } = await pool.query<{ since: Date | null }>(SINCE, [site]);
      return epochMs(rows[0]?.since ?? null);
    },
    read: async ({ floor, zone, period, fromMs, toMs }) => {
      const from = new Date(Math.max(fromMs, limits.oldestMs('aggregates')));
      const { rows } = await pool.query<AggregateCell>(READ, [site, floor, zone ?? null, period, from, new Date(toMs)]);
      return rows;
    },
    published: async (floor, fromMs, toMs) => {
      const { rows } = await pool.query<{ there: boolean }>(
        `SELECT EXISTS (SELECT 1 FROM aggregate_count
                        WHERE site = $1 AND floor = $2 AND from_time >= $3 AND from_time < $4) AS there`,
        [site, floor, new Date(fromMs), new Date(toMs)],
      );
      return rows[0]?.there === true;
    },
    stays: async (floor, fromMs, toMs) => {
      const earliest = Math.max(fromMs - LONGEST_STAY_MS, limits.oldestMs('episodes'));
      const { rows } = await pool.query<StayRow>(staysOf(limits.zones('episodes')), [
        site,
        floor,
        new Date(earliest),
        new Date(toMs),
        new Date(fromMs),
      ]);
      return rows.map(
        ({ visits, toMs: lastMs, ...stay }): Stay => ({
          ...stay,
          visits: visits ?? [{ fromMs: stay.fromMs, toMs: lastMs }],
        }),
      );
    },
    counted: async (floor, fromMs, toMs) => {
      const from = new Date(Math.max(fromMs, limits.oldestMs('episodes')));
      const { rows } = await pool.query<CountedQuarter>(countedOf(limits.zones('episodes')), [
        site,
        floor,
        from,
        new Date(toMs),
      ]);
      return rows;
    },
    forgetCounted: async (floor, fromMs, toMs) => {
      await pool.query('DELETE FROM zone_count WHERE site = $1 AND floor = $2 AND from_time >= $3 AND from_time < $4', [
        site,
        floor,
        new Date(fromMs),
        new Date(toMs),
      ]);
    },
    publish: async (counts, atMs) => {
      await inTransaction(pool, async (client) => {
        for (let at = 0; at < counts.length; at += BATCH) {
          const some = counts.slice(at, at + BATCH);
          await client.query(INSERT, [
            site,
            some.map((one) => one.floor),
            some.map((one) => one.zone),
            some.map((one) => one.period),
            some.map((one) => isoTime(one.fromMs)),
            some.map((one) => isoTime(one.toMs)),
            some.map((one) => one.footfall),
            some.map((one) => one.personSeconds),
            some.map((one) => one.squareMetres),
            isoTime(atMs),
            some.map((one) => one.k),
          ]);
        }
      });
    },
  };
}
