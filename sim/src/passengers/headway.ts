/** Whether bodies come nearer to where they want to, and what they try where they do not. */
import type { Random } from '../random.ts';
import { STEPS_PER_SECOND } from './ground.ts';

/** No headway of this much in this long, and the body tries another way around. */
const HEADWAY_METRES = 0.4;
const PATIENCE_STEPS = 12 * STEPS_PER_SECOND;
const DETOUR_STEPS = 1.6 * STEPS_PER_SECOND;
/** Then the goal is given up, and the script decides. */
const TRIES = 8;

export class Headway {
  readonly #random: Random;
  readonly #best: Float64Array;
  readonly #bestStep: Int32Array;
  readonly #detourUntil: Int32Array;
  readonly #detourAngle: Float64Array;
  readonly #tries: Uint8Array;
  /** How often somebody made no headway and tried another way around. */
  replans = 0;
  /** How often a goal was given up. */
  givenUp = 0;

  constructor(capacity: number, random: Random) {
    this.#random = random;
    this.#best = new Float64Array(capacity);
    this.#bestStep = new Int32Array(capacity);
    this.#detourUntil = new Int32Array(capacity);
    this.#detourAngle = new Float64Array(capacity);
    this.#tries = new Uint8Array(capacity);
  }

  /** Of a new goal. */
  begin(slot: number, step: number): void {
    this.measureAnew(slot, step);
    this.#tries[slot] = 0;
    this.#detourUntil[slot] = 0;
  }

  /** The metres to go are another measure from here on. */
  measureAnew(slot: number, step: number): void {
    this.#best[slot] = Infinity;
    this.#bestStep[slot] = step;
  }

  /** @returns whether it is worth going on; false where every way around was tried. */
  note(slot: number, toGo: number, step: number): boolean {
    if (toGo < (this.#best[slot] as number) - HEADWAY_METRES) {
      this.#best[slot] = toGo;
      this.#bestStep[slot] = step;
      return true;
    }
    const tries = this.#tries[slot] as number;
    if (step - (this.#bestStep[slot] as number) <= (tries === 0 ? PATIENCE_STEPS : PATIENCE_STEPS / 2)) return true;
    this.replans += 1;
    this.#bestStep[slot] = step;
    this.#best[slot] = toGo + 0.5;
    this.#tries[slot] = tries + 1;
    if (tries + 1 > TRIES) {
      this.givenUp += 1;
      return false;
    }
    // Further around each time.
    this.#detourUntil[slot] = step + DETOUR_STEPS * (0.5 + 0.5 * (tries + 1));
    this.#detourAngle[slot] = (this.#random.chance(0.5) ? 1 : -1) * this.#random.between(0.8, 2.4);
    return true;
  }

  /** By how much to turn aside now, radians; 0: straight on. */
  detour(slot: number, step: number): number {
    return step < (this.#detourUntil[slot] as number) ? (this.#detourAngle[slot] as number) : 0;
  }
}
