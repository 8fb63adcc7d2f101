/** What a detector made of people who are known to be there: the raw material of the detection model. */
import type { MotFrame, MotTable } from '@safe-passage/edge/detect/mot.ts';
import { AssignmentSolver } from '@safe-passage/edge/track/assignment.ts';
import { bufferedOverlap } from '@safe-passage/edge/track/overlap.ts';
import { coveredPoints, visibleShare } from '@safe-passage/sim/cameras/coverage.ts';

/** A person in a frame, and the detector's box of them. Errors are shares of the true height; NaN where they were missed. */
export interface Sighting {
  readonly person: number;
  readonly frame: number;
  readonly heightPixels: number;
  /** Share of the box that no nearer person's box covers; nearer is who stands lower in the picture. */
  readonly visible: number;
  /** 0 where no box was found. */
  readonly confidence: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** For somebody missed behind a nearer person: whether that one's box was stretched over both; null where it does not apply. */
  readonly mergedAway: boolean | null;
}

export interface FalseBox {
  readonly frame: number;
  readonly heightPixels: number;
  readonly confidence: number;
  /** Overlaps somebody a little: a part of a person, or a second box. Otherwise it stands on the background. */
  readonly partOfPerson: boolean;
  /** A false box of the background was in the same place one frame before. */
  readonly again: boolean;
  /** One was in the same place some time before. */
  readonly knownPlace: boolean;
}

export interface Observations {
  readonly name: string;
  readonly framesPerSecond: number;
  readonly frames: number;
  readonly sightings: readonly Sighting[];
  readonly falseBoxes: readonly FalseBox[];
  /** Distinct places of the background where a false box stood. */
  readonly places: number;
  /** Pixels at the network's input per pixel of the picture; heights above are those of the picture. */
  readonly scale: number;
}

export interface ObservedSequence {
  readonly name: string;
  readonly framesPerSecond: number;
  readonly imageWidth: number;
  readonly imageHeight: number;
  readonly truth: MotTable;
  readonly detections: readonly MotFrame[];
}

const MATCH_OVERLAP = 0.5;
const PART_OVERLAP = 0.1;
const SAME_PLACE = 0.5;
/** Whoever touches the picture's edge is cut differently by annotators and detectors. */
const EDGE_PIXELS = 3;

type Box = readonly [left: number, top: number, width: number, height: number];

const boxOf = (boxes: Pick<MotTable, 'x' | 'y' | 'width' | 'height'>, i: number): Box => [
  boxes.x[i] as number,
  boxes.y[i] as number,
  boxes.width[i] as number,
  boxes.height[i] as number,
];
const overlap = (a: Box, b: Box) => bufferedOverlap(...a, ...b, 0);
const union = (a: Box, b: Box): Box => {
  const left = Math.min(a[0], b[0]);
  const top = Math.min(a[1], b[1]);
  return [left, top, Math.max(a[0] + a[2], b[0] + b[2]) - left, Math.max(a[1] + a[3], b[1] + b[3]) - top];
};

function rowsByFrame(truth: MotTable): Map<number, number[]> {
  const frames = new Map<number, number[]>();
  for (let i = 0; i < truth.count; i += 1) {
    const frame = truth.frame[i] as number;
    const rows = frames.get(frame);
    if (rows) rows.push(i);
    else frames.set(frame, [i]);
  }
  return frames;
}

/** The share of a person that is visible, and the nearer person who covers most. */
function hiding(boxes: readonly Box[], i: number): { readonly visible: number; readonly by: number } {
  const [left, top, width, height] = boxes[i] as Box;
  let hidden = 0;
  let by = -1;
  let most = 1;
  boxes.forEach((other, j) => {
    if (j === i || other[1] + other[3] <= top + height) return;
    const bits = coveredPoints(
      left,
      top,
      left + width,
      top + height,
      other[0],
      other[1],
      other[0] + other[2],
      other[1] + other[3],
    );
    hidden |= bits;
    const visible = visibleShare(bits);
    if (visible < most) {
      most = visible;
      by = j;
    }
  });
  return { visible: visibleShare(hidden), by };
}

