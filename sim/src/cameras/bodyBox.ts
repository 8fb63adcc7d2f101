import type { Optics } from '../optics.ts';

/** Breadth across the shoulders and depth of chest and clothes, metres. */
const SHOULDERS = 0.48;
const CHEST = 0.3;
/** A step at 1.3 m/s: how far the feet are apart at most, metres, and how many steps there are a second. */
const STRIDE = 0.65;
const STRIDE_SPEED = 1.3;
const STEPS_PER_SECOND = 1.9;
/** Seated, the crown is at this share of the stature, and the knees are in front. */
const SEATED_HEIGHT = 0.76;
const SEATED_DEPTH = 0.75;
/** The foot's edge is nearer to the camera than the middle of the body, metres. */
const FOOT = 0.1;

/** The box that holds a body in the picture's plane, uncut. Answers stand in fields, so that nothing is allocated. */
export class BodyBox {
  left = 0;
  top = 0;
  right = 0;
  bottom = 0;
  depthMetres = 0;
  /** How broad the body is as seen from the camera, and how high, metres. */
  widthMetres = 0;
  heightMetres = 0;
  readonly #optics: Optics;
  readonly #cameraX: number;
  readonly #cameraY: number;

  constructor(optics: Optics, cameraX: number, cameraY: number) {
    this.#optics = optics;
    this.#cameraX = cameraX;
    this.#cameraY = cameraY;
  }

  /**
   * @param speed metres per second: who walks opens and closes the legs.
   * @param phase of the gait, 0 to 1 of two steps, at time 0.
   * @returns false where the body cannot be in the picture.
   */
  of(
    x: number,
    y: number,
    headingRadians: number,
    speed: number,
    statureMetres: number,
    seated: boolean,
    phase: number,
    timeSeconds: number,
  ): boolean {
    const optics = this.#optics;
    const dx = x - this.#cameraX;
    const dy = y - this.#cameraY;
    const away = Math.max(0.1, Math.sqrt(dx * dx + dy * dy));
    const height = seated ? statureMetres * SEATED_HEIGHT : statureMetres;
    const open = speed > 0.1 ? Math.abs(Math.sin(Math.PI * (STEPS_PER_SECOND * timeSeconds + 2 * phase))) : 0;
    const depth = seated ? SEATED_DEPTH : CHEST + (STRIDE - CHEST) * Math.min(1.3, speed / STRIDE_SPEED) * open;
    // An ellipse seen along the line from the camera: its breadth across that line.
    const ahead = Math.cos(headingRadians);
    const aside = Math.sin(headingRadians);
    const along = (ahead * dx + aside * dy) / away;
    const across = (ahead * dy - aside * dx) / away;
    const width = Math.sqrt(SHOULDERS * SHOULDERS * along * along + depth * depth * across * across);
    this.widthMetres = width;
    this.heightMetres = height;
    if (!optics.project(x, y, height / 2)) return false;
    this.depthMetres = optics.depthMetres;
    // Across the line of sight, half the breadth.
    const sideX = (-dy / away) * (width / 2);
    const sideY = (dx / away) * (width / 2);
    this.left = Number.POSITIVE_INFINITY;
    this.right = Number.NEGATIVE_INFINITY;
    this.top = Number.POSITIVE_INFINITY;
    this.bottom = Number.NEGATIVE_INFINITY;
    const shoulders = height * 0.8;
    const whole =
      this.#hold(x, y, height) &&
      this.#hold(x - sideX, y - sideY, shoulders) &&
      this.#hold(x + sideX, y + sideY, shoulders) &&
      this.#hold(x - sideX * 0.9, y - sideY * 0.9, 0.3 * height) &&
      this.#hold(x + sideX * 0.9, y + sideY * 0.9, 0.3 * height) &&
      this.#hold(x - (dx / away) * FOOT, y - (dy / away) * FOOT, 0);
    // Right below the camera the feet are behind it: the box goes on beyond the lower edge.
    if (!whole) this.bottom = Math.max(this.bottom, 2 * optics.imageHeight);
    return this.right > this.left && this.bottom > this.top;
  }

  #hold(x: number, y: number, z: number): boolean {
    const optics = this.#optics;
    if (!optics.project(x, y, z)) return false;
    if (optics.u < this.left) this.left = optics.u;
    if (optics.u > this.right) this.right = optics.u;
    if (optics.v < this.top) this.top = optics.v;
    if (optics.v > this.bottom) this.bottom = optics.v;
    return true;
  }
}
