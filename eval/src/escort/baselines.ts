/**
 * Two rules from the literature for who follows whom, beside which escorts are measured, over windows of 60 samples that are shifted by
 * a tenth.
 *
 * FLOCK (Andersson, Gudmundsson, Laube, Wolle: "Reporting leaders and followers among trajectories of moving point objects",
 * GeoInformatica 12, 2008): A follows B at a moment where their headings differ by less than an angle, B is in front of A, and they are nearer
 * than a distance. The score is the greatest share of a window in which A followed B.
 *
 * Lagged correlation, after mFLICA (Amornbunchornvej and Berger-Wolf, SDM 2018), which asks whether one series repeats another later: here
 * velocities, over lags of up to 3 s. A follows B in a window where the correlation is at least 0.5 and greatest at a lag above 0.
 * The score is the greatest sum of such windows in a row, seconds. Only pairs within 5 m are asked, as every pair would follow some other.
 */
import { Grid } from '@safe-passage/hub/score/scene/grid.ts';
import type { Tick } from '@safe-passage/hub/score/scene/scene.ts';

export interface FollowRule {
  readonly headingRadians: number;
  readonly frontRadians: number;
  readonly metres: number;
}

const FLOCK_RULE: FollowRule = { headingRadians: Math.PI / 4, frontRadians: Math.PI / 4, metres: 3 };

const WINDOW = 60;
const SHIFT = 6;
/** Samples of the windows are so far apart, ms. */
const SAMPLE_MS = 400;
const LAG_SECONDS = 3;
const LEAST_CORRELATION = 0.5;
const ASKED_METRES = 5;
const LEAST_SPEED = 0.3;

/** Somebody's last velocities, in samples; a new one where the person was out of sight. */
interface Walk {
  readonly vx: Float64Array;
  readonly vy: Float64Array;
  count: number;
  last: number;
  readonly person: string;
  readonly number: number;
}

interface Pair {
  readonly lowPerson: string;
  readonly highPerson: string;
  /** Of the last samples: bit 1 where the low one followed the high one, bit 2 the reverse. */
  readonly bits: Uint8Array;
  low: number;
  high: number;
  last: number;
  /** Seconds of correlated windows in a row, by direction, and the sample of the last of them. */
  lowRun: number;
  highRun: number;
  asked: number;
  /** Greatest so far: counts of a window, and seconds, by direction. */
  lowFlock: number;
  highFlock: number;
  lowCorrelated: number;
  highCorrelated: number;
}

/** Numbers of people below it make a key of two. */
const MOST_PEOPLE = 2 ** 24;
const RING = WINDOW + 2 * Math.ceil((1000 * LAG_SECONDS) / SAMPLE_MS);

/** Ordered pairs, follower and leader, with the greatest score of each. */
export class FollowingRules {
  readonly #rule: FollowRule;
  readonly #grid = new Grid(ASKED_METRES);
  readonly #walks: (Walk | undefined)[] = [];
  readonly #pairs = new Map<number, Pair>();
  readonly #lags = Math.floor((1000 * LAG_SECONDS) / SAMPLE_MS);
  readonly #numbers = new Map<string, number>();
  #sample = 0;
  #sampledMs = Number.NEGATIVE_INFINITY;

  constructor(rule: FollowRule = FLOCK_RULE) {
    this.#rule = rule;
  }

  /** By `follower leader`: share of a window, 0 to 1. Pairs of which neither ever followed are left out. */
  get flock(): Map<string, number> {
    return this.#scores(({ lowFlock, highFlock }) => [lowFlock / WINDOW, highFlock / WINDOW]);
  }

  /** By `follower leader`: seconds. */
  get correlated(): Map<string, number> {
    return this.#scores(({ lowCorrelated, highCorrelated }) => [lowCorrelated, highCorrelated]);
  }

