/** One camera's chain of positions, drawn through at any time. */

import type { Evidence } from './evidence.ts';
import type { Person } from './person.ts';

/** Nobody accelerates harder on average: what a straight line between two positions may miss, m/s². */
const ACCELERATION = 0.8;
/** A velocity is taken from so long before to so long after. */
const VELOCITY_MS = 450;
const FIRST_CAPACITY = 16;
/** 30 positions a second for as long as a decision is waited for, with room to spare. */
const MOST_POINTS = 512;

/** A track at one time; reused from moment to moment. */
export class Stand {
  present = false;
  measured = false;
  x = 0;
  y = 0;
  /** Variance per axis, m². */
  variance = 0;
  /** Metres a second. */
  vx = 0;
  vy = 0;
  /** Variance of the velocity per axis, m²/s². */
  velocityVariance = 0;
}

export class Track {
  readonly seenBy: Camera;
  /** Name of its camera. */
  readonly camera: string;
  readonly id: string;
  /** Counts tracks of a floor from 0: an order that a replay repeats. */
  readonly number: number;
  readonly firstMs: number;
  /** Where it is at the time that is being decided. */
  readonly now = new Stand();
  /** Where it is at the time up to which evidence is gathered. */
  readonly ahead = new Stand();
  /** Other tracks of its own camera within two metres, a square metre, at `ahead`. */
  density = 0;
  person: Person | null = null;
  /** Since when it belongs to nobody. */
  aloneMs: number;
  readonly evidence: Evidence[] = [];
  #time = new Float64Array(FIRST_CAPACITY);
  #x = new Float64Array(FIRST_CAPACITY);
  #y = new Float64Array(FIRST_CAPACITY);
  #sigma = new Float64Array(FIRST_CAPACITY);
  #measured = new Uint8Array(FIRST_CAPACITY);
  #begin = 0;
  #end = 0;

  constructor(seenBy: Camera, id: string, number: number, firstMs: number) {
    this.seenBy = seenBy;
    this.camera = seenBy.name;
    this.id = id;
    this.number = number;
    this.firstMs = firstMs;
    this.aloneMs = firstMs;
  }

  get lastMs(): number {
    return this.#end > this.#begin ? (this.#time[this.#end - 1] as number) : this.firstMs;
  }

