/** Opens the camera as the agent would, takes one picture, and lets go. */
import type { EdgeConfig } from '../config.ts';
import { parseFeedAddress } from '../detect/feed/address.ts';
import { followFeed } from '../detect/feed/feed.ts';
import { SkippedLines } from '../detect/feed/skippedLines.ts';
import { createCounters, type PipelineCounters } from '../detect/pipeline.ts';
import { openFrames } from '../frames/open.ts';
import { parseSource, withoutCredentials } from '../frames/source.ts';
import { loadDetections } from '../siteFiles.ts';
import { type Finding, fault, ok } from './finding.ts';
import { asFault } from './place.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

const SUBJECT = 'camera';
/** Small: only the size of the source is of interest. */
const TARGET = { width: 64, height: 64, resize: 'stretch', position: 'top-left', channelOrder: 'RGB' } as const;

async function firstSize(
  frames: AsyncIterable<{ readonly sourceWidth: number; readonly sourceHeight: number }>,
): Promise<Size | null> {
  for await (const { sourceWidth: width, sourceHeight: height } of frames) return { width, height };
  return null;
}

async function look(config: EdgeConfig, counters: PipelineCounters, signal: AbortSignal): Promise<Size | null> {
  const { source, detections } = config;
  if (source) {
    const spec = await parseSource(source.from, { ...source, speed: source.speed ?? 1 });
    return await firstSize(openFrames(spec, TARGET, { signal, counters }));
  }
  if (detections && 'feed' in detections) {
    const address = parseFeedAddress(detections.feed, process.cwd());
    if ('problem' in address) return null;
    return await firstSize(followFeed(address, { signal, counters, skipped: new SkippedLines() }));
  }
  if (!detections) return null;
  await loadDetections(detections.file);
  return { width: detections.imageWidth, height: detections.imageHeight };
}

/**
 * @param calibrated size of the picture in which the calibration was read; null where there is none.
 * @param waitSeconds how long the first picture may take.
 */
export async function checkCamera(
  config: EdgeConfig,
  calibrated: Size | null,
  waitSeconds: number,
  signal: AbortSignal,
): Promise<Finding> {
  const late = AbortSignal.timeout(waitSeconds * 1000);
  const counters = createCounters();
  const began = performance.now();
  try {
    const size = await look(config, counters, AbortSignal.any([signal, late]));
    const seconds = (performance.now() - began) / 1000;
    if (size === null) {
      const { problem } = counters;
      if (problem) return fault(SUBJECT, problem.message, problem.remedy);
      const from = withoutCredentials(config.source?.from ?? 'the source');
      return fault(SUBJECT, `no picture from ${from} within ${waitSeconds} s`, 'Check that the camera sends video.');
    }
    const found = `${size.width}x${size.height}, first picture after ${seconds.toFixed(1)} s`;
    if (calibrated && (calibrated.width !== size.width || calibrated.height !== size.height)) {
      const sameShape = Math.abs(calibrated.width / calibrated.height - size.width / size.height) < 0.01;
      return fault(
        SUBJECT,
        `${found}; the calibration was read in ${calibrated.width}x${calibrated.height}`,
        sameShape
          ? 'Set the camera to the resolution of the calibration, or read the points anew.'
          : 'The picture has another shape: was the camera turned, cropped or exchanged? Calibrate it anew.',
      );
    }
    return ok(SUBJECT, found);
  } catch (problem) {
    return asFault(SUBJECT, problem);
  }
}
