import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Receipt, receiptsTopic, type TrackReport, tracksTopic } from '@safe-passage/contract';
import { connectAsync, type MqttClient } from 'mqtt';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { brokerKinds, startBroker, type TestBroker } from '../../../test/services/brokers.ts';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../../../test/services/database.ts';
import { migrate, openDatabase } from '../../src/store/index.ts';
import { trackReport } from './reports.ts';
import { address, lockReports, storedSequences, until } from './rig.ts';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');
const PLAN = {
  id: 'hall',
  name: 'Hall',
  bounds: [
    [0, 0],
    [10, 10],
  ],
  walls: [],
  zones: [],
  cameras: [],
};

const settings = brokerKinds().flatMap((broker) => databaseKinds().map((database) => ({ broker, database })));

describe.each(settings)('a hub process between $broker and $database', (kinds) => {
  let folder: string;
  let broker: TestBroker;
  let database: TestDatabase;
  let pool: pg.Pool;
  let hubs: ChildProcess[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'safe-passage-hub-'));
    broker = await startBroker(kinds.broker);
    database = await createTestDatabase(kinds.database);
    await migrate(database.url);
    pool = openDatabase(database.url, { connections: 4 });
    hubs = [];
    await writeFile(join(folder, 'plan.json'), JSON.stringify(PLAN));
    await writeFile(
      join(folder, 'hub.yaml'),
      JSON.stringify({
        site: 'demo',
        timeZone: 'UTC',
        database: { url: database.url },
        broker: { url: broker.url },
        listen: { port: 0 },
        floors: [{ plan: 'plan.json' }],
      }),
    );
  });
  afterEach(async () => {
    await Promise.all(hubs.map((hub) => stop(hub, 'SIGKILL')));
    await pool.end();
    await broker.stop();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  /** @returns once it has subscribed, or says that it is a standby. */
  async function startHub(): Promise<{ hub: ChildProcess; log: () => string }> {
    const hub = spawn(process.execPath, [MAIN, 'run', '--config', join(folder, 'hub.yaml')], { stdio: 'pipe' });
    hubs.push(hub);
    let log = '';
    hub.stdout?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
    hub.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
    await until(
      () => log,
      (text) => /"subscribed"|as its standby/.test(text) || hub.exitCode !== null,
    );
    expect(hub.exitCode, log).toBe(null);
    return { hub, log: () => log };
  }

  async function stop(hub: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
    if (hub.exitCode === null && hub.signalCode === null) {
      const ended = once(hub, 'exit');
      hub.kill(signal);
      await ended;
    }
    return hub.exitCode;
  }

  it('has what it received and had not committed when it was killed delivered again', async () => {
    const { hub } = await startHub();
    const edge = await connectAsync(broker.url, { protocolVersion: 4 });
    const release = await lockReports(pool);
    for (let sequence = 1; sequence <= 25; sequence++) {
      await edge.publishAsync(tracksTopic(address()), JSON.stringify(trackReport(sequence)), { qos: 1 });
    }
    await until(
      async () =>
        (
          await pool.query(
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%track_report%' AND pid <> pg_backend_pid()",
          )
        ).rowCount,
      (waiting) => waiting !== 0,
    );
    await stop(hub, 'SIGKILL');
    await release();
    await startHub();
    await until(
      () => storedSequences(pool),
      (stored) => stored.length === 25,
    );
    const segments = await pool.query<{ count: number }>('SELECT count(*) FROM track_segment');
    expect(segments.rows[0]?.count).toBe(50);
    await edge.endAsync();
  });

  it('is killed again and again in mid-stream, and every report is there once', { timeout: 240_000 }, async () => {
    const total = 600;
    const outbox = new Map<number, TrackReport>();
    const edge: MqttClient = await connectAsync(broker.url, { protocolVersion: 4 });
    edge.on('message', (_topic, payload) => {
      for (const sequence of (JSON.parse(payload.toString()) as Receipt).sequences) outbox.delete(sequence);
    });
    await edge.subscribeAsync(receiptsTopic(address()), { qos: 1 });
    const send = (report: TrackReport) => edge.publishAsync(tracksTopic(address()), JSON.stringify(report), { qos: 1 });
    let accepted = 0;
    const stream = async () => {
      while (accepted < total) {
        accepted++;
        const report = trackReport(accepted, { fromMs: Date.now() });
        outbox.set(accepted, report);
        await send(report);
        if (accepted % 5 === 0) await sleep(20);
      }
      // What was never receipted is sent again, as an outbox does after a while.
      while (outbox.size > 0) {
        await sleep(1_500);
        for (const report of [...outbox.values()]) await send(report);
      }
    };
    let { hub } = await startHub();
    const streaming = stream();
    for (let kill = 0; kill < 3; kill++) {
      await sleep(400 + 150 * kill);
      await stop(hub, 'SIGKILL');
      hub = (await startHub()).hub;
    }
    await streaming;
    expect(await storedSequences(pool)).toEqual(Array.from({ length: total }, (_, i) => i + 1));
    const segments = await pool.query<{ count: number; points: number }>(
      'SELECT count(*), sum(cardinality(offset_ms)) AS points FROM track_segment',
    );
    expect(segments.rows).toEqual([{ count: 2 * total, points: 3 * total }]);
    expect(await stop(hub, 'SIGTERM')).toBe(0);
    await edge.endAsync();
  });

  it('waits as a standby while another has the site, and takes over when that one is killed', async () => {
    const first = await startHub();
    const second = await startHub();
    expect(second.log()).toMatch(/another hub runs this site: waiting as its standby/);
    expect(second.log()).not.toMatch(/subscribed/);
    await stop(first.hub, 'SIGKILL');
    await until(second.log, (text) => text.includes('"subscribed"'));
    expect(await stop(second.hub, 'SIGINT')).toBe(0);
  });

  it('logs neither a position nor a pseudonym nor the password', async () => {
    const { hub, log } = await startHub();
    const edge = await connectAsync(broker.url, { protocolVersion: 4 });
    const report = trackReport(1);
    await edge.publishAsync(tracksTopic(address()), JSON.stringify({ ...report, surplus: true }), { qos: 1 });
    await edge.publishAsync(tracksTopic(address()), JSON.stringify(report), { qos: 1 });
    await until(
      () => storedSequences(pool),
      (stored) => stored.length === 1,
    );
    expect(await stop(hub, 'SIGTERM')).toBe(0);
    const secret = new URL(database.url).password;
    expect(log()).not.toContain(report.tracks[0]?.id ?? 'no track');
    expect(log()).not.toContain(`:${secret}@`);
    expect(log()).toMatch(/refused and quarantined/);
    await edge.endAsync();
  });
});
