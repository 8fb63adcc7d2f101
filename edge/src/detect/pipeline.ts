import type { OperatorError } from '@safe-passage/cli';
import { openFrames } from '../frames/open.ts';
import type { SourceSpec } from '../frames/source.ts';
import { type DetectedFrame, DetectionBatch } from './detection.ts';
import type { Detector, PendingDetection } from './detector.ts';

/** What the pipeline does, to be read at any time. */
export interface PipelineCounters {
  /** Frames that the source delivered, dropped ones included. */
  sourceFrames: number;
  processedFrames: number;
  /** Frames of a live or paced source that were forgotten because inference was slower. */
  framesDropped: number;
  /** 'waiting': a stream or device is not reachable and is tried again. */
  state: 'running' | 'waiting' | 'ended';
  /** What keeps a waiting source from running; null while it runs. */
  problem: OperatorError | null;
}

export interface DetectFramesOptions {
  /** Ends the iteration cleanly, without an error. */
  readonly signal: AbortSignal;
  /** Written by the pipeline, read by the caller: `createCounters()`. */
  readonly counters?: PipelineCounters;
}

export function createCounters(): PipelineCounters {
  return { sourceFrames: 0, processedFrames: 0, framesDropped: 0, state: 'running', problem: null };
}

/** A hand-over between the feeding side and the reading side, which both may wait. */
class Handover<T> {
  readonly #items: T[] = [];
  #ended = false;
  #problem: unknown = null;
  #wake: (() => void) | null = null;

  push(item: T): void {
    this.#items.push(item);
    this.#wakeUp();
  }

  end(problem: unknown = null): void {
    this.#ended = true;
    this.#problem = problem;
    this.#wakeUp();
  }

  async next(): Promise<T | null> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) return item;
      if (this.#problem !== null) throw this.#problem;
      if (this.#ended) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = null;
  }
}

/**
 * Decodes, scales and detects: the next frame is prepared while the detector works on the last one. The yielded object and its
 * batch are reused: they are valid until the next frame is asked for. Ends with the source; a stream or device never ends on its own.
 * @throws OperatorError where the source cannot be opened, is no video, or breaks off before its end: after its last frame.
 */
export async function* detectFrames(
  spec: SourceSpec,
  detector: Detector,
  options: DetectFramesOptions,
): AsyncGenerator<DetectedFrame, void, undefined> {
  const counters = options.counters ?? createCounters();
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const pending = new Handover<PendingDetection>();
  const feed = async () => {
    try {
      // The detector's places are the back-pressure: `submit` waits where the reader is behind.
      for await (const frame of openFrames(spec, detector.target, { signal, counters })) {
        pending.push(await detector.submit(frame));
      }
      pending.end();
    } catch (problem) {
      pending.end(problem);
    }
  };
  const feeding = feed();
  const batch = new DetectionBatch();
  const detected = { frame: 0, timeMs: 0, sourceWidth: 0, sourceHeight: 0, detections: batch };
  try {
    for (let next = await pending.next(); next !== null; next = await pending.next()) {
      await next.read(batch);
      if (options.signal.aborted) break;
      detected.frame = next.frame;
      detected.timeMs = next.timeMs;
      detected.sourceWidth = next.sourceWidth;
      detected.sourceHeight = next.sourceHeight;
      counters.processedFrames += 1;
      yield detected;
    }
  } catch (problem) {
    if (!options.signal.aborted) throw problem;
  } finally {
    stop.abort();
    // Frames under way still hold places of the detector, and the feeding side may be waiting for one.
    const discard = async () => {
      for (let next = await pending.next(); next !== null; next = await pending.next()) await next.read(batch);
    };
    await discard().catch(() => undefined);
    await feeding;
  }
}
