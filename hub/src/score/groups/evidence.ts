/**
 * How much more likely the movement of two people is if they are companions than if they are strangers who happen to be here.
 *
 * What is weighed is what the two did on average over the remembered time, not moment by moment: two people who are side by
 * side now will still be a second later, whoever they are, and a sum over moments would count that again and again. A
 * companion's mean differs from zero by little, a stranger's by as much as people differ; more time makes the mean sharper,
 * and nothing else.
 */

/** What a pair's record holds, all weighted by time and forgetting. Offsets into an array of numbers. */
export const STAT = {
  /** Seconds in sight of both. */
  seconds: 0,
  /** Seconds in which one of them walked: only then do velocities tell something. */
  moving: 1,
  /** Relative velocity along the common way and across it (metres), summed over the moving seconds. */
  along: 2,
  across: 3,
  /** Distance, and the natural logarithm of how many strangers there are to a square metre. */
  distance: 4,
  logDensity: 5,
  /** Share of the strangers around who walk the same way, summed over the moving seconds. */
  aligned: 6,
  /** Distance ahead of each other (along the common way) less distance beside, metres, summed over the moving seconds. */
  inFile: 7,
  /** Natural logarithms of the variances of strangers' relative velocities, along and across, summed likewise. */
  logAlong: 8,
  logAcross: 9,
} as const;
export const STATS = 10;

export interface EvidenceOptions {
  /** Typical mean distance of two companions, metres, and the spread of its logarithm. */
  readonly companionMetres: number;
  readonly companionSpread: number;
  /** How much the mean velocities of two companions differ, and two momentary ones, metres per second on each axis. */
  readonly companionSpeed: number;
  readonly momentarySpeed: number;
  /** Seconds after which a momentary difference of velocities is a new one. */
  readonly correlationSeconds: number;
  /** How much the velocities of strangers differ who do not walk the same way, metres per second on each axis. */
  readonly otherSpeed: number;
  /** Strangers to a square metre where nobody has been seen. */
  readonly strangersPerSquareMetre: number;
  /**
   * From so many strangers to a square metre on it is a crowd, in which more of them tell so much less: people in it are not scattered at
   * random, they walk in lanes and make way, and companions keep closer. Natural logarithms are compared.
   */
  readonly crowdPerSquareMetre: number;
  readonly crowdWeight: number;
  /** People who wait choose the same spots, strangers too: so many times denser near each other than on average. */
  readonly standingClumping: number;
  /** Typical seconds between two companions' coming into sight. */
  readonly comingSeconds: number;
  /** Share of companions who do not come into sight together: they meet, or cameras lost one of them and found them again. */
  readonly comingApartShare: number;
  /** What it says at least that two did not come together, nats: names break, and who is found again seems to have just come. */
  readonly comingLeast: number;
  /** Strangers who are near each other came within so many seconds of each other anyhow, by the same door or with the same crowd. */
  readonly strangersComingSeconds: number;
  /** So many seconds in sight at most count for how seldom strangers come together. */
  readonly rememberedSeconds: number;
  /** Natural log odds that two people close by are companions before anything else is known. */
  readonly priorLogOdds: number;
  /** Weight of the in-file penalty, nats per metre: who walks behind another is more often a stranger. */
  readonly inFilePerMetre: number;
}

export const EVIDENCE_DEFAULTS: EvidenceOptions = {
  companionMetres: 1.3,
  companionSpread: 0.44,
  companionSpeed: 0.1,
  momentarySpeed: 0.15,
  correlationSeconds: 1,
  otherSpeed: 1.2,
  strangersPerSquareMetre: 0.03,
  crowdPerSquareMetre: 0.07,
  crowdWeight: 0.3,
  standingClumping: 2,
  comingSeconds: 5,
  comingApartShare: 0.4,
  comingLeast: -0.1,
  strangersComingSeconds: 30,
  rememberedSeconds: 600,
  priorLogOdds: -0.9,
  inFilePerMetre: 0.6,
};

/**
 * What is told live is weighed otherwise, for alerts rest on it: by how people move, not by when they came, and against all strangers of a crowd.
 * Else some who came by one train and queue would regroup. The limits of regroupings and coordinators were chosen with these.
 */
export const LIVE_EVIDENCE: Partial<EvidenceOptions> = {
  momentarySpeed: 0.2,
  crowdWeight: 1,
  comingApartShare: 1,
  priorLogOdds: -1,
  inFilePerMetre: 0.8,
};

/** The parts of a pair's log odds, natural logarithms: what speaks for companions is above 0. */
export interface PairEvidence {
  readonly distance: number;
  readonly velocity: number;
  readonly offset: number;
  readonly coming: number;
  readonly prior: number;
  readonly total: number;
}

