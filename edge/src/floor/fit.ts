import { apply, depth, type Homography, invert, multiply } from './homography.ts';

/** One known place: where it is in the picture (pixels) and on the floor (metres). */
export interface PointPair {
  readonly image: readonly [number, number];
  readonly floor: readonly [number, number];
}

/** Why no plane could be fitted; the wording is for the person who measured the points. */
export class DegeneratePoints extends Error {}

const FEWEST_POINTS = 4;
const REFINEMENT_STEPS = 50;

/** Moves points to their centroid and scales them to a mean distance of sqrt(2) (Hartley, PAMI 1997). */
function normalisation(points: readonly (readonly [number, number])[]): Homography {
  const n = points.length;
  const cx = points.reduce((sum, [x]) => sum + x, 0) / n;
  const cy = points.reduce((sum, [, y]) => sum + y, 0) / n;
  const mean = points.reduce((sum, [x, y]) => sum + Math.hypot(x - cx, y - cy), 0) / n;
  const s = mean > 0 ? Math.SQRT2 / mean : 1;
  return Float64Array.of(s, 0, -s * cx, 0, s, -s * cy, 0, 0, 1);
}

/**
 * Eigenvector of the smallest eigenvalue of a symmetric matrix, by Jacobi's rotations.
 *
 * @param a row-major, destroyed.
 */
function smallestEigenvector(a: Float64Array, n: number): { vector: Float64Array; values: Float64Array } {
  const get = (i: number, j: number) => a[i * n + j] as number;
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) v[i * n + i] = 1;
  for (let sweep = 0; sweep < 60; sweep += 1) {
    let off = 0;
    for (let i = 0; i < n; i += 1) for (let j = i + 1; j < n; j += 1) off += get(i, j) ** 2;
    if (off < 1e-30) break;
    for (let p = 0; p < n; p += 1) {
      for (let q = p + 1; q < n; q += 1) {
        if (get(p, q) === 0) continue;
        const theta = (get(q, q) - get(p, p)) / (2 * get(p, q));
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k += 1) {
          const akp = get(k, p);
          const akq = get(k, q);
          a[k * n + p] = c * akp - s * akq;
          a[k * n + q] = s * akp + c * akq;
        }
        for (let k = 0; k < n; k += 1) {
          const apk = get(p, k);
          const aqk = get(q, k);
          a[p * n + k] = c * apk - s * aqk;
          a[q * n + k] = s * apk + c * aqk;
        }
        for (let k = 0; k < n; k += 1) {
          const vkp = v[k * n + p] as number;
          const vkq = v[k * n + q] as number;
          v[k * n + p] = c * vkp - s * vkq;
          v[k * n + q] = s * vkp + c * vkq;
        }
      }
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => get(i, i) - get(j, j));
  const smallest = order[0] ?? 0;
  return {
    vector: Float64Array.from({ length: n }, (_, k) => v[k * n + smallest] as number),
    values: Float64Array.from(order, (i) => get(i, i)),
  };
}

/** Direct linear transform with normalised coordinates (Hartley and Zisserman 2004, algorithm 4.2): floor to image. */
function directLinear(pairs: readonly PointPair[]): Homography {
  const toFloor = normalisation(pairs.map((pair) => pair.floor));
  const toImage = normalisation(pairs.map((pair) => pair.image));
  const ata = new Float64Array(81);
  for (const pair of pairs) {
    const from = apply(toFloor, ...pair.floor);
    const to = apply(toImage, ...pair.image);
    if (!from || !to) continue;
    const [x, y] = from;
    const [u, v] = to;
    const rows = [
      [-x, -y, -1, 0, 0, 0, u * x, u * y, u],
      [0, 0, 0, -x, -y, -1, v * x, v * y, v],
    ];
    for (const row of rows) {
      for (let i = 0; i < 9; i += 1) {
        for (let j = 0; j < 9; j += 1) {
          ata[i * 9 + j] = (ata[i * 9 + j] as number) + (row[i] as number) * (row[j] as number);
        }
      }
    }
  }
  const { vector, values } = smallestEigenvector(ata, 9);
  // A second direction that fits as well means that the points do not fix the plane.
  if ((values[1] as number) < 1e-9 * (values[8] as number)) {
    throw new DegeneratePoints('three of the four points, or all of them, lie on one line');
  }
  const fromImage = invert(toImage);
  const result = fromImage && multiply(multiply(fromImage, vector), toFloor);
  if (!result || !invert(result)) throw new DegeneratePoints('the points lie on one line');
  return result;
}

