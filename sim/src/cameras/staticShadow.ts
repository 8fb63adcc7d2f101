import type { LineOfSight } from './bodies.ts';

const CELL_METRES = 0.2;
/** Higher than anybody's head. */
const HEAD_ROOM_METRES = 2.1;
const FLOOR_METRES = 0.02;
const HALVINGS = 6;

/**
 * How much of a body walls and obstacles hide from one camera. Seen from above, what stands in between hides a body from
 * the floor up to some height, so one number says it for a place. It is found by rays to several heights when somebody first
 * stands there, for cells of 0.2 m, and kept: the building does not move.
 */
export class StaticShadow {
  readonly #sight: LineOfSight;
  readonly #x: number;
  readonly #y: number;
  readonly #z: number;
  readonly #reach: number;
  readonly #columns: number;
  readonly #lowest: Float32Array;

  /** @param reachMetres how far from the camera places are asked for. */
  constructor(sight: LineOfSight, x: number, y: number, z: number, reachMetres: number) {
    this.#sight = sight;
    this.#x = x;
    this.#y = y;
    this.#z = z;
    this.#reach = reachMetres + 1;
    this.#columns = Math.ceil((2 * this.#reach) / CELL_METRES);
    this.#lowest = new Float32Array(this.#columns * this.#columns).fill(Number.NaN);
  }

  /** The lowest height above the floor that the camera sees there, metres: 0 where nothing hides anything, Infinity where all is hidden. */
  lowestVisible(x: number, y: number): number {
    const column = Math.floor((x - this.#x + this.#reach) / CELL_METRES);
    const row = Math.floor((y - this.#y + this.#reach) / CELL_METRES);
    if (column < 0 || row < 0 || column >= this.#columns || row >= this.#columns) return Number.POSITIVE_INFINITY;
    const cell = row * this.#columns + column;
    const known = this.#lowest[cell] as number;
    if (!Number.isNaN(known)) return known;
    const found = this.#look(
      this.#x - this.#reach + (column + 0.5) * CELL_METRES,
      this.#y - this.#reach + (row + 0.5) * CELL_METRES,
    );
    this.#lowest[cell] = found;
    return found;
  }

  #look(x: number, y: number): number {
    const hidden = (z: number) => this.#sight.blocked(this.#x, this.#y, this.#z, x, y, z);
    if (!hidden(FLOOR_METRES)) return 0;
    if (hidden(HEAD_ROOM_METRES)) return Number.POSITIVE_INFINITY;
    let [low, high] = [FLOOR_METRES, HEAD_ROOM_METRES];
    for (let step = 0; step < HALVINGS; step += 1) {
      const middle = (low + high) / 2;
      if (hidden(middle)) low = middle;
      else high = middle;
    }
    return high;
  }
}
