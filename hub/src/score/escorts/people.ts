/** Whose slot is whose, for as long as somebody is on the floor: names, and numbers that are never used again. */
import type { Tick } from '../scene/scene.ts';

export interface Stay {
  readonly number: number;
  readonly person: string;
  readonly slot: number;
  /** When this stay began, ms. */
  readonly cameMs: number;
  /** When this person was first seen, ms: earlier where somebody goes on from another. */
  firstMs: number;
}

/** How long two have been in sight, seconds: when they began to be near, and the follower until now. */
export interface InSight {
  readonly leaderBefore: number;
  readonly followerBefore: number;
  readonly follower: number;
}

export class People {
  readonly #bySlot: (Stay | undefined)[] = [];
  #next = 0;

  /** Who came in this tick gets a number, and is told. */
  come(tick: Tick, came: (stay: Stay) => void): void {
    for (let i = 0; i < tick.count; i++) {
      const slot = tick.active[i] as number;
      if (this.#bySlot[slot]) continue;
      const cameMs = tick.slots.firstMs[slot] as number;
      const stay = { number: this.#next++, person: tick.person(slot), slot, cameMs, firstMs: cameMs };
      this.#bySlot[slot] = stay;
      came(stay);
    }
  }

  go(slot: number): void {
    this.#bySlot[slot] = undefined;
  }

  /** Who has this slot; undefined where nobody has. */
  at(slot: number): Stay | undefined {
    return this.#bySlot[slot];
  }

  /** How long two had been in sight when they began to be near, and the follower until now; null where one of them has gone. */
  inSight(leader: number, follower: number, sinceMs: number, timeMs: number): InSight | null {
    const [first, second] = [this.#bySlot[leader], this.#bySlot[follower]];
    if (!first || !second) return null;
    return {
      leaderBefore: (sinceMs - first.firstMs) / 1000,
      followerBefore: (sinceMs - second.firstMs) / 1000,
      follower: (timeMs - second.firstMs) / 1000,
    };
  }

  /** Whether somebody is still there. */
  present(stay: Stay): boolean {
    return this.#bySlot[stay.slot] === stay;
  }
}
