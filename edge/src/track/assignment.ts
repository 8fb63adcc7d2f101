const NONE = -1;

/**
 * Exact solver of the rectangular assignment problem: shortest augmenting paths over dual prices (Jonker and Volgenant,
 * Computing 38, 1987), on typed arrays that are kept between calls. A row may stay alone at a price, so that gated and
 * forbidden pairs need no padding: each row owns one private column of that price.
 */
export class AssignmentSolver {
  /** After {@link solve}: the column of each row, -1 where the row stays alone. */
  columnOfRow = new Int32Array(0);
  /** After {@link solve}: the row of each column, -1 where the column stays alone. */
  rowOfColumn = new Int32Array(0);

  #rowPrice = new Float64Array(0);
  #columnPrice = new Float64Array(0);
  #distance = new Float64Array(0);
  #previousRow = new Int32Array(0);
  #settled = new Uint8Array(0);
  #settledColumns = new Int32Array(0);

  /**
   * Minimises the sum of the costs of the chosen pairs plus `alonePrice` for every row without a column.
   *
   * @param cost row-major, `rows` times `columns`; `Infinity` forbids a pair, NaN is not allowed.
   * @param alonePrice finite. A pair that costs more than this is never chosen for its own sake.
   */
  solve(cost: Float64Array, rows: number, columns: number, alonePrice: number): void {
    this.#reserve(rows, columns);
    this.columnOfRow.fill(NONE, 0, rows);
    this.rowOfColumn.fill(NONE, 0, columns);
    this.#rowPrice.fill(0, 0, rows);
    this.#columnPrice.fill(0, 0, columns);
    for (let row = 0; row < rows; row += 1) this.#augment(cost, columns, alonePrice, row);
  }

  #augment(cost: Float64Array, columns: number, alonePrice: number, start: number): void {
    const { columnOfRow, rowOfColumn } = this;
    const rowPrice = this.#rowPrice;
    const columnPrice = this.#columnPrice;
    const distance = this.#distance;
    const previousRow = this.#previousRow;
    const settled = this.#settled;
    distance.fill(Number.POSITIVE_INFINITY, 0, columns);
    settled.fill(0, 0, columns);
    let settledCount = 0;
    let row = start;
    let reached = 0;
    let aloneRow = NONE;
    let aloneDistance = Number.POSITIVE_INFINITY;
    let end = NONE;
    for (;;) {
      const price = rowPrice[row] as number;
      const alone = reached + alonePrice - price;
      if (alone < aloneDistance) {
        aloneDistance = alone;
        aloneRow = row;
      }
      let nearest = aloneDistance;
      let nearestColumn = NONE;
      const offset = row * columns;
      for (let column = 0; column < columns; column += 1) {
        if (settled[column] === 1) continue;
        const through = reached + (cost[offset + column] as number) - price - (columnPrice[column] as number);
        if (through < (distance[column] as number)) {
          distance[column] = through;
          previousRow[column] = row;
        }
        const best = distance[column] as number;
        if (best < nearest || (best === nearest && nearestColumn === NONE && best < Number.POSITIVE_INFINITY)) {
          nearest = best;
          nearestColumn = column;
        }
      }
      reached = nearest;
      if (nearestColumn === NONE) break;
      if (rowOfColumn[nearestColumn] === NONE) {
        end = nearestColumn;
        break;
      }
      settled[nearestColumn] = 1;
      this.#settledColumns[settledCount] = nearestColumn;
      settledCount += 1;
      row = rowOfColumn[nearestColumn] as number;
    }
    rowPrice[start] = (rowPrice[start] as number) + reached;
    for (let i = 0; i < settledCount; i += 1) {
      const column = this.#settledColumns[i] as number;
      const change = reached - (distance[column] as number);
      columnPrice[column] = (columnPrice[column] as number) - change;
      const owner = rowOfColumn[column] as number;
      rowPrice[owner] = (rowPrice[owner] as number) + change;
    }
    // Walk back along the path; where it ends in a private column, that row gives its own column up first.
    let column = end;
    if (column === NONE) {
      if (aloneRow === start) return;
      column = columnOfRow[aloneRow] as number;
      columnOfRow[aloneRow] = NONE;
    }
    for (;;) {
      const owner = previousRow[column] as number;
      const next = columnOfRow[owner] as number;
      columnOfRow[owner] = column;
      rowOfColumn[column] = owner;
      if (owner === start) return;
      column = next;
    }
  }

  #reserve(rows: number, columns: number): void {
    if (this.columnOfRow.length < rows) {
      this.columnOfRow = new Int32Array(rows * 2);
      this.#rowPrice = new Float64Array(rows * 2);
    }
    if (this.rowOfColumn.length < columns) {
      this.rowOfColumn = new Int32Array(columns * 2);
      this.#columnPrice = new Float64Array(columns * 2);
      this.#distance = new Float64Array(columns * 2);
      this.#previousRow = new Int32Array(columns * 2);
      this.#settled = new Uint8Array(columns * 2);
      this.#settledColumns = new Int32Array(columns * 2);
    }
  }
}
