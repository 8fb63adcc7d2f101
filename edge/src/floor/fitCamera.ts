/** Fits the floor and, where enough points say so clearly, the lens. */
import { DegeneratePoints, fitFloor, type PointPair } from './fit.ts';
import { apply, type Homography, invert } from './homography.ts';
import { bend, LEAST_DISTORTION, type Lens, lensOf, MOST_DISTORTION, straighten } from './lens.ts';

/** Nine numbers are fitted; with fewer points there is next to nothing left over that could contradict them. */
export const FEWEST_FOR_LENS = 8;
/** How clearly points must ask for a lens: F of one more parameter. By chance it is above 15 in 1 of 500 fits to ten points. */
const CLEARLY = 15;
/** Where points are met to this, root mean square of the picture, nobody needs a lens: pixels. */
const FINE_PIXELS = 0.3;
const FIRST_LOOKS = 13;
const NARROWING_STEPS = 24;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

export interface FittedCamera {
  /** From the straightened picture to the floor. */
  readonly toFloor: Homography;
  readonly lens: Lens;
  /** Whether the points told the lens, rather than whoever wrote the file, or nobody. */
  readonly lensFitted: boolean;
  /** Sum of the squared distances in the picture. */
  readonly squaredPixels: number;
}

/** Sum of the squared distances in the picture between the points and where the camera shows their places on the floor. */
export function squaredPixels(toFloor: Homography, lens: Lens, pairs: readonly PointPair[]): number {
  const toImage = invert(toFloor);
  if (!toImage) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (const { image, floor } of pairs) {
    const straight = apply(toImage, ...floor);
    const seen = straight && bend(lens, ...straight);
    if (!seen) return Number.POSITIVE_INFINITY;
    sum += (seen[0] - image[0]) ** 2 + (seen[1] - image[1]) ** 2;
  }
  return sum;
}

/** @throws DegeneratePoints */
export function fitThrough(lens: Lens, pairs: readonly PointPair[]): Homography {
  if (lens.distortion === 0) return fitFloor(pairs);
  return fitFloor(pairs.map(({ image, floor }) => ({ image: straighten(lens, ...image), floor })));
}

function fitted(lens: Lens, pairs: readonly PointPair[], lensFitted: boolean): FittedCamera {
  const toFloor = fitThrough(lens, pairs);
  return { toFloor, lens, lensFitted, squaredPixels: squaredPixels(toFloor, lens, pairs) };
}

/** The lens that meets the points best: looks all over, then narrows around the best by golden sections. */
function bestLens(pairs: readonly PointPair[], width: number, height: number): FittedCamera | null {
  const of = (distortion: number): FittedCamera | null => {
    try {
      return fitted(lensOf(width, height, distortion), pairs, true);
    } catch (problem) {
      if (problem instanceof DegeneratePoints) return null;
      throw problem;
    }
  };
  const error = (camera: FittedCamera | null): number => camera?.squaredPixels ?? Number.POSITIVE_INFINITY;
  const width0 = (MOST_DISTORTION - LEAST_DISTORTION) / (FIRST_LOOKS - 1);
  const looks = Array.from({ length: FIRST_LOOKS }, (_, i) => of(LEAST_DISTORTION + i * width0));
  let best = looks.reduce((a, b) => (error(b) < error(a) ? b : a), null);
  if (!best) return null;
  let from = Math.max(LEAST_DISTORTION, best.lens.distortion - width0);
  let to = Math.min(MOST_DISTORTION, best.lens.distortion + width0);
  let low = of(to - GOLDEN * (to - from));
  let high = of(from + GOLDEN * (to - from));
  for (let step = 0; step < NARROWING_STEPS && low && high; step++) {
    if (error(low) <= error(high)) {
      to = high.lens.distortion;
      high = low;
      low = of(to - GOLDEN * (to - from));
    } else {
      from = low.lens.distortion;
      low = high;
      high = of(from + GOLDEN * (to - from));
    }
    for (const one of [low, high]) if (error(one) < error(best)) best = one ?? best;
  }
  return best;
}

/**
 * Fits what is between the picture and the floor.
 *
 * @param distortion of the lens, where it is known. Without it a lens is fitted where there are {@link FEWEST_FOR_LENS} points or
 *   more and they contradict a straight one clearly; else it is taken to be straight.
 * @throws DegeneratePoints where the points do not fix a plane.
 */
export function fitCamera(
  pairs: readonly PointPair[],
  width: number,
  height: number,
  distortion?: number,
): FittedCamera {
  const straight = fitted(lensOf(width, height, distortion ?? 0), pairs, false);
  if (distortion !== undefined || pairs.length < FEWEST_FOR_LENS) return straight;
  if (straight.squaredPixels < pairs.length * FINE_PIXELS ** 2) return straight;
  const bent = bestLens(pairs, width, height);
  if (!bent) return straight;
  const left = 2 * pairs.length - 9;
  const clearly = straight.squaredPixels - bent.squaredPixels > (CLEARLY * bent.squaredPixels) / left;
  return clearly ? bent : straight;
}
