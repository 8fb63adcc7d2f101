import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { registerDeviceMetrics, soonestExpirySeconds, worstClockSeconds } from '../../src/api/deviceMetrics.ts';
import type { CameraView } from '../../src/api/schemas.ts';

const NOW = 1_800_000_000_000;
const device = (
  status: { certificateNotAfterMs?: number } | null,
  health: { clockOffsetSeconds?: number; clockUncertaintySeconds?: number } | null,
  ageMs = 0,
) => ({ status, health, healthAtMs: health === null ? null : NOW - ageMs }) as unknown as CameraView;

describe('the worst of the devices', () => {
  it('is the clock that is off the most for sure, of those heard lately', () => {
    const devices = [
      device(null, { clockOffsetSeconds: 0.2, clockUncertaintySeconds: 0.01 }),
      device(null, { clockOffsetSeconds: -3, clockUncertaintySeconds: 2.9 }),
      device(null, { clockOffsetSeconds: 50, clockUncertaintySeconds: 0 }, 400_000),
      device(null, {}),
    ];
    expect(worstClockSeconds(devices, NOW)).toBeCloseTo(0.19, 6);
    expect(worstClockSeconds([device(null, null)], NOW)).toBeNull();
  });

  it('is the certificate that ends first, ended ones included', () => {
    const ends = (seconds: number) => device({ certificateNotAfterMs: NOW + seconds * 1000 }, null);
    expect(soonestExpirySeconds([ends(100), ends(-5), device({}, null)], NOW)).toBe(-5);
    expect(soonestExpirySeconds([device(null, null)], NOW)).toBeNull();
  });

  it('is no number at all where it is not known any more, or cannot be asked', async () => {
    const registry = new Registry();
    const problems: unknown[] = [];
    let answer: () => Promise<CameraView[]>;
    registerDeviceMetrics(
      registry,
      'x_',
      () => answer(),
      (problem) => problems.push(problem),
    );
    const lines = async () => (await registry.metrics()).split('\n').filter((line) => /^x_/.test(line));
    answer = async () => [
      { ...device(null, { clockOffsetSeconds: 2, clockUncertaintySeconds: 0.5 }), healthAtMs: Date.now() },
    ];
    expect(await lines()).toEqual(['x_device_clock_offset_worst_seconds 1.5']);
    answer = async () => [device(null, null)];
    expect(await lines()).toEqual([]);
    answer = async () => Promise.reject(new Error('the database is away'));
    expect(await lines()).toEqual([]);
    expect(problems).toHaveLength(2);
  });
});
