/** The partition of everybody present in each window of time, from the evidence of that window and of what lies around it. */
import { type Link, type PartitionOptions, partition } from './components.ts';
import {
  comingEvidence,
  distanceEvidence,
  type EvidenceOptions,
  offsetEvidence,
  type PairEvidence,
  STAT,
  STATS,
  velocityEvidence,
} from './evidence.ts';
import { type Life, pairKey } from './lives.ts';

export interface WindowOptions {
  /** Length of a window, ms. */
  readonly windowMs: number;
  /** A window is decided so long after its end, ms: what people do then tells who was with whom. 0 for none. */
  readonly settleMs: number;
  /** What lies so many seconds of walking from the window counts for 1/e. */
  readonly forgetSeconds: number;
  /** Share of that by which seconds of standing count: who came together and stands together has not parted. */
  readonly standingForget: number;
  /** Bound of what is remembered of a pair, in windows. */
  readonly rememberWindows: number;
}

export const WINDOW_DEFAULTS = { forgetSeconds: 40, standingForget: 0.05, rememberWindows: 12 } as const;

export interface Grouping {
  readonly fromMs: number;
  readonly toMs: number;
  /** A partition of everybody present; members and groups in the order in which they were first seen in the window. */
  readonly groups: readonly (readonly string[])[];
}

interface History {
  readonly a: Life;
  readonly b: Life;
  /** `STATS` numbers for each of the last windows, as a ring. */
  readonly bins: Float64Array;
  /** What the windows before those hold, forgotten up to the oldest of them. */
  readonly past: Float64Array;
  newest: number;
}

/** Log odds of a pair with its parts. */
export function weigh(
  options: EvidenceOptions,
  stats: Float64Array,
  at: number,
  a: Life,
  b: Life,
  beganMs: number,
  nowMs: number,
): PairEvidence {
  const distance = distanceEvidence(options, stats, at);
  const velocity = velocityEvidence(options, stats, at);
  const offset = offsetEvidence(options, stats, at);
  const olderMs = Math.min(a.firstMs, b.firstMs);
  const gap = Math.abs(a.firstMs - b.firstMs) / 1000;
  // Who was there at the beginning came at a time that nobody knows.
  const unknown = olderMs - beganMs < 2000 && gap < 2;
  const coming = unknown ? 0 : comingEvidence(options, gap, (nowMs - olderMs) / 1000);
  const prior = options.priorLogOdds;
  return { distance, velocity, offset, coming, prior, total: distance + velocity + offset + coming + prior };
}

export class WindowGrouper {
  readonly #options: WindowOptions;
  readonly #evidence: EvidenceOptions;
  readonly #partition: PartitionOptions;
  readonly #onGrouping: (grouping: Grouping) => void;
  readonly #histories = new Map<number, History>();
  /** By window: everybody with a sample in it, and the newest of their lives. */
  readonly #present = new Map<number, Map<string, Life | null>>();
  /** Everybody's newest life: who has one sample in a window and no tick is found here. */
  readonly #newest = new Map<string, Life>();
  readonly #sum = new Float64Array(STATS);
  #startMs = Number.NaN;
  #decided = -1;
  #prunedWindow = 0;

  constructor(
    options: WindowOptions,
    evidence: EvidenceOptions,
    partitionOptions: PartitionOptions,
    onGrouping: (grouping: Grouping) => void,
  ) {
    this.#options = options;
    this.#evidence = evidence;
    this.#partition = partitionOptions;
    this.#onGrouping = onGrouping;
  }

