/**
 * Where everybody is and was a moment ago, in typed arrays. One word a second comes in; positions in between are
 * interpolated, so that people walk and do not jump. Drawing allocates nothing per person.
 */
import type { Presence } from '../../../src/api/schemas.ts';

/** Positions that a person's tail is made of. */
const DEPTH = 4;
/** A person of whom nothing was said for so long is not drawn any more. */
const FORGET_MS = 4_000;
/** A leap that no walker makes starts a new tail. */
const LEAP_METRES = 8;

export class PeopleField {
  #capacity = 256;
  #xs = new Float32Array(this.#capacity * DEPTH);
  #ys = new Float32Array(this.#capacity * DEPTH);
  #times = new Float64Array(this.#capacity * DEPTH);
  /** How many positions a slot has; 0 where it is free. */
  #counts = new Uint8Array(this.#capacity);
  #coasting = new Uint8Array(this.#capacity);
  readonly #slots = new Map<string, number>();
  readonly #free: number[] = [];
  #used = 0;
  #latestMs = Number.NEGATIVE_INFINITY;
  #arrivedAtMs = 0;
  #intervalMs = 1_000;

  /** Capture time of the newest position, milliseconds since the epoch; negative infinity before the first. */
  get latestMs(): number {
    return this.#latestMs;
  }

  get size(): number {
    return this.#slots.size;
  }

