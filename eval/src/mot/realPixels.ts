import { join } from 'node:path';
import { loadDetector } from '@safe-passage/edge/detect/detector.ts';
import { type MotFrame, parseMotDetections, parseMotTable } from '@safe-passage/edge/detect/mot.ts';
import { detectFrames } from '@safe-passage/edge/detect/pipeline.ts';
import { fitCalibration } from '@safe-passage/edge/floor/calibration.ts';
import { FloorMapper } from '@safe-passage/edge/floor/floor.ts';
import { reportCalibration } from '@safe-passage/edge/floor/residuals.ts';
import { parseSource } from '@safe-passage/edge/frames/source.ts';
import { trackRecording } from '@safe-passage/edge/track/offline.ts';
import { readShared } from '../shared.ts';
import { readSequence } from './dataset.ts';
import { calibrationErrors, type FloorErrors, knownPoints, scaleTable, trackErrors } from './floorAccuracy.ts';
import { countSequence, type Scores, score } from './metrics.ts';
import { pairSequence } from './sequence.ts';

/** The recording of PETS 2009 S2.L1, view 1, and the size for which MOT15 published its boxes. */
export const PETS = {
  video: 'data/video/pets09-s2l1-view001.mp4',
  sequence: 'PETS09-S2L1',
  width: 480,
  height: 360,
  truthWidth: 768,
  truthHeight: 576,
} as const;
const LOWEST_CONFIDENCE = 0.1;

export interface RealPixelsResult {
  readonly frames: number;
  readonly scores: Scores;
  readonly knownPoints: number;
  readonly leaveOneOutRmsMetres: number | null;
  readonly calibration: FloorErrors;
  readonly measured: FloorErrors;
  readonly coasting: FloorErrors;
}

export interface RealPixelsOptions {
  readonly shared: string;
  readonly model: string;
  /** Detections of the recording, if they exist already. */
  readonly detections: string | undefined;
  readonly signal: AbortSignal;
  readonly onFrame?: (frame: number) => void;
}

/** Runs a detector over a recording or a folder of pictures of the shared data. @param source below the shared folder. */
export async function detectShared(
  options: Pick<RealPixelsOptions, 'shared' | 'model' | 'signal' | 'onFrame'>,
  source: string,
  confidence: number,
): Promise<MotFrame[]> {
  const spec = await parseSource(join(options.shared, source), { speed: 'max' });
  const detector = await loadDetector({
    model: options.model,
    confidence,
    modelFolders: [join(options.shared, 'models')],
  });
  const frames: MotFrame[] = [];
  try {
    for await (const { frame, detections: d } of detectFrames(spec, detector, { signal: options.signal })) {
      const column = (values: Float64Array) => values.slice(0, d.count);
      frames.push({
        frame,
        count: d.count,
        x: column(d.x),
        y: column(d.y),
        width: column(d.width),
        height: column(d.height),
        score: column(d.score),
      });
      options.onFrame?.(frame);
    }
  } finally {
    await detector.close();
  }
  return frames;
}

/** Detector, tracker and floor on real pixels against boxes and floor positions of the ground truth. */
export async function measureRealPixels(options: RealPixelsOptions): Promise<RealPixelsResult> {
  const { truth: published, framesPerSecond } = await readSequence(options.shared, PETS.sequence);
  const truth = scaleTable(published, PETS.width / PETS.truthWidth, PETS.height / PETS.truthHeight);
  const frames = options.detections
    ? parseMotDetections(await readShared(options.detections), options.detections)
    : await detectShared(options, PETS.video, LOWEST_CONFIDENCE);
  const lines = trackRecording(frames, framesPerSecond);
  const points = knownPoints(truth, PETS.width, PETS.height);
  const name = `known points of ${PETS.sequence}`;
  const mapper = new FloorMapper(fitCalibration(points, name), PETS.width, PETS.height);
  return {
    frames: frames.length,
    scores: score(countSequence(pairSequence(truth, parseMotTable(lines.join('\n'), 'tracks')))),
    knownPoints: points.points.length,
    leaveOneOutRmsMetres: reportCalibration(points, name).leaveOneOutRmsMetres,
    calibration: calibrationErrors(truth, mapper),
    ...trackErrors(frames, framesPerSecond, truth, mapper),
  };
}
