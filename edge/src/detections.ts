/** Where detected people come from: pixels through a detector, the boxes of a file, or a live feed of boxes. */
import { OperatorError } from '@safe-passage/cli';
import { DEFAULTS, type EdgeConfig } from './config.ts';
import type { DetectedFrame } from './detect/detection.ts';
import { loadDetector } from './detect/detector.ts';
import { parseFeedAddress } from './detect/feed/address.ts';
import { followFeed } from './detect/feed/feed.ts';
import { SkippedLines } from './detect/feed/skippedLines.ts';
import { createCounters, detectFrames, type PipelineCounters } from './detect/pipeline.ts';
import { replayDetections } from './detect/replay.ts';
import { parseSource } from './frames/source.ts';
import { loadDetections } from './siteFiles.ts';
import { DEFAULT_TRACKER_OPTIONS } from './track/options.ts';

export interface Detections extends AsyncDisposable {
  readonly frames: AsyncIterable<DetectedFrame>;
  readonly counters: PipelineCounters;
  /** Lowest confidence of the boxes, 0 to 1. */
  readonly confidence: number;
  /** SHA-256 of the weights, or `none` where boxes come from elsewhere. */
  readonly modelDigest: string;
  readonly modelName: string;
  /** What could not be taken of a feed; null where boxes do not come from one. */
  readonly skippedLines: SkippedLines | null;
}

export type DetectionsWanted = Pick<EdgeConfig, 'source' | 'detections' | 'model' | 'confidence' | 'threads'>;

/**
 * Opens what the configuration names.
 *
 * @throws OperatorError or UsageError where a file or a model cannot be used.
 */
export async function openDetections(wanted: DetectionsWanted, signal: AbortSignal): Promise<Detections> {
  // The tracker makes use of weak boxes: by default it gets them.
  const confidence = wanted.confidence ?? DEFAULT_TRACKER_OPTIONS.lowConfidence;
  const counters = createCounters();
  if (wanted.detections && 'feed' in wanted.detections) {
    const address = parseFeedAddress(wanted.detections.feed, process.cwd());
    if ('problem' in address) throw new OperatorError(`the feed ${address.problem}`, address.remedy);
    const skippedLines = new SkippedLines();
    return {
      frames: followFeed(address, { signal, counters, skipped: skippedLines }),
      counters,
      confidence,
      modelDigest: 'none',
      modelName: 'detections from a feed',
      skippedLines,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  if (wanted.detections) {
    const { file, speed = 1, loop = false, ...picture } = wanted.detections;
    const boxes = await loadDetections(file);
    return {
      frames: replayDetections(boxes, { ...picture, speed, loop, signal, counters }),
      counters,
      confidence,
      modelDigest: 'none',
      modelName: 'detections from a file',
      skippedLines: null,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const { from, ...playback } = wanted.source ?? { from: '' };
  const spec = await parseSource(from, playback);
  const detector = await loadDetector({
    model: wanted.model ?? DEFAULTS.model,
    threads: wanted.threads ?? DEFAULTS.threads,
    confidence,
  });
  return {
    frames: detectFrames(spec, detector, { signal, counters }),
    counters,
    confidence,
    modelDigest: detector.digest,
    modelName: detector.manifest.name,
    skippedLines: null,
    [Symbol.asyncDispose]: () => detector.close(),
  };
}
