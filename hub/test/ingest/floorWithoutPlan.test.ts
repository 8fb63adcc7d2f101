import { tracksTopic } from '@safe-passage/contract';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { trackReport } from './reports.ts';
import { address, createRig, type Rig, sendReport, until } from './rig.ts';

let rig: Rig;
let edge: MqttClient;

beforeAll(async () => {
  rig = await createRig('aedes', 'postgres');
  edge = await rig.edge();
});
afterAll(() => rig.stop());

it('a camera whose floor no plan has loses nothing, and the hub says at once that nothing is looked for there', async () => {
  const ingest = await rig.start({ plannedFloors: ['hall'] });
  try {
    const misspelt = { ...address('cam-2', 'edge-2'), floor: 'hal' };
    await sendReport(edge, trackReport(1));
    await edge.publishAsync(tracksTopic(misspelt), JSON.stringify({ ...trackReport(2), camera: 'cam-2' }), { qos: 1 });
    await until(
      () => ingest.counters().reports,
      (reports) => reports === 2,
    );
    expect(ingest.counters()).toMatchObject({ reports: 2, withoutPlan: 1 });
    const told = rig.logged
      .map((line): unknown => JSON.parse(line))
      .filter((line) => JSON.stringify(line).includes('no plan'));
    expect(told).toEqual([
      expect.objectContaining({
        level: 50,
        cameras: ['hal/edge-2/cam-2'],
        plannedFloors: ['hall'],
        msg: expect.stringContaining('mend floor in edge.yaml'),
      }),
    ]);
  } finally {
    await ingest.stop();
  }
});
