const CELL_METRES = 1;
const MOST_CELLS_PER_SIDE = 1024;
/** Walls are lengthened by this for the question who would walk through them: two that meet leave no hole in the corner. */
const OVERLAP_METRES = 0.01;
/** Nearer to the line of a wall than this nobody's middle comes. */
const CLEARANCE_METRES = 0.02;

/** Walls as segments, and which of them are near a place. */
export class WallGrid {
  /** Results of {@link nearest} and {@link keepOff}. */
  x = 0;
  y = 0;
  distance = Infinity;
  readonly bounds: { readonly left: number; readonly bottom: number; readonly right: number; readonly top: number };
  readonly segments: Float64Array;
  readonly #left: number;
  readonly #bottom: number;
  readonly #columns: number;
  readonly #rows: number;
  readonly #cell: number;
  readonly #reach: number;
  readonly #starts: Int32Array;
  readonly #members: Int32Array;

  /**
   * @param segments x0, y0, x1, y1 of each, metres.
   * @param reachMetres {@link near} names every segment that is at most this far from the place.
   */
  constructor(segments: Float64Array, reachMetres: number) {
    this.segments = segments;
    this.#reach = reachMetres - CLEARANCE_METRES;
    let [left, bottom, right, top] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < segments.length; i += 2) {
      const [x, y] = [segments[i] as number, segments[i + 1] as number];
      if (!Number.isFinite(x) || !Number.isFinite(y))
        throw new RangeError(`segment ${i >> 2} has a corner (${x}, ${y})`);
      left = Math.min(left, x);
      right = Math.max(right, x);
      bottom = Math.min(bottom, y);
      top = Math.max(top, y);
    }
    if (segments.length === 0) [left, bottom, right, top] = [-50, -50, 50, 50];
    this.bounds = { left, bottom, right, top };
    this.#cell = Math.max(CELL_METRES, (Math.max(right - left, top - bottom) + 2 * reachMetres) / MOST_CELLS_PER_SIDE);
    this.#left = left - reachMetres - this.#cell;
    this.#bottom = bottom - reachMetres - this.#cell;
    this.#columns = Math.ceil((right - left + 2 * reachMetres) / this.#cell) + 2;
    this.#rows = Math.ceil((top - bottom + 2 * reachMetres) / this.#cell) + 2;
    const lists = this.#lists(reachMetres);
    this.#starts = new Int32Array(lists.length + 1);
    for (const [cell, list] of lists.entries()) this.#starts[cell + 1] = (this.#starts[cell] as number) + list.length;
    this.#members = Int32Array.from(lists.flat());
  }

  #lists(reachMetres: number): number[][] {
    const lists: number[][] = Array.from({ length: this.#columns * this.#rows }, () => []);
    const half = (this.#cell * Math.SQRT2) / 2 + reachMetres;
    for (let s = 0; s < this.segments.length; s += 4) {
      const [x0, y0, x1, y1] = this.segments.subarray(s, s + 4) as unknown as [number, number, number, number];
      const first = Math.max(0, Math.floor((Math.min(x0, x1) - half - this.#left) / this.#cell));
      const last = Math.min(this.#columns - 1, Math.floor((Math.max(x0, x1) + half - this.#left) / this.#cell));
      const lowest = Math.max(0, Math.floor((Math.min(y0, y1) - half - this.#bottom) / this.#cell));
      const highest = Math.min(this.#rows - 1, Math.floor((Math.max(y0, y1) + half - this.#bottom) / this.#cell));
      for (let row = lowest; row <= highest; row += 1) {
        for (let column = first; column <= last; column += 1) {
          const x = this.#left + (column + 0.5) * this.#cell;
          const y = this.#bottom + (row + 0.5) * this.#cell;
          if (distanceToSegment(this.segments, s, x, y) <= half) lists[row * this.#columns + column]?.push(s);
        }
      }
    }
    return lists;
  }

  /** The cell of a place; -1: no wall is near. */
  cellOf(x: number, y: number): number {
    const column = Math.floor((x - this.#left) / this.#cell);
    const row = Math.floor((y - this.#bottom) / this.#cell);
    return column < 0 || row < 0 || column >= this.#columns || row >= this.#rows ? -1 : row * this.#columns + column;
  }

  /** Where the list of a cell begins; it ends where that of the next one begins. */
  start(cell: number): number {
    return this.#starts[cell] as number;
  }

  /** The nearest place on a wall: into x, y and distance (Infinity: none near). */
  nearest(cell: number, x: number, y: number): void {
    this.distance = Infinity;
    const end = this.#starts[cell + 1] as number;
    for (let i = this.#starts[cell] as number; i < end; i += 1) {
      const s = this.#members[i] as number;
      const share = shareAlong(this.segments, s, x, y);
      const ax = this.segments[s] as number;
      const ay = this.segments[s + 1] as number;
      const nearX = ax + share * ((this.segments[s + 2] as number) - ax);
      const nearY = ay + share * ((this.segments[s + 3] as number) - ay);
      const distance = Math.sqrt((x - nearX) * (x - nearX) + (y - nearY) * (y - nearY));
      if (distance >= this.distance) continue;
      this.distance = distance;
      this.x = nearX;
      this.y = nearY;
    }
  }

  /**
   * Where a body ends that goes from (x0, y0) to (x1, y1): moved off the walls by its radius where there is room, and never
   * on the other side of one. If nothing else helps it stays where it is. Into x and y.
   */
  keepOff(cell: number, x0: number, y0: number, x1: number, y1: number, radius: number): void {
    let x = x1;
    let y = y1;
    const end = this.#starts[cell + 1] as number;
    for (let i = this.#starts[cell] as number; i < end; i += 1) {
      const s = this.#members[i] as number;
      const ax = this.segments[s] as number;
      const ay = this.segments[s + 1] as number;
      const bx = (this.segments[s + 2] as number) - ax;
      const by = (this.segments[s + 3] as number) - ay;
      const share = shareAlong(this.segments, s, x, y);
      let dx = x - ax - share * bx;
      let dy = y - ay - share * by;
      let distance = Math.sqrt(dx * dx + dy * dy);
      let missing = radius - distance;
      if (crosses(this.segments, s, x0, y0, x, y)) {
        // Back to the side where it came from.
        const side = bx * (y0 - ay) - by * (x0 - ax) > 0 ? 1 : -1;
        const length = Math.sqrt(bx * bx + by * by);
        dx = (-by / length) * side;
        dy = (bx / length) * side;
        missing = radius + distance;
        distance = 1;
      }
      if (missing <= 0 || distance < 1e-9) continue;
      x += (dx / distance) * missing;
      y += (dy / distance) * missing;
    }
    const far = (x - x0) * (x - x0) + (y - y0) * (y - y0) > this.#reach * this.#reach;
    if (!far && !this.blocks(cell, x0, y0, x, y)) {
      this.x = x;
      this.y = y;
    } else if (!this.blocks(cell, x0, y0, x1, y1)) {
      this.x = x1;
      this.y = y1;
    } else {
      this.x = x0;
      this.y = y0;
    }
  }

  /** Whether one would go through a wall from (x0, y0) to (x1, y1), both near `cell`, or come too close to its line. */
  blocks(cell: number, x0: number, y0: number, x1: number, y1: number): boolean {
    const end = this.#starts[cell + 1] as number;
    for (let i = this.#starts[cell] as number; i < end; i += 1) {
      const s = this.#members[i] as number;
      if (crosses(this.segments, s, x0, y0, x1, y1)) return true;
      const after = distanceToSegment(this.segments, s, x1, y1);
      if (after < CLEARANCE_METRES && after <= distanceToSegment(this.segments, s, x0, y0)) return true;
    }
    return false;
  }
}

/** Where on a segment the place nearest to (x, y) is, 0 to 1. */
function shareAlong(segments: Float64Array, s: number, x: number, y: number): number {
  const ax = segments[s] as number;
  const ay = segments[s + 1] as number;
  const bx = (segments[s + 2] as number) - ax;
  const by = (segments[s + 3] as number) - ay;
  const length = bx * bx + by * by;
  const share = length > 0 ? ((x - ax) * bx + (y - ay) * by) / length : 0;
  return share < 0 ? 0 : share > 1 ? 1 : share;
}

/** Metres from (x, y) to the segment at offset `s`. */
export function distanceToSegment(segments: Float64Array, s: number, x: number, y: number): number {
  const share = shareAlong(segments, s, x, y);
  const ax = segments[s] as number;
  const ay = segments[s + 1] as number;
  const dx = x - ax - share * ((segments[s + 2] as number) - ax);
  const dy = y - ay - share * ((segments[s + 3] as number) - ay);
  return Math.sqrt(dx * dx + dy * dy);
}

function crosses(segments: Float64Array, s: number, x0: number, y0: number, x1: number, y1: number): boolean {
  let ax = segments[s] as number;
  let ay = segments[s + 1] as number;
  let bx = segments[s + 2] as number;
  let by = segments[s + 3] as number;
  const length = Math.sqrt((bx - ax) * (bx - ax) + (by - ay) * (by - ay));
  if (length === 0) return false;
  const ux = ((bx - ax) / length) * OVERLAP_METRES;
  const uy = ((by - ay) / length) * OVERLAP_METRES;
  ax -= ux;
  ay -= uy;
  bx += ux;
  by += uy;
  const from = (bx - ax) * (y0 - ay) - (by - ay) * (x0 - ax);
  const to = (bx - ax) * (y1 - ay) - (by - ay) * (x1 - ax);
  if ((from > 0 && to > 0) || (from < 0 && to < 0)) return false;
  const a = (x1 - x0) * (ay - y0) - (y1 - y0) * (ax - x0);
  const b = (x1 - x0) * (by - y0) - (y1 - y0) * (bx - x0);
  return !((a > 0 && b > 0) || (a < 0 && b < 0)) && !(from === 0 && to === 0 && a === 0 && b === 0);
}
