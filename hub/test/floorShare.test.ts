import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tracksTopic } from '@safe-passage/contract';
import { connectAsync } from 'mqtt';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { startBroker } from '../../test/services/brokers.ts';
import { createTestDatabase } from '../../test/services/database.ts';
import { until } from '../../test/services/program.ts';
import { loadHubConfig } from '../src/config.ts';
import { floorShare } from '../src/floorShare.ts';
import { runHub, type StartPart } from '../src/hub.ts';
import { acquireFence } from '../src/store/index.ts';
import { trackReport } from './ingest/reports.ts';

const env = (count: string, name: string) => ({ SAFE_PASSAGE_HUB_COUNT: count, SAFE_PASSAGE_HUB_NAME: name });

describe('floors that several hubs share', () => {
  it('belong to exactly one of them each, in whatever order the plans are named', () => {
    const floors = ['c', 'a', 'e', 'b', 'd'];
    const shares = [0, 1, 2].map(
      (i) => floorShare(i === 1 ? floors.toReversed() : floors, env('3', `hub-${i}`))?.floors,
    );
    expect(shares).toEqual([['a', 'd'], ['b', 'e'], ['c']]);
    expect(floorShare(floors, {})).toBe(null);
  });

  it.each([
    ['3', 'hub', /HUB_NAME/],
    ['3', 'hub-3', /HUB_NAME is "hub-3"/],
    ['none', 'hub-0', /HUB_COUNT/],
    ['', 'hub-0', /HUB_COUNT/],
    ['3', 'hub-2', /2 floors for 3 hubs/],
  ])('are not shared by mistake: %s hubs, %s', (count, name, words) => {
    expect(() => floorShare(['a', 'b'], env(count, name))).toThrow(words);
  });

  it('are fenced one by one, all or none, and from a hub that wants the whole site', async () => {
    const database = await createTestDatabase('postgres');
    const stop = new AbortController();
    const states: string[] = [];
    const fence = (name: string, floors?: readonly string[]) =>
      acquireFence({
        url: database.url,
        site: 'shared',
        ...(floors ? { floors } : {}),
        signal: stop.signal,
        onState: (state) => void states.push(`${name} ${state}`),
      });
    try {
      const first = await fence('first', ['a', 'c']);
      const second = await fence('second', ['b']);
      expect(states).toEqual(['first held', 'second held']);
      // It waits for c alone, and keeps d from nobody meanwhile.
      const third = fence('third', ['c', 'd']);
      const whole = fence('whole');
      await expect.poll(() => states.slice(2).sort()).toEqual(['third standby', 'whole standby']);
      const fourth = await fence('fourth', ['d']);
      await first?.release();
      await fourth?.release();
      const held = await third;
      expect(states).toContain('third held');
      expect(states).not.toContain('whole held');
      await held?.release();
      await second?.release();
      await (await whole)?.release();
      expect(states).toContain('whole held');
    } finally {
      stop.abort();
      await database.drop();
    }
  });

  it('reach the hub that has them, and no other one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'safe-passage-share-'));
    const database = await createTestDatabase('postgres');
    const broker = await startBroker('aedes');
    const stop = new AbortController();
    const heard: string[] = [];
    const started: string[] = [];
    const plan = (id: string) => ({
      id,
      name: id,
      bounds: [
        [0, 0],
        [10, 10],
      ],
      walls: [],
      zones: [],
      cameras: [],
    });
    const running: Promise<void>[] = [];
    try {
      for (const id of ['arrivals', 'departures'])
        await writeFile(join(folder, `${id}.json`), JSON.stringify(plan(id)));
      await writeFile(
        join(folder, 'hub.yaml'),
        stringify({
          site: 'test',
          timeZone: 'UTC',
          database: { url: database.url },
          broker: { url: broker.url },
          floors: [{ plan: 'arrivals.json' }, { plan: 'departures.json' }],
        }),
      );
      for (const name of ['hub-0', 'hub-1']) {
        const config = await loadHubConfig(join(folder, 'hub.yaml'), env('2', name));
        const listen: StartPart = () =>
          Promise.resolve({
            name: 'listener',
            onReports: (reports) => void heard.push(...reports.map(({ address }) => `${name} ${address.floor}`)),
            stop: () => Promise.resolve(),
          });
        const onState = (state: string) => void started.push(`${name} ${state}`);
        const audited = { ...config, auditKeyFile: join(folder, 'audit-key.pem') };
        running.push(
          runHub(audited, { logger: pino({ level: 'silent' }), signal: stop.signal, parts: [listen], onState }),
        );
        await until(`${name} to run`, 60, () => started.includes(`${name} running`));
      }
      const device = await connectAsync(broker.url);
      for (const floor of ['arrivals', 'departures']) {
        const address = { site: 'test', floor, device: `edge-${floor}`, camera: 'cam-1' };
        const report = JSON.stringify(trackReport(1));
        // Sent again until it is heard: the hub's subscription may still be on its way.
        await until(`a report of ${floor}`, 30, async () => {
          await device.publishAsync(tracksTopic(address), report, { qos: 1 });
          return heard.some((line) => line.endsWith(floor));
        });
      }
      await device.endAsync();
      expect([...new Set(heard)].sort()).toEqual(['hub-0 arrivals', 'hub-1 departures']);
    } finally {
      stop.abort();
      await Promise.all(running);
      await broker.stop();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
