/** The walkable floor as a grid: which cells a body's middle can be in, how far from walls, and what hangs together. */
import type { PlanPoint } from '@safe-passage/contract';
import { contains, distanceToSegment } from '../terminal/polygon.ts';
import { wallSegments } from '../terminal/segments.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Side of a cell, metres. */
export const CELL_METRES = 0.25;
/** A body's middle stays this far from walls and obstacles, metres. */
const BODY_METRES = 0.28;
/** Closer to a wall than this, a way counts as longer: people do not scrape along. */
const COMFORT_METRES = 0.8;
/** Extra length at a wall, as a share. */
const SCRAPING = 1.2;
/** Someone pushed off the walkable floor finds back from this far. */
const LOST_METRES = 2.5;

export class WalkableGrid {
  readonly minX: number;
  readonly minY: number;
  readonly columns: number;
  readonly rows: number;
  readonly walkable: Uint8Array;
  /** Metres to the nearest wall or obstacle, up to the comfortable distance. */
  readonly clearance: Float32Array;
  /** What a metre counts for here, 1 or more. */
  readonly cost: Float32Array;
  /** Cells with the same number are connected; -1: not walkable. */
  readonly region: Int16Array;
  /** The walkable cell nearest to each; -1: none near. */
  readonly nearest: Int32Array;

  constructor(terminal: Pick<Terminal, 'bounds' | 'walls' | 'obstacles'>) {
    const [[minX, minY], [maxX, maxY]] = terminal.bounds;
    // A frame of closed cells: every walkable cell has four neighbours, and loops need not ask. The cells inside it have
    // their middles on the bounds, so that portals there can be stood on.
    this.minX = minX - 1.5 * CELL_METRES;
    this.minY = minY - 1.5 * CELL_METRES;
    this.columns = Math.ceil((maxX - minX) / CELL_METRES) + 3;
    this.rows = Math.ceil((maxY - minY) / CELL_METRES) + 3;
    const cells = this.columns * this.rows;
    this.walkable = new Uint8Array(cells).fill(1);
    this.clearance = new Float32Array(cells).fill(COMFORT_METRES);
    this.cost = new Float32Array(cells);
    this.region = new Int16Array(cells).fill(-1);
    this.nearest = new Int32Array(cells).fill(-1);
    this.#measureClearance(wallSegments(terminal));
    for (const obstacle of terminal.obstacles) this.#close(obstacle.polygon);
    for (let cell = 0; cell < cells; cell += 1) {
      const column = cell % this.columns;
      const frame = column === 0 || column === this.columns - 1 || cell < this.columns || cell >= cells - this.columns;
      if (frame) this.walkable[cell] = 0;
    }
    for (let cell = 0; cell < cells; cell += 1) {
      const clearance = this.clearance[cell] as number;
      if (clearance < BODY_METRES) this.walkable[cell] = 0;
      const tight = Math.min(1, (COMFORT_METRES - clearance) / (COMFORT_METRES - BODY_METRES));
      this.cost[cell] = 1 + SCRAPING * tight * tight;
    }
    this.#nameRegions();
    this.#findNearest();
  }

  /** Middle of a cell, metres. */
  x(cell: number): number {
    return this.minX + ((cell % this.columns) + 0.5) * CELL_METRES;
  }

  y(cell: number): number {
    return this.minY + (Math.floor(cell / this.columns) + 0.5) * CELL_METRES;
  }

  /** The cell that holds a place; places off the drawing belong to the cell at its edge. */
  cellAt(x: number, y: number): number {
    const column = Math.min(this.columns - 1, Math.max(0, Math.floor((x - this.minX) / CELL_METRES)));
    const row = Math.min(this.rows - 1, Math.max(0, Math.floor((y - this.minY) / CELL_METRES)));
    return row * this.columns + column;
  }

  isWalkable(x: number, y: number): boolean {
    return this.walkable[this.cellAt(x, y)] === 1;
  }

  /** Number of the connected part of the floor, from the nearest walkable cell; -1: none near. */
  regionAt(x: number, y: number): number {
    const cell = this.nearest[this.cellAt(x, y)] as number;
    return cell < 0 ? -1 : (this.region[cell] as number);
  }

  /** Whether one can walk straight from one place to another. Allocates nothing. */
  straight(x0: number, y0: number, x1: number, y1: number): boolean {
    return this.lineCost(x0, y0, x1, y1, 0) < Number.POSITIVE_INFINITY;
  }

