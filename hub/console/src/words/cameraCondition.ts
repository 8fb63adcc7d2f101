import type { DeviceStatus, FloorPlan } from '@safe-passage/contract';
import { isClockOff } from '@safe-passage/contract/clock.ts';
import type { CameraView } from '../../../src/api/schemas.ts';
import { counted, duration, metres, perSecond } from './quantity.ts';

export interface CameraCondition {
  readonly floor: string;
  readonly camera: string;
  readonly name: string;
  /** Whether it sees what happens now. */
  readonly runs: boolean;
  /** Whether it runs and nothing about it asks for anybody. */
  readonly ok: boolean;
  /** What is the case, with its figures. */
  readonly says: string;
  /** What to do; empty where nothing is to be done. */
  readonly remedy: string;
}

const SILENT_AFTER_MS = 35_000;
const BEHIND_SECONDS = 30;
const SLOW_SHARE = 0.5;
/** As the alarm of the dashboards has it. */
const CERTIFICATE_DAYS = 21;
/** Beyond it a point was read or measured wrongly, as `edge check` has it. */
const CALIBRATION_OFF_METRES = 0.3;
const DAY_MS = 86_400_000;

/** Whole days until the certificate of a device ends, below zero after that; null where it has none. */
export function certificateDays({ certificateNotAfterMs }: DeviceStatus, nowMs: number): number | null {
  return certificateNotAfterMs === undefined ? null : Math.floor((certificateNotAfterMs - nowMs) / DAY_MS);
}

/**
 * What is known of how exact a calibration is, and how old: `± 0.08 m`, `34 days old`. Metres that are assumed have neither; of four points
 * alone nobody can tell the error.
 */
export function calibrationWords(
  { calibration, calibrationErrorMetres, calibrationWrittenMs }: DeviceStatus,
  nowMs: number,
): { readonly error: string; readonly age: string } {
  if (calibration === 'nominal') return { error: 'assumed', age: '' };
  const days =
    calibrationWrittenMs === undefined ? null : Math.max(0, Math.floor((nowMs - calibrationWrittenMs) / DAY_MS));
  return {
    error: calibrationErrorMetres === undefined ? 'error unknown' : `± ${metres(calibrationErrorMetres, 2)}`,
    age: days === null ? '' : days === 0 ? 'written today' : `${counted(days, 'day', 'days')} old`,
  };
}

/** How one camera does at a moment, from its device's own word. */
function conditionOf(view: CameraView, name: string, nowMs: number): CameraCondition {
  const bad = (says: string, remedy: string): CameraCondition => ({
    floor: view.floor,
    camera: view.camera,
    name,
    runs: false,
    ok: false,
    says,
    remedy,
  });
  const warned = (says: string, remedy: string): CameraCondition => ({ ...bad(says, remedy), runs: true });
  const { status, health } = view;
  if (!status) return bad('has not spoken yet', 'Start its edge agent.');
  if (view.nameShared) {
    return warned(
      'two agents have this name',
      `What they see is mixed up: stop one of the agents called ${view.device}, or give it a device of its own.`,
    );
  }
  if (status.state === 'offline') {
    const forSeconds = view.statusAtMs === null ? null : (nowMs - view.statusAtMs) / 1000;
    return bad(
      forSeconds === null ? 'offline' : `offline for ${duration(forSeconds)}`,
      `Check power and network of ${view.device}.`,
    );
  }
  if (!health || view.healthAtMs === null) return { ...warned('starting', ''), ok: true };
  const silentMs = nowMs - view.healthAtMs;
  if (silentMs > SILENT_AFTER_MS) {
    return bad(`silent for ${duration(silentMs / 1000)}`, `Check the network of ${view.device}.`);
  }
  if (health.sourceState === 'waiting') return bad('no picture', 'Check the camera and its address.');
  if (health.sourceState === 'ended') return bad('recording has ended', 'Start the agent again to play it once more.');
  if (health.outboxOldestSeconds > BEHIND_SECONDS) {
    return bad(
      `${duration(health.outboxOldestSeconds)} behind`,
      'Its reports wait on the device: check broker and hub.',
    );
  }
  const { processedFramesPerSecond: processed, sourceFramesPerSecond: source } = health;
  if (source > 0 && processed < SLOW_SHARE * source) {
    return bad(`${perSecond(processed)} of ${perSecond(source)}`, 'The device is too slow: use a smaller model.');
  }
  if (isClockOff(health)) {
    const offset = health.clockOffsetSeconds ?? 0;
    return warned(
      `clock ${duration(Math.abs(offset))} ${offset > 0 ? 'ahead' : 'behind'}`,
      `What it sees is joined with wrong moments: look at the time service of ${view.device}.`,
    );
  }
  const days = certificateDays(status, nowMs);
  if (days !== null && days < CERTIFICATE_DAYS) {
    return warned(
      days < 0 ? 'certificate has ended' : `certificate ends in ${counted(days, 'day', 'days')}`,
      `Renew the certificate of ${view.device}: its next connection is refused without.`,
    );
  }
  const off = status.calibrationErrorMetres ?? 0;
  if (off > CALIBRATION_OFF_METRES) {
    return warned(
      `calibration ${metres(off, 2)} off`,
      `Look at its points with calibrate on ${view.device}: one is wrong, or there are too few far away.`,
    );
  }
  const tracks = status.privacyLevel === 'counts' ? 'counts alone' : counted(health.tracksLive, 'track', 'tracks');
  return { ...warned(`${perSecond(processed)}, ${tracks}`, ''), ok: true };
}

/** Every camera of the plans and every device that spoke, what is wrong first. */
export function conditionsOf(
  views: readonly CameraView[],
  plans: readonly FloorPlan[],
  nowMs: number,
): readonly CameraCondition[] {
  const conditions: CameraCondition[] = [];
  const seen = new Set<string>();
  for (const view of views) {
    const camera = plans.find((plan) => plan.id === view.floor)?.cameras.find((one) => one.id === view.camera);
    conditions.push(conditionOf(view, camera?.name ?? view.camera, nowMs));
    seen.add(`${view.floor}/${view.camera}`);
  }
  for (const plan of plans) {
    for (const camera of plan.cameras) {
      if (seen.has(`${plan.id}/${camera.id}`)) continue;
      const name = camera.name ?? camera.id;
      conditions.push({
        floor: plan.id,
        camera: camera.id,
        name,
        runs: false,
        ok: false,
        says: 'has not spoken yet',
        remedy: 'Start its edge agent.',
      });
    }
  }
  return conditions.sort(
    (a, b) => Number(a.runs) - Number(b.runs) || Number(a.ok) - Number(b.ok) || a.name.localeCompare(b.name),
  );
}
