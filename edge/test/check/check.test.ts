import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { hubSubscriptions } from '@safe-passage/contract';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { startBroker } from '../../../test/services/brokers.ts';
import { mosquittoBinary } from '../../../test/services/machine.ts';
import { runProgram } from '../../../test/services/program.ts';
import { checkBroker } from '../../src/check/broker.ts';
import { checkClock } from '../../src/check/clock.ts';
import { checkOutbox } from '../../src/check/outbox.ts';
import { checkCalibration, checkLevel } from '../../src/check/place.ts';
import { askTimeServer } from '../../src/check/sntp.ts';
import { parseConfig } from '../../src/config.ts';
import { motionJpeg } from '../frames/recordedSource.ts';

const EXAMPLE = resolve(import.meta.dirname, '../../../examples/standing-table');
const NTP_EPOCH_SECONDS = 2_208_988_800;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'safe-passage-check-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface TimeServer {
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/** A time server whose clock is ahead by so much. */
async function timeServer(aheadMs: number, stratum = 2, underWayMs = 0): Promise<TimeServer> {
  const socket = createSocket('udp4');
  socket.on('message', (question, from) => {
    const answer = Buffer.alloc(48);
    answer.writeUInt8(0x24, 0);
    answer.writeUInt8(stratum, 1);
    answer.write('DENY', 12, 'latin1');
    question.copy(answer, 24, 40, 48);
    const seconds = (Date.now() + aheadMs) / 1000 + NTP_EPOCH_SECONDS;
    for (const at of [32, 40]) {
      answer.writeUInt32BE(Math.floor(seconds), at);
      answer.writeUInt32BE(Math.floor((seconds % 1) * 2 ** 32), at + 4);
    }
    const send = () => socket.send(answer, from.port, from.address);
    if (underWayMs === 0) send();
    else setTimeout(send, underWayMs);
  });
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  const { port } = socket.address();
  return { address: `127.0.0.1:${port}`, port, close: () => new Promise((done) => socket.close(done)) };
}

describe('the clock', () => {
  it.each([
    [0, 'ok', /ms (?:behind|ahead of)/],
    [600, 'warning', /ms behind/],
    [90_000, 'fault', /(?:89|90)\.\d s behind/],
    [-90_000, 'fault', /90\.\d s ahead of/],
  ] as const)('of a server that is ahead by %i ms: %s', async (aheadMs, verdict, words) => {
    const server = await timeServer(aheadMs);
    try {
      expect(await checkClock(server.address)).toMatchObject({ verdict, found: expect.stringMatching(words) });
    } finally {
      await server.close();
    }
  });

  it('is not blamed for answers that are long under way', async () => {
    const server = await timeServer(0, 2, 500);
    try {
      expect(await checkClock(server.address)).toMatchObject({
        verdict: 'ok',
        found: expect.stringMatching(/± \d{3} ms/),
      });
    } finally {
      await server.close();
    }
  });

  it('is not read off a server that refuses, nor off one that is silent', async () => {
    const server = await timeServer(0, 0);
    try {
      await expect(askTimeServer('127.0.0.1', server.port, 5_000)).rejects.toThrow('the server refuses (DENY)');
    } finally {
      await server.close();
    }
    await expect(askTimeServer('127.0.0.1', server.port, 200)).rejects.toThrow(/no answer|ECONNREFUSED/);
  });
});

const config = (change: object = {}) =>
  parseConfig(
    stringify({
      site: 'test',
      floor: 'room',
      device: 'edge-1',
      camera: 'cam-1',
      source: 'hall.mjpeg',
      model: 'safe-passage-person',
      broker: { url: 'mqtt://127.0.0.1:1' },
      outbox: { path: 'outbox.db' },
      ...change,
    }),
    'edge.yaml',
    folder,
  );

