/** Compares two people who are near each other, tick by tick: who is in front, who is first, on whose path. */
import type { Tick } from '../scene/scene.ts';
import { AGAIN_MS, FIELD } from './field.ts';
import { type History, STANDING, START, STOP, TURN, WALKING } from './history.ts';
import type { PairTable } from './pairTable.ts';
import { IN_CONTROL, type Surroundings } from './surroundings.ts';

export interface FollowingOptions {
  /** Two are in company up to here, metres. */
  readonly companyMetres: number;
  /**
   * What is seen in a queue or control zone counts so little: lines carry companions and strangers alike one behind the other for minutes, and
   * even a tenth of that adds up to an escort. Who passes a control at walking pace is not lined up there.
   */
  readonly forcedWeight: number;
  readonly passingWeight: number;
  /** Nearer in time than this, both started (stopped, turned) at once; further apart than the other, each on its own. Seconds. */
  readonly atOnceSeconds: number;
  readonly respondSeconds: number;
  /** In front: by more than this along the way, metres. */
  readonly aheadMetres: number;
}

export const FOLLOWING_DEFAULTS: FollowingOptions = {
  companyMetres: 4,
  forcedWeight: 0.01,
  passingWeight: 0.5,
  atOnceSeconds: 0.3,
  respondSeconds: 3,
  aheadMetres: 0.25,
};

/** Path distances beyond this are no worse, metres. */
const PATH_LIMIT = 3;
/** Lags and paths are compared so often, ms: positions nearer in time tell nothing new. */
const COMPARE_MS = 400;
/**
 * Where somebody is known less well than this (1-sigma, metres), nobody can say who is in front of whom: people walk a metre and a half apart, and a
 * place that is off is off in the same way for seconds.
 */
export const COARSEST_SIGMA_METRES = 0.6;
/** What moves less than this does not move, m/s. */
const STILL = 0.2;

/** Told for each start or stop that the other answered: who was first, who second, how much later (seconds), what. */
export type AnsweredListener = (record: number, first: number, second: number, seconds: number, what: number) => void;

export class Following {
  readonly #options: FollowingOptions;
  readonly #history: History;
  readonly #pairs: PairTable;
  readonly #surroundings: Surroundings;
  readonly #answered: AnsweredListener;
  /** Of so many ticks, one is compared. */
  readonly #every: number;
  #agoSeconds = 0;

  constructor(
    options: FollowingOptions,
    history: History,
    pairs: PairTable,
    surroundings: Surroundings,
    answered: AnsweredListener,
  ) {
    this.#options = options;
    this.#history = history;
    this.#pairs = pairs;
    this.#surroundings = surroundings;
    this.#answered = answered;
    this.#every = Math.max(1, Math.floor(COMPARE_MS / history.tickMs));
  }

