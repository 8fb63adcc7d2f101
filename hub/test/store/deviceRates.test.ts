import type { DeviceHealth } from '@safe-passage/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databaseKinds } from '../../../test/services/database.ts';
import { createDeviceStore } from '../../src/store/devices.ts';
import { createFreshStore, type FreshStore, SITE } from './freshStore.ts';

const STEP_MS = 300_000;
/** Within the last of 24 steps. */
const NOW = Date.UTC(2026, 10, 30, 12, 3);
const FROM = Date.UTC(2026, 10, 30, 10, 5);

describe.each(databaseKinds())('frame rates of the last two hours, %s', (kind) => {
  let fresh: FreshStore;
  beforeAll(async () => {
    fresh = await createFreshStore(kind);
  });
  afterAll(() => fresh.close());
  beforeEach(() => fresh.pool.query('TRUNCATE device_health'));

  const said = (device: string, atMs: number, processed: number, source = 12) =>
    fresh.store.devices.save([
      {
        place: { site: SITE, floor: 'hall', device },
        camera: `cam-${device}`,
        status: null,
        health: {
          schema: 'health/1',
          camera: `cam-${device}`,
          timeMs: atMs,
          sourceFramesPerSecond: source,
          processedFramesPerSecond: processed,
          framesDropped: 0,
          tracksLive: 0,
          pointsInBlindZones: 0,
          pointsOffFloor: 0,
          outboxReports: 0,
          outboxBytes: 0,
          outboxOldestSeconds: 0,
          reportsForgotten: 0,
          sourceState: 'running',
        } satisfies DeviceHealth,
        atMs,
      },
    ]);
  const store = (oldestMs = 0) =>
    createDeviceStore(fresh.pool, SITE, { nowMs: () => NOW, oldestMs: () => oldestMs, zones: () => [] });

  it('are means of five minutes with holes where nothing was heard', async () => {
    await said('a', FROM - 1, 99);
    await said('a', FROM, 8);
    await said('a', FROM + 60_000, 10, 14);
    await said('a', NOW, 6);
    await said('b', FROM + STEP_MS, 12);
    const { fromMs, stepSeconds, cameras } = await store().rates(NOW);
    expect([fromMs, stepSeconds]).toEqual([FROM, 300]);
    const holes = (count: number) => Array.from({ length: count }, () => null);
    expect(cameras).toEqual([
      {
        floor: 'hall',
        device: 'a',
        processedFramesPerSecond: [9, ...holes(22), 6],
        sourceFramesPerSecond: [13, ...holes(22), 12],
      },
      {
        floor: 'hall',
        device: 'b',
        processedFramesPerSecond: [null, 12, ...holes(22)],
        sourceFramesPerSecond: [null, 12, ...holes(22)],
      },
    ]);
  });

  it('are read no longer than the policy allows', async () => {
    await said('a', FROM, 8);
    await said('a', NOW, 6);
    const { cameras } = await store(NOW - STEP_MS).rates(NOW);
    expect(
      cameras.map(({ processedFramesPerSecond }) => processedFramesPerSecond.filter((rate) => rate !== null)),
    ).toEqual([[6]]);
    expect((await store(NOW + 1).rates(NOW)).cameras).toEqual([]);
  });
});
