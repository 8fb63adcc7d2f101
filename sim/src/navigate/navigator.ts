/** Which way to a goal, from everywhere on a floor. */
import type { PlanPoint } from '@safe-passage/contract';
import { contains, distanceToSegment } from '../terminal/polygon.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { Front } from './front.ts';
import { GoalField, type GoalShape } from './goalField.ts';
import { CELL_METRES, WalkableGrid } from './grid.ts';

/** Cells this near a point or a line are the front's start: at least one, wherever the point lies between cells. */
const SEED_METRES = 0.75 * CELL_METRES;
/** Around a point on open floor distances start exact to here, since a front is crooked where it starts. */
const OPEN_METRES = 1.5;

/** Answers for one terminal. A goal costs milliseconds and some hundred kilobytes (one float per cell): keep those in use. */
export class Navigator {
  readonly grid: WalkableGrid;
  readonly #front: Front;

  constructor(terminal: Pick<Terminal, 'bounds' | 'walls' | 'obstacles'>) {
    this.grid = new WalkableGrid(terminal);
    this.#front = new Front(this.grid);
  }

  /**
   * The way to a place, a line or an area.
   *
   * @param target one point; two points: anywhere on the line between them, as of a portal; three or more: anywhere in
   *   that polygon. Metres. Of a line or an area only what can be walked on counts; a point that cannot be stood on stands
   *   for the nearest that can.
   */
  goal(target: PlanPoint | readonly PlanPoint[]): GoalField {
    const shape = shapeOf(target);
    const distances = new Float32Array(this.grid.walkable.length).fill(Number.POSITIVE_INFINITY);
    this.#seed(shape, distances);
    this.#front.spread(distances);
    return new GoalField(this.grid, distances, shape);
  }

  /** Whether a way leads from one place to another, each taken as the nearest walkable one. */
  connected(x0: number, y0: number, x1: number, y1: number): boolean {
    const region = this.grid.regionAt(x0, y0);
    return region >= 0 && region === this.grid.regionAt(x1, y1);
  }

  #seed(shape: GoalShape, distances: Float32Array): void {
    const { grid } = this;
    const [ax, ay] = shape.points[0] as PlanPoint;
    const [bx, by] = shape.points[shape.kind === 'line' ? 1 : 0] as PlanPoint;
    const margin = shape.kind === 'area' ? 0 : this.#isOpen(shape) ? OPEN_METRES : SEED_METRES;
    const xs = shape.points.map(([x]) => x);
    const ys = shape.points.map(([, y]) => y);
    let seeds = 0;
    grid.over(
      Math.min(...xs) - margin,
      Math.min(...ys) - margin,
      Math.max(...xs) + margin,
      Math.max(...ys) + margin,
      (cell, x, y) => {
        if (grid.walkable[cell] !== 1) return;
        const distance = distanceToSegment(x, y, ax, ay, bx, by);
        if (shape.kind === 'area' ? !contains(shape.points, x, y) : distance > margin) return;
        distances[cell] = shape.kind === 'area' ? 0 : distance;
        seeds += 1;
      },
    );
    if (seeds > 0 || shape.kind === 'area') return;
    for (const [x, y] of [
      [ax, ay],
      [bx, by],
      [(ax + bx) / 2, (ay + by) / 2],
    ] as const) {
      const cell = grid.nearest[grid.cellAt(x, y)] as number;
      if (cell >= 0) distances[cell] = Math.hypot(grid.x(cell) - x, grid.y(cell) - y);
    }
  }

  /** Whether nothing stands near a point, so that distances around it are those of the compass. */
  #isOpen({ kind, points }: GoalShape): boolean {
    if (kind !== 'point') return false;
    const [x, y] = points[0] as PlanPoint;
    let open = true;
    this.grid.over(x - OPEN_METRES, y - OPEN_METRES, x + OPEN_METRES, y + OPEN_METRES, (cell) => {
      if (this.grid.walkable[cell] !== 1 || (this.grid.cost[cell] as number) > 1) open = false;
    });
    return open;
  }
}

function shapeOf(target: PlanPoint | readonly PlanPoint[]): GoalShape {
  const points = (typeof target[0] === 'number' ? [target] : target) as readonly PlanPoint[];
  if (points.length === 0) throw new RangeError('a goal without a point; give one, two for a line, or a polygon');
  return { kind: points.length > 2 ? 'area' : points.length === 2 ? 'line' : 'point', points };
}
