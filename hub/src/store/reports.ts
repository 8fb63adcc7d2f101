/** Track and gap reports: one statement for each kind, however many there are. */
import type pg from 'pg';
import type { ReadLimits } from '../privacy/limits.ts';
import { pastItsZone, type ZoneLimit } from '../privacy/zones.ts';
import { ALL_ZONES } from './aggregates.ts';
import { Int4Array } from './binary.ts';
import { inTransaction, isoTime, type Queryable } from './database.ts';
import {
  type Arrived,
  isCountReport,
  isTrackReport,
  type LocatedCount,
  type LocatedGap,
  type LocatedReport,
} from './located.ts';
import type { ReportStore, WrittenBatch } from './store.ts';

// Not a named statement: planned anew for each batch, PostgreSQL knows how long the arrays are and joins by hashing.
const INSERT_REPORTS = `
WITH given AS MATERIALIZED (
  SELECT *
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::timestamptz[],
              $8::timestamptz[], $9::timestamptz[], $10::text[], $11::integer[])
       WITH ORDINALITY AS g (site, floor, device, camera, epoch, sequence, from_time, to_time, received_at, calibration,
                             tracks, place)
), fresh AS (
  INSERT INTO track_report (site, floor, device, camera, epoch, sequence, from_time, to_time, received_at, calibration, tracks)
  SELECT site, floor, device, camera, epoch, sequence, from_time, to_time, received_at, calibration, tracks FROM given
  ON CONFLICT DO NOTHING
  RETURNING device, camera, epoch, sequence, from_time
), wanted AS MATERIALIZED (
  SELECT given.* FROM given JOIN fresh USING (device, camera, epoch, sequence, from_time)
), segments AS (
  INSERT INTO track_segment (floor, device, camera, epoch, sequence, ordinal, pseudonym, state, from_time,
                             offset_ms, x_cm, y_cm, sigma_cm, measured)
  SELECT w.floor, w.device, w.camera, w.epoch, w.sequence, s.ordinal, s.pseudonym, s.state, w.from_time,
         ($17::integer[])[s.first:s.last], ($18::integer[])[s.first:s.last], ($19::integer[])[s.first:s.last],
         ($20::integer[])[s.first:s.last], (($21::integer[])[s.first:s.last])::boolean[]
  FROM unnest($12::integer[], $13::text[], $14::text[], $15::integer[], $16::integer[], $22::integer[])
       AS s (place, pseudonym, state, first, last, ordinal)
  JOIN wanted AS w ON w.place = s.place
)
SELECT place::integer AS place FROM wanted`;

const INSERT_GAPS = `
WITH given AS MATERIALIZED (
  SELECT *
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
              $9::timestamptz[], $10::timestamptz[], $11::text[], $12::timestamptz[])
       WITH ORDINALITY AS g (site, floor, device, camera, epoch, sequence, first_sequence, last_sequence, from_time,
                             to_time, reason, received_at, place)
), fresh AS (
  INSERT INTO report_gap (site, floor, device, camera, epoch, sequence, first_sequence, last_sequence, from_time,
                          to_time, reason, received_at)
  SELECT site, floor, device, camera, epoch, sequence, first_sequence, last_sequence, from_time, to_time, reason,
         received_at
  FROM given
  ON CONFLICT DO NOTHING
  RETURNING device, camera, epoch, sequence
)
SELECT given.place::integer AS place FROM given JOIN fresh USING (device, camera, epoch, sequence)`;

