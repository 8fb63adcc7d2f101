import { join } from 'node:path';
import { OperatorError } from '@safe-passage/cli';
import { DetectionBatch } from '@safe-passage/edge/detect/detection.ts';
import type { Detector } from '@safe-passage/edge/detect/detector.ts';
import { parseMotTable } from '@safe-passage/edge/detect/mot.ts';
import { createCounters } from '@safe-passage/edge/detect/pipeline.ts';
import { listPictures } from '@safe-passage/edge/frames/imageFolder.ts';
import { openFrames } from '@safe-passage/edge/frames/open.ts';
import { parseSource, type SourceSpec } from '@safe-passage/edge/frames/source.ts';
import { scaleTable } from '../mot/floorAccuracy.ts';
import { PETS } from '../mot/realPixels.ts';
import { readShared } from '../shared.ts';
import type { Boxes, PictureResult, ScoredBoxes } from './averagePrecision.ts';
import { heightScale } from './figures.ts';

/** Frames of the recording that are looked at: 1, 6, 11, ... */
const EVERY = 5;
/** Boxes below it change no figure that is told. */
const LOWEST_CONFIDENCE = 0.01;
const PETS_FRAMES = 795;

/** Pictures with ground truth, from a source of frames. */
export interface Dataset {
  readonly name: 'val' | 'pets';
  readonly title: string;
  readonly source: SourceSpec;
  /** How many frames the source holds. */
  readonly frames: number;
  /** Frames count from 1; null: this frame is not looked at. Boxes in pixels of the picture, or as parts of it. */
  readonly truth: (frame: number) => Boxes | null;
  readonly units: 'pixels' | 'fraction';
  /** Where a frame is from. */
  readonly kind?: (frame: number) => string;
}

function columns(rows: readonly (readonly [number, number, number, number])[]): Boxes {
  const column = (n: 0 | 1 | 2 | 3) => Float64Array.from(rows, (row) => row[n]);
  return { count: rows.length, x: column(0), y: column(1), width: column(2), height: column(3) };
}

/** One box of a line, "cx,cy,w,h", as left, top, width and height; null where it is none. */
function parseBox(text: string): [number, number, number, number] | null {
  const values = text.split(',').map((value) => (value.trim() === '' ? Number.NaN : Number(value)));
  if (values.length !== 4 || !values.every((value) => value >= 0 && value <= 1)) return null;
  const [cx, cy, width, height] = values as [number, number, number, number];
  return [cx - width / 2, cy - height / 2, width, height];
}

/**
 * Reads `labels.tsv`: a picture a line, its name, a tab, and boxes as `cx,cy,w,h` (0 to 1) with `;` between them.
 * @param fileName stands in the messages.
 * @returns boxes as parts of the picture, by its name.
 * @throws OperatorError that names file, line, field and remedy.
 */
export function parseLabels(text: string, fileName: string): Map<string, Boxes> {
  const labels = new Map<string, Boxes>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const bad = (what: string) =>
      new OperatorError(
        `${fileName}, line ${index + 1}: ${what}`,
        'Write the line as: file name, tab, boxes "cx,cy,w,h" (0 to 1) separated by ";".',
      );
    const [name = '', boxes, ...more] = line.split('\t');
    if (name === '' || boxes === undefined || more.length > 0) throw bad('it has not two fields with a tab between');
    if (labels.has(name)) throw bad(`the picture "${name}" stands here for the second time`);
    const rows = boxes
      .split(';')
      .filter((box) => box !== '')
      .map((box) => {
        const row = parseBox(box);
        if (!row) throw bad(`the box "${box.slice(0, 60)}" is not four numbers from 0 to 1`);
        return row;
      });
    labels.set(name, columns(rows));
  }
  return labels;
}

