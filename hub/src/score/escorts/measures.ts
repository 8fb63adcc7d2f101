/**
 * What is measured of a follower and a leader: the inputs of the model of an escort. Each is a mean, a share or a logarithm that does
 * not grow by itself with time, except those that say how long; in whose order the model counts them.
 */
import type { Measure } from './additive.ts';
import { deviation } from './deviation.ts';
import { FIELD } from './field.ts';
import { bounded } from './nats.ts';
import type { PairTable } from './pairTable.ts';
import type { InSight } from './people.ts';
import { greatestLag } from './vertex.ts';

/** Measures that say the same in different ways are one part of the score. */
export const PARTS = ['front', 'path', 'lag', 'order', 'close', 'company', 'together', 'others'] as const;
export type EscortPart = (typeof PARTS)[number];

export const MEASURES = [
  /** Share of the walking with the leader in front less that with the follower in front. */
  { name: 'ahead', part: 'front', rises: 1 },
  /** How far the leader is in front, metres: the mean, and the deviation from it. */
  { name: 'along', part: 'front', rises: 0 },
  { name: 'alongDeviation', part: 'front', rises: -1 },
  /** Metres to the side. */
  { name: 'aside', part: 'path', rises: -1 },
  /** Metres from the follower to where the leader walked, the reverse, and the logarithm of how much more the latter is. */
  { name: 'followerOnPath', part: 'path', rises: -1 },
  { name: 'leaderOnPath', part: 'path', rises: 0 },
  { name: 'pathRatio', part: 'path', rises: 1 },
  /** How long ago the leader was where the follower is, seconds: the mean, and the deviation. */
  { name: 'headway', part: 'lag', rises: 0 },
  { name: 'headwayDeviation', part: 'lag', rises: -1 },
  /** How much better speeds agree with a lag than without: a logarithm, times the seconds compared. */
  { name: 'repeats', part: 'lag', rises: 1 },
  /** The lag at which velocities agree best, seconds, and how much better they agree with it: a difference of correlations. */
  { name: 'lag', part: 'lag', rises: 0 },
  { name: 'lagGain', part: 'lag', rises: 1 },
  /** Starts and stops in which the follower was second, and first; the share of all in which it was second. */
  { name: 'second', part: 'order', rises: 1 },
  { name: 'first', part: 'order', rises: -1 },
  { name: 'secondShare', part: 'order', rises: 1 },
  /** By how much the follower started and stopped later on average, seconds. */
  { name: 'delay', part: 'order', rises: 0 },
  /** Metres between them, and the root mean square of the difference of their velocities, m/s. */
  { name: 'distance', part: 'close', rises: 0 },
  { name: 'closing', part: 'close', rises: 0 },
  /** Logarithms: seconds of walking together as they count, and the share that they are of those walked. */
  { name: 'counted', part: 'company', rises: 0 },
  { name: 'countedShare', part: 'company', rises: 0 },
  /** Logarithms: how much longer they were near each other than they walked; seconds that both stood outside lines. */
  { name: 'lingered', part: 'company', rises: 0 },
  { name: 'stood', part: 'company', rises: 1 },
  /** Seconds between their coming into sight, 2 to 12; logarithm of the longer of the times in sight before they were near each other. */
  { name: 'cameApart', part: 'together', rises: -1 },
  { name: 'before', part: 'together', rises: -1 },
  /** Share of the follower's time in sight that they were near each other. */
  { name: 'nearShare', part: 'together', rises: 1 },
  /** Logarithm of how much longer each was near somebody else than these two near each other. */
  { name: 'followersOther', part: 'others', rises: 0 },
  { name: 'leadersOther', part: 'others', rises: 0 },
  /** How likely the follower is led by somebody else, before, meanwhile or afterwards: nats; and the share of these two's time that falls into that. */
  { name: 'ledBesides', part: 'others', rises: 0 },
  { name: 'ledAtOnce', part: 'others', rises: 0 },
  /** Others who walk along. */
  { name: 'others', part: 'others', rises: 0 },
] as const satisfies readonly Measure<EscortPart>[];

/** Nobody is told to have come together within less, nor apart by more, seconds. */
const CAME_SECONDS = [2, 12] as const;
/** Squared differences of speeds below this are noise, m²/s². */
const SPEED_NOISE_SQUARE = 0.03 * 0.03;
/** Who was near nobody else counts as having been near somebody for so long, seconds. */
const OTHER_SECONDS = 3;
/** So much is added to starts and stops, and to metres from a path, so that few and small ones do not speak too loudly. */
const FEW_EVENTS = 0.3;
const PATH_NOISE_METRES = 0.15;

/** Closer to a path, and steadier in time, than positions can tell is no closer: it would speak for who is drawn by a ruler. Metres, seconds. */
const LEAST_ASIDE_METRES = 0.25;
const LEAST_PATH_METRES = 0.2;
const LEAST_HEADWAY_DEVIATION_SECONDS = 0.2;

/** Bounds of how likely a leg behind somebody else is taken to be, nats; below them where there is none. */
const LED_NATS = [-2, 8] as const;
const NOT_LED_NATS = -3;

/** What the two have beside each other. */
export interface Besides {
  /** For how long the follower, and the leader, was near anybody else, seconds. */
  followersOther: number;
  leadersOther: number;
  /** The likeliest leg of the follower behind anybody else: nats, -Infinity where there is none; and from when until when it was. */
  ledNats: number;
  ledSinceMs: number;
  ledUntilMs: number;
}

export const nothingBesides = (): Besides => ({
  followersOther: 0,
  leadersOther: 0,
  ledNats: Number.NEGATIVE_INFINITY,
  ledSinceMs: 0,
  ledUntilMs: 0,
});

