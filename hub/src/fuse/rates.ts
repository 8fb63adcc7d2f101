/** How often people begin where: what a continuation is held against. */
import type { Life } from './life.ts';
import type { Motion } from './transit.ts';

const CELL_METRES = 3;
/** Beginnings per m² and second before anything is known, and how many events that is worth. */
const PRIOR_RATE = 0.002;
const PRIOR_FLOOR_EVENTS = 10;
/** A cell weighs its own experience against the whole floor's as this many events. */
const PRIOR_CELL_EVENTS = 2;
const MOST_CELLS = 100_000;
const STANDING_SHARE = 0.1;
const STANDING_SPEED = 0.25;

/** Where people begin: learned while it runs. Whether they were new or came back does not matter: that is asked of it. */
export class Rates {
  /** Beginnings by cell, for all cells that anybody was ever in. */
  readonly #cells = new Map<number, number>();
  #firstMs = Number.NaN;
  #lastMs = Number.NaN;
  #began = 0;

  #key(x: number, y: number): number {
    return Math.floor(x / CELL_METRES) * 1_000_003 + Math.floor(y / CELL_METRES);
  }

  visited(x: number, y: number, timeMs: number): void {
    if (Number.isNaN(this.#firstMs)) this.#firstMs = timeMs;
    this.#lastMs = timeMs;
    const key = this.#key(x, y);
    if (!this.#cells.has(key) && this.#cells.size < MOST_CELLS) this.#cells.set(key, 0);
  }

  began(x: number, y: number): void {
    this.#began++;
    const key = this.#key(x, y);
    if (this.#cells.has(key) || this.#cells.size < MOST_CELLS) this.#cells.set(key, (this.#cells.get(key) ?? 0) + 1);
  }

  /** Density of beginnings per m², second and (m/s)²: how often people begin here, and with such a velocity. */
  density(at: Life, motion: Motion): number {
    const seconds = (Number.isNaN(this.#firstMs) ? 0 : (this.#lastMs - this.#firstMs) / 1000) + 1;
    const area = CELL_METRES * CELL_METRES;
    const floor =
      (this.#began + PRIOR_FLOOR_EVENTS) / (seconds * area * this.#cells.size + PRIOR_FLOOR_EVENTS / PRIOR_RATE);
    const own = this.#cells.get(this.#key(at.x, at.y)) ?? 0;
    const here = (own + PRIOR_CELL_EVENTS) / (seconds * area + PRIOR_CELL_EVENTS / floor);
    const walking = Math.max(0.3, motion.speedSigma * 1.4);
    const square = at.vx * at.vx + at.vy * at.vy;
    const normal = (sigma: number) => Math.exp(-square / (2 * sigma * sigma)) / (2 * Math.PI * sigma * sigma);
    return here * ((1 - STANDING_SHARE) * normal(walking) + STANDING_SHARE * normal(STANDING_SPEED) + 1e-4);
  }
}