/** The pictures to choose by: `data/person-detection/val`. @throws OperatorError where pictures and labels do not agree. */
async function valDataset(shared: string): Promise<Dataset> {
  const folder = join(shared, 'data/person-detection/val');
  const path = join(folder, 'labels.tsv');
  const labels = parseLabels(await readShared(path), path);
  const names = await listPictures(join(folder, 'images'));
  const bare = names.find((name) => !labels.has(name));
  if (bare) throw new OperatorError(`${path} says nothing of ${bare}.`, 'Get the labels again, with their pictures.');
  return {
    name: 'val',
    title: 'person-detection/val',
    source: { kind: 'images', folder: join(folder, 'images'), framesPerSecond: 10 },
    frames: names.length,
    truth: (frame) => labels.get(names[frame - 1] ?? '') ?? null,
    units: 'fraction',
    // The names are KIND-NUMBER.jpg.
    kind: (frame) => /^([a-z]+)-/.exec(names[frame - 1] ?? '')?.[1] ?? '',
  };
}

/** Every fifth frame of PETS 2009 S2.L1, view 1, with the ground truth of MOT15. */
async function petsDataset(shared: string): Promise<Dataset> {
  const path = join(shared, 'data/mot15', PETS.sequence, 'gt.txt');
  const published = parseMotTable(await readShared(path), path);
  const table = scaleTable(published, PETS.width / PETS.truthWidth, PETS.height / PETS.truthHeight);
  const byFrame = new Map<number, [number, number, number, number][]>();
  for (let i = 0; i < table.count; i += 1) {
    if (table.confidence[i] === 0) continue;
    const frame = table.frame[i] as number;
    const row = [table.x[i], table.y[i], table.width[i], table.height[i]] as [number, number, number, number];
    const rows = byFrame.get(frame);
    if (rows) rows.push(row);
    else byFrame.set(frame, [row]);
  }
  return {
    name: 'pets',
    title: `PETS09-S2L1, every ${EVERY}th frame`,
    source: await parseSource(join(shared, PETS.video), { speed: 'max' }),
    frames: PETS_FRAMES,
    truth: (frame) => (frame % EVERY === 1 ? columns(byFrame.get(frame) ?? []) : null),
    units: 'pixels',
  };
}

/** Both sets of pictures. @throws OperatorError where a file is missing or damaged. */
export async function readDatasets(shared: string): Promise<Dataset[]> {
  return [await valDataset(shared), await petsDataset(shared)];
}

function inPixels({ count, x, y, width, height }: Boxes, pictureWidth: number, pictureHeight: number): Boxes {
  const scaled = (values: Float64Array, by: number) => values.map((value) => value * by);
  return {
    count,
    x: scaled(x, pictureWidth),
    y: scaled(y, pictureHeight),
    width: scaled(width, pictureWidth),
    height: scaled(height, pictureHeight),
  };
}

function copyOf(batch: DetectionBatch): ScoredBoxes {
  const column = (values: Float64Array) => values.slice(0, batch.count);
  return {
    count: batch.count,
    x: column(batch.x),
    y: column(batch.y),
    width: column(batch.width),
    height: column(batch.height),
    score: column(batch.score),
  };
}

export const detectorOptions = (model: string, shared: string) => ({
  model,
  confidence: LOWEST_CONFIDENCE,
  modelFolders: [join(shared, 'models')],
});

/** Runs a detector over the pictures of a dataset that have ground truth. Ends early, with what it has, where the signal says so. */
export async function detectDataset(
  dataset: Dataset,
  detector: Detector,
  signal: AbortSignal,
  onFrame: (frame: number) => void = () => undefined,
): Promise<PictureResult[]> {
  const results: PictureResult[] = [];
  const batch = new DetectionBatch();
  for await (const frame of openFrames(dataset.source, detector.target, { signal, counters: createCounters() })) {
    const truth = dataset.truth(frame.frame);
    onFrame(frame.frame);
    if (!truth) continue;
    const pending = await detector.submit(frame);
    await pending.read(batch);
    const { sourceWidth, sourceHeight } = pending;
    results.push({
      truth: dataset.units === 'fraction' ? inPixels(truth, sourceWidth, sourceHeight) : truth,
      found: copyOf(batch),
      heightScale: heightScale(sourceWidth, sourceHeight),
      kind: dataset.kind?.(pending.frame) ?? '',
    });
  }
  return results;
}
