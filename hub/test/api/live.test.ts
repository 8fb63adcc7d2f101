import type { AddressInfo } from 'node:net';
import { connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PATIENCE } from '../../../test/services/program.ts';
import type { HttpOptions } from '../../src/api/dependencies.ts';
import { LiveBus, type LiveMessage } from '../../src/api/live.ts';
import { as, FLOOR, signIn, TestHub } from './hubServer.ts';

let hub: TestHub;
const listening: FastifyInstance[] = [];

beforeAll(async () => {
  hub = await TestHub.create();
});
afterAll(() => hub.close());
afterEach(async () => {
  await Promise.all(listening.splice(0).map((app) => app.close()));
});

async function listen(http: HttpOptions = {}): Promise<{ app: FastifyInstance; base: string; port: number }> {
  const app = await hub.start({ http });
  await app.listen({ host: '127.0.0.1', port: 0 });
  listening.push(app);
  const { port } = app.server.address() as AddressInfo;
  return { app, base: `http://127.0.0.1:${port}`, port };
}

interface Frame {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
}

/** A stream as a browser reads it. */
class Listener {
  readonly frames: Frame[] = [];
  readonly response: Response;
  readonly #abort: AbortController;
  ended = false;
  readonly finished: Promise<void>;

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    this.finished = this.#read();
  }

  static async open(base: string, headers: Record<string, string>): Promise<Listener> {
    const abort = new AbortController();
    return new Listener(await fetch(`${base}/api/live`, { headers, signal: abort.signal }), abort);
  }

  async #read(): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const chunk of this.response.body ?? []) {
        text += decoder.decode(chunk as Uint8Array, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          const fields = block.split('\n').map((line) => /^([a-z]*): ?(.*)$/.exec(line));
          const value = (name: string) => fields.find((field) => field?.[1] === name)?.[2];
          const [id, event, data] = [value('id'), value('event'), value('data')];
          this.frames.push({
            ...(id === undefined ? {} : { id }),
            ...(event === undefined ? {} : { event }),
            ...(data === undefined ? {} : { data }),
          });
        }
      }
    } catch {
      // Cut off by the server or by the test.
    }
    this.ended = true;
  }

  of(event: string): unknown[] {
    return this.frames.filter((frame) => frame.event === event).map((frame) => JSON.parse(frame.data ?? 'null'));
  }

  close(): void {
    this.#abort.abort();
  }
}

