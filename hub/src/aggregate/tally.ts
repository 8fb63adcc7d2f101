/** Counts of a block of time from the stays in it. Pure. */
import type { Block } from './calendar.ts';

/** Somebody's stay in a zone: what `dwell_episode` knows of it. */
export interface Stay {
  readonly zone: string;
  readonly person: string;
  /** When the stay began; whoever comes back within half an hour goes on with it. */
  readonly fromMs: number;
  readonly visits: readonly { readonly fromMs: number; readonly toMs: number }[];
}

/**
 * One measure in every cell. A cell is `place * times + time`: the places are the zones and, last, all zones together; the
 * times are the quarters, then the hours, then the day where the block has one.
 */
export interface Table {
  /** Whole numbers that add up: over the quarters to the hour, over the zones to all zones. */
  readonly values: Float64Array;
  /** How many people a value comes from. They do not add up: somebody may be in several cells. */
  readonly people: Int32Array;
}

export interface Tables {
  /** Stays that began. */
  readonly footfall: Table;
  /** Seconds of presence of all people together. */
  readonly personSeconds: Table;
}

/** How many times a block has. */
export const timesOf = (block: Pick<Block, 'quarters' | 'hours' | 'day'>): number =>
  block.quarters.length + block.hours.length + Number(block.day);

class Counting {
  readonly #block: Block;
  readonly #times: number;
  readonly #total: number;
  readonly #hourOf: number[];
  readonly #people: Set<string>[];
  readonly values: Float64Array;

  constructor(block: Block, zones: number) {
    this.#block = block;
    this.#times = timesOf(block);
    this.#total = zones;
    this.#hourOf = block.quartersOf.flatMap((count, hour) => new Array<number>(count).fill(hour));
    this.values = new Float64Array((zones + 1) * this.#times);
    this.#people = Array.from(this.values, () => new Set<string>());
  }

  add(zone: number, quarter: number, value: number, person: string): void {
    const quarters = this.#block.quarters.length;
    const times = [quarter, quarters + (this.#hourOf[quarter] ?? 0)];
    if (this.#block.day) times.push(this.#times - 1);
    for (const place of [zone, this.#total]) {
      for (const time of times) {
        const cell = place * this.#times + time;
        this.values[cell] = (this.values[cell] ?? 0) + value;
        this.#people[cell]?.add(person);
      }
    }
  }

  table(): Table {
    return { values: this.values, people: Int32Array.from(this.#people, (people) => people.size) };
  }
}

/**
 * @param zones the identifiers of the zones, in the order of the places. Stays in others are left out.
 * @param stays may reach beyond the block.
 * @param leftOut zones and quarters in which somebody else counts.
 */
export function tally(
  block: Block,
  zones: readonly string[],
  stays: readonly Stay[],
  leftOut: (place: number, quarter: number) => boolean = () => false,
): Tables {
  const places = new Map(zones.map((zone, place) => [zone, place]));
  const footfall = new Counting(block, zones.length);
  const seconds = new Counting(block, zones.length);
  const quarterAt = (ms: number): number => {
    if (ms < block.fromMs || ms >= block.toMs) return -1;
    return block.quarters.findLastIndex((from) => from <= ms);
  };
  for (const { zone, person, fromMs, visits } of stays) {
    const place = places.get(zone);
    if (place === undefined) continue;
    const began = quarterAt(fromMs);
    if (began >= 0 && !leftOut(place, began)) footfall.add(place, began, 1, person);
    const present = new Map<number, number>();
    for (const visit of visits) {
      const [from, to] = [Math.max(visit.fromMs, block.fromMs), Math.min(visit.toMs, block.toMs)];
      for (let quarter = quarterAt(from); quarter >= 0 && quarter < block.quarters.length; quarter++) {
        const begins = block.quarters[quarter] ?? to;
        if (begins >= to) break;
        const ends = block.quarters[quarter + 1] ?? block.toMs;
        present.set(quarter, (present.get(quarter) ?? 0) + Math.min(to, ends) - Math.max(from, begins));
      }
    }
    // Rounded in the quarter, so that what is published adds up.
    for (const [quarter, ms] of present) {
      if (!leftOut(place, quarter)) seconds.add(place, quarter, Math.round(ms / 1000), person);
    }
  }
  return { footfall: footfall.table(), personSeconds: seconds.table() };
}
