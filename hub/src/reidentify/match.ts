/**
 * Who else fits what somebody knows: the attack of de Montjoye et al., "Unique in the Crowd" (Scientific Reports 3, 2013), with
 * places and times known to a stated precision. The known points are put on a grid of places and times, and every
 * stored row is looked up there once. Pure.
 */
import type { Target } from './sample.ts';
import { MOST_POINTS, type Precision, type Setting } from './settings.ts';

interface Reach {
  readonly metresSquared: number;
  readonly ms: number;
}

/** A stored place may be off by half the diagonal of its square, and a stored time by half of its step. */
const reachOf = ({ precision, rounding }: Setting): Reach => ({
  metresSquared: (precision.metres + rounding.metres * Math.SQRT1_2) ** 2 + 1e-9,
  ms: 1000 * (precision.seconds + rounding.seconds / 2),
});

const rounded = (value: number, step: number): number => (step > 0 ? Math.round(value / step) * step : value);

/** Two cells far from each other may have one key: what is within reach is measured anyway. */
const cellKey = (column: number, row: number, step: number): number =>
  (step & 0x1fffff) * 2 ** 32 + (column & 0xffff) * 2 ** 16 + (row & 0xffff);

/** How many of those asked about are the only one who fits, by the number of points known. */
export interface UniqueCounts {
  readonly setting: Setting;
  /** For 1 to {@link MOST_POINTS} points. */
  readonly unique: readonly number[];
}

export class Matcher {
  readonly #targets: readonly Target[];
  readonly #settings: readonly Setting[];
  readonly #reaches: readonly Reach[];
  /** The roundings that the settings name, each once. */
  readonly #roundings: readonly Precision[];
  readonly #settingsOf: readonly (readonly number[])[];
  readonly #cellMetres: number;
  readonly #cellMs: number;
  /** Floor, then cell, to the points that may be within reach of a row there. A point is `target * MOST_POINTS + place`. */
  readonly #cells = new Map<string, Map<number, number[]>>();
  /** By setting and point: who fits. */
  readonly #fits: readonly Set<string>[][];

  constructor(targets: readonly Target[], settings: readonly Setting[]) {
    this.#targets = targets;
    this.#settings = settings;
    this.#reaches = settings.map(reachOf);
    this.#roundings = [
      ...new Map(settings.map(({ rounding }) => [`${rounding.metres} ${rounding.seconds}`, rounding])).values(),
    ];
    this.#settingsOf = this.#roundings.map(({ metres, seconds }) =>
      [...settings.keys()].filter((i) => {
        const rounding = settings[i]?.rounding;
        return rounding?.metres === metres && rounding.seconds === seconds;
      }),
    );
    this.#cellMetres = Math.max(0.1, ...this.#reaches.map(({ metresSquared }) => Math.sqrt(metresSquared)));
    this.#cellMs = Math.max(1, ...this.#reaches.map(({ ms }) => ms));
    this.#fits = settings.map(() => Array.from({ length: targets.length * MOST_POINTS }, () => new Set<string>()));
    for (const [index, { floor, points }] of targets.entries()) {
      const cells = this.#cells.get(floor) ?? new Map<number, number[]>();
      this.#cells.set(floor, cells);
      for (const [place, { timeMs, x, y }] of points.entries()) {
        const [column, row, step] = this.#cellOf(timeMs, x, y);
        for (let i = -1; i <= 1; i++) {
          for (let j = -1; j <= 1; j++) {
            for (let t = -1; t <= 1; t++) {
              const key = cellKey(column + i, row + j, step + t);
              const list = cells.get(key);
              const point = index * MOST_POINTS + place;
              if (list) list.push(point);
              else cells.set(key, [point]);
            }
          }
        }
      }
    }
  }

  #cellOf(timeMs: number, x: number, y: number): [number, number, number] {
    return [Math.floor(x / this.#cellMetres), Math.floor(y / this.#cellMetres), Math.floor(timeMs / this.#cellMs)];
  }

  /** Every stored row of everybody, those who are looked for among them. */
  take(floor: string, person: string, timeMs: number, x: number, y: number): void {
    const cells = this.#cells.get(floor);
    if (!cells) return;
    for (const [i, { metres, seconds }] of this.#roundings.entries()) {
      const [storedMs, storedX, storedY] = [rounded(timeMs, 1000 * seconds), rounded(x, metres), rounded(y, metres)];
      const [column, row, step] = this.#cellOf(storedMs, storedX, storedY);
      for (const point of cells.get(cellKey(column, row, step)) ?? []) {
        const known = this.#targets[Math.floor(point / MOST_POINTS)]?.points[point % MOST_POINTS];
        if (!known) continue;
        const apartMs = Math.abs(known.timeMs - storedMs);
        const apartSquared = (known.x - storedX) ** 2 + (known.y - storedY) ** 2;
        for (const setting of this.#settingsOf[i] ?? []) {
          const reach = this.#reaches[setting];
          if (reach && apartMs <= reach.ms && apartSquared <= reach.metresSquared)
            this.#fits[setting]?.[point]?.add(person);
        }
      }
    }
  }

  /** After the last row. Of somebody with fewer points stored than are known, all are known. */
  counts(): UniqueCounts[] {
    return this.#settings.map((setting, i) => {
      const unique = new Array<number>(MOST_POINTS).fill(0);
      for (const [index, { points }] of this.#targets.entries()) {
        let left = this.#fits[i]?.[index * MOST_POINTS] ?? new Set<string>();
        for (let known = 1; known <= MOST_POINTS; known++) {
          const next = known <= points.length ? this.#fits[i]?.[index * MOST_POINTS + known - 1] : undefined;
          if (known > 1 && next) left = new Set([...left].filter((person) => next.has(person)));
          if (left.size === 1) unique[known - 1] = (unique[known - 1] ?? 0) + 1;
        }
      }
      return { setting, unique };
    });
  }
}
