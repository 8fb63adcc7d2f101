/** What ingest counts, for whoever shows it. Plain numbers since the start of the process; nothing about a person. */

/** Durations in seconds, sizes in messages: upper bounds of the buckets, the last one open. */
export interface Histogram {
  readonly upperBounds: readonly number[];
  /** How many observations lay at or below each bound and above the one before; one more entry for the rest. */
  readonly counts: readonly number[];
  readonly count: number;
  readonly sum: number;
}

export interface IngestCounters {
  /** Whether the connection to the broker stands. */
  readonly connected: boolean;
  /** Everything that arrived, good or bad. */
  readonly messages: number;
  readonly bytes: number;
  /** New track reports, and positions in them, that are committed. */
  readonly reports: number;
  readonly positions: number;
  readonly gaps: number;
  /** New reports of devices of level counts that are committed. */
  readonly counts: number;
  /** Reports and gaps that were there already. */
  readonly duplicates: number;
  readonly quarantined: number;
  /** ... of which tracks from devices that may send counts alone. */
  readonly finerThanAllowed: number;
  /** Reports that were stored of a floor that has no plan. */
  readonly withoutPlan: number;
  /** Names of devices that more than one agent uses at the moment, as `floor/device`. */
  readonly sharedNames: readonly string[];
  /** Transactions that failed and were tried again. */
  readonly commitRetries: number;
  /** Taken from the broker and not committed yet. */
  readonly pendingMessages: number;
  readonly pendingBytes: number;
  /** Whether the hub has stopped taking more because the database lags behind. */
  readonly backPressure: boolean;
  /** From the end of the newest committed report's frames to its commit, seconds. */
  readonly lagSeconds: number;
  /** Commits, seconds each. */
  readonly commitSeconds: Histogram;
  /** Messages per commit. */
  readonly batchMessages: Histogram;
}

const NO_HISTOGRAM: Histogram = { upperBounds: [], counts: [0], count: 0, sum: 0 };

/** Before the first message. */
export const NOTHING_COUNTED: IngestCounters = {
  connected: false,
  messages: 0,
  bytes: 0,
  reports: 0,
  positions: 0,
  gaps: 0,
  counts: 0,
  duplicates: 0,
  quarantined: 0,
  finerThanAllowed: 0,
  withoutPlan: 0,
  sharedNames: [],
  commitRetries: 0,
  pendingMessages: 0,
  pendingBytes: 0,
  backPressure: false,
  lagSeconds: 0,
  commitSeconds: NO_HISTOGRAM,
  batchMessages: NO_HISTOGRAM,
};

/** A histogram that grows. */
export class GrowingHistogram implements Histogram {
  readonly upperBounds: readonly number[];
  readonly counts: number[];
  count = 0;
  sum = 0;

  /** @param upperBounds ascending. */
  constructor(upperBounds: readonly number[]) {
    this.upperBounds = upperBounds;
    this.counts = new Array<number>(upperBounds.length + 1).fill(0);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.upperBounds.length && value > (this.upperBounds[bucket] ?? 0)) bucket++;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.count++;
    this.sum += value;
  }
}