/** Student's t with 3 degrees of freedom on the plane: as a bell in the middle, and forgiving in the tails. */
function logStudent(square: number, variance: number): number {
  return -Math.log(variance) - 2.5 * Math.log1p(square / (3 * variance));
}

/** What one part may say at most either way: beyond it the model is wrong before the evidence is that strong. */
const STRONGEST = 6;
const bounded = (nats: number): number => Math.min(STRONGEST, Math.max(-STRONGEST, nats));

/** Natural logarithm of how many strangers there are to a square metre where two stand and walk as they do. */
function logStrangers(o: EvidenceOptions, stats: Float64Array, at: number): number {
  const seconds = stats[at + STAT.seconds] as number;
  const standing = Math.max(0, 1 - (stats[at + STAT.moving] as number) / seconds);
  return (stats[at + STAT.logDensity] as number) / seconds + standing * Math.log(o.standingClumping);
}

const crowdOf = (o: EvidenceOptions, strangers: number): number =>
  (1 - o.crowdWeight) * Math.max(0, strangers - Math.log(o.crowdPerSquareMetre));

/** Mean distance against strangers who stand and walk here as densely as they do. */
export function distanceEvidence(o: EvidenceOptions, stats: Float64Array, at: number): number {
  const seconds = stats[at + STAT.seconds] as number;
  if (!(seconds > 0)) return 0;
  // Nearer than is typical is as good as typical.
  const metres = Math.max(o.companionMetres, (stats[at + STAT.distance] as number) / seconds);
  const z = Math.log(metres / o.companionMetres) / o.companionSpread;
  // Log-normal over the distance, spread over the ring of that radius; heavier tails than the bell's.
  const logRing = Math.log(2 * Math.PI * metres);
  const logCompanions = -Math.log(metres * o.companionSpread) - 0.92 - 2 * Math.log1p((z * z) / 4) - logRing;
  const strangers = logStrangers(o, stats, at);
  return bounded(logCompanions - strangers + crowdOf(o, strangers));
}

/** Mean relative velocity against strangers, of whom a local share walk the same way. */
export function velocityEvidence(o: EvidenceOptions, stats: Float64Array, at: number): number {
  const moving = stats[at + STAT.moving] as number;
  if (!(moving > 0)) return 0;
  const along = ((stats[at + STAT.along] as number) / moving) ** 2;
  const across = ((stats[at + STAT.across] as number) / moving) ** 2;
  const noise = (o.momentarySpeed * o.momentarySpeed * o.correlationSeconds) / (o.correlationSeconds + moving);
  const share = (stats[at + STAT.aligned] as number) / moving;
  const same = o.companionSpeed * o.companionSpeed + noise;
  // Strangers who walk the same way differ less across it than along, and less where everybody does.
  const alignedAlong = Math.max(same, Math.exp((stats[at + STAT.logAlong] as number) / moving) + noise);
  const alignedAcross = Math.max(same, Math.exp((stats[at + STAT.logAcross] as number) / moving) + noise);
  const other = o.otherSpeed * o.otherSpeed + noise;
  const strangers =
    (share * Math.exp(-along / (2 * alignedAlong) - across / (2 * alignedAcross))) /
      Math.sqrt(alignedAlong * alignedAcross) +
    ((1 - share) * Math.exp(-(along + across) / (2 * other))) / other;
  // Little time tells little: the evidence grows with the seconds that were seen.
  const seen = moving / (moving + o.correlationSeconds);
  return seen * bounded(logStudent(along + across, same) - Math.log(strangers));
}

/** Somebody walking behind somebody else, rather than beside. */
export function offsetEvidence(o: EvidenceOptions, stats: Float64Array, at: number): number {
  const moving = stats[at + STAT.moving] as number;
  return moving > 0 ? bounded((-o.inFilePerMetre * (stats[at + STAT.inFile] as number)) / (moving + 1)) : 0;
}

/**
 * Two who came into sight so many seconds apart: companions come together, strangers who are near each other now came at any time since
 * the older of the two did. The longer ago that is, the more it tells that they came together; that they did not tells little.
 *
 * @param olderSeconds for how long the one who came first has been in sight.
 */
export function comingEvidence(o: EvidenceOptions, gapSeconds: number, olderSeconds: number): number {
  const seldom = Math.max(1, Math.min(olderSeconds, o.rememberedSeconds) / o.strangersComingSeconds);
  const together = (1 - o.comingApartShare) * seldom * Math.exp(-gapSeconds / o.comingSeconds);
  return Math.max(o.comingLeast, Math.log(together + o.comingApartShare));
}
