/** What each device last said about itself. */
import type { DeviceHealth, DeviceStatus } from '@safe-passage/contract';
import type pg from 'pg';
import type { CameraRates, CameraView } from '../api/schemas.ts';
import type { ReadLimits } from '../privacy/limits.ts';
import { epochMs, isoTime } from './database.ts';
import type { DeviceStore } from './store.ts';

interface DeviceRow {
  floor: string;
  device: string;
  camera: string;
  status: DeviceStatus | null;
  status_at: Date | null;
  health: DeviceHealth | null;
  health_at: Date | null;
}

const view = (row: DeviceRow): CameraView => ({
  floor: row.floor,
  device: row.device,
  camera: row.camera,
  status: row.status,
  statusAtMs: epochMs(row.status_at),
  health: row.health,
  healthAtMs: epochMs(row.health_at),
});

const COLUMNS = 'floor, device, camera, status, status_at, health, health_at';

// What is not said stays as it was, and an older word never replaces a newer one.
// Beside it, what there is to tell of some time: how the device did in these five minutes and this hour, and since when it says what it says.
const SAVE = `
WITH given AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::jsonb[], $7::timestamptz[])
         AS g (site, floor, device, camera, status, health, at)
), told AS (
  INSERT INTO device_health AS h (step_seconds, from_time, site, floor, device, camera, samples, source_frames_per_second,
    processed_frames_per_second, outbox_reports, outbox_oldest_seconds, reports_forgotten, clock_offset_seconds, clock_uncertainty_seconds)
  SELECT step, date_bin(step * interval '1 second', at, 'epoch'), site, floor, device, camera, 1,
         (health->>'sourceFramesPerSecond')::double precision, (health->>'processedFramesPerSecond')::double precision,
         (health->>'outboxReports')::bigint, (health->>'outboxOldestSeconds')::double precision,
         (health->>'reportsForgotten')::bigint,
         coalesce((health->>'clockOffsetSeconds')::double precision,
                  extract(epoch FROM to_timestamp((health->>'timeMs')::double precision / 1000) - at)),
         CASE WHEN health ? 'clockOffsetSeconds' THEN (health->>'clockUncertaintySeconds')::double precision END
  FROM given, (VALUES (300), (3600)) AS s (step) WHERE health IS NOT NULL
  ON CONFLICT (step_seconds, from_time, site, floor, device) DO UPDATE SET
    camera = excluded.camera, samples = h.samples + 1,
    source_frames_per_second = (h.source_frames_per_second * h.samples + excluded.source_frames_per_second) / (h.samples + 1),
    processed_frames_per_second = (h.processed_frames_per_second * h.samples + excluded.processed_frames_per_second) / (h.samples + 1),
    outbox_reports = greatest(h.outbox_reports, excluded.outbox_reports),
    outbox_oldest_seconds = greatest(h.outbox_oldest_seconds, excluded.outbox_oldest_seconds),
    reports_forgotten = greatest(h.reports_forgotten, excluded.reports_forgotten),
    clock_offset_seconds = CASE
      -- By arrival the greatest was the least under way; what a device knows itself, the surest.
      WHEN h.clock_uncertainty_seconds IS NULL AND excluded.clock_uncertainty_seconds IS NULL
        THEN greatest(h.clock_offset_seconds, excluded.clock_offset_seconds)
      WHEN excluded.clock_uncertainty_seconds <= h.clock_uncertainty_seconds OR h.clock_uncertainty_seconds IS NULL
        THEN excluded.clock_offset_seconds
      ELSE h.clock_offset_seconds END,
    clock_uncertainty_seconds = least(h.clock_uncertainty_seconds, excluded.clock_uncertainty_seconds)
), since AS (
  INSERT INTO device_since AS s (site, floor, device, what, value, since)
  SELECT site, floor, device, w.what, w.value, at
  FROM given, LATERAL (VALUES ('state', status->>'state'), ('version', status->>'version'), ('model', status->>'modelDigest'),
                              ('calibration', status->>'calibration'), ('configuration', status->>'configurationDigest')) AS w (what, value)
  WHERE status IS NOT NULL AND w.value IS NOT NULL
  ON CONFLICT (site, floor, device, what) DO UPDATE SET value = excluded.value, since = excluded.since
  WHERE s.value <> excluded.value AND s.since <= excluded.since
)
INSERT INTO device AS d (site, floor, device, camera, status, status_at, health, health_at)
SELECT site, floor, device, camera, status, CASE WHEN status IS NOT NULL THEN at END,
       health, CASE WHEN health IS NOT NULL THEN at END
FROM given
ON CONFLICT (site, floor, device) DO UPDATE SET
  camera = excluded.camera,
  status = CASE WHEN excluded.status_at >= coalesce(d.status_at, '-infinity') THEN excluded.status ELSE d.status END,
  status_at = greatest(d.status_at, excluded.status_at),
  health = CASE WHEN excluded.health_at >= coalesce(d.health_at, '-infinity') THEN excluded.health ELSE d.health END,
  health_at = greatest(d.health_at, excluded.health_at)
RETURNING ${COLUMNS}`;

