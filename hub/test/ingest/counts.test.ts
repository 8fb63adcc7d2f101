import { type CountReport, countsTopic, type DeviceStatus, statusTopic, tracksTopic } from '@safe-passage/contract';
import type { MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databaseKinds } from '../../../test/services/database.ts';
import type { Ingest } from '../../src/ingest/ingest.ts';
import { countReport, gapReport, trackReport } from './reports.ts';
import { address, collectReceipts, createRig, type Rig, receipted, SITE, until } from './rig.ts';

const status = (privacyLevel: 'tracks' | 'counts'): DeviceStatus => ({
  schema: 'status/1',
  state: 'online',
  camera: 'cam-1',
  sinceMs: 1,
  version: '1.0.0',
  modelDigest: 'none',
  modelName: 'none',
  configurationDigest: '0123456789ab',
  calibration: 'nominal',
  privacyLevel,
});

describe.each(databaseKinds())('ingest of counts into %s', (kind) => {
  let rig: Rig;
  let edge: MqttClient;
  let ingest: Ingest;
  let receipts: Awaited<ReturnType<typeof collectReceipts>>;
  let level: 'tracks' | 'counts' = 'counts';

  beforeAll(async () => {
    rig = await createRig('aedes', kind);
    edge = await rig.edge();
    receipts = await collectReceipts(edge);
  });
  beforeEach(async () => {
    level = 'counts';
    receipts.length = 0;
    rig.handedOver.length = 0;
    await rig.pool.query('TRUNCATE count_report, zone_count, track_report, quarantine');
    ingest = await rig.start({ privacyLevel: () => level });
  });
  afterEach(() => ingest.stop());
  afterAll(() => rig.stop());

  const send = (document: object) =>
    edge.publishAsync(
      document && 'schema' in document && document.schema === 'track-report/1'
        ? tracksTopic(address())
        : countsTopic(address()),
      JSON.stringify(document),
      { qos: 1 },
    );
  const stored = async () =>
    (
      await rig.pool.query<Record<string, unknown>>(
        'SELECT sequence, zone, people, newcomers, person_seconds FROM zone_count WHERE site = $1 ORDER BY sequence, zone',
        [SITE],
      )
    ).rows;
  const confirmed = (sequences: readonly number[]) =>
    until(
      () => receipted(receipts),
      (found) => sequences.every((sequence) => found.includes(sequence)),
    );

  it('stores each once, however often it is delivered and whichever hub takes it, and hands nothing to scorers', async () => {
    const reports: CountReport[] = [
      countReport(1),
      countReport(2, { anyZone: { people: 0, newcomers: 0 }, zones: [] }),
    ];
    for (const report of [...reports, ...reports]) await send(report);
    await confirmed([1, 2]);
    // The hub is gone with what it knew; the outbox had no receipt and sends again.
    await ingest.stop();
    ingest = await rig.start({ privacyLevel: () => level });
    receipts.length = 0;
    for (const report of reports) await send(report);
    await send(gapReport(3, { reason: 'level' }));
    await confirmed([1, 2, 3]);
    expect(await stored()).toEqual([
      { sequence: 1, zone: '*', people: 5, newcomers: 4, person_seconds: 0 },
      { sequence: 1, zone: 'gate', people: 5, newcomers: 4, person_seconds: 300 },
      { sequence: 2, zone: '*', people: 0, newcomers: 0, person_seconds: 0 },
    ]);
    expect(ingest.counters()).toMatchObject({ counts: 0, duplicates: 2, gaps: 1, reports: 0 });
    expect(rig.handedOver.map(({ report }) => report.schema)).toEqual(['gap-report/1']);
  });

  it('refuses and counts tracks where the policy allows counts alone, and says so to the outbox', async () => {
    await send(trackReport(1));
    await send(countReport(2));
    await confirmed([1, 2]);
    expect(ingest.counters()).toMatchObject({ counts: 1, reports: 0, quarantined: 1, finerThanAllowed: 1 });
    expect((await rig.pool.query('SELECT 1 FROM track_report')).rowCount).toBe(0);
    const [entry] = await rig.store.quarantine.list(0);
    expect(entry).toMatchObject({ count: 1, topic: tracksTopic(address()) });
    expect(entry?.reason).toContain('set privacyLevel: counts in edge.yaml');
    // The policy is asked for every message.
    level = 'tracks';
    await send(trackReport(3));
    await confirmed([3]);
    expect(ingest.counters()).toMatchObject({ reports: 1, finerThanAllowed: 1 });
  });

  it('does not believe a device that says that it counts and sends tracks', async () => {
    level = 'tracks';
    const say = (said: 'tracks' | 'counts') =>
      edge.publishAsync(statusTopic(address()), JSON.stringify(status(said)), { qos: 1 });
    await say('counts');
    await send(trackReport(1));
    await confirmed([1]);
    expect(ingest.counters()).toMatchObject({ reports: 0, finerThanAllowed: 1 });
    await say('tracks');
    await send(trackReport(2));
    await confirmed([2]);
    expect(ingest.counters()).toMatchObject({ reports: 1, finerThanAllowed: 1 });
  });
});
