/** How likely somebody who was lost at one place is found again at another, after some time and with some velocity. */
import type { Way } from './floorPaths.ts';
import type { Life } from './life.ts';

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

/** How far apart the ends of a gap are then: variances and covariance of position and velocity per axis, and what is left of the first velocity. */
interface Spread {
  readonly xx: number;
  readonly xv: number;
  readonly vv: number;
  /** Share of the velocity that is kept, and for how many seconds it carried on the way. */
  readonly kept: number;
  readonly carried: number;
}

/** @param ends variance of the two ends' positions together, m². */
function spreadAfter(t: number, m: Motion, ends: number, wide: number): Spread {
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
  return { xx, xv, vv, kept, carried };
}

const density = (dx: number, dy: number, v0: Velocity, v1: Velocity, { xx, xv, vv, kept, carried }: Spread): number =>
  normalPair(dx - carried * v0.vx, v1.vx - kept * v0.vx, xx, xv, vv) *
  normalPair(dy - carried * v0.vy, v1.vy - kept * v0.vy, xx, xv, vv);

/** From where somebody was lost to where somebody begins, as if the way were straight: metres. */
const unrolled = (end: Life, begin: Life, way: Way | null): { readonly dx: number; readonly dy: number } =>
  way
    ? { dx: way.metres * Math.cos(way.setsOut), dy: way.metres * Math.sin(way.setsOut) }
    : { dx: begin.x - end.x, dy: begin.y - end.y };

function endsVariance(end: Life, begin: Life, { endMetres }: Motion): number {
  const least = endMetres ** 2;
  return Math.max(least, end.variance) + Math.max(least, begin.variance);
}

/**
 * No velocity afterwards makes `transitDensity` greater than this. Much quicker: most of those who were lost are told by it alone not to be the one.
 *
 * @param way undefined where it is not known yet: on foot it is no nearer than straight on, and may set out anywhere.
 */
export function mostTransitDensity(
  end: Life,
  begin: Life,
  seconds: number,
  way: Way | null | undefined,
  motion: Motion,
): number {
  const ends = endsVariance(end, begin, motion);
  const { dx, dy } = unrolled(end, begin, way ?? null);
  const most = (wide: number): number => {
    const { xx, xv, vv, carried } = spreadAfter(seconds, motion, ends, wide);
    const off =
      way === undefined
        ? Math.max(0, Math.sqrt(dx * dx + dy * dy) - carried * Math.sqrt(end.vx * end.vx + end.vy * end.vy)) ** 2
        : (dx - carried * end.vx) ** 2 + (dy - carried * end.vy) ** 2;
    return Math.exp(-off / (2 * xx)) / (4 * Math.PI * Math.PI * (xx * vv - xv * xv));
  };
  return (1 - motion.wanderShare) * most(1) + motion.wanderShare * most(motion.wanderFactor);
}

/**
 * Density, per m² and (m/s)², of being found there and so after being lost here. A way around walls is unrolled: it is as
 * long as on foot, sets out as it sets out, and whoever arrives is turned by as much as the way turns.
 *
 * @param seconds above 0.
 * @param way on foot from the one to the other; null for the straight line.
 */
export function transitDensity(end: Life, begin: Life, seconds: number, way: Way | null, motion: Motion): number {
  const { dx, dy } = unrolled(end, begin, way);
  let arrival: Velocity = begin;
  if (way) {
    const turn = way.setsOut - way.arrives;
    const cos = Math.cos(turn);
    const sin = Math.sin(turn);
    arrival = { vx: cos * begin.vx - sin * begin.vy, vy: sin * begin.vx + cos * begin.vy };
  }
  const ends = endsVariance(end, begin, motion);
  return (
    (1 - motion.wanderShare) * density(dx, dy, end, arrival, spreadAfter(seconds, motion, ends, 1)) +
    motion.wanderShare * density(dx, dy, end, arrival, spreadAfter(seconds, motion, ends, motion.wanderFactor))
  );
}
