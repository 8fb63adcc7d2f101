/** Which way is up in a picture, told by the floor plane alone. */
import { type Homography, invert } from './homography.ts';
import type { Lens } from './lens.ts';

/**
 * What a metre upwards adds to the image of a place of the floor: homogeneous pixels of the straightened picture, in the scale in which `toFloor`'s inverse
 * gives that image. It is also the point at which everything upright meets (of a level camera at infinity): what is upright at a pixel (u, v) runs
 * along (x - w u, y - w v).
 */
export interface Verticals {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  /** How high above the floor the camera is, metres. */
  readonly cameraMetres: number;
  /** Width of what it shows, degrees. */
  readonly fieldDegrees: number;
}

/** Shorter or longer, in widths of the picture, is no lens that shows a floor. */
const LEAST_FOCAL = 0.3;
const MOST_FOCAL = 8;
/** The floor's two axes are equally long and at right angles, but for the calibration's error. */
const MOST_SKEWED = 0.15;

type Vector = readonly [number, number, number];

const length = (v: Vector): number => Math.hypot(...v);
const dot = (v: Vector, w: Vector): number => v[0] * w[0] + v[1] * w[1] + v[2] * w[2];
const cross = (v: Vector, w: Vector): Vector => [
  v[1] * w[2] - v[2] * w[1],
  v[2] * w[0] - v[0] * w[2],
  v[0] * w[1] - v[1] * w[0],
];

/**
 * Takes the plane apart as Zhang does ("A flexible new technique for camera calibration", PAMI 2000), with the focal length as the only unknown of the
 * camera: pixels are squares, and its axis goes through the middle of the picture.
 *
 * @param toFloor from the straightened picture to the floor.
 * @returns null where that is no such camera, or one that looks straight down: the plane alone does not tell its focal length then.
 */
export function verticalsOf(toFloor: Homography, { centreX, centreY }: Lens, imageWidth: number): Verticals | null {
  const h = invert(toFloor);
  if (!h) return null;
  const at = (i: number): number => h[i] as number;
  const column = (c: number): Vector => [at(c) - centreX * at(6 + c), at(3 + c) - centreY * at(6 + c), at(6 + c)];
  const [a, b] = [column(0), column(1)];
  // The two axes are at right angles and of one length: two equations for 1 / f², together the same however the plan is turned.
  const product = a[0] * b[0] + a[1] * b[1];
  const difference = (a[0] ** 2 + a[1] ** 2 - b[0] ** 2 - b[1] ** 2) / 2;
  const depths = a[2] * b[2];
  const depthsDifference = (a[2] ** 2 - b[2] ** 2) / 2;
  const inverseSquare = -(product * depths + difference * depthsDifference) / (product ** 2 + difference ** 2);
  const focal = 1 / Math.sqrt(inverseSquare);
  if (!(focal >= LEAST_FOCAL * imageWidth && focal <= MOST_FOCAL * imageWidth)) return null;
  const ray = ([x, y, z]: Vector): Vector => [x / focal, y / focal, z];
  const [along, across] = [ray(a), ray(b)];
  const skewed = Math.abs(Math.log(length(along) / length(across)));
  const square = length(along) * length(across);
  if (!(skewed + Math.abs(dot(along, across)) / square <= MOST_SKEWED)) return null;
  const turned = cross(along, across).map((value) => value / Math.sqrt(square)) as unknown as Vector;
  // The camera is above the floor, whichever way the plan's axes turn.
  const rise = -dot(turned, ray(column(2))) / square;
  const [x, y, z] = turned.map((value) => Math.sign(rise) * value) as unknown as Vector;
  return {
    x: focal * x + centreX * z,
    y: focal * y + centreY * z,
    w: z,
    cameraMetres: Math.abs(rise),
    fieldDegrees: (360 / Math.PI) * Math.atan(imageWidth / 2 / focal),
  };
}