/** Solves a symmetric positive system by Gaussian elimination with pivoting. @returns null where it is singular. */
function solveLinear(a: number[][], b: number[]): number[] | null {
  const n = b.length;
  for (let column = 0; column < n; column += 1) {
    let pivot = column;
    for (let r = column + 1; r < n; r += 1) {
      if (Math.abs(a[r]?.[column] ?? 0) > Math.abs(a[pivot]?.[column] ?? 0)) pivot = r;
    }
    const row = a[pivot] as number[];
    a[pivot] = a[column] as number[];
    a[column] = row;
    [b[pivot], b[column]] = [b[column] as number, b[pivot] as number];
    const head = row[column] as number;
    if (Math.abs(head) < 1e-300) return null;
    for (let r = column + 1; r < n; r += 1) {
      const below = a[r] as number[];
      const factor = (below[column] as number) / head;
      for (let k = column; k < n; k += 1) below[k] = (below[k] as number) - factor * (row[k] as number);
      b[r] = (b[r] as number) - factor * (b[column] as number);
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let r = n - 1; r >= 0; r -= 1) {
    const row = a[r] as number[];
    let sum = b[r] as number;
    for (let k = r + 1; k < n; k += 1) sum -= (row[k] as number) * (x[k] as number);
    x[r] = sum / (row[r] as number);
  }
  return x.every(Number.isFinite) ? x : null;
}

function squaredError(m: Homography, pairs: readonly PointPair[]): number {
  let sum = 0;
  for (const pair of pairs) {
    const seen = apply(m, ...pair.floor);
    if (!seen) return Number.POSITIVE_INFINITY;
    sum += (seen[0] - pair.image[0]) ** 2 + (seen[1] - pair.image[1]) ** 2;
  }
  return sum;
}

/**
 * Levenberg-Marquardt on the error in the picture. What is uncertain about a measured point is where it was clicked, a
 * pixel or two everywhere in the picture; on the floor the same click is centimetres near the camera and metres far
 * away, and minimising metres would let the far points bend the near ones.
 */
function refine(start: Homography, pairs: readonly PointPair[]): Homography {
  let best = start;
  let error = squaredError(best, pairs);
  let damping = 1e-3;
  for (let step = 0; step < REFINEMENT_STEPS && error > 1e-18; step += 1) {
    const scale = Math.hypot(...best);
    const m = best.map((value) => value / scale);
    const jtj = Array.from({ length: 9 }, () => new Array<number>(9).fill(0));
    const jtr = new Array<number>(9).fill(0);
    for (const pair of pairs) {
      const [x, y] = pair.floor;
      const w = depth(m, x, y);
      const seen = apply(m, x, y);
      if (!seen) return best;
      const [u, v] = seen;
      const rows = [
        [x / w, y / w, 1 / w, 0, 0, 0, (-u * x) / w, (-u * y) / w, -u / w],
        [0, 0, 0, x / w, y / w, 1 / w, (-v * x) / w, (-v * y) / w, -v / w],
      ];
      const residuals = [pair.image[0] - u, pair.image[1] - v];
      rows.forEach((row, axis) => {
        for (let i = 0; i < 9; i += 1) {
          jtr[i] = (jtr[i] as number) + (row[i] as number) * (residuals[axis] as number);
          const line = jtj[i] as number[];
          for (let j = 0; j < 9; j += 1) line[j] = (line[j] as number) + (row[i] as number) * (row[j] as number);
        }
      });
    }
    const damped = jtj.map((line, i) => line.map((value, j) => (i === j ? value * (1 + damping) + 1e-12 : value)));
    const change = solveLinear(damped, [...jtr]);
    if (!change) return best;
    const next = m.map((value, i) => value + (change[i] as number));
    const nextError = squaredError(next, pairs);
    if (nextError < error) {
      const gain = error - nextError;
      best = next;
      error = nextError;
      damping = Math.max(1e-9, damping / 10);
      if (gain < 1e-12 * error) break;
    } else {
      damping *= 10;
      if (damping > 1e9) break;
    }
  }
  return best;
}

/** The share of the points' spread across their longest direction: 0 on one line. */
function flatness(points: readonly (readonly [number, number])[]): number {
  const n = points.length;
  const cx = points.reduce((sum, [x]) => sum + x, 0) / n;
  const cy = points.reduce((sum, [, y]) => sum + y, 0) / n;
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (const [x, y] of points) {
    xx += (x - cx) ** 2;
    xy += (x - cx) * (y - cy);
    yy += (y - cy) ** 2;
  }
  const half = (xx + yy) / 2;
  const spread = Math.hypot((xx - yy) / 2, xy);
  return half + spread > 0 ? Math.sqrt(Math.max(0, half - spread) / (half + spread)) : 0;
}

/**
 * Fits the plane: picture to floor, scaled so that {@link depth} is positive on the side of the horizon where the points
 * lie, and 1 on average there.
 *
 * @param pairs at least four, no three of a minimal four on one line.
 * @throws DegeneratePoints with the reason.
 */
export function fitFloor(pairs: readonly PointPair[]): Homography {
  if (pairs.length < FEWEST_POINTS) {
    throw new DegeneratePoints(`${pairs.length} points; a plane needs at least ${FEWEST_POINTS}`);
  }
  if (flatness(pairs.map((pair) => pair.floor)) < 1e-3) {
    throw new DegeneratePoints('on the floor, the points lie on one line');
  }
  if (flatness(pairs.map((pair) => pair.image)) < 1e-3) {
    throw new DegeneratePoints('in the picture, the points lie on one line');
  }
  const toFloor = invert(refine(directLinear(pairs), pairs));
  if (!toFloor) throw new DegeneratePoints('the points lie on one line');
  const depths = pairs.map((pair) => depth(toFloor, ...pair.image));
  const mean = depths.reduce((sum, value) => sum + value, 0) / depths.length;
  if (depths.some((value) => value * mean <= 0)) {
    throw new DegeneratePoints('some points would lie beyond the horizon: two of them are probably exchanged');
  }
  return toFloor.map((value) => value / mean);
}