  #scores(of: (pair: Pair) => readonly [number, number]): Map<string, number> {
    const scores = new Map<string, number>();
    for (const pair of this.#pairs.values()) {
      const [low, high] = of(pair);
      const one = `${pair.lowPerson} ${pair.highPerson}`;
      const other = `${pair.highPerson} ${pair.lowPerson}`;
      if (low > (scores.get(one) ?? 0)) scores.set(one, low);
      if (high > (scores.get(other) ?? 0)) scores.set(other, high);
    }
    return scores;
  }

  readonly tick = (tick: Tick): void => {
    for (const slot of tick.ended) this.#walks[slot] = undefined;
    if (tick.timeMs - this.#sampledMs < SAMPLE_MS) return;
    this.#sampledMs = tick.timeMs;
    this.#sample++;
    const { active, count, slots } = tick;
    for (let i = 0; i < count; i++) this.#remember(tick, active[i] as number);
    this.#grid.build(active, count, slots.x, slots.y);
    this.#grid.pairs((i, j, square) => this.#near(tick, active[i] as number, active[j] as number, square));
  };

  #remember({ slots, person }: Tick, slot: number): void {
    let walk = this.#walks[slot];
    if (!walk || walk.last !== this.#sample - 1) {
      const who = person(slot);
      const number = this.#numbers.get(who) ?? this.#numbers.size;
      this.#numbers.set(who, number);
      walk = { vx: new Float64Array(RING), vy: new Float64Array(RING), count: 0, last: 0, person: who, number };
      this.#walks[slot] = walk;
    }
    const at = this.#sample % RING;
    walk.vx[at] = slots.vx[slot] as number;
    walk.vy[at] = slots.vy[slot] as number;
    walk.count++;
    walk.last = this.#sample;
  }

  #near(tick: Tick, a: number, b: number, square: number): void {
    const walkA = this.#walks[a];
    const walkB = this.#walks[b];
    if (!walkA || !walkB) return;
    const aIsLow = walkA.number < walkB.number;
    const one = aIsLow ? walkA : walkB;
    const other = aIsLow ? walkB : walkA;
    const key = one.number * MOST_PEOPLE + other.number;
    let pair = this.#pairs.get(key);
    if (!pair) {
      pair = {
        lowPerson: one.person,
        highPerson: other.person,
        bits: new Uint8Array(WINDOW),
        low: 0,
        high: 0,
        last: 0,
        lowRun: 0,
        highRun: 0,
        asked: 0,
        lowFlock: 0,
        highFlock: 0,
        lowCorrelated: 0,
        highCorrelated: 0,
      };
      this.#pairs.set(key, pair);
    }
    this.#follow(tick, pair, aIsLow ? a : b, aIsLow ? b : a, square);
    if (this.#sample % SHIFT === 0) this.#correlate(pair, one, other);
  }

  #follow(tick: Tick, pair: Pair, low: number, high: number, square: number): void {
    // What was not told in between was no following.
    const missed = Math.min(WINDOW, this.#sample - pair.last - 1);
    for (let k = missed; k >= 1; k--) this.#bit(pair, this.#sample - k, 0);
    pair.last = this.#sample;
    const near = square < this.#rule.metres * this.#rule.metres;
    const bits = near ? (this.#follows(tick, low, high) ? 1 : 0) + (this.#follows(tick, high, low) ? 2 : 0) : 0;
    this.#bit(pair, this.#sample, bits);
    pair.lowFlock = Math.max(pair.lowFlock, pair.low);
    pair.highFlock = Math.max(pair.highFlock, pair.high);
  }

  #bit(pair: Pair, sample: number, bits: number): void {
    const at = sample % WINDOW;
    const old = pair.bits[at] as number;
    pair.low += (bits & 1) - (old & 1);
    pair.high += (bits >> 1) - (old >> 1);
    pair.bits[at] = bits;
  }

  /** Whether a follows b now. */
  #follows({ slots }: Tick, a: number, b: number): boolean {
    const { x, y, vx, vy, speed } = slots;
    const pace = speed[a] as number;
    const otherPace = speed[b] as number;
    if (pace < LEAST_SPEED || otherPace < LEAST_SPEED) return false;
    const dot = (vx[a] as number) * (vx[b] as number) + (vy[a] as number) * (vy[b] as number);
    if (dot < Math.cos(this.#rule.headingRadians) * pace * otherPace) return false;
    const dx = (x[b] as number) - (x[a] as number);
    const dy = (y[b] as number) - (y[a] as number);
    const ahead = dx * (vx[a] as number) + dy * (vy[a] as number);
    return ahead > Math.cos(this.#rule.frontRadians) * pace * Math.hypot(dx, dy);
  }

  #correlate(pair: Pair, one: Walk, other: Walk): void {
    if (one.count < WINDOW + this.#lags || other.count < WINDOW + this.#lags) return;
    let best = 0;
    let bestLag = 0;
    for (let lag = -this.#lags; lag <= this.#lags; lag++) {
      // Positive lags: the low one repeats the high one.
      const value = lag >= 0 ? this.#correlation(one, other, lag) : this.#correlation(other, one, -lag);
      if (value > best) {
        best = value;
        bestLag = lag;
      }
    }
    const follows = best >= LEAST_CORRELATION;
    const goesOn = pair.asked === this.#sample - SHIFT;
    pair.asked = this.#sample;
    const step = (SHIFT * SAMPLE_MS) / 1000;
    pair.lowRun = follows && bestLag > 0 ? (goesOn ? pair.lowRun : 0) + step : 0;
    pair.highRun = follows && bestLag < 0 ? (goesOn ? pair.highRun : 0) + step : 0;
    pair.lowCorrelated = Math.max(pair.lowCorrelated, pair.lowRun);
    pair.highCorrelated = Math.max(pair.highCorrelated, pair.highRun);
  }

  /** Correlation of the velocities of one with those of the other so many samples earlier, over the last window. */
  #correlation(one: Walk, other: Walk, lag: number): number {
    let product = 0;
    let energy = 0;
    let otherEnergy = 0;
    for (let k = 0; k < WINDOW; k++) {
      const at = (this.#sample - k + 2 * RING) % RING;
      const then = (this.#sample - k - lag + 2 * RING) % RING;
      const ax = one.vx[at] as number;
      const ay = one.vy[at] as number;
      const bx = other.vx[then] as number;
      const by = other.vy[then] as number;
      product += ax * bx + ay * by;
      energy += ax * ax + ay * ay;
      otherEnergy += bx * bx + by * by;
    }
    const scale = Math.sqrt(energy * otherEnergy);
    return scale > 0.05 * WINDOW ? product / scale : 0;
  }
}
