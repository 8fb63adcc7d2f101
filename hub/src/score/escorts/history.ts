/**
 * What everybody did in the last seconds, by slot, and when they started, stopped and turned: what one person's movement is
 * compared with another's. Typed arrays, grown with the scene, nothing allocated in between.
 */

import { grown } from '../scene/grown.ts';
import type { Tick } from '../scene/scene.ts';

/** Lags of up to so many seconds are looked at. */
export const LAG_SECONDS = 3;
/** Footsteps remembered for each slot, so many metres from one to the next: where somebody walked, however long they stood since. */
export const FOOTSTEPS = 40;
const FOOTSTEP_METRES = 1;

/** Going through this speed (m/s) is the moment of a start or a stop; beyond the outer two it is one. */
const EDGE_SPEED = 0.4;
const WALKING_SPEED = 0.6;
const STANDING_SPEED = 0.25;
/** Who has stood, or walked, for less than this has not really stood or walked, ms. */
const LEAST_STAND_MS = 800;
const LEAST_WALK_MS = 1500;
/** A turn: the heading changes by as much (radians) within `TURN_SECONDS`. */
const TURN_RADIANS = Math.PI / 5;
const TURN_SECONDS = 2;
/** Below this share of measured positions a moment is coasted, and tells nothing of who was first. */
const LEAST_QUALITY = 0.6;

export const STANDING = 1;
export const WALKING = 2;

/** What began in a tick. */
export const NOTHING = 0;
export const START = 1;
export const STOP = 2;
export const TURN = 3;

export class History {
  /** Cells of the ring of each slot, and the greatest lag, in ticks. */
  readonly cells: number;
  readonly lags: number;
  readonly tickMs: number;
  #originMs = Number.NaN;
  /** The number of the present tick. */
  now = 0;
  capacity = 0;
  x = new Float32Array(0);
  y = new Float32Array(0);
  vx = new Float32Array(0);
  vy = new Float32Array(0);
  speed = new Float32Array(0);
  /** For how many ticks without a gap and without coasting a slot has been seen, up to now; 0 where it is not. */
  run = new Int32Array(0);
  /** The tick in which a slot was last seen. */
  seen = new Int32Array(0);
  /** STANDING or WALKING, 0 while that is not known; and since when. */
  gait = new Uint8Array(0);
  gaitMs = new Float64Array(0);
  /** What began in the tick `eventTick`, and when exactly. */
  event = new Uint8Array(0);
  eventTick = new Int32Array(0);
  eventMs = new Float64Array(0);
  /** The last start or stop, when it was, and for how long the person had stood or walked before, ms. */
  move = new Uint8Array(0);
  moveMs = new Float64Array(0);
  lastedMs = new Float64Array(0);
  /** The slots that started or stopped in this tick: the first `happenedCount`. */
  happened = new Int32Array(0);
  happenedCount = 0;
  /** Signed angle of a turn that goes on; 0 where none does. */
  turning = new Float32Array(0);
  #edgeUpMs = new Float64Array(0);
  #edgeDownMs = new Float64Array(0);
  /** Footsteps, a ring of `FOOTSTEPS` for each slot: places, when they were made, and how many there were in all. */
  stepX = new Float32Array(0);
  stepY = new Float32Array(0);
  stepMs = new Float64Array(0);
  steps = new Int32Array(0);
  readonly #turnTicks: number;

  constructor(tickMs: number) {
    this.tickMs = tickMs;
    this.lags = Math.floor((LAG_SECONDS * 1000) / tickMs);
    this.cells = this.lags + 1;
    this.#turnTicks = Math.min(this.lags, Math.max(1, Math.round((TURN_SECONDS * 1000) / tickMs)));
  }

  /** The cell of a slot so many ticks ago. */
  cell(slot: number, ago: number): number {
    return slot * this.cells + ((this.now - ago) % this.cells);
  }

