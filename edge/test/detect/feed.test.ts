import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseFeedAddress } from '../../src/detect/feed/address.ts';
import { followFeed } from '../../src/detect/feed/feed.ts';
import { LineSplitter } from '../../src/detect/feed/lines.ts';
import { AHEAD_LIMIT_MS, LONGEST_LINE_BYTES } from '../../src/detect/feed/protocol.ts';
import { SkippedLines } from '../../src/detect/feed/skippedLines.ts';
import { createCounters } from '../../src/detect/pipeline.ts';

const HELLO = '{"schema":"detections/1","imageWidth":1280,"imageHeight":720}\n';
const BOX = [100.5, 200, 40, 120, 0.9] as const;
const START_MS = Date.now() - 10_000;

const frameLine = (frame: number, timeMs: number, boxes: readonly (readonly number[])[] = [BOX]) =>
  `${JSON.stringify({ frame, timeMs, boxes })}\n`;

interface Seen {
  readonly frame: number;
  readonly timeMs: number;
  readonly size: readonly [number, number];
  readonly boxes: readonly (readonly number[])[];
}

/** A sender on a real socket, and somebody who follows it and notes what comes. */
class Feed {
  readonly counters = createCounters();
  readonly skipped = new SkippedLines();
  readonly seen: Seen[] = [];
  readonly path: string;
  /** Awaited after each frame: a slow pipeline. */
  pause: () => Promise<void> = () => Promise.resolve();
  server: Server | null = null;
  readonly #stop = new AbortController();
  readonly #connections: Socket[] = [];
  #done: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.path = path;
  }

  async listen(greeting: string): Promise<void> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      this.#connections.push(socket);
      if (greeting) socket.write(greeting);
    });
    server.listen(this.path);
    await once(server, 'listening');
    this.server = server;
  }

  follow(silenceMs = 10_000): void {
    const { counters, skipped } = this;
    const signal = this.#stop.signal;
    const run = async () => {
      for await (const f of followFeed({ kind: 'socket', path: this.path }, { signal, counters, skipped, silenceMs })) {
        const d = f.detections;
        const boxes = Array.from({ length: d.count }, (_, i) =>
          [d.x[i], d.y[i], d.width[i], d.height[i], d.score[i]].map((value) => value ?? Number.NaN),
        );
        this.seen.push({ frame: f.frame, timeMs: f.timeMs, size: [f.sourceWidth, f.sourceHeight], boxes });
        await this.pause();
      }
    };
    this.#done = run();
  }

  async connection(number = 0): Promise<Socket> {
    await until(() => this.#connections.length > number);
    return this.#connections[number] as Socket;
  }

  async hangUp(): Promise<void> {
    for (const socket of this.#connections) socket.destroy();
    const { server } = this;
    this.server = null;
    if (server?.listening) {
      server.close();
      await once(server, 'close');
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#done;
    await this.hangUp();
  }
}

async function until(met: () => boolean): Promise<void> {
  for (let i = 0; i < 1000; i += 1) {
    if (met()) return;
    await sleep(10);
  }
  throw new Error('it did not happen within 10 s');
}

let folder: string;
let feed: Feed;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feed-'));
  feed = new Feed(join(folder, 'people.sock'));
});
afterEach(async () => {
  await feed.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a live feed of boxes', () => {
  it('gives frames with their boxes, their capture times and the size of the picture', async () => {
    await feed.listen(HELLO);
    feed.follow();
    const socket = await feed.connection();
    socket.write(frameLine(1, START_MS) + frameLine(2, START_MS + 200, []));
    await until(() => feed.seen.length === 2);
    expect(feed.seen).toEqual([
      { frame: 1, timeMs: START_MS, size: [1280, 720], boxes: [[...BOX]] },
      { frame: 2, timeMs: START_MS + 200, size: [1280, 720], boxes: [] },
    ]);
    expect(feed.counters).toMatchObject({ sourceFrames: 2, processedFrames: 2, framesDropped: 0, state: 'running' });
  });

  it('is waited for where nobody listens yet, with the reason', async () => {
    feed.follow();
    await until(() => feed.counters.problem !== null);
    expect(feed.counters.state).toBe('waiting');
    expect(feed.counters.problem?.message).toMatch(/people\.sock cannot be opened \(.*ENOENT/);
    await feed.listen(HELLO);
    (await feed.connection()).write(frameLine(1, START_MS));
    await until(() => feed.seen.length === 1);
    expect(feed.counters).toMatchObject({ state: 'running', problem: null });
  });

  it('is taken up again when it was cut in the middle of a line, and time goes on', async () => {
    await feed.listen(HELLO);
    feed.follow();
    (await feed.connection()).write(frameLine(1, START_MS) + frameLine(2, START_MS + 200).slice(0, 30));
    await until(() => feed.seen.length === 1);
    await feed.hangUp();
    await until(() => feed.counters.state === 'waiting');
    expect(feed.counters.problem?.message).toContain('broke off');
    await feed.listen(HELLO.replace('1280', '640'));
    // A sender that begins again with what it has sent before: time does not go back.
    (await feed.connection(1)).write(frameLine(1, START_MS) + frameLine(1, START_MS + 400));
    await until(() => feed.seen.length === 2);
    expect(feed.seen.map(({ timeMs }) => timeMs)).toEqual([START_MS, START_MS + 400]);
    expect(feed.seen[1]?.size).toEqual([640, 720]);
    expect(feed.skipped.counts).toEqual({ 'time-not-later': 1 });
  });

  it('is given up and tried again where it falls silent', async () => {
    await feed.listen(HELLO);
    feed.follow(100);
    await feed.connection();
    await until(() => feed.counters.state === 'waiting');
    expect(feed.counters.problem?.message).toContain('nothing came for 0.1 s');
  });

  it('is given up where bytes trickle and no hello comes', async () => {
    await feed.listen('');
    feed.follow(150);
    const socket = await feed.connection();
    const trickle = setInterval(() => socket.write('x'), 20);
    await until(() => feed.counters.state === 'waiting');
    clearInterval(trickle);
    expect(feed.counters.problem?.message).toContain('nothing came for 0.15 s');
  });

  it.each([
    ['HTTP/1.1 400 Bad Request\r\n', 'not one JSON document'],
    ['{"schema":"detections/2","imageWidth":1280,"imageHeight":720}\n', 'schema must be "detections/1"'],
    ['{"schema":"detections/1","imageWidth":1280}\n', 'imageHeight'],
    [`${'x'.repeat(LONGEST_LINE_BYTES + 1)}\n`, 'more than 65536 bytes'],
  ])('whose first line is no hello is refused and tried again: %#', async (greeting, why) => {
    await feed.listen(greeting);
    feed.follow();
    await until(() => feed.counters.problem !== null);
    expect(feed.counters.problem?.message).toContain('is no feed of detections');
    expect(feed.counters.problem?.message).toContain(why);
    expect(feed.counters.problem?.remedy).toContain('{"schema":"detections/1"');
    expect(feed.seen).toEqual([]);
  });

  it.each([
    ['garbage', 'not-json', '\u0000\u0001 garbage\n'],
    ['half a document', 'not-json', '{"frame":1,"timeMs":\n'],
    ['a line that is far too long', 'line-too-long', `{"frame":1,"boxes":[${'0,'.repeat(1_000_000)}0]}\n`],
    ['a field too many', 'not-a-frame', `{"frame":1,"timeMs":${START_MS},"boxes":[],"embeddings":[0.1]}\n`],
    ['a box with a sixth number', 'not-a-frame', frameLine(1, START_MS, [[...BOX, 7]])],
    ['a box of no width', 'not-a-frame', frameLine(1, START_MS, [[1, 1, 0, 10, 0.5]])],
    ['a confidence of 95', 'not-a-frame', frameLine(1, START_MS, [[1, 1, 10, 10, 95]])],
    ['more boxes than a picture has people', 'not-a-frame', frameLine(1, START_MS, Array(513).fill([1, 1, 1, 1, 1]))],
    ['seconds in place of milliseconds', 'not-a-frame', frameLine(1, START_MS / 1000)],
    ['a time far ahead of the clock', 'time-in-the-future', frameLine(1, Date.now() + AHEAD_LIMIT_MS + 60_000)],
  ])('skips %s and goes on: %s', async (_, reason, line) => {
    await feed.listen(HELLO);
    feed.follow();
    (await feed.connection()).write(line + frameLine(2, START_MS + 200));
    await until(() => feed.seen.length === 1);
    expect(feed.seen[0]?.timeMs).toBe(START_MS + 200);
    expect(feed.skipped.counts).toEqual({ [reason]: 1 });
  });

  it('never repeats in a log what a bad line held', async () => {
    await feed.listen(HELLO);
    feed.follow();
    (await feed.connection()).write(`{"frame":1,"timeMs":${START_MS},"boxes":[],"name":"Ada"}\n`);
    await until(() => feed.skipped.counts['not-a-frame'] === 1);
    const { detail } = feed.skipped.news(0) ?? { detail: '' };
    expect(detail).toContain('name');
    expect(detail).not.toContain('Ada');
  });

  it('comes through whole however the bytes are cut', async () => {
    await feed.listen('');
    feed.follow();
    const socket = await feed.connection();
    const text = HELLO + Array.from({ length: 20 }, (_, i) => frameLine(i, START_MS + i)).join('');
    for (let i = 0; i < text.length; i += 17) {
      socket.write(text.slice(i, i + 17));
      await sleep(1);
    }
    await until(() => feed.seen.length === 20);
    expect(feed.skipped.counts).toEqual({});
  });

  it('loses nothing of a burst to a quick pipeline', async () => {
    await feed.listen(HELLO);
    feed.follow();
    (await feed.connection()).write(Array.from({ length: 500 }, (_, i) => frameLine(i, START_MS + i)).join(''));
    await until(() => feed.seen.length === 500);
    expect(feed.counters.framesDropped).toBe(0);
  });

  it('drops the oldest frames, and counts them, where the pipeline is slower', async () => {
    let go: () => void = () => undefined;
    feed.pause = () =>
      new Promise((resolve) => {
        go = resolve;
      });
    await feed.listen(HELLO);
    feed.follow();
    const socket = await feed.connection();
    socket.write(Array.from({ length: 100 }, (_, i) => frameLine(i, START_MS + i)).join(''));
    await until(() => feed.counters.sourceFrames === 100);
    feed.pause = () => Promise.resolve();
    go();
    await until(() => feed.seen.length === 3);
    // The one in hand, and the two freshest.
    expect(feed.seen.map(({ timeMs }) => timeMs - START_MS)).toEqual([0, 98, 99]);
    expect(feed.seen.map(({ frame }) => frame)).toEqual([1, 99, 100]);
    expect(feed.counters.framesDropped).toBe(97);
  });

  it('ends at once when it is told to, connected or waiting', async () => {
    await feed.listen(HELLO);
    feed.follow();
    await feed.connection();
    await feed.close();
    expect(feed.counters.state).toBe('ended');
    const absent = new Feed(join(folder, 'nobody.sock'));
    absent.follow();
    await until(() => absent.counters.state === 'waiting');
    await absent.close();
    expect(absent.counters.state).toBe('ended');
  });
});

describe('lines', () => {
  it('come out as they went in, however they are cut; too long ones as null', () => {
    const line = fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom('a', 'ß', '中', '{') });
    fc.assert(
      fc.property(fc.array(line), fc.integer({ min: 1, max: 30 }), (texts, size) => {
        const splitter = new LineSplitter(60);
        const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''));
        const found: (string | null)[] = [];
        for (let i = 0; i < bytes.length; i += size) found.push(...splitter.push(bytes.subarray(i, i + size)));
        expect(found).toEqual(texts.map((text) => (Buffer.byteLength(text) > 60 ? null : text)));
      }),
    );
  });
});

