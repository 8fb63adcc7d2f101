import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Detector, loadDetector } from '@safe-passage/edge/detect/detector.ts';
import { findModel } from '@safe-passage/edge/detect/findModel.ts';
import { detectFrames } from '@safe-passage/edge/detect/pipeline.ts';
import { BlindZones } from '@safe-passage/edge/floor/blindZones.ts';
import { Pseudonymiser } from '@safe-passage/edge/pseudonym/pseudonymiser.ts';
import { FrameReporter } from '@safe-passage/edge/report/frameReporter.ts';
import { DEFAULT_TRACKER_OPTIONS } from '@safe-passage/edge/track/options.ts';
import type { BareSetup } from './bareWorker.ts';

const ROTATION_MS = 12 * 3_600_000;

export interface PipelineBench {
  /**
   * Frames per second of everything an agent does with a frame: decoding, scaling, normalising, inference, boxes,
   * tracking, floor, pseudonyms and the report as JSON; median.
   */
  readonly pipelineFps: number;
  /** Inferences per second of onnxruntime alone on the same model and threads; median. */
  readonly bareFps: number;
  /** Median over the repeats of pipeline / bare, each measured right after the other. */
  readonly ratio: number;
}

export interface PipelineBenchOptions {
  readonly video: string;
  /** A model's name or path. */
  readonly model: string;
  readonly threads: number;
  /** Pairs of measurements; 5 where absent. */
  readonly repeats?: number;
  readonly signal?: AbortSignal;
  /** Called after each pair. */
  readonly onRepeat?: (done: number, repeats: number) => void;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

interface Measured {
  readonly frames: number;
  readonly fps: number;
}

async function runPipeline(video: string, detector: Detector, signal: AbortSignal): Promise<Measured> {
  const started = performance.now();
  const names = new Pseudonymiser(ROTATION_MS);
  let bytes = 0;
  const reporter = new FrameReporter({
    camera: 'bench',
    calibration: null,
    blindZones: new BlindZones([]),
    confidence: DEFAULT_TRACKER_OPTIONS.lowConfidence,
    names,
    emit: (report) => {
      bytes += JSON.stringify(report).length;
    },
  });
  let frames = 0;
  for await (const frame of detectFrames({ kind: 'video', path: video, speed: 'max', loop: false }, detector, {
    signal,
  })) {
    reporter.take(frame);
    frames += 1;
  }
  reporter.finish();
  names.destroy();
  if (bytes === 0 && frames > 0) throw new Error('the benchmark made no report');
  return { frames, fps: (1000 * frames) / (performance.now() - started) };
}

async function runBare(worker: Worker, frames: number): Promise<number> {
  const answer = once(worker, 'message') as Promise<[number]>;
  worker.postMessage(frames);
  const [milliseconds] = await answer;
  return (1000 * frames) / milliseconds;
}

/**
 * Measures the whole pipeline against bare onnxruntime. Interleaved: bare, pipeline, bare, pipeline, ... so that a machine that
 * gets slower or busier meets both alike.
 */
export async function benchPipeline(options: PipelineBenchOptions): Promise<PipelineBench> {
  const { video, model, threads, repeats = 5, onRepeat } = options;
  const signal = options.signal ?? new AbortController().signal;
  const { manifest, weights } = await findModel(model);
  const setup: BareSetup = { weights, threads, input: manifest.input };
  const worker = new Worker(new URL('./bareWorker.ts', import.meta.url), { workerData: setup, name: 'bare' });
  try {
    await once(worker, 'message');
    // As the agent runs it: the tracker makes use of weak boxes.
    const detector = await loadDetector({ model, threads, confidence: DEFAULT_TRACKER_OPTIONS.lowConfidence });
    try {
      // The first pass warms both up and counts the frames.
      const { frames } = await runPipeline(video, detector, signal);
      await runBare(worker, Math.min(50, frames));
      const bare: number[] = [];
      const pipeline: number[] = [];
      for (let done = 1; done <= repeats && !signal.aborted; done += 1) {
        bare.push(await runBare(worker, frames));
        pipeline.push((await runPipeline(video, detector, signal)).fps);
        onRepeat?.(done, repeats);
      }
      const ratios = pipeline.map((fps, i) => fps / (bare[i] ?? Number.NaN));
      return { pipelineFps: median(pipeline), bareFps: median(bare), ratio: median(ratios) };
    } finally {
      await detector.close();
    }
  } finally {
    await worker.terminate();
  }
}
