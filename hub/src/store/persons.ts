/** Where persons were: written second by second, read as the evidence of an alert, and to know who was who after a restart. */
import type pg from 'pg';
import type { Evidence, EvidencePath, PathPoint } from '../api/schemas.ts';
import type { KnownTracks } from '../fuse/fusion.ts';
import type { ReadLimits } from '../privacy/limits.ts';
import { pastItsZone, type ZoneLimit } from '../privacy/zones.ts';
import type { PersonSegment } from '../score/personSegment.ts';
import { Int4Array } from './binary.ts';
import { isoTime } from './database.ts';
import { holdLasts } from './privacy/holds.ts';
import type { EvidenceQuery, PersonStore } from './store.ts';
import { withinZones } from './zoneConditions.ts';

const SECOND_MS = 1000;
/** What one path may hold: more than a screen can show, little enough to send. */
const MOST_STORY_POINTS = 20_000;
const MOST_OTHER_POINTS = 600;
const MOST_OTHERS = 60;
const STATEMENT_ROWS = 200_000;
/** Rows of one insertion. */
const BATCH = 5000;

const PERSON = { row: 'person_segment' };
const HELD_ROW = { row: 'k', floor: 'h.floor', at: 'k.held_at' };

const INSERT = `
INSERT INTO person_segment (site, floor, person, from_time, offset_ms, x_cm, y_cm, sigma_cm, measured, tracks)
SELECT $1, s.floor, s.person, s.from_time,
       ($6::integer[])[s.first:s.last], ($7::integer[])[s.first:s.last], ($8::integer[])[s.first:s.last],
       ($9::integer[])[s.first:s.last], (($10::integer[])[s.first:s.last])::boolean[],
       coalesce(string_to_array(s.tracks, chr(10)), '{}')
FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::text[], $11::integer[], $12::integer[])
     AS s (floor, person, from_time, tracks, first, last)
ON CONFLICT DO NOTHING`;

const pathsOf = (zones: readonly ZoneLimit[]): string => `
SELECT person, from_time, offset_ms, x_cm, y_cm, sigma_cm, measured
FROM person_segment
WHERE site = $1 AND floor = $2 AND from_time >= $3 AND from_time <= $4 AND person = ANY ($5::text[])
  AND mod(extract(epoch FROM from_time)::bigint, $6::bigint) = 0${withinZones(zones, PERSON)}
ORDER BY from_time, person
LIMIT ${STATEMENT_ROWS}`;

const othersOf = (zones: readonly ZoneLimit[]): string => `
SELECT person
FROM person_segment
WHERE site = $1 AND floor = $2 AND from_time >= $3 AND from_time <= $4 AND person <> ALL ($5::text[])${withinZones(zones, PERSON)}
GROUP BY person
ORDER BY sum(cardinality(offset_ms)) DESC, person
LIMIT $6`;

const whoseOf = (zones: readonly ZoneLimit[]): string => `
SELECT floor, person, max(from_time) AS seen, array_agg(DISTINCT track) AS tracks
FROM person_segment, LATERAL unnest(tracks) AS track
WHERE site = $1 AND from_time >= $2${withinZones(zones, PERSON)}
GROUP BY floor, person
ORDER BY seen, floor, person`;

// Of several holds on one alert, the row that says most.
const heldOf = (zones: readonly ZoneLimit[]): string => `
SELECT * FROM (
  SELECT DISTINCT ON (k.person, k.from_time) k.person, k.from_time, k.offset_ms, k.x_cm, k.y_cm, k.sigma_cm, k.measured
  FROM held_segment AS k JOIN evidence_hold AS h ON h.id = k.hold
  WHERE h.alert = $1 AND h.site = $2 AND ${holdLasts('h', '$3', '$4')}
    AND k.from_time >= $5 AND k.from_time < $6 AND k.person = ANY ($7::text[])${withinZones(zones, HELD_ROW)}
  ORDER BY k.person, k.from_time, cardinality(k.offset_ms) DESC) AS once
ORDER BY from_time, person
LIMIT ${STATEMENT_ROWS}`;