  /** @param arrivedAtMs when the word came, on the clock that {@link displayTime} is asked with. */
  update(presence: Presence, arrivedAtMs: number): void {
    if (presence.timeMs < this.#latestMs) {
      // Time went back: a recording started again. What was before belongs to another story.
      this.#clear();
    } else if (presence.timeMs > this.#latestMs && Number.isFinite(this.#latestMs)) {
      this.#intervalMs = Math.min(2_000, Math.max(200, presence.timeMs - this.#latestMs));
    }
    this.#latestMs = presence.timeMs;
    this.#arrivedAtMs = arrivedAtMs;
    for (const [pseudonym, x, y, state] of presence.people) {
      if (state === 'ended') continue;
      const slot = this.#slots.get(pseudonym) ?? this.#take(pseudonym);
      this.#push(slot, x, y, presence.timeMs);
      this.#coasting[slot] = state === 'coasting' ? 1 : 0;
    }
    for (const [pseudonym, slot] of this.#slots) {
      if (presence.timeMs - (this.#times[slot * DEPTH] ?? 0) > FORGET_MS) {
        this.#slots.delete(pseudonym);
        this.#counts[slot] = 0;
        this.#free.push(slot);
      }
    }
  }

  /** The moment that is shown: one interval behind the newest, running on at the pace of the clock. */
  displayTime(nowMs: number): number {
    return this.#latestMs - this.#intervalMs + Math.min(this.#intervalMs, Math.max(0, nowMs - this.#arrivedAtMs));
  }

  /** Whether anybody still moves between two words. */
  isMoving(nowMs: number): boolean {
    return this.#slots.size > 0 && nowMs - this.#arrivedAtMs < this.#intervalMs;
  }

  /** Where a person was, into `out` as x and y. @returns false where nothing is known. */
  positionOf(pseudonym: string, timeMs: number, out: Float64Array): boolean {
    const slot = this.#slots.get(pseudonym);
    if (slot === undefined) return false;
    this.#at(slot, timeMs, out);
    return true;
  }

  /** Adds everybody's tail at a moment to the path, through a placing function for each axis. */
  traceTails(path: CanvasPath, timeMs: number, placeX: (x: number) => number, placeY: (y: number) => number): void {
    for (let slot = 0; slot < this.#used; slot++) {
      const count = this.#counts[slot] ?? 0;
      if (count < 2) continue;
      this.#at(slot, timeMs, this.#scratch);
      path.moveTo(placeX(this.#scratch[0] ?? 0), placeY(this.#scratch[1] ?? 0));
      for (let i = 0; i < count; i++) {
        const k = slot * DEPTH + i;
        if ((this.#times[k] ?? 0) >= timeMs) continue;
        path.lineTo(placeX(this.#xs[k] ?? 0), placeY(this.#ys[k] ?? 0));
      }
    }
  }

  /** Adds everybody's dot at a moment to the path: those with a detection, or those without. */
  traceDots(
    path: CanvasPath,
    timeMs: number,
    placeX: (x: number) => number,
    placeY: (y: number) => number,
    radius: number,
    coasting: boolean,
  ): void {
    const wanted = coasting ? 1 : 0;
    for (let slot = 0; slot < this.#used; slot++) {
      if (this.#counts[slot] === 0 || this.#coasting[slot] !== wanted) continue;
      this.#at(slot, timeMs, this.#scratch);
      const x = placeX(this.#scratch[0] ?? 0);
      const y = placeY(this.#scratch[1] ?? 0);
      path.moveTo(x + radius, y);
      path.arc(x, y, radius, 0, 2 * Math.PI);
    }
  }

  readonly #scratch = new Float64Array(2);

  /** Positions lie newest first. */
  #push(slot: number, x: number, y: number, timeMs: number): void {
    const base = slot * DEPTH;
    const count = this.#counts[slot] ?? 0;
    if (count > 0) {
      if (this.#times[base] === timeMs) {
        this.#xs[base] = x;
        this.#ys[base] = y;
        return;
      }
      if (Math.hypot(x - (this.#xs[base] ?? 0), y - (this.#ys[base] ?? 0)) > LEAP_METRES) this.#counts[slot] = 0;
    }
    for (let i = DEPTH - 1; i > 0; i--) {
      this.#xs[base + i] = this.#xs[base + i - 1] ?? 0;
      this.#ys[base + i] = this.#ys[base + i - 1] ?? 0;
      this.#times[base + i] = this.#times[base + i - 1] ?? 0;
    }
    this.#xs[base] = x;
    this.#ys[base] = y;
    this.#times[base] = timeMs;
    this.#counts[slot] = Math.min(DEPTH, (this.#counts[slot] ?? 0) + 1);
  }

  #at(slot: number, timeMs: number, out: Float64Array): void {
    const base = slot * DEPTH;
    const count = this.#counts[slot] ?? 0;
    let newer = base;
    for (let i = 0; i < count; i++) {
      const k = base + i;
      const time = this.#times[k] ?? 0;
      if (time <= timeMs) {
        const span = (this.#times[newer] ?? 0) - time;
        const share = span > 0 ? (timeMs - time) / span : 0;
        out[0] = (this.#xs[k] ?? 0) + share * ((this.#xs[newer] ?? 0) - (this.#xs[k] ?? 0));
        out[1] = (this.#ys[k] ?? 0) + share * ((this.#ys[newer] ?? 0) - (this.#ys[k] ?? 0));
        return;
      }
      newer = k;
    }
    out[0] = this.#xs[newer] ?? 0;
    out[1] = this.#ys[newer] ?? 0;
  }

  #take(pseudonym: string): number {
    let slot = this.#free.pop();
    if (slot === undefined) {
      slot = this.#used++;
      if (this.#used > this.#capacity) this.#grow();
    }
    this.#counts[slot] = 0;
    this.#slots.set(pseudonym, slot);
    return slot;
  }

  #grow(): void {
    this.#capacity *= 2;
    const copy = <T extends Float32Array | Float64Array | Uint8Array>(larger: T, old: T): T => {
      larger.set(old);
      return larger;
    };
    this.#xs = copy(new Float32Array(this.#capacity * DEPTH), this.#xs);
    this.#ys = copy(new Float32Array(this.#capacity * DEPTH), this.#ys);
    this.#times = copy(new Float64Array(this.#capacity * DEPTH), this.#times);
    this.#counts = copy(new Uint8Array(this.#capacity), this.#counts);
    this.#coasting = copy(new Uint8Array(this.#capacity), this.#coasting);
  }

  #clear(): void {
    this.#slots.clear();
    this.#free.length = 0;
    this.#counts.fill(0);
    this.#used = 0;
  }
}
