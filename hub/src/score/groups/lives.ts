/** One entry for each stay of a person on the floor: from coming into sight to going. An id that comes back begins a new one. */
import type { Tick } from '../scene/scene.ts';

export interface Passage {
  readonly zone: string;
  readonly enteredMs: number;
  readonly leftMs: number;
}

export interface Life {
  readonly number: number;
  readonly person: string;
  readonly firstMs: number;
  lastMs: number;
  gone: boolean;
}

/** Whose slot is whose, from tick to tick. */
export class Lives {
  readonly #bySlot: (Life | undefined)[] = [];
  #next = 0;

  /** Goes on by one tick. @returns who has gone, in the order of the tick. */
  tick(tick: Tick): Life[] {
    const gone: Life[] = [];
    for (const slot of tick.ended) {
      const life = this.#bySlot[slot];
      if (!life) continue;
      life.gone = true;
      gone.push(life);
      this.#bySlot[slot] = undefined;
    }
    for (let i = 0; i < tick.count; i++) {
      const slot = tick.active[i] as number;
      const life = this.#bySlot[slot];
      if (life) life.lastMs = tick.timeMs;
      else {
        const timeMs = tick.timeMs;
        const person = tick.person(slot);
        this.#bySlot[slot] = { number: this.#next++, person, firstMs: timeMs, lastMs: timeMs, gone: false };
      }
    }
    return gone;
  }

  of(slot: number): Life | undefined {
    return this.#bySlot[slot];
  }

  /** One past the last slot that was ever used. */
  get slots(): number {
    return this.#bySlot.length;
  }
}

/** One number for an unordered pair of lives: exact while there are fewer than 2^26 of them. */
export function pairKey(a: number, b: number): number {
  return a < b ? a * 2 ** 26 + b : b * 2 ** 26 + a;
}