  /**
   * What the straight way counts for, metres, where those along walls count more; Infinity where something stands in it.
   * Looks at every cell on the way (Amanatides and Woo, 1987), so that a part of a free way is free. Allocates nothing.
   *
   * @param slack metres at either end that may lie in closed cells: somebody pushed against a wall.
   */
  lineCost(x0: number, y0: number, x1: number, y1: number, slack: number): number {
    const dx = x1 - x0;
    const dy = y1 - y0;
    const length = Math.sqrt(dx * dx + dy * dy);
    const gx = (x0 - this.minX) / CELL_METRES;
    const gy = (y0 - this.minY) / CELL_METRES;
    let column = Math.floor(gx);
    let row = Math.floor(gy);
    const perX = dx === 0 ? Number.POSITIVE_INFINITY : Math.abs(CELL_METRES / dx);
    const perY = dy === 0 ? Number.POSITIVE_INFINITY : Math.abs(CELL_METRES / dy);
    let nextX = dx === 0 ? Number.POSITIVE_INFINITY : perX * (dx > 0 ? column + 1 - gx : gx - column);
    let nextY = dy === 0 ? Number.POSITIVE_INFINITY : perY * (dy > 0 ? row + 1 - gy : gy - row);
    let at = 0;
    let cost = 0;
    for (;;) {
      const leaves = Math.min(1, nextX < nextY ? nextX : nextY);
      const inside = column >= 0 && column < this.columns && row >= 0 && row < this.rows;
      const cell = row * this.columns + column;
      const open = inside && this.walkable[cell] === 1;
      if (!open && leaves * length > slack && at * length < length - slack) return Number.POSITIVE_INFINITY;
      cost += (leaves - at) * length * (open ? (this.cost[cell] as number) : 1);
      if (leaves >= 1) return cost;
      at = leaves;
      if (nextX < nextY) {
        column += dx > 0 ? 1 : -1;
        nextX += perX;
      } else {
        row += dy > 0 ? 1 : -1;
        nextY += perY;
      }
    }
  }

  #measureClearance(segments: Float64Array): void {
    for (let i = 0; i < segments.length; i += 4) {
      const [ax, ay, bx, by] = segments.subarray(i, i + 4) as unknown as [number, number, number, number];
      this.over(
        Math.min(ax, bx) - COMFORT_METRES,
        Math.min(ay, by) - COMFORT_METRES,
        Math.max(ax, bx) + COMFORT_METRES,
        Math.max(ay, by) + COMFORT_METRES,
        (cell, x, y) => {
          const distance = distanceToSegment(x, y, ax, ay, bx, by);
          if (distance < (this.clearance[cell] as number)) this.clearance[cell] = distance;
        },
      );
    }
  }

  #close(polygon: readonly PlanPoint[]): void {
    const xs = polygon.map(([x]) => x);
    const ys = polygon.map(([, y]) => y);
    this.over(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys), (cell, x, y) => {
      if (contains(polygon, x, y)) this.clearance[cell] = 0;
    });
  }

  /** Visits the cells of a rectangle, metres. */
  over(x0: number, y0: number, x1: number, y1: number, visit: (cell: number, x: number, y: number) => void): void {
    const first = this.cellAt(x0, y0);
    const last = this.cellAt(x1, y1);
    const [c0, c1] = [first % this.columns, last % this.columns];
    for (let row = Math.floor(first / this.columns); row <= Math.floor(last / this.columns); row += 1) {
      for (let cell = row * this.columns + c0; cell <= row * this.columns + c1; cell += 1) {
        visit(cell, this.x(cell), this.y(cell));
      }
    }
  }

  #nameRegions(): void {
    const stack: number[] = [];
    let name = 0;
    for (let start = 0; start < this.walkable.length; start += 1) {
      if (this.walkable[start] !== 1 || this.region[start] !== -1) continue;
      this.region[start] = name;
      stack.push(start);
      for (let cell = stack.pop(); cell !== undefined; cell = stack.pop()) {
        for (let k = 0; k < 4; k += 1) {
          const next = this.neighbour(cell, k);
          if (next < 0 || this.walkable[next] !== 1 || this.region[next] !== -1) continue;
          this.region[next] = name;
          stack.push(next);
        }
      }
      name = Math.min(name + 1, 32_767);
    }
  }

  /** Neighbour 0 to 3: left, right, down, up; -1 off the drawing. */
  neighbour(cell: number, k: number): number {
    const column = cell % this.columns;
    if (k === 0) return column > 0 ? cell - 1 : -1;
    if (k === 1) return column < this.columns - 1 ? cell + 1 : -1;
    if (k === 2) return cell >= this.columns ? cell - this.columns : -1;
    return cell + this.columns < this.walkable.length ? cell + this.columns : -1;
  }

  #findNearest(): void {
    let front: number[] = [];
    for (let cell = 0; cell < this.walkable.length; cell += 1) {
      if (this.walkable[cell] !== 1) continue;
      this.nearest[cell] = cell;
      front.push(cell);
    }
    for (let step = 0; step < LOST_METRES / CELL_METRES; step += 1) {
      const following: number[] = [];
      for (const cell of front) {
        for (let k = 0; k < 4; k += 1) {
          const next = this.neighbour(cell, k);
          if (next < 0 || this.nearest[next] !== -1) continue;
          this.nearest[next] = this.nearest[cell] as number;
          following.push(next);
        }
      }
      front = following;
    }
  }
}
