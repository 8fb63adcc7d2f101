/**
 * What is measured of somebody who may be shadowing another: the inputs of the model of shadowing. Strangers on one route share the path and, by
 * chance, some starts and stops; what they do not share is standing for as long as the other stands, and keeping their distance.
 */
import type { Measure, Odds } from './additive.ts';
import { deviation } from './deviation.ts';
import type { Shadow } from './shadow.ts';

export const SHADOW_PARTS = ['answers', 'missed', 'trail', 'distance', 'standing', 'lines'] as const;
export type ShadowPart = (typeof SHADOW_PARTS)[number];

export type ShadowOdds = Odds<ShadowPart>;

export const SHADOW_MEASURES = [
  /** Starts and stops of the one ahead that were answered; how promptly, nats and seconds later on average. */
  { name: 'starts', part: 'answers', rises: 1 },
  { name: 'stops', part: 'answers', rises: 1 },
  { name: 'prompt', part: 'answers', rises: 1 },
  { name: 'delay', part: 'answers', rises: 0 },
  /** Those that were not; those of the follower alone; the share answered of all that could be; the share of the follower's that answered nothing. */
  { name: 'missedStarts', part: 'missed', rises: -1 },
  { name: 'missedStops', part: 'missed', rises: -1 },
  { name: 'own', part: 'missed', rises: -1 },
  { name: 'answeredShare', part: 'missed', rises: 1 },
  { name: 'ownShare', part: 'missed', rises: -1 },
  /** Logarithms: seconds of walking where the other walked, and how many more these are than those elsewhere; how much the distance along the path varies, metres. */
  { name: 'onTrail', part: 'trail', rises: 1 },
  { name: 'trailRatio', part: 'trail', rises: 1 },
  { name: 'behindSpread', part: 'trail', rises: -1 },
  /** The share of the time at such distances; the mean distance and its deviation, metres; the logarithm of the seconds of it all. */
  { name: 'atDistance', part: 'distance', rises: 1 },
  { name: 'distance', part: 'distance', rises: 0 },
  { name: 'distanceDeviation', part: 'distance', rises: -1 },
  { name: 'seconds', part: 'distance', rises: 0 },
  /** Logarithms of seconds: both stood; the follower walked on while the other stood; stood on while the other walked. And the share of the first. */
  { name: 'stood', part: 'standing', rises: 1 },
  { name: 'walkedOn', part: 'standing', rises: -1 },
  { name: 'stoodOn', part: 'standing', rises: -1 },
  { name: 'stoodShare', part: 'standing', rises: 1 },
  /** Share of the time in queue and control zones; others who walk along: where all move up at once, one stops because the next does. */
  { name: 'forcedShare', part: 'lines', rises: 0 },
  { name: 'others', part: 'lines', rises: -1 },
] as const satisfies readonly Measure<ShadowPart>[];

/** Steadier than this is no steadier: it would speak for who is drawn by a ruler. Metres. */
const LEAST_SPREAD_METRES = 1;
/** Seconds of standing that are taken for granted before anything is seen: a short walk tells little. */
const STANDING_BEFORE = 5;

/**
 * Measures a candidate.
 *
 * @param into filled in the order of `SHADOW_MEASURES`.
 */
export function measureShadow(shadow: Shadow, into: Float64Array): void {
  const seconds = Math.max(1, shadow.seconds);
  const distance = shadow.distance / seconds;
  const missed = shadow.missedStarts + shadow.missedStops;
  let i = 0;
  into[i++] = shadow.starts;
  into[i++] = shadow.stops;
  into[i++] = shadow.prompt;
  into[i++] = shadow.delay / Math.max(1, shadow.answers);
  into[i++] = shadow.missedStarts;
  into[i++] = shadow.missedStops;
  into[i++] = shadow.own;
  into[i++] = shadow.answers / Math.max(1, shadow.answers + missed);
  into[i++] = shadow.own / Math.max(1, shadow.own + shadow.answers);
  into[i++] = Math.log1p(shadow.onTrail);
  into[i++] = shadow.trailRatio;
  into[i++] = Math.max(LEAST_SPREAD_METRES, shadow.behindSpread);
  into[i++] = shadow.atDistance / seconds;
  into[i++] = distance;
  into[i++] = Math.max(LEAST_SPREAD_METRES, deviation(shadow.distanceSquare / seconds, distance));
  into[i++] = Math.log(seconds);
  into[i++] = Math.log1p(shadow.stood);
  into[i++] = Math.log1p(shadow.walkedOn);
  into[i++] = Math.log1p(shadow.stoodOn);
  into[i++] =
    (shadow.stood + STANDING_BEFORE) / (shadow.stood + shadow.walkedOn + shadow.stoodOn + 2 * STANDING_BEFORE);
  into[i++] = shadow.forced / seconds;
  into[i] = shadow.others / seconds;
}
