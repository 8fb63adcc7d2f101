/** Where order is forced upon people: in zones for queues and controls, and where many others walk the same line. */
import type { Grid } from '../scene/grid.ts';
import { grown } from '../scene/grown.ts';
import type { Tick } from '../scene/scene.ts';
import type { CompiledZone } from '../zones.ts';

/** Others who walk the same way are counted up to here, and when their velocity differs by no more (m/s). */
export const NEAR_METRES = 3;
const ALIGNED_SPEED = 0.8;
const WALKING_SPEED = 0.4;
/** The count is smoothed over so many seconds. */
const SMOOTH_SECONDS = 3;

/**
 * Who is half hidden by a desk or a barrier is placed a metre behind it, out of the line in which they stand. So where a place is less certain
 * than this (1-sigma, metres), whoever may be in a line by so many sigmas beyond it is taken to be.
 */
const SURE_SIGMA_METRES = 0.15;
const UNSURE_SIGMAS = 2;

const mayBeIn = (zone: CompiledZone, x: number, y: number, margin: number): boolean =>
  margin > 0 ? zone.near(x, y, margin) && zone.signedDistance(x, y) >= -margin : zone.contains(x, y);

export const IN_CONTROL = 1;
export const IN_QUEUE = 2;

export class Surroundings {
  readonly #forcing: readonly CompiledZone[];
  /** Smoothed number of others who walk the same way close by, by slot. */
  flow = new Float32Array(0);
  /** `IN_CONTROL` or `IN_QUEUE` in such a zone, else 0. */
  forced = new Uint8Array(0);
  #now = new Float32Array(0);

  constructor(zones: readonly CompiledZone[]) {
    this.#forcing = zones.filter(({ kind }) => kind === 'queue' || kind === 'control');
  }

  /** Looks around, once a second; `near` is told every pair within `NEAR_METRES`, with the square of the distance. */
  look(tick: Tick, grid: Grid, near: (a: number, b: number, square: number) => void): void {
    const { active, count, slots } = tick;
    this.#reserve(slots.capacity);
    const now = this.#now;
    const { x, y, vx, vy, speed, sigma } = slots;
    for (let i = 0; i < count; i++) {
      const slot = active[i] as number;
      now[slot] = 0;
      let forced = 0;
      const margin = UNSURE_SIGMAS * Math.max(0, (sigma[slot] as number) - SURE_SIGMA_METRES);
      for (let z = 0; z < this.#forcing.length && forced === 0; z++) {
        const zone = this.#forcing[z] as CompiledZone;
        if (mayBeIn(zone, x[slot] as number, y[slot] as number, margin)) {
          forced = zone.kind === 'queue' ? IN_QUEUE : IN_CONTROL;
        }
      }
      this.forced[slot] = forced;
    }
    grid.build(active, count, x, y);
    grid.pairs((i, j, square) => {
      const a = active[i] as number;
      const b = active[j] as number;
      const ux = (vx[a] as number) - (vx[b] as number);
      const uy = (vy[a] as number) - (vy[b] as number);
      const walks = Math.max(speed[a] as number, speed[b] as number) > WALKING_SPEED;
      if (walks && ux * ux + uy * uy < ALIGNED_SPEED * ALIGNED_SPEED) {
        now[a] = (now[a] as number) + 1;
        now[b] = (now[b] as number) + 1;
      }
      near(a, b, square);
    });
    const share = 1 - Math.exp(-1 / SMOOTH_SECONDS);
    for (let i = 0; i < count; i++) {
      const slot = active[i] as number;
      this.flow[slot] = (this.flow[slot] as number) + share * ((now[slot] as number) - (this.flow[slot] as number));
    }
  }

  forget(slot: number): void {
    this.flow[slot] = 0;
    this.forced[slot] = 0;
  }

  #reserve(capacity: number): void {
    if (capacity <= this.flow.length) return;
    this.flow = grown(this.flow, capacity);
    this.forced = grown(this.forced, capacity);
    this.#now = new Float32Array(capacity);
  }
}
