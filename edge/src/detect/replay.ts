import { setTimeout as sleep } from 'node:timers/promises';
import { recordingAnchorMs } from '../frames/captureClock.ts';
import { type DetectedFrame, DetectionBatch } from './detection.ts';
import { fillBatch, type MotFrame } from './mot.ts';
import type { PipelineCounters } from './pipeline.ts';

export interface ReplayOptions {
  readonly framesPerSecond: number;
  /** 1 is real time, `max` as fast as they are taken. */
  readonly speed: number | 'max';
  readonly loop: boolean;
  /** Size of the picture in which the boxes were found, pixels. */
  readonly imageWidth: number;
  readonly imageHeight: number;
  readonly signal: AbortSignal;
  readonly counters: PipelineCounters;
}

/**
 * Plays the boxes of a file as if a detector found them now. Frames without boxes are played too, from 1 to the last one
 * in the file. A frame that is late is played at once; none is dropped. The object yielded and its batch are reused.
 *
 * @param frames in ascending order: `parseMotDetections`.
 */
export async function* replayDetections(
  frames: readonly MotFrame[],
  options: ReplayOptions,
): AsyncGenerator<DetectedFrame, void, undefined> {
  const { framesPerSecond, speed, loop, signal, counters } = options;
  const lastFrame = frames.at(-1)?.frame ?? 0;
  const detections = new DetectionBatch();
  const detected = {
    frame: 0,
    timeMs: 0,
    sourceWidth: options.imageWidth,
    sourceHeight: options.imageHeight,
    detections,
  };
  const frameMs = 1000 / framesPerSecond;
  const anchorMs = recordingAnchorMs(Date.now(), lastFrame * frameMs, speed);
  const startedAt = performance.now();
  try {
    do {
      let at = 0;
      for (let frame = 1; frame <= lastFrame; frame += 1) {
        const elapsedMs = detected.frame * frameMs;
        if (speed !== 'max') {
          const waitMs = startedAt + elapsedMs / speed - performance.now();
          if (waitMs > 1) await sleep(waitMs, undefined, { signal });
        }
        if (signal.aborted) return;
        const boxes = frames[at]?.frame === frame ? frames[at] : undefined;
        if (boxes) at += 1;
        fillBatch(detections, boxes);
        detected.frame += 1;
        detected.timeMs = anchorMs + elapsedMs;
        counters.sourceFrames += 1;
        counters.processedFrames += 1;
        yield detected;
      }
    } while (loop && lastFrame > 0);
  } catch (problem) {
    if (!signal.aborted) throw problem;
  } finally {
    counters.state = 'ended';
  }
}
