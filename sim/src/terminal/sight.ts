/** Who can see what on a floor: straight lines in space against walls up to the ceiling and obstacles up to their height. */
import { piecesOf } from './segments.ts';
import type { Terminal } from './terminal.ts';

const CELL_METRES = 1;
/** What touches an end of the line does not block it: a camera hangs on its wall. */
const END = 1e-6;

/**
 * Lines of sight. Pieces lie in a grid of {@link CELL_METRES}, which a line walks through cell by cell (Amanatides and
 * Woo, "A Fast Voxel Traversal Algorithm for Ray Tracing", 1987).
 */
export class Sight {
  readonly #segments: Float64Array;
  readonly #heights: Float64Array;
  readonly #minX: number;
  readonly #minY: number;
  readonly #columns: number;
  readonly #rows: number;
  /** Pieces of cell c: `#items[#starts[c]]` to `#items[#starts[c + 1] - 1]`. */
  readonly #starts: Int32Array;
  readonly #items: Int32Array;

  constructor(terminal: Pick<Terminal, 'walls' | 'obstacles'>) {
    const { segments, heights } = piecesOf(terminal);
    this.#segments = segments;
    this.#heights = heights;
    let [minX, minY, maxX, maxY] = [0, 0, 1, 1];
    if (segments.length > 0) {
      minX = minY = Number.POSITIVE_INFINITY;
      maxX = maxY = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < segments.length; i += 2) {
        minX = Math.min(minX, segments[i] as number);
        maxX = Math.max(maxX, segments[i] as number);
        minY = Math.min(minY, segments[i + 1] as number);
        maxY = Math.max(maxY, segments[i + 1] as number);
      }
    }
    // A margin keeps pieces on the edge of the drawing inside the grid.
    this.#minX = minX - CELL_METRES / 2;
    this.#minY = minY - CELL_METRES / 2;
    this.#columns = Math.ceil((maxX - this.#minX) / CELL_METRES) + 1;
    this.#rows = Math.ceil((maxY - this.#minY) / CELL_METRES) + 1;
    const cells: number[][] = Array.from({ length: this.#columns * this.#rows }, () => []);
    for (let s = 0; s < heights.length; s += 1) this.#place(s, cells);
    this.#starts = new Int32Array(cells.length + 1);
    for (const [c, items] of cells.entries()) this.#starts[c + 1] = (this.#starts[c] as number) + items.length;
    this.#items = Int32Array.from(cells.flat());
  }

  #place(s: number, cells: number[][]): void {
    const [ax, ay, bx, by] = this.#segments.subarray(4 * s, 4 * s + 4) as unknown as [number, number, number, number];
    const column = (x: number) => Math.floor((x - this.#minX) / CELL_METRES);
    const row = (y: number) => Math.floor((y - this.#minY) / CELL_METRES);
    const half = CELL_METRES / 2;
    for (let r = row(Math.min(ay, by)); r <= row(Math.max(ay, by)); r += 1) {
      for (let c = column(Math.min(ax, bx)); c <= column(Math.max(ax, bx)); c += 1) {
        // Separating axis: the piece's own normal; its bounding box is the loop's. A little wider than the cell, so that
        // a line along the border of two cells meets it from both.
        const [mx, my] = [this.#minX + c * CELL_METRES + half, this.#minY + r * CELL_METRES + half];
        const off = Math.abs((bx - ax) * (my - ay) - (by - ay) * (mx - ax));
        const room = (half + 1e-6) * (Math.abs(bx - ax) + Math.abs(by - ay));
        if (off <= room) cells[r * this.#columns + c]?.push(s);
      }
    }
  }

  /** Whether something stands between two places. Heights in metres above the floor. Allocates nothing. */
  blocked(x0: number, y0: number, z0: number, x1: number, y1: number, z1: number): boolean {
    const dx = x1 - x0;
    const dy = y1 - y0;
    const dz = z1 - z0;
    if (dx === 0 && dy === 0) return false;
    const columns = this.#columns;
    const rows = this.#rows;
    const gx = (x0 - this.#minX) / CELL_METRES;
    const gy = (y0 - this.#minY) / CELL_METRES;
    let column = Math.floor(gx);
    let row = Math.floor(gy);
    const lastColumn = Math.floor((x1 - this.#minX) / CELL_METRES);
    const lastRow = Math.floor((y1 - this.#minY) / CELL_METRES);
    const stepX = dx > 0 ? 1 : -1;
    const stepY = dy > 0 ? 1 : -1;
    const perX = dx === 0 ? Number.POSITIVE_INFINITY : Math.abs(CELL_METRES / dx);
    const perY = dy === 0 ? Number.POSITIVE_INFINITY : Math.abs(CELL_METRES / dy);
    let nextX = dx === 0 ? Number.POSITIVE_INFINITY : perX * (dx > 0 ? column + 1 - gx : gx - column);
    let nextY = dy === 0 ? Number.POSITIVE_INFINITY : perY * (dy > 0 ? row + 1 - gy : gy - row);
    let left = Math.abs(lastColumn - column) + Math.abs(lastRow - row);
    for (;;) {
      if (column >= 0 && column < columns && row >= 0 && row < rows) {
        const cell = row * columns + column;
        const end = this.#starts[cell + 1] as number;
        for (let i = this.#starts[cell] as number; i < end; i += 1) {
          if (this.#meets(this.#items[i] as number, x0, y0, z0, dx, dy, dz)) return true;
        }
      }
      if (left-- <= 0) return false;
      if (nextX < nextY) {
        column += stepX;
        nextX += perX;
      } else {
        row += stepY;
        nextY += perY;
      }
    }
  }

  #meets(s: number, x0: number, y0: number, z0: number, dx: number, dy: number, dz: number): boolean {
    const segments = this.#segments;
    const ax = segments[4 * s] as number;
    const ay = segments[4 * s + 1] as number;
    const ex = (segments[4 * s + 2] as number) - ax;
    const ey = (segments[4 * s + 3] as number) - ay;
    const cross = dx * ey - dy * ex;
    if (cross === 0) return false;
    const t = ((ax - x0) * ey - (ay - y0) * ex) / cross;
    if (t <= END || t >= 1 - END) return false;
    const u = ((ax - x0) * dy - (ay - y0) * dx) / cross;
    return u >= 0 && u <= 1 && z0 + t * dz < (this.#heights[s] as number);
  }
}
