import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrackReport } from '@safe-passage/contract';
import { connectAsync } from 'mqtt';
import { describe, expect, it } from 'vitest';
import { brokerKinds, startBroker } from '../../../test/services/brokers.ts';
import { startProgram, until } from '../../../test/services/program.ts';

const HALL = ['--plan', 'regional', '--passengers-per-hour', '300', '--warm-up', '4'];

describe('sim play', () => {
  it('opens a feed for each camera: a hello, then frames in order, whose time is now', {
    timeout: 240_000,
  }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sim-play-'));
    const play = startProgram('sim/src/main.ts', ['play', ...HALL, '--feeds', folder]);
    try {
      await until('the feeds', 30, () => /5 cameras; feeds in/.test(play.said()));
      const socket = connect(join(folder, 'cam-1.sock'));
      let text = '';
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      const lines = await until('ten frames', 20, () => {
        const complete = text.split('\n').slice(0, -1);
        return complete.length > 10 ? complete.map((line) => JSON.parse(line) as Record<string, unknown>) : null;
      });
      socket.destroy();
      const [hello, ...frames] = lines;
      expect(hello).toMatchObject({ schema: 'detections/1' });
      let last = { frame: 0, timeMs: 0 };
      for (const { frame, timeMs } of frames as { frame: number; timeMs: number }[]) {
        expect(frame).toBeGreaterThan(last.frame);
        expect(timeMs).toBeGreaterThan(last.timeMs);
        expect(Math.abs(timeMs - Date.now())).toBeLessThan(20_000);
        last = { frame, timeMs };
      }
      play.kill('SIGINT');
      expect(await play.ended, play.said()).toBe(0);
    } finally {
      play.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    }
  });

  it.each(brokerKinds())(
    'drives real edge agents into %s, and ends them with itself',
    { timeout: 240_000 },
    async (kind) => {
      const broker = await startBroker(kind);
      const listener = await connectAsync(broker.url);
      const play = startProgram('sim/src/main.ts', ['play', ...HALL, '--broker', broker.url, '--site', 'hall']);
      const cameras = new Set<string>();
      let tracks = 0;
      listener.on('message', (_topic, payload) => {
        const report = JSON.parse(payload.toString()) as TrackReport;
        cameras.add(report.camera);
        tracks += report.tracks.length;
      });
      try {
        await listener.subscribeAsync('movement/v1/hall/regional/+/+/tracks', { qos: 1 });
        await until('reports of all cameras, with people in them', 60, () => cameras.size === 5 && tracks > 20);
        play.kill('SIGINT');
        expect(await play.ended, play.said()).toBe(0);
      } finally {
        play.kill('SIGKILL');
        await listener.endAsync();
        await broker.stop();
      }
    },
  );
});
