import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OperatorError } from '@safe-passage/cli';
import { healthTopic, statusTopic, tracksTopic } from '@safe-passage/contract';
import { freePort } from '@safe-passage/start/ports.ts';
import { Aedes } from 'aedes';
import { connectAsync, type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/services/database.ts';
import { PATIENCE } from '../../../test/services/program.ts';
import { LiveBus } from '../../src/api/live.ts';
import { apiPart } from '../../src/api/part.ts';
import { PresenceBoard } from '../../src/api/presence.ts';
import type { HubConfig } from '../../src/config.ts';
import { runHub } from '../../src/hub.ts';
import { parts } from '../../src/parts.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { FLOOR, PLAN, SITE } from './hubServer.ts';

let folder: string;
let database: TestDatabase;
let store: Store;
let broker: Aedes;
let brokerServer: Server;
let device: MqttClient;
let config: HubConfig;
let base: string;
let token: string;
let running: Promise<void>;
const stop = new AbortController();
const logger = pino({ level: 'silent' });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safe-passage-hub-'));
  database = await createTestDatabase('postgres');
  broker = await Aedes.createBroker();
  brokerServer = createServer(broker.handle);
  await new Promise<void>((resolve) => brokerServer.listen(0, '127.0.0.1', resolve));
  const brokerUrl = `mqtt://127.0.0.1:${(brokerServer.address() as AddressInfo).port}`;
  const port = await freePort();
  base = `http://127.0.0.1:${port}`;
  config = {
    site: SITE,
    timeZone: 'UTC',
    databaseUrl: database.url,
    broker: { url: brokerUrl, clientId: 'hub' },
    listen: { host: '127.0.0.1', port },
    consoleUrl: `http://127.0.0.1:${port}`,
    floors: [PLAN],
    policyFile: null,
    privacyFile: null,
    signIn: { sessionSeconds: 43_200, idleSeconds: 7_200, oidc: null },
    privacyKeyFile: null,
    auditKeyFile: join(folder, 'audit-key.pem'),
    auditPublishMinutes: 5,
    retention: { tracksHours: 72 },
  };
  running = runHub(config, {
    logger,
    signal: stop.signal,
    parts: parts(),
  });
  device = await connectAsync(brokerUrl);
  await until('the hub is ready', async () => (await fetch(`${base}/readyz`).catch(() => null))?.status === 200);
  store = openStore({ url: database.url, site: SITE, tracksHours: 72, zoneName: (floor, zone) => zone ?? floor });
  token = await store.tokens.create({ kind: 'token', name: 'test', role: 'reviewer' });
});
afterAll(async () => {
  stop.abort();
  await running;
  await device.endAsync(true);
  await store.close();
  await new Promise<void>((resolve) => broker.close(() => brokerServer.close(() => resolve())));
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function until(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE * 15_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

const read = async (path: string) => {
  const answer = await fetch(`${base}${path}`, { headers: { authorization: `Bearer ${token}` } });
  return (await answer.json()) as Record<string, unknown>;
};

const ADDRESS = { site: SITE, floor: FLOOR, device: 'edge-1', camera: 'cam-1' };

describe('the interface of a running hub', () => {
  it('says that database, broker and tables are ready', async () => {
    expect(await read('/readyz')).toMatchObject({
      ready: true,
      probes: { database: { ok: true }, broker: { ok: true }, migrations: { ok: true } },
    });
  });

  it('shows, live and on request, what a device said and who it sees', async () => {
    const stream = await fetch(`${base}/api/live`, { headers: { authorization: `Bearer ${token}` } });
    let text = '';
    const reading = (async () => {
      for await (const chunk of stream.body ?? []) text += new TextDecoder().decode(chunk as Uint8Array);
    })().catch(() => undefined);
    const now = Date.now();
    const status = {
      schema: 'status/1',
      state: 'online',
      camera: 'cam-1',
      sinceMs: now,
      version: '0.1.0',
      modelDigest: 'none',
      modelName: 'a file',
      configurationDigest: '0123456789ab',
      calibration: 'nominal',
      privacyLevel: 'tracks',
    };
    await device.publishAsync(statusTopic(ADDRESS), JSON.stringify(status), { qos: 1, retain: true });
    const report = {
      schema: 'track-report/1',
      camera: 'cam-1',
      calibration: 'nominal',
      epoch: '0123456789abcdef',
      sequence: 1,
      fromMs: now - 900,
      toMs: now,
      tracks: [
        {
          id: 'Pseudonym-AAAAAA',
          state: 'active',
          points: [
            [0, 100, 200, 30, 1],
            [900, 150, 250, 30, 1],
          ],
        },
      ],
    };
    await device.publishAsync(tracksTopic(ADDRESS), JSON.stringify(report), { qos: 1 });
    await device.publishAsync(healthTopic(ADDRESS), 'not a health message', { qos: 0 });
    await until(
      'both have come over the stream',
      // Under the name of the person: a track's own leaves the store only for a replay.
      () =>
        text.includes('event: camera') &&
        /"people":\[\["[\w-]{16}",1\.\d+,2\.\d+,"active"\]\],"groups":\[\]/.test(text),
    );
    expect(await read('/api/cameras')).toMatchObject({ cameras: [{ device: 'edge-1', status: { state: 'online' } }] });
    expect(text).not.toContain('Pseudonym-AAAAAA');
    const measured = async () => await (await fetch(`${base}/metrics`)).text();
    await until('the first retention run has ended', async () => /retention_limit_seconds\{/.test(await measured()));
    const metrics = await measured();
    expect(metrics).toMatch(/^safe_passage_ingest_reports_total 1$/m);
    expect(metrics).toMatch(/^safe_passage_ingest_quarantined_total 1$/m);
    expect(metrics).toMatch(/^safe_passage_retention_late 0$/m);
    // This device has said neither: no number is told, for 0 would be a clock that is right and a certificate that ends now.
    expect(metrics).toMatch(/^# HELP safe_passage_device_clock_offset_worst_seconds /m);
    expect(metrics).not.toMatch(/^safe_passage_device_/m);
    expect(metrics).toMatch(/^safe_passage_retention_limit_seconds\{class="tracks"\} 259200$/m);
    expect(metrics).toMatch(/^safe_passage_ingest_commit_seconds_count [1-9]/m);
    stop.abort();
    await running;
    // The hub stopped although somebody was looking, and the stream is over.
    await reading;
    expect(await fetch(`${base}/healthz`).catch(() => 'gone')).toBe('gone');
  });

  it('says what to do where its port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const taken = { ...config, site: 'other-site', listen: { host: '127.0.0.1', port } };
    const problem = await runHub(taken, {
      logger,
      signal: new AbortController().signal,
      parts: [apiPart({ live: new LiveBus(), presence: new PresenceBoard() })],
    }).catch((caught: unknown) => caught);
    expect(problem).toBeInstanceOf(OperatorError);
    expect(problem).toMatchObject({
      message: expect.stringContaining('EADDRINUSE'),
      remedy: expect.stringContaining('listen.port'),
    });
    await new Promise<void>((resolve) => other.close(() => resolve()));
  });
});
