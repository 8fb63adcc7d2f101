/** What stands in the way on a floor, as straight pieces. Metres. */
import type { PlanPoint } from '@safe-passage/contract';
import type { Terminal } from './terminal.ts';

export interface Pieces {
  /** x0, y0, x1, y1 of each piece. */
  readonly segments: Float64Array;
  /** Up to where each piece stands; Infinity for walls, which reach the ceiling. */
  readonly heights: Float64Array;
}

/** Pieces of all walls, then of the outlines of all obstacles that `keep` lets through. */
export function piecesOf(
  terminal: Pick<Terminal, 'walls' | 'obstacles'>,
  keep: (obstacle: Terminal['obstacles'][number]) => boolean = () => true,
): Pieces {
  const segments: number[] = [];
  const heights: number[] = [];
  const add = (a: PlanPoint, b: PlanPoint, height: number) => {
    segments.push(a[0], a[1], b[0], b[1]);
    heights.push(height);
  };
  for (const wall of terminal.walls) {
    for (let i = 1; i < wall.length; i += 1)
      add(wall[i - 1] as PlanPoint, wall[i] as PlanPoint, Number.POSITIVE_INFINITY);
  }
  for (const obstacle of terminal.obstacles) {
    if (!keep(obstacle)) continue;
    const { polygon, heightMetres } = obstacle;
    for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
      add(polygon[j] as PlanPoint, polygon[i] as PlanPoint, heightMetres);
    }
  }
  return { segments: Float64Array.from(segments), heights: Float64Array.from(heights) };
}

/**
 * What bodies keep away from: walls and the outlines of obstacles.
 *
 * @returns x0, y0, x1, y1 of each piece, metres.
 */
export function wallSegments(terminal: Pick<Terminal, 'walls' | 'obstacles'>): Float64Array {
  return piecesOf(terminal).segments;
}
