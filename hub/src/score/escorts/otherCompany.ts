/** For how long everybody was near whom they were near for longest, and near the next: what two have beside each other. */
import { grown } from '../scene/grown.ts';
import { FIELD } from './field.ts';
import type { PairTable } from './pairTable.ts';

export class OtherCompany {
  /** By slot: the record of the longest company, its seconds, and those of the second longest. */
  #record = new Int32Array(0);
  #longest = new Float64Array(0);
  #second = new Float64Array(0);

  /** Goes through all records; to be called before they are weighed. */
  look({ used, low, high, numbers, stride }: PairTable, capacity: number): void {
    if (capacity > this.#record.length) {
      this.#record = grown(this.#record, capacity);
      this.#longest = grown(this.#longest, capacity);
      this.#second = grown(this.#second, capacity);
    }
    this.#longest.fill(0);
    this.#second.fill(0);
    this.#record.fill(-1);
    for (let record = 0; record < used; record++) {
      const slot = low[record] as number;
      if (slot < 0) continue;
      const seconds = numbers[record * stride + FIELD.near] as number;
      this.#add(slot, record, seconds);
      this.#add(high[record] as number, record, seconds);
    }
  }

  #add(slot: number, record: number, seconds: number): void {
    if (seconds > (this.#longest[slot] as number)) {
      this.#second[slot] = this.#longest[slot] as number;
      this.#longest[slot] = seconds;
      this.#record[slot] = record;
    } else if (seconds > (this.#second[slot] as number)) this.#second[slot] = seconds;
  }

  /** Seconds for which somebody was near another than with whom this record is; as of the last look. */
  beside(record: number, slot: number): number {
    return (this.#record[slot] === record ? this.#second[slot] : this.#longest[slot]) ?? 0;
  }
}
