/** Whether two tracks of different cameras are one person or two: a log-likelihood ratio that grows and fades with time. */
import type { FuseOptions } from './options.ts';
import type { Track } from './track.ts';

/** What one comparison may say at most, for and against. */
const MOST_FOR = 4;
const MOST_AGAINST = -5;
/** What all of it together may say: evidence must be able to turn. */
const LIMIT = 12;

export class Evidence {
  readonly a: Track;
  readonly b: Track;
  /** Natural logarithm; above 0 speaks for one person. */
  ratio = 0;
  comparisons = 0;

  constructor(a: Track, b: Track) {
    this.a = a;
    this.b = b;
  }

  other(track: Track): Track {
    return track === this.a ? this.b : this.a;
  }
}

/**
 * Log-likelihood ratio of one comparison. One person: the positions differ by both uncertainties and the cameras'
 * systematic difference, bar outliers. Two people: the other is somebody of the density around the first.
 *
 * @param dx difference of the positions less the cameras' known offset, metres.
 * @param variance of the difference per axis, m².
 * @param density people per square metre.
 */
export function comparison(dx: number, dy: number, variance: number, density: number, outlierShare: number): number {
  const same = Math.exp(-(dx * dx + dy * dy) / (2 * variance)) / (2 * Math.PI * variance);
  const ratio = Math.log(((1 - outlierShare) * same) / density + outlierShare);
  return Math.min(MOST_FOR, Math.max(MOST_AGAINST, ratio));
}

/** Takes a comparison into account: `fade` of what was known stays, and `share` of the new is independent of it. */
export function weigh(evidence: Evidence, ratio: number, fade: number, share: number): void {
  // The first comparison is worth a whole one, whatever the rate.
  const worth = evidence.comparisons === 0 ? 1 : share;
  evidence.ratio = Math.min(LIMIT, Math.max(-LIMIT, evidence.ratio * fade + worth * ratio));
  evidence.comparisons++;
}

/** Variance per axis of the difference of two tracks' positions, m². */
export function differenceVariance(varianceA: number, varianceB: number, options: FuseOptions): number {
  return varianceA + varianceB + options.systematicMetres * options.systematicMetres;
}
