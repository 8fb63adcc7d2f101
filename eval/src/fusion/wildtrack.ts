import { join } from 'node:path';
import { OperatorError } from '@safe-passage/cli';
import { insistOnShared, readShared } from '../shared.ts';
import { floorHomography, floorSigma, type Matrix3, project } from './projective.ts';
import { mapperOf, type StandingErrors, type StandingTruth, standingErrors } from './standing.ts';

/** WILDTRACK (Chavdarova et al., CVPR 2018): its views C1 to C7 and the names of their calibrations. */
const CALIBRATION_OF: Readonly<Record<string, string>> = {
  C1: 'CVLab1',
  C2: 'CVLab2',
  C3: 'CVLab3',
  C4: 'CVLab4',
  C5: 'IDIAP1',
  C6: 'IDIAP2',
  C7: 'IDIAP3',
};
const PICTURE = { width: 1920, height: 1080 } as const;
/** Annotated boxes are whole pixels. */
const FOOT_PIXELS = 0.6;
const SECONDS_BETWEEN_FRAMES = 0.5;

/** Somebody at one time, on the floor, metres. */
export interface FloorPoint {
  readonly timeMs: number;
  readonly person: string;
  readonly x: number;
  readonly y: number;
}

/** The same, as one camera sees it: the foot of its annotated box through its calibration. */
export interface SeenPoint extends FloorPoint {
  readonly camera: string;
  /** What the pixels alone leave open, metres. */
  readonly pixelSigma: number;
}

export interface Wildtrack {
  readonly truth: readonly FloorPoint[];
  readonly seen: readonly SeenPoint[];
  /** Boxes left out: cut off by the edge of the picture, they end above the foot. */
  readonly cutOff: number;
  /** How far off the annotated boxes place people, by the published calibrations. */
  readonly standing: StandingErrors;
}

function rows(text: string, path: string, header: string): string[][] {
  const [first = '', ...lines] = text.split(/\r?\n/).filter((line) => line !== '');
  if (first !== header) {
    throw new OperatorError(`${path}, line 1: "${first.slice(0, 60)}", not "${header}"`, 'Take the file again.');
  }
  return lines.map((line) => line.split(','));
}

function numbersOf(xml: string, tag: string, path: string, count: number): number[] {
  const element = new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`).exec(xml)?.[1] ?? '';
  const text = /<data>([\s\S]*?)<\/data>/.exec(element)?.[1] ?? element;
  const values = text.trim().split(/\s+/).map(Number);
  if (values.length === count && values.every(Number.isFinite)) return values;
  throw new OperatorError(`${path}: <${tag}> is not ${count} numbers`, 'Take the calibration again.');
}

async function readHomography(folder: string, camera: string): Promise<Matrix3> {
  const name = CALIBRATION_OF[camera];
  if (!name) throw new OperatorError(`views.csv names the camera "${camera}"`, 'Cameras are C1 to C7.');
  const intrinsicPath = join(folder, 'intrinsic_zero', `intr_${name}.xml`);
  const extrinsicPath = join(folder, 'extrinsic', `extr_${name}.xml`);
  const extrinsic = await readShared(extrinsicPath);
  const three = (tag: string) => numbersOf(extrinsic, tag, extrinsicPath, 3) as [number, number, number];
  return floorHomography(
    numbersOf(await readShared(intrinsicPath), 'camera_matrix', intrinsicPath, 9),
    three('rvec'),
    three('tvec'),
  );
}

/** Reads ground truth and views. @throws OperatorError that says what is missing. */
export async function readWildtrack(shared: string): Promise<Wildtrack> {
  const folder = join(shared, 'data/wildtrack');
  const calibrations = join(folder, 'calibrations');
  await insistOnShared(calibrations);
  const truthPath = join(folder, 'truth.csv');
  const truth = rows(await readShared(truthPath), truthPath, 't,person,x,y').map(
    ([t, person = '', x, y]): FloorPoint => ({
      timeMs: Math.round(Number(t) * 1000),
      person,
      x: Number(x),
      y: Number(y),
    }),
  );
  const homographies = new Map<string, Matrix3>();
  for (const camera of Object.keys(CALIBRATION_OF))
    homographies.set(camera, await readHomography(calibrations, camera));
  const viewsPath = join(folder, 'views.csv');
  const seen: SeenPoint[] = [];
  let cutOff = 0;
  const truthOf = new Map(truth.map((point) => [`${point.timeMs} ${point.person}`, point]));
  const boxes: StandingTruth[] = [];
  for (const [t, camera = '', person = '', x0, y0, x1, y1] of rows(
    await readShared(viewsPath),
    viewsPath,
    't,camera,person,xmin,ymin,xmax,ymax',
  )) {
    if (Number(x0) <= 0 || Number(x1) >= PICTURE.width - 1 || Number(y1) >= PICTURE.height - 1) {
      cutOff++;
      continue;
    }
    const h = homographies.get(camera);
    if (!h) throw new OperatorError(`${viewsPath} names the camera "${camera}"`, 'Cameras are C1 to C7.');
    const u = (Number(x0) + Number(x1)) / 2;
    const v = Number(y1);
    const { x, y } = project(h, u, v);
    // The calibration is in centimetres.
    const pixelSigma = floorSigma(h, u, v, FOOT_PIXELS) / 100;
    const timeMs = Math.round(Number(t) * 1000);
    seen.push({ timeMs, camera, person, x: x / 100, y: y / 100, pixelSigma });
    const there = truthOf.get(`${timeMs} ${person}`);
    if (there && Number(y0) > 0) {
      boxes.push({ camera, middle: u, top: Number(y0), bottom: v, x: there.x, y: there.y });
    }
  }
  const { width, height } = PICTURE;
  const mappers = new Map([...homographies].map(([camera, h]) => [camera, mapperOf(camera, h, width, height)]));
  return { truth, seen, cutOff, standing: standingErrors(boxes, mappers) };
}

export const WILDTRACK_STEP_MS = SECONDS_BETWEEN_FRAMES * 1000;
