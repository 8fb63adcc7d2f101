import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { brokerKinds, startBroker, type TestBroker } from '../../../test/services/brokers.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import { ADDRESS, AgentProcess, type AgentSetup, agentConfiguration, until } from '../services/agentProcess.ts';
import { ReceivingSide } from '../services/receivingSide.ts';

let folder: string;
let broker: TestBroker;
let hub: ReceivingSide;
let agents: AgentProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'safe-passage-agent-'));
  agents = [];
  hub = new ReceivingSide();
});
afterEach(async () => {
  for (const agent of agents) await agent.kill('SIGKILL');
  await hub.close();
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

function start(setup: Partial<AgentSetup> = {}): AgentProcess {
  const agent = new AgentProcess({ url: broker.url, folder, seconds: 40, speed: 10, ...setup });
  agents.push(agent);
  return agent;
}

/** What is still on the device's disk, looked at when no agent runs. */
function leftInOutbox(): number {
  const outbox = new Outbox({
    path: join(folder, 'outbox.db'),
    owner: 'test/hall/edge-1/cam-1',
    maxBytes: 1e9,
    maxAgeMs: 1e12,
    log: pino({ level: 'silent' }),
  });
  try {
    return outbox.counts().reports;
  } finally {
    outbox.close();
  }
}

describe('the health of an agent', () => {
  it('is told with the connection, and then with how far its clock is off the hub’s', async () => {
    broker = await startBroker('aedes');
    hub.aheadMs = 90_000;
    await hub.connect(broker.url, ADDRESS.site);
    const agent = start({ seconds: 400 });
    await until('health with the connection', () => hub.health.length > 0);
    expect(hub.health[0]).not.toHaveProperty('clockOffsetSeconds');
    await until('health with the clock', () => hub.health.some((one) => one.clockOffsetSeconds !== undefined));
    const told = hub.health.find((one) => one.clockOffsetSeconds !== undefined);
    const off = Math.abs((told?.clockOffsetSeconds ?? 0) + 90);
    expect(off).toBeLessThanOrEqual(told?.clockUncertaintySeconds ?? 0);
    await until('a word of it in its own log', () => agent.log.join('').includes('and of the hub are apart'));
    expect(hub.statuses.at(-1), 'no certificate, no end of it').not.toHaveProperty('certificateNotAfterMs');
    expect(hub.refused).toEqual([]);
  });
});

describe.each(brokerKinds())('an agent with a real %s', (kind) => {
  beforeEach(async () => {
    broker = await startBroker(kind);
    await hub.connect(broker.url, ADDRESS.site);
  });

  it('plays its source, delivers every second of it, waits for receipts and says goodbye', async () => {
    const agent = start({ seconds: 20 });
    expect(await agent.ended).toBe(0);
    await until('the last status', () => hub.statuses.at(-1)?.state === 'offline');
    expect(hub.refused).toEqual([]);
    expect(hub.missing).toEqual([]);
    expect(hub.sequences.length).toBeGreaterThanOrEqual(20);
    expect(hub.statuses[0]).toMatchObject({ state: 'online', modelDigest: 'none', calibration: 'nominal' });
    expect(leftInOutbox()).toBe(0);
    const tracks = hub.reports.flatMap((report) => (report.schema === 'track-report/1' ? report.tracks : []));
    const ended = tracks.filter((track) => track.state === 'ended').map((track) => track.id);
    expect(new Set(tracks.map((track) => track.id))).toEqual(new Set(ended));
    expect(ended.length).toBe(new Set(ended).size);
    expect(statSync(join(folder, 'outbox.db')).mode & 0o777).toBe(0o600);
  });

  it.each(['hub', 'broker'] as const)(
    'loses nothing when it is killed twice and started again (outbox.confirm: %s)',
    async (confirm) => {
      const change = { outbox: { path: 'outbox.db', confirm } };
      for (const least of [8, 20]) {
        const agent = start({ change, speed: 8 });
        await until(`${least} reports`, () => (hub.sequences.at(-1) ?? 0) >= least);
        await agent.kill('SIGKILL');
      }
      const last = start({ change, seconds: 10 });
      expect(await last.ended).toBe(0);
      expect(leftInOutbox()).toBe(0);
      expect(hub.missing).toEqual([]);
      expect(hub.refused).toEqual([]);
      // Three starts, three keys: nothing of the first survives in the second.
      const epochs = new Map<string, Set<string>>();
      for (const report of hub.reports) {
        if (report.schema !== 'track-report/1') continue;
        const names = epochs.get(report.epoch) ?? new Set();
        epochs.set(report.epoch, names);
        for (const track of report.tracks) names.add(track.id);
      }
      expect(epochs.size).toBe(3);
      const all = [...epochs.values()].flatMap((names) => [...names]);
      expect(new Set(all).size).toBe(all.length);
    },
  );

  it('loses nothing when the broker is killed, with what it had acknowledged and not delivered', async () => {
    const agent = start({ seconds: 60, speed: 6 });
    await until('a first stretch', () => hub.sequences.length >= 8);
    // The hub is away: the broker acknowledges reports that nobody has, and dies with them.
    hub.sendsReceipts = false;
    await hub.close();
    await new Promise((done) => setTimeout(done, 1500));
    await broker.kill();
    await new Promise((done) => setTimeout(done, 500));
    await broker.start();
    hub.sendsReceipts = true;
    await hub.connect(broker.url, ADDRESS.site);
    expect(await agent.ended).toBe(0);
    expect(hub.missing).toEqual([]);
    expect(hub.sequences.at(-1)).toBeGreaterThanOrEqual(60);
    expect(leftInOutbox()).toBe(0);
  });
});

describe('an agent', () => {
  beforeEach(async () => {
    broker = await startBroker('aedes');
    await hub.connect(broker.url, ADDRESS.site);
  });

  it('stops on Ctrl-C with exit code 0, status offline and every accepted report delivered or on the disk', async () => {
    hub.sendsReceipts = false;
    const agent = start({ speed: 5 });
    await until('some reports', () => hub.sequences.length >= 5);
    expect(await agent.kill('SIGINT')).toBe(0);
    await until('the last status', () => hub.statuses.at(-1)?.state === 'offline');
    expect(leftInOutbox()).toBe(hub.sequences.at(-1));
  });

  it('sends a last will when it is killed', async () => {
    const agent = start({ speed: 5 });
    await until('some reports', () => hub.sequences.length >= 2);
    await agent.kill('SIGKILL');
    await until('the will', () => hub.statuses.at(-1)?.state === 'offline');
  });

  it("rotates its key at the hub's order: everybody ends, nobody keeps a name", async () => {
    const agent = start({ speed: 5 });
    await until('some tracks', () => hub.reports.some((r) => r.schema === 'track-report/1' && r.tracks.length > 0));
    await hub.order(ADDRESS, 'rotate-pseudonym-key');
    await until('another epoch', () => new Set(hub.reports.map((report) => report.epoch)).size === 2);
    await agent.kill('SIGINT');
    const states = new Map<string, { epoch: string; state: string }>();
    for (const report of [...hub.reports].sort((a, b) => a.sequence - b.sequence)) {
      if (report.schema !== 'track-report/1') continue;
      for (const track of report.tracks) {
        const known = states.get(track.id);
        expect(known?.state).not.toBe('ended');
        expect(known?.epoch ?? report.epoch).toBe(report.epoch);
        states.set(track.id, { epoch: report.epoch, state: track.state });
      }
    }
    const [first] = [...states.values()];
    for (const { epoch, state } of states.values()) if (epoch === first?.epoch) expect(state).toBe('ended');
  });

  it('takes a blind zone from a floor plan that was added while it runs', async () => {
    const agent = start({ speed: 2 });
    await until('some tracks', () => hub.reports.some((r) => r.schema === 'track-report/1' && r.tracks.length > 0));
    const everywhere = [
      [-500, -500],
      [500, -500],
      [500, 500],
      [-500, 500],
    ];
    const plan = {
      id: 'hall',
      name: 'Hall',
      bounds: [
        [0, 0],
        [10, 10],
      ],
      walls: [],
      zones: [{ id: 'staff', name: 'Staff', kind: 'blind', polygon: everywhere }],
      cameras: [],
    };
    writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
    const points = [
      { image: [200, 700], floor: [0, 0] },
      { image: [1080, 700], floor: [4, 0] },
      { image: [840, 300], floor: [4, 8] },
      { image: [440, 300], floor: [0, 8] },
      { image: [640, 500], floor: [2, 3], holdout: true },
    ];
    const calibration = { name: 'hall', imageWidth: 1280, imageHeight: 720, points };
    writeFileSync(join(folder, 'calibration.yaml'), JSON.stringify(calibration));
    const change = { plan: 'plan.json', calibration: 'calibration.yaml', threads: 3 };
    const setup = { url: broker.url, folder, seconds: 40, speed: 2, change };
    writeFileSync(join(folder, 'edge.yaml'), agentConfiguration(setup));
    const [online] = hub.statuses;
    await hub.order(ADDRESS, 'reload-configuration');
    await until('a new status', () => hub.statuses.at(-1)?.configurationDigest !== online?.configurationDigest);
    expect(online, 'metres that are assumed have no error').not.toHaveProperty('calibrationErrorMetres');
    expect(hub.statuses.at(-1)).toMatchObject({
      calibration: expect.stringMatching(/^[0-9a-f]{12}$/),
      calibrationErrorMetres: 0.5,
      calibrationWrittenMs: expect.any(Number),
    });
    const from = hub.reports.length + 2;
    await until('reports after the change', () => hub.reports.length >= from + 4);
    await agent.kill('SIGINT');
    for (const report of hub.reports.slice(from)) {
      if (report.schema === 'track-report/1') expect(report.tracks.flatMap((track) => track.points)).toEqual([]);
    }
    expect(agent.log.join('')).toContain('"fields":["threads"]');
    expect(agent.log.join('')).not.toContain(hub.reports.at(-1)?.epoch);
  });

  it('forgets the oldest when nobody takes reports for long, and declares it', async () => {
    await broker.kill();
    const agent = start({
      seconds: 120,
      speed: 40,
      lingerSeconds: 0,
      change: { outbox: { path: 'outbox.db', maxAgeHours: 20 / 3600 } },
    });
    expect(await agent.ended).toBe(0);
    await broker.start();
    await hub.close();
    await hub.connect(broker.url, ADDRESS.site);
    const again = start({ seconds: 2, change: { outbox: { path: 'outbox.db', maxAgeHours: 20 / 3600 } } });
    expect(await again.ended).toBe(0);
    expect(hub.reports.some((report) => report.schema === 'gap-report/1')).toBe(true);
    expect(hub.missing).toEqual([]);
  });
});

describe('a broker that is not there', () => {
  beforeEach(async () => {
    broker = await startBroker('aedes');
    await broker.kill();
  });

  it('is waited for without a crash, and without positions or pseudonyms in the log', async () => {
    const agent = start({ seconds: 10, lingerSeconds: 1 });
    expect(await agent.ended).toBe(0);
    expect(agent.log.join('')).toContain('the connection to the broker failed');
    expect(leftInOutbox()).toBeGreaterThanOrEqual(10);
    expect(agent.log.join('')).not.toMatch(/"points"|"tracks":\[/);
  });
});
