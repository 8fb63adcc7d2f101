/** Reads of tracks: the evidence of an alert, and the replay that a restarted scorer lives on. */
import type { TrackPoint, TrackSegment, TrackState } from '@safe-passage/contract';
import type pg from 'pg';
import type { Evidence, EvidencePath, PathPoint } from '../api/schemas.ts';
import type { LocatedReport } from './located.ts';
import type { EvidenceQuery, ReplayQuery, TrackStore } from './store.ts';

/** A report's points lie at most this long after its first frame (the contract's bound of an offset). */
const LONGEST_REPORT_MS = 60_000;
const REPLAY_SLICE_MS = 10_000;
/** What one path may hold: more than a screen can show, little enough to send. */
const MOST_STORY_POINTS = 20_000;
const MOST_OTHER_POINTS = 600;
const MOST_OTHERS = 60;
const STATEMENT_ROWS = 200_000;

interface PathRow {
  camera: string;
  pseudonym: string;
  from_time: Date;
  offset_ms: number[];
  x_cm: number[];
  y_cm: number[];
  sigma_cm: number[];
  measured: boolean[];
}

interface ReplayRow extends PathRow {
  site: string;
  floor: string;
  device: string;
  epoch: string;
  sequence: number;
  to_time: Date;
  received_at: Date;
  calibration: string;
  /** Null for a report without tracks. */
  ordinal: number | null;
  state: TrackState;
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
    const key = `${row.pseudonym}/${row.camera}`;
    const path = paths.get(key) ?? { person: row.pseudonym, role, camera: row.camera, points: [] };
    paths.set(key, path);
    appendPoints(path.points, row, window.fromMs, window.toMs, stepMs);
  }
  return [...paths.values()].filter((path) => path.points.length > 0);
}

function segmentOf(row: ReplayRow): TrackSegment {
  const points = row.offset_ms.map(
    (offset, i): TrackPoint => [
      offset,
      row.x_cm[i] ?? 0,
      row.y_cm[i] ?? 0,
      row.sigma_cm[i] ?? 0,
      row.measured[i] === true ? 1 : 0,
    ],
  );
  return { id: row.pseudonym, state: row.state, points };
}

/** A report without its tracks. */
const emptyReport = (row: ReplayRow): LocatedReport => ({
  address: { site: row.site, floor: row.floor, device: row.device, camera: row.camera },
  report: {
    schema: 'track-report/1',
    camera: row.camera,
    calibration: row.calibration,
    epoch: row.epoch,
    sequence: row.sequence,
    fromMs: row.from_time.getTime(),
    toMs: row.to_time.getTime(),
    tracks: [],
  },
  receivedAtMs: row.received_at.getTime(),
});

/** Rows in order of report and ordinal become reports, exactly as they were written. */
function assemble(rows: readonly ReplayRow[]): LocatedReport[] {
  const reports: LocatedReport[] = [];
  let key = '';
  for (const row of rows) {
    const rowKey = `${row.device}/${row.camera}/${row.epoch}/${row.sequence}/${row.from_time.getTime()}`;
    if (rowKey !== key) reports.push(emptyReport(row));
    key = rowKey;
    if (row.ordinal !== null) reports.at(-1)?.report.tracks.push(segmentOf(row));
  }
  return reports;
}

const REPLAY = `
SELECT r.site, r.floor, r.device, r.camera, r.epoch, r.sequence, r.from_time, r.to_time, r.received_at, r.calibration,
       s.ordinal, s.pseudonym, s.state, s.offset_ms, s.x_cm, s.y_cm, s.sigma_cm, s.measured
FROM track_report AS r
LEFT JOIN track_segment AS s
  ON s.from_time >= $2 AND s.from_time < $3 AND s.from_time = r.from_time AND s.device = r.device
     AND s.camera = r.camera AND s.epoch = r.epoch AND s.sequence = r.sequence
WHERE r.site = $1 AND r.from_time >= $2 AND r.from_time < $3 AND ($4::text IS NULL OR r.floor = $4)
ORDER BY r.from_time, r.device, r.camera, r.sequence, r.epoch, s.ordinal`;

