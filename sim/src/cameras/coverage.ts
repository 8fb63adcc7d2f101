/**
 * How much of a box is hidden, counted on a lattice of 4 x 8 points: one bit each, so that what hides what is a few
 * operations on whole numbers. Column c, row r from the top is bit 8 c + r.
 */
export const COLUMNS = 4;
export const ROWS = 8;

const ROW_IN_EVERY_COLUMN = 0x01_01_01_01;

/** Bits `from` up to but without `to` of eight. */
function run(from: number, to: number): number {
  return to > from ? ((1 << to) - 1) & ~((1 << from) - 1) : 0;
}

const clamp = (value: number, most: number) => (value < 0 ? 0 : value > most ? most : value);

/**
 * The points of a box that another one covers.
 *
 * @returns 32 bits.
 */
export function coveredPoints(
  left: number,
  top: number,
  right: number,
  bottom: number,
  otherLeft: number,
  otherTop: number,
  otherRight: number,
  otherBottom: number,
): number {
  const columnsPerPixel = COLUMNS / (right - left);
  const rowsPerPixel = ROWS / (bottom - top);
  // Point c lies at (c + 0.5) / COLUMNS: the first one inside is the first whose c + 0.5 reaches the other's edge.
  const fromColumn = clamp(Math.ceil((otherLeft - left) * columnsPerPixel - 0.5), COLUMNS);
  const toColumn = clamp(Math.ceil((otherRight - left) * columnsPerPixel - 0.5), COLUMNS);
  const fromRow = clamp(Math.ceil((otherTop - top) * rowsPerPixel - 0.5), ROWS);
  const toRow = clamp(Math.ceil((otherBottom - top) * rowsPerPixel - 0.5), ROWS);
  if (toColumn <= fromColumn) return 0;
  // The rows in every column, cut to the columns.
  const rows = Math.imul(run(fromRow, toRow), ROW_IN_EVERY_COLUMN);
  const keep = (toColumn === COLUMNS ? -1 : (1 << (ROWS * toColumn)) - 1) & ~((1 << (ROWS * fromColumn)) - 1);
  return rows & keep;
}

/** The points of one column from a row downwards. */
export function columnBelow(column: number, row: number): number {
  return run(clamp(row, ROWS), ROWS) << (ROWS * column);
}

/** @returns 0 to 32. */
export function countPoints(bits: number): number {
  let v = bits - ((bits >>> 1) & 0x55_55_55_55);
  v = (v & 0x33_33_33_33) + ((v >>> 2) & 0x33_33_33_33);
  return Math.imul((v + (v >>> 4)) & 0x0f_0f_0f_0f, ROW_IN_EVERY_COLUMN) >>> 24;
}

/** @returns the share of the points that are not in `hidden`, 0 to 1. */
export function visibleShare(hidden: number): number {
  return 1 - countPoints(hidden) / (COLUMNS * ROWS);
}
