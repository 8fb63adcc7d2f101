/** Who is near whom: a uniform grid over an unbounded floor, sorted anew at every tick, without allocation once it is warm. */

/** Told for each pair of places that is near enough: indices into the arrays given to `build`, squared metres. */
export type NearListener = (a: number, b: number, squaredMetres: number) => void;

export class Grid {
  readonly #cellMetres: number;
  readonly #reachSquare: number;
  readonly #candidates: number;
  #count = 0;
  #x = new Float64Array(0);
  #y = new Float64Array(0);
  #cellX = new Int32Array(0);
  #cellY = new Int32Array(0);
  #bucket = new Int32Array(0);
  #order = new Int32Array(0);
  #start = new Int32Array(1);
  #mask = 0;

  /**
   * @param reachMetres pairs up to here are found.
   * @param candidates so many others are looked at for each person and cell at most: in a heap of people some pairs are not seen.
   */
  constructor(reachMetres: number, candidates = 48) {
    this.#cellMetres = reachMetres;
    this.#reachSquare = reachMetres * reachMetres;
    this.#candidates = candidates;
  }

  /** Sorts the places of `slots[0..count)` into cells. */
  build(slots: Int32Array, count: number, x: Float64Array, y: Float64Array): void {
    if (this.#order.length < count) this.#reserve(count);
    this.#count = count;
    const start = this.#start.fill(0);
    for (let i = 0; i < count; i++) {
      const slot = slots[i] as number;
      const cx = Math.floor((x[slot] as number) / this.#cellMetres);
      const cy = Math.floor((y[slot] as number) / this.#cellMetres);
      const bucket = this.#hash(cx, cy);
      this.#bucket[i] = bucket;
      start[bucket + 1] = (start[bucket + 1] as number) + 1;
    }
    for (let b = 0; b <= this.#mask; b++) start[b + 1] = (start[b + 1] as number) + (start[b] as number);
    // Filled from the back, so that start[b + 1] ends at the beginning of bucket b and the order within is that of the slots.
    for (let i = count - 1; i >= 0; i--) {
      const end = (this.#bucket[i] as number) + 1;
      const at = (start[end] as number) - 1;
      start[end] = at;
      const slot = slots[i] as number;
      this.#order[at] = i;
      // Places lie in the order of the cells: who looks through a cell reads the memory from front to back.
      this.#x[at] = x[slot] as number;
      this.#y[at] = y[slot] as number;
      this.#cellX[at] = Math.floor((x[slot] as number) / this.#cellMetres);
      this.#cellY[at] = Math.floor((y[slot] as number) / this.#cellMetres);
    }
    // Every start now stands one bucket too far to the right.
    for (let b = 0; b <= this.#mask; b++) start[b] = start[b + 1] as number;
    start[this.#mask + 1] = count;
  }

  /** Tells each pair within reach once, in no particular order of place. */
  pairs(near: NearListener): void {
    for (let at = 0; at < this.#count; at++) {
      const cx = this.#cellX[at] as number;
      const cy = this.#cellY[at] as number;
      // Half of the neighbourhood: the other half finds this person.
      this.#cell(at, cx, cy, true, near);
      this.#cell(at, cx + 1, cy - 1, false, near);
      this.#cell(at, cx + 1, cy, false, near);
      this.#cell(at, cx + 1, cy + 1, false, near);
      this.#cell(at, cx, cy + 1, false, near);
    }
  }

  #cell(own: number, cx: number, cy: number, same: boolean, near: NearListener): void {
    const bucket = this.#hash(cx, cy);
    const end = this.#start[bucket + 1] as number;
    const first = same ? own + 1 : (this.#start[bucket] as number);
    const last = Math.min(end, first + this.#candidates);
    const x = this.#x[own] as number;
    const y = this.#y[own] as number;
    for (let at = first; at < last; at++) {
      const dx = (this.#x[at] as number) - x;
      const dy = (this.#y[at] as number) - y;
      const square = dx * dx + dy * dy;
      if (square > this.#reachSquare) continue;
      // Another cell may share the bucket, and be a neighbour in its own right.
      if ((this.#cellX[at] as number) !== cx || (this.#cellY[at] as number) !== cy) continue;
      near(this.#order[own] as number, this.#order[at] as number, square);
    }
  }

  #reserve(count: number): void {
    const size = Math.max(64, 2 ** Math.ceil(Math.log2(count)));
    this.#x = new Float64Array(size);
    this.#y = new Float64Array(size);
    this.#cellX = new Int32Array(size);
    this.#cellY = new Int32Array(size);
    this.#bucket = new Int32Array(size);
    this.#order = new Int32Array(size);
    this.#start = new Int32Array(2 * size + 1);
    this.#mask = 2 * size - 1;
  }

  #hash(cx: number, cy: number): number {
    // Cells above each other lie next to each other in memory.
    return (Math.imul(cx, 0x9e3779b1) + cy) & this.#mask;
  }
}