/**
 * Measures one direction of a record.
 *
 * @param record of `pairs`, with some weighted walking.
 * @param highFollows whether the higher slot is taken to follow the lower one, or the reverse.
 * @param into filled in the order of `MEASURES`.
 * @returns false where nothing can be measured: who is in front follows nobody.
 */
export function measureEscort(
  { numbers: n, stride, sums, sumStride, lags }: PairTable,
  record: number,
  tickSeconds: number,
  highFollows: boolean,
  inSight: InSight,
  besides: Besides,
  into: Float64Array,
): boolean {
  const row = record * stride;
  const sign = highFollows ? 1 : -1;
  const at = (field: number): number => n[row + field] as number;
  const pick = (low: number, high: number): number => n[row + (highFollows ? low : high)] as number;
  const weight = at(FIELD.weight);
  const compared = at(FIELD.compared);
  const along = (sign * at(FIELD.along)) / weight;
  if (!(weight > 0 && compared > 0 && along > 0)) return false;
  const walked = Math.max(1, at(FIELD.walked));
  const near = Math.max(1, at(FIELD.near));
  const followerOnPath = Math.max(LEAST_PATH_METRES, pick(FIELD.highOnPath, FIELD.lowOnPath) / compared);
  const leaderOnPath = pick(FIELD.lowOnPath, FIELD.highOnPath) / compared;
  const headway = pick(FIELD.highAgo, FIELD.lowAgo) / compared;
  const second = pick(FIELD.startLow, FIELD.startHigh) + pick(FIELD.stopLow, FIELD.stopHigh);
  const first = pick(FIELD.startHigh, FIELD.startLow) + pick(FIELD.stopHigh, FIELD.stopLow);
  const shared = second + first + at(FIELD.startBoth) + at(FIELD.stopBoth);
  const alone = at(FIELD.startLowAlone) + at(FIELD.startHighAlone) + at(FIELD.stopLowAlone) + at(FIELD.stopHighAlone);
  let i = 0;
  into[i++] = (pick(FIELD.lowAhead, FIELD.highAhead) - pick(FIELD.highAhead, FIELD.lowAhead)) / weight;
  into[i++] = along;
  into[i++] = deviation(at(FIELD.alongSquare) / weight, along);
  into[i++] = Math.max(LEAST_ASIDE_METRES, at(FIELD.aside) / weight);
  into[i++] = followerOnPath;
  into[i++] = leaderOnPath;
  into[i++] = Math.log((leaderOnPath + PATH_NOISE_METRES) / (followerOnPath + PATH_NOISE_METRES));
  into[i++] = headway;
  const headwayDeviation = deviation(pick(FIELD.highAgoSquare, FIELD.lowAgoSquare) / compared, headway);
  into[i++] = Math.max(LEAST_HEADWAY_DEVIATION_SECONDS, headwayDeviation);
  // The lag at which the follower's speed repeats the leader's best, against none and against the best of the reverse.
  const lagged = at(FIELD.lagged);
  const now = record * sumStride + lags;
  const product = now + 2 * lags + 1;
  let best = Number.POSITIVE_INFINITY;
  let against = sums[now] as number;
  for (let k = 1; k <= lags; k++) {
    best = Math.min(best, sums[now + sign * k] as number);
    against = Math.min(against, sums[now - sign * k] as number);
  }
  const lag = greatestLag(sums, product, sign, lags);
  const noise = SPEED_NOISE_SQUARE * lagged;
  into[i++] = lagged > 0 ? lagged * Math.log((against + noise) / (best + noise)) : 0;
  into[i++] = lag * tickSeconds;
  const energy = Math.sqrt(at(FIELD.lowEnergy) * at(FIELD.highEnergy));
  into[i++] = energy > 0 ? ((sums[product + sign * lag] as number) - (sums[product] as number)) / energy : 0;
  into[i++] = second;
  into[i++] = first;
  into[i++] = second / (shared + alone + FEW_EVENTS);
  const later = pick(FIELD.highDelay, FIELD.lowDelay) - pick(FIELD.lowDelay, FIELD.highDelay);
  into[i++] = later / Math.max(FEW_EVENTS, shared);
  into[i++] = at(FIELD.distance) / weight;
  into[i++] = Math.sqrt(at(FIELD.closing) / weight);
  into[i++] = Math.log(weight);
  into[i++] = Math.log(weight / walked);
  into[i++] = Math.log(near / walked);
  into[i++] = Math.log1p(at(FIELD.stood));
  into[i++] = bounded(Math.abs(inSight.leaderBefore - inSight.followerBefore), ...CAME_SECONDS);
  into[i++] = Math.log1p(Math.max(0, inSight.leaderBefore, inSight.followerBefore));
  into[i++] = near / Math.max(1, inSight.follower);
  into[i++] = Math.log((besides.followersOther + OTHER_SECONDS) / near);
  into[i++] = Math.log((besides.leadersOther + OTHER_SECONDS) / near);
  const led = besides.ledNats > Number.NEGATIVE_INFINITY;
  into[i++] = led ? bounded(besides.ledNats, ...LED_NATS) : NOT_LED_NATS;
  const [sinceMs, nearMs] = [at(FIELD.sinceMs), at(FIELD.nearMs)];
  const bothMs = Math.min(nearMs, besides.ledUntilMs) - Math.max(sinceMs, besides.ledSinceMs);
  into[i++] = led ? bounded(bothMs / Math.max(1000, nearMs - sinceMs), 0, 1) : 0;
  into[i] = at(FIELD.flow) / walked;
  return true;
}
