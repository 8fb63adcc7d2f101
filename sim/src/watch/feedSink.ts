/** One Unix-domain socket a camera: a hello line, then a line for each frame, to whoever is connected at the time. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Boxes } from '../cameras/boxes.ts';
import type { OpenSink } from './sink.ts';

/** Who is this far behind is cut off, and connects again to what is new. */
const MOST_WAITING_BYTES = 1_000_000;

/** The socket of a camera in a folder of feeds. */
export const feedSocket = (folder: string, camera: string): string => join(folder, `${camera}.sock`);

/** @param epochMs the time of the simulation's second 0, milliseconds since the Unix epoch. */
export function openFeedSink(folder: string, epochMs: number): OpenSink {
  return async ({ id, imageWidth, imageHeight }) => {
    const path = feedSocket(folder, id);
    // A socket that a killed run left behind would be in the way.
    await rm(path, { force: true });
    const readers = new Set<Socket>();
    const server = createServer((socket) => {
      readers.add(socket);
      socket.once('close', () => readers.delete(socket));
      socket.on('error', () => socket.destroy());
      socket.write(`${JSON.stringify({ schema: 'detections/1', imageWidth, imageHeight })}\n`);
    });
    server.listen(path);
    await once(server, 'listening');
    let frame = 0;
    return {
      frame: (boxes) => {
        frame += 1;
        if (readers.size === 0) return;
        const line = `${JSON.stringify({ frame, timeMs: Math.round(epochMs + boxes.timeSeconds * 1000), boxes: rows(boxes) })}\n`;
        for (const reader of readers) {
          if (reader.writableLength > MOST_WAITING_BYTES) reader.destroy();
          else reader.write(line);
        }
      },
      settled: () => Promise.resolve(),
      close: async () => {
        for (const reader of readers) reader.destroy();
        server.close();
        await once(server, 'close');
      },
    };
  };
}

const to = (value: number, steps: number): number => Math.round(value * steps) / steps;

function rows(boxes: Boxes): number[][] {
  const all: number[][] = [];
  for (let i = 0; i < boxes.count; i += 1) {
    all.push([
      to(boxes.left[i] as number, 10),
      to(boxes.top[i] as number, 10),
      to(boxes.width[i] as number, 10),
      to(boxes.height[i] as number, 10),
      to(boxes.confidence[i] as number, 100),
    ]);
  }
  return all;
}
