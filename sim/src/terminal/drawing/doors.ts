/** Which side of a door is the hall, and which the room behind it. */
import type { WalkableGrid } from '../../navigate/grid.ts';
import { distanceToSegment } from '../polygon.ts';
import type { Portal } from '../terminal.ts';

/** A room larger than this many cells is a hall, whatever its door. */
const HALL_CELLS = 3000;

/** Cells that can be reached from a place without going through the door, counted up to {@link HALL_CELLS}. */
function roomBehind(grid: WalkableGrid, { line: [a, b] }: Portal, x: number, y: number): number {
  const start = grid.cellAt(x, y);
  if (grid.walkable[start] !== 1) return 0;
  const seen = new Set([start]);
  for (const cell of seen) {
    if (seen.size > HALL_CELLS) break;
    for (let k = 0; k < 4; k += 1) {
      const next = grid.neighbour(cell, k);
      if (next < 0 || grid.walkable[next] !== 1) continue;
      if (distanceToSegment(grid.x(next), grid.y(next), a[0], a[1], b[0], b[1]) > 0.4) seen.add(next);
    }
  }
  return seen.size;
}

/**
 * Where the sign of a door hangs: in the hall, but for rooms in the room, so that the way before the door stays free.
 *
 * @returns a unit direction of the drawing, whose y runs downwards.
 */
export function inwardsOf(grid: WalkableGrid, portal: Portal): [number, number] {
  const [a, b] = portal.line;
  const [mx, my] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
  const [nx, ny] = [-(b[1] - a[1]) / length, (b[0] - a[0]) / length];
  const room = (sign: number) => roomBehind(grid, portal, mx + sign * nx * 0.8, my + sign * ny * 0.8);
  const sign = room(1) >= room(-1) ? 1 : -1;
  const turn = portal.kind === 'toilet' || portal.kind === 'room' ? -sign : sign;
  return [turn * nx, -turn * ny];
}
