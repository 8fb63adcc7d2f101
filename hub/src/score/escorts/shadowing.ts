/**
 * Somebody who stops when another stops, starts when the other starts, and walks where the other walked, from 8 to 25 m behind.
 * Candidates come from starts and stops that follow one another; most are chance, and the next stop of the one ahead ends them.
 * People of one flight go the same way too, but nobody of them stops because another does; where all move up at once, in queue
 * and control zones, nothing counts.
 */
import type { Tick } from '../scene/scene.ts';
import { FOOTSTEPS, type History, STANDING, START, STOP, WALKING } from './history.ts';
import { Shadow } from './shadow.ts';
import { SHADOW_MODEL } from './shadowModel.ts';
import { NOTHING_KNOWN, promiseOf } from './shadowPromise.ts';
import type { Surroundings } from './surroundings.ts';
import { mark } from './telling.ts';

export interface ShadowingOptions {
  /** Distances at which somebody shadows, metres; outside of them it does not, and beyond the last two a candidate is dropped. */
  readonly nearestMetres: number;
  readonly furthestMetres: number;
  readonly tooNearMetres: number;
  readonly tooFarMetres: number;
  /** Later than this is no answer, seconds; earlier than the other by no more than this. */
  readonly answerSeconds: number;
  readonly earlySeconds: number;
  /** Stands and walks shorter than this are not answered by anybody, seconds. */
  readonly lastingSeconds: number;
  /** In the footsteps of the other: nearer than this, metres. */
  readonly trailMetres: number;
  /** Typical delay of an answer, seconds: chance has no favourite. */
  readonly reactionSeconds: number;
  /** Who was seen for fewer seconds, answered less or was less of the time at such distances is not weighed; least log odds that are told, nats. */
  readonly leastSeconds: number;
  readonly leastAnswers: number;
  readonly leastShare: number;
  readonly leastLogOdds: number;
}

export const SHADOWING_DEFAULTS: ShadowingOptions = {
  nearestMetres: 6.5,
  furthestMetres: 26,
  tooNearMetres: 3,
  tooFarMetres: 40,
  answerSeconds: 4,
  earlySeconds: 0.6,
  lastingSeconds: 4,
  trailMetres: 1.2,
  reactionSeconds: 1.2,
  leastSeconds: 20,
  leastAnswers: 2,
  leastShare: 0.5,
  leastLogOdds: SHADOW_MODEL.least,
};

/** Candidates of each follower, and starts and stops that are remembered until they are answered. */
const ROWS = 6;
const RECENT = 4096;
/** So much better than nobody a candidate keeps its place, and so much worse it is none any more. Nats. */
const BETTER_NATS = 4;
const WORSE_NATS = 4;
/** So many metres of a path are known before anybody can be said to be on it. */
const KNOWN_STEPS = 12;
export class Shadowing {
  readonly options: ShadowingOptions;
  readonly #history: History;
  readonly #surroundings: Surroundings;
  readonly #person: (slot: number) => string;
  readonly #ended: (shadow: Shadow) => void;
  /** Candidates by slot of the follower. */
  readonly #rows: (Shadow[] | undefined)[] = [];
  #count = 0;
  readonly #recentSlot = new Int32Array(RECENT);
  readonly #recentWhat = new Uint8Array(RECENT);
  readonly #recentMs = new Float64Array(RECENT);
  #recent = 0;

  constructor(
    options: ShadowingOptions,
    history: History,
    surroundings: Surroundings,
    person: (slot: number) => string,
    ended: (shadow: Shadow) => void,
  ) {
    this.options = options;
    this.#history = history;
    this.#surroundings = surroundings;
    this.#person = person;
    this.#ended = ended;
  }

  /** Candidates held. */
  get size(): number {
    return this.#count;
  }

