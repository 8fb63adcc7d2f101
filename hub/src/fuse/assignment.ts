/** One-to-one assignment of the tracks of one camera to persons, exact, on the sparse pairs that are possible at all. */

/** A possible pair and what choosing it gains over leaving its row alone; only gains above 0 are worth telling. */
export interface Choice {
  readonly row: number;
  readonly column: number;
  readonly gain: number;
}

/** Rows and columns of one problem that is still solved exactly. What is larger is crowded beyond telling apart. */
const EXACT_LIMIT = 256;

/**
 * Finds the one-to-one assignment of greatest total gain. The problem falls apart into connected pieces, each solved by
 * shortest augmenting paths (Jonker and Volgenant, Computing 38, 1987). A piece of more than 256 rows or columns is taken
 * greedily, greatest gain first. Ties go to the lower row, then the lower column, so that a replay decides alike.
 *
 * @param rows how many rows there are; a row may stay alone.
 * @returns the column of each row, -1 where it stays alone.
 */
export function assignBest(choices: readonly Choice[], rows: number): Int32Array {
  const columnOfRow = new Int32Array(rows).fill(-1);
  const worth = choices.filter((choice) => choice.gain > 0);
  if (worth.length === 0) return columnOfRow;
  for (const piece of pieces(worth, rows)) {
    const only = piece[0] as Choice;
    if (piece.length === 1) columnOfRow[only.row] = only.column;
    else solvePiece(piece, columnOfRow);
  }
  return columnOfRow;
}

function pieces(choices: readonly Choice[], rows: number): Choice[][] {
  const parent = Int32Array.from({ length: rows }, (_, i) => i);
  const root = (row: number): number => {
    let at = row;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] as number] as number;
      at = parent[at] as number;
    }
    return at;
  };
  const rowOfColumn = new Map<number, number>();
  for (const { row, column } of choices) {
    const known = rowOfColumn.get(column);
    if (known === undefined) rowOfColumn.set(column, row);
    else parent[root(row)] = root(known);
  }
  const found = new Map<number, Choice[]>();
  for (const choice of choices) {
    const at = root(choice.row);
    const piece = found.get(at);
    if (piece) piece.push(choice);
    else found.set(at, [choice]);
  }
  return [...found.values()];
}

function greedily(piece: readonly Choice[], columnOfRow: Int32Array): void {
  const taken = new Set<number>();
  const order = [...piece].sort((a, b) => b.gain - a.gain || a.row - b.row || a.column - b.column);
  for (const { row, column } of order) {
    if (columnOfRow[row] !== -1 || taken.has(column)) continue;
    columnOfRow[row] = column;
    taken.add(column);
  }
}

function solvePiece(piece: readonly Choice[], columnOfRow: Int32Array): void {
  const rowIds = [...new Set(piece.map(({ row }) => row))].sort((a, b) => a - b);
  const columnIds = [...new Set(piece.map(({ column }) => column))].sort((a, b) => a - b);
  if (rowIds.length > EXACT_LIMIT || columnIds.length > EXACT_LIMIT) {
    greedily(piece, columnOfRow);
    return;
  }
  const rowAt = new Map(rowIds.map((id, i) => [id, i]));
  const columnAt = new Map(columnIds.map((id, i) => [id, i]));
  const n = rowIds.length;
  // Every row owns one more column, in which it stays alone.
  const width = columnIds.length + n;
  const cost = new Float64Array(n * width).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < n; i++) cost[i * width + columnIds.length + i] = 0;
  for (const { row, column, gain } of piece) {
    cost[(rowAt.get(row) as number) * width + (columnAt.get(column) as number)] = -gain;
  }
  const rowOf = shortestPaths(cost, n, width);
  for (let j = 0; j < columnIds.length; j++) {
    const i = rowOf[j] as number;
    if (i >= 0) columnOfRow[rowIds[i] as number] = columnIds[j] as number;
  }
}

/** @returns the row of each column, -1 where none. Every row can have a column of finite cost. */
function shortestPaths(cost: Float64Array, rows: number, width: number): Int32Array {
  const rowOf = new Int32Array(width).fill(-1);
  const rowPrice = new Float64Array(rows);
  const columnPrice = new Float64Array(width);
  const distance = new Float64Array(width);
  const from = new Int32Array(width);
  const settled = new Uint8Array(width);
  for (let start = 0; start < rows; start++) {
    distance.fill(Number.POSITIVE_INFINITY);
    settled.fill(0);
    from.fill(-1);
    let row = start;
    let reached = 0;
    let end = -1;
    while (end < 0) {
      let nearest = -1;
      for (let j = 0; j < width; j++) {
        if (settled[j] === 1) continue;
        const through =
          reached + (cost[row * width + j] as number) - (rowPrice[row] as number) - (columnPrice[j] as number);
        if (through < (distance[j] as number)) {
          distance[j] = through;
          from[j] = row;
        }
        if (nearest < 0 || (distance[j] as number) < (distance[nearest] as number)) nearest = j;
      }
      settled[nearest] = 1;
      reached = distance[nearest] as number;
      if ((rowOf[nearest] as number) < 0) end = nearest;
      else row = rowOf[nearest] as number;
    }
    rowPrice[start] = (rowPrice[start] as number) + reached;
    for (let j = 0; j < width; j++) {
      if (settled[j] === 0 || j === end) continue;
      const change = reached - (distance[j] as number);
      columnPrice[j] = (columnPrice[j] as number) - change;
      const owner = rowOf[j] as number;
      rowPrice[owner] = (rowPrice[owner] as number) + change;
    }
    for (let j = end; ; ) {
      const owner = from[j] as number;
      let previous = -1;
      for (let k = 0; k < width; k++) if (rowOf[k] === owner) previous = k;
      rowOf[j] = owner;
      if (owner === start) break;
      j = previous;
    }
  }
  return rowOf;
}
