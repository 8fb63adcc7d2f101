/** From a pixel to the floor, by a published calibration: intrinsics without distortion, a Rodrigues vector and a shift. */

/** Row-major, three by three. */
export type Matrix3 = readonly number[];

const at = (m: Matrix3, row: number, column: number): number => m[3 * row + column] as number;

/** The rotation about an axis by its length, radians (Rodrigues). */
export function rotation([rx, ry, rz]: readonly [number, number, number]): Matrix3 {
  const angle = Math.hypot(rx, ry, rz);
  if (angle === 0) return [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const [x, y, z] = [rx / angle, ry / angle, rz / angle];
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  const t = 1 - c;
  return [
    t * x * x + c,
    t * x * y - s * z,
    t * x * z + s * y,
    t * x * y + s * z,
    t * y * y + c,
    t * y * z - s * x,
    t * x * z - s * y,
    t * y * z + s * x,
    t * z * z + c,
  ];
}

function product(a: Matrix3, b: Matrix3): Matrix3 {
  return Array.from({ length: 9 }, (_, k) => {
    const row = Math.floor(k / 3);
    const column = k % 3;
    return at(a, row, 0) * at(b, 0, column) + at(a, row, 1) * at(b, 1, column) + at(a, row, 2) * at(b, 2, column);
  });
}

/** @throws RangeError where there is none. */
export function inverse(m: Matrix3): Matrix3 {
  const cofactor = (row: number, column: number): number => {
    const [r1, r2] = [(row + 1) % 3, (row + 2) % 3];
    const [c1, c2] = [(column + 1) % 3, (column + 2) % 3];
    return at(m, r1, c1) * at(m, r2, c2) - at(m, r1, c2) * at(m, r2, c1);
  };
  const determinant = at(m, 0, 0) * cofactor(0, 0) + at(m, 0, 1) * cofactor(0, 1) + at(m, 0, 2) * cofactor(0, 2);
  if (!(Math.abs(determinant) > 0))
    throw new RangeError('the camera looks along the floor: no pixel is one point of it');
  return Array.from({ length: 9 }, (_, k) => cofactor(k % 3, Math.floor(k / 3)) / determinant);
}

/** The homography from pixels to the floor plane z = 0, in the units of the shift. */
export function floorHomography(
  intrinsic: Matrix3,
  rotationVector: readonly [number, number, number],
  shift: readonly [number, number, number],
): Matrix3 {
  const r = rotation(rotationVector);
  const onFloor: Matrix3 = [
    at(r, 0, 0),
    at(r, 0, 1),
    shift[0],
    at(r, 1, 0),
    at(r, 1, 1),
    shift[1],
    at(r, 2, 0),
    at(r, 2, 1),
    shift[2],
  ];
  return inverse(product(intrinsic, onFloor));
}

export function project(h: Matrix3, u: number, v: number): { readonly x: number; readonly y: number } {
  const w = at(h, 2, 0) * u + at(h, 2, 1) * v + at(h, 2, 2);
  return {
    x: (at(h, 0, 0) * u + at(h, 0, 1) * v + at(h, 0, 2)) / w,
    y: (at(h, 1, 0) * u + at(h, 1, 1) * v + at(h, 1, 2)) / w,
  };
}

/** 1-sigma of the floor position along its worst axis, for a foot that is known to `pixels`. */
export function floorSigma(h: Matrix3, u: number, v: number, pixels: number): number {
  const here = project(h, u, v);
  const right = project(h, u + 1, v);
  const down = project(h, u, v + 1);
  return pixels * Math.hypot(right.x - here.x, right.y - here.y, down.x - here.x, down.y - here.y);
}
