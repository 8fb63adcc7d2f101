/** One entry for each stay of a person on the floor: from coming into sight to going. An id that comes back begins a new one. */
import type { Tick } from '../scene/scene.ts';

/** One stay goes on from another: the fusion's word, never a merge. */
export interface Join {
  readonly life: Life;
  /** When the earlier was last seen, and the later first. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly probability: number;
}

/** A pseudonym, and from when to when it stood for somebody. */
export interface Named {
  readonly person: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Positions remembered from decision to decision. */
const TRAIL = 6;
/** Slower than the one somebody comes to a stand, faster than the other they walk on. Metres per second. */
const STANDS_SPEED = 0.3;
const WALKS_SPEED = 0.5;

export class Life {
  readonly number: number;
  readonly person: string;
  readonly slot: number;
  readonly firstMs: number;
  lastMs: number;
  gone = false;
  /** Where first and last seen, metres. */
  readonly firstX: number;
  readonly firstY: number;
  x: number;
  y: number;
  /** Whom this one goes on from, and who goes on from this one. */
  earlier: Join | null = null;
  heir: Life | null = null;
  /** Seconds seen, those of them that no detection supports, and 1-sigma in metres summed over them. */
  seconds = 0;
  coastedSeconds = 0;
  sigmaSeconds = 0;
  /** Since when standing, ms; NaN while walking. And where it was so long before it came to a stand, metres. */
  standingMs = Number.NaN;
  cameX: number;
  cameY: number;
  /** Whether in a queue or a control, as looked up last, ms. */
  lineMs = Number.NaN;
  inLine = false;
  /** Encounters that are under way. */
  encounters = 0;
  /** The last positions from decision to decision, as a ring: x, y, x, y. */
  readonly #trail = new Float64Array(2 * TRAIL).fill(Number.NaN);
  #looks = 0;
  /** Probability that nobody told so far was this one's successor. */
  #left = 1;

  constructor(number: number, person: string, slot: number, timeMs: number, x: number, y: number) {
    this.number = number;
    this.person = person;
    this.slot = slot;
    this.firstMs = timeMs;
    this.lastMs = timeMs;
    this.firstX = this.x = this.cameX = x;
    this.firstY = this.y = this.cameY = y;
  }

  get name(): string {
    return this.person;
  }

  get seenMs(): number {
    return this.lastMs;
  }

  /** Takes note of where it is and whether it stands, once a decision. */
  look(timeMs: number, speed: number): void {
    const at = 2 * (this.#looks++ % TRAIL);
    const standing = speed < (Number.isNaN(this.standingMs) ? STANDS_SPEED : WALKS_SPEED);
    if (!standing) this.standingMs = Number.NaN;
    else if (Number.isNaN(this.standingMs)) {
      // The oldest is about to be overwritten; who has just come into sight came from where it was first seen.
      const oldX = this.#trail[at] as number;
      this.cameX = Number.isNaN(oldX) ? this.firstX : oldX;
      this.cameY = Number.isNaN(oldX) ? this.firstY : (this.#trail[at + 1] as number);
      this.standingMs = timeMs;
    }
    this.#trail[at] = this.x;
    this.#trail[at + 1] = this.y;
  }

  giveAway(probability: number): number {
    const given = Math.min(probability, this.#left);
    this.#left -= given;
    return given;
  }

  /** Who this one is by now. */
  get present(): Life {
    let life: Life = this;
    while (life.heir) life = life.heir;
    return life;
  }

  /** The joins since a time, the newest first. */
  joinsSince(timeMs: number): Join[] {
    const joins: Join[] = [];
    for (let join = this.earlier; join && join.toMs > timeMs; join = join.life.earlier) joins.push(join);
    return joins;
  }

  /** The pseudonyms between two times, the oldest first; at least the newest. */
  namesBetween(fromMs: number, toMs: number): Named[] {
    const names: Named[] = [];
    let untilMs = toMs;
    for (let life: Life | null = this; life; life = life.earlier?.life ?? null) {
      const sinceMs = Math.max(fromMs, life.firstMs);
      if (names.length > 0 && life.lastMs < fromMs) break;
      names.unshift({ person: life.person, fromMs: Math.min(sinceMs, untilMs), toMs: untilMs });
      untilMs = life.earlier ? Math.min(untilMs, life.earlier.fromMs) : untilMs;
    }
    return names;
  }
}

/** Whose slot is whose, from tick to tick. */
export class Lives {
  readonly #bySlot: (Life | undefined)[] = [];
  #next = 0;

  /** Goes on by one tick. @returns who has gone, in the order of the tick. */
  tick(tick: Tick): Life[] {
    const { timeMs, seconds, slots } = tick;
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
      const x = slots.x[slot] as number;
      const y = slots.y[slot] as number;
      let life = this.#bySlot[slot];
      if (!life) {
        life = new Life(this.#next++, tick.person(slot), slot, timeMs, x, y);
        this.#bySlot[slot] = life;
      }
      life.lastMs = timeMs;
      life.x = x;
      life.y = y;
      life.seconds += seconds;
      if ((slots.quality[slot] as number) < 0.5) life.coastedSeconds += seconds;
      life.sigmaSeconds += seconds * (slots.sigma[slot] as number);
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
