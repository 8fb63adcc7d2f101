/** Who was near whom for how long before they parted: for as long as both are there. */
import type { Stay } from './people.ts';

/** Who was near another for less is not remembered, seconds. */
const LEAST_SECONDS = 5;
/** Remembered of each. */
const MOST = 64;

export class Acquaintances {
  /** By number of a stay, seconds by the number of the other. */
  readonly #secondsOf = new Map<number, Map<number, number>>();

  parted(one: Stay, other: Stay, nearSeconds: number): void {
    if (nearSeconds < LEAST_SECONDS) return;
    this.#add(one.number, other.number, nearSeconds);
    this.#add(other.number, one.number, nearSeconds);
  }

  #add(one: number, other: number, seconds: number): void {
    let known = this.#secondsOf.get(one);
    if (!known) {
      known = new Map();
      this.#secondsOf.set(one, known);
    }
    known.set(other, (known.get(other) ?? 0) + seconds);
    if (known.size <= MOST) return;
    const [oldest] = known.keys();
    if (oldest !== undefined) known.delete(oldest);
  }

  /** For how long two had been near each other before they last parted, seconds. */
  seconds(one: Stay, other: Stay): number {
    return this.#secondsOf.get(one.number)?.get(other.number) ?? 0;
  }

  leave({ number }: Stay): void {
    this.#secondsOf.delete(number);
  }
}