  /** What this tick tells about the two of a record. */
  update(record: number, tick: Tick): void {
    const a = this.#pairs.low[record] as number;
    const b = this.#pairs.high[record] as number;
    const h = this.#history;
    const n = this.#pairs.numbers;
    const row = record * this.#pairs.stride;
    if (h.seen[a] !== h.now || h.seen[b] !== h.now) return;
    const { seconds, timeMs } = tick;
    const { companyMetres, forcedWeight, passingWeight, aheadMetres } = this.#options;
    const hereA = h.cell(a, 0);
    const hereB = h.cell(b, 0);
    const dx = (h.x[hereA] as number) - (h.x[hereB] as number);
    const dy = (h.y[hereA] as number) - (h.y[hereB] as number);
    const metres = Math.sqrt(dx * dx + dy * dy);
    const forced = Math.max(this.#surroundings.forced[a] as number, this.#surroundings.forced[b] as number);
    // The other of the two is part of the flow around each.
    const others = Math.max(
      0,
      Math.max(this.#surroundings.flow[a] as number, this.#surroundings.flow[b] as number) - 1,
    );
    const passing = forced === IN_CONTROL && h.gait[a] === WALKING && h.gait[b] === WALKING;
    const share = (forced === 0 ? 1 : passing ? passingWeight : forcedWeight) / (1 + others);
    if (metres > companyMetres) {
      n[row + FIELD.apart] = (n[row + FIELD.apart] as number) + seconds;
      // Whom the other left behind was not followed.
      this.#expire(row, timeMs, share);
      return;
    }
    n[row + FIELD.near] = (n[row + FIELD.near] as number) + seconds;
    if (timeMs - (n[row + FIELD.nearMs] as number) > AGAIN_MS) n[row + FIELD.againMs] = timeMs;
    n[row + FIELD.nearMs] = timeMs;
    if (forced > 0) n[row + FIELD.forced] = (n[row + FIELD.forced] as number) + seconds;
    n[row + FIELD.sigma] =
      (n[row + FIELD.sigma] as number) +
      (seconds * ((tick.slots.sigma[a] as number) + (tick.slots.sigma[b] as number))) / 2;
    if (h.run[a] === 0 || h.run[b] === 0) {
      // Coasted: a tracker's guess repeats the past, and would make followers of those who are lost.
      n[row + FIELD.coasted] = (n[row + FIELD.coasted] as number) + seconds;
      return;
    }
    if (Math.max(tick.slots.sigma[a] as number, tick.slots.sigma[b] as number) > COARSEST_SIGMA_METRES) return;
    const weight = share * seconds;
    this.#events(record, row, a, b, share, timeMs);
    const compares = h.now % this.#every === 0;
    if (h.gait[a] === STANDING && h.gait[b] === STANDING) {
      if (forced === 0) n[row + FIELD.stood] = (n[row + FIELD.stood] as number) + seconds;
      const still = Math.max(h.speed[h.cell(a, h.lags)] as number, h.speed[h.cell(b, h.lags)] as number) < STILL;
      if (compares && !still) this.#lagged(record, row, a, b, weight * this.#every);
      return;
    }
    if (compares) this.#lagged(record, row, a, b, weight * this.#every);
    if (h.gait[a] !== WALKING || h.gait[b] !== WALKING) return;
    const wx = (h.vx[hereA] as number) + (h.vx[hereB] as number);
    const wy = (h.vy[hereA] as number) + (h.vy[hereB] as number);
    const way = Math.sqrt(wx * wx + wy * wy);
    if (way < 2 * STILL) return;
    const along = (dx * wx + dy * wy) / way;
    n[row + FIELD.walked] = (n[row + FIELD.walked] as number) + seconds;
    n[row + FIELD.weight] = (n[row + FIELD.weight] as number) + weight;
    n[row + FIELD.flow] = (n[row + FIELD.flow] as number) + seconds * others;
    if (along > aheadMetres) n[row + FIELD.lowAhead] = (n[row + FIELD.lowAhead] as number) + weight;
    else if (along < -aheadMetres) n[row + FIELD.highAhead] = (n[row + FIELD.highAhead] as number) + weight;
    n[row + FIELD.along] = (n[row + FIELD.along] as number) + weight * along;
    n[row + FIELD.distance] = (n[row + FIELD.distance] as number) + weight * metres;
    n[row + FIELD.alongSquare] = (n[row + FIELD.alongSquare] as number) + weight * along * along;
    n[row + FIELD.aside] = (n[row + FIELD.aside] as number) + (weight * Math.abs(dx * wy - dy * wx)) / way;
    const ux = (h.vx[hereA] as number) - (h.vx[hereB] as number);
    const uy = (h.vy[hereA] as number) - (h.vy[hereB] as number);
    n[row + FIELD.closing] = (n[row + FIELD.closing] as number) + weight * (ux * ux + uy * uy);
    if (!compares) return;
    const compared = weight * this.#every;
    n[row + FIELD.compared] = (n[row + FIELD.compared] as number) + compared;
    n[row + FIELD.highOnPath] = (n[row + FIELD.highOnPath] as number) + compared * this.#toPath(b, a);
    n[row + FIELD.highAgo] = (n[row + FIELD.highAgo] as number) + compared * this.#agoSeconds;
    n[row + FIELD.highAgoSquare] = (n[row + FIELD.highAgoSquare] as number) + compared * this.#agoSeconds ** 2;
    n[row + FIELD.lowOnPath] = (n[row + FIELD.lowOnPath] as number) + compared * this.#toPath(a, b);
    n[row + FIELD.lowAgo] = (n[row + FIELD.lowAgo] as number) + compared * this.#agoSeconds;
    n[row + FIELD.lowAgoSquare] = (n[row + FIELD.lowAgoSquare] as number) + compared * this.#agoSeconds ** 2;
  }

  /** Metres from where one is now to where the other walked in the last seconds; `#agoSeconds` is set to when that was. */
  #toPath(one: number, other: number): number {
    const h = this.#history;
    const here = h.cell(one, 0);
    const x = h.x[here] as number;
    const y = h.y[here] as number;
    const last = Math.min(h.lags, (h.run[other] as number) - 1);
    let there = h.cell(other, 0);
    let px = h.x[there] as number;
    let py = h.y[there] as number;
    let ticksAgo = 0;
    let least = Math.min(PATH_LIMIT * PATH_LIMIT, (px - x) * (px - x) + (py - y) * (py - y));
    for (let ago = 1; ago <= last; ago++) {
      there = h.cell(other, ago);
      const qx = h.x[there] as number;
      const qy = h.y[there] as number;
      const wx = qx - px;
      const wy = qy - py;
      const length = wx * wx + wy * wy;
      const share = length > 0 ? ((x - px) * wx + (y - py) * wy) / length : 0;
      const along = share < 0 ? 0 : share > 1 ? 1 : share;
      const dx = px + along * wx - x;
      const dy = py + along * wy - y;
      const square = dx * dx + dy * dy;
      if (square < least) {
        least = square;
        ticksAgo = ago - 1 + along;
      }
      px = qx;
      py = qy;
    }
    this.#agoSeconds = (ticksAgo * h.tickMs) / 1000;
    return Math.sqrt(least);
  }

  /** Speeds and velocities of each against what the other did so long ago. */
  #lagged(record: number, row: number, a: number, b: number, weight: number): void {
    const h = this.#history;
    const { lags } = h;
    if ((h.run[a] as number) <= lags || (h.run[b] as number) <= lags) return;
    const n = this.#pairs.numbers;
    const hereA = h.cell(a, 0);
    const hereB = h.cell(b, 0);
    const speedA = h.speed[hereA] as number;
    const speedB = h.speed[hereB] as number;
    const ax = h.vx[hereA] as number;
    const ay = h.vy[hereA] as number;
    const bx = h.vx[hereB] as number;
    const by = h.vy[hereB] as number;
    n[row + FIELD.lagged] = (n[row + FIELD.lagged] as number) + weight;
    n[row + FIELD.lowEnergy] = (n[row + FIELD.lowEnergy] as number) + weight * (ax * ax + ay * ay);
    n[row + FIELD.highEnergy] = (n[row + FIELD.highEnergy] as number) + weight * (bx * bx + by * by);
    const m = this.#pairs.sums;
    const middle = record * this.#pairs.sumStride + lags;
    const product = middle + 2 * lags + 1;
    const d0 = speedA - speedB;
    m[middle] = (m[middle] as number) + weight * d0 * d0;
    m[product] = (m[product] as number) + weight * (ax * bx + ay * by);
    for (let ago = 1; ago <= lags; ago++) {
      const thenA = h.cell(a, ago);
      const thenB = h.cell(b, ago);
      // Positive lags: the high one repeats the low one.
      const dHigh = (h.speed[thenA] as number) - speedB;
      const dLow = (h.speed[thenB] as number) - speedA;
      m[middle + ago] = (m[middle + ago] as number) + weight * dHigh * dHigh;
      m[middle - ago] = (m[middle - ago] as number) + weight * dLow * dLow;
      m[product + ago] =
        (m[product + ago] as number) + weight * ((h.vx[thenA] as number) * bx + (h.vy[thenA] as number) * by);
      m[product - ago] =
        (m[product - ago] as number) + weight * ((h.vx[thenB] as number) * ax + (h.vy[thenB] as number) * ay);
    }
  }

