import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import {
  alertsTopic,
  commandTopic,
  healthTopic,
  hubSubscriptions,
  receiptsTopic,
  statusTopic,
  tracksTopic,
} from '@safe-passage/contract';
import { freePort } from '@safe-passage/start/ports.ts';
import type { MqttClient } from 'mqtt';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { AgentProcess } from '../../edge/test/services/agentProcess.ts';
import { createTestDatabase } from '../../test/services/database.ts';
import { mosquittoBinary, opensslBinary } from '../../test/services/machine.ts';
import { runProgram, startProgram, until } from '../../test/services/program.ts';
import { CERTS, certs, credentialPaths, DeployedBroker } from './mosquitto.ts';

const run = promisify(execFile);
const A = { site: 'test', floor: 'room', device: 'edge-a', camera: 'cam-1' } as const;
const B = { ...A, device: 'edge-b' } as const;
const PLAN = resolve(import.meta.dirname, '../../examples/standing-table/plan.json');

describe.skipIf(!opensslBinary)('certs (needs openssl)', () => {
  let dir: string;
  beforeAll(async () => {
    dir = join(await mkdtemp(join(tmpdir(), 'safe-passage-certs-')), 'authority');
    await certs(dir, 'authority');
    await certs(dir, 'enrol', 'edge-a');
  });
  afterAll(() => rm(resolve(dir, '..'), { recursive: true, force: true }));

  it('makes keys that are EC P-256 and for their owner alone', async () => {
    const { key } = credentialPaths(dir, 'edge-a');
    for (const path of [key, join(dir, 'authority.key')]) {
      expect((await stat(path)).mode & 0o777, path).toBe(0o600);
      expect((await run('openssl', ['ec', '-in', path, '-noout', '-text'])).stdout).toContain('prime256v1');
    }
  });

  it('keeps the authority that there is, and the device that is enrolled', async () => {
    await expect(certs(dir, 'authority')).rejects.toThrow('there is an authority');
    await expect(certs(dir, 'enrol', 'edge-a')).rejects.toThrow('edge-a is enrolled');
  });

  it.each(['Edge', '-a', 'a/b', '+', '#', '%u', '../x'])('takes no name that is none: %s', async (name) => {
    await expect(run(CERTS, ['enrol', name, '--dir', dir])).rejects.toMatchObject({ code: 2 });
  });

  it('renews with another key, and tells what ends soon by its exit code', async () => {
    const { key } = credentialPaths(dir, 'edge-a');
    const before = await readFile(key, 'utf8');
    expect(await certs(dir, 'list')).toMatch(/edge-a +until/);
    await certs(dir, 'renew', 'edge-a', '--days', '10');
    expect(await readFile(key, 'utf8')).not.toBe(before);
    await expect(run(CERTS, ['list', '--dir', dir])).rejects.toMatchObject({
      code: 3,
      stdout: expect.stringMatching(/edge-a .*within 30 days: renew/),
    });
  });
});

