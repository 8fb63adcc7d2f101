import type { TerminalCamera } from './terminal/terminal.ts';

/** Nearer than this along the optical axis nothing is projected, metres. */
const NEAREST_METRES = 0.3;
const NEWTON_STEPS = 12;

export type OpticsOf = Pick<
  TerminalCamera,
  | 'position'
  | 'heightMetres'
  | 'headingDegrees'
  | 'pitchDegrees'
  | 'focalPixels'
  | 'imageWidth'
  | 'imageHeight'
  | 'radialK1'
>;

/**
 * A camera without roll: pinhole, and Brown and Conrady's first radial coefficient (Brown, "Decentering distortion of lenses", 1966), with the
 * principal point in the middle. Answers stand in fields, so that nothing is allocated.
 */
export class Optics {
  readonly imageWidth: number;
  readonly imageHeight: number;
  readonly focalPixels: number;
  /** The answer of {@link project}: pixels, and metres along the optical axis. */
  u = 0;
  v = 0;
  depthMetres = 0;
  /** The answer of {@link toFloor}, metres. */
  floorX = 0;
  floorY = 0;
  /** Horizontal unit vector to the camera's right. */
  rightX = 0;
  rightY = 0;
  readonly #x: number;
  readonly #y: number;
  readonly #z: number;
  readonly #k1: number;
  /** Where the distortion folds over: beyond, squared tangent of the angle to the axis, a lens shows nothing. */
  readonly #foldSquared: number;
  #downX = 0;
  #downY = 0;
  #downZ = 0;
  #forwardX = 0;
  #forwardY = 0;
  #forwardZ = 0;

  constructor(camera: OpticsOf) {
    this.imageWidth = camera.imageWidth;
    this.imageHeight = camera.imageHeight;
    this.focalPixels = camera.focalPixels;
    this.#x = camera.position[0];
    this.#y = camera.position[1];
    this.#z = camera.heightMetres;
    this.#k1 = camera.radialK1 ?? 0;
    this.#foldSquared = this.#k1 < 0 ? 1 / (-3 * this.#k1) : Number.POSITIVE_INFINITY;
    this.aim(camera.headingDegrees, camera.pitchDegrees);
  }

  /** Turns the camera. Degrees; pitch is how far it looks down from the horizontal. */
  aim(headingDegrees: number, pitchDegrees: number): void {
    const heading = (headingDegrees * Math.PI) / 180;
    const pitch = (pitchDegrees * Math.PI) / 180;
    const [ch, sh, cp, sp] = [Math.cos(heading), Math.sin(heading), Math.cos(pitch), Math.sin(pitch)];
    this.rightX = sh;
    this.rightY = -ch;
    this.#downX = -sp * ch;
    this.#downY = -sp * sh;
    this.#downZ = -cp;
    this.#forwardX = cp * ch;
    this.#forwardY = cp * sh;
    this.#forwardZ = -sp;
  }

  /**
   * Where a point in space is in the picture's plane: {@link u}, {@link v}, {@link depthMetres}. It may lie outside of the picture.
   *
   * @param z metres above the floor.
   * @returns false behind the camera, and where the lens shows nothing.
   */
  project(x: number, y: number, z: number): boolean {
    const dx = x - this.#x;
    const dy = y - this.#y;
    const dz = z - this.#z;
    const depth = this.#forwardX * dx + this.#forwardY * dy + this.#forwardZ * dz;
    if (depth < NEAREST_METRES) return false;
    const a = (this.rightX * dx + this.rightY * dy) / depth;
    const b = (this.#downX * dx + this.#downY * dy + this.#downZ * dz) / depth;
    const squared = a * a + b * b;
    if (squared >= this.#foldSquared) return false;
    const scale = this.focalPixels * (1 + this.#k1 * squared);
    this.u = this.imageWidth / 2 + a * scale;
    this.v = this.imageHeight / 2 + b * scale;
    this.depthMetres = depth;
    return true;
  }

  /** Whether a place on the floor lies in the picture, whatever stands in between. Metres. */
  shows(x: number, y: number): boolean {
    if (!this.project(x, y, 0)) return false;
    return this.u >= 0 && this.u <= this.imageWidth && this.v >= 0 && this.v <= this.imageHeight;
  }

  /**
   * Which place of the floor a pixel shows: {@link floorX}, {@link floorY}.
   *
   * @returns false at and above the horizon, and where the lens shows nothing.
   */
  toFloor(u: number, v: number): boolean {
    const scale = this.#undistort(u, v);
    if (Number.isNaN(scale)) return false;
    const a = ((u - this.imageWidth / 2) / this.focalPixels) * scale;
    const b = ((v - this.imageHeight / 2) / this.focalPixels) * scale;
    const dz = this.#forwardZ + b * this.#downZ;
    if (dz > -1e-6) return false;
    const t = this.#z / -dz;
    this.floorX = this.#x + t * (this.#forwardX + a * this.rightX + b * this.#downX);
    this.floorY = this.#y + t * (this.#forwardY + a * this.rightY + b * this.#downY);
    return true;
  }

  /** How much further from the middle an undistorted point is: by Newton's method. NaN where there is none. */
  #undistort(u: number, v: number): number {
    if (this.#k1 === 0) return 1;
    const distorted = Math.hypot(u - this.imageWidth / 2, v - this.imageHeight / 2) / this.focalPixels;
    if (distorted < 1e-12) return 1;
    const fold = Math.sqrt(this.#foldSquared);
    if (distorted >= (fold * 2) / 3) return Number.NaN;
    let r = distorted;
    for (let step = 0; step < NEWTON_STEPS; step += 1) {
      r -= (r * (1 + this.#k1 * r * r) - distorted) / (1 + 3 * this.#k1 * r * r);
      if (r >= fold) r = fold * 0.999;
    }
    return r / distorted;
  }
}
