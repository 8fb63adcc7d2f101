import { bounded } from './nats.ts';

/** The top (or, of the negative, the bottom) of the parabola through three neighbours: how far from the middle, -0.5 to 0.5. */
export function vertex(before: number, at: number, after: number): number {
  const bend = before - 2 * at + after;
  return bend === 0 ? 0 : bounded((0.5 * (before - after)) / bend, -0.5, 0.5);
}

/** The lag, from `-lags` to `lags`, at which sums are greatest; 0 where none is greater. `at` is where lag 0 stands; with a sign of -1 lags are turned round. */
export function greatestLag(sums: ArrayLike<number>, at: number, sign: number, lags: number): number {
  let greatest = 0;
  for (let lag = -lags; lag <= lags; lag++) {
    if ((sums[at + sign * lag] as number) > (sums[at + sign * greatest] as number)) greatest = lag;
  }
  return greatest;
}
