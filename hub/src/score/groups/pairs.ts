/** Who has been near whom, and how they moved then: one record for each pair of people, in typed arrays. */
import { Grid } from '../scene/grid.ts';
import { grown } from '../scene/grown.ts';
import type { Tick } from '../scene/scene.ts';
import { STAT, STATS } from './evidence.ts';

export interface PairOptions {
  /** A record begins within this distance and relative speed, metres and m/s. */
  readonly beginMetres: number;
  readonly beginSpeed: number;
  /** Beyond this distance a pair of strangers is forgotten, metres; further apart counts as so far apart. */
  readonly apartMetres: number;
  /** Seconds of walking after which what was seen counts for 1/e; standing, which tells less, is forgotten more slowly. */
  readonly forgetSeconds: number;
  readonly standingForget: number;
  /** Slower than this somebody stands, m/s; by the mean velocity over so many seconds: who sways, or is seen with noise, gets nowhere. */
  readonly standingSpeed: number;
  readonly standingSeconds: number;
  /** Strangers are counted within so many metres, and the count is smoothed over so many seconds. */
  readonly aroundMetres: number;
  readonly aroundSeconds: number;
  /** Relative speed below which a stranger walks the same way, m/s. */
  readonly alignedSpeed: number;
  /** Before anybody has been seen: strangers to a square metre, and the share of them who walk the same way. */
  readonly strangersPerSquareMetre: number;
  readonly alignedShare: number;
  /** Usual difference of the speeds of two who walk the same way, m/s on each axis, and how many strangers that is worth. */
  readonly usualSpeed: number;
  readonly usualWeight: number;
  /** Companions who are not counted as strangers, at most. */
  readonly companions: number;
}

export const PAIR_DEFAULTS: PairOptions = {
  beginMetres: 3,
  beginSpeed: 1.2,
  apartMetres: 8,
  forgetSeconds: 20,
  standingForget: 0.25,
  standingSpeed: 0.3,
  standingSeconds: 2,
  aroundMetres: 5,
  aroundSeconds: 3,
  alignedSpeed: 0.8,
  strangersPerSquareMetre: 0.03,
  alignedShare: 0.5,
  usualSpeed: 0.25,
  usualWeight: 0.7,
  companions: 3,
};

/** Records of a person's pairs at most: in a crowd the least convincing one makes room. */
export const PARTNERS = 16;

/** Told for each pair at each tick: what this tick adds, laid out as `STAT`. The array is reused. */
export type IncrementListener = (a: number, b: number, increment: Float64Array) => void;

export class PairTable {
  readonly #options: PairOptions;
  readonly #grid: Grid;
  #capacity = 0;
  /**
   * The higher slot of each record, -1 where there is none. The first records of all slots lie one after the other, then all
   * second ones, and so on: the record `k` of a slot is at `slot + k * stride`. Most have few, so that little memory is touched.
   */
  partner = new Int32Array(0);
  stats = new Float64Array(0);
  /** Natural log odds of each record as of the last decision. */
  logOdds = new Float64Array(0);
  /** One past the last entry of a row that may be in use. */
  #used = new Int32Array(0);
  /** Strangers around, and those of them who walk the same way: smoothed counts by slot. */
  #strangers = new Float64Array(0);
  #aligned = new Float64Array(0);
  #nowStrangers = new Float64Array(0);
  #nowAligned = new Float64Array(0);
  /** Squared relative speeds of those, along the common way and across it: smoothed sums by slot, and those of now. */
  #along = new Float64Array(0);
  #across = new Float64Array(0);
  #nowAlong = new Float64Array(0);
  #nowAcross = new Float64Array(0);
  #nowCompanions = new Float64Array(0);
  /** Smoothed velocities by slot, and whether that is walking. */
  #meanVx = new Float64Array(0);
  #meanVy = new Float64Array(0);
  #walks = new Uint8Array(0);
  #fresh = new Uint8Array(0);
  /** The tick at which a slot was last active. */
  #seenMs = new Float64Array(0);
  readonly #gone = new Set<number>();
  readonly #increment = new Float64Array(STATS);

  constructor(options: PairOptions) {
    this.#options = options;
    this.#grid = new Grid(options.aroundMetres);
  }

  /** From one record of a slot to its next. */
  get stride(): number {
    return this.#capacity;
  }