describe('the privacy level', () => {
  it('is told: what leaves this device, and in how many zones people are counted', async () => {
    expect(await checkLevel(config())).toMatchObject({ verdict: 'ok', found: expect.stringContaining('tracks: ') });
    const square = [
      [0, 0],
      [1, 0],
      [1, 1],
    ];
    const plan = (...kinds: string[]) => {
      const zones = kinds.map((kind, i) => ({ id: `zone-${i}`, name: 'Zone', kind, polygon: square }));
      const bounds = [
        [0, 0],
        [9, 9],
      ];
      writeFileSync(
        join(folder, 'plan.json'),
        JSON.stringify({ id: 'room', name: 'Room', bounds, walls: [], zones, cameras: [] }),
      );
      return config({ privacyLevel: 'counts', plan: 'plan.json' });
    };
    expect(await checkLevel(plan('waiting', 'blind'))).toMatchObject({
      verdict: 'ok',
      found: 'counts: numbers of people by quarter-hour in 1 zone, nothing else',
    });
    expect(await checkLevel(plan('blind'))).toMatchObject({
      verdict: 'fault',
      remedy: expect.stringContaining('zones'),
    });
  });
});

describe('the disk', () => {
  it('has room for the outbox, or has not', async () => {
    expect((await checkOutbox(config())).verdict).toBe('ok');
    expect(await checkOutbox(config({ outbox: { path: 'outbox.db', maxMegabytes: 1_000_000 } }))).toMatchObject({
      verdict: 'fault',
      remedy: expect.stringContaining('outbox.maxMegabytes'),
    });
  });

  it('is no use where a folder of that name cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '');
    const finding = await checkOutbox(config({ outbox: { path: 'file/outbox.db' } }));
    expect(finding).toMatchObject({ verdict: 'fault', found: expect.stringContaining('file/outbox.db') });
  });
});

describe('the calibration', () => {
  const points = (bend: number) => ({
    name: 'hall',
    imageWidth: 96,
    imageHeight: 48,
    points: [
      { image: [0, 40], floor: [0, 0] },
      { image: [96, 40], floor: [9.6, 0] },
      { image: [96, 0], floor: [9.6, 4] },
      { image: [0, 0], floor: [0, 4] },
      { image: [48, 20], floor: [4.8 + bend, 2] },
      { image: [20, 30], floor: [2, 1] },
    ],
  });
  const look = async (document: object, later = 0) => {
    const path = join(folder, 'hall.yaml');
    writeFileSync(path, stringify(document));
    return (await checkCalibration(path, Date.now() + later)).finding;
  };

  it('tells its size, its age and its error on points that the fit did not know', async () => {
    const finding = await look(points(0), 3 * 86_400_000 + 1000);
    expect(finding).toMatchObject({ verdict: 'ok', found: '96x48, 6 points, written 3 days ago; error 0.00 m' });
  });

  it('with a point that was measured wrongly is a fault', async () => {
    expect(await look(points(2))).toMatchObject({ verdict: 'fault', remedy: expect.stringContaining('calibrate') });
  });

  it('that is not there is a warning: metres are assumed', async () => {
    expect((await checkCalibration(undefined, 0)).finding.verdict).toBe('warning');
  });
});

