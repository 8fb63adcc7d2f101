/** Who may be whom, all together: one person that ended is at most one that begins, and the other way round. */
import type { Motion } from './transit.ts';

/** Where, when and how somebody began or ended. Metres, m/s. */
export interface Life {
  readonly timeMs: number;
  readonly x: number;
  readonly y: number;
  vx: number;
  vy: number;
  /** Of the position, per axis, m². */
  readonly variance: number;
  /** Others around to a m²: as the camera tells it that sees most of them. */
  readonly density: number;
}

const ROUNDS = 30;

/**
 * Marginal probabilities of all links, by belief propagation, which converges for this graph (Williams and Lau, "Approximate
 * evaluation of marginal association probabilities with belief propagation", IEEE TAES 50(4), 2014).
 *
 * @param rows for each who begins, who it may be and the odds of that against its being somebody new.
 * @returns per row the probability of each of its candidates; the rest is the probability of somebody new.
 */
export function linkProbabilities<E extends object>(
  rows: readonly (readonly { readonly end: E; readonly odds: number }[])[],
): number[][] {
  const byEnd = new Map<E, { readonly row: number; readonly k: number }[]>();
  rows.forEach((candidates, row) => {
    candidates.forEach(({ end }, k) => {
      const links = byEnd.get(end);
      if (links) links.push({ row, k });
      else byEnd.set(end, [{ row, k }]);
    });
  });
  // What the ended tell those who begin: how free they are, were it not for this one.
  const free = rows.map((candidates) => candidates.map(() => 1));
  const wants = rows.map((candidates) => candidates.map(() => 0));
  for (let round = 0; round < ROUNDS; round++) {
    let changed = 0;
    rows.forEach((candidates, row) => {
      const f = free[row] as number[];
      let sum = 1;
      candidates.forEach(({ odds }, k) => {
        sum += odds * (f[k] as number);
      });
      candidates.forEach(({ odds }, k) => {
        (wants[row] as number[])[k] = odds / Math.max(1e-12, sum - odds * (f[k] as number));
      });
    });
    for (const links of byEnd.values()) {
      let sum = 1;
      for (const { row, k } of links) sum += wants[row]?.[k] ?? 0;
      for (const { row, k } of links) {
        const told = 1 / Math.max(1e-12, sum - (wants[row]?.[k] ?? 0));
        changed = Math.max(changed, Math.abs(told - (free[row]?.[k] ?? 0)));
        (free[row] as number[])[k] = told;
      }
    }
    if (changed < 1e-6) break;
  }
  return rows.map((candidates, row) => {
    const f = free[row] as number[];
    let sum = 1;
    candidates.forEach(({ odds }, k) => {
      sum += odds * (f[k] as number);
    });
    return candidates.map(({ odds }, k) => (odds * (f[k] as number)) / sum);
  });
}

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