  /** What began in this tick: answers, and new candidates. */
  tick(timeMs: number): void {
    const h = this.#history;
    for (let i = 0; i < h.happenedCount; i++) {
      const slot = h.happened[i] as number;
      this.#answers(slot, h.move[slot] as number, h.moveMs[slot] as number);
    }
    for (let i = 0; i < h.happenedCount; i++) {
      const slot = h.happened[i] as number;
      const what = h.move[slot] as number;
      if ((this.#surroundings.forced[slot] as number) > 0) continue;
      this.#candidates(slot, what, h.moveMs[slot] as number, timeMs);
      if ((h.lastedMs[slot] as number) < 1000 * this.options.lastingSeconds) continue;
      const at = this.#recent++ % RECENT;
      this.#recentSlot[at] = slot;
      this.#recentWhat[at] = what;
      this.#recentMs[at] = h.moveMs[slot] as number;
    }
  }

  /** Once a second: distances, trails, and starts and stops that nobody answered. `weigh` is told every candidate that is kept. */
  look(tick: Tick, weigh: (shadow: Shadow) => void): void {
    const { active, count } = tick;
    for (let i = 0; i < count; i++) {
      const row = this.#rows[active[i] as number];
      if (!row) continue;
      for (let k = row.length - 1; k >= 0; k--) {
        const shadow = row[k] as Shadow;
        if (this.#follow(shadow, tick)) weigh(shadow);
        else this.#drop(row, k);
      }
    }
  }

  /** These have gone. */
  leave(gone: ReadonlySet<number>): void {
    for (const row of this.#rows) {
      if (!row) continue;
      for (let k = row.length - 1; k >= 0; k--) {
        const shadow = row[k] as Shadow;
        if (gone.has(shadow.follower) || gone.has(shadow.ahead)) this.#drop(row, k);
      }
    }
    for (let at = 0; at < RECENT; at++) if (gone.has(this.#recentSlot[at] as number)) this.#recentMs[at] = Number.NaN;
  }

  finish(): void {
    for (const row of this.#rows) if (row) for (let k = row.length - 1; k >= 0; k--) this.#drop(row, k);
  }

  #answers(slot: number, what: number, atMs: number): void {
    const h = this.#history;
    const { answerSeconds, earlySeconds, lastingSeconds } = this.options;
    const row = this.#rows[slot];
    if (row) {
      for (const shadow of row) {
        const pendingMs = what === START ? shadow.pendingStartMs : shadow.pendingStopMs;
        const seconds = (atMs - pendingMs) / 1000;
        if (seconds >= -earlySeconds && seconds <= answerSeconds) this.#answered(shadow, what, pendingMs, seconds);
        else if ((h.lastedMs[slot] as number) >= 1000 * lastingSeconds) shadow.own++;
      }
    }
  }

  #answered(shadow: Shadow, what: number, firstMs: number, seconds: number): void {
    if (what === START) {
      shadow.starts++;
      shadow.pendingStartMs = Number.NaN;
    } else {
      shadow.stops++;
      shadow.pendingStopMs = Number.NaN;
    }
    shadow.delay += seconds;
    const { reactionSeconds, answerSeconds, earlySeconds } = this.options;
    const prompt = Math.log(
      (Math.exp(-Math.max(0, seconds) / reactionSeconds) / reactionSeconds) * (answerSeconds + earlySeconds),
    );
    shadow.prompt += Math.max(-1.5, prompt);
    shadow.answeredMs = firstMs;
    const label = what === START ? 'started' : 'stopped';
    mark(shadow.moments, { atMs: Math.round(firstMs), person: this.#person(shadow.ahead), label });
    mark(shadow.moments, {
      atMs: Math.round(firstMs + 1000 * seconds),
      person: this.#person(shadow.follower),
      label: `${label} too`,
    });
  }

  /** Whoever did the same shortly before, at such a distance, may be shadowed. */
  #candidates(slot: number, what: number, atMs: number, timeMs: number): void {
    const h = this.#history;
    const { nearestMetres, furthestMetres, answerSeconds, earlySeconds } = this.options;
    const here = h.cell(slot, 0);
    const x = h.x[here] as number;
    const y = h.y[here] as number;
    const oldest = Math.max(0, this.#recent - RECENT);
    for (let k = this.#recent - 1; k >= oldest; k--) {
      const at = k % RECENT;
      const seconds = (atMs - (this.#recentMs[at] as number)) / 1000;
      if (timeMs - (this.#recentMs[at] as number) > 1000 * (answerSeconds + 2)) break;
      if (this.#recentWhat[at] !== what || !(seconds >= -earlySeconds && seconds <= answerSeconds)) continue;
      const ahead = this.#recentSlot[at] as number;
      if (ahead === slot || h.seen[ahead] !== h.now) continue;
      const there = h.cell(ahead, 0);
      const dx = (h.x[there] as number) - x;
      const dy = (h.y[there] as number) - y;
      const square = dx * dx + dy * dy;
      if (square < nearestMetres * nearestMetres || square > furthestMetres * furthestMetres) continue;
      this.#begin(slot, ahead, what, this.#recentMs[at] as number, seconds);
    }
  }

  #begin(follower: number, ahead: number, what: number, firstMs: number, seconds: number): void {
    let row = this.#rows[follower];
    if (!row) {
      row = [];
      this.#rows[follower] = row;
    }
    for (const shadow of row) if (shadow.ahead === ahead) return;
    if (row.length >= ROWS) {
      // The least convincing one makes room, unless all are better than chance.
      let least = 0;
      for (let k = 1; k < row.length; k++) {
        if (promiseOf(row[k] as Shadow) < promiseOf(row[least] as Shadow)) least = k;
      }
      if (promiseOf(row[least] as Shadow) >= NOTHING_KNOWN + BETTER_NATS) return;
      this.#drop(row, least);
    }
    const shadow = new Shadow(follower, ahead, firstMs);
    this.#answered(shadow, what, firstMs, seconds);
    row.push(shadow);
    this.#count++;
  }

  #drop(row: Shadow[], k: number): void {
    const shadow = row[k] as Shadow;
    row.splice(k, 1);
    this.#count--;
    this.#ended(shadow);
  }

  /** One second of a candidate. @returns whether it is one still. */
  #follow(shadow: Shadow, { timeMs, slots }: Tick): boolean {
    const h = this.#history;
    const o = this.options;
    const { follower, ahead } = shadow;
    if (h.seen[ahead] !== h.now || h.seen[follower] !== h.now) return timeMs - shadow.lastMs < 5000;
    this.#pend(shadow, timeMs);
    const hereA = h.cell(ahead, 0);
    const hereB = h.cell(follower, 0);
    const dx = (h.x[hereA] as number) - (h.x[hereB] as number);
    const dy = (h.y[hereA] as number) - (h.y[hereB] as number);
    const metres = Math.sqrt(dx * dx + dy * dy);
    shadow.lastMs = timeMs;
    shadow.seconds++;
    shadow.distance += metres;
    shadow.distanceSquare += metres * metres;
    const { forced } = this.#surroundings;
    const inLine = (forced[ahead] as number) > 0 || (forced[follower] as number) > 0;
    if (inLine) shadow.forced++;
    const { flow } = this.#surroundings;
    shadow.others += Math.max(flow[ahead] as number, flow[follower] as number);
    shadow.sigma += ((slots.sigma[ahead] as number) + (slots.sigma[follower] as number)) / 2;
    if (h.run[ahead] === 0 || h.run[follower] === 0) shadow.coasted++;
    if (metres >= o.nearestMetres && metres <= o.furthestMetres) shadow.atDistance++;
    // Lines bring together whoever keeps a distance elsewhere.
    if (metres < o.tooNearMetres && !inLine) shadow.tooNear++;
    if (metres > o.tooFarMetres || shadow.tooNear > 5) return false;
    if (h.gait[ahead] === STANDING) {
      if (h.gait[follower] === STANDING) shadow.stood++;
      else if (h.gait[follower] === WALKING) shadow.walkedOn++;
    } else if (h.gait[ahead] === WALKING && h.gait[follower] === STANDING) shadow.stoodOn++;
    if (h.gait[follower] === WALKING && this.#surroundings.forced[follower] === 0) this.#trail(shadow, hereB, timeMs);
    return promiseOf(shadow) > NOTHING_KNOWN - WORSE_NATS;
  }

  /** Starts and stops of the one ahead that are to be answered, and those that were not. */
  #pend(shadow: Shadow, timeMs: number): void {
    const h = this.#history;
    const o = this.options;
    const { follower, ahead } = shadow;
    const limit = 1000 * (o.answerSeconds + 1);
    if (timeMs - shadow.pendingStartMs > limit) {
      // Missed where it stands there still; where it walked before, there was nothing to answer.
      if (h.gait[follower] === STANDING && (h.gaitMs[follower] as number) < shadow.pendingStartMs)
        shadow.missedStarts++;
      shadow.pendingStartMs = Number.NaN;
    }
    if (timeMs - shadow.pendingStopMs > limit) {
      const walksOn = h.gait[follower] === WALKING && (h.gaitMs[follower] as number) < shadow.pendingStopMs;
      if (walksOn && h.gait[ahead] === STANDING) shadow.missedStops++;
      shadow.pendingStopMs = Number.NaN;
    }
    const atMs = h.moveMs[ahead] as number;
    if (atMs <= shadow.sinceMs || timeMs - atMs > 1500 || (this.#surroundings.forced[ahead] as number) > 0) return;
    if ((h.lastedMs[ahead] as number) < 1000 * o.lastingSeconds) return;
    const what = h.move[ahead] as number;
    if (what !== START && what !== STOP) return;
    const known = what === START ? shadow.pendingStartMs : shadow.pendingStopMs;
    if (known === atMs || shadow.answeredMs === atMs) return;
    // The answer may have come within this very second.
    const answerMs = h.move[follower] === what ? (h.moveMs[follower] as number) : Number.NaN;
    const seconds = (answerMs - atMs) / 1000;
    if (seconds >= -o.earlySeconds && seconds <= o.answerSeconds) {
      this.#answered(shadow, what, atMs, seconds);
    } else if (what === START) shadow.pendingStartMs = atMs;
    else shadow.pendingStopMs = atMs;
  }

  /** Whether the follower walks where the one ahead walked, and how long ago that was. */
  #trail(shadow: Shadow, hereB: number, timeMs: number): void {
    const h = this.#history;
    const x = h.x[hereB] as number;
    const y = h.y[hereB] as number;
    const { ahead } = shadow;
    const steps = h.steps[ahead] as number;
    // Where the other has come from is not known yet.
    if (steps < KNOWN_STEPS) return;
    let least = Number.POSITIVE_INFINITY;
    let age = 0;
    let behind = 0;
    for (let back = 1; back < Math.min(steps, FOOTSTEPS); back++) {
      const at = ahead * FOOTSTEPS + ((steps - 1 - back) % FOOTSTEPS);
      const dx = (h.stepX[at] as number) - x;
      const dy = (h.stepY[at] as number) - y;
      const square = dx * dx + dy * dy;
      if (square >= least) continue;
      least = square;
      age = (timeMs - (h.stepMs[at] as number)) / 1000;
      behind = back;
    }
    const { trailMetres, nearestMetres, furthestMetres } = this.options;
    if (least <= trailMetres * trailMetres && behind >= nearestMetres - 2 && behind <= furthestMetres + 4) {
      shadow.onTrail++;
      shadow.trailSeconds += age;
      shadow.behind += behind;
      shadow.behindSquare += behind * behind;
    } else shadow.offTrail++;
  }
}
