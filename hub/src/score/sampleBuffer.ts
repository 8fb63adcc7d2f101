/** Positions that wait until everything before a moment is known; given back in the order of time. Flat arrays, reused. */
import type { DwellPerson } from './dwellPerson.ts';
import { grown } from './scene/grown.ts';

export class SampleBuffer {
  #capacity = 1024;
  #timeMs = new Float64Array(this.#capacity);
  #x = new Float64Array(this.#capacity);
  #y = new Float64Array(this.#capacity);
  #sigma = new Float64Array(this.#capacity);
  #measured = new Uint8Array(this.#capacity);
  #order = new Uint32Array(this.#capacity);
  readonly #who: DwellPerson[] = [];
  #sorted = true;

  get size(): number {
    return this.#who.length;
  }

  add(person: DwellPerson, timeMs: number, x: number, y: number, sigma: number, measured: boolean): void {
    const at = this.#who.length;
    if (at === this.#capacity) this.#grow();
    if (at > 0 && timeMs < (this.#timeMs[at - 1] as number)) this.#sorted = false;
    this.#timeMs[at] = timeMs;
    this.#x[at] = x;
    this.#y[at] = y;
    this.#sigma[at] = sigma;
    this.#measured[at] = measured ? 1 : 0;
    this.#who.push(person);
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#timeMs = grown(this.#timeMs, this.#capacity);
    this.#x = grown(this.#x, this.#capacity);
    this.#y = grown(this.#y, this.#capacity);
    this.#sigma = grown(this.#sigma, this.#capacity);
    this.#measured = grown(this.#measured, this.#capacity);
    this.#order = new Uint32Array(this.#capacity);
  }

  /** Gives out, in the order of time, everything before a moment. What came at the same time goes in the order of its coming. */
  drain(
    beforeMs: number,
    take: (person: DwellPerson, timeMs: number, x: number, y: number, sigma: number, measured: boolean) => void,
  ): void {
    const count = this.#who.length;
    const times = this.#timeMs;
    const order = this.#order.subarray(0, count);
    for (let i = 0; i < count; i++) order[i] = i;
    if (!this.#sorted) order.sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
    for (const i of order) {
      const timeMs = times[i] as number;
      if (timeMs >= beforeMs) break;
      take(
        this.#who[i] as DwellPerson,
        timeMs,
        this.#x[i] as number,
        this.#y[i] as number,
        this.#sigma[i] as number,
        this.#measured[i] === 1,
      );
    }
    this.#keepFrom(beforeMs);
  }

  #keepFrom(beforeMs: number): void {
    let kept = 0;
    this.#sorted = true;
    for (let i = 0; i < this.#who.length; i++) {
      const timeMs = this.#timeMs[i] as number;
      if (timeMs < beforeMs) continue;
      if (kept > 0 && timeMs < (this.#timeMs[kept - 1] as number)) this.#sorted = false;
      this.#timeMs[kept] = timeMs;
      this.#x[kept] = this.#x[i] as number;
      this.#y[kept] = this.#y[i] as number;
      this.#sigma[kept] = this.#sigma[i] as number;
      this.#measured[kept] = this.#measured[i] as number;
      this.#who[kept] = this.#who[i] as DwellPerson;
      kept++;
    }
    this.#who.length = kept;
  }
}
