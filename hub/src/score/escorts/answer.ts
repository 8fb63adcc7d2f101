/**
 * How somebody answers the speed of another: a reaction time later, if they keep beside whoever decides; at once, or now before and now after, if nobody does.
 */
import { FIELD } from './field.ts';
import type { PairTable } from './pairTable.ts';
import { greatestLag, vertex } from './vertex.ts';

/** Lag of somebody who keeps beside another, seconds, and the spread of its logarithm. */
const REACTION_SECONDS = 0.48;
const REACTION_SPREAD = 0.35;
/** The side is compared with what the middle one did so long before and so long after, seconds. */
const FIRST_LAG_SECONDS = 0.4;
const LAST_LAG_SECONDS = 0.6;
/** Squared differences of speeds below this are noise, m²/s². */
const SPEED_NOISE_SQUARE = 0.03 * 0.03;
/** Weighted seconds compared of which half is believed. */
const HALF_SECONDS = 6;

/** What a side's speed tells against the middle one's. */
export interface Answer {
  /** How near its lag is to a reaction time, 0 to 1. */
  reaction: number;
  /** How much better it repeats what the middle one did before than what it does after: a logarithm. */
  later: number;
  /** The lag at which it repeats the middle one's speed best, seconds. */
  lagSeconds: number;
  /** The lag at which its velocity agrees best with the middle one's, seconds, and how much better than without one: a difference of correlations. */
  velocityLagSeconds: number;
  velocityGain: number;
}

export const noAnswer = (): Answer => ({
  reaction: 0,
  later: 0,
  lagSeconds: 0,
  velocityLagSeconds: 0,
  velocityGain: 0,
});

/**
 * How a side answers the middle one: of a record's squared differences of speeds.
 *
 * @param middleIsLow whether the middle one is the record's lower slot.
 * @param into filled and returned.
 */
export function answerOf(
  pairs: PairTable,
  record: number,
  middleIsLow: boolean,
  tickSeconds: number,
  into: Answer,
): Answer {
  const { lags, sums, sumStride, numbers, stride } = pairs;
  const lagged = numbers[record * stride + FIELD.lagged] as number;
  const now = record * sumStride + lags;
  const sign = middleIsLow ? 1 : -1;
  const at = (lag: number): number => sums[now + sign * lag] as number;
  let best = 0;
  for (let lag = -lags; lag <= lags; lag++) if (at(lag) < at(best)) best = lag;
  into.lagSeconds = best * tickSeconds;
  into.reaction = 0;
  into.later = 0;
  into.velocityLagSeconds = 0;
  into.velocityGain = 0;
  if (!(lagged > 0)) return into;
  velocityAnswer(pairs, record, sign, tickSeconds, into);
  const believed = lagged / (lagged + HALF_SECONDS);
  if (Math.abs(best) < lags) into.lagSeconds += tickSeconds * vertex(at(best - 1), at(best), at(best + 1));
  if (into.lagSeconds > 0) {
    const z = Math.log(into.lagSeconds / REACTION_SECONDS) / REACTION_SPREAD;
    into.reaction = believed * Math.exp(-0.5 * z * z);
  }
  const first = Math.min(lags, Math.max(1, Math.round(FIRST_LAG_SECONDS / tickSeconds)));
  const last = Math.min(lags, Math.max(first, Math.floor(LAST_LAG_SECONDS / tickSeconds + 1e-9)));
  let before = 0;
  let after = 0;
  for (let lag = first; lag <= last; lag++) {
    before += at(lag);
    after += at(-lag);
  }
  const counted = (last - first + 1) * lagged;
  into.later = believed * Math.log((after / counted + SPEED_NOISE_SQUARE) / (before / counted + SPEED_NOISE_SQUARE));
  return into;
}

function velocityAnswer(
  { lags, sums, sumStride, numbers, stride }: PairTable,
  record: number,
  sign: number,
  tickSeconds: number,
  into: Answer,
): void {
  const product = record * sumStride + 3 * lags + 1;
  const best = greatestLag(sums, product, sign, lags);
  const row = record * stride;
  const energy = Math.sqrt((numbers[row + FIELD.lowEnergy] as number) * (numbers[row + FIELD.highEnergy] as number));
  into.velocityLagSeconds = best * tickSeconds;
  if (energy > 0) into.velocityGain = ((sums[product + sign * best] as number) - (sums[product] as number)) / energy;
}
