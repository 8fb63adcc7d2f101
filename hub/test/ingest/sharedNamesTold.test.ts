import { type DeviceHealth, healthTopic } from '@safe-passage/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CameraView } from '../../src/api/schemas.ts';
import { address, createRig, type Rig, until } from './rig.ts';

const health = (camera: string, timeMs: number): DeviceHealth => ({
  schema: 'health/1',
  camera,
  timeMs,
  sourceFramesPerSecond: 10,
  processedFramesPerSecond: 10,
  framesDropped: 0,
  tracksLive: 0,
  pointsInBlindZones: 0,
  pointsOffFloor: 0,
  outboxReports: 0,
  outboxBytes: 0,
  outboxOldestSeconds: 0,
  reportsForgotten: 0,
  sourceState: 'running',
});

let rig: Rig;
beforeAll(async () => {
  rig = await createRig('aedes', 'postgres');
});
afterAll(() => rig.stop());

it('two cameras under one name of a device are noticed, and told with what to do', async () => {
  const views: CameraView[] = [];
  const ingest = await rig.start({ onDevices: (news) => views.push(...news) });
  const edge = await rig.edge();
  try {
    for (const [i, camera] of ['cam-1', 'cam-2', 'cam-1', 'cam-2'].entries()) {
      await edge.publishAsync(healthTopic(address()), JSON.stringify(health(camera, 1000 + i)), { qos: 0 });
      await until(
        () => views,
        (seen) => seen.some((one) => one.health?.timeMs === 1000 + i),
      );
    }
    expect(views.map(({ camera, nameShared }) => [camera, nameShared])).toEqual([
      ['cam-1', undefined],
      ['cam-2', undefined],
      ['cam-1', true],
      ['cam-2', true],
    ]);
    expect(ingest.counters().sharedNames).toEqual(['hall/edge-1']);
    const told = rig.logged
      .map((line): unknown => JSON.parse(line))
      .filter((line) => JSON.stringify(line).includes('one name of a device'));
    expect(told, 'once a minute').toEqual([
      expect.objectContaining({
        level: 50,
        devices: ['hall/edge-1'],
        msg: expect.stringContaining('give it a device of its own'),
      }),
    ]);
  } finally {
    await ingest.stop();
  }
});
