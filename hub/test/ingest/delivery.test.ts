import { type ClockAnswer, healthTopic, receiptsTopic, statusTopic, tracksTopic } from '@safe-passage/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { brokerKinds } from '../../../test/services/brokers.ts';
import { databaseKinds } from '../../../test/services/database.ts';
import { DEFAULT_LIMITS } from '../../src/ingest/groupCommit.ts';
import { EPOCH, gapReport, trackReport } from './reports.ts';
import {
  address,
  collectReceipts,
  createRig,
  lockReports,
  type Rig,
  receipted,
  sendReport,
  storedSequences,
  until,
} from './rig.ts';

const range = (count: number, first = 1): number[] => Array.from({ length: count }, (_, i) => first + i);

const settings = brokerKinds().flatMap((broker) => databaseKinds().map((database) => ({ broker, database })));

describe.each(settings)('delivery from $broker into $database', ({ broker, database }) => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await createRig(broker, database);
  });
  afterEach(async () => {
    await rig.stop();
  });

  it('lets many messages share one transaction and acknowledges none before its commit', async () => {
    const ingest = await rig.start();
    const edge = await rig.edge();
    const release = await lockReports(rig.pool);
    await Promise.all(range(60).map((sequence) => sendReport(edge, trackReport(sequence))));
    await until(
      () => ingest.counters().messages,
      (messages) => messages === 60,
    );
    // All sixty are in the hub, and a transaction waits for the lock.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(rig.pubacks()).toBe(0);
    expect(ingest.counters().pendingMessages).toBe(60);
    await release();
    await until(rig.pubacks, (pubacks) => pubacks === 60);
    expect(await storedSequences(rig.pool)).toEqual(range(60));
    const { batchMessages } = ingest.counters();
    expect(batchMessages.sum).toBe(60);
    expect(batchMessages.count).toBeLessThanOrEqual(3);
    expect(rig.handedOver.map(({ report }) => report.sequence)).toEqual(range(60));
  });

  it('takes again what a lost connection brought and nobody acknowledged, and stores it once', async () => {
    const ingest = await rig.start();
    const edge = await rig.edge();
    const release = await lockReports(rig.pool);
    await Promise.all(range(20).map((sequence) => sendReport(edge, trackReport(sequence))));
    await until(
      () => ingest.counters().messages,
      (messages) => messages === 20,
    );
    rig.brokerRelay.cut();
    rig.brokerRelay.mend();
    await until(
      () => ingest.counters().messages,
      (messages) => messages >= 40,
    );
    await release();
    await until(rig.pubacks, (pubacks) => pubacks === 20);
    await until(
      () => ingest.counters().pendingMessages,
      (pending) => pending === 0,
    );
    expect(await storedSequences(rig.pool)).toEqual(range(20));
    expect(ingest.counters()).toMatchObject({ reports: 20, duplicates: 20, positions: 60 });
    expect(rig.handedOver).toHaveLength(20);
  });

  it('answers a health message at once with its own clock, and repeats what time the device said', async () => {
    await rig.start();
    const edge = await rig.edge();
    const answers: ClockAnswer[] = [];
    edge.on('message', (_, payload) => answers.push(JSON.parse(payload.toString())));
    await edge.subscribeAsync(receiptsTopic(address()), { qos: 1 });
    const health = {
      schema: 'health/1',
      camera: 'cam-1',
      timeMs: 1000,
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
      clockOffsetSeconds: -0.25,
      clockUncertaintySeconds: 0.004,
    };
    const beforeMs = Date.now();
    await edge.publishAsync(healthTopic(address()), JSON.stringify(health), { qos: 0 });
    const [answer] = await until(
      () => answers,
      ({ length }) => length > 0,
    );
    expect(answer).toEqual({ schema: 'clock-answer/1', camera: 'cam-1', askedMs: 1000, hubMs: expect.any(Number) });
    expect(answer?.hubMs).toBeGreaterThanOrEqual(beforeMs);
    expect(answer?.hubMs).toBeLessThanOrEqual(Date.now());
    const [stored] = await until(
      () => rig.store.devices.list(),
      ({ length }) => length > 0,
    );
    expect(stored?.health).toEqual(health);
  });

  it('receipts new reports and duplicates alike', async () => {
    await rig.start();
    const edge = await rig.edge();
    const receipts = await collectReceipts(edge);
    const reports = range(10).map((sequence) => trackReport(sequence));
    for (const report of [...reports, gapReport(11)]) await sendReport(edge, report);
    await until(
      () => receipted(receipts),
      (sequences) => sequences.length === 11,
    );
    receipts.length = 0;
    for (const report of reports) await sendReport(edge, report);
    expect(
      await until(
        () => receipted(receipts),
        (sequences) => sequences.length === 10,
      ),
    ).toEqual(range(10));
    expect(receipts.every(({ camera, epoch }) => camera === 'cam-1' && epoch === EPOCH)).toBe(true);
    const gaps = await rig.pool.query('SELECT first_sequence, last_sequence, reason FROM report_gap');
    expect(gaps.rows).toEqual([{ first_sequence: 1, last_sequence: 5, reason: 'size' }]);
  });

  it('quarantines what is bad by count and reason alone, acknowledges it, and lets the outbox go on', async () => {
    const ingest = await rig.start();
    const edge = await rig.edge();
    const receipts = await collectReceipts(edge);
    const bad = { ...trackReport(5), tracks: [{ id: 'somebody-recognisable', state: 'active', points: [] }] };
    await sendReport(edge, bad);
    await sendReport(edge, { ...bad, sequence: 6 });
    await edge.publishAsync(tracksTopic(address()), 'not even JSON', { qos: 1 });
    await sendReport(edge, trackReport(7));
    await until(rig.pubacks, (pubacks) => pubacks === 4);
    await until(
      () => receipted(receipts),
      (sequences) => sequences.length === 3,
    );
    expect(receipted(receipts)).toEqual([5, 6, 7]);
    expect(await storedSequences(rig.pool)).toEqual([7]);
    expect(ingest.counters().quarantined).toBe(3);
    const entries = await rig.store.quarantine.list(Date.now() - 3_600_000);
    expect(entries.map((entry) => entry.count).sort()).toEqual([1, 2]);
    expect(entries.every((entry) => entry.topic === tracksTopic(address()))).toBe(true);
    const everything = await rig.pool.query<{ text: string }>('SELECT q::text AS text FROM quarantine AS q');
    expect(everything.rows.map((row) => row.text).join()).not.toMatch(/somebody|not even/);
  });

  it('sets aside the one report that the database refuses and stores its neighbours', async () => {
    await rig.pool.query("ALTER TABLE track_report ADD CONSTRAINT no_poison CHECK (calibration <> 'ffffffffffff')");
    const ingest = await rig.start();
    const edge = await rig.edge();
    const receipts = await collectReceipts(edge);
    const release = await lockReports(rig.pool);
    for (const sequence of range(9)) {
      await sendReport(edge, trackReport(sequence, sequence === 4 ? { calibration: 'ffffffffffff' } : {}));
    }
    await until(
      () => ingest.counters().messages,
      (messages) => messages === 9,
    );
    await release();
    await until(rig.pubacks, (pubacks) => pubacks === 9);
    await until(
      () => receipted(receipts),
      (sequences) => sequences.length === 9,
    );
    expect(await storedSequences(rig.pool)).toEqual([1, 2, 3, 5, 6, 7, 8, 9]);
    expect(await rig.store.quarantine.list(0)).toMatchObject([
      { reason: 'database: refused with SQLSTATE 23514', count: 1 },
    ]);
  });

  it('stops taking messages while the database is away, loses none, and goes on by itself', async () => {
    const limits = { ...DEFAULT_LIMITS, batchMessages: 16, waitingMessages: 32 };
    const ingest = await rig.start({ limits });
    const edge = await rig.edge();
    await sendReport(edge, trackReport(1));
    await until(rig.pubacks, (pubacks) => pubacks === 1);
    rig.databaseRelay.cut();
    const sending = Promise.all(range(300, 2).map((sequence) => sendReport(edge, trackReport(sequence))));
    await until(() => ingest.counters().backPressure, Boolean);
    await until(
      () => ingest.counters().commitRetries,
      (retries) => retries >= 2,
    );
    expect(ingest.counters().pendingMessages).toBeLessThanOrEqual(32 + 16);
    expect(rig.pubacks()).toBe(1);
    rig.databaseRelay.mend();
    await sending;
    await until(
      () => storedSequences(rig.pool),
      (stored) => stored.length === 301,
      25,
    );
    expect(await storedSequences(rig.pool)).toEqual(range(301));
    await until(
      () => ingest.counters().backPressure,
      (full) => !full,
    );
    // Handed over after the commit: the rows are seen first.
    await until(
      () => rig.handedOver.length,
      (count) => count >= 301,
    );
    expect(rig.handedOver.map(({ report }) => report.sequence)).toEqual(range(301));
  });

  it('keeps the newest status and health of a device', async () => {
    await rig.start();
    const edge = await rig.edge();
    const status = {
      schema: 'status/1',
      state: 'online',
      camera: 'cam-1',
      sinceMs: 1_700_000_000_000,
      version: '0.1.0',
      modelDigest: 'none',
      modelName: 'none',
      configurationDigest: '0123456789ab',
      calibration: 'nominal',
      privacyLevel: 'tracks',
    };
    const health = {
      schema: 'health/1',
      camera: 'cam-1',
      timeMs: Date.now(),
      sourceFramesPerSecond: 10,
      processedFramesPerSecond: 9.5,
      framesDropped: 3,
      tracksLive: 2,
      pointsInBlindZones: 0,
      pointsOffFloor: 0,
      outboxReports: 0,
      outboxBytes: 0,
      outboxOldestSeconds: 0,
      reportsForgotten: 0,
      sourceState: 'running',
    };
    await edge.publishAsync(statusTopic(address()), JSON.stringify(status), { qos: 1, retain: true });
    await edge.publishAsync(healthTopic(address()), JSON.stringify(health), { qos: 0 });
    const [device] = await until(
      () => rig.store.devices.list(),
      (list) => list[0]?.health != null && list[0].status != null,
    );
    expect(device).toMatchObject({ floor: 'hall', device: 'edge-1', camera: 'cam-1', status, health });
    await edge.publishAsync(statusTopic(address()), JSON.stringify({ ...status, state: 'offline' }), { qos: 1 });
    const [later] = await until(
      () => rig.store.devices.list(),
      (list) => list[0]?.status?.state === 'offline',
    );
    expect(later?.health).toEqual(health);
  });
});
