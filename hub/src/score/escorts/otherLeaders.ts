/** Behind whom else somebody seems to walk, and when: whoever is handed from one to the next has led legs before and after, a child two parents at once. */
import { grown } from '../scene/grown.ts';

/** Of each follower the likeliest two are kept: one of them is not the leader in question. */
const KEPT = 2;
const NOBODY = -1;

export class OtherLeaders {
  /** By follower's slot, two each: the number of the leader's stay, the nats of the leg, and from when until when they were near. */
  #leader = new Int32Array(0);
  #nats = new Float64Array(0);
  #sinceMs = new Float64Array(0);
  #untilMs = new Float64Array(0);
  /** What was told since the last `settle`: follower, leader, nats, since, until. */
  #told = new Float64Array(64 * 5);
  #count = 0;

  /** The answer of `beside`: nats of the likeliest other leg, and from when until when it was. */
  nats = 0;
  sinceMs = 0;
  untilMs = 0;

  reserve(capacity: number): void {
    const before = this.#leader.length / KEPT;
    if (capacity <= before) return;
    this.#leader = grown(this.#leader, capacity * KEPT);
    this.#nats = grown(this.#nats, capacity * KEPT);
    this.#sinceMs = grown(this.#sinceMs, capacity * KEPT);
    this.#untilMs = grown(this.#untilMs, capacity * KEPT);
    this.#leader.fill(NOBODY, before * KEPT);
  }

  /** A leg as it was weighed. It counts from the next `settle` on, so that it makes no difference who of a second is weighed first. */
  led(follower: number, leader: number, nats: number, sinceMs: number, untilMs: number): void {
    if (!Number.isFinite(nats)) return;
    if ((this.#count + 1) * 5 > this.#told.length) this.#told = grown(this.#told, this.#told.length * 2);
    const at = 5 * this.#count++;
    this.#told[at] = follower;
    this.#told[at + 1] = leader;
    this.#told[at + 2] = nats;
    this.#told[at + 3] = sinceMs;
    this.#told[at + 4] = untilMs;
  }

  /** Takes what was told. */
  settle(): void {
    for (let k = 0; k < this.#count; k++) {
      const at = 5 * k;
      if (this.#told[at] === NOBODY) continue;
      const first = (this.#told[at] as number) * KEPT;
      const leader = this.#told[at + 1] as number;
      const nats = this.#told[at + 2] as number;
      let place = first + (this.#leader[first] === leader ? 0 : this.#leader[first + 1] === leader ? 1 : KEPT);
      if (place === first + KEPT) {
        place = first + (this.#weightOf(first) <= this.#weightOf(first + 1) ? 0 : 1);
        if (nats <= this.#weightOf(place)) continue;
        this.#leader[place] = leader;
        this.#nats[place] = Number.NEGATIVE_INFINITY;
      }
      this.#nats[place] = Math.max(nats, this.#nats[place] as number);
      this.#sinceMs[place] = this.#told[at + 3] as number;
      this.#untilMs[place] = this.#told[at + 4] as number;
    }
    this.#count = 0;
  }

  #weightOf(place: number): number {
    return this.#leader[place] === NOBODY ? Number.NEGATIVE_INFINITY : (this.#nats[place] as number);
  }

  /** Finds the likeliest leg of a follower behind anybody but this leader. @returns false where there is none. */
  beside(follower: number, leader: number): boolean {
    const first = follower * KEPT;
    let found = NOBODY;
    for (let place = first; place < first + KEPT; place++) {
      if (this.#leader[place] === NOBODY || this.#leader[place] === leader) continue;
      if (found === NOBODY || (this.#nats[place] as number) > (this.#nats[found] as number)) found = place;
    }
    if (found === NOBODY) return false;
    this.nats = this.#nats[found] as number;
    this.sinceMs = this.#sinceMs[found] as number;
    this.untilMs = this.#untilMs[found] as number;
    return true;
  }

  /** Somebody has gone. */
  forget(follower: number): void {
    this.#leader.fill(NOBODY, follower * KEPT, (follower + 1) * KEPT);
    for (let k = 0; k < this.#count; k++) if (this.#told[5 * k] === follower) this.#told[5 * k] = NOBODY;
  }
}
