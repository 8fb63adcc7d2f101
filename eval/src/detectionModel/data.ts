/** What the detection model is measured on: which sequences fit it, and which only test it. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '@safe-passage/cli';
import type { MotFrame, MotTable } from '@safe-passage/edge/detect/mot.ts';
import { bufferedOverlap } from '@safe-passage/edge/track/overlap.ts';
import { readSequence } from '../mot/dataset.ts';
import { scaleTable } from '../mot/floorAccuracy.ts';
import { detectShared, PETS } from '../mot/realPixels.ts';
import { readShared } from '../shared.ts';
import { logisticRegression } from './fit.ts';
import type { DetectorInput, ObservedSequence } from './observations.ts';

/** The published detections of Faster R-CNN on the sequences of MOT15 from fixed cameras. */
export const FIXED_FITTING = ['ADL-Rundle-6', 'TUD-Campus'] as const;
export const FIXED_REPORTING = ['PETS09-S2L1', 'TUD-Stadtmitte', 'KITTI-17'] as const;
/** It scales the shorter side to 600 pixels and the longer to 1000 at most; published cut off at 0.5. */
export const FASTER_RCNN: DetectorInput = { inputWidth: 1000, inputHeight: 600, lowestConfidence: 0.5 };
/** Half of the recording fits, half reports. */
export const PETS_FITTING_FRAMES = 400;
const STILLS = 'data/person-detection/val';
const STILLS_SIDE = 384;
const MATCH_OVERLAP = 0.5;

export async function readFixed(shared: string, name: string): Promise<ObservedSequence> {
  const sequence = await readSequence(shared, name);
  const info = await readShared(join(shared, 'data/mot15', name, 'seqinfo.ini'));
  const size = (field: string) => {
    const value = Number(new RegExp(`^${field}\\s*=\\s*(\\d+)`, 'm').exec(info)?.[1]);
    if (value > 0) return value;
    throw new OperatorError(`seqinfo.ini of ${name} has no ${field}.`, 'Get the file again from MOTChallenge.');
  };
  return { ...sequence, imageWidth: size('imWidth'), imageHeight: size('imHeight') };
}

function cut(table: MotTable, from: number, to: number): MotTable {
  const rows = Array.from({ length: table.count }, (_, i) => i).filter((i) => {
    const frame = table.frame[i] as number;
    return frame >= from && frame <= to;
  });
  const whole = (column: Int32Array) => Int32Array.from(rows, (i) => column[i] as number);
  const real = (column: Float64Array) => Float64Array.from(rows, (i) => column[i] as number);
  return {
    count: rows.length,
    frame: whole(table.frame),
    id: whole(table.id),
    x: real(table.x),
    y: real(table.y),
    width: real(table.width),
    height: real(table.height),
    confidence: real(table.confidence),
    floorX: real(table.floorX),
    floorY: real(table.floorY),
  };
}

export interface PixelsOptions {
  readonly shared: string;
  readonly model: string;
  readonly signal: AbortSignal;
  readonly onFrame: (frame: number) => void;
}

/** The recording of PETS 2009 through a detector of ours: the half that fits, and the half that reports. */
export async function readPets(
  options: PixelsOptions,
  confidence: number,
): Promise<{ readonly fitting: ObservedSequence; readonly reporting: ObservedSequence }> {
  const { truth: published, framesPerSecond } = await readSequence(options.shared, PETS.sequence);
  const truth = scaleTable(published, PETS.width / PETS.truthWidth, PETS.height / PETS.truthHeight);
  const detections = await detectShared(options, PETS.video, confidence);
  const half = (name: string, from: number, to: number): ObservedSequence => ({
    name,
    framesPerSecond,
    imageWidth: PETS.width,
    imageHeight: PETS.height,
    truth: cut(truth, from, to),
    detections,
  });
  const border = PETS_FITTING_FRAMES;
  return {
    fitting: half(`${PETS.sequence}, frames 1 to ${border}`, 1, border),
    reporting: half(`${PETS.sequence}, frames from ${border + 1}`, border + 1, Number.MAX_SAFE_INTEGER),
  };
}

interface Still {
  readonly heightPixels: number;
  readonly found: boolean;
}

type Box = readonly [number, number, number, number];

function matchStills(people: readonly Box[], found: MotFrame): Still[] {
  const boxes = Array.from(
    { length: found.count },
    (_, k): Box => [found.x[k] as number, found.y[k] as number, found.width[k] as number, found.height[k] as number],
  );
  return people
    .filter((person) => !people.some((other) => other !== person && bufferedOverlap(...person, ...other, 0) > 0.05))
    .map((person) => ({
      heightPixels: person[3],
      found: boxes.some((box) => bufferedOverlap(...person, ...box, 0) >= MATCH_OVERLAP),
    }));
}

/**
 * How the log-odds of being found grow with ln(height) for small people: PETS has none below 30 pixels. From single pictures of many kinds, of
 * people who overlap nobody.
 *
 * @param upTo taller people are left out, pixels at the network's input.
 */
export async function slopeOfHeight(options: PixelsOptions, detector: DetectorInput, upTo: number): Promise<number> {
  const folder = join(options.shared, STILLS);
  const labels = new Map<string, string>();
  for (const line of (await readShared(join(folder, 'labels.tsv'))).split('\n')) {
    const [name = '', boxes = ''] = line.trimEnd().split('\t');
    labels.set(name, boxes);
  }
  const names = (await readdir(join(folder, 'images'))).sort();
  const frames = await detectShared(options, join(STILLS, 'images'), detector.lowestConfidence);
  const scale = Math.min(detector.inputWidth, detector.inputHeight) / STILLS_SIDE;
  const stills = frames.flatMap((frame) => {
    const boxes = (labels.get(names[frame.frame - 1] ?? '') ?? '').split(';').filter((text) => text.trim() !== '');
    const people = boxes.map((text): Box => {
      const [x, y, w, h] = text.split(',').map((value) => Number(value) * STILLS_SIDE) as [
        number,
        number,
        number,
        number,
      ];
      return [x - w / 2, y - h / 2, w, h];
    });
    return matchStills(people, frame);
  });
  const samples = stills
    .filter((still) => still.heightPixels * scale < upTo && still.heightPixels * scale > 10)
    .map((still) => ({ features: [1, Math.log(still.heightPixels * scale)], value: still.found ? 1 : 0 }));
  return logisticRegression(samples)[1] as number;
}
