/** Who walks between two others, once a second: for each person the two who are beside it, and for how long the same two; and what the three do. */

import { grown } from '../scene/grown.ts';
import type { Tick } from '../scene/scene.ts';
import { AGAIN_MS } from './field.ts';

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
/** In the middle: the two are seen from it in directions further apart than this (cosine), 100°. */
const ENCLOSED_COSINE = -0.17;

/** Sums over the seconds of a trio; offsets into `Between.sums` of its middle one. */
export const TRIO = {
  /** Seconds in which all three are there, and of those in which one is in the middle of the two, walking or not. */
  near: 0,
  enclosed: 1,
  /** Seconds of walking with both there; of those with one on each side; of those with `one` on the left. */
  walked: 2,
  between: 3,
  oneLeft: 4,
  /** Over the seconds between: metres from the left one to the right one; how far each is ahead, and the squares of that; how far to the side both are. */
  width: 5,
  oneAhead: 6,
  otherAhead: 7,
  oneAheadSquare: 8,
  otherAheadSquare: 9,
  aside: 10,
  asideSquare: 11,
} as const;
export const TRIO_SUMS = 12;

/** What is kept for each slot: its two, and sums over their seconds. */
export class Between {
  readonly #options: BetweenOptions;
  /** The two who are kept track of, by slot of the one between; -1 for none. `one` is the lower slot. */
  one = new Int32Array(0);
  other = new Int32Array(0);
  /** When they were first beside it, when they were last so, and when all three were last there. Ms. */
  sinceMs = new Float64Array(0);
  lastMs = new Float64Array(0);
  nearMs = new Float64Array(0);
  /** Since when all three have been there again after they were not for longer than `AGAIN_MS`, ms. */
  againMs = new Float64Array(0);
  /** For how long all three had been there before that, seconds. */
  knownSeconds = new Float32Array(0);
  /** `TRIO_SUMS` for each slot. */
  sums = new Float32Array(0);
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
    const there = thereMetres * thereMetres;
    for (let i = 0; i < count; i++) {
      const middle = active[i] as number;
      const pace = speed[middle] as number;
      const walks = pace >= WALKING_SPEED;
      const left = this.#left[middle] as number;
      const right = this.#right[middle] as number;
      const beside = walks && left >= 0 && right >= 0;
      if (beside) this.#take(middle, Math.min(left, right), Math.max(left, right), timeMs);
      const one = this.one[middle] as number;
      if (one < 0) continue;
      const other = this.other[middle] as number;
      const ax = (x[one] as number) - (x[middle] as number);
      const ay = (y[one] as number) - (y[middle] as number);
      const bx = (x[other] as number) - (x[middle] as number);
      const by = (y[other] as number) - (y[middle] as number);
      const a = ax * ax + ay * ay;
      const b = bx * bx + by * by;
      if (a > there || b > there) continue;
      if (timeMs - (this.nearMs[middle] as number) > AGAIN_MS) {
        this.againMs[middle] = timeMs;
        this.knownSeconds[middle] = this.sums[middle * TRIO_SUMS + TRIO.near] as number;
      }
      this.nearMs[middle] = timeMs;
      this.#add(middle, TRIO.near, 1);
      if (ax * bx + ay * by < ENCLOSED_COSINE * Math.sqrt(a * b)) this.#add(middle, TRIO.enclosed, 1);
      if (!walks) continue;
      this.#add(middle, TRIO.walked, 1);
      if (!beside || Math.min(left, right) !== one || Math.max(left, right) !== other) continue;
      this.lastMs[middle] = timeMs;
      const ux = (vx[middle] as number) / pace;
      const uy = (vy[middle] as number) / pace;
      const oneAhead = ax * ux + ay * uy;
      const otherAhead = bx * ux + by * uy;
      const aside = (Math.abs(ay * ux - ax * uy) + Math.abs(by * ux - bx * uy)) / 2;
      this.#add(middle, TRIO.between, 1);
      if (left === one) this.#add(middle, TRIO.oneLeft, 1);
      this.#add(middle, TRIO.width, Math.sqrt((ax - bx) * (ax - bx) + (ay - by) * (ay - by)));
      this.#add(middle, TRIO.oneAhead, oneAhead);
      this.#add(middle, TRIO.otherAhead, otherAhead);
      this.#add(middle, TRIO.oneAheadSquare, oneAhead * oneAhead);
      this.#add(middle, TRIO.otherAheadSquare, otherAhead * otherAhead);
      this.#add(middle, TRIO.aside, aside);
      this.#add(middle, TRIO.asideSquare, aside * aside);
    }
  }

  #add(middle: number, field: number, value: number): void {
    const at = middle * TRIO_SUMS + field;
    this.sums[at] = (this.sums[at] as number) + value;
  }

  /** These two are beside somebody now: kept, or made those who are kept track of once others were not for as long. */
  #take(middle: number, low: number, high: number, timeMs: number): void {
    const support = this.#support[middle] as number;
    if (this.one[middle] === low && this.other[middle] === high) this.#support[middle] = Math.min(20, support + 1);
    else if ((this.one[middle] as number) < 0 || support < 1) this.#begin(middle, low, high, timeMs);
    else this.#support[middle] = support - 1;
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
    this.nearMs[middle] = timeMs;
    this.againMs[middle] = timeMs;
    this.knownSeconds[middle] = 0;
    this.sums.fill(0, middle * TRIO_SUMS, (middle + 1) * TRIO_SUMS);
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
    this.nearMs = grown(this.nearMs, capacity);
    this.againMs = grown(this.againMs, capacity);
    this.knownSeconds = grown(this.knownSeconds, capacity);
    this.sums = grown(this.sums, capacity * TRIO_SUMS);
    this.#support = grown(this.#support, capacity);
    this.#leftSquare = grown(this.#leftSquare, capacity);
    this.#rightSquare = grown(this.#rightSquare, capacity);
    for (let slot = before; slot < capacity; slot++) this.forget(slot);
  }
}