/** What a detector is fed with, and which of its boxes count. */
export interface DetectorInput {
  readonly inputWidth: number;
  readonly inputHeight: number;
  readonly lowestConfidence: number;
}

/** Lays a detector's boxes beside the truth, frame by frame. */
export function observe(sequence: ObservedSequence, detector: DetectorInput): Observations {
  const confidence = detector.lowestConfidence;
  const { truth, imageWidth, imageHeight } = sequence;
  const truthRows = rowsByFrame(truth);
  const detected = new Map(sequence.detections.map((frame) => [frame.frame, frame]));
  const solver = new AssignmentSolver();
  const sightings: Sighting[] = [];
  const falseBoxes: FalseBox[] = [];
  let before: Box[] = [];
  const places: Box[] = [];
  const frames = [...truthRows.keys()].sort((a, b) => a - b);
  for (const frame of frames) {
    const rows = truthRows.get(frame) ?? [];
    const found = detected.get(frame);
    const people = rows.map((row) => boxOf(truth, row));
    const kept = found
      ? Array.from({ length: found.count }, (_, k) => k).filter((k) => (found.score[k] as number) >= confidence)
      : [];
    const boxes = kept.map((k) => boxOf(found as MotFrame, k));
    const scores = kept.map((k) => (found as MotFrame).score[k] as number);
    const cost = new Float64Array(people.length * boxes.length);
    people.forEach((person, r) => {
      boxes.forEach((box, c) => {
        const o = overlap(person, box);
        cost[r * boxes.length + c] = o >= MATCH_OVERLAP ? 1 - o : Number.POSITIVE_INFINITY;
      });
    });
    solver.solve(cost, people.length, boxes.length, 1);
    const taken = new Set<number>();
    const match = people.map((_, r) => {
      const column = solver.columnOfRow[r] as number;
      if (column >= 0) taken.add(column);
      return column;
    });
    people.forEach((person, r) => {
      const row = rows[r] as number;
      const [left, top, width, height] = person;
      const atEdge =
        left < EDGE_PIXELS ||
        top < EDGE_PIXELS ||
        left + width > imageWidth - EDGE_PIXELS ||
        top + height > imageHeight - EDGE_PIXELS;
      if (truth.confidence[row] === 0 || atEdge) return;
      const { visible, by } = hiding(people, r);
      const box = boxes[match[r] as number];
      const front = by >= 0 ? boxes[match[by] as number] : undefined;
      const frontPerson = people[by];
      sightings.push({
        person: truth.id[row] as number,
        frame,
        heightPixels: height,
        visible,
        confidence: box ? (scores[match[r] as number] as number) : 0,
        left: box ? (box[0] - left) / height : Number.NaN,
        right: box ? (box[0] + box[2] - left - width) / height : Number.NaN,
        top: box ? (box[1] - top) / height : Number.NaN,
        bottom: box ? (box[1] + box[3] - top - height) / height : Number.NaN,
        mergedAway:
          !box && front && frontPerson && visible < 0.9
            ? overlap(front, union(person, frontPerson)) > overlap(front, frontPerson)
            : null,
      });
    });
    const background: Box[] = [];
    boxes.forEach((box, c) => {
      if (taken.has(c)) return;
      const partOfPerson = people.some((person) => overlap(person, box) >= PART_OVERLAP);
      const again = !partOfPerson && before.some((old) => overlap(old, box) >= SAME_PLACE);
      const knownPlace = !partOfPerson && places.some((old) => overlap(old, box) >= SAME_PLACE);
      if (!partOfPerson) background.push(box);
      falseBoxes.push({
        frame,
        heightPixels: box[3],
        confidence: scores[c] as number,
        partOfPerson,
        again,
        knownPlace,
      });
    });
    for (const box of background) if (!places.some((old) => overlap(old, box) >= SAME_PLACE)) places.push(box);
    before = background;
  }
  return {
    name: sequence.name,
    framesPerSecond: sequence.framesPerSecond,
    frames: frames.length,
    sightings,
    falseBoxes,
    places: places.length,
    scale: Math.min(detector.inputWidth / imageWidth, detector.inputHeight / imageHeight),
  };
}
