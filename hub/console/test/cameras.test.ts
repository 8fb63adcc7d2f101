import type { DeviceHealth, DeviceStatus, FloorPlan } from '@safe-passage/contract';
import { describe, expect, it } from 'vitest';
import type { CameraView } from '../../src/api/schemas.ts';
import { calibrationWords, conditionsOf } from '../src/words/cameraCondition.ts';
import { clockWords } from '../src/words/quantity.ts';

const NOW = Date.UTC(2026, 10, 30, 12);
const DAY_MS = 86_400_000;
const plain = (text: string | null | undefined) => text?.replaceAll('\u00a0', ' ');

const PLAN = {
  id: 'hall',
  cameras: ['border', 'cafe', 'kerb', 'lifts'].map((id) => ({ id, name: id })),
} as unknown as FloorPlan;

function view(camera: string, health: Partial<DeviceHealth> = {}, status: Partial<DeviceStatus> = {}): CameraView {
  return {
    floor: 'hall',
    device: `edge-${camera}`,
    camera,
    status: {
      schema: 'status/1',
      state: 'online',
      camera,
      sinceMs: NOW - DAY_MS,
      version: '0.1.0',
      modelDigest: 'none',
      modelName: 'safe-passage-person',
      configurationDigest: '0a1b2c3d4e5f',
      calibration: '0a1b2c3d4e5f',
      privacyLevel: 'tracks',
      ...status,
    },
    statusAtMs: NOW - DAY_MS,
    health: {
      schema: 'health/1',
      camera,
      timeMs: NOW,
      sourceFramesPerSecond: 12,
      processedFramesPerSecond: 12,
      framesDropped: 0,
      tracksLive: 3,
      pointsInBlindZones: 0,
      pointsOffFloor: 0,
      outboxReports: 1,
      outboxBytes: 200,
      outboxOldestSeconds: 0.4,
      reportsForgotten: 0,
      sourceState: 'running',
      ...health,
    },
    healthAtMs: NOW - 2_000,
  };
}

const told = (...views: readonly CameraView[]) =>
  conditionsOf(views, [PLAN], NOW).map(({ camera, runs, ok, says }) => ({ camera, runs, ok, says: plain(says) }));

describe('how a camera is', () => {
  it('puts first what does not run, then what runs and asks for somebody', () => {
    const rows = told(
      view('border'),
      view('kerb', { clockOffsetSeconds: -3.2, clockUncertaintySeconds: 0.01 }),
      view('cafe', { sourceState: 'waiting' }),
    );
    expect(rows).toEqual([
      { camera: 'cafe', runs: false, ok: false, says: 'no picture' },
      { camera: 'lifts', runs: false, ok: false, says: 'has not spoken yet' },
      { camera: 'kerb', runs: true, ok: false, says: 'clock 3.2 s behind' },
      { camera: 'border', runs: true, ok: true, says: '12.0 fps, 3 tracks' },
    ]);
  });

  it('says that two agents have one name, whatever else they say of themselves', () => {
    const shared = { ...view('border', {}, { state: 'offline' }), nameShared: true };
    expect(told(shared).find(({ camera }) => camera === 'border')).toEqual({
      camera: 'border',
      runs: true,
      ok: false,
      says: 'two agents have this name',
    });
    expect(conditionsOf([shared], [PLAN], NOW).find(({ camera }) => camera === 'border')?.remedy).toContain(
      'edge-border',
    );
  });

  it('holds against a clock only what is certain', () => {
    const clock = (clockOffsetSeconds: number, clockUncertaintySeconds: number) =>
      told(view('border', { clockOffsetSeconds, clockUncertaintySeconds })).find(({ camera }) => camera === 'border');
    expect(clock(1.9, 1)?.ok).toBe(true);
    expect(clock(2.1, 1)?.says).toBe('clock 2.1 s ahead');
    expect(told(view('border')).at(-1)?.ok).toBe(true);
  });

  it('warns three weeks before a certificate ends', () => {
    const ends = (days: number) =>
      told(view('border', {}, { certificateNotAfterMs: NOW + days * DAY_MS })).find(
        ({ camera }) => camera === 'border',
      );
    expect(ends(21)?.ok).toBe(true);
    expect(ends(20.9)).toMatchObject({ runs: true, ok: false, says: 'certificate ends in 20 days' });
    expect(ends(1.5)?.says).toBe('certificate ends in 1 day');
    expect(ends(-0.1)?.says).toBe('certificate has ended');
  });

  it('tells a clock with its sign and never surer than it is', () => {
    expect(plain(clockWords({ clockOffsetSeconds: -0.0003, clockUncertaintySeconds: 0.0023 }))).toBe('0.00 s ± 0.01 s');
    expect(plain(clockWords({ clockOffsetSeconds: -0.3, clockUncertaintySeconds: 0.01 }))).toBe('−0.30 s ± 0.01 s');
    expect(plain(clockWords({ clockOffsetSeconds: 1.5 }))).toBe('+1.50 s');
    expect(clockWords({})).toBeNull();
  });
});

describe('a calibration', () => {
  const words = (status: Partial<DeviceStatus>) => {
    const { error, age } = calibrationWords(view('cafe', {}, status).status as DeviceStatus, NOW);
    return [plain(error), age];
  };

  it('is told with its error and its age, as far as they are known', () => {
    const written = NOW - 34.5 * DAY_MS;
    expect(words({ calibrationErrorMetres: 0.084, calibrationWrittenMs: written })).toEqual([
      '± 0.08 m',
      '34 days old',
    ]);
    expect(words({ calibrationWrittenMs: NOW + 1000 })).toEqual(['error unknown', 'written today']);
    expect(words({})).toEqual(['error unknown', '']);
    expect(words({ calibration: 'nominal' })).toEqual(['assumed', '']);
  });

  it('that is off by more than a point may be asks for somebody, and the camera runs', () => {
    expect(
      told(view('cafe', {}, { calibrationErrorMetres: 0.42 }), view('kerb', {}, { calibrationErrorMetres: 0.3 })),
    ).toEqual(
      expect.arrayContaining([
        { camera: 'cafe', runs: true, ok: false, says: 'calibration 0.42 m off' },
        { camera: 'kerb', runs: true, ok: true, says: '12.0 fps, 3 tracks' },
      ]),
    );
  });
});
