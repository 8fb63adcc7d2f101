import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@safe-passage/start/ports.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedFile } from '../../../test/services/machine.ts';
import type { Frame, SourceCounters } from '../../src/frames/frame.ts';
import { countFrames, openFrames } from '../../src/frames/open.ts';
import type { SourceSpec } from '../../src/frames/source.ts';
import { motionJpeg, newCounters, picture, TARGET } from './recordedSource.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safe-passage-frames-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Seen {
  readonly frame: number;
  readonly timeMs: number;
  readonly red: number;
}

async function readAll(
  spec: SourceSpec,
  counters: SourceCounters = newCounters(),
  each: (frame: Frame) => Promise<boolean> | boolean = () => true,
): Promise<Seen[]> {
  const seen: Seen[] = [];
  const signal = new AbortController().signal;
  for await (const frame of openFrames(spec, TARGET, { signal, counters })) {
    seen.push({ frame: frame.frame, timeMs: frame.timeMs, red: frame.pixels[0] ?? -1 });
    if (!(await each(frame))) break;
  }
  return seen;
}

const video = (path: string, speed: number | 'max' = 'max', loop = false): SourceSpec => ({
  kind: 'video',
  path,
  speed,
  loop,
});

const pets = sharedFile('data', 'video', 'pets09-s2l1-view001.mp4');
const hall = sharedFile('data', 'video', 'one-by-one-person-detection.mp4');

describe('a video file', () => {
  let path: string;
  beforeAll(async () => {
    path = join(folder, 'redder.mjpeg');
    await writeFile(path, await motionJpeg(20));
  });

  it('gives every frame once, scaled, in order, at the time stamps of the file', async () => {
    const counters = newCounters();
    const seen = await readAll(video(path), counters, (frame) => {
      expect(frame.placement).toEqual({ left: 0, top: 0, width: 64, height: 32 });
      expect([frame.sourceWidth, frame.sourceHeight]).toEqual([96, 48]);
      return true;
    });
    expect(seen.map(({ frame }) => frame)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    for (const { frame, red } of seen) expect(Math.abs(red - 10 * frame)).toBeLessThanOrEqual(3);
    const [first] = seen;
    expect(seen.map(({ timeMs }) => Math.round(timeMs - (first?.timeMs ?? 0)))).toEqual(seen.map((_, i) => 40 * i));
    expect(counters).toEqual({ sourceFrames: 20, framesDropped: 0, state: 'ended', problem: null });
  });

  it('gives the channels in the order asked for', async () => {
    const counters = newCounters();
    const signal = new AbortController().signal;
    for await (const frame of openFrames(video(path), { ...TARGET, channelOrder: 'BGR' }, { signal, counters })) {
      if (frame.frame === 20) expect(frame.pixels[2]).toBeGreaterThan(190);
      expect(frame.pixels[0]).toBeLessThan(10);
    }
  });

  it('takes its time in real time, and its frames bear the time at which they play', async () => {
    const started = Date.now();
    const seen = await readAll(video(path, 1));
    expect(Date.now() - started).toBeGreaterThanOrEqual(19 * 40 - 5);
    expect(seen.at(0)?.timeMs).toBeGreaterThanOrEqual(started);
    expect((seen.at(-1)?.timeMs ?? 0) - (seen.at(0)?.timeMs ?? 0)).toBeLessThanOrEqual(19 * 40 + 1);
  });

  it('drops the oldest frames where it plays in real time and nobody keeps up', async () => {
    const counters = newCounters();
    const seen = await readAll(video(path, 1), counters, async () => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      return true;
    });
    expect(counters.framesDropped).toBeGreaterThan(3);
    expect(seen.length + counters.framesDropped).toBe(20);
    expect(counters.sourceFrames).toBe(20);
    expect(seen.at(-1)?.frame).toBe(20);
    // What the pixels say agrees with the number: a dropped frame's buffer was not handed out.
    for (const { frame, red } of seen) expect(Math.abs(red - 10 * frame)).toBeLessThanOrEqual(3);
  });

  it('goes on growing in number and time when it loops', async () => {
    const short = join(folder, 'short.mjpeg');
    await writeFile(short, await motionJpeg(3));
    const seen = await readAll(video(short, 1, true), newCounters(), ({ frame }) => frame < 8);
    const first = seen[0]?.timeMs ?? 0;
    expect(seen.map(({ frame }) => frame)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(seen.map(({ timeMs }) => Math.round(timeMs - first))).toEqual([0, 40, 80, 120, 160, 200, 240, 280]);
  });

  it('stops without an error when it is told to', async () => {
    const stop = new AbortController();
    const counters = newCounters();
    let frames = 0;
    for await (const _ of openFrames(video(path, 1, true), TARGET, { signal: stop.signal, counters })) {
      frames += 1;
      if (frames === 3) stop.abort();
    }
    expect(frames).toBe(3);
    expect(counters.state).toBe('ended');
  });

  it.each([
    ['text.txt', 'This is a shopping list, and no video at all.\n'.repeat(50)],
    ['noise.mp4', 'x'.repeat(5000)],
  ])('is refused where it is no video: %s', async (name, content) => {
    await writeFile(join(folder, name), content);
    await expect(readAll(video(join(folder, name)))).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`${name}" is no video`)),
      remedy: expect.stringContaining('Give a video file'),
    });
  });

  it.skipIf(!pets)(
    'says where it breaks off, after its last whole frame (needs ../shared or $SAFE_PASSAGE_SHARED)',
    async () => {
      const whole = await readFile(pets ?? '');
      const cut = join(folder, 'cut.mp4');
      await writeFile(cut, whole.subarray(0, Math.floor(whole.length * 0.6)));
      const counters = newCounters();
      await expect(readAll(video(cut), counters)).rejects.toMatchObject({
        message: expect.stringMatching(/cut\.mp4" breaks off at 0:4\d\.\d of 1:19\.5/),
        remedy: expect.stringMatching(/[Cc]opy it again/),
      });
    },
  );

  it.skipIf(!pets || !hall)(
    'is read whole: 795 and 1394 frames (needs ../shared or $SAFE_PASSAGE_SHARED)',
    async () => {
      for (const [path, frames, step] of [
        [pets, 795, 100],
        [hall, 1394, 100],
      ] as const) {
        const counters = newCounters();
        const before = Date.now();
        const seen = await readAll(video(path ?? ''), counters);
        expect(await countFrames(video(path ?? ''), new AbortController().signal)).toBe(frames);
        expect(seen.length).toBe(frames);
        expect((seen[1]?.timeMs ?? 0) - (seen[0]?.timeMs ?? 0)).toBeCloseTo(step, 0);
        expect(seen.at(-1)?.timeMs).toBeLessThanOrEqual(before + 1000);
        expect(counters.framesDropped).toBe(0);
      }
    },
  );
});

