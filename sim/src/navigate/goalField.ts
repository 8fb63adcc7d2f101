/** How far it is to one goal from everywhere, and which way. */
import type { PlanPoint } from '@safe-passage/contract';
import { CELL_METRES, type WalkableGrid } from './grid.ts';

export interface GoalShape {
  readonly kind: 'point' | 'line' | 'area';
  readonly points: readonly PlanPoint[];
}

/** This near, one who has a free way walks straight to the goal, metres. */
const STRAIGHT_METRES = 4;
/** Longest way that the field may give for a straight one, as a share: the walls on it count more. */
const MOST = 2.5;
/** So much longer than the field says a straight way may be: cells are coarse, and straight looks better. */
const WORTH_METRES = 0.4;
/** At both ends of a straight way cells may be closed: spots are checked, cells are coarse. */
const SLACK_METRES = 0.3;
/** Directions around somebody that cancel out to less than this give no direction: somewhere midway round a pillar. */
const UNDECIDED = 0.2;

export class GoalField {
  readonly #grid: WalkableGrid;
  readonly #distances: Float32Array;
  readonly #kind: GoalShape['kind'];
  readonly #ax: number;
  readonly #ay: number;
  readonly #bx: number;
  readonly #by: number;
  #gradientX = 0;
  #gradientY = 0;

  constructor(grid: WalkableGrid, distances: Float32Array, shape: GoalShape) {
    this.#grid = grid;
    this.#distances = distances;
    this.#kind = shape.kind;
    const a = shape.points[0] as PlanPoint;
    const b = shape.kind === 'line' ? (shape.points[1] as PlanPoint) : a;
    [this.#ax, this.#ay] = a;
    [this.#bx, this.#by] = b;
  }

  /** Bytes that the field holds. */
  get byteLength(): number {
    return this.#distances.byteLength;
  }

  /**
   * Which way from a place. Allocates nothing. Works off the walkable floor too: the way back onto it, then on.
   *
   * @param out is given the unit direction, and zeros inside an area that is the goal and where the goal cannot be reached.
   * @returns metres still to go, where those along walls count a little more; 0 in an area that is the goal; Infinity
   *   where it cannot be reached.
   */
  direction(x: number, y: number, out: Float64Array): number {
    out[0] = 0;
    out[1] = 0;
    const grid = this.#grid;
    const own = grid.cellAt(x, y);
    if (this.#kind === 'area' && this.#distances[own] === 0) return 0;
    let left = this.#alongField(x, y, out);
    if (left === Number.POSITIVE_INFINITY) {
      const back = grid.nearest[own] as number;
      if (back < 0 || this.#distances[back] === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
      left = this.#toward(x, y, grid.x(back), grid.y(back), out) + (this.#distances[back] as number);
    }
    return this.#kind !== 'area' && left < MOST * STRAIGHT_METRES ? this.#straight(x, y, left, out) : left;
  }

  /** Metres still to go from a place, as {@link direction} says. */
  distance(x: number, y: number): number {
    const grid = this.#grid;
    const cell = grid.nearest[grid.cellAt(x, y)] as number;
    return cell < 0 ? Number.POSITIVE_INFINITY : (this.#distances[cell] as number);
  }

  #toward(x: number, y: number, tx: number, ty: number, out: Float64Array): number {
    const dx = tx - x;
    const dy = ty - y;
    const length = Math.sqrt(dx * dx + dy * dy);
    if (length > 0) {
      out[0] = dx / length;
      out[1] = dy / length;
    }
    return length;
  }

  /**
   * Turns straight to the goal where that is as good as what the field says. Along a straight way it stays so, since the
   * field falls no faster than the way gets shorter: nobody wavers between the two.
   */
  #straight(x: number, y: number, left: number, out: Float64Array): number {
    const ex = this.#bx - this.#ax;
    const ey = this.#by - this.#ay;
    const square = ex * ex + ey * ey;
    let t = 0;
    if (square > 0) {
      t = ((x - this.#ax) * ex + (y - this.#ay) * ey) / square;
      // Off the ends of a line, which are door posts.
      const margin = Math.min(0.5, 0.4 / Math.sqrt(square));
      t = t < margin ? margin : t > 1 - margin ? 1 - margin : t;
    }
    const dx = this.#ax + t * ex - x;
    const dy = this.#ay + t * ey - y;
    const length = Math.sqrt(dx * dx + dy * dy);
    if (length > STRAIGHT_METRES) return left;
    const cost = this.#grid.lineCost(x, y, x + dx, y + dy, SLACK_METRES);
    if (cost > left + WORTH_METRES) return left;
    if (length > 0) {
      out[0] = dx / length;
      out[1] = dy / length;
    }
    return length;
  }

  /** @returns Infinity where no cell around leads to the goal. */
  #alongField(x: number, y: number, out: Float64Array): number {
    const grid = this.#grid;
    const gx = (x - grid.minX) / CELL_METRES - 0.5;
    const gy = (y - grid.minY) / CELL_METRES - 0.5;
    const column = Math.floor(gx);
    const row = Math.floor(gy);
    const fx = gx - column;
    const fy = gy - row;
    let weights = 0;
    let most = -1;
    let surest = 0;
    let distance = 0;
    let dx = 0;
    let dy = 0;
    for (let k = 0; k < 4; k += 1) {
      const c = column + (k & 1);
      const r = row + (k >> 1);
      if (c < 0 || r < 0 || c >= grid.columns || r >= grid.rows) continue;
      const cell = r * grid.columns + c;
      const value = this.#distances[cell] as number;
      if (value === Number.POSITIVE_INFINITY) continue;
      const weight = ((k & 1) === 1 ? fx : 1 - fx) * (k >> 1 === 1 ? fy : 1 - fy);
      this.#downhill(cell, value);
      if (weight > most) {
        most = weight;
        surest = cell;
      }
      weights += weight;
      distance += weight * value;
      dx += weight * this.#gradientX;
      dy += weight * this.#gradientY;
    }
    if (weights < 1e-6) return Number.POSITIVE_INFINITY;
    let length = Math.sqrt(dx * dx + dy * dy);
    if (length < UNDECIDED * weights) {
      this.#downhill(surest, this.#distances[surest] as number);
      dx = this.#gradientX;
      dy = this.#gradientY;
      length = Math.sqrt(dx * dx + dy * dy);
    }
    if (length > 0) {
      out[0] = dx / length;
      out[1] = dy / length;
    }
    return distance / weights;
  }

  /** Unit direction in which the field falls at a cell, by upwind differences. */
  #downhill(cell: number, value: number): void {
    const columns = this.#grid.columns;
    const distances = this.#distances;
    const left = distances[cell - 1] as number;
    const right = distances[cell + 1] as number;
    const down = distances[cell - columns] as number;
    const up = distances[cell + columns] as number;
    const besideX = left < right ? left : right;
    const besideY = down < up ? down : up;
    let gx = besideX < value ? value - besideX : 0;
    let gy = besideY < value ? value - besideY : 0;
    if (left < right) gx = -gx;
    if (down < up) gy = -gy;
    const length = Math.sqrt(gx * gx + gy * gy);
    this.#gradientX = length > 0 ? gx / length : 0;
    this.#gradientY = length > 0 ? gy / length : 0;
  }
}