describe("a feed's address", () => {
  it.each([
    ['127.0.0.1:7000', { kind: 'tcp', host: '127.0.0.1', port: 7000 }],
    ['tcp://localhost:7000', { kind: 'tcp', host: 'localhost', port: 7000 }],
    ['[::1]:7000', { kind: 'tcp', host: '::1', port: 7000 }],
    ['people.sock', { kind: 'socket', path: '/etc/site/people.sock' }],
    ['/run/people.sock', { kind: 'socket', path: '/run/people.sock' }],
  ])('%s', (text, address) => {
    expect(parseFeedAddress(text, '/etc/site')).toEqual(address);
  });

  it.each([
    ['10.0.0.7:7000', 'no address of this machine'],
    ['tcp://camera:7000', 'no address of this machine'],
    ['127.0.0.1:70000', 'the port 70000'],
    [`/run/${'x'.repeat(120)}`, 'has 125 bytes'],
  ])('is refused with a remedy: %s', (text, problem) => {
    const refused = parseFeedAddress(text, '/');
    expect('problem' in refused && refused.problem).toContain(problem);
    expect('problem' in refused && refused.remedy).toMatch(/\w/);
  });
});

describe('the log of skipped lines', () => {
  it('hears of the first at once and of the rest twice a minute', () => {
    const skipped = new SkippedLines();
    expect(skipped.news(0)).toBeNull();
    skipped.add('not-json', 'a line is not one JSON document');
    expect(skipped.news(0)).toEqual({ skipped: { 'not-json': 1 }, detail: 'a line is not one JSON document' });
    skipped.add('not-json', 'again');
    expect(skipped.news(29_000)).toBeNull();
    expect(skipped.news(30_000)?.skipped).toEqual({ 'not-json': 2 });
    expect(skipped.news(60_000)).toBeNull();
  });
});
