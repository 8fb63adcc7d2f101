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

/** The settings of one rounding, and how far the widest of them reaches. */
interface Rounded {
  readonly rounding: Precision;
  readonly settings: readonly number[];
  readonly widest: Reach;
}

function byRounding(settings: readonly Setting[], reaches: readonly Reach[]): Rounded[] {
  const groups = new Map<string, { rounding: Precision; settings: number[] }>();
  for (const [i, { rounding }] of settings.entries()) {
    const key = `${rounding.metres} ${rounding.seconds}`;
    const group = groups.get(key) ?? { rounding, settings: [] };
    groups.set(key, group);
    group.settings.push(i);
  }
  return [...groups.values()].map(({ rounding, settings: own }) => ({
    rounding,
    settings: own,
    widest: {
      metresSquared: Math.max(...own.map((i) => reaches[i]?.metresSquared ?? 0)),
      ms: Math.max(...own.map((i) => reaches[i]?.ms ?? 0)),
    },
  }));
}

export class Matcher {
  readonly #targets: readonly Target[];
  readonly #settings: readonly Setting[];
  readonly #reaches: readonly Reach[];
  readonly #rounded: readonly Rounded[];
  readonly #cellMetres: number;
  readonly #cellMs: number;
  /** Floor, then cell, to the points that may be within reach of a row there. A point is `target * MOST_POINTS + place`. */
  readonly #cells = new Map<string, Map<number, number[]>>();
  readonly #knownMs: Float64Array;
  readonly #knownX: Float64Array;
  readonly #knownY: Float64Array;
  /** A number for each person that fits anywhere. */
  readonly #numbers = new Map<string, number>();
  /** By setting and point: who fits. */
  readonly #fits: readonly Set<number>[][];

  constructor(targets: readonly Target[], settings: readonly Setting[]) {
    this.#targets = targets;
    this.#settings = settings;
    this.#reaches = settings.map(reachOf);
    this.#rounded = byRounding(settings, this.#reaches);
    this.#cellMetres = Math.max(0.1, ...this.#reaches.map(({ metresSquared }) => Math.sqrt(metresSquared)));
    this.#cellMs = Math.max(1, ...this.#reaches.map(({ ms }) => ms));
    const points = targets.length * MOST_POINTS;
    this.#knownMs = new Float64Array(points);
    this.#knownX = new Float64Array(points);
    this.#knownY = new Float64Array(points);
    this.#fits = settings.map(() => Array.from({ length: points }, () => new Set<number>()));
    for (const [index, target] of targets.entries()) {
      const cells = this.#cells.get(target.floor) ?? new Map<number, number[]>();
      this.#cells.set(target.floor, cells);
      for (const [place, known] of target.points.entries()) this.#put(cells, index * MOST_POINTS + place, known);
    }
  }

  /** Into its cell and those beside it. */
  #put(cells: Map<number, number[]>, point: number, { timeMs, x, y }: Target['points'][number]): void {
    this.#knownMs[point] = timeMs;
    this.#knownX[point] = x;
    this.#knownY[point] = y;
    const [column, row, step] = this.#cellOf(timeMs, x, y);
    for (let i = -1; i <= 1; i++) {
      for (let j = -1; j <= 1; j++) {
        for (let t = -1; t <= 1; t++) {
          const key = cellKey(column + i, row + j, step + t);
          const list = cells.get(key);
          if (list) list.push(point);
          else cells.set(key, [point]);
        }
      }
    }
  }

  #cellOf(timeMs: number, x: number, y: number): [number, number, number] {
    return [Math.floor(x / this.#cellMetres), Math.floor(y / this.#cellMetres), Math.floor(timeMs / this.#cellMs)];
  }

  #numberOf(person: string): number {
    const known = this.#numbers.get(person);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(person, number);
    return number;
  }

  /** Every stored row of everybody, those who are looked for among them. */
  take(floor: string, person: string, timeMs: number, x: number, y: number): void {
    const cells = this.#cells.get(floor);
    if (!cells) return;
    for (const { rounding, settings, widest } of this.#rounded) {
      const storedMs = rounded(timeMs, 1000 * rounding.seconds);
      const [storedX, storedY] = [rounded(x, rounding.metres), rounded(y, rounding.metres)];
      const [column, row, step] = this.#cellOf(storedMs, storedX, storedY);
      const points = cells.get(cellKey(column, row, step));
      if (!points) continue;
      for (const point of points) {
        const apartMs = Math.abs((this.#knownMs[point] as number) - storedMs);
        if (apartMs > widest.ms) continue;
        const [dx, dy] = [(this.#knownX[point] as number) - storedX, (this.#knownY[point] as number) - storedY];
        const apartSquared = dx * dx + dy * dy;
        if (apartSquared > widest.metresSquared) continue;
        const number = this.#numberOf(person);
        for (const setting of settings) {
          const reach = this.#reaches[setting] as Reach;
          if (apartMs <= reach.ms && apartSquared <= reach.metresSquared) this.#fits[setting]?.[point]?.add(number);
        }
      }
    }
  }

  /** After the last row. Of somebody with fewer points stored than are known, all are known. */
  counts(): UniqueCounts[] {
    return this.#settings.map((setting, i) => {
      const unique = new Array<number>(MOST_POINTS).fill(0);
      for (const [index, { points }] of this.#targets.entries()) {
        let left = this.#fits[i]?.[index * MOST_POINTS] ?? new Set<number>();
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
