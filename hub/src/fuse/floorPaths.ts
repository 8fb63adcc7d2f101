/** How far it is on foot between two points of a floor whose walls are known. */
import type { FloorPlan } from '@safe-passage/contract';

const CELL_METRES = 0.5;
/** The grid gets coarser where a floor would need more cells. */
const MOST_CELLS = 120_000;
const FIELDS_CACHED = 128;
/** Every second one is diagonal. */
const AROUND: readonly (readonly [number, number])[] = [
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
  [-1, -1],
  [0, -1],
  [1, -1],
];
/** How many cells of the way tell the direction of its ends. */
const LEG_CELLS = 4;

/** A way: its length in metres and the directions, in radians, in which it sets out and arrives. */
export interface Way {
  readonly metres: number;
  readonly setsOut: number;
  readonly arrives: number;
}

/** Length of a step to a neighbour and to a diagonal one: 17/12 is 0.2 % more than the root of two. */
const STRAIGHT = 12;
const DIAGONAL = 17;
const FARTHEST = 2_147_483_647;

/** To one cell, from every other that was reached: how far, and the next cell on the way; -1 where there is none. */
interface Field {
  readonly units: Int32Array;
  readonly next: Int32Array;
  /** Of cells that are done: how many more there are on the way, up to `LEG_CELLS`, and the cell from which it is so many. */
  readonly left: Uint8Array;
  readonly gate: Int32Array;
  /** Cells to go on from, in as many buckets as a step is long at most and one; those less far than `reached` are done. */
  readonly buckets: readonly number[][];
  reached: number;
  waiting: number;
}

type Segment = readonly [number, number, number, number];

/** Whether a way meets a wall; to touch it is to meet it. */
function crosses([ax, ay, bx, by]: Segment, x0: number, y0: number, x1: number, y1: number): boolean {
  const side = (px: number, py: number, qx: number, qy: number, rx: number, ry: number) =>
    (qx - px) * (ry - py) - (qy - py) * (rx - px);
  const a = side(x0, y0, x1, y1, ax, ay);
  const b = side(x0, y0, x1, y1, bx, by);
  const c = side(ax, ay, bx, by, x0, y0);
  const d = side(ax, ay, bx, by, x1, y1);
  if (a * b > 0 || c * d > 0) return false;
  if (a !== 0 || b !== 0) return true;
  // On one line: they touch where their stretches overlap.
  return (
    Math.max(ax, bx) >= Math.min(x0, x1) &&
    Math.max(x0, x1) >= Math.min(ax, bx) &&
    Math.max(ay, by) >= Math.min(y0, y1) &&
    Math.max(y0, y1) >= Math.min(ay, by)
  );
}

export class FloorPaths {
  readonly #walls: readonly Segment[];
  /** West, east, south and north of each wall. */
  readonly #extents: Float64Array;
  readonly #cell: number;
  readonly #x0: number;
  readonly #y0: number;
  readonly #columns: number;
  readonly #rows: number;
  /** From a cell to each of its neighbours. */
  readonly #steps: Int32Array;
  /** For every cell, a bit for each of its eight sides that a wall closes, or the edge of the floor. */
  readonly #closed: Uint8Array;
  /** Of every cell the part of the floor that it is in. */
  readonly #parts: Int32Array;
  /** Least recently used first. */
  readonly #fields = new Map<number, Field>();

