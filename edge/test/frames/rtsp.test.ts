import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Demuxer, Muxer } from 'node-av/api';
import { describe, expect, it } from 'vitest';
import { sharedFile } from '../../../test/services/machine.ts';
import { openFrames } from '../../src/frames/open.ts';
import { newCounters, TARGET } from './recordedSource.ts';
import { startRtspServer } from './rtspServer.ts';

const recording = sharedFile('data', 'video', 'one-by-one-person-detection.mp4');

/** The recording's video, as it is, in an MPEG transport stream. */
async function transportStream(path: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'safe-passage-ts-'));
  try {
    const file = join(folder, 'hall.ts');
    await using input = await Demuxer.open(path);
    const video = input.video();
    if (!video) throw new Error(`${path} has no video`);
    await using output = await Muxer.open(file, { input });
    const stream = output.addStream(video);
    for await (using packet of input.packets(video.index)) await output.writePacket(packet, stream);
    await output.close();
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe.skipIf(!recording)('an RTSP camera (needs ../shared or $SAFE_PASSAGE_SHARED)', () => {
  it('is read over TCP, and again after the connection was cut, with numbers and times that go on', async () => {
    const server = await startRtspServer(await transportStream(recording ?? ''), 400_000);
    const stop = new AbortController();
    const counters = newCounters();
    const states: string[] = [];
    let last = { frame: 0, timeMs: 0 };
    let cutAt = 0;
    try {
      const source = { kind: 'stream', url: server.url } as const;
      for await (const { frame, timeMs, sourceWidth } of openFrames(source, TARGET, {
        signal: stop.signal,
        counters,
      })) {
        expect(sourceWidth).toBe(768);
        expect(frame).toBeGreaterThan(last.frame);
        expect(timeMs).toBeGreaterThan(last.timeMs);
        expect(timeMs).toBeLessThanOrEqual(Date.now());
        last = { frame, timeMs };
        if (frame >= 10 && cutAt === 0) {
          cutAt = frame;
          server.cut();
          const watch = setInterval(() => states.push(counters.state), 20);
          stop.signal.addEventListener('abort', () => clearInterval(watch));
        }
        if (cutAt > 0 && states.includes('waiting') && counters.state === 'running' && frame > cutAt + 5) stop.abort();
      }
    } finally {
      stop.abort();
      await server.close();
    }
    expect(states).toContain('waiting');
    expect(counters.state).toBe('ended');
    expect(server.requests.filter((request) => request.startsWith('SETUP'))).toEqual([
      expect.stringContaining('RTP/AVP/TCP'),
      expect.stringContaining('RTP/AVP/TCP'),
    ]);
  }, 240_000);
});