const PATHS = `
SELECT camera, pseudonym, from_time, offset_ms, x_cm, y_cm, sigma_cm, measured
FROM track_segment
WHERE floor = $1 AND from_time >= $2 AND from_time <= $3 AND pseudonym = ANY ($4::text[])
  AND mod(extract(epoch FROM from_time)::bigint, $5::bigint) = 0
ORDER BY from_time, device, camera, sequence, ordinal
LIMIT ${STATEMENT_ROWS}`;

const OTHERS = `
SELECT pseudonym
FROM track_segment
WHERE floor = $1 AND from_time >= $2 AND from_time <= $3 AND pseudonym <> ALL ($4::text[])
GROUP BY pseudonym
ORDER BY sum(cardinality(offset_ms)) DESC, pseudonym
LIMIT $5`;

/** @param oldestMs the oldest time that may still be read. */
export function createTrackStore(pool: pg.Pool, site: string, oldestMs: () => number): TrackStore {
  const rowsOf = async (
    floor: string,
    window: { readonly fromMs: number; readonly toMs: number },
    persons: readonly string[],
    everySeconds: number,
  ): Promise<PathRow[]> => {
    if (persons.length === 0) return [];
    const result = await pool.query<PathRow>(PATHS, [
      floor,
      new Date(window.fromMs - LONGEST_REPORT_MS),
      new Date(window.toMs),
      persons,
      everySeconds,
    ]);
    return result.rows;
  };

  return {
    evidence: async ({ floor, persons, fromMs, toMs, maxOthers }: EvidenceQuery): Promise<Evidence> => {
      const window = { fromMs: Math.max(fromMs, oldestMs()), toMs };
      if (window.fromMs > window.toMs) return { fromMs, toMs, paths: [] };
      const lengthMs = window.toMs - window.fromMs;
      const story = collectPaths(
        await rowsOf(floor, window, persons, 1),
        'dwelling',
        window,
        Math.floor(lengthMs / MOST_STORY_POINTS),
      );
      const others = await pool.query<{ pseudonym: string }>(OTHERS, [
        floor,
        new Date(window.fromMs),
        new Date(window.toMs),
        persons,
        Math.min(maxOthers ?? MOST_OTHERS, 500),
      ]);
      const stepSeconds = Math.max(1, Math.ceil(lengthMs / 1000 / MOST_OTHER_POINTS));
      const around = collectPaths(
        await rowsOf(
          floor,
          window,
          others.rows.map((row) => row.pseudonym),
          stepSeconds,
        ),
        'other',
        window,
        stepSeconds * 1000,
      );
      return { fromMs, toMs, paths: [...story, ...around] };
    },

    async *replay({ fromMs, toMs, floor }: ReplayQuery): AsyncGenerator<LocatedReport> {
      const start = Math.max(fromMs, oldestMs());
      const range = await pool.query<{ first: Date | null; last: Date | null }>(
        'SELECT min(from_time) AS first, max(from_time) AS last FROM track_report WHERE from_time >= $1 AND ($2::timestamptz IS NULL OR from_time < $2)',
        [new Date(start), toMs === undefined ? null : new Date(toMs)],
      );
      const { first, last } = range.rows[0] ?? { first: null, last: null };
      if (!first || !last) return;
      // Slices of time follow one another: what is held at once is seconds of data, however long the replay.
      for (let from = first.getTime(); from <= last.getTime(); from += REPLAY_SLICE_MS) {
        const until = Math.min(from + REPLAY_SLICE_MS, last.getTime() + 1);
        const slice = await pool.query<ReplayRow>(REPLAY, [site, new Date(from), new Date(until), floor ?? null]);
        yield* assemble(slice.rows);
      }
    },
  };
}
