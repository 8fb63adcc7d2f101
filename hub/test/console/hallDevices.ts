/** How the devices of the hall are. */
import type { DeviceHealth, DeviceStatus } from '@safe-passage/contract';
import type pg from 'pg';
import type { CameraView } from '../../src/api/schemas.ts';
import type { Store } from '../../src/store/index.ts';
import { HALL_PLAN, HALL_SITE } from './hallPlan.ts';

const OFFLINE_CAMERA = 'public-4';

/** All cameras are there but one. */
export async function reportStatus(store: Store, nowMs: number): Promise<void> {
  for (const { id } of HALL_PLAN.cameras) {
    const offline = id === OFFLINE_CAMERA;
    const status: DeviceStatus = {
      schema: 'status/1',
      state: offline ? 'offline' : 'online',
      camera: id,
      sinceMs: nowMs - 86_400_000,
      version: '0.1.0',
      modelDigest: 'none',
      modelName: 'yolox-nano',
      configurationDigest: '0a1b2c3d4e5f',
      calibration: '0a1b2c3d4e5f',
      calibrationErrorMetres: 0.08,
      calibrationWrittenMs: nowMs - 34 * 86_400_000,
      privacyLevel: 'tracks',
      certificateNotAfterMs: nowMs + 200 * 86_400_000,
    };
    const atMs = offline ? nowMs - 252_000 : nowMs - 86_400_000;
    const place = { site: HALL_SITE, floor: HALL_PLAN.id, device: `edge-${id}` };
    await store.devices.save([{ place, camera: id, status, health: null, atMs }]);
  }
}

export async function reportHealth(store: Store, nowMs: number): Promise<CameraView[]> {
  const views: CameraView[] = [];
  for (const [i, { id }] of HALL_PLAN.cameras.entries()) {
    if (id === OFFLINE_CAMERA) continue;
    const health: DeviceHealth = {
      schema: 'health/1',
      camera: id,
      timeMs: nowMs,
      sourceFramesPerSecond: 12.5,
      processedFramesPerSecond: 12.5 - 0.1 * i,
      framesDropped: 3 * i,
      tracksLive: 4 + ((i * 5) % 9),
      pointsInBlindZones: 12,
      pointsOffFloor: 0,
      outboxReports: 1,
      outboxBytes: 2_048,
      outboxOldestSeconds: 0.4,
      reportsForgotten: 0,
      sourceState: 'running',
      clockOffsetSeconds: 0.012 * (i - 2),
      clockUncertaintySeconds: 0.004,
    };
    const place = { site: HALL_SITE, floor: HALL_PLAN.id, device: `edge-${id}` };
    views.push(...(await store.devices.save([{ place, camera: id, status: null, health, atMs: nowMs }])));
  }
  return views;
}

const STEP_MS = 300_000;

/** How the cameras did in the last two hours: one was away for a while, one was slow. */
export async function seedRates(pool: pg.Pool, nowMs: number): Promise<void> {
  const newestMs = Math.floor(nowMs / STEP_MS) * STEP_MS;
  for (const [i, { id }] of HALL_PLAN.cameras.entries()) {
    for (let step = 1; step < 24; step++) {
      if ((i === 1 && step > 8 && step < 13) || (id === OFFLINE_CAMERA && step < 2)) continue;
      const slow = i === 2 && step < 7 ? 0.6 : 1;
      await pool.query(
        `INSERT INTO device_health (step_seconds, from_time, site, floor, device, camera, samples, source_frames_per_second,
           processed_frames_per_second, outbox_reports, outbox_oldest_seconds, reports_forgotten, clock_offset_seconds)
         VALUES (300, $1, $2, $3, $4, $5, 30, 12.5, $6, 1, 0.4, 0, 0)`,
        [
          new Date(newestMs - step * STEP_MS),
          HALL_SITE,
          HALL_PLAN.id,
          `edge-${id}`,
          id,
          slow * (12.4 - 0.3 * ((step * (i + 3)) % 4)),
        ],
      );
    }
  }
}
