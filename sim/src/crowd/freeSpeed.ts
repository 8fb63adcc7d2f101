import type { Random } from '../random.ts';

/**
 * Free walking speeds that people set out with, m/s. Weidmann ("Transporttechnik der Fussgänger", 1993) finds 1.34 ± 0.26 in
 * streets; the means here make the simulated walkers as fast as those between the recordings eth and zara01
 * (docs/simulation.md), the spread of those alone is his. In company the slowest decides, so that the drawn mean is higher
 * than what comes out.
 */
export const FREE_SPEED = {
  alone: { mean: 1.46, sigma: 0.26 },
  inCompany: { mean: 1.42, sigma: 0.2 },
  slowest: 0.5,
  fastest: 2.1,
} as const;

/** A free speed, cut to 0.5 to 2.1 m/s. */
export function drawFreeSpeed(random: Random, inCompany: boolean): number {
  const { mean, sigma } = inCompany ? FREE_SPEED.inCompany : FREE_SPEED.alone;
  return Math.min(FREE_SPEED.fastest, Math.max(FREE_SPEED.slowest, random.normal(mean, sigma)));
}
