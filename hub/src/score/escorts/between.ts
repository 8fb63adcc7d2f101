/** Who walks between two others, once a second: for each person the two who are beside it, and for how long the same two. */

import { grown } from '../scene/grown.ts';
import type { Tick } from '../scene/scene.ts';

export interface BetweenOptions {
  /** Beside: no further ahead or behind than this, and this far to the left or right, metres. */
  readonly besideAlong: number;
  readonly besideLeast: number;
  readonly besideMost: number;
  /** The two are there at all up to here, metres. */
  readonly thereMetres: number;
}

export const BETWEEN_DEFAULTS: BetweenOptions = {
  besideAlong: 0.9,
  besideLeast: 0.25,
  besideMost: 1.6,
  thereMetres: 3,
};

const WALKING_SPEED = 0.4;

/** What is kept for each slot: numbers of its two. */
export class Between {
  readonly #options: BetweenOptions;
  /** The two who are kept track of, by slot of the one between; -1 for none. `one` is the lower slot. */
  one = new Int32Array(0);
  other = new Int32Array(0);
  /** When they were first and last beside it, ms. */
  sinceMs = new Float64Array(0);
  lastMs = new Float64Array(0);
  /** Seconds of walking with both there; of those with one on each side; of those with `one` on the left. */
  walked = new Float32Array(0);
  between = new Float32Array(0);
  oneLeft = new Float32Array(0);
  /** Sums over the seconds between: metres from the left one to the right one, and how far both are ahead. */
  width = new Float32Array(0);
  ahead = new Float32Array(0);
  /** Support of the two against others who are beside. */
  #support = new Float32Array(0);
  #left = new Int32Array(0);
  #right = new Int32Array(0);
  #leftSquare = new Float32Array(0);
  #rightSquare = new Float32Array(0);

  constructor(options: BetweenOptions) {
    this.#options = options;
  }

  /** Before the pairs of this second are told. */
  begin({ active, count, slots }: Tick): void {
    this.#reserve(slots.capacity);
    for (let i = 0; i < count; i++) {
      const slot = active[i] as number;
      this.#left[slot] = -1;
      this.#right[slot] = -1;
    }
  }

  /** Two are near each other now. */
  near(tick: Tick, a: number, b: number): void {
    this.#beside(tick, a, b);
    this.#beside(tick, b, a);
  }

  #beside({ slots }: Tick, middle: number, side: number): void {
    const { x, y, vx, vy, speed } = slots;
    const pace = speed[middle] as number;
    if (pace < WALKING_SPEED) return;
    const dx = (x[side] as number) - (x[middle] as number);
    const dy = (y[side] as number) - (y[middle] as number);
    const ux = (vx[middle] as number) / pace;
    const uy = (vy[middle] as number) / pace;
    const { besideAlong, besideLeast, besideMost } = this.#options;
    if (Math.abs(dx * ux + dy * uy) > besideAlong) return;
    const left = dy * ux - dx * uy;
    const square = dx * dx + dy * dy;
    if (left > besideLeast && left < besideMost) {
      if ((this.#left[middle] as number) >= 0 && (this.#leftSquare[middle] as number) <= square) return;
      this.#left[middle] = side;
      this.#leftSquare[middle] = square;
    } else if (-left > besideLeast && -left < besideMost) {
      if ((this.#right[middle] as number) >= 0 && (this.#rightSquare[middle] as number) <= square) return;
      this.#right[middle] = side;
      this.#rightSquare[middle] = square;
    }
  }

  /** After the pairs of this second were told. */
  end(tick: Tick): void {
    const { active, count, timeMs, slots } = tick;
    const { x, y, vx, vy, speed } = slots;
    const { thereMetres } = this.#options;
    for (let i = 0; i < count; i++) {
      const middle = active[i] as number;
      const pace = speed[middle] as number;
      if (pace < WALKING_SPEED) continue;
      const left = this.#left[middle] as number;
      const right = this.#right[middle] as number;
      const beside = left >= 0 && right >= 0;
      let one = this.one[middle] as number;
      if (beside) {
        const low = Math.min(left, right);
        const high = Math.max(left, right);
        if (one === low && this.other[middle] === high) {
          this.#support[middle] = Math.min(20, (this.#support[middle] as number) + 1);
        } else if (one < 0 || (this.#support[middle] as number) < 1) {
          this.#begin(middle, low, high, timeMs);
          one = low;
        } else this.#support[middle] = (this.#support[middle] as number) - 1;
      }
      if (one < 0) continue;
      const other = this.other[middle] as number;
      const ux = (vx[middle] as number) / pace;
      const uy = (vy[middle] as number) / pace;
      const ax = (x[one] as number) - (x[middle] as number);
      const ay = (y[one] as number) - (y[middle] as number);
      const bx = (x[other] as number) - (x[middle] as number);
      const by = (y[other] as number) - (y[middle] as number);
      const there = thereMetres * thereMetres;
      if (ax * ax + ay * ay > there || bx * bx + by * by > there) continue;
      this.walked[middle] = (this.walked[middle] as number) + 1;
      if (!beside || Math.min(left, right) !== one || Math.max(left, right) !== other) continue;
      this.between[middle] = (this.between[middle] as number) + 1;
      this.lastMs[middle] = timeMs;
      if (left === one) this.oneLeft[middle] = (this.oneLeft[middle] as number) + 1;
      this.width[middle] = (this.width[middle] as number) + Math.sqrt((ax - bx) * (ax - bx) + (ay - by) * (ay - by));
      this.ahead[middle] = (this.ahead[middle] as number) + ((ax + bx) * ux + (ay + by) * uy) / 2;
    }
  }

  /** Nobody is beside this slot any more. */
  forget(slot: number): void {
    this.one[slot] = -1;
    this.other[slot] = -1;
  }

  /** These have gone: nobody is between them and another any more. */
  leave(gone: ReadonlySet<number>): void {
    for (let middle = 0; middle < this.one.length; middle++) {
      const one = this.one[middle] as number;
      if (one >= 0 && (gone.has(middle) || gone.has(one) || gone.has(this.other[middle] as number)))
        this.forget(middle);
    }
  }

  #begin(middle: number, one: number, other: number, timeMs: number): void {
    this.one[middle] = one;
    this.other[middle] = other;
    this.sinceMs[middle] = timeMs;
    this.lastMs[middle] = timeMs;
    this.walked[middle] = 0;
    this.between[middle] = 0;
    this.oneLeft[middle] = 0;
    this.width[middle] = 0;
    this.ahead[middle] = 0;
    this.#support[middle] = 1;
  }

  #reserve(capacity: number): void {
    if (capacity <= this.one.length) return;
    const before = this.one.length;
    this.one = grown(this.one, capacity, -1);
    this.other = grown(this.other, capacity, -1);
    this.#left = grown(this.#left, capacity, -1);
    this.#right = grown(this.#right, capacity, -1);
    this.sinceMs = grown(this.sinceMs, capacity);
    this.lastMs = grown(this.lastMs, capacity);
    this.walked = grown(this.walked, capacity);
    this.between = grown(this.between, capacity);
    this.oneLeft = grown(this.oneLeft, capacity);
    this.width = grown(this.width, capacity);
    this.ahead = grown(this.ahead, capacity);
    this.#support = grown(this.#support, capacity);
    this.#leftSquare = grown(this.#leftSquare, capacity);
    this.#rightSquare = grown(this.#rightSquare, capacity);
    for (let slot = before; slot < capacity; slot++) this.forget(slot);
  }
}
