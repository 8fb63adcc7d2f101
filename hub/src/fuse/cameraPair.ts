/** What two cameras say about the same walking people: the offset of their clocks and of their calibrations. */

/** Half the widest clock offset that is looked for, seconds, and the width of a bin. */
const WIDEST_SECONDS = 4;
const BIN_SECONDS = 0.1;
const BINS = 2 * Math.round(WIDEST_SECONDS / BIN_SECONDS) + 1;
const MEDIAN_OF = 512;
/** An offset between clocks is believed from this many independent comparisons with people in motion, m²/s². */
const ENOUGH_MOTION = 12;
/** Errors of calibration stay with a person for seconds: so many comparisons are worth one. */
const LINGERING = 10;
/** No offset is known better: calibrations differ along the main ways of walking. */
const LEAST_SIGMA_SECONDS = 0.1;
/** A peak of votes must hold this much and stand this far out, in standard deviations of what chance gives. */
const PEAK_VOTES = 6;
const PEAK_DEVIATIONS = 4;
const PEAK_SIGMA_SECONDS = 0.15;
/**
 * Nearer than this to what is applied, seconds, people are fused all the same, and the regression knows better: a metre by which two
 * calibrations differ along a corridor looks like a clock, too. And there must be so many times fewer votes there than at the peak:
 * everybody votes for the right offset by being in both views, companions in file vote for a wrong one.
 */
const PEAK_BEYOND_SECONDS = 0.5;
const PEAK_ABOVE = 2;
/** No calibration offset beyond this is allowed for: more is a reason to calibrate, not to fuse. */
const MOST_OFFSET_METRES = 0.5;
/** So many comparisons weigh as much as the assumption of no offset. */
const PRIOR_COMPARISONS = 20;

/** Relative clock offset: what the second camera's stamps are ahead of the first's, seconds. */
export interface ClockEdge {
  readonly seconds: number;
  readonly sigmaSeconds: number;
}

function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  const half = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1
    ? (sorted[half] as number)
    : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}

export class CameraPair {
  /** Of the two names, the lower first. */
  readonly first: string;
  readonly second: string;
  /** Calibration offset to allow for, second less first, metres. */
  offsetX = 0;
  offsetY = 0;
  positions = 0;
  // Sums of the regression r = m + v * slope, per axis the same slope: weights, velocities, differences.
  #n = 0;
  #vx = 0;
  #vy = 0;
  #vv = 0;
  #rx = 0;
  #ry = 0;
  #vr = 0;
  #rr = 0;
  /** What the last peak of votes said; nothing else moves the regression far. */
  #confirmedSeconds = 0;
  readonly #votes = new Float64Array(BINS);
  readonly #lastX = new Float64Array(MEDIAN_OF);
  readonly #lastY = new Float64Array(MEDIAN_OF);

  constructor(first: string, second: string) {
    this.first = first;
    this.second = second;
  }

  /**
   * Takes two tracks that belong to one person.
   *
   * @param dx position of the second less the first, with both clocks as corrected at present, metres.
   * @param vx velocity of the person, m/s.
   * @param velocityVariance of that velocity per axis: without it, noise would pass for motion and hide the offset.
   * @param appliedSeconds relative clock offset that the correction assumed.
   * @param weight how much of it is independent of the last, 0 to 1.
   */
  compare(
    dx: number,
    dy: number,
    vx: number,
    vy: number,
    velocityVariance: number,
    appliedSeconds: number,
    weight: number,
  ): void {
    const at = this.positions % MEDIAN_OF;
    this.#lastX[at] = dx;
    this.#lastY[at] = dy;
    this.positions++;
    // What the difference would have been without any correction: sums outlive changes of it.
    const rx = dx - vx * appliedSeconds;
    const ry = dy - vy * appliedSeconds;
    this.#n += weight;
    this.#vx += weight * vx;
    this.#vy += weight * vy;
    this.#vv += weight * (vx * vx + vy * vy - 2 * velocityVariance);
    this.#rx += weight * rx;
    this.#ry += weight * ry;
    // The correction was made with the noisy velocity, too.
    this.#vr += weight * (vx * rx + vy * ry + 2 * velocityVariance * appliedSeconds);
    this.#rr += weight * (rx * rx + ry * ry);
  }

  /** Takes two tracks that might be one person walking, at whatever distance: a vote for the offset that would make them one. */
  vote(seconds: number, weight: number): void {
    const bin = Math.round((seconds + WIDEST_SECONDS) / BIN_SECONDS);
    if (bin >= 0 && bin < BINS) this.#votes[bin] = (this.#votes[bin] as number) + weight;
  }

