/** Reads of tracks: the replay that a restarted scorer lives on. */
import type { TrackPoint, TrackSegment, TrackState } from '@safe-passage/contract';
import type pg from 'pg';
import type { ReadLimits } from '../privacy/limits.ts';
import type { ZoneLimit } from '../privacy/zones.ts';
import type { LocatedReport } from './located.ts';
import type { ReplayQuery, TrackStore } from './store.ts';
import { withinZones } from './zoneConditions.ts';

const REPLAY_SLICE_MS = 10_000;

interface ReplayRow {
  camera: string;
  pseudonym: string;
  from_time: Date;
  offset_ms: number[];
  x_cm: number[];
  y_cm: number[];
  sigma_cm: number[];
  measured: boolean[];
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

const replay = (zones: readonly ZoneLimit[]): string => `
SELECT r.site, r.floor, r.device, r.camera, r.epoch, r.sequence, r.from_time, r.to_time, r.received_at, r.calibration,
       s.ordinal, s.pseudonym, s.state, s.offset_ms, s.x_cm, s.y_cm, s.sigma_cm, s.measured
FROM track_report AS r
LEFT JOIN track_segment AS s
  ON s.from_time >= $2 AND s.from_time < $3 AND s.from_time = r.from_time AND s.device = r.device
     AND s.camera = r.camera AND s.epoch = r.epoch AND s.sequence = r.sequence${withinZones(zones, { row: 's' })}
WHERE r.site = $1 AND r.from_time >= $2 AND r.from_time < $3 AND ($4::text IS NULL OR r.floor = $4)
ORDER BY r.from_time, r.device, r.camera, r.sequence, r.epoch, s.ordinal`;

export function createTrackStore(pool: pg.Pool, site: string, limits: ReadLimits): TrackStore {
  return {
    async *replay({ fromMs, toMs, floor }: ReplayQuery): AsyncGenerator<LocatedReport> {
      const start = Math.max(fromMs, limits.oldestMs('tracks'));
      const range = await pool.query<{ first: Date | null; last: Date | null }>(
        'SELECT min(from_time) AS first, max(from_time) AS last FROM track_report WHERE from_time >= $1 AND ($2::timestamptz IS NULL OR from_time < $2)',
        [new Date(start), toMs === undefined ? null : new Date(toMs)],
      );
      const { first, last } = range.rows[0] ?? { first: null, last: null };
      if (!first || !last) return;
      // Slices of time follow one another: what is held at once is seconds of data, however long the replay.
      for (let from = first.getTime(); from <= last.getTime(); from += REPLAY_SLICE_MS) {
        const until = Math.min(from + REPLAY_SLICE_MS, last.getTime() + 1);
        const slice = await pool.query<ReplayRow>(replay(limits.zones('tracks')), [
          site,
          new Date(from),
          new Date(until),
          floor ?? null,
        ]);
        yield* assemble(slice.rows);
      }
    },
  };
}