  /** Goes on by one tick. */
  tick(tick: Tick): void {
    const { timeMs, active, count, slots, ended } = tick;
    if (Number.isNaN(this.#originMs)) this.#originMs = timeMs - this.cells * this.tickMs;
    this.#reserve(slots.capacity);
    this.now = Math.round((timeMs - this.#originMs) / this.tickMs);
    for (const slot of ended) this.#forget(slot);
    this.happenedCount = 0;
    for (let i = 0; i < count; i++) {
      const slot = active[i] as number;
      const here = this.cell(slot, 0);
      const continuous = this.seen[slot] === this.now - 1;
      const good = (slots.quality[slot] as number) >= LEAST_QUALITY;
      this.run[slot] = good ? (continuous ? (this.run[slot] as number) + 1 : 1) : 0;
      this.x[here] = slots.x[slot] as number;
      this.y[here] = slots.y[slot] as number;
      this.vx[here] = slots.vx[slot] as number;
      this.vy[here] = slots.vy[slot] as number;
      this.speed[here] = slots.speed[slot] as number;
      this.seen[slot] = this.now;
      this.#step(slot, timeMs, slots.x[slot] as number, slots.y[slot] as number);
      this.#gait(slot, timeMs);
    }
  }

  #step(slot: number, timeMs: number, x: number, y: number): void {
    const steps = this.steps[slot] as number;
    const last = slot * FOOTSTEPS + ((steps + FOOTSTEPS - 1) % FOOTSTEPS);
    if (steps > 0) {
      const dx = x - (this.stepX[last] as number);
      const dy = y - (this.stepY[last] as number);
      if (dx * dx + dy * dy < FOOTSTEP_METRES * FOOTSTEP_METRES) return;
    }
    const at = slot * FOOTSTEPS + (steps % FOOTSTEPS);
    this.stepX[at] = x;
    this.stepY[at] = y;
    this.stepMs[at] = timeMs;
    this.steps[slot] = steps + 1;
  }

  #gait(slot: number, timeMs: number): void {
    const run = this.run[slot] as number;
    const speed = this.speed[this.cell(slot, 0)] as number;
    if (run <= 1) {
      // What happened while nobody saw it has no moment.
      this.gait[slot] = speed > WALKING_SPEED ? WALKING : speed < STANDING_SPEED ? STANDING : 0;
      this.gaitMs[slot] = timeMs;
      this.turning[slot] = 0;
      this.#edgeUpMs[slot] = timeMs;
      this.#edgeDownMs[slot] = timeMs;
      return;
    }
    const before = this.speed[this.cell(slot, 1)] as number;
    if (before < EDGE_SPEED !== speed < EDGE_SPEED) {
      const atMs = timeMs - this.tickMs * (1 - (EDGE_SPEED - before) / (speed - before));
      if (speed < EDGE_SPEED) this.#edgeDownMs[slot] = atMs;
      else this.#edgeUpMs[slot] = atMs;
    }
    const gait = this.gait[slot] as number;
    if (speed > WALKING_SPEED && gait !== WALKING) {
      const atMs = this.#edgeUpMs[slot] as number;
      if (gait === STANDING && atMs - (this.gaitMs[slot] as number) >= LEAST_STAND_MS) {
        this.#happens(slot, START, atMs);
      }
      this.gait[slot] = WALKING;
      this.gaitMs[slot] = atMs;
    } else if (speed < STANDING_SPEED && gait !== STANDING) {
      const atMs = this.#edgeDownMs[slot] as number;
      if (gait === WALKING && atMs - (this.gaitMs[slot] as number) >= LEAST_WALK_MS) {
        this.#happens(slot, STOP, atMs);
      }
      this.gait[slot] = STANDING;
      this.gaitMs[slot] = atMs;
      this.turning[slot] = 0;
    }
    if (run > this.#turnTicks && this.gait[slot] === WALKING) this.#turn(slot, timeMs);
  }

  #turn(slot: number, timeMs: number): void {
    const here = this.cell(slot, 0);
    const then = this.cell(slot, this.#turnTicks);
    if ((this.speed[then] as number) < WALKING_SPEED) return;
    const ux = this.vx[then] as number;
    const uy = this.vy[then] as number;
    const wx = this.vx[here] as number;
    const wy = this.vy[here] as number;
    const angle = Math.atan2(ux * wy - uy * wx, ux * wx + uy * wy);
    const turning = this.turning[slot] as number;
    if (turning === 0 && Math.abs(angle) > TURN_RADIANS) {
      this.turning[slot] = angle;
      if (this.eventTick[slot] !== this.now) this.#happens(slot, TURN, timeMs);
    } else if (turning !== 0 && Math.abs(angle) < TURN_RADIANS / 2) this.turning[slot] = 0;
  }

  #happens(slot: number, what: number, atMs: number): void {
    this.event[slot] = what;
    this.eventTick[slot] = this.now;
    this.eventMs[slot] = atMs;
    if (what === TURN) return;
    this.move[slot] = what;
    this.moveMs[slot] = atMs;
    this.lastedMs[slot] = atMs - (this.gaitMs[slot] as number);
    this.happened[this.happenedCount++] = slot;
  }

  #forget(slot: number): void {
    this.run[slot] = 0;
    this.seen[slot] = -1;
    this.gait[slot] = 0;
    this.eventTick[slot] = -1;
    this.turning[slot] = 0;
    this.move[slot] = NOTHING;
    this.steps[slot] = 0;
  }

  #reserve(capacity: number): void {
    if (capacity <= this.capacity) return;
    const before = this.capacity;
    this.capacity = capacity;
    this.x = grown(this.x, capacity * this.cells);
    this.y = grown(this.y, capacity * this.cells);
    this.vx = grown(this.vx, capacity * this.cells);
    this.vy = grown(this.vy, capacity * this.cells);
    this.speed = grown(this.speed, capacity * this.cells);
    this.stepX = grown(this.stepX, capacity * FOOTSTEPS);
    this.stepY = grown(this.stepY, capacity * FOOTSTEPS);
    this.stepMs = grown(this.stepMs, capacity * FOOTSTEPS);
    this.steps = grown(this.steps, capacity);
    this.run = grown(this.run, capacity);
    this.seen = grown(this.seen, capacity);
    this.eventTick = grown(this.eventTick, capacity);
    this.gait = grown(this.gait, capacity);
    this.event = grown(this.event, capacity);
    this.gaitMs = grown(this.gaitMs, capacity);
    this.eventMs = grown(this.eventMs, capacity);
    this.turning = grown(this.turning, capacity);
    this.lastedMs = grown(this.lastedMs, capacity);
    this.moveMs = grown(this.moveMs, capacity);
    this.move = grown(this.move, capacity);
    this.happened = grown(this.happened, capacity);
    this.#edgeUpMs = grown(this.#edgeUpMs, capacity);
    this.#edgeDownMs = grown(this.#edgeDownMs, capacity);
    for (let slot = before; slot < capacity; slot++) this.#forget(slot);
  }
}