  constructor(plan: Pick<FloorPlan, 'walls' | 'bounds'>) {
    this.#walls = plan.walls.flatMap((line) =>
      line.slice(1).map((to, i): Segment => [line[i]?.[0] ?? 0, line[i]?.[1] ?? 0, to[0], to[1]]),
    );
    this.#extents = Float64Array.from(
      this.#walls.flatMap(([ax, ay, bx, by]) => [
        Math.min(ax, bx),
        Math.max(ax, bx),
        Math.min(ay, by),
        Math.max(ay, by),
      ]),
    );
    const [[x0, y0], [x1, y1]] = plan.bounds;
    this.#x0 = x0;
    this.#y0 = y0;
    const area = Math.max(1, (x1 - x0) * (y1 - y0));
    this.#cell = Math.max(CELL_METRES, Math.sqrt(area / MOST_CELLS));
    this.#columns = Math.max(1, Math.ceil((x1 - x0) / this.#cell));
    this.#rows = Math.max(1, Math.ceil((y1 - y0) / this.#cell));
    this.#steps = Int32Array.from(AROUND, ([dx, dy]) => dy * this.#columns + dx);
    this.#closed = new Uint8Array(this.#columns * this.#rows);
    this.#border();
    for (const wall of this.#walls) this.#close(wall);
    this.#parts = this.#partsOf();
  }

  /** Numbers the parts of the floor between which there is no way: of nobody is it sought. */
  #partsOf(): Int32Array {
    const cells = this.#columns * this.#rows;
    const parts = new Int32Array(cells).fill(-1);
    const waiting: number[] = [];
    for (let root = 0; root < cells; root++) {
      if (parts[root] !== -1) continue;
      parts[root] = root;
      waiting.push(root);
      for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
        for (let k = 0; k < this.#steps.length; k++) {
          const to = at + (this.#steps[k] as number);
          // Beyond the edge there is no part at all.
          if (parts[to] !== -1 || !this.#open(at, to, k)) continue;
          parts[to] = root;
          waiting.push(to);
        }
      }
    }
    return parts;
  }

  /** Whether nothing closes the step of a cell to its k-th neighbour, or that one's back. */
  #open(at: number, to: number, k: number): boolean {
    const back = (k + AROUND.length / 2) % AROUND.length;
    return (((this.#closed[at] as number) >> k) & 1) === 0 || (((this.#closed[to] as number) >> back) & 1) === 0;
  }

  /** Nobody steps over the edge of the floor. */
  #border(): void {
    for (let at = 0; at < this.#closed.length; at++) {
      const row = Math.floor(at / this.#columns);
      const column = at - row * this.#columns;
      AROUND.forEach(([dx, dy], k) => {
        const inside = column + dx >= 0 && row + dy >= 0 && column + dx < this.#columns && row + dy < this.#rows;
        if (!inside) this.#closed[at] = (this.#closed[at] as number) | (1 << k);
      });
    }
  }

  #close(wall: Segment): void {
    const [ax, ay, bx, by] = wall;
    const left = Math.max(0, this.#column(Math.min(ax, bx)) - 1);
    const right = Math.min(this.#columns - 1, this.#column(Math.max(ax, bx)) + 1);
    const low = Math.max(0, this.#row(Math.min(ay, by)) - 1);
    const high = Math.min(this.#rows - 1, this.#row(Math.max(ay, by)) + 1);
    for (let row = low; row <= high; row++) {
      for (let column = left; column <= right; column++) {
        const x = this.#x0 + (column + 0.5) * this.#cell;
        const y = this.#y0 + (row + 0.5) * this.#cell;
        AROUND.forEach(([dx, dy], k) => {
          if (!crosses(wall, x, y, x + dx * this.#cell, y + dy * this.#cell)) return;
          const at = row * this.#columns + column;
          this.#closed[at] = (this.#closed[at] as number) | (1 << k);
        });
      }
    }
  }

  #column(x: number): number {
    return Math.floor((x - this.#x0) / this.#cell);
  }

  #row(y: number): number {
    return Math.floor((y - this.#y0) / this.#cell);
  }

  #cellOf(x: number, y: number): number {
    const column = Math.min(this.#columns - 1, Math.max(0, this.#column(x)));
    const row = Math.min(this.#rows - 1, Math.max(0, this.#row(y)));
    return row * this.#columns + column;
  }

  /** The shortest way on foot; null where walls leave none. The straight line where no wall is in it. */
  way(x0: number, y0: number, x1: number, y1: number): Way | null {
    const straight = Math.atan2(y1 - y0, x1 - x0);
    const metres = Math.hypot(x1 - x0, y1 - y0);
    if (!this.#blocked(x0, y0, x1, y1)) {
      return { metres, setsOut: straight, arrives: straight };
    }
    const start = this.#cellOf(x0, y0);
    const end = this.#cellOf(x1, y1);
    if (this.#parts[start] !== this.#parts[end]) return null;
    // From the end: many are compared with one who begins, and that one's field serves them all.
    const field = this.#field(end);
    this.#reach(field, start);
    const units = field.units[start] as number;
    if (units === FARTHEST) return null;
    let ahead = start;
    for (let k = 0; k < LEG_CELLS && ahead !== end; k++) ahead = field.next[ahead] as number;
    return {
      metres: Math.max(metres, (units * this.#cell) / STRAIGHT),
      setsOut: this.#direction(start, ahead),
      arrives: this.#direction(field.gate[start] as number, end),
    };
  }

  #direction(from: number, to: number): number {
    const rise = Math.floor(to / this.#columns) - Math.floor(from / this.#columns);
    return Math.atan2(rise, (to % this.#columns) - (from % this.#columns));
  }

  /** Whether a wall is in the straight way. Most walls are told by their extent alone not to be. */
  #blocked(x0: number, y0: number, x1: number, y1: number): boolean {
    const [west, east] = x0 < x1 ? [x0, x1] : [x1, x0];
    const [south, north] = y0 < y1 ? [y0, y1] : [y1, y0];
    const extents = this.#extents;
    for (let i = 0; i < this.#walls.length; i++) {
      if ((extents[4 * i] as number) > east || (extents[4 * i + 1] as number) < west) continue;
      if ((extents[4 * i + 2] as number) > north || (extents[4 * i + 3] as number) < south) continue;
      if (crosses(this.#walls[i] as Segment, x0, y0, x1, y1)) return true;
    }
    return false;
  }

  #field(root: number): Field {
    let field = this.#fields.get(root);
    if (field) this.#fields.delete(root);
    else field = this.#begin(root);
    this.#fields.set(root, field);
    return field;
  }

  #begin(root: number): Field {
    const field = this.#spare() ?? this.#empty();
    field.units.fill(FARTHEST);
    field.next.fill(-1);
    for (const bucket of field.buckets) bucket.length = 0;
    field.units[root] = 0;
    field.left[root] = 0;
    (field.buckets[0] as number[]).push(root);
    field.reached = 0;
    field.waiting = 1;
    return field;
  }

  /** The one that was not asked for longest, to be used again: floors are large. */
  #spare(): Field | null {
    if (this.#fields.size < FIELDS_CACHED) return null;
    for (const [root, oldest] of this.#fields) {
      this.#fields.delete(root);
      return oldest;
    }
    return null;
  }

  #empty(): Field {
    const cells = this.#columns * this.#rows;
    const buckets = Array.from({ length: DIAGONAL + 1 }, (): number[] => []);
    const [units, next, gate] = [new Int32Array(cells), new Int32Array(cells), new Int32Array(cells)];
    return { units, next, gate, left: new Uint8Array(cells), buckets, reached: 0, waiting: 0 };
  }

  /**
   * Goes on until the shortest path from a cell is known: who is lost is seldom sought across the whole floor. With a queue of buckets (Dial,
   * Algorithm 360, CACM 1969): steps are whole numbers.
   */
  #reach(field: Field, cell: number): void {
    const { units, next, left, gate, buckets } = field;
    const steps = this.#steps;
    for (; field.waiting > 0 && (units[cell] as number) >= field.reached; field.reached++) {
      const { reached } = field;
      const bucket = buckets[reached % buckets.length] as number[];
      // Steps are longer than nothing and shorter than the round of buckets: nothing is added to the bucket that is emptied.
      for (const at of bucket) {
        field.waiting--;
        if (units[at] !== reached) continue;
        const before = next[at] as number;
        const more = before < 0 ? 0 : (left[before] as number) + 1;
        left[at] = Math.min(more, LEG_CELLS);
        gate[at] = more > LEG_CELLS ? (gate[before] as number) : at;
        const closed = this.#closed[at] as number;
        for (let k = 0; k < steps.length; k++) {
          if ((closed >> k) & 1) continue;
          const to = at + (steps[k] as number);
          const through = reached + (k & 1 ? DIAGONAL : STRAIGHT);
          if (through >= (units[to] as number)) continue;
          units[to] = through;
          next[to] = at;
          (buckets[through % buckets.length] as number[]).push(to);
          field.waiting++;
        }
      }
      bucket.length = 0;
    }
  }
}
