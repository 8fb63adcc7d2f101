/** Records of two people who have been near each other for a while: a pool, found by slot. */

import { grown } from '../scene/grown.ts';
import { FIELD, FIELDS } from './field.ts';

/** Records of a person (as the lower slot) at most: in a crowd, more are not looked at. */
const ROWS = 12;

export class PairTable {
  /** Numbers of a record: see `FIELD`. */
  readonly stride = FIELDS;
  readonly lags: number;
  /** Lagged sums of a record: `2 lags + 1` squared differences of speeds, then as many products of velocities. */
  readonly sumStride: number;
  /** Slots of each record; low is -1 where the record is free. */
  low = new Int32Array(0);
  high = new Int32Array(0);
  numbers = new Float64Array(0);
  sums = new Float32Array(0);
  /** Seconds (looks) near each other; from `settledLooks` on everything is followed. */
  looks = new Int32Array(0);
  /** One past the last record that was ever in use. */
  used = 0;
  #free: number[] = [];
  #rows = new Int32Array(0);
  #capacity = 0;

  constructor(lags: number) {
    this.lags = lags;
    this.sumStride = 2 * (2 * lags + 1);
  }

  /** Records in use. */
  get size(): number {
    return this.used - this.#free.length;
  }

  reserve(capacity: number): void {
    if (capacity <= this.#capacity) return;
    this.#rows = grown(this.#rows, capacity * ROWS, -1);
    this.#capacity = capacity;
  }

  /** The record of two slots; -1 where there is none. */
  find(a: number, b: number): number {
    const low = a < b ? a : b;
    const high = a < b ? b : a;
    for (let k = 0, row = low * ROWS; k < ROWS; k++, row++) {
      const record = this.#rows[row] as number;
      if (record >= 0 && this.high[record] === high) return record;
    }
    return -1;
  }

  /** An empty record; -1 where the lower slot has as many as can be. */
  begin(a: number, b: number, timeMs: number): number {
    const low = a < b ? a : b;
    const high = a < b ? b : a;
    for (let k = 0, row = low * ROWS; k < ROWS; k++, row++) {
      if ((this.#rows[row] as number) >= 0) continue;
      const record = this.#free.pop() ?? this.used++;
      if (record >= this.low.length) this.#grow();
      this.#rows[row] = record;
      this.low[record] = low;
      this.high[record] = high;
      this.looks[record] = 0;
      this.numbers.fill(0, record * this.stride, (record + 1) * this.stride);
      this.sums.fill(0, record * this.sumStride, (record + 1) * this.sumStride);
      this.numbers[record * this.stride + FIELD.sinceMs] = timeMs;
      this.numbers[record * this.stride + FIELD.nearMs] = timeMs;
      this.numbers[record * this.stride + FIELD.againMs] = timeMs;
      return record;
    }
    return -1;
  }

  end(record: number): void {
    const low = this.low[record] as number;
    if (low < 0) return;
    for (let k = 0, row = low * ROWS; k < ROWS; k++, row++) if (this.#rows[row] === record) this.#rows[row] = -1;
    this.low[record] = -1;
    this.high[record] = -1;
    this.#free.push(record);
  }

  #grow(): void {
    const size = Math.max(64, 2 * this.low.length);
    this.low = grown(this.low, size, -1);
    this.high = grown(this.high, size, -1);
    this.looks = grown(this.looks, size, -1);
    this.numbers = grown(this.numbers, size * this.stride);
    this.sums = grown(this.sums, size * this.sumStride);
  }
}
