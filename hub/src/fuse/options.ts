export interface FuseOptions {
  /** Typical time between two positions of a track. Tolerances in time widen with it. */
  readonly sampleSeconds: number;
  /** How far the evidence runs ahead of what is decided: who belongs together at a time is judged from both sides of it. */
  readonly lagSeconds: number;
  /** Evidence is forgotten with this time constant. */
  readonly memorySeconds: number;
  /** Positions closer in time than this are taken as one piece of evidence: errors of a tracker linger. */
  readonly correlationSeconds: number;
  /** 1-sigma, per axis, of what two cameras may systematically differ in beyond the sigmas they state. */
  readonly systematicMetres: number;
  /** Further apart, two tracks are never compared for the first time. */
  readonly gateMetres: number;
  /** Chance that one comparison is worthless (an occluded foot, a merged box). */
  readonly outlierShare: number;
  /** People per square metre that are near anybody at all: companions. Added to the density the camera itself sees. */
  readonly companionDensity: number;
  /**
   * Log-likelihood ratio, in the mean over the person's tracks, that a track needs to join a person. Negative: beside a person, one more of it is
   * likelier than one more person.
   */
  readonly joinEvidence: number;
  /** A track leaves a person only where the evidence against it exceeds this. */
  readonly stayEvidence: number;
  /** Evidence below which a track is clearly somebody else than the person beside it; negative. */
  readonly clearEvidence: number;
  /** A new track whose evidence about a person beside it is not yet clear is waited for this long. */
  readonly waitSeconds: number;
  /** A person without any track is waited for this long where it was lost; beyond, there are only continuations. */
  readonly graceSeconds: number;
  /** Correlation of the errors of two cameras. 1 is the bound of covariance intersection, 0 that of independence. */
  readonly errorCorrelation: number;
  /** A clock further off than this is not corrected: its camera is left out. At most 3. */
  readonly clockLimitSeconds: number;
  /** More tracks at once than this are not taken. */
  readonly maxTracks: number;
}

/** Fitted on the first 60 of WILDTRACK's 200 frames with seeds of their own (`eval fusion`). */
export const FUSE_DEFAULTS: FuseOptions = {
  sampleSeconds: 0.1,
  lagSeconds: 1.5,
  memorySeconds: 1,
  correlationSeconds: 0.5,
  systematicMetres: 0.15,
  gateMetres: 2,
  outlierShare: 0.05,
  companionDensity: 0.08,
  joinEvidence: -2,
  stayEvidence: 5,
  clearEvidence: -2,
  waitSeconds: 1,
  graceSeconds: 1,
  errorCorrelation: 0.2,
  clockLimitSeconds: 2,
  maxTracks: 20_000,
};

/** Longest time between two positions of a track over which it is still drawn through, seconds. */
export const bridgeSeconds = (options: FuseOptions): number => Math.max(1.2, 3.2 * options.sampleSeconds);
/** How long before its first and after its last position a track still stands for somebody, seconds. */
export const holdSeconds = (options: FuseOptions): number => Math.max(0.15, 0.55 * options.sampleSeconds);

/**
 * How much later than its own time a moment can be decided: everything that is known at it, ahead of it and through
 * the largest clock correction must have come.
 */
export const decisionDelaySeconds = (options: FuseOptions): number =>
  options.lagSeconds + bridgeSeconds(options) + options.clockLimitSeconds;
