/** A 3x3 matrix in row-major order that maps one plane onto another up to scale. */
export type Homography = Float64Array;

const at = (m: Float64Array, i: number): number => m[i] as number;

export function multiply(a: Homography, b: Homography): Homography {
  const product = new Float64Array(9);
  for (let r = 0; r < 3; r += 1) {
    for (let c = 0; c < 3; c += 1) {
      let sum = 0;
      for (let k = 0; k < 3; k += 1) sum += at(a, 3 * r + k) * at(b, 3 * k + c);
      product[3 * r + c] = sum;
    }
  }
  return product;
}

/** @returns null where the matrix has no inverse. */
export function invert(m: Homography): Homography | null {
  const c0 = at(m, 4) * at(m, 8) - at(m, 5) * at(m, 7);
  const c1 = at(m, 5) * at(m, 6) - at(m, 3) * at(m, 8);
  const c2 = at(m, 3) * at(m, 7) - at(m, 4) * at(m, 6);
  const determinant = at(m, 0) * c0 + at(m, 1) * c1 + at(m, 2) * c2;
  const size = Math.max(...m.map(Math.abs));
  if (!Number.isFinite(determinant) || Math.abs(determinant) <= 1e-14 * size ** 3) return null;
  return Float64Array.of(
    c0 / determinant,
    (at(m, 2) * at(m, 7) - at(m, 1) * at(m, 8)) / determinant,
    (at(m, 1) * at(m, 5) - at(m, 2) * at(m, 4)) / determinant,
    c1 / determinant,
    (at(m, 0) * at(m, 8) - at(m, 2) * at(m, 6)) / determinant,
    (at(m, 2) * at(m, 3) - at(m, 0) * at(m, 5)) / determinant,
    c2 / determinant,
    (at(m, 1) * at(m, 6) - at(m, 0) * at(m, 7)) / determinant,
    (at(m, 0) * at(m, 4) - at(m, 1) * at(m, 3)) / determinant,
  );
}

/** Maps a point. @returns null where it goes to infinity. */
export function apply(m: Homography, x: number, y: number): readonly [number, number] | null {
  const w = at(m, 6) * x + at(m, 7) * y + at(m, 8);
  if (w === 0) return null;
  const u = (at(m, 0) * x + at(m, 1) * y + at(m, 2)) / w;
  const v = (at(m, 3) * x + at(m, 4) * y + at(m, 5)) / w;
  return Number.isFinite(u) && Number.isFinite(v) ? [u, v] : null;
}

/** The last coordinate before the division: its sign tells the two sides of the line that goes to infinity. */
export const depth = (m: Homography, x: number, y: number): number => at(m, 6) * x + at(m, 7) * y + at(m, 8);