const RATES_STEP_MS = 300_000;
const RATES_STEPS = 24;

const RATES = `
SELECT floor, device, (extract(epoch FROM from_time) * 1000)::bigint AS "fromMs", processed_frames_per_second AS processed,
       source_frames_per_second AS source
FROM device_health
WHERE site = $1 AND step_seconds = ${RATES_STEP_MS / 1000} AND from_time >= $2 AND from_time <= $3
ORDER BY floor, device`;

interface RateRow {
  readonly floor: string;
  readonly device: string;
  readonly fromMs: number;
  readonly processed: number;
  readonly source: number;
}

function ratesOf(rows: readonly RateRow[], fromMs: number): CameraRates {
  const cameras = new Map<string, CameraRates['cameras'][number]>();
  const unknown = (): null[] => Array.from({ length: RATES_STEPS }, () => null);
  for (const { floor, device, processed, source, fromMs: atMs } of rows) {
    const key = JSON.stringify([floor, device]);
    const one = cameras.get(key) ?? {
      floor,
      device,
      processedFramesPerSecond: unknown(),
      sourceFramesPerSecond: unknown(),
    };
    cameras.set(key, one);
    const step = (atMs - fromMs) / RATES_STEP_MS;
    one.processedFramesPerSecond[step] = processed;
    one.sourceFramesPerSecond[step] = source;
  }
  return { fromMs, stepSeconds: RATES_STEP_MS / 1000, cameras: [...cameras.values()] };
}

const json = (value: object | null): string | null => (value === null ? null : JSON.stringify(value));

export function createDeviceStore(pool: pg.Pool, site: string, limits: ReadLimits): DeviceStore {
  return {
    save: async (updates) => {
      if (updates.length === 0) return [];
      const result = await pool.query<DeviceRow>(SAVE, [
        updates.map((u) => u.place.site),
        updates.map((u) => u.place.floor),
        updates.map((u) => u.place.device),
        updates.map((u) => u.camera),
        updates.map((u) => json(u.status)),
        updates.map((u) => json(u.health)),
        updates.map((u) => new Date(u.atMs).toISOString()),
      ]);
      return result.rows.map(view);
    },
    list: async () => {
      const result = await pool.query<DeviceRow>(
        `SELECT ${COLUMNS} FROM device WHERE site = $1 ORDER BY floor, camera, device`,
        [site],
      );
      return result.rows.map(view);
    },
    rates: async (nowMs) => {
      const lastMs = Math.floor(nowMs / RATES_STEP_MS) * RATES_STEP_MS;
      const fromMs = lastMs - (RATES_STEPS - 1) * RATES_STEP_MS;
      const oldestMs = Math.max(fromMs, limits.oldestMs('accessLogs'));
      const { rows } = await pool.query<RateRow>(RATES, [site, isoTime(oldestMs), isoTime(lastMs)]);
      return ratesOf(rows, fromMs);
    },
  };
}
