import type { CameraAddress, DeviceStatus } from '@safe-passage/contract';
import { healthTopic, receiptsTopic, statusTopic, tracksTopic } from '@safe-passage/contract';
import { connectAsync, type IPublishPacket } from 'mqtt';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startAedes, startBroker, type TestBroker } from '../../../test/services/brokers.ts';
import { mosquittoBinary } from '../../../test/services/machine.ts';
import type { BrokerConfig } from '../../src/config.ts';
import { BrokerLink } from '../../src/publish/brokerLink.ts';
import type { Send } from '../../src/publish/delivery.ts';
import type { BrokerSecrets } from '../../src/siteFiles.ts';
import { until } from '../services/agentProcess.ts';

const address: CameraAddress = { site: 'test', floor: 'hall', device: 'edge-1', camera: 'cam-1' };
const EPOCH = '0123456789abcdef';

let broker: TestBroker;
let hangUp: AbortController;
let talking: Promise<void>;
let lines: string[];
let sends: Send[];
let receipts: [string, readonly number[]][];
let commands: string[];
let answers: [number, number][];
let asked: number;

beforeEach(() => {
  hangUp = new AbortController();
  talking = Promise.resolve();
  [lines, sends, receipts, commands, answers] = [[], [], [], [], []];
  asked = 0;
});
afterEach(async () => {
  hangUp.abort();
  await talking;
  await broker.stop();
});

const status = (state: DeviceStatus['state']): DeviceStatus => ({
  schema: 'status/1',
  state,
  camera: 'cam-1',
  sinceMs: 1,
  version: '0.1.0',
  modelDigest: 'none',
  modelName: 'boxes',
  configurationDigest: '0123456789ab',
  calibration: 'nominal',
  privacyLevel: 'tracks',
});

function link(
  change: Partial<BrokerConfig> = {},
  password?: string,
  secrets: () => BrokerSecrets = () => (password === undefined ? {} : { password }),
): BrokerLink {
  const made = new BrokerLink({
    level: 'tracks',
    broker: { url: broker.url, ...change },
    secrets: () => {
      asked += 1;
      return Promise.resolve(secrets());
    },
    address,
    maxAgeMs: 3_600_000,
    status,
    connected: (send) => sends.push(send),
    disconnected: () => undefined,
    receipt: (epoch, sequences) => receipts.push([epoch, sequences]),
    command: (command) => commands.push(command),
    clock: (askedMs, hubMs) => answers.push([askedMs, hubMs]),
    log: pino({ level: 'debug' }, { write: (line) => lines.push(line) }),
  });
  talking = made.run(hangUp.signal);
  return made;
}