describe('edge check', () => {
  const check = (...args: string[]) =>
    runProgram('edge/src/main.ts', ['check', '-c', join(folder, 'edge.yaml'), ...args]);

  it('finds nothing wrong with a device that is right, and ends with 0', async () => {
    const broker = await startBroker('aedes');
    const clock = await timeServer(0);
    writeFileSync(join(folder, 'hall.mjpeg'), await motionJpeg(3));
    writeFileSync(join(folder, 'edge.yaml'), stringify({ ...config(), broker: { url: broker.url } }));
    try {
      const { code, out } = await check('--time-server', clock.address);
      expect(code, out).toBe(0);
      expect(out).toMatch(/camera +ok +96x48/);
      expect(out).toMatch(/model +ok +safe-passage-person/);
      expect(out).toMatch(/clock +ok/);
      expect(out).toMatch(/disk +ok/);
      expect(out).toMatch(/broker +ok/);
      expect(out).toMatch(/topics +– +this broker speaks MQTT 3\.1\.1 alone/);
      expect(out).toMatch(/no fault, 2 warnings\n$/);
    } finally {
      await clock.close();
      await broker.stop();
    }
  });

  it.skipIf(!mosquittoBinary)(
    'warns where nobody has subscribed to what the device publishes (needs Mosquitto: apt-get install mosquitto)',
    async () => {
      const broker = await startBroker('mosquitto');
      const topics = async () =>
        (await checkBroker(config({ broker: { url: broker.url } }), {})).find(({ subject }) => subject === 'topics');
      const hub = await connectAsync(broker.url, { reconnectPeriod: 0 });
      try {
        expect(await topics()).toMatchObject({
          verdict: 'warning',
          found: 'may publish its own, but no hub has subscribed to them',
          remedy: expect.stringContaining('compare site and floor'),
        });
        await hub.subscribeAsync(Object.values(hubSubscriptions('test')), { qos: 1 });
        expect(await topics()).toMatchObject({ verdict: 'ok' });
      } finally {
        await hub.endAsync(true);
        await broker.stop();
      }
    },
  );

  it('tells all that is wrong at once, each with its remedy, and ends with 1', async () => {
    const wrong = { calibration: join(EXAMPLE, 'calibration.yaml'), plan: join(EXAMPLE, 'plan.json'), floor: 'hall' };
    writeFileSync(join(folder, 'hall.mjpeg'), await motionJpeg(3));
    writeFileSync(join(folder, 'edge.yaml'), stringify({ ...config(wrong), model: 'unheard-of' }));
    const { code, out } = await check('--time-server', '127.0.0.1:9');
    expect(code).toBe(1);
    expect(out).toMatch(/camera +FAULT +96x48.*the calibration was read in 768x432/);
    expect(out).toMatch(/floor plan +FAULT .*edge\.yaml says floor: hall/);
    expect(out).toMatch(/model +FAULT .*unheard-of/);
    expect(out).toMatch(/clock +FAULT/);
    expect(out).toMatch(/broker +FAULT .*ECONNREFUSED/);
    expect(out.match(/→/g)?.length).toBeGreaterThanOrEqual(6);
    expect(out).toContain('5 faults, 1 warning: do not roll out yet');
  });

  it('names the line of a configuration that cannot be read, and what to write there', async () => {
    writeFileSync(join(folder, 'edge.yaml'), 'site: demo\nfloor: hall\ndevice: edge-1\ncamra: cam-1\n');
    const { code, out } = await check();
    expect(code).toBe(1);
    expect(out).toMatch(/configuration +FAULT +.*edge\.yaml, line 4: there is no field "camra"/);
    expect(out).toContain('There are: site, floor, device, camera');
  });

  it('does not open a camera that is not there for longer than it was told to', async () => {
    writeFileSync(join(folder, 'edge.yaml'), stringify({ ...config(), source: { from: 'rtsp://127.0.0.1:9/hall' } }));
    const { code, out } = await check('--wait-seconds', '1');
    expect(code).toBe(1);
    expect(out).toMatch(/camera +FAULT .*rtsp:\/\/127\.0\.0\.1:9\/hall/);
  });

  it('tells a certificate that is none', async () => {
    writeFileSync(join(folder, 'edge.pem'), 'none');
    const pem = join(folder, 'edge.pem');
    const broker = { url: 'mqtts://127.0.0.1:9', certificateFile: pem, keyFile: pem };
    writeFileSync(join(folder, 'hall.mjpeg'), await motionJpeg(1));
    writeFileSync(join(folder, 'edge.yaml'), stringify({ ...config(), broker }));
    const { code, out } = await check();
    expect(code).toBe(1);
    expect(out).toMatch(/certificate +FAULT .*is no certificate in PEM form/);
  });
});