describe.skipIf(!mosquittoBinary || !opensslBinary)(
  'the deployed broker (needs openssl, and mosquitto or $SAFE_PASSAGE_MOSQUITTO)',
  () => {
    let broker: DeployedBroker;
    let hub: MqttClient;
    let device: MqttClient;
    const heard: string[] = [];

    beforeAll(async () => {
      broker = await DeployedBroker.start(['edge-a', 'edge-b', 'edge-lost', 'hub', 'listener']);
      hub = await broker.connect('hub', { clientId: 'listening-hub' });
      hub.on('message', (topic, payload) => void heard.push(`${topic} ${payload.toString()}`));
      await hub.subscribeAsync([...Object.values(hubSubscriptions('test')), 'movement/v1/#', '#'], { qos: 1 });
      device = await broker.connect('edge-a');
    });
    afterAll(async () => {
      await Promise.all([device?.endAsync(true), hub?.endAsync(true)]);
      await broker?.stop();
    });

    /** Publishes all, and then one that is allowed: what was heard until that one arrives is all that ever will be. */
    async function whatArrives(client: MqttClient, topics: readonly string[], last: string): Promise<string[]> {
      heard.length = 0;
      const mark = `mark-${Math.random()}`;
      for (const topic of topics) await client.publishAsync(topic, 'tried', { qos: 1 });
      await client.publishAsync(last, mark, { qos: 1 });
      await until('the last message', 10, () => heard.some((line) => line.endsWith(mark)));
      // A message may match two subscriptions, and then comes twice.
      return [...new Set(heard.filter((line) => line.endsWith(' tried')).map((line) => line.split(' ')[0] ?? ''))];
    }

    it('takes from a device what is its own', async () => {
      const own = [tracksTopic(A), statusTopic(A), healthTopic(A)];
      expect((await whatArrives(device, own, healthTopic(A))).sort()).toEqual([...own].sort());
    });

    it('takes nothing else from it: no other device, no command, no receipt, no alert', async () => {
      const others = [
        tracksTopic(B),
        statusTopic(B),
        healthTopic(B),
        tracksTopic({ ...B, camera: 'edge-a' }),
        tracksTopic({ ...A, device: 'hub' }),
        commandTopic(A),
        commandTopic(B),
        receiptsTopic(A),
        alertsTopic('test', 'dwell'),
        'movement/v2/test/room/edge-a/status',
        '$SYS/broker/version',
        'anything',
      ];
      expect(await whatArrives(device, others, healthTopic(A))).toEqual([]);
    });

    it('tells a device that speaks MQTT 5 that it is refused', async () => {
      const client = await broker.connect('edge-a', { protocolVersion: 5 });
      await expect(client.publishAsync(tracksTopic(B), 'tried', { qos: 1 })).rejects.toThrow(/authori[sz]ed/i);
      await client.endAsync(true);
    });

    it('delivers to a device its own receipts and commands, and nothing of another’s', async () => {
      const mail: string[] = [];
      device.on('message', (topic) => void mail.push(topic));
      await device.subscribeAsync(['#', receiptsTopic(A), commandTopic(A), receiptsTopic(B), commandTopic(B)], {
        qos: 1,
      });
      await hub.publishAsync(commandTopic(B), '{}', { qos: 1 });
      await hub.publishAsync(receiptsTopic(B), '{}', { qos: 1 });
      await hub.publishAsync(alertsTopic('test', 'dwell'), '{}', { qos: 1 });
      await hub.publishAsync(commandTopic(A), '{}', { qos: 1 });
      await hub.publishAsync(receiptsTopic(A), '{}', { qos: 1 });
      await until('its own receipt', 10, () => mail.includes(receiptsTopic(A)));
      expect([...new Set(mail)].sort()).toEqual([commandTopic(A), receiptsTopic(A)].sort());
    });

    it('tells whoever listens of alerts, and of nothing else', async () => {
      const listener = await broker.connect('listener');
      const mail: string[] = [];
      listener.on('message', (topic) => void mail.push(topic));
      await listener.subscribeAsync('#', { qos: 1 });
      await device.publishAsync(tracksTopic(A), 'tried', { qos: 1 });
      await hub.publishAsync(alertsTopic('test', 'escort'), '{}', { qos: 1 });
      await until('the alert', 10, () => mail.length > 0);
      expect(mail).toEqual([alertsTopic('test', 'escort')]);
      await listener.endAsync(true);
    });

    it('lets nobody in without a certificate, nor with one of another authority', async () => {
      const ca = await readFile(join(broker.authority, 'ca.pem'), 'utf8');
      await expect(broker.connectWith({ ca })).rejects.toThrow();
      const other = join(broker.folder, 'other');
      await certs(other, 'authority');
      await certs(other, 'enrol', 'edge-a');
      const { cert, key } = credentialPaths(other, 'edge-a');
      const strange = { ca, cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
      await expect(broker.connectWith(strange)).rejects.toThrow();
      const strayed = await readFile(join(other, 'ca.pem'), 'utf8');
      await expect(broker.connectWith({ ca: strayed })).rejects.toThrow(/self.signed|certificate/i);
    });

    it('lets nobody in whose certificate was revoked, from the next SIGHUP on', async () => {
      await (await broker.connect('edge-lost')).endAsync(true);
      const { cert, key, ca } = credentialPaths(broker.authority, 'edge-lost');
      const [lost, its, authority] = await Promise.all([cert, key, ca].map((path) => readFile(path, 'utf8')));
      const credentials = { cert: lost ?? '', key: its ?? '', ca: authority ?? '' };
      await certs(broker.authority, 'revoke', 'edge-lost');
      await broker.reload();
      await until('the list to hold', 10, async () => {
        const client = await broker.connectWith(credentials).catch(() => null);
        await client?.endAsync(true);
        return client === null;
      });
      await (await broker.connect('edge-a', { clientId: 'still-welcome' })).endAsync(true);
    });

    describe('with a real agent and a real hub', () => {
      const brokerOf = (name: string) => {
        const { ca, cert, key } = credentialPaths(broker.authority, name);
        return { url: broker.url, caFile: ca, certificateFile: cert, keyFile: key };
      };

      it('carries tracks from the one to the other', async () => {
        const database = await createTestDatabase('postgres');
        const { ca, cert, key } = credentialPaths(broker.authority, 'hub');
        const port = await freePort();
        const config = join(broker.folder, 'hub.yaml');
        await writeFile(join(broker.folder, 'database.url'), database.url);
        await writeFile(
          config,
          stringify({
            site: 'test',
            timeZone: 'UTC',
            database: { urlFile: 'database.url' },
            broker: { url: broker.url, ca, cert, key },
            listen: { port },
            floors: [{ plan: PLAN }],
          }),
        );
        const server = startProgram('hub/src/main.ts', ['run', '-c', config]);
        let agent: AgentProcess | null = null;
        try {
          await until(`the hub to be ready; it said:\n${server.said()}`, 60, async () => {
            const ready = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
            return ready?.ok;
          });
          agent = new AgentProcess({
            url: broker.url,
            folder: join(broker.folder, 'edge-b'),
            seconds: 5,
            speed: 5,
            lingerSeconds: 60,
            change: { floor: 'room', device: 'edge-b', broker: brokerOf('edge-b') },
          });
          // It ends when the hub has confirmed every report.
          expect(await agent.ended, agent.log.join('')).toBe(0);
          expect(agent.log.join('')).toContain('"unconfirmedReports":0');
          // What it said of its certificate is what the authority issued.
          const issued = new X509Certificate(await readFile(brokerOf('edge-b').certificateFile)).validToDate;
          const client = new pg.Client({ connectionString: database.url });
          await client.connect();
          try {
            const { rows } = await client.query('SELECT device, expires_at FROM dashboard.device_certificate');
            expect(rows).toEqual([{ device: 'edge-b', expires_at: issued }]);
          } finally {
            await client.end();
          }
        } finally {
          await agent?.kill('SIGKILL');
          server.kill('SIGTERM');
          await server.ended;
          await database.drop();
        }
      });

      it('edge check tells a device that may publish from one that took another’s certificate', async () => {
        const check = async (device: string, credentials: string) => {
          const file = join(broker.folder, `${device}-${credentials}.yaml`);
          const detections = { file: 'det.txt', framesPerSecond: 5, imageWidth: 96, imageHeight: 48 };
          await writeFile(join(broker.folder, 'det.txt'), '1,-1,10,10,5,10,0.9,-1,-1,-1\n');
          await writeFile(
            file,
            stringify({
              site: 'test',
              floor: 'room',
              device,
              camera: 'cam-1',
              detections,
              broker: brokerOf(credentials),
            }),
          );
          return await runProgram('edge/src/main.ts', ['check', '-c', file]);
        };
        const right = await check('edge-a', 'edge-a');
        expect(right.out).toMatch(/certificate +ok +edge-a, holds for 36[45] days/);
        expect(right.out).toMatch(/topics +ok +may publish and read its own; somebody has subscribed/);
        const wrong = await check('edge-a', 'edge-b');
        expect(wrong.code).toBe(1);
        expect(wrong.out).toMatch(/certificate +FAULT +it is of "edge-b", this device is edge-a/);
        expect(wrong.out).toMatch(/topics +FAULT +the broker refuses .*edge-a\/cam-1\/tracks/);
      });
    });
  },
);