  /** How fast it would have moved to be at this position, m/s, less what the two sigmas explain. */
  speedTo(timeMs: number, x: number, y: number, sigma: number): number {
    if (this.#end === this.#begin) return 0;
    const k = this.#end - 1;
    const far = Math.hypot(x - (this.#x[k] as number), y - (this.#y[k] as number));
    const slack = 4 * Math.hypot(sigma, this.#sigma[k] as number);
    return (Math.max(0, far - slack) * 1000) / (timeMs - (this.#time[k] as number));
  }

  /** @returns false where it holds as much as it may. The caller has checked the order of time. */
  add(timeMs: number, x: number, y: number, sigma: number, measured: boolean): boolean {
    if (this.#end === this.#time.length && !this.#makeRoom()) return false;
    const k = this.#end++;
    this.#time[k] = timeMs;
    this.#x[k] = x;
    this.#y[k] = y;
    this.#sigma[k] = sigma;
    this.#measured[k] = measured ? 1 : 0;
    return true;
  }

  /** Forgets what lies before a time, except the last position before it. */
  forgetBefore(timeMs: number): void {
    while (this.#end - this.#begin > 2 && (this.#time[this.#begin + 1] as number) < timeMs) this.#begin++;
  }

  #makeRoom(): boolean {
    const length = this.#end - this.#begin;
    const room = this.#begin >= length ? this.#time.length : this.#time.length * 2;
    if (room > MOST_POINTS) return false;
    const moved = <A extends Float64Array | Uint8Array>(from: A, to: A): A => {
      to.set(from.subarray(this.#begin, this.#end));
      return to;
    };
    this.#time = moved(this.#time, new Float64Array(room));
    this.#x = moved(this.#x, new Float64Array(room));
    this.#y = moved(this.#y, new Float64Array(room));
    this.#sigma = moved(this.#sigma, new Float64Array(room));
    this.#measured = moved(this.#measured, new Uint8Array(room));
    this.#begin = 0;
    this.#end = length;
    return true;
  }

  /**
   * Where the track is at a time of its own clock: between two positions on the straight line, with the uncertainty of
   * both and of the curve that may lie between; just beyond an end, where it ended.
   */
  standAt(timeMs: number, bridgeMs: number, holdMs: number, stand: Stand): void {
    let k = this.#begin;
    while (k < this.#end && (this.#time[k] as number) <= timeMs) k++;
    stand.present = false;
    const before = k - 1;
    const wide = k > this.#begin && k < this.#end;
    if (wide && (this.#time[k] as number) - (this.#time[before] as number) <= bridgeMs) {
      this.#between(before, k, timeMs, bridgeMs, stand);
      return;
    }
    let at = -1;
    if (before >= this.#begin && timeMs - (this.#time[before] as number) <= holdMs) at = before;
    else if (k < this.#end && (this.#time[k] as number) - timeMs <= holdMs) at = k;
    if (at < 0) return;
    const aside = at === before ? at - 1 : at + 1;
    if (
      aside >= this.#begin &&
      aside < this.#end &&
      Math.abs((this.#time[aside] as number) - (this.#time[at] as number)) <= bridgeMs
    ) {
      this.#between(Math.min(at, aside), Math.max(at, aside), timeMs, bridgeMs, stand);
      return;
    }
    stand.present = true;
    stand.measured = this.#measured[at] === 1;
    stand.x = this.#x[at] as number;
    stand.y = this.#y[at] as number;
    const away = (timeMs - (this.#time[at] as number)) / 1000;
    stand.variance = (this.#sigma[at] as number) ** 2 + away * away;
    stand.vx = 0;
    stand.vy = 0;
    stand.velocityVariance = 1;
  }

  #between(a: number, b: number, timeMs: number, bridgeMs: number, stand: Stand): void {
    const seconds = ((this.#time[b] as number) - (this.#time[a] as number)) / 1000;
    const f = (timeMs - (this.#time[a] as number)) / 1000 / seconds;
    const dx = (this.#x[b] as number) - (this.#x[a] as number);
    const dy = (this.#y[b] as number) - (this.#y[a] as number);
    const curve = 0.5 * ACCELERATION * seconds * seconds * f * (1 - f);
    stand.present = true;
    stand.measured = this.#measured[f < 0.5 ? a : b] === 1;
    stand.x = (this.#x[a] as number) + f * dx;
    stand.y = (this.#y[a] as number) + f * dy;
    stand.variance =
      ((1 - f) * (this.#sigma[a] as number)) ** 2 + (f * (this.#sigma[b] as number)) ** 2 + curve * curve;
    this.#velocity(a, b, timeMs, bridgeMs, stand);
  }

  /** The velocity over about a second: from one sighting to the next, noise would be faster than people. */
  #velocity(a: number, b: number, timeMs: number, bridgeMs: number, stand: Stand): void {
    let i = a;
    let j = b;
    while (i > this.#begin && (this.#time[i] as number) > timeMs - VELOCITY_MS && this.#gap(i - 1) <= bridgeMs) i--;
    while (j < this.#end - 1 && (this.#time[j] as number) < timeMs + VELOCITY_MS && this.#gap(j) <= bridgeMs) j++;
    const seconds = ((this.#time[j] as number) - (this.#time[i] as number)) / 1000;
    stand.vx = ((this.#x[j] as number) - (this.#x[i] as number)) / seconds;
    stand.vy = ((this.#y[j] as number) - (this.#y[i] as number)) / seconds;
    stand.velocityVariance = ((this.#sigma[i] as number) ** 2 + (this.#sigma[j] as number) ** 2) / (seconds * seconds);
  }

  /** Time from the k-th position to the next, ms. */
  #gap(k: number): number {
    return (this.#time[k + 1] as number) - (this.#time[k] as number);
  }
}

/** The tracks of one camera that may still be present. */
export interface Camera {
  readonly name: string;
  readonly tracks: Track[];
  /** The latest track of each id. */
  readonly byId: Map<string, Track>;
  /** Whether it told whom it sees at the moment that is decided, be it nobody. */
  watching: boolean;
  /** From when to when it told so, ms of its own clock, in order. */
  readonly watched: { readonly fromMs: number; toMs: number }[];
}

/** @param timeMs of the camera's own clock, not before what was asked last. */
export function isWatching({ watched }: Camera, timeMs: number): boolean {
  while (watched[0] && watched[0].toMs < timeMs) watched.shift();
  return watched[0] !== undefined && watched[0].fromMs <= timeMs;
}