  /** How many records of a slot may be in use. */
  recordsOf(slot: number): number {
    return this.#used[slot] ?? 0;
  }

  /** Where the record of two slots is; -1 where there is none. */
  find(a: number, b: number): number {
    const low = a < b ? a : b;
    const high = a < b ? b : a;
    const used = this.#used[low] ?? 0;
    for (let k = 0, at = low; k < used; k++, at += this.#capacity) if (this.partner[at] === high) return at;
    return -1;
  }

  /** Strangers to a square metre around a slot, with a pinch of what is usual, for want of certainty. */
  density(slot: number, less: number): number {
    const { aroundMetres, strangersPerSquareMetre } = this.#options;
    const strangers = Math.max(0, (this.#strangers[slot] as number) - less);
    return (strangers + 1) / (Math.PI * aroundMetres * aroundMetres + 1 / strangersPerSquareMetre);
  }

  /** Share of the strangers around a slot who walk the same way, likewise. */
  alignedShare(slot: number): number {
    return ((this.#aligned[slot] as number) + 2 * this.#options.alignedShare) / ((this.#strangers[slot] as number) + 2);
  }

  /** Natural logarithm of the variance of strangers' relative speeds who walk the same way, along it and across it, likewise. */
  logAlong(slot: number): number {
    return this.#logVariance(this.#along[slot] as number, slot);
  }

  logAcross(slot: number): number {
    return this.#logVariance(this.#across[slot] as number, slot);
  }

  #logVariance(sum: number, slot: number): number {
    const { usualSpeed, usualWeight } = this.#options;
    return Math.log((sum + usualWeight * usualSpeed * usualSpeed) / ((this.#aligned[slot] as number) + usualWeight));
  }

  /** Goes on by one tick. */
  tick(tick: Tick, onIncrement: IncrementListener | null): void {
    this.#reserve(tick.slots.capacity);
    for (const slot of tick.ended) this.#forget(slot);
    if (this.#gone.size > 0) {
      for (let at = 0; at < this.partner.length; at++) {
        const high = this.partner[at] as number;
        if (high >= 0 && this.#gone.has(high)) this.partner[at] = -1;
      }
      this.#gone.clear();
    }
    this.#walk(tick);
    this.#around(tick);
    this.#update(tick, onIncrement);
  }

  #walk({ active, count, slots, seconds }: Tick): void {
    const { standingSpeed, standingSeconds } = this.#options;
    const share = 1 - Math.exp(-seconds / standingSeconds);
    for (let i = 0; i < count; i++) {
      const slot = active[i] as number;
      const s = this.#fresh[slot] === 1 ? 1 : share;
      const vx = (this.#meanVx[slot] as number) * (1 - s) + s * (slots.vx[slot] as number);
      const vy = (this.#meanVy[slot] as number) * (1 - s) + s * (slots.vy[slot] as number);
      this.#meanVx[slot] = vx;
      this.#meanVy[slot] = vy;
      this.#walks[slot] = vx * vx + vy * vy > standingSpeed * standingSpeed ? 1 : 0;
    }
  }

  #around(tick: Tick): void {
    const { active, count, slots, seconds } = tick;
    const { beginMetres, beginSpeed, alignedSpeed, standingSpeed, aroundSeconds, companions } = this.#options;
    const { x, y, vx, vy, speed } = slots;
    const now = this.#nowStrangers;
    const nowAligned = this.#nowAligned;
    for (let i = 0; i < count; i++) {
      const slot = active[i] as number;
      now[slot] = 0;
      nowAligned[slot] = 0;
      this.#nowAlong[slot] = 0;
      this.#nowAcross[slot] = 0;
      this.#nowCompanions[slot] = 0;
      this.#seenMs[slot] = tick.timeMs;
    }
    this.#grid.build(active, count, x, y);
    this.#grid.pairs((i, j, square) => {
      const a = active[i] as number;
      const b = active[j] as number;
      const ux = (vx[a] as number) - (vx[b] as number);
      const uy = (vy[a] as number) - (vy[b] as number);
      const relative = ux * ux + uy * uy;
      let at = this.find(a, b);
      if (at < 0 && square <= beginMetres * beginMetres && relative <= beginSpeed * beginSpeed) {
        at = this.#begin(Math.min(a, b), Math.max(a, b));
      }
      // A few companions are taken out of the count; who seems to have more is in a crowd.
      const companion = at >= 0 && (this.logOdds[at] as number) > 0;
      if (!companion || this.#nowCompanions[a] === companions) now[a] = (now[a] as number) + 1;
      else this.#nowCompanions[a] = (this.#nowCompanions[a] as number) + 1;
      if (!companion || this.#nowCompanions[b] === companions) now[b] = (now[b] as number) + 1;
      else this.#nowCompanions[b] = (this.#nowCompanions[b] as number) + 1;
      if (companion) return;
      if (relative < alignedSpeed * alignedSpeed && Math.max(speed[a] as number, speed[b] as number) > standingSpeed) {
        nowAligned[a] = (nowAligned[a] as number) + 1;
        nowAligned[b] = (nowAligned[b] as number) + 1;
        const wx = (vx[a] as number) + (vx[b] as number);
        const wy = (vy[a] as number) + (vy[b] as number);
        const way = wx * wx + wy * wy;
        const along = way > 0 ? (ux * wx + uy * wy) ** 2 / way : relative / 2;
        const across = Math.max(0, relative - along);
        this.#nowAlong[a] = (this.#nowAlong[a] as number) + along;
        this.#nowAlong[b] = (this.#nowAlong[b] as number) + along;
        this.#nowAcross[a] = (this.#nowAcross[a] as number) + across;
        this.#nowAcross[b] = (this.#nowAcross[b] as number) + across;
      }
    });
    const share = 1 - Math.exp(-seconds / aroundSeconds);
    for (let i = 0; i < count; i++) {
      const slot = active[i] as number;
      const s = this.#fresh[slot] === 1 ? 1 : share;
      this.#fresh[slot] = 0;
      this.#strangers[slot] =
        (this.#strangers[slot] as number) + s * ((now[slot] as number) - (this.#strangers[slot] as number));
      this.#aligned[slot] =
        (this.#aligned[slot] as number) + s * ((nowAligned[slot] as number) - (this.#aligned[slot] as number));
      this.#along[slot] =
        (this.#along[slot] as number) + s * ((this.#nowAlong[slot] as number) - (this.#along[slot] as number));
      this.#across[slot] =
        (this.#across[slot] as number) + s * ((this.#nowAcross[slot] as number) - (this.#across[slot] as number));
    }
  }

  #update(tick: Tick, onIncrement: IncrementListener | null): void {
    const { active, count, slots, seconds } = tick;
    const { apartMetres, forgetSeconds, standingForget, aroundMetres } = this.#options;
    const { x, y, vx, vy, quality } = slots;
    const { stats, partner } = this;
    const add = this.#increment;
    const moved = Math.exp(-seconds / forgetSeconds);
    const stood = Math.exp((-seconds * standingForget) / forgetSeconds);
    for (let i = 0; i < count; i++) {
      const a = active[i] as number;
      const used = this.#used[a] as number;
      for (let k = 0, at = a; k < used; k++, at += this.#capacity) {
        const b = partner[at] as number;
        if (b < 0 || this.#seenMs[b] !== tick.timeMs) continue;
        const dx = (x[b] as number) - (x[a] as number);
        const dy = (y[b] as number) - (y[a] as number);
        const metres = Math.sqrt(dx * dx + dy * dy);
        if (metres > apartMetres && (this.logOdds[at] as number) < 0) {
          partner[at] = -1;
          continue;
        }
        const weight = seconds * Math.min(quality[a] as number, quality[b] as number);
        const walks = this.#walks[a] === 1 || this.#walks[b] === 1;
        const less = metres <= aroundMetres && (this.logOdds[at] as number) <= 0 ? 1 : 0;
        const ux = (vx[b] as number) - (vx[a] as number);
        const uy = (vy[b] as number) - (vy[a] as number);
        add.fill(0);
        add[STAT.seconds] = weight;
        add[STAT.distance] = weight * Math.min(metres, apartMetres);
        add[STAT.logDensity] = (weight / 2) * Math.log(this.density(a, less) * this.density(b, less));
        if (walks) {
          const wx = (vx[a] as number) + (vx[b] as number);
          const wy = (vy[a] as number) + (vy[b] as number);
          const way = Math.sqrt(wx * wx + wy * wy);
          const ahead = way > 0 ? Math.abs(dx * wx + dy * wy) / way : 0;
          const beside = Math.sqrt(Math.max(0, metres * metres - ahead * ahead));
          add[STAT.moving] = weight;
          // In the frame of the common way, which turns with it.
          add[STAT.along] = way > 0 ? (weight * (ux * wx + uy * wy)) / way : weight * ux;
          add[STAT.across] = way > 0 ? (weight * (uy * wx - ux * wy)) / way : weight * uy;
          add[STAT.logAlong] = (weight / 2) * (this.logAlong(a) + this.logAlong(b));
          add[STAT.logAcross] = (weight / 2) * (this.logAcross(a) + this.logAcross(b));
          add[STAT.aligned] = (weight / 2) * (this.alignedShare(a) + this.alignedShare(b));
          add[STAT.inFile] = weight * Math.max(0, Math.min(ahead, 4) - beside);
        }
        const keep = walks ? moved : stood;
        const row = at * STATS;
        for (let s = 0; s < STATS; s++) stats[row + s] = (stats[row + s] as number) * keep + (add[s] as number);
        onIncrement?.(a, b, add);
      }
    }
  }

  /** An empty record, in the place of the least convincing one where the row is full; -1 where every other one is better. */
  #begin(low: number, high: number): number {
    const used = this.#used[low] as number;
    let at = -1;
    for (let k = 0, record = low; k < used && at < 0; k++, record += this.#capacity) {
      if ((this.partner[record] as number) < 0) at = record;
    }
    if (at < 0 && used < PARTNERS) {
      at = low + used * this.#capacity;
      this.#used[low] = used + 1;
    }
    if (at < 0) {
      let least = 0;
      for (let k = 0, record = low; k < used; k++, record += this.#capacity) {
        if ((this.logOdds[record] as number) >= least) continue;
        least = this.logOdds[record] as number;
        at = record;
      }
      if (at < 0) return -1;
    }
    this.partner[at] = high;
    this.stats.fill(0, at * STATS, (at + 1) * STATS);
    this.logOdds[at] = 0;
    return at;
  }

  #forget(slot: number): void {
    for (let k = 0; k < PARTNERS; k++) this.partner[slot + k * this.#capacity] = -1;
    this.#used[slot] = 0;
    this.#strangers[slot] = 0;
    this.#aligned[slot] = 0;
    this.#along[slot] = 0;
    this.#across[slot] = 0;
    this.#fresh[slot] = 1;
    this.#seenMs[slot] = Number.NEGATIVE_INFINITY;
    this.#gone.add(slot);
  }

  #reserve(capacity: number): void {
    if (capacity <= this.#capacity) return;
    const before = this.#capacity;
    const records = (old: Float64Array, each: number): Float64Array<ArrayBuffer> => {
      const fresh = new Float64Array(capacity * PARTNERS * each);
      for (let k = 0; k < PARTNERS; k++) {
        fresh.set(old.subarray(k * before * each, (k + 1) * before * each), k * capacity * each);
      }
      return fresh;
    };
    const partner = new Int32Array(capacity * PARTNERS).fill(-1);
    for (let k = 0; k < PARTNERS; k++) partner.set(this.partner.subarray(k * before, (k + 1) * before), k * capacity);
    this.partner = partner;
    this.stats = records(this.stats, STATS);
    this.logOdds = records(this.logOdds, 1);
    this.#used = grown(this.#used, capacity);
    this.#strangers = grown(this.#strangers, capacity);
    this.#aligned = grown(this.#aligned, capacity);
    this.#nowStrangers = grown(this.#nowStrangers, capacity);
    this.#nowAligned = grown(this.#nowAligned, capacity);
    this.#along = grown(this.#along, capacity);
    this.#across = grown(this.#across, capacity);
    this.#nowAlong = grown(this.#nowAlong, capacity);
    this.#nowAcross = grown(this.#nowAcross, capacity);
    this.#nowCompanions = grown(this.#nowCompanions, capacity);
    this.#seenMs = grown(this.#seenMs, capacity, Number.NEGATIVE_INFINITY);
    this.#meanVx = grown(this.#meanVx, capacity);
    this.#meanVy = grown(this.#meanVy, capacity);
    this.#walks = grown(this.#walks, capacity);
    this.#fresh = grown(this.#fresh, capacity, 1);
    this.#capacity = capacity;
  }
}
