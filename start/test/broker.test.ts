import { connect, connectAsync, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../test/services/program.ts';
import { type EmbeddedBroker, startBroker } from '../src/broker/broker.ts';

const OWN = { site: 'demo', floor: 'arrivals', device: 'edge-1' } as const;
const ROOT = 'movement/v1/demo/arrivals';

let broker: EmbeddedBroker;
let passwords: { readonly hub: string; readonly device: string };
beforeAll(async () => {
  broker = await startBroker();
  passwords = {
    hub: broker.account('hub', { kind: 'hub' }),
    device: broker.account('edge-1', { kind: 'device', address: OWN }),
  };
});
afterAll(async () => {
  await broker.close();
});

const clients: MqttClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
});
async function signedIn(username: 'hub' | 'edge-1'): Promise<MqttClient> {
  const password = username === 'hub' ? passwords.hub : passwords.device;
  const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { username, password, reconnectPeriod: 0 });
  clients.push(client);
  return client;
}

/** What the broker says to a client that tries to sign in: the reason, or 'welcome'. */
function knock(options: { username?: string; password?: string }): Promise<string> {
  return new Promise((resolve) => {
    const client = connect(`mqtt://127.0.0.1:${broker.port}`, { ...options, reconnectPeriod: 0 });
    clients.push(client);
    client.once('connect', () => resolve('welcome'));
    client.once('error', (problem) => resolve(problem.message));
  });
}

describe('the embedded broker', () => {
  it('refuses whoever has no name, no password, a wrong one, or that of somebody else', async () => {
    for (const options of [
      {},
      { username: 'hub' },
      { username: 'hub', password: '' },
      { username: 'hub', password: passwords.device },
      { username: 'edge-1', password: `${passwords.device}x` },
      { username: 'nobody', password: passwords.hub },
    ]) {
      expect(await knock(options), JSON.stringify(Object.keys(options))).toMatch(/Connection refused/);
    }
    expect(await knock({ username: 'hub', password: passwords.hub })).toBe('welcome');
  });

  it('carries what a device says of itself to the hub', async () => {
    const hub = await signedIn('hub');
    const heard: string[] = [];
    hub.on('message', (topic) => heard.push(topic));
    await hub.subscribeAsync('movement/v1/demo/+/+/+/tracks', { qos: 1 });
    await hub.subscribeAsync(`${ROOT}/+/status`, { qos: 1 });
    const device = await signedIn('edge-1');
    await device.publishAsync(`${ROOT}/edge-1/cam-1/tracks`, 'a report', { qos: 1 });
    await device.publishAsync(`${ROOT}/edge-1/status`, '{"state":"online"}', { qos: 1 });
    await until('both', 5, () => heard.length === 2);
    expect(heard.sort()).toEqual([`${ROOT}/edge-1/cam-1/tracks`, `${ROOT}/edge-1/status`]);
  });

  it.each([
    `${ROOT}/edge-2/cam-1/tracks`,
    'movement/v1/other/arrivals/edge-1/cam-1/tracks',
    'movement/v1/demo/departures/edge-1/status',
    `${ROOT}/edge-1/command`,
    'movement/v1/demo/alerts/dwell',
    'something/else',
  ])('throws a device out that publishes to %s, and carries nothing of it', async (topic) => {
    const hub = await signedIn('hub');
    const heard: string[] = [];
    hub.on('message', (from) => heard.push(from));
    await hub.subscribeAsync('movement/v1/#', { qos: 1 });
    const device = await signedIn('edge-1');
    const out = new Promise<void>((resolve) => device.once('close', resolve));
    device.on('error', () => {});
    device.publish(topic, 'x', { qos: 1 }, () => {});
    await out;
    const honest = await signedIn('edge-1');
    await honest.publishAsync(`${ROOT}/edge-1/health`, 'x', { qos: 1 });
    await until('the honest one', 5, () => heard.includes(`${ROOT}/edge-1/health`));
    expect(heard).not.toContain(topic);
  });

  it('lets a device hear what is meant for it, and nothing else', async () => {
    const device = await signedIn('edge-1');
    const heard: string[] = [];
    device.on('message', (topic) => heard.push(topic));
    for (const filter of [`${ROOT}/edge-1/command`, `${ROOT}/edge-1/receipts`]) {
      expect((await device.subscribeAsync(filter, { qos: 1 }))[0]?.qos).toBe(1);
    }
    for (const filter of [
      '#',
      'movement/v1/#',
      `${ROOT}/+/command`,
      `${ROOT}/edge-2/command`,
      `$share/x/${ROOT}/edge-2/command`,
      `${ROOT}/edge-1/cam-1/tracks`,
    ]) {
      await expect(device.subscribeAsync(filter, { qos: 1 }), filter).rejects.toThrow();
    }
    const hub = await signedIn('hub');
    await hub.publishAsync(`${ROOT}/edge-2/command`, 'x', { qos: 1 });
    await hub.publishAsync(`${ROOT}/edge-1/command`, 'x', { qos: 1 });
    await until('its command', 5, () => heard.length > 0);
    expect(heard).toEqual([`${ROOT}/edge-1/command`]);
  });

  it('does not let the hub speak for a device', async () => {
    const hub = await signedIn('hub');
    const out = new Promise<void>((resolve) => hub.once('close', resolve));
    hub.on('error', () => {});
    hub.publish(`${ROOT}/edge-1/cam-1/tracks`, 'x', { qos: 1 }, () => {});
    await out;
  });

  it('says when a device is there, and stops waiting with the signal', async () => {
    const online = broker.online(OWN, AbortSignal.timeout(30_000));
    const device = await signedIn('edge-1');
    await device.publishAsync(`${ROOT}/edge-1/status`, '{"state":"online"}', { qos: 1, retain: true });
    await online;
    const stop = new AbortController();
    const waiting = broker.online({ ...OWN, device: 'edge-9' }, stop.signal);
    stop.abort();
    await expect(waiting).rejects.toThrow(/aborted/);
  });
});
