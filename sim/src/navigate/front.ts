/**
 * A front that runs out from a goal over the walkable floor and says for each cell how far it has run: the Eikonal
 * equation by upwind differences (Sethian, "A fast marching level set method", PNAS 1996). Buckets take the place of the
 * sorted heap (Yatziv, Bartesaghi and Sapiro, "O(N) implementation of the fast marching algorithm", 2006); a cell that
 * comes out nearer than thought is done again, so that the order within a bucket changes nothing.
 */
import { CELL_METRES, type WalkableGrid } from './grid.ts';

const BUCKET_METRES = 0.1;
/** More than the longest step of the front over the width of a bucket. */
const BUCKETS = 64;
const ENOUGH_METRES = 1e-4;

/** Scratch space of one grid, used again for every goal. */
export class Front {
  readonly #grid: WalkableGrid;
  readonly #buckets: Int32Array[] = Array.from({ length: BUCKETS }, () => new Int32Array(1024));
  readonly #lengths = new Int32Array(BUCKETS);
  /** Bucket in which a cell waits, counted from the start; -1: none. */
  readonly #waits: Int32Array;
  readonly #steps: Float32Array;
  #waiting = 0;

  constructor(grid: WalkableGrid) {
    this.#grid = grid;
    this.#waits = new Int32Array(grid.walkable.length);
    this.#steps = grid.cost.map((cost, cell) =>
      grid.walkable[cell] === 1 ? cost * CELL_METRES : Number.POSITIVE_INFINITY,
    );
  }

  /** Fills in distances from those that are finite. Cells that cannot be reached stay Infinity. */
  spread(distances: Float32Array): void {
    const columns = this.#grid.columns;
    const waits = this.#waits.fill(-1);
    const lengths = this.#lengths.fill(0);
    this.#waiting = 0;
    for (let cell = 0; cell < distances.length; cell += 1) {
      if (distances[cell] !== Number.POSITIVE_INFINITY) this.#put(cell, distances[cell] as number);
    }
    for (let turn = 0; this.#waiting > 0; turn += 1) {
      const slot = turn % BUCKETS;
      // Grows while it is read: a neighbour may belong to this same bucket.
      for (let i = 0; i < (lengths[slot] as number); i += 1) {
        const cell = (this.#buckets[slot] as Int32Array)[i] as number;
        this.#waiting -= 1;
        if (waits[cell] !== turn) continue;
        waits[cell] = -1;
        this.#update(cell - 1, distances, columns);
        this.#update(cell + 1, distances, columns);
        this.#update(cell - columns, distances, columns);
        this.#update(cell + columns, distances, columns);
      }
      lengths[slot] = 0;
    }
  }

  #update(cell: number, distances: Float32Array, columns: number): void {
    // Infinity for what is not walkable, and for the frame of the grid.
    const step = this.#steps[cell] as number;
    if (step === Number.POSITIVE_INFINITY) return;
    const known = distances[cell] as number;
    const left = distances[cell - 1] as number;
    const right = distances[cell + 1] as number;
    const down = distances[cell - columns] as number;
    const up = distances[cell + columns] as number;
    const a = left < right ? left : right;
    const b = down < up ? down : up;
    const least = a < b ? a : b;
    if (least >= known) return;
    const apart = a > b ? a - b : b - a;
    // The second holds also where one of both is infinite.
    const distance = apart < step ? (a + b + Math.sqrt(2 * step * step - apart * apart)) / 2 : least + step;
    if (distance >= known - ENOUGH_METRES) return;
    distances[cell] = distance;
    this.#put(cell, distance);
  }

  #put(cell: number, distance: number): void {
    const turn = Math.floor(distance / BUCKET_METRES);
    if (this.#waits[cell] === turn) return;
    this.#waits[cell] = turn;
    const slot = turn % BUCKETS;
    let bucket = this.#buckets[slot] as Int32Array;
    const length = this.#lengths[slot] as number;
    if (length === bucket.length) {
      const larger = new Int32Array(2 * length);
      larger.set(bucket);
      bucket = larger;
      this.#buckets[slot] = larger;
    }
    bucket[length] = cell;
    this.#lengths[slot] = length + 1;
    this.#waiting += 1;
  }
}