  /** Somebody has a sample: they are present in its window. The first one says where windows begin. */
  present(person: string, timeMs: number): void {
    if (Number.isNaN(this.#startMs)) this.#startMs = timeMs;
    const window = this.#windowOf(timeMs);
    if (window <= this.#decided) return;
    let people = this.#present.get(window);
    if (!people) {
      people = new Map();
      this.#present.set(window, people);
    }
    if (!people.has(person)) people.set(person, null);
  }

  /** Somebody is active at a tick. */
  lives(life: Life, timeMs: number): void {
    if (life.firstMs === timeMs) this.#newest.set(life.person, life);
    const people = this.#present.get(this.#windowOf(timeMs));
    if (people?.has(life.person)) people.set(life.person, life);
  }

  /** What a tick adds to a pair. */
  add(a: Life, b: Life, timeMs: number, increment: Float64Array): void {
    const window = this.#windowOf(timeMs);
    const key = pairKey(a.number, b.number);
    const { rememberWindows } = this.#options;
    let history = this.#histories.get(key);
    if (!history) {
      history = {
        a,
        b,
        bins: new Float64Array(rememberWindows * STATS),
        past: new Float64Array(STATS),
        newest: window,
      };
      this.#histories.set(key, history);
    }
    const { bins, past } = history;
    for (; history.newest < window; history.newest++) {
      const row = ((history.newest + 1) % rememberWindows) * STATS;
      if (history.newest + 1 >= rememberWindows) {
        const keep = this.#keep(bins, row);
        for (let k = 0; k < STATS; k++) past[k] = (past[k] as number) * keep + (bins[row + k] as number);
      }
      bins.fill(0, row, row + STATS);
    }
    const row = (window % rememberWindows) * STATS;
    for (let k = 0; k < STATS; k++) bins[row + k] = (bins[row + k] as number) + (increment[k] as number);
  }

  /** Decides the windows that are due when everything before `timeMs` has been told. */
  advance(timeMs: number): void {
    if (Number.isNaN(this.#startMs)) return;
    for (const window of [...this.#present.keys()].sort((p, q) => p - q)) {
      const toMs = this.#startMs + (window + 1) * this.#options.windowMs;
      if (toMs + this.#options.settleMs > timeMs) break;
      this.#decide(window, Math.min(timeMs, toMs + this.#options.settleMs));
    }
    const now = this.#windowOf(timeMs);
    if (now > this.#prunedWindow) {
      this.#prunedWindow = now;
      for (const [key, history] of this.#histories) {
        if (now - history.newest >= this.#options.rememberWindows) this.#histories.delete(key);
      }
      for (const [person, life] of this.#newest) {
        if (life.gone && now - this.#windowOf(life.lastMs) >= this.#options.rememberWindows)
          this.#newest.delete(person);
      }
    }
  }

  /** The end of all data. */
  finish(timeMs: number): void {
    for (const window of [...this.#present.keys()].sort((p, q) => p - q)) this.#decide(window, timeMs);
  }

  #windowOf(timeMs: number): number {
    return Math.floor((timeMs - this.#startMs) / this.#options.windowMs);
  }

  #decide(window: number, nowMs: number): void {
    const people = this.#present.get(window) ?? new Map<string, Life | null>();
    const persons = [...people.keys()];
    const index = new Map<Life, number>();
    persons.forEach((person, i) => {
      const life = people.get(person) ?? this.#newest.get(person);
      if (life) index.set(life, i);
    });
    const links: Link[] = [];
    for (const history of this.#histories.values()) {
      const a = index.get(history.a);
      const b = index.get(history.b);
      if (a === undefined || b === undefined) continue;
      this.#around(history, window);
      if (!((this.#sum[STAT.seconds] as number) > 0)) continue;
      const { total } = weigh(this.#evidence, this.#sum, 0, history.a, history.b, this.#startMs, nowMs);
      links.push({ a, b, logOdds: total });
    }
    const groups = partition(persons.length, links, this.#partition);
    const fromMs = this.#startMs + window * this.#options.windowMs;
    this.#onGrouping({
      fromMs,
      toMs: fromMs + this.#options.windowMs,
      groups: groups.map((group) => group.map((i) => persons[i] as string)),
    });
    this.#present.delete(window);
    this.#decided = window;
  }

  /** What is left over a window of what lies beyond it: less for walking, or not being near each other, than for standing. */
  #keep(bins: Float64Array, row: number): number {
    const { windowMs, forgetSeconds, standingForget } = this.#options;
    const standing = Math.max(0, (bins[row + STAT.seconds] as number) - (bins[row + STAT.moving] as number));
    return Math.exp(-(windowMs / 1000 - (1 - standingForget) * standing) / forgetSeconds);
  }

  /** Sums what is remembered of a pair, what lies nearer to the window counting for more. */
  #around(history: History, window: number): void {
    const { rememberWindows, windowMs, forgetSeconds } = this.#options;
    const { bins, past, newest } = history;
    const sum = this.#sum.fill(0);
    // After the last window with both, nothing is known of the pair.
    let weight = Math.exp((-Math.max(0, window - newest) * windowMs) / 1000 / forgetSeconds);
    const oldest = Math.max(0, newest - rememberWindows + 1);
    for (let bin = Math.min(window, newest); bin >= oldest; bin--) {
      const row = (bin % rememberWindows) * STATS;
      for (let k = 0; k < STATS; k++) sum[k] = (sum[k] as number) + weight * (bins[row + k] as number);
      weight *= this.#keep(bins, row);
    }
    for (let k = 0; k < STATS; k++) sum[k] = (sum[k] as number) + weight * (past[k] as number);
    weight = 1;
    for (let bin = Math.max(window, oldest - 1) + 1; bin <= newest; bin++) {
      const row = (bin % rememberWindows) * STATS;
      weight *= this.#keep(bins, row);
      for (let k = 0; k < STATS; k++) sum[k] = (sum[k] as number) + weight * (bins[row + k] as number);
    }
  }
}
