import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CountReport, countsTopic, type FloorPlan, tracksTopic } from '@safe-passage/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { brokerKinds, startBroker, type TestBroker } from '../../../test/services/brokers.ts';
import { ADDRESS, AgentProcess, type AgentSetup, until } from '../services/agentProcess.ts';
import { ReceivingSide } from '../services/receivingSide.ts';

const CAMERA = { ...ADDRESS, camera: 'cam-1' };
const AROUND: FloorPlan['zones'][number]['polygon'] = [
  [-500, -500],
  [500, -500],
  [500, 500],
  [-500, 500],
];
const plan = (kind: 'waiting' | 'blind'): FloorPlan => ({
  id: 'hall',
  name: 'Hall',
  bounds: [
    [0, 0],
    [10, 10],
  ],
  walls: [],
  zones: [
    { id: 'everywhere', name: 'Everywhere', kind: 'waiting', polygon: AROUND },
    { id: 'second', name: 'Second', kind, polygon: AROUND },
  ],
  cameras: [],
});

let folder: string;
let broker: TestBroker;
let hub: ReceivingSide;
let agents: AgentProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'safe-passage-counts-'));
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan('waiting')));
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
  const change = { plan: 'plan.json', privacyLevel: 'counts', ...setup.change };
  const agent = new AgentProcess({ url: broker.url, folder, seconds: 20, speed: 20, ...setup, change });
  agents.push(agent);
  return agent;
}

const counts = (): CountReport[] => hub.reports.filter((one): one is CountReport => one.schema === 'count-report/1');

/** Every byte of the outbox and of what lies beside it. */
const onDisk = (): string =>
  readdirSync(folder)
    .filter((name) => name.startsWith('outbox.db'))
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('\n');

describe.each(brokerKinds())('an agent of level counts with a real %s', (kind) => {
  beforeEach(async () => {
    broker = await startBroker(kind);
    await hub.connect(broker.url, ADDRESS.site);
  });

  it('says how many people were where, and nothing of anybody', async () => {
    const agent = start();
    expect(await agent.ended).toBe(0);
    await until('the last status', () => hub.statuses.at(-1)?.state === 'offline');
    expect(hub.refused).toEqual([]);
    expect(hub.missing).toEqual([]);
    expect(hub.statuses.map(({ privacyLevel }) => privacyLevel)).not.toContain('tracks');
    // The recording may lie across the end of a quarter-hour.
    expect(counts().length).toBeGreaterThanOrEqual(1);
    expect(counts().length).toBeLessThanOrEqual(2);
    const newcomers = counts().reduce((sum, { zones }) => sum + (zones[0]?.newcomers ?? 0), 0);
    expect(newcomers).toBeGreaterThanOrEqual(2);
    expect(counts()[0]?.zones.map(({ zone }) => zone)).toEqual(['everywhere', 'second']);
    // What was heard of the device at all: no track, no pseudonym, no place, and nothing by the second.
    expect(hub.heard.map(({ topic }) => topic)).not.toContain(tracksTopic(CAMERA));
    expect(hub.heard.map(({ topic }) => topic)).toContain(countsTopic(CAMERA));
    for (const { payload } of hub.heard) expect(payload).not.toMatch(/"tracks"|"points"|"id"|"tracksLive":[1-9]/);
    expect(agent.log.join('')).not.toMatch(/"points"|"people"/);
  });
});

describe('an agent of level counts', () => {
  beforeEach(async () => {
    broker = await startBroker('aedes');
    await hub.connect(broker.url, ADDRESS.site);
  });

  it('destroys tracks that are still on its disk, and declares them', async () => {
    hub.sendsReceipts = false;
    const before = start({ change: { privacyLevel: 'tracks' }, lingerSeconds: 0 });
    expect(await before.ended).toBe(0);
    expect(onDisk()).toContain('track-report/1');
    // A file that was found damaged and moved aside holds tracks as well.
    writeFileSync(join(folder, 'outbox.db.unreadable-1'), '"schema":"track-report/1"');
    hub.sendsReceipts = true;
    const heard = hub.heard.length;
    const after = start();
    expect(await after.ended).toBe(0);
    expect(onDisk()).not.toContain('track-report/1');
    expect(hub.heard.slice(heard).some(({ topic }) => topic === tracksTopic(CAMERA))).toBe(false);
    const [gap] = hub.reports.filter((one) => one.schema === 'gap-report/1');
    expect(gap).toMatchObject({ reason: 'level', firstSequence: 1 });
    expect(hub.missing).toEqual([]);
    expect(after.log.join('')).toContain('this device sends counts alone');
  });

  it('hands over what it counted when it is stopped, and keeps it on the disk until the hub has it', async () => {
    hub.sendsReceipts = false;
    const first = start({ seconds: 60, speed: 5, lingerSeconds: 0 });
    await until('the status', () => hub.statuses.length > 0);
    // Nothing of a quarter-hour that goes on is on the disk, or has been sent.
    const early = counts().length;
    expect(onDisk().includes('count-report/1')).toBe(early > 0);
    expect(await first.kill('SIGINT')).toBe(0);
    expect(onDisk()).toContain('count-report/1');
    hub.sendsReceipts = true;
    const second = start({ seconds: 5 });
    expect(await second.ended).toBe(0);
    expect(hub.missing).toEqual([]);
    // Two starts, two stretches of counting; what came twice came under one key.
    const keys = new Set(counts().map(({ epoch, sequence }) => `${epoch} ${sequence}`));
    expect(keys.size).toBe(hub.sequences.length);
    expect(new Set(counts().map(({ epoch }) => epoch)).size).toBe(2);
    expect(onDisk()).not.toContain('count-report/1');
  });
});
