import { OperatorError } from '@safe-passage/cli';
import type { PlanPoint, Polygon } from '@safe-passage/contract';
import type { Calibration } from './calibration.ts';
import { clipByDepth, clipByDisc } from './clip.ts';
import { type Lens, straighten } from './lens.ts';
import type { Verticals } from './verticals.ts';

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

/** A box around somebody, in source pixels. */
export interface StandingBox {
  /** The upper edge. */
  readonly y: number;
  /** The middle of the lower edge, with its standard deviation. */
  readonly footX: number;
  readonly footY: number;
  readonly footSigmaX: number;
  readonly footSigmaY: number;
}

/** A body that leans by more than this share of its way to where all uprights meet is right below the camera: its box tells no direction. */
const MOST_LEANING = 0.3;
/** Nearly all adults who stand are as tall as this, give or take, metres. */
const STATURE_METRES = 1.7;
const STATURE_SPREAD_METRES = 0.2;
/** Bounds of what is believed of a box, metres. */
const LEAST_STATURE_METRES = 0.3;
const MOST_STATURE_METRES = 3;
/**
 * Whoever seems shorter or taller has not got their feet at the lower edge (a desk hides them, another body is in the box), or is a child, or sits. This share
 * of the difference is added to the standard deviation of the lower edge: fitted on simulated cameras (seed 1), where sigmas then hold.
 */
const DOUBTED_SHARE = 0.7;

