/**
 * Somebody who has all that is published and knows how the numbers add up. Written from the definition of the sums, and shares
 * nothing with the suppression.
 */
import type { Block } from '../../src/aggregate/calendar.ts';

type Shape = Pick<Block, 'quarters' | 'hours' | 'quartersOf' | 'day'>;

/** Sums that hold: the parts and their total, by cell. */
export function sums(zones: number, block: Shape): { readonly parts: number[]; readonly total: number }[] {
  const quarters = block.quarters.length;
  const times = quarters + block.hours.length + (block.day ? 1 : 0);
  const found: { parts: number[]; total: number }[] = [];
  for (let place = 0; place <= zones; place++) {
    let first = 0;
    block.quartersOf.forEach((count, hour) => {
      const parts = Array.from({ length: count }, (_, i) => place * times + first + i);
      found.push({ parts, total: place * times + quarters + hour });
      first += count;
    });
    if (block.day) {
      const parts = block.hours.map((_, hour) => place * times + quarters + hour);
      found.push({ parts, total: place * times + times - 1 });
    }
  }
  for (let time = 0; time < times; time++) {
    const parts = Array.from({ length: zones }, (_, zone) => zone * times + time);
    found.push({ parts, total: zones * times + time });
  }
  return found;
}

/** Bounds of every cell: what is published is certain, nothing is below zero. */
interface Bounds {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Narrows bounds by the sums until nothing changes. @returns whether any table is left. */
function narrow({ low, high }: Bounds, equations: ReturnType<typeof sums>): boolean {
  for (let changed = true; changed; ) {
    changed = false;
    for (const { parts, total } of equations) {
      const [least, most] = [parts, parts].map((cells, i) =>
        cells.reduce((sum, cell) => sum + ((i === 0 ? low : high)[cell] ?? 0), 0),
      ) as [number, number];
      const set = (cell: number, from: number, to: number): boolean => {
        if (from > (low[cell] ?? 0)) [low[cell], changed] = [from, true];
        if (to < (high[cell] ?? 0)) [high[cell], changed] = [to, true];
        return (low[cell] ?? 0) <= (high[cell] ?? 0);
      };
      if (!set(total, least, most)) return false;
      for (const cell of parts) {
        const others = { least: least - (low[cell] ?? 0), most: most - (high[cell] ?? 0) };
        // Of an endless rest nothing is known.
        const from = Number.isFinite(others.most) ? (low[total] ?? 0) - others.most : 0;
        if (!set(cell, from, (high[total] ?? 0) - others.least)) return false;
      }
      if (changed) break;
    }
  }
  return true;
}

export class Attacker {
  readonly #equations: ReturnType<typeof sums>;
  readonly #bounds: Bounds;

  /** @param published null: suppressed. @param most larger than any number can be. */
  constructor(zones: number, block: Shape, published: readonly (number | null)[], most: number) {
    this.#equations = sums(zones, block);
    this.#bounds = {
      low: Float64Array.from(published, (value) => value ?? 0),
      high: Float64Array.from(published, (value) => value ?? most),
    };
    if (!narrow(this.#bounds, this.#equations)) throw new Error('what is published does not add up');
  }

  /** What differencing alone tells of a cell. */
  range(cell: number): [number, number] {
    return [this.#bounds.low[cell] ?? 0, this.#bounds.high[cell] ?? 0];
  }

  /** Whether any table of whole numbers fits what is published and has this value in this cell. Exact: tries them all. */
  possible(cell: number, value: number): boolean {
    const low = Float64Array.from(this.#bounds.low);
    const high = Float64Array.from(this.#bounds.high);
    if (value < (low[cell] ?? 0) || value > (high[cell] ?? 0)) return false;
    low[cell] = value;
    high[cell] = value;
    return this.#anyTable({ low, high });
  }

  #anyTable(bounds: Bounds): boolean {
    if (!narrow(bounds, this.#equations)) return false;
    let open = -1;
    let narrowest = Number.POSITIVE_INFINITY;
    for (let cell = 0; cell < bounds.low.length; cell++) {
      const width = (bounds.high[cell] ?? 0) - (bounds.low[cell] ?? 0);
      if (width > 0 && width < narrowest) [open, narrowest] = [cell, width];
    }
    if (open < 0) return true;
    for (let value = bounds.low[open] ?? 0; value <= (bounds.high[open] ?? 0); value++) {
      const [low, high] = [Float64Array.from(bounds.low), Float64Array.from(bounds.high)];
      low[open] = value;
      high[open] = value;
      if (this.#anyTable({ low, high })) return true;
    }
    return false;
  }
}