interface PathRow {
  person: string;
  from_time: Date;
  offset_ms: number[];
  x_cm: number[];
  y_cm: number[];
  sigma_cm: number[];
  measured: boolean[];
}

const keyOf = (row: PathRow): string => `${row.person} ${row.from_time.getTime()}`;

/** A row without its points before a moment. */
function since(row: PathRow, fromMs: number): PathRow {
  const base = row.from_time.getTime();
  if (base >= fromMs) return row;
  const keep = (_: unknown, i: number): boolean => base + (row.offset_ms[i] ?? 0) >= fromMs;
  return {
    ...row,
    offset_ms: row.offset_ms.filter(keep),
    x_cm: row.x_cm.filter(keep),
    y_cm: row.y_cm.filter(keep),
    sigma_cm: row.sigma_cm.filter(keep),
    measured: row.measured.filter(keep),
  };
}

/** Appends the points of a row that lie in the window, at least `stepMs` apart. */
function appendPoints(points: PathPoint[], row: PathRow, fromMs: number, toMs: number, stepMs: number): void {
  const base = row.from_time.getTime();
  let last = points.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY;
  for (const [i, offset] of row.offset_ms.entries()) {
    const time = base + offset;
    if (time < fromMs || time > toMs || time - last < stepMs) continue;
    const [x, y, sigma] = [row.x_cm[i] ?? 0, row.y_cm[i] ?? 0, row.sigma_cm[i] ?? 0];
    points.push([time, x / 100, y / 100, sigma / 100, row.measured[i] === true ? 1 : 0]);
    last = time;
  }
}

function collectPaths(
  rows: readonly PathRow[],
  role: EvidencePath['role'],
  window: { readonly fromMs: number; readonly toMs: number },
  stepMs: number,
): EvidencePath[] {
  const paths = new Map<string, EvidencePath>();
  for (const row of rows) {
    const path = paths.get(row.person) ?? { person: row.person, role, points: [] };
    paths.set(row.person, path);
    appendPoints(path.points, row, window.fromMs, window.toMs, stepMs);
  }
  return [...paths.values()].filter((path) => path.points.length > 0);
}

function parametersOf(site: string, segments: readonly PersonSegment[]): unknown[] {
  const points = segments.reduce((sum, { offsetsMs }) => sum + offsetsMs.length, 0);
  const offsets = new Int4Array(points);
  const xs = new Int4Array(points);
  const ys = new Int4Array(points);
  const sigmas = new Int4Array(points);
  const measured = new Int4Array(points);
  const firsts = new Int4Array(segments.length);
  const lasts = new Int4Array(segments.length);
  let written = 0;
  for (const segment of segments) {
    firsts.push(written + 1);
    for (const [i, offset] of segment.offsetsMs.entries()) {
      offsets.push(offset);
      xs.push(segment.xCm[i] ?? 0);
      ys.push(segment.yCm[i] ?? 0);
      sigmas.push(segment.sigmaCm[i] ?? 0);
      measured.push(segment.measured[i] === true ? 1 : 0);
    }
    written += segment.offsetsMs.length;
    lasts.push(written);
  }
  return [
    site,
    segments.map(({ floor }) => floor),
    segments.map(({ person }) => person),
    segments.map(({ fromMs }) => isoTime(fromMs)),
    segments.map(({ tracks }) => tracks.join('\n')),
    offsets.parameter(),
    xs.parameter(),
    ys.parameter(),
    sigmas.parameter(),
    measured.parameter(),
    firsts.parameter(),
    lasts.parameter(),
  ];
}

