/** What passengers need of the pedestrian model and of the ways to their goals, and nothing more. */

/** A way to one goal: writes the unit direction to walk into `out`, returns the metres still to go (Infinity: no way). */
export interface Way {
  direction(x: number, y: number, out: Float64Array): number;
}

/** Bodies by slot. Slots in use are below `highest` and `alive`. */
export interface Walkers {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly vx: Float64Array;
  readonly vy: Float64Array;
  readonly alive: Uint8Array;
  readonly highest: number;
  add(body: { x: number; y: number; headingRadians: number; radiusMetres: number; preferredSpeed: number }): number;
  remove(slot: number): void;
  want(slot: number, directionX: number, directionY: number, speed: number): void;
  hold(slot: number, held: boolean): void;
  company(slot: number, id: number): void;
}

/** Steps of the world per second. */
export const STEPS_PER_SECOND = 10;
