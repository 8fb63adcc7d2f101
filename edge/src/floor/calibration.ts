import { createHash } from 'node:crypto';
import { OperatorError } from '@safe-passage/cli';
import { checker, describeProblems } from '@safe-passage/contract';
import { type Static, Type } from 'typebox';
import { parse as parseYaml } from 'yaml';
import { DegeneratePoints } from './fit.ts';
import { type FittedCamera, fitCamera } from './fitCamera.ts';
import type { Homography } from './homography.ts';
import { LEAST_DISTORTION, type Lens, lensOf, MOST_DISTORTION } from './lens.ts';
import { type Verticals, verticalsOf } from './verticals.ts';

const closed = { additionalProperties: false } as const;
const Pixel = Type.Number({ minimum: -100_000, maximum: 100_000 });
const Metre = Type.Number({ minimum: -10_000, maximum: 10_000 });

/** What a person writes after measuring a few places of the floor that the camera sees. YAML or JSON. */
export const CalibrationFile = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 80 }),
    /** Size of the picture in which the points were read. */
    imageWidth: Type.Integer({ minimum: 16, maximum: 16_384 }),
    imageHeight: Type.Integer({ minimum: 16, maximum: 16_384 }),
    points: Type.Array(
      Type.Object(
        {
          /** Pixels from the upper left corner. */
          image: Type.Tuple([Pixel, Pixel]),
          /** Metres on the floor plan. */
          floor: Type.Tuple([Metre, Metre]),
          /** True keeps the point out of the fit: it tests the calibration. */
          holdout: Type.Optional(Type.Boolean()),
        },
        closed,
      ),
      { minItems: 4, maxItems: 1000 },
    ),
    /** What the lens bends, where it is known; 0: nothing. Absent: found out from the points, where there are enough. */
    lens: Type.Optional(
      Type.Object({ distortion: Type.Number({ minimum: LEAST_DISTORTION, maximum: MOST_DISTORTION }) }, closed),
    ),
    foot: Type.Optional(
      Type.Object(
        {
          /** How far a foot point is off beyond what the tracker says, 1 sigma. Absent: the residual of the points. */
          sigmaPixels: Type.Number({ minimum: 0, maximum: 1000 }),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type CalibrationFile = Static<typeof CalibrationFile>;

/** A fitted camera. */
export interface Calibration {
  readonly name: string;
  /** First 12 hexadecimal digits of the SHA-256 of the canonical content, or `nominal`. */
  readonly version: string;
  readonly imageWidth: number;
  readonly imageHeight: number;
  readonly lens: Lens;
  /** Whether the points told the lens. */
  readonly lensFitted: boolean;
  /** From the picture without what the lens bends to the floor; depth positive below the horizon. */
  readonly toFloor: Homography;
  /** Where everything upright meets; null where the floor does not tell. */
  readonly verticals: Verticals | null;
  /** Error of the calibration itself in the picture, 1 sigma per axis, pixels. */
  readonly sigmaPixels: number;
}

const check = checker(CalibrationFile);

/**
 * Reads a calibration file, without fitting it.
 *
 * @param fileName stands in the messages.
 * @throws OperatorError that names file, field, value and remedy.
 */
export function parseCalibration(text: string, fileName: string): CalibrationFile {
  let document: unknown;
  try {
    document = parseYaml(text);
  } catch (problem) {
    const reason = problem instanceof Error ? problem.message.split('\n')[0] : String(problem);
    throw new OperatorError(`${fileName} is neither YAML nor JSON: ${reason}`, 'Correct the line that is named.');
  }
  const checked = check(document);
  if (!checked.ok) {
    throw new OperatorError(
      `${fileName} is no calibration:\n${describeProblems(checked.problems)}`,
      'It needs name, imageWidth, imageHeight and at least 4 points, each as { image: [pixels], floor: [metres] }.',
    );
  }
  const file = checked.value;
  const outside = file.points.findIndex(
    ({ image: [x, y] }) => x < 0 || y < 0 || x > file.imageWidth || y > file.imageHeight,
  );
  if (outside >= 0) {
    // Four points always fit exactly: their errors would not show a digit too many.
    throw new OperatorError(
      `${fileName}: points.${outside}.image is [${file.points[outside]?.image.join(', ')}], outside of the picture of ${file.imageWidth}x${file.imageHeight}`,
      'Mend it, or imageWidth and imageHeight: pixels count from the upper left corner of the picture that they were read in.',
    );
  }
  return file;
}

/** The content that makes a calibration what it is, in one fixed order and notation. A straight lens is not mentioned. */
function canonical(file: CalibrationFile, distortion: number): string {
  return JSON.stringify([
    file.imageWidth,
    file.imageHeight,
    file.points.map((point) => [...point.image, ...point.floor, point.holdout === true]),
    file.foot?.sigmaPixels ?? null,
    ...(distortion === 0 ? [] : [distortion.toFixed(4)]),
  ]);
}

const versionOf = (file: CalibrationFile, distortion: number): string =>
  createHash('sha256').update(canonical(file, distortion)).digest('hex').slice(0, 12);

/** With four points nothing is left over to tell how exactly they were read. A careful click is about a pixel off. */
const CLICK_SIGMA_PIXELS = 1;

/**
 * Fits the floor plane to the points that are not held out.
 *
 * @param fileName stands in the messages.
 * @throws OperatorError where the points do not fix a plane, with the remedy.
 */
export function fitCalibration(file: CalibrationFile, fileName: string): Calibration {
  const pairs = file.points.filter((point) => point.holdout !== true);
  const { imageWidth, imageHeight } = file;
  let fitted: FittedCamera;
  try {
    fitted = fitCamera(pairs, imageWidth, imageHeight, file.lens?.distortion);
  } catch (problem) {
    if (!(problem instanceof DegeneratePoints)) throw problem;
    throw new OperatorError(
      `${fileName} does not fix the floor: ${problem.message}`,
      'Measure at least four places of the floor (held-out points do not count), spread over the picture as wide as possible, no three of them on a line.',
    );
  }
  const { toFloor, lens, lensFitted, squaredPixels } = fitted;
  const left = 2 * pairs.length - (lensFitted ? 9 : 8);
  const residual = left > 0 ? Math.sqrt(squaredPixels / left) : CLICK_SIGMA_PIXELS;
  return {
    name: file.name,
    version: versionOf(file, lens.distortion),
    imageWidth,
    imageHeight,
    lens,
    lensFitted,
    toFloor,
    verticals: verticalsOf(toFloor, lens, imageWidth),
    sigmaPixels: file.foot?.sigmaPixels ?? residual,
  };
}

/** Reads and fits in one step. @throws OperatorError as the two steps do. */
export const readCalibration = (text: string, fileName: string): Calibration =>
  fitCalibration(parseCalibration(text, fileName), fileName);

const NOMINAL = { heightMetres: 3, fieldOfViewDegrees: 60, lowerEdgeDegrees: 45, sigmaPixels: 2 } as const;

/**
 * An assumed camera, for a first look before anybody has measured anything: 3 m above the floor, 60 degrees wide, no
 * roll, no lens distortion, and pitched so that the lower edge of the picture looks down by 45 degrees, which is 3 m in
 * front of the camera. The floor's origin is below the camera, x to the right, y away from it. Its metres are a guess.
 */
export function nominalCalibration(width: number, height: number): Calibration {
  const focal = width / 2 / Math.tan((NOMINAL.fieldOfViewDegrees * Math.PI) / 360);
  const pitch = (NOMINAL.lowerEdgeDegrees * Math.PI) / 180 - Math.atan(height / 2 / focal);
  const [sin, cos] = [Math.sin(pitch), Math.cos(pitch)];
  const [cx, cy, h] = [width / 2, height / 2, NOMINAL.heightMetres];
  // A ray through (a, b) = ((u-cx)/f, (v-cy)/f) meets the floor at h*a/w, h*(cos - b*sin)/w, with w = b*cos + sin.
  const toFloor = Float64Array.of(
    h / focal,
    0,
    (-h * cx) / focal,
    0,
    (-h * sin) / focal,
    h * (cos + (cy * sin) / focal),
    0,
    cos / focal,
    sin - (cy * cos) / focal,
  );
  const lens = lensOf(width, height, 0);
  return {
    name: 'nominal',
    version: 'nominal',
    imageWidth: width,
    imageHeight: height,
    lens,
    lensFitted: false,
    toFloor,
    verticals: verticalsOf(toFloor, lens, width),
    sigmaPixels: NOMINAL.sigmaPixels,
  };
}