async function until(what: string, condition: () => boolean, milliseconds = 5000): Promise<void> {
  const deadline = Date.now() + PATIENCE * milliseconds;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function seen(person: string, sequence: number, atMs = Date.now()): void {
  const second = { floor: FLOOR, person, fromMs: atMs, offsetsMs: [0], xCm: [100 + sequence], yCm: [200] };
  hub.presence.observe([{ ...second, sigmaCm: [30], measured: [true], tracks: [] }], Date.now());
}

describe('the live stream', () => {
  it('is a stream that nothing may store or hold back', async () => {
    const { base } = await listen();
    const listener = await Listener.open(base, { authorization: `Bearer ${await hub.token()}` });
    expect(listener.response.status).toBe(200);
    expect(listener.response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(listener.response.headers.get('cache-control')).toBe('no-store');
    expect(listener.response.headers.get('x-accel-buffering')).toBe('no');
    expect(listener.response.headers.get('content-security-policy')).toContain("default-src 'none'");
    listener.close();
  });

  it('tells every listener of a review, in order and with growing ids', async () => {
    const { app, base } = await listen();
    const token = await hub.token('A. Reviewer');
    const listeners = [
      await Listener.open(base, { authorization: `Bearer ${token}` }),
      await Listener.open(base, { cookie: await signIn(app, await hub.oneTimeToken()) }),
    ];
    const { id } = await hub.alert();
    await app.inject(as(token, { method: 'POST', url: `/api/alerts/${id}/acknowledge`, payload: {} }));
    await app.inject(
      as(token, {
        method: 'POST',
        url: `/api/alerts/${id}/close`,
        payload: { disposition: 'unknown', reason: 'left' },
      }),
    );
    for (const listener of listeners) {
      await until('both events are there', () => listener.of('alert').length === 2);
      expect(listener.of('alert')).toMatchObject([
        { id, state: 'acknowledged' },
        { id, state: 'closed', disposition: 'unknown' },
      ]);
      const ids = listener.frames.flatMap((frame) =>
        frame.event === 'alert' ? [Number(frame.id?.split('-')[1])] : [],
      );
      expect(ids[1]).toBeGreaterThan(ids[0] ?? Number.POSITIVE_INFINITY);
      listener.close();
    }
  });

  it('tells presence at once on connecting and then at most once a second, however fast reports come', async () => {
    const { base } = await listen();
    seen('Pseudonym-AAAAAA', 1);
    const listener = await Listener.open(base, { authorization: `Bearer ${await hub.token()}` });
    await until('the present state is there', () => listener.of('presence').length > 0, 900);
    const started = Date.now();
    let sequence = 2;
    while (Date.now() - started < 2600) {
      seen('Pseudonym-AAAAAA', sequence++);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const pictures = listener.of('presence') as { people: [string, number, number, string][] }[];
    expect(sequence).toBeGreaterThan(50);
    expect(pictures.length).toBeGreaterThanOrEqual(3);
    expect(pictures.length).toBeLessThanOrEqual(4);
    expect(pictures.at(-1)?.people[0]?.[1]).toBeGreaterThan(pictures[0]?.people[0]?.[1] ?? 0);
    listener.close();
  });

  it('carries what cameras say', async () => {
    const { base } = await listen();
    const listener = await Listener.open(base, { authorization: `Bearer ${await hub.token()}` });
    const camera = {
      floor: FLOOR,
      device: 'edge-1',
      camera: 'cam-1',
      status: null,
      statusAtMs: null,
      health: null,
      healthAtMs: null,
    };
    hub.live.publish('camera', camera);
    await until('the event is there', () => listener.of('camera').length === 1);
    expect(listener.of('camera')).toEqual([camera]);
    listener.close();
  });

  it('keeps the connection alive with heartbeats', async () => {
    const { base } = await listen({ heartbeatSeconds: 0.1 });
    const listener = await Listener.open(base, { authorization: `Bearer ${await hub.token()}` });
    await until('heartbeats came', () => listener.of('heartbeat').length >= 3);
    expect(listener.ended).toBe(false);
    listener.close();
  });

  it('ends at once when its session signs out, and leaves the others alone', async () => {
    const { app, base } = await listen();
    const cookie = await signIn(app, await hub.oneTimeToken());
    const mine = await Listener.open(base, { cookie });
    const other = await Listener.open(base, { cookie: await signIn(app, await hub.oneTimeToken()) });
    await app.inject({ method: 'DELETE', url: '/api/session', headers: { cookie } });
    await until('the stream has ended', () => mine.ended, 1000);
    expect(other.ended).toBe(false);
    other.close();
  });

  it('ends with the next heartbeat when its token is revoked elsewhere', async () => {
    const { base } = await listen({ heartbeatSeconds: 0.1 });
    const token = await hub.token('revoked');
    const listener = await Listener.open(base, { authorization: `Bearer ${token}` });
    await until('a heartbeat came', () => listener.of('heartbeat').length > 0);
    expect(listener.ended).toBe(false);
    await hub.pool.query(`DELETE FROM access_token WHERE name = 'revoked'`);
    await until('the stream has ended', () => listener.ended, 2000);
  });

  it('ends when the hub stops, and the hub does not wait for listeners', async () => {
    const { app, base } = await listen();
    const listeners = await Promise.all(
      Array.from({ length: 5 }, async () => Listener.open(base, { authorization: `Bearer ${await hub.token()}` })),
    );
    const started = Date.now();
    await app.close();
    expect(Date.now() - started).toBeLessThan(2000);
    await until('all streams have ended', () => listeners.every((listener) => listener.ended), 1000);
  });

  it('allows one bearer only so many streams, and gives a place back when one closes', async () => {
    const { base } = await listen({ streamsPerBearer: 2 });
    const headers = { authorization: `Bearer ${await hub.token()}` };
    const first = await Listener.open(base, headers);
    const second = await Listener.open(base, headers);
    const third = await fetch(`${base}/api/live`, { headers });
    expect(third.status).toBe(429);
    expect(await third.json()).toMatchObject({ error: 'too-many-streams' });
    first.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const fourth = await Listener.open(base, headers);
    expect(fourth.response.status).toBe(200);
    second.close();
    fourth.close();
  });

  it('drops a client that does not read, while the others hear everything', async () => {
    const { app, base, port } = await listen({ streamBacklogBytes: 256 * 1024 });
    const token = await hub.token();
    const good = await Listener.open(base, { authorization: `Bearer ${token}` });
    const stuck = await new Promise<Socket>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`GET /api/live HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`);
        socket.once('data', () => {
          socket.pause();
          resolve(socket);
        });
      });
    });
    stuck.on('error', () => undefined);
    const openStreams = async () =>
      Number(/^safe_passage_live_streams (\d+)$/m.exec((await app.inject({ url: '/metrics' })).body)?.[1]);
    expect(await openStreams()).toBe(2);
    const people: [string, number, number, string][] = Array.from({ length: 400 }, () => [
      'Pseudonym-AAAAAA',
      1,
      2,
      'active',
    ]);
    let sent = 0;
    // The kernel's buffers take the first megabytes of what the stuck client does not read.
    while ((await openStreams()) === 2 && sent < 4000) {
      for (let i = 0; i < 8; i++) hub.live.publish('presence', { floor: 'flood', timeMs: ++sent, people });
      await until('the good client has kept up', () => flood(good) === sent);
    }
    expect(await openStreams()).toBe(1);
    expect((await app.inject({ url: '/metrics' })).body).toMatch(/^safe_passage_live_streams_dropped_total 1$/m);
    expect(good.ended).toBe(false);
    expect(flood(good)).toBe(sent);
    good.close();
    stuck.destroy();
  });
});

const flood = (listener: Listener): number =>
  listener.frames.filter((frame) => frame.event === 'presence' && frame.data?.includes('"flood"')).length;

describe('the bus', () => {
  const message: LiveMessage = { event: 'presence', data: { floor: 'hall', timeMs: 1, people: [] } };

  it('protects the publisher and the other listeners from one that fails', () => {
    const problems: unknown[] = [];
    const heard: LiveMessage[] = [];
    const bus = new LiveBus((problem) => problems.push(problem));
    bus.subscribe(() => {
      throw new Error('broken');
    });
    bus.subscribe((each) => heard.push(each));
    bus.publish('presence', message.data);
    expect(heard).toEqual([message]);
    expect(problems).toHaveLength(1);
  });

  it('tells nobody who has left', () => {
    const bus = new LiveBus();
    const heard: LiveMessage[] = [];
    const listener = (each: LiveMessage) => heard.push(each);
    const leave = bus.subscribe(listener);
    bus.subscribe(listener);
    leave();
    leave();
    bus.publish('presence', message.data);
    expect(heard).toHaveLength(1);
  });
});
