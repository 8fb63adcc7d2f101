/** The model in the place of the detector: the truth of a sequence goes in, boxes come out. */
import type { MotFrame } from '@safe-passage/edge/detect/mot.ts';
import { Boxes } from '@safe-passage/sim/cameras/boxes.ts';
import { DetectionModel } from '@safe-passage/sim/cameras/detectionModel.ts';
import type { DetectorParameters } from '@safe-passage/sim/cameras/detectors.ts';
import { VisibleBodies } from '@safe-passage/sim/cameras/visibleBodies.ts';
import type { ObservedSequence } from './observations.ts';

const MOST = 256;
/** Deeper than any picture's lowest row. */
const DEEPEST = 10_000;

/** What the model says of a sequence's people, frame by frame. */
export function modelledDetections(
  sequence: ObservedSequence,
  parameters: DetectorParameters,
  seed: number,
): MotFrame[] {
  const { truth, imageWidth, imageHeight, framesPerSecond } = sequence;
  const rows = Array.from({ length: truth.count }, (_, i) => i).sort(
    (a, b) => (truth.frame[a] as number) - (truth.frame[b] as number) || a - b,
  );
  const model = new DetectionModel(parameters, imageWidth, imageHeight, seed, MOST);
  const bodies = new VisibleBodies(MOST);
  const boxes = new Boxes();
  const frames: MotFrame[] = [];
  let at = 0;
  while (at < rows.length) {
    const frame = truth.frame[rows[at] as number] as number;
    bodies.clear();
    for (; at < rows.length && truth.frame[rows[at] as number] === frame; at += 1) {
      const i = rows[at] as number;
      const left = truth.x[i] as number;
      const top = truth.y[i] as number;
      const bottom = top + (truth.height[i] as number);
      bodies.push(truth.id[i] as number, left, top, left + (truth.width[i] as number), bottom, DEEPEST / 2 - bottom, 0);
    }
    bodies.hide();
    model.detect(bodies, frame / framesPerSecond, 0, boxes);
    const column = (values: Float64Array) => values.slice(0, boxes.count);
    frames.push({
      frame,
      count: boxes.count,
      x: column(boxes.left),
      y: column(boxes.top),
      width: column(boxes.width),
      height: column(boxes.height),
      score: column(boxes.confidence),
    });
  }
  return frames;
}
