import type { BodyTable } from './bodyTable.ts';

const CELL_METRES = 2;
const MOST_CELLS_PER_SIDE = 512;

/**
 * Who is near whom. Rebuilt each step by a counting sort; bodies of a cell, and of neighbouring cells of a row, lie side by
 * side. What is outside the area counts to the cells of its border, so that no position is too far away.
 */
export class NeighbourGrid {
  readonly #left: number;
  readonly #bottom: number;
  readonly #columns: number;
  readonly #rows: number;
  /** Where the bodies of a cell begin in {@link order}. */
  readonly starts: Int32Array;
  readonly order: Int32Array;
  readonly #cellOf: Int32Array;

  constructor(capacity: number, bounds: { left: number; bottom: number; right: number; top: number }) {
    this.#left = bounds.left;
    this.#bottom = bounds.bottom;
    const cells = (metres: number) => Math.min(MOST_CELLS_PER_SIDE, Math.max(1, Math.ceil(metres / CELL_METRES)));
    this.#columns = cells(bounds.right - bounds.left);
    this.#rows = cells(bounds.top - bounds.bottom);
    this.starts = new Int32Array(this.#columns * this.#rows + 1);
    this.order = new Int32Array(capacity);
    this.#cellOf = new Int32Array(capacity);
  }

  column(x: number): number {
    const column = Math.floor((x - this.#left) / CELL_METRES);
    return column < 0 ? 0 : column >= this.#columns ? this.#columns - 1 : column;
  }

  row(y: number): number {
    const row = Math.floor((y - this.#bottom) / CELL_METRES);
    return row < 0 ? 0 : row >= this.#rows ? this.#rows - 1 : row;
  }

  get columns(): number {
    return this.#columns;
  }

  build(bodies: BodyTable, highest: number): void {
    const { starts, order } = this;
    const { x, y, alive } = bodies;
    const cellOf = this.#cellOf;
    starts.fill(0);
    for (let slot = 0; slot < highest; slot += 1) {
      if (alive[slot] === 0) continue;
      const cell = this.row(y[slot] as number) * this.#columns + this.column(x[slot] as number);
      cellOf[slot] = cell;
      starts[cell + 1] = (starts[cell + 1] as number) + 1;
    }
    const cells = starts.length - 1;
    for (let cell = 0; cell < cells; cell += 1) {
      starts[cell + 1] = (starts[cell + 1] as number) + (starts[cell] as number);
    }
    const total = starts[cells] as number;
    // Backwards from the end of each cell, which leaves the beginnings in `starts`, slots in ascending order.
    for (let slot = highest - 1; slot >= 0; slot -= 1) {
      if (alive[slot] === 0) continue;
      const cell = (cellOf[slot] as number) + 1;
      const place = (starts[cell] as number) - 1;
      starts[cell] = place;
      order[place] = slot;
    }
    // Now starts[c + 1] holds the beginning of c: move it back by one.
    starts.copyWithin(0, 1);
    starts[cells] = total;
  }
}