describe('the link to the broker', () => {
  it('keeps a retained status: online while it stands, offline after a clean end', async () => {
    broker = await startAedes();
    link();
    await until('a connection', () => sends.length === 1);
    const seen: string[] = [];
    const onlooker = await connectAsync(broker.url, { reconnectPeriod: 0 });
    onlooker.on('message', (_, payload) => seen.push(String(JSON.parse(payload.toString()).state)));
    await onlooker.subscribeAsync(statusTopic(address), { qos: 1 });
    await until('the retained status', () => seen.length === 1);
    hangUp.abort();
    await talking;
    await until('the goodbye', () => seen.length === 2);
    expect(seen).toEqual(['online', 'offline']);
    await onlooker.endAsync(true);
  });

  it('hears receipts and commands, and passes over what is neither', async () => {
    broker = await startAedes();
    link();
    await until('a connection', () => sends.length === 1);
    const hub = await connectAsync(broker.url, { reconnectPeriod: 0 });
    const say = (topic: string, payload: string) => hub.publishAsync(topic, payload, { qos: 1 });
    const receipt = { schema: 'receipt/1', camera: 'cam-1', epoch: EPOCH, sequences: [1, 2] };
    await say(receiptsTopic(address), 'no json');
    await say(receiptsTopic(address), JSON.stringify({ ...receipt, sequences: [0] }));
    await say(receiptsTopic(address), JSON.stringify({ ...receipt, camera: 'cam-2' }));
    await say(receiptsTopic(address), JSON.stringify(receipt));
    const answer = { schema: 'clock-answer/1', camera: 'cam-1', askedMs: 5, hubMs: 7 };
    await say(receiptsTopic(address), JSON.stringify({ ...answer, camera: 'cam-2' }));
    await say(receiptsTopic(address), JSON.stringify(answer));
    await say(
      statusTopic(address).replace('status', 'command'),
      JSON.stringify({ schema: 'command/1', command: 'explode' }),
    );
    await say(
      statusTopic(address).replace('status', 'command'),
      JSON.stringify({ schema: 'command/1', command: 'rotate-pseudonym-key' }),
    );
    await until('the command', () => commands.length === 1);
    expect(receipts).toEqual([[EPOCH, [1, 2]]]);
    expect(answers).toEqual([[5, 7]]);
    expect(commands).toEqual(['rotate-pseudonym-key']);
    expect(lines.filter((line) => line.includes('passed over'))).toHaveLength(3);
    await hub.endAsync(true);
  });

  it('makes the connection again after a loss, by itself', async () => {
    broker = await startAedes();
    link();
    await until('a connection', () => sends.length === 1);
    await broker.kill();
    await broker.start();
    await until('another connection', () => sends.length === 2);
    expect(asked, 'a renewed certificate is read for each connection').toBeGreaterThanOrEqual(2);
  });

  it('says what to mend when the broker does not let it in, keeps trying, and keeps the password to itself', async () => {
    let open = false;
    broker = await startAedes((_client, username, password, done) => {
      if (open && username === 'edge-1' && password?.toString() === 'hunter2') done(null, true);
      else done(Object.assign(new Error('bad'), { returnCode: 4 as const }), null);
    });
    link({ username: 'edge-1' }, 'hunter2');
    await until('a refusal', () => lines.some((line) => line.includes('Check broker.username and the password')));
    open = true;
    await until('a connection', () => sends.length === 1);
    expect(lines.join('')).not.toContain('hunter2');
  });

  it('outlives an access that no connection can be made with, and goes on with the next one', async () => {
    broker = await startAedes();
    const access = [{ cert: 'none', key: 'none' }, {}];
    link({ url: broker.url.replace('mqtt:', 'mqtts:') }, undefined, () => access.shift() ?? {});
    await until('the complaint', () => lines.some((line) => line.includes('the access to the broker cannot be used')));
    await until('a further attempt', () => asked >= 2);
  });

  it('says that another one may have its name where connection after connection is ended', async () => {
    broker = await startAedes();
    link();
    const first = talking;
    await until('a connection', () => sends.length === 1);
    link();
    await until('the suspicion', () => lines.some((line) => line.includes('ends again and again')), 40_000);
    const told = lines.find((line) => line.includes('ends again and again')) ?? '';
    expect(JSON.parse(told)).toMatchObject({
      device: 'edge-1',
      camera: 'cam-1',
      remedy: expect.stringContaining('another agent with the same site, device and camera'),
    });
    hangUp.abort();
    await first;
  }, 60_000);

  it('tells of a broker that is away once for each attempt', async () => {
    broker = await startAedes();
    const { url } = broker;
    await broker.kill();
    link({ url });
    await until('a second attempt', () => asked === 2);
    const told = lines.filter((line) => line.includes('the connection to the broker failed'));
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThanOrEqual(asked);
    expect(told[0]).toContain('Check host and port in broker.url');
  });

  it('publishes health without waiting for anybody', async () => {
    broker = await startAedes();
    const made = link();
    await until('a connection', () => sends.length === 1);
    const onlooker = await connectAsync(broker.url, { reconnectPeriod: 0 });
    await onlooker.subscribeAsync(healthTopic(address));
    const seen = new Promise<string>((done) => onlooker.on('message', (_, payload) => done(payload.toString())));
    made.publishHealth({
      schema: 'health/1',
      camera: 'cam-1',
      timeMs: 1,
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
    expect(JSON.parse(await seen)).toMatchObject({ sourceFramesPerSecond: 10 });
    await onlooker.endAsync(true);
  });

  it.skipIf(!mosquittoBinary)(
    'lets an MQTT 5 broker keep a report no longer than tracks may be kept (needs Mosquitto: apt-get install mosquitto)',
    async () => {
      broker = await startBroker('mosquitto');
      link({ protocolVersion: 5 });
      await until('a connection', () => sends.length === 1);
      const onlooker = await connectAsync(broker.url, { reconnectPeriod: 0, protocolVersion: 5 });
      await onlooker.subscribeAsync(tracksTopic(address), { qos: 1 });
      const packets: IPublishPacket[] = [];
      onlooker.on('message', (_topic, _payload, packet) => packets.push(packet));
      await sends[0]?.({ sequence: 1, epoch: EPOCH, toMs: Date.now() - 600_000, payload: '{}' });
      await until('the report', () => packets.length === 1);
      expect(packets[0]?.properties?.messageExpiryInterval).toBeGreaterThan(2980);
      expect(packets[0]?.properties?.messageExpiryInterval).toBeLessThanOrEqual(3000);
      await onlooker.endAsync(true);
    },
  );
});