const INSERT_COUNTS = `
WITH given AS MATERIALIZED (
  SELECT *
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::timestamptz[],
              $8::timestamptz[], $9::timestamptz[], $10::text[], $11::integer[])
       WITH ORDINALITY AS g (site, floor, device, camera, epoch, sequence, from_time, to_time, received_at, calibration,
                             watched_seconds, place)
), fresh AS (
  INSERT INTO count_report (site, floor, device, camera, epoch, sequence, from_time, to_time, received_at, calibration,
                            watched_seconds)
  SELECT site, floor, device, camera, epoch, sequence, from_time, to_time, received_at, calibration, watched_seconds
  FROM given
  ON CONFLICT DO NOTHING
  RETURNING device, camera, epoch, sequence, from_time
), wanted AS MATERIALIZED (
  SELECT given.* FROM given JOIN fresh USING (device, camera, epoch, sequence, from_time)
), counts AS (
  INSERT INTO zone_count (site, floor, device, camera, epoch, sequence, zone, from_time, people, newcomers, person_seconds)
  SELECT w.site, w.floor, w.device, w.camera, w.epoch, w.sequence, c.zone, w.from_time, c.people, c.newcomers, c.person_seconds
  FROM unnest($12::integer[], $13::text[], $14::integer[], $15::integer[], $16::integer[])
       AS c (place, zone, people, newcomers, person_seconds)
  JOIN wanted AS w ON w.place = c.place
)
SELECT place::integer AS place FROM wanted`;

/** The key in the store; the time belongs to a report's because a hypertable's key must hold it. */
const keyOf = ({ address, report }: Arrived): string =>
  `${address.device}/${address.camera}/${report.epoch}/${report.sequence}/${report.schema === 'gap-report/1' ? 'gap' : `${report.schema} ${report.fromMs}`}`;