describe('a folder of images', () => {
  it('gives the pictures in the plain order of their names, whatever else lies there', async () => {
    const images = join(folder, 'images');
    await mkdir(images);
    await writeFile(join(images, '10.jpg'), await picture(30, 0, 0));
    await writeFile(join(images, '9.jpg'), await picture(90, 0, 0));
    await writeFile(join(images, '100.jpg'), await picture(60, 0, 0, { width: 48, height: 96 }));
    await writeFile(join(images, 'notes.txt'), 'no picture');
    const spec: SourceSpec = { kind: 'images', folder: images, framesPerSecond: 4 };
    const seen = await readAll(spec);
    expect(seen.map(({ red }) => Math.round(red / 30))).toEqual([1, 2, 3]);
    expect(seen.map(({ timeMs }) => timeMs - (seen[0]?.timeMs ?? 0))).toEqual([0, 250, 500]);
    expect(await countFrames(spec, new AbortController().signal)).toBe(3);
  });

  it('is refused where it is empty, and where a picture is damaged', async () => {
    const images = join(folder, 'few');
    await mkdir(images);
    const spec: SourceSpec = { kind: 'images', folder: images, framesPerSecond: 4 };
    await expect(readAll(spec)).rejects.toThrow(/few" holds no pictures/);
    await writeFile(join(images, 'a.jpg'), (await picture(1, 2, 3)).subarray(0, 200));
    await expect(readAll(spec)).rejects.toThrow(/few\/a.jpg" cannot be read/);
  });
});

describe('a camera', () => {
  it('that cannot be reached is waited for, says why, and can be given up at once', async () => {
    const counters = newCounters();
    const stop = new AbortController();
    const url = `rtsp://operator:s3cret@127.0.0.1:${await freePort()}/1`;
    const reading = (async () => {
      for await (const _ of openFrames({ kind: 'stream', url }, TARGET, { signal: stop.signal, counters })) return;
    })();
    await expect.poll(() => counters.state).toBe('waiting');
    expect(counters.problem?.message).toMatch(/stream "rtsp:\/\/127.*cannot be opened \(Connection refused\)/);
    expect(counters.problem?.message).not.toContain('s3cret');
    expect(counters.problem?.remedy).toMatch(/tried again/);
    const told = Date.now();
    stop.abort();
    await reading;
    expect(Date.now() - told).toBeLessThan(500);
  });

  it('that accepts and then is silent can be given up at once', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await expect.poll(() => server.listening).toBe(true);
    const stop = new AbortController();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/silent`;
    const reading = (async () => {
      const options = { signal: stop.signal, counters: newCounters() };
      for await (const _ of openFrames({ kind: 'stream', url }, TARGET, options)) return;
    })();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const told = Date.now();
    stop.abort();
    await reading;
    expect(Date.now() - told).toBeLessThan(1000);
    server.closeAllConnections();
    server.close();
  });

  it('that breaks off is connected again, and frame numbers and times go on', async () => {
    const frames = await motionJpeg(12);
    let connections = 0;
    const server: Server = createServer((_, response) => {
      connections += 1;
      response.writeHead(200, { 'content-type': 'video/x-motion-jpeg' }).end(frames);
    }).listen(0, '127.0.0.1');
    await expect.poll(() => server.listening).toBe(true);
    const { port } = server.address() as AddressInfo;
    const counters = newCounters();
    const states = new Set<string>();
    const seen = await readAll(
      { kind: 'stream', url: `http://127.0.0.1:${port}/live.mjpeg` },
      counters,
      ({ frame }) => {
        states.add(counters.state);
        return frame < 13;
      },
    );
    expect(connections).toBeGreaterThanOrEqual(2);
    expect(seen.at(-1)?.frame).toBeGreaterThanOrEqual(13);
    for (let i = 1; i < seen.length; i += 1) expect(seen[i]?.timeMs).toBeGreaterThan(seen[i - 1]?.timeMs ?? 0);
    expect(counters.sourceFrames).toBeGreaterThanOrEqual(seen.length);
    server.closeAllConnections();
    server.close();
    // The reader has closed its connection: the port refuses now.
    await expect(
      new Promise((resolve, reject) => {
        connect(port, '127.0.0.1', () => resolve('open')).on('error', reject);
      }),
    ).rejects.toThrow(/ECONNREFUSED/);
  });
});
