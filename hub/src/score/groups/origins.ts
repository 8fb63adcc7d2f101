/**
 * Where people come into sight: the doors that everybody uses, by how many came there. Who works on a floor, behind a desk or at
 * a stand, comes by another door than those who walk up to ask.
 */
import type { Life } from './lives.ts';

export interface OriginOptions {
  /** A place is a square of 3 cells by 3; the side of a cell, metres. */
  readonly cellMetres: number;
  /** With so large a share of all who came, or more, somebody came the way of the public. */
  readonly publicShare: number;
  /** Before so many have come nothing is known. */
  readonly leastPeople: number;
  /** Beyond so many, what lies long ago counts half. */
  readonly mostPeople: number;
}

/** Chosen on simulated traffic: 20 % (6 to 60) of all come by a coordinator's door, 2 % by a desk's. */
export const ORIGIN_DEFAULTS: OriginOptions = {
  cellMetres: 2,
  publicShare: 0.05,
  leastPeople: 50,
  mostPeople: 10_000,
};

/** Column and row as one number: exact for places within 1,000 km. */
const ROW = 2 ** 24;

export class Origins {
  readonly #options: OriginOptions;
  readonly #cells = new Map<number, number>();
  #people = 0;

  constructor(options: OriginOptions = ORIGIN_DEFAULTS) {
    this.#options = options;
  }

  /** Somebody has come into sight. */
  began({ firstX, firstY }: Life): void {
    const key = this.#cell(firstX, firstY);
    this.#cells.set(key, (this.#cells.get(key) ?? 0) + 1);
    if (++this.#people <= this.#options.mostPeople) return;
    this.#people = 0;
    for (const [cell, count] of this.#cells) {
      const half = count >> 1;
      if (half === 0) this.#cells.delete(cell);
      else this.#cells.set(cell, half);
      this.#people += half;
    }
  }

  /** Whether somebody came where many come. */
  ofPublic(life: Life): boolean {
    const { leastPeople, publicShare } = this.#options;
    if (this.#people < leastPeople) return false;
    let first = life;
    while (first.earlier) first = first.earlier.life;
    const key = this.#cell(first.firstX, first.firstY);
    let came = 0;
    for (const row of [-ROW, 0, ROW]) for (const column of [-1, 0, 1]) came += this.#cells.get(key + row + column) ?? 0;
    // Without this one.
    return came - 1 >= publicShare * (this.#people - 1);
  }

  #cell(x: number, y: number): number {
    const { cellMetres } = this.#options;
    return Math.floor(y / cellMetres) * ROW + Math.floor(x / cellMetres);
  }
}
