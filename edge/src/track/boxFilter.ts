/**
 * A Kalman filter of one person's box. Its four coordinates (middle, lower edge, width, height) are filtered apart from
 * each other, because neither motion nor measurement couples them: four filters of two states instead of one of eight.
 *
 * Motion is a velocity with white-noise acceleration (Bar-Shalom, Li and Kirubarajan 2001, section 6.2.2) that fades with
 * a time constant, so that a person who is lost from sight comes to rest instead of walking out of the picture. Every
 * constant is per second and per box height: neither the frame rate nor the distance to the camera changes what it means.
 */
export interface MotionOptions {
  /** Error of a measured middle and lower edge, share of the box height. */
  readonly footNoise: number;
  /** Error of a measured width and height, share of the box height. */
  readonly sizeNoise: number;
  /** How much the velocity of the foot point wanders in one second, box heights per second. */
  readonly acceleration: number;
  /** The same of width and height. */
  readonly sizeAcceleration: number;
  /** Spread of the velocity of somebody just seen for the first time, box heights per second. */
  readonly startSpeed: number;
  /** After so many seconds without sight a velocity has fallen to 37 %. */
  readonly velocityFadeSeconds: number;
  /** The same of the growth of width and height. */
  readonly sizeFadeSeconds: number;
}

/** Per coordinate: position, velocity, and the covariance's three entries. */
const STRIDE = 5;
const MIDDLE = 0;
const BOTTOM = STRIDE;
const WIDTH = 2 * STRIDE;
const HEIGHT = 3 * STRIDE;
const SMALLEST_SIDE = 1;

export class BoxFilter {
  readonly #options: MotionOptions;
  readonly #state = new Float64Array(4 * STRIDE);

  constructor(options: MotionOptions) {
    this.#options = options;
  }

  get middle(): number {
    return this.#state[MIDDLE] as number;
  }
  get bottom(): number {
    return this.#state[BOTTOM] as number;
  }
  get width(): number {
    return Math.max(SMALLEST_SIDE, this.#state[WIDTH] as number);
  }
  get height(): number {
    return Math.max(SMALLEST_SIDE, this.#state[HEIGHT] as number);
  }
  /** Pixels per second. */
  get middleVelocity(): number {
    return this.#state[MIDDLE + 1] as number;
  }
  get bottomVelocity(): number {
    return this.#state[BOTTOM + 1] as number;
  }
  /** Standard deviation of the filtered middle, pixels. */
  get middleSigma(): number {
    return Math.sqrt(this.#state[MIDDLE + 2] as number);
  }
  get bottomSigma(): number {
    return Math.sqrt(this.#state[BOTTOM + 2] as number);
  }

  /** Begins anew with a first measurement, pixels. */
  start(middle: number, bottom: number, width: number, height: number): void {
    const { footNoise, sizeNoise, startSpeed } = this.#options;
    const foot = (footNoise * height) ** 2;
    const size = (sizeNoise * height) ** 2;
    const speed = (startSpeed * height) ** 2;
    this.#set(MIDDLE, middle, foot, speed);
    this.#set(BOTTOM, bottom, foot, speed);
    this.#set(WIDTH, width, size, speed / 16);
    this.#set(HEIGHT, height, size, speed / 16);
  }

  /** Moves the box on by `seconds`, at least 0. */
  predict(seconds: number): void {
    if (seconds <= 0) return;
    const { acceleration, sizeAcceleration, velocityFadeSeconds, sizeFadeSeconds } = this.#options;
    const height = this.height;
    const foot = (acceleration * height) ** 2;
    const size = (sizeAcceleration * height) ** 2;
    this.#predict(MIDDLE, seconds, foot, velocityFadeSeconds);
    this.#predict(BOTTOM, seconds, foot, velocityFadeSeconds);
    this.#predict(WIDTH, seconds, size, sizeFadeSeconds);
    this.#predict(HEIGHT, seconds, size, sizeFadeSeconds);
  }

  /** Takes a measurement, pixels. `noiseScale` multiplies the standard deviations. */
  correct(middle: number, bottom: number, width: number, height: number, noiseScale: number): void {
    const { footNoise, sizeNoise } = this.#options;
    const foot = (footNoise * noiseScale * height) ** 2;
    const size = (sizeNoise * noiseScale * height) ** 2;
    this.#correct(MIDDLE, middle, foot);
    this.#correct(BOTTOM, bottom, foot);
    this.#correct(WIDTH, width, size);
    this.#correct(HEIGHT, height, size);
  }

  #set(at: number, position: number, positionVariance: number, velocityVariance: number): void {
    const s = this.#state;
    s[at] = position;
    s[at + 1] = 0;
    s[at + 2] = positionVariance;
    s[at + 3] = 0;
    s[at + 4] = velocityVariance;
  }

  #predict(at: number, dt: number, spectralDensity: number, fadeSeconds: number): void {
    const s = this.#state;
    const kept = Math.exp(-dt / fadeSeconds);
    const travel = fadeSeconds * (1 - kept);
    const p00 = s[at + 2] as number;
    const p01 = s[at + 3] as number;
    const p11 = s[at + 4] as number;
    s[at] = (s[at] as number) + travel * (s[at + 1] as number);
    s[at + 1] = kept * (s[at + 1] as number);
    // Process noise of white-noise acceleration over dt. The fade is slow against a frame, so its effect on the noise is left out.
    s[at + 2] = p00 + 2 * travel * p01 + travel * travel * p11 + (spectralDensity * dt * dt * dt) / 3;
    s[at + 3] = kept * (p01 + travel * p11) + (spectralDensity * dt * dt) / 2;
    s[at + 4] = kept * kept * p11 + spectralDensity * dt;
  }

  #correct(at: number, measured: number, variance: number): void {
    const s = this.#state;
    const p00 = s[at + 2] as number;
    const p01 = s[at + 3] as number;
    const innovation = measured - (s[at] as number);
    const gain = p00 / (p00 + variance);
    const velocityGain = p01 / (p00 + variance);
    s[at] = (s[at] as number) + gain * innovation;
    s[at + 1] = (s[at + 1] as number) + velocityGain * innovation;
    s[at + 2] = (1 - gain) * p00;
    s[at + 3] = (1 - gain) * p01;
    s[at + 4] = (s[at + 4] as number) - velocityGain * p01;
  }
}
