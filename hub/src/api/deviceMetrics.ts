/** The worst of the devices, for an alarm; which one it is stands in Grafana's table. */
import { clockOffSeconds } from '@safe-passage/contract';
import { Gauge, type Registry } from 'prom-client';
import type { CameraView } from './schemas.ts';

/** A device that is silent for longer tells nothing of its clock now. */
const SILENT_MS = 300_000;

/** How far the worst clock is off for certain, seconds; null where no device has said so lately. */
export function worstClockSeconds(devices: readonly CameraView[], nowMs: number): number | null {
  const known = devices.flatMap(({ health, healthAtMs }) =>
    health?.clockOffsetSeconds === undefined || healthAtMs === null || nowMs - healthAtMs > SILENT_MS
      ? []
      : [clockOffSeconds(health)],
  );
  return known.length === 0 ? null : Math.max(...known);
}

/** Until the first certificate of a device ends, seconds; below 0 it has. Null where no device has one. */
export function soonestExpirySeconds(devices: readonly CameraView[], nowMs: number): number | null {
  const ends = devices.flatMap(({ status }) => status?.certificateNotAfterMs ?? []);
  return ends.length === 0 ? null : (Math.min(...ends) - nowMs) / 1000;
}

export function registerDeviceMetrics(
  registry: Registry,
  prefix: string,
  devices: () => Promise<readonly CameraView[]>,
  onProblem: (problem: unknown) => void,
): void {
  const gauge = (
    name: string,
    help: string,
    value: (devices: readonly CameraView[], nowMs: number) => number | null,
  ) => {
    new Gauge({
      name: `${prefix}${name}`,
      help,
      registers: [registry],
      async collect() {
        // Nothing is said where nothing is known: 0 would be a clock that is right.
        this.remove();
        try {
          const known = value(await devices(), Date.now());
          if (known !== null) this.set(known);
        } catch (problem) {
          onProblem(problem);
        }
      },
    });
  };
  gauge(
    'device_clock_offset_worst_seconds',
    'How far the worst clock of a device is off the hub’s at least; absent where none is known',
    worstClockSeconds,
  );
  gauge(
    'device_certificate_soonest_seconds',
    'Until the first certificate of a device ends; below 0 it has; absent where there is none',
    soonestExpirySeconds,
  );
}
