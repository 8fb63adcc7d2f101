/** One position out of several cameras', honest about errors that cameras share. */
import type { Track } from './track.ts';

export interface Fused {
  readonly x: number;
  readonly y: number;
  /** Per axis, m². */
  readonly variance: number;
  readonly vx: number;
  readonly vy: number;
  readonly measured: boolean;
}

/** Squared distance, in variances, at which one camera is left out against two others that agree. */
const CONTRADICTION = 16;

/**
 * Weighs the members that are present by their information (1 / variance). The variance of that mean is that of equally
 * correlated errors: with correlation 1 it is the bound that covariance intersection protects against (Julier and
 * Uhlmann, "A Non-divergent Estimation Algorithm in the Presence of Unknown Correlations", ACC 1997), with 0 the plain
 * information form. Where positions scatter more than they claim, it grows with their scatter.
 * Members that measured go before those that predict. Where a camera contradicts two others, it is left out.
 *
 * @returns null where no member is present.
 */
export function fusePosition(members: readonly Track[], correlation: number): Fused | null {
  let measured = false;
  let count = 0;
  for (const { now } of members) {
    if (!now.present) continue;
    if (now.measured && !measured) {
      measured = true;
      count = 0;
    }
    if (now.measured === measured) count++;
  }
  if (count === 0) return null;
  let left: Track | null = null;
  if (count >= 3) {
    let worst = CONTRADICTION;
    for (const member of members) {
      if (!member.now.present || member.now.measured !== measured) continue;
      const rest = mean(members, measured, member, correlation);
      const far = (member.now.x - rest.x) ** 2 + (member.now.y - rest.y) ** 2;
      const q = far / (member.now.variance + rest.variance);
      if (q > worst) {
        worst = q;
        left = member;
      }
    }
  }
  return mean(members, measured, left, correlation);
}

function mean(members: readonly Track[], measured: boolean, left: Track | null, correlation: number): Fused {
  let information = 0;
  let x = 0;
  let y = 0;
  let vx = 0;
  let vy = 0;
  let roots = 0;
  let count = 0;
  for (const member of members) {
    const { now } = member;
    if (!now.present || now.measured !== measured || member === left) continue;
    const w = 1 / now.variance;
    information += w;
    x += w * now.x;
    y += w * now.y;
    vx += w * now.vx;
    vy += w * now.vy;
    roots += Math.sqrt(w);
    count++;
  }
  x /= information;
  y /= information;
  let scatter = 0;
  for (const member of members) {
    const { now } = member;
    if (!now.present || now.measured !== measured || member === left) continue;
    scatter += ((now.x - x) ** 2 + (now.y - y) ** 2) / now.variance;
  }
  // (1 - c) * sum of (a_i s_i)^2 + c * (sum of a_i s_i)^2, with a_i = w_i / information and s_i = 1 / sqrt(w_i).
  const independent = 1 / information;
  const together = (roots / information) ** 2;
  const variance = (1 - correlation) * independent + correlation * together;
  const inflation = count > 1 ? Math.max(1, scatter / (2 * (count - 1))) : 1;
  return { x, y, variance: variance * inflation, vx: vx / information, vy: vy / information, measured };
}
