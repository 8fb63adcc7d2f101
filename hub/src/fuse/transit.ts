/** How likely somebody who was lost at one place is found again at another, after some time and with some velocity. */
import type { Way } from './floorPaths.ts';
import type { Life } from './linking.ts';

/** How people move while nobody sees them: velocities that fade and are renewed (Ornstein and Uhlenbeck), per axis. */
export interface Motion {
  /** Time over which a walker keeps a velocity, seconds. */
  readonly persistenceSeconds: number;
  /** 1-sigma of the velocities that renew it, m/s. */
  readonly speedSigma: number;
  /** 1-sigma of position at either end of the gap, where the fusion does not say that it is larger. */
  readonly endMetres: number;
  /** 1-sigma of velocity at either end. */
  readonly endSpeed: number;
  /** Share of people who do something else out of sight (stop, turn), and how much wider their motion is. */
  readonly wanderShare: number;
  readonly wanderFactor: number;
}

export const MOTION_DEFAULTS: Motion = {
  persistenceSeconds: 16,
  speedSigma: 0.6,
  endMetres: 0.12,
  endSpeed: 0.25,
  wanderShare: 0.15,
  wanderFactor: 1.5,
};

/** Density of a normal pair (position, velocity) at these deviations from its mean. */
function normalPair(dx: number, dv: number, xx: number, xv: number, vv: number): number {
  const det = xx * vv - xv * xv;
  return Math.exp(-(vv * dx * dx - 2 * xv * dx * dv + xx * dv * dv) / (2 * det)) / (2 * Math.PI * Math.sqrt(det));
}

type Velocity = Pick<Life, 'vx' | 'vy'>;

/** @param ends variance of the two ends' positions together, m². */
function density(
  dx: number,
  dy: number,
  v0: Velocity,
  v1: Velocity,
  t: number,
  m: Motion,
  ends: number,
  wide: number,
): number {
  const theta = m.persistenceSeconds;
  const speedVariance = (m.speedSigma * wide) ** 2;
  const kept = Math.exp(-t / theta);
  const measured = m.endSpeed * m.endSpeed;
  const carried = theta * (1 - kept);
  const xx =
    speedVariance * theta * theta * (2 * (t / theta) - 3 + 4 * kept - kept * kept) +
    ends +
    carried * carried * measured;
  const xv = speedVariance * theta * (1 - kept) ** 2 + carried * kept * measured;
  const vv = speedVariance * (1 - kept * kept) + (1 + kept * kept) * measured;
  return (
    normalPair(dx - carried * v0.vx, v1.vx - kept * v0.vx, xx, xv, vv) *
    normalPair(dy - carried * v0.vy, v1.vy - kept * v0.vy, xx, xv, vv)
  );
}

/**
 * Density, per m² and (m/s)², of being found there and so after being lost here. A way around walls is unrolled: it is as
 * long as on foot, sets out as it sets out, and whoever arrives is turned by as much as the way turns.
 *
 * @param seconds above 0.
 * @param way on foot from the one to the other; null for the straight line.
 */
export function transitDensity(end: Life, begin: Life, seconds: number, way: Way | null, motion: Motion): number {
  let dx = begin.x - end.x;
  let dy = begin.y - end.y;
  let arrival: Velocity = begin;
  if (way) {
    dx = way.metres * Math.cos(way.setsOut);
    dy = way.metres * Math.sin(way.setsOut);
    const turn = way.setsOut - way.arrives;
    const cos = Math.cos(turn);
    const sin = Math.sin(turn);
    arrival = { vx: cos * begin.vx - sin * begin.vy, vy: sin * begin.vx + cos * begin.vy };
  }
  const least = motion.endMetres ** 2;
  const ends = Math.max(least, end.variance) + Math.max(least, begin.variance);
  return (
    (1 - motion.wanderShare) * density(dx, dy, end, arrival, seconds, motion, ends, 1) +
    motion.wanderShare * density(dx, dy, end, arrival, seconds, motion, ends, motion.wanderFactor)
  );
}