  #events(record: number, row: number, a: number, b: number, share: number, timeMs: number): void {
    const h = this.#history;
    if (h.eventTick[a] === h.now) this.#event(record, row, -1, h.event[a] as number, h.eventMs[a] as number, share);
    if (h.eventTick[b] === h.now) this.#event(record, row, 1, h.event[b] as number, h.eventMs[b] as number, share);
    this.#expire(row, timeMs, share);
  }

  #event(record: number, row: number, who: number, what: number, atMs: number, share: number): void {
    const n = this.#pairs.numbers;
    const pending = what === START ? FIELD.pendingStart : what === STOP ? FIELD.pendingStop : FIELD.pendingTurn;
    const pendingMs = what === START ? FIELD.pendingStartMs : what === STOP ? FIELD.pendingStopMs : FIELD.pendingTurnMs;
    const counts = what === START ? FIELD.startLow : what === STOP ? FIELD.stopLow : FIELD.turnLow;
    const before = n[row + pending] as number;
    const seconds = (atMs - (n[row + pendingMs] as number)) / 1000;
    const { atOnceSeconds, respondSeconds } = this.#options;
    if (before === 0 || before === who || Math.abs(seconds) > respondSeconds) {
      n[row + pending] = who;
      n[row + pendingMs] = atMs;
      return;
    }
    n[row + pending] = 0;
    // The edges are found a little late, and not in order: the sign of the delay decides.
    const delay = who === 1 ? seconds : -seconds;
    const which = counts + (Math.abs(delay) <= atOnceSeconds ? 2 : delay > 0 ? 0 : 1);
    n[row + which] = (n[row + which] as number) + share;
    if (what !== TURN) {
      const later = delay > 0 ? FIELD.highDelay : FIELD.lowDelay;
      n[row + later] = (n[row + later] as number) + share * Math.abs(delay);
    }
    if (Math.abs(delay) > atOnceSeconds) {
      const { low, high } = this.#pairs;
      const lowFirst = delay > 0;
      const first = (lowFirst ? low : high)[record] as number;
      const second = (lowFirst ? high : low)[record] as number;
      this.#answered(record, first, second, Math.abs(delay), what);
    }
  }

  /** Who started or stopped and was not answered did so alone. */
  #expire(row: number, timeMs: number, share: number): void {
    const n = this.#pairs.numbers;
    const limit = (this.#options.respondSeconds + 1) * 1000;
    const start = n[row + FIELD.pendingStart] as number;
    if (start !== 0 && timeMs - (n[row + FIELD.pendingStartMs] as number) > limit) {
      const which = start < 0 ? FIELD.startLowAlone : FIELD.startHighAlone;
      n[row + which] = (n[row + which] as number) + share;
      n[row + FIELD.pendingStart] = 0;
    }
    const stop = n[row + FIELD.pendingStop] as number;
    if (stop !== 0 && timeMs - (n[row + FIELD.pendingStopMs] as number) > limit) {
      const which = stop < 0 ? FIELD.stopLowAlone : FIELD.stopHighAlone;
      n[row + which] = (n[row + which] as number) + share;
      n[row + FIELD.pendingStop] = 0;
    }
    if (n[row + FIELD.pendingTurn] !== 0 && timeMs - (n[row + FIELD.pendingTurnMs] as number) > limit) {
      n[row + FIELD.pendingTurn] = 0;
    }
  }
}
