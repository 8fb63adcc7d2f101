import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Boxes } from '../cameras/boxes.ts';
import type { BoxSink, OpenSink } from './sink.ts';

const PIECE = 1 << 16;

/** The file of a camera's boxes in a folder of a run. */
const detectionsFile = (folder: string, camera: string): string => join(folder, `${camera}.det.txt`);

/** `frame,-1,left,top,width,height,confidence,-1,-1,-1`, frames from 1 at second 0 by the camera's own clock. */
export function openFileSink(folder: string, framesPerSecond: number): OpenSink {
  return async (camera) => {
    const stream = createWriteStream(detectionsFile(folder, camera.id));
    await once(stream, 'open');
    let failure: Error | null = null;
    stream.on('error', (problem) => {
      failure = problem;
    });
    let piece = '';
    let waiting: Promise<unknown> | null = null;
    let last = 0;
    const flush = (): void => {
      if (piece === '') return;
      const text = piece;
      piece = '';
      // A disk that fails meanwhile is told of by `settled`, which may come later than the failure.
      if (!stream.write(text)) waiting = once(stream, 'drain').catch(() => undefined);
    };
    const sink: BoxSink = {
      frame: (boxes: Boxes) => {
        // A clock that is off by less than a frame gives the same number twice: the next one is meant.
        const frame = Math.max(last + 1, Math.round(boxes.timeSeconds * framesPerSecond) + 1);
        last = frame;
        for (let i = 0; i < boxes.count; i += 1) {
          piece += `${frame},-1,${tenths(boxes.left[i] as number)},${tenths(boxes.top[i] as number)},${tenths(boxes.width[i] as number)},${tenths(boxes.height[i] as number)},${hundredths(boxes.confidence[i] as number)},-1,-1,-1\n`;
        }
        if (piece.length >= PIECE) flush();
      },
      settled: async () => {
        await waiting;
        waiting = null;
        if (failure) throw failure;
      },
      close: async () => {
        flush();
        stream.end();
        await finished(stream);
      },
    };
    return sink;
  };
}

/** toFixed costs three times as much. */
function tenths(value: number): string {
  const scaled = Math.round(value * 10);
  const whole = Math.abs(scaled);
  const rest = whole % 10;
  return `${scaled < 0 ? '-' : ''}${(whole - rest) / 10}.${rest}`;
}

function hundredths(value: number): string {
  const scaled = Math.round(value * 100);
  const rest = scaled % 100;
  return `${(scaled - rest) / 100}.${rest < 10 ? '0' : ''}${rest}`;
}
