import { OperatorError } from '@safe-passage/cli';
import type { PlanPoint, Polygon } from '@safe-passage/contract';
import type { Calibration } from './calibration.ts';
import { clipByDepth, clipByDisc } from './clip.ts';

/** A place on the floor plan. Filled by {@link FloorMapper.project}. */
export interface FloorPoint {
  /** Metres. */
  x: number;
  y: number;
  /**
   * Distance root mean square of the position, metres: the square root of the trace of its covariance. Chosen because
   * it needs no axes and means nearly the same for every shape: the true place is within it in 63 % (round) to 68 %
   * (drawn out) of all cases.
   */
  sigmaMetres: number;
}

const ASPECT_TOLERANCE = 0.01;
const DEFAULT_SIGMA_LIMIT_METRES = 5;
const FARTHEST_METRES = 10_000;

/** Carries foot points of one camera from source pixels to metres on the floor plan, with their uncertainty. */
export class FloorMapper {
  readonly calibration: Calibration;
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  readonly #m: Float64Array;
  readonly #calibrationVarianceX: number;
  readonly #calibrationVarianceY: number;
  readonly #sigmaLimitMetres: number;

  /**
   * @param sourceWidth size of the source picture, pixels; another size than the calibration's is rescaled.
   * @param sigmaLimitMetres what is less certain than this has no place on the floor.
   * @throws OperatorError where the source picture has another shape than the calibration's.
   */
  constructor(
    calibration: Calibration,
    sourceWidth: number,
    sourceHeight: number,
    sigmaLimitMetres = DEFAULT_SIGMA_LIMIT_METRES,
  ) {
    const { imageWidth, imageHeight, toFloor, sigmaPixels } = calibration;
    const scaleX = imageWidth / sourceWidth;
    const scaleY = imageHeight / sourceHeight;
    if (Math.abs(scaleX / scaleY - 1) > ASPECT_TOLERANCE) {
      throw new OperatorError(
        `the calibration "${calibration.name}" is for pictures of ${imageWidth}x${imageHeight} and the camera sends ${sourceWidth}x${sourceHeight}, another shape`,
        'Read the points again in a picture of this camera, or set the camera to the shape of the calibration.',
      );
    }
    this.calibration = calibration;
    this.sourceWidth = sourceWidth;
    this.sourceHeight = sourceHeight;
    this.#sigmaLimitMetres = sigmaLimitMetres;
    this.#m = toFloor.map((value, i) => value * (i % 3 === 0 ? scaleX : i % 3 === 1 ? scaleY : 1));
    this.#calibrationVarianceX = (sigmaPixels / scaleX) ** 2;
    this.#calibrationVarianceY = (sigmaPixels / scaleY) ** 2;
  }

  /** Below 0 above the horizon, growing towards the camera. */
  depth(x: number, y: number): number {
    const m = this.#m;
    return (m[6] as number) * x + (m[7] as number) * y + (m[8] as number);
  }

  /**
   * @param footX source pixels, with the standard deviation in `sigmaX`; the same for y. The error of the calibration is
   * added to them.
   * @param out where the place goes; left alone where there is none.
   * @returns false where the point has no place on the floor: above the horizon, behind the camera, or less certain than
   * the limit.
   */
  project(footX: number, footY: number, sigmaX: number, sigmaY: number, out: FloorPoint): boolean {
    const m = this.#m;
    const w = this.depth(footX, footY);
    if (!(w > 0)) return false;
    const x = ((m[0] as number) * footX + (m[1] as number) * footY + (m[2] as number)) / w;
    const y = ((m[3] as number) * footX + (m[4] as number) * footY + (m[5] as number)) / w;
    // The covariance to first order: J diag(sx^2, sy^2) J^T, of which only the trace is needed.
    const varianceX = sigmaX * sigmaX + this.#calibrationVarianceX;
    const varianceY = sigmaY * sigmaY + this.#calibrationVarianceY;
    const xu = ((m[0] as number) - x * (m[6] as number)) / w;
    const xv = ((m[1] as number) - x * (m[7] as number)) / w;
    const yu = ((m[3] as number) - y * (m[6] as number)) / w;
    const yv = ((m[4] as number) - y * (m[7] as number)) / w;
    const sigma = Math.sqrt((xu * xu + yu * yu) * varianceX + (xv * xv + yv * yv) * varianceY);
    if (!(sigma <= this.#sigmaLimitMetres) || Math.abs(x) > FARTHEST_METRES || Math.abs(y) > FARTHEST_METRES) {
      return false;
    }
    out.x = x;
    out.y = y;
    out.sigmaMetres = sigma;
    return true;
  }

  /** The place of a pixel without regard to its uncertainty. @returns null above the horizon. */
  place(x: number, y: number): PlanPoint | null {
    const m = this.#m;
    const w = this.depth(x, y);
    if (!(w > 0)) return null;
    return [
      ((m[0] as number) * x + (m[1] as number) * y + (m[2] as number)) / w,
      ((m[3] as number) * x + (m[4] as number) * y + (m[5] as number)) / w,
    ];
  }
}

/**
 * The part of the floor that a camera sees, for drawing.
 *
 * @param maxDistanceMetres how far from the place that the camera sees nearest; the view is cut there.
 * @returns a convex polygon in floor metres; empty where the picture shows no floor.
 */
export function visibleFloor(mapper: FloorMapper, width: number, height: number, maxDistanceMetres: number): Polygon {
  const middles: readonly PlanPoint[] = [
    [width / 2, height],
    [width / 2, 0],
    [0, height / 2],
    [width, height / 2],
  ];
  const nearest = middles.toSorted(([ax, ay], [bx, by]) => mapper.depth(bx, by) - mapper.depth(ax, ay))[0] ?? [
    width / 2,
    height,
  ];
  const nearestDepth = mapper.depth(...nearest);
  const centre = mapper.place(...nearest);
  if (!centre) return [];
  const corners: Polygon = [
    [0, height],
    [width, height],
    [width, 0],
    [0, 0],
  ];
  // A hair below the horizon, so that every corner has a place; the disc cuts what is too far anyway.
  const seen = clipByDepth(corners, (x, y) => mapper.depth(x, y) - nearestDepth * 1e-6);
  const places = seen.map(([x, y]) => mapper.place(x, y)).filter((place) => place !== null);
  return clipByDisc(places, centre, maxDistanceMetres);
}
