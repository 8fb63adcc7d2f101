import { setTimeout as sleep } from 'node:timers/promises';
import { DropOldestQueue } from './dropOldest.ts';
import { type Frame, FrameBuffer, type SourceCounters } from './frame.ts';
import { ImageFolder, listPictures } from './imageFolder.ts';
import { LiveSource } from './live.ts';
import type { FrameTarget } from './placement.ts';
import type { FrameReader } from './reader.ts';
import { openVideoFile, Recording } from './recording.ts';
import type { SourceSpec } from './source.ts';

export interface OpenFramesOptions {
  /** Ends the iteration cleanly. */
  readonly signal: AbortSignal;
  /** Written by the source, read by the caller. */
  readonly counters: SourceCounters;
}

/** How many frames a source holds, for a progress bar; 0 where nobody knows. @throws OperatorError */
export async function countFrames(spec: SourceSpec, signal: AbortSignal): Promise<number> {
  if (spec.kind === 'images') return (await listPictures(spec.folder)).length;
  if (spec.kind !== 'video') return 0;
  const reader = await openVideoFile(spec.path, signal);
  await reader.close();
  return reader.frameCount || Math.round(reader.durationMs / reader.frameMs);
}

interface Playback {
  readonly reader: FrameReader;
  /** When a frame is due, milliseconds since the Unix epoch; null: as soon as it can be had. */
  readonly dueMs: ((timeMs: number) => number) | null;
  /** Whether frames come at their own pace, taken or not. */
  readonly live: boolean;
}

async function start(spec: SourceSpec, target: FrameTarget, options: OpenFramesOptions): Promise<Playback> {
  const { signal, counters } = options;
  if (spec.kind === 'stream' || spec.kind === 'device') {
    return { reader: new LiveSource(spec, target, counters, signal), dueMs: null, live: true };
  }
  const openedMs = Date.now();
  const reader =
    spec.kind === 'video'
      ? await Recording.open(spec, target, openedMs, signal)
      : await ImageFolder.open(spec, target, openedMs, signal);
  const speed = spec.speed ?? 'max';
  if (speed === 'max') return { reader, dueMs: null, live: false };
  return { reader, dueMs: (timeMs) => openedMs + (timeMs - reader.anchorMs) / speed, live: true };
}

/** Fills the queue at the source's own pace until its end or the abort. */
async function produce(
  { reader, dueMs }: Playback,
  queue: DropOldestQueue<FrameBuffer>,
  counters: SourceCounters,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (;;) {
      const buffer = queue.take();
      if (!(await reader.fill(buffer))) break;
      const waitMs = dueMs === null ? 0 : dueMs(buffer.timeMs) - Date.now();
      if (waitMs > 0) await sleep(waitMs, undefined, { signal });
      counters.sourceFrames += 1;
      if (queue.put(buffer)) counters.framesDropped += 1;
    }
    queue.close();
  } catch (problem) {
    queue.close(signal.aborted ? null : problem);
  }
}

/**
 * Opens a source and gives its frames, scaled to the target. A recording at speed 'max' waits for whoever reads it and loses nothing;
 * a camera, and a recording at a speed, do not wait: the oldest frames are dropped and counted.
 * A camera that is not reachable is tried again for ever, with `counters.state` 'waiting' and the reason in `counters.problem`.
 * @throws OperatorError where a file or folder cannot be read, or breaks off before its end: after its last frame.
 */
export async function* openFrames(
  spec: SourceSpec,
  target: FrameTarget,
  options: OpenFramesOptions,
): AsyncGenerator<Frame, void, undefined> {
  const { counters } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const buffers: FrameBuffer[] = [];
  const makeBuffer = () => {
    const buffer = new FrameBuffer();
    buffers.push(buffer);
    return buffer;
  };
  let playback: Playback | null = null;
  let producer: Promise<void> | null = null;
  try {
    playback = await start(spec, target, { signal, counters });
    if (playback.live) {
      const queue = new DropOldestQueue(makeBuffer);
      producer = produce(playback, queue, counters, signal);
      for (let frame = await queue.next(); frame !== null && !signal.aborted; frame = await queue.next()) yield frame;
    } else {
      const buffer = makeBuffer();
      while (await playback.reader.fill(buffer)) {
        counters.sourceFrames += 1;
        yield buffer;
      }
    }
  } catch (problem) {
    if (!options.signal.aborted) throw problem;
  } finally {
    stop.abort();
    await producer;
    await playback?.reader.close();
    for (const buffer of buffers) buffer.free();
    counters.state = 'ended';
  }
}