  /** Lets all that was taken fade. */
  fade(factor: number): void {
    this.#n *= factor;
    this.#vx *= factor;
    this.#vy *= factor;
    this.#vv *= factor;
    this.#rx *= factor;
    this.#ry *= factor;
    this.#vr *= factor;
    this.#rr *= factor;
    for (let i = 0; i < BINS; i++) this.#votes[i] = (this.#votes[i] as number) * factor;
  }

  /**
   * The offset of the clocks, or null where too little walked through both views.
   *
   * @param appliedSeconds relative clock offset that is applied at present.
   */
  clock(appliedSeconds: number): ClockEdge | null {
    const fitted = this.#fitted();
    const peak = this.#peak(appliedSeconds);
    if (!peak) {
      if (!fitted || Math.abs(fitted.seconds - this.#confirmedSeconds) <= PEAK_BEYOND_SECONDS) return fitted;
      // People are fused within two metres of each other: an offset that takes them further apart fuses others, who then confirm it.
      this.#forget();
      return null;
    }
    this.#confirmedSeconds = peak.seconds;
    if (fitted && Math.abs(fitted.seconds - peak.seconds) < 0.35 + 3 * fitted.sigmaSeconds) return fitted;
    // What was fused agrees with a wrong offset, or nothing was fused yet: the votes do not depend on what is fused.
    this.#forget();
    return peak;
  }

  #forget(): void {
    this.#n = this.#vx = this.#vy = this.#vv = this.#rx = this.#ry = this.#vr = this.#rr = 0;
  }

  #fitted(): ClockEdge | null {
    const n = this.#n;
    if (n < 8) return null;
    const motion = this.#vv - (this.#vx * this.#vx + this.#vy * this.#vy) / n;
    if (motion < ENOUGH_MOTION) return null;
    const together = this.#vr - (this.#vx * this.#rx + this.#vy * this.#ry) / n;
    const spread = this.#rr - (this.#rx * this.#rx + this.#ry * this.#ry) / n;
    const slope = together / motion;
    const variance = Math.max(1e-4, (spread - slope * together) / Math.max(1, 2 * n - 3));
    return {
      seconds: -slope,
      sigmaSeconds: Math.hypot(Math.sqrt((LINGERING * variance) / motion), LEAST_SIGMA_SECONDS),
    };
  }

  #peak(appliedSeconds: number): ClockEdge | null {
    let total = 0;
    for (let i = 0; i < BINS; i++) total += this.#votes[i] as number;
    if (total < PEAK_VOTES) return null;
    const expected = (5 * total) / BINS;
    let best = 0;
    let bestAt = -1;
    let bestNear = 0;
    for (let i = 2; i < BINS - 2; i++) {
      let sum = 0;
      for (let k = -2; k <= 2; k++) sum += this.#votes[i + k] as number;
      const seconds = i * BIN_SECONDS - WIDEST_SECONDS;
      if (Math.abs(seconds - appliedSeconds) <= PEAK_BEYOND_SECONDS) bestNear = Math.max(bestNear, sum);
      if (sum > best) {
        best = sum;
        bestAt = i;
      }
    }
    if (bestAt < 0 || best < PEAK_VOTES || best < expected + PEAK_DEVIATIONS * Math.sqrt(expected)) return null;
    if (best <= PEAK_ABOVE * bestNear) return null;
    let moment = 0;
    for (let k = -2; k <= 2; k++) moment += k * (this.#votes[bestAt + k] as number);
    return {
      seconds: (bestAt + moment / best) * BIN_SECONDS - WIDEST_SECONDS,
      sigmaSeconds: PEAK_SIGMA_SECONDS,
    };
  }

  /** Learns the calibration's offset anew, given the relative clock offset that is applied. */
  settle(appliedSeconds: number): void {
    const n = this.#n;
    if (n <= 0) return;
    const share = 1 / (n + PRIOR_COMPARISONS);
    const x = (this.#rx + this.#vx * appliedSeconds) * share;
    const y = (this.#ry + this.#vy * appliedSeconds) * share;
    const shrink = Math.min(1, MOST_OFFSET_METRES / Math.max(1e-9, Math.hypot(x, y)));
    this.offsetX = x * shrink;
    this.offsetY = y * shrink;
  }

  /** Median difference of the last 512 positions, second less first, metres. */
  medians(): { readonly x: number; readonly y: number } {
    const count = Math.min(this.positions, MEDIAN_OF);
    return { x: median(this.#lastX.subarray(0, count)), y: median(this.#lastY.subarray(0, count)) };
  }
}