/** Carries foot points of one camera from source pixels to metres on the floor plan, with their uncertainty. */
export class FloorMapper {
  readonly calibration: Calibration;
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  readonly #scaleX: number;
  readonly #scaleY: number;
  readonly #lens: Lens;
  readonly #verticals: Verticals | null;
  readonly #m: Float64Array;
  readonly #calibrationVariance: number;
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
    const { imageWidth, imageHeight, lens, toFloor, verticals, sigmaPixels } = calibration;
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
    this.#scaleX = scaleX;
    this.#scaleY = scaleY;
    this.#lens = lens;
    this.#verticals = verticals;
    this.#m = toFloor;
    this.#calibrationVariance = sigmaPixels ** 2;
  }

  /** Where a source pixel would be in the calibration's picture without what the lens bends. */
  straight(x: number, y: number): PlanPoint {
    return straighten(this.#lens, x * this.#scaleX, y * this.#scaleY);
  }

  /** Of a straightened place: below 0 above the horizon, growing towards the camera. */
  depth([x, y]: PlanPoint): number {
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
    return this.#project(footX, footY, footY, sigmaX, sigmaY, out);
  }

  /**
   * Where somebody stands. To the sides of a wide picture bodies lean outwards, and the middle of the lower edge of a box is beside the feet: it is
   * the middle between head and feet that is in the middle of the box. A box that is too short or too tall for a body says less of how far away it is.
   *
   * @returns as {@link project}.
   */
  stand({ y, footX, footY, footSigmaX, footSigmaY }: StandingBox, out: FloorPoint): boolean {
    return this.#project(footX, footY, y, footSigmaX, footSigmaY, out);
  }

  #project(footX: number, footY: number, topY: number, sigmaX: number, sigmaY: number, out: FloorPoint): boolean {
    const m = this.#m;
    const { centreX, centreY, radius, distortion } = this.#lens;
    // The lens, written out: this is asked for everybody in every frame.
    const dx = footX * this.#scaleX - centreX;
    const dy = footY * this.#scaleY - centreY;
    const bent = distortion / (radius * radius);
    const divisor = 1 + bent * (dx * dx + dy * dy);
    let u = centreX + dx / divisor;
    const v = centreY + dy / divisor;
    let doubtY = 0;
    if (this.#verticals && topY < footY) {
      const up = topY * this.#scaleY - centreY;
      const topDivisor = 1 + bent * (dx * dx + up * up);
      const top = centreY + up / topDivisor;
      const middle = (u + centreX + dx / topDivisor) / 2;
      const { x, y, w } = this.#verticals;
      const share = (top - v) / (2 * (y - w * v));
      if (Math.abs(w * share) < MOST_LEANING) u = (middle - x * share) / (1 - w * share);
      const depth = (m[6] as number) * u + (m[7] as number) * v + (m[8] as number);
      const stature = (top - v) / (depth * (y - w * top));
      const believed = Math.min(MOST_STATURE_METRES, Math.max(LEAST_STATURE_METRES, stature));
      const doubted = DOUBTED_SHARE * Math.max(0, Math.abs(believed - STATURE_METRES) - STATURE_SPREAD_METRES);
      doubtY = (doubted / believed) * (footY - topY) * this.#scaleY;
    }
    const w = (m[6] as number) * u + (m[7] as number) * v + (m[8] as number);
    if (!(w > 0)) return false;
    const x = ((m[0] as number) * u + (m[1] as number) * v + (m[2] as number)) / w;
    const y = ((m[3] as number) * u + (m[4] as number) * v + (m[5] as number)) / w;
    // The covariance to first order: J diag(sx^2, sy^2) J^T, of which only the trace is needed; J is the plane's times the lens's.
    const varianceX = (sigmaX * this.#scaleX) ** 2 + this.#calibrationVariance;
    const varianceY = (sigmaY * this.#scaleY) ** 2 + doubtY * doubtY + this.#calibrationVariance;
    const xu = ((m[0] as number) - x * (m[6] as number)) / w;
    const xv = ((m[1] as number) - x * (m[7] as number)) / w;
    const yu = ((m[3] as number) - y * (m[6] as number)) / w;
    const yv = ((m[4] as number) - y * (m[7] as number)) / w;
    const slope = (-2 * bent) / (divisor * divisor);
    const uu = 1 / divisor + slope * dx * dx;
    const vv = 1 / divisor + slope * dy * dy;
    const uv = slope * dx * dy;
    const acrossX = (xu * uu + xv * uv) ** 2 + (yu * uu + yv * uv) ** 2;
    const acrossY = (xu * uv + xv * vv) ** 2 + (yu * uv + yv * vv) ** 2;
    const sigma = Math.sqrt(acrossX * varianceX + acrossY * varianceY);
    if (!(sigma <= this.#sigmaLimitMetres) || Math.abs(x) > FARTHEST_METRES || Math.abs(y) > FARTHEST_METRES) {
      return false;
    }
    out.x = x;
    out.y = y;
    out.sigmaMetres = sigma;
    return true;
  }

  /** The place of a source pixel without regard to its uncertainty. @returns null above the horizon. */
  place(x: number, y: number): PlanPoint | null {
    return this.placeOf(this.straight(x, y));
  }

  /** The same of a straightened place. */
  placeOf(straight: PlanPoint): PlanPoint | null {
    const m = this.#m;
    const w = this.depth(straight);
    if (!(w > 0)) return null;
    const [x, y] = straight;
    return [
      ((m[0] as number) * x + (m[1] as number) * y + (m[2] as number)) / w,
      ((m[3] as number) * x + (m[4] as number) * y + (m[5] as number)) / w,
    ];
  }
}

/** What a lens bends is followed along the picture's edge by so many points a side. */
const POINTS_PER_SIDE = 12;

/** The edge of the picture, straightened. Where the lens bends nothing, its four corners. */
function straightEdge(mapper: FloorMapper, width: number, height: number): Polygon {
  const corners: Polygon = [
    [0, height],
    [width, height],
    [width, 0],
    [0, 0],
  ];
  const steps = mapper.calibration.lens.distortion === 0 ? 1 : POINTS_PER_SIDE;
  return corners.flatMap(([x, y], i) => {
    const [toX, toY] = corners[(i + 1) % corners.length] as PlanPoint;
    return Array.from({ length: steps }, (_, k) =>
      mapper.straight(x + (k / steps) * (toX - x), y + (k / steps) * (toY - y)),
    );
  });
}

/**
 * The part of the floor that a camera sees, for drawing.
 *
 * @param maxDistanceMetres how far from the place that the camera sees nearest; the view is cut there.
 * @returns a polygon in floor metres, convex where the lens is straight; empty where the picture shows no floor.
 */
export function visibleFloor(mapper: FloorMapper, width: number, height: number, maxDistanceMetres: number): Polygon {
  const middles: readonly PlanPoint[] = [
    [width / 2, height],
    [width / 2, 0],
    [0, height / 2],
    [width, height / 2],
  ];
  const nearest = middles
    .map(([x, y]) => mapper.straight(x, y))
    .reduce((a, b) => (mapper.depth(b) > mapper.depth(a) ? b : a));
  const nearestDepth = mapper.depth(nearest);
  const centre = mapper.placeOf(nearest);
  if (!centre) return [];
  // A hair below the horizon, so that every corner has a place; the disc cuts what is too far anyway.
  const edge = straightEdge(mapper, width, height);
  const seen = clipByDepth(edge, (x, y) => mapper.depth([x, y]) - nearestDepth * 1e-6);
  const places = seen.map((one) => mapper.placeOf(one)).filter((place) => place !== null);
  return clipByDisc(places, centre, maxDistanceMetres);
}
