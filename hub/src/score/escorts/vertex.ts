import { bounded } from './nats.ts';

/** The top (or, of the negative, the bottom) of the parabola through three neighbours: how far from the middle, -0.5 to 0.5. */
export function vertex(before: number, at: number, after: number): number {
  const bend = before - 2 * at + after;
  return bend === 0 ? 0 : bounded((0.5 * (before - after)) / bend, -0.5, 0.5);
}