/** The first of each key, so that a statement never meets the same key twice. */
function withoutRepeats(reports: readonly Arrived[]): Arrived[] {
  const seen = new Set<string>();
  return reports.filter((report) => {
    const key = keyOf(report);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

const positionsIn = ({ report }: LocatedReport): number =>
  report.tracks.reduce((sum, track) => sum + track.points.length, 0);

function reportParameters(reports: readonly LocatedReport[]): unknown[] {
  let segments = 0;
  let points = 0;
  for (const located of reports) {
    segments += located.report.tracks.length;
    points += positionsIn(located);
  }
  const pseudonyms: string[] = [];
  const states: string[] = [];
  const [places, firsts, lasts, ordinals] = [0, 1, 2, 3].map(() => new Int4Array(segments)) as Four<Int4Array>;
  const [offsets, xs, ys, sigmas] = [0, 1, 2, 3].map(() => new Int4Array(points)) as Four<Int4Array>;
  const measured = new Int4Array(points);
  let place = 0;
  let written = 0;
  for (const { report } of reports) {
    place++;
    let ordinal = 0;
    for (const track of report.tracks) {
      pseudonyms.push(track.id);
      states.push(track.state);
      places.push(place);
      ordinals.push(ordinal++);
      firsts.push(written + 1);
      for (const point of track.points) {
        offsets.push(point[0]);
        xs.push(point[1]);
        ys.push(point[2]);
        sigmas.push(point[3]);
        measured.push(point[4]);
      }
      written += track.points.length;
      lasts.push(written);
    }
  }
  return [
    reports.map((r) => r.address.site),
    reports.map((r) => r.address.floor),
    reports.map((r) => r.address.device),
    reports.map((r) => r.address.camera),
    reports.map((r) => r.report.epoch),
    reports.map((r) => r.report.sequence),
    reports.map((r) => isoTime(r.report.fromMs)),
    reports.map((r) => isoTime(r.report.toMs)),
    reports.map((r) => isoTime(r.receivedAtMs)),
    reports.map((r) => r.report.calibration),
    reports.map((r) => r.report.tracks.length),
    places.parameter(),
    pseudonyms,
    states,
    firsts.parameter(),
    lasts.parameter(),
    offsets.parameter(),
    xs.parameter(),
    ys.parameter(),
    sigmas.parameter(),
    measured.parameter(),
    ordinals.parameter(),
  ];
}
type Four<T> = [T, T, T, T];

const gapParameters = (gaps: readonly LocatedGap[]): unknown[] => [
  gaps.map((g) => g.address.site),
  gaps.map((g) => g.address.floor),
  gaps.map((g) => g.address.device),
  gaps.map((g) => g.address.camera),
  gaps.map((g) => g.report.epoch),
  gaps.map((g) => g.report.sequence),
  gaps.map((g) => g.report.firstSequence),
  gaps.map((g) => g.report.lastSequence),
  gaps.map((g) => isoTime(g.report.fromMs)),
  gaps.map((g) => isoTime(g.report.toMs)),
  gaps.map((g) => g.report.reason),
  gaps.map((g) => isoTime(g.receivedAtMs)),
];

function countParameters(counts: readonly LocatedCount[]): unknown[] {
  const rows = counts.flatMap(({ report }, i) => [
    // Somebody who was in three zones is one on the floor: that is a number of its own, and no sum.
    { place: i + 1, zone: ALL_ZONES, ...report.anyZone, personSeconds: 0 },
    ...report.zones.map((zone) => ({ place: i + 1, ...zone })),
  ]);
  return [
    counts.map((c) => c.address.site),
    counts.map((c) => c.address.floor),
    counts.map((c) => c.address.device),
    counts.map((c) => c.address.camera),
    counts.map((c) => c.report.epoch),
    counts.map((c) => c.report.sequence),
    counts.map((c) => isoTime(c.report.fromMs)),
    counts.map((c) => isoTime(c.report.toMs)),
    counts.map((c) => isoTime(c.receivedAtMs)),
    counts.map((c) => c.report.calibration),
    counts.map((c) => c.report.watchedSeconds),
    rows.map((row) => row.place),
    rows.map((row) => row.zone),
    rows.map((row) => row.people),
    rows.map((row) => row.newcomers),
    rows.map((row) => row.personSeconds),
  ];
}

/** @returns those that were not there before. */
async function insert<T extends Arrived>(
  database: Queryable,
  statement: string,
  parameters: (located: readonly T[]) => unknown[],
  located: readonly T[],
): Promise<T[]> {
  if (located.length === 0) return [];
  const result = await database.query<{ place: number }>(statement, parameters(located));
  const fresh = new Set(result.rows.map((row) => row.place));
  return located.filter((_, index) => fresh.has(index + 1));
}

/** A report without the tracks that are past the time of their zone already: they must not come to the disk. */
function withinZones(located: LocatedReport, zones: readonly ZoneLimit[]): LocatedReport {
  const { address, report } = located;
  const tracks = report.tracks.filter(({ points }) => {
    const [x, y] = [points.map((point) => point[1]), points.map((point) => point[2])];
    return !pastItsZone(zones, address.floor, report.fromMs, x, y);
  });
  return tracks.length === report.tracks.length ? located : { ...located, report: { ...report, tracks } };
}

async function write(
  database: Queryable,
  located: readonly Arrived[],
  zones: readonly ZoneLimit[],
): Promise<WrittenBatch> {
  const distinct = withoutRepeats(located);
  const late = (one: LocatedReport): boolean => zones.some(({ oldestMs }) => one.report.fromMs < oldestMs);
  const parameters = (reports: readonly LocatedReport[]): unknown[] =>
    reportParameters(reports.some(late) ? reports.map((one) => withinZones(one, zones)) : reports);
  const reports = await insert(database, INSERT_REPORTS, parameters, distinct.filter(isTrackReport));
  const gaps = await insert(database, INSERT_GAPS, gapParameters, distinct.filter(isGap));
  const counts = await insert(database, INSERT_COUNTS, countParameters, distinct.filter(isCountReport));
  const fresh = new Set<Arrived>([...reports, ...gaps, ...counts]);
  return {
    fresh: distinct.filter((one) => fresh.has(one)),
    duplicates: located.length - fresh.size,
    positions: reports.reduce((sum, report) => sum + positionsIn(report), 0),
  };
}

const isGap = (located: Arrived): located is LocatedGap => located.report.schema === 'gap-report/1';

export function createReportStore(pool: pg.Pool, limits: Pick<ReadLimits, 'zones'>): ReportStore {
  return {
    // One statement is a transaction by itself: two round trips fewer for what happens nearly every time.
    writeBatch: (located) =>
      located.every(isTrackReport)
        ? write(pool, located, limits.zones('tracks'))
        : inTransaction(pool, (client) => write(client, located, limits.zones('tracks'))),
  };
}
