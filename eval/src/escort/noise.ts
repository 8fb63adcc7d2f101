/** What fused positions are off by: noise of which most lasts for a second or so, and the rest is new in every frame. */
import { Random } from '../fusion/random.ts';

export interface NoiseOptions {
  /** 1-sigma per axis, metres. */
  readonly sigmaMetres: number;
  /** The share of the variance that lasts, 0 to 1, and its time constant in seconds. */
  readonly lastingShare: number;
  readonly lastingSeconds: number;
}

/** The foot noise of the fusion measurements, as lasting as the edges of boxes are in the detection model. */
export const FOOT_NOISE: NoiseOptions = { sigmaMetres: 0.1, lastingShare: 0.79, lastingSeconds: 1.36 };

interface State {
  x: number;
  y: number;
  seconds: number;
}

/** The error of each person's position, frame after frame. The same seed and calls give the same errors. */
export class FootNoise {
  readonly #options: NoiseOptions;
  readonly #random: Random;
  readonly #states = new Map<number, State>();
  /** The error told last, metres. */
  x = 0;
  y = 0;

  constructor(options: NoiseOptions, seed: number) {
    this.#options = options;
    this.#random = new Random(seed);
  }

  /** Sets `x` and `y` to the error of somebody's position at a time. */
  next(person: number, seconds: number): void {
    const { sigmaMetres, lastingShare, lastingSeconds } = this.#options;
    const lasting = sigmaMetres * Math.sqrt(lastingShare);
    const fresh = sigmaMetres * Math.sqrt(1 - lastingShare);
    const random = this.#random;
    let state = this.#states.get(person);
    if (!state) {
      state = { x: lasting * random.normal(), y: lasting * random.normal(), seconds };
      this.#states.set(person, state);
    } else {
      const kept = Math.exp((state.seconds - seconds) / lastingSeconds);
      const renewed = lasting * Math.sqrt(1 - kept * kept);
      state.x = kept * state.x + renewed * random.normal();
      state.y = kept * state.y + renewed * random.normal();
      state.seconds = seconds;
    }
    this.x = state.x + fresh * random.normal();
    this.y = state.y + fresh * random.normal();
  }
}