/** @param limits the oldest time that may still be read, but for what a hold keeps. */
export function createPersonStore(pool: pg.Pool, site: string, limits: ReadLimits): PersonStore {
  const oldestMs = () => limits.oldestMs('tracks');
  const rowsOf = async (
    floor: string,
    window: { readonly fromMs: number; readonly toMs: number },
    persons: readonly string[],
    everySeconds: number,
  ): Promise<PathRow[]> => {
    if (persons.length === 0) return [];
    const from = new Date(window.fromMs - SECOND_MS);
    const result = await pool.query<PathRow>(pathsOf(limits.zones('tracks')), [
      site,
      floor,
      from,
      new Date(window.toMs),
      persons,
      everySeconds,
    ]);
    return result.rows;
  };

  /** The rows of a story in order of time: those that may be read, and what a hold keeps of the alert that asks beyond them. */
  const storyRows = async (
    floor: string,
    persons: readonly string[],
    window: { readonly fromMs: number; readonly toMs: number },
    { fromMs, alert }: { readonly fromMs: number; readonly alert: string | undefined },
  ): Promise<PathRow[]> => {
    const live = window.fromMs > window.toMs ? [] : await rowsOf(floor, window, persons, 1);
    // Of a zone with a limit of its own, tracks may be gone from within the time that others live.
    const zoned = limits.zones('tracks').length > 0;
    if (alert === undefined || (window.fromMs <= fromMs && !zoned)) return live.map((row) => since(row, window.fromMs));
    const { rows: held } = await pool.query<PathRow>(heldOf(limits.zones('evidence')), [
      alert,
      site,
      new Date(limits.nowMs()),
      new Date(limits.oldestMs('evidence')),
      new Date(fromMs - SECOND_MS),
      new Date(zoned ? window.toMs + 1 : window.fromMs),
      persons,
    ]);
    const kept = new Set(held.map(keyOf));
    const rows = [...held, ...live.filter((row) => !kept.has(keyOf(row))).map((row) => since(row, window.fromMs))];
    return zoned ? rows.sort((a, b) => a.from_time.getTime() - b.from_time.getTime()) : rows;
  };

  return {
    write: async (segments) => {
      // What is past the time of its zone already must not come to the disk.
      const zones = limits.zones('tracks');
      const last =
        zones.length === 0
          ? segments
          : segments.filter(({ floor, fromMs, xCm, yCm }) => !pastItsZone(zones, floor, fromMs, xCm, yCm));
      for (let at = 0; at < last.length; at += BATCH) {
        await pool.query(INSERT, parametersOf(site, last.slice(at, at + BATCH)));
      }
    },

    evidence: async ({ floor, persons, fromMs, toMs, maxOthers, alert }: EvidenceQuery): Promise<Evidence> => {
      const window = { fromMs: Math.max(fromMs, oldestMs()), toMs };
      const story = await storyRows(floor, persons, window, { fromMs, alert });
      const paths = collectPaths(
        story,
        'dwelling',
        { fromMs, toMs },
        Math.floor((toMs - Math.min(window.fromMs, story[0]?.from_time.getTime() ?? toMs)) / MOST_STORY_POINTS),
      );
      // Those around are nobody's evidence: what is past its time is not shown of them.
      if (window.fromMs > window.toMs) return { fromMs, toMs, paths };
      const lengthMs = window.toMs - window.fromMs;
      const others = await pool.query<{ person: string }>(othersOf(limits.zones('tracks')), [
        site,
        floor,
        new Date(window.fromMs),
        new Date(window.toMs),
        persons,
        Math.min(maxOthers ?? MOST_OTHERS, 500),
      ]);
      const names = others.rows.map(({ person }) => person);
      const stepSeconds = Math.max(1, Math.ceil(lengthMs / 1000 / MOST_OTHER_POINTS));
      const around = await rowsOf(floor, window, names, stepSeconds);
      return { fromMs, toMs, paths: [...paths, ...collectPaths(around, 'other', window, stepSeconds * 1000)] };
    },

    whose: async (sinceMs) => {
      const result = await pool.query<{ floor: string; person: string; seen: Date; tracks: string[] }>(
        whoseOf(limits.zones('tracks')),
        [site, new Date(Math.max(sinceMs, oldestMs()))],
      );
      return result.rows.map(
        ({ floor, person, seen, tracks }): KnownTracks => ({
          floor,
          person,
          tracks,
          seenMs: seen.getTime() + SECOND_MS,
        }),
      );
    },
  };
}
