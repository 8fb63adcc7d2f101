/** What counts as presence, as coming back, and as the same person. */

export interface DwellOptions {
  /** Presence this long opens an episode where the person was once further inside than the uncertainty. */
  readonly entrySeconds: number;
  /** Presence this long opens one where the person never was: standing on the edge, in the noise. */
  readonly edgeEntrySeconds: number;
  /** An absence up to this long is bridged, whether the person was seen outside or not at all. */
  readonly graceSeconds: number;
  /** The same for somebody outside by less than the uncertainty: nobody can say that they left. */
  readonly edgeGraceSeconds: number;
  /** How long predicted positions carry presence beyond the last measured one. */
  readonly coastSeconds: number;
  /** Two positions closer in time than this are one stretch. Longer: a gap that is bridged and counted. */
  readonly continuousSeconds: number;
  /** Whoever comes back within this time after the last visit goes on with the same episode. 0: never. */
  readonly revisitSeconds: number;
  /** A name that was not heard of for longer than this stands for somebody new. */
  readonly reuseSeconds: number;
  /** Nobody moves faster, m/s: beyond, a name stands for somebody new. */
  readonly fastestMetresPerSecond: number;
  /** Somebody who begins within this time after another was lost may be the same person, without the fusion's word. 0: never. */
  readonly joinSeconds: number;
  /** ... and within this distance, plus twice the uncertainty of both positions. */
  readonly joinMetres: number;
  /** ... and is it with this probability, where one alone was lost and one alone begins. Measured across 2 s: docs/accuracy.md. */
  readonly shortLossProbability: number;
  /** Longest gap across which the fusion's continuations are followed: beyond, most of them are wrong. */
  readonly continuationSeconds: number;
  /** How long after somebody began the fusion's word is waited for. At least the time for which the fusion watches them. */
  readonly continuationWaitSeconds: number;
  /** Less probable joins are not made, 0 to 1. Above one half, nobody can be claimed twice. */
  readonly leastJoinProbability: number;
  /** Net displacement that proves a person and not a pillar; 2.5 sigma where that is more. */
  readonly movedMetres: number;
  /** An open episode is told again each time it has grown by this much. */
  readonly reportEverySeconds: number;
}

/**
 * The figures of continuations are those of docs/accuracy.md: what is told with 0.71, 0.88 and 0.97 on average is true in 0.69, 0.87 and
 * 0.95; up to 4 s nine of ten are right, up to 8 s four of five at best.
 */
export const DWELL_DEFAULTS: DwellOptions = {
  entrySeconds: 1,
  edgeEntrySeconds: 5,
  graceSeconds: 3,
  edgeGraceSeconds: 10,
  coastSeconds: 5,
  continuousSeconds: 1.5,
  revisitSeconds: 1800,
  reuseSeconds: 60,
  fastestMetresPerSecond: 12,
  joinSeconds: 2,
  joinMetres: 1,
  shortLossProbability: 0.95,
  continuationSeconds: 8,
  continuationWaitSeconds: 4.5,
  leastJoinProbability: 0.7,
  movedMetres: 0.5,
  reportEverySeconds: 1,
};
