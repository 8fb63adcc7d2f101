/**
 * How much more likely somebody is kept between two than walking with friends or family: parts in nats, by weights that were fitted. Three
 * friends walk abreast as well, but now one and now another is ahead or in the middle, and each of them repeats the others as much as they
 * repeat them. Who keeps somebody between them stays on a side, level with them or a hand behind, and does what they do a reaction
 * time later.
 */
import { FIELD } from './field.ts';
import { bounded } from './nats.ts';
import type { PairTable } from './pairTable.ts';
import { vertex } from './vertex.ts';

/**
 * A logistic regression on the trios of staged runs (seeds 1 to 4), each at the moment at which it was most like flanking. Each part is
 * told from where it speaks neither for nor against: see `NEUTRAL`.
 */
const WEIGHTS = {
  always: -3.21,
  side: 5.1,
  long: 1.7,
  behind: 9.3,
  reaction: 2.8,
  later: 12.6,
  together: 3.5,
} as const;

/** About half-way between what is usual of trios that are flanking and of others. Seconds, metres, shares. */
const NEUTRAL = { side: 0.9, seconds: 15, ahead: -0.05, reaction: 0.2, later: 0.1, together: 0.55 } as const;

/** Longer than this tells no more, seconds. */
const MOST_SECONDS = 60;
/** Further behind or ahead than this tells no more, metres. */
const MOST_AHEAD = 0.3;
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
  /** The lag at which it repeats the middle one best, seconds. */
  lagSeconds: number;
}

/** What is known of a trio. */
export interface Trio {
  /** Seconds between the two; the share of them on the usual side, 0.5 to 1. */
  readonly seconds: number;
  readonly side: number;
  /** How far the two are ahead on average, metres. */
  readonly ahead: number;
  /** Answers of the side that answers less: who walks with one friend and one who follows is kept by nobody. */
  readonly reaction: number;
  readonly later: number;
  /** Seconds near each other, and of those walking: of the side that has fewer. */
  readonly nearSeconds: number;
  readonly walkedSeconds: number;
  /** Nats of having been led by somebody else just before. */
  readonly ledBefore: number;
}

/** Parts of the log odds, nats; without `NOTHING_KNOWN` they are all of it. */
export interface FlankParts {
  readonly sides: number;
  readonly long: number;
  readonly behind: number;
  readonly adapt: number;
  readonly together: number;
  readonly ledBefore: number;
}

/** Log odds where every part is neutral. */
export const NOTHING_KNOWN: number = WEIGHTS.always;

/** What each part tells of a trio, nats. */
export function flankParts(trio: Trio): FlankParts {
  const stood = Math.min(1, Math.log((1 + trio.nearSeconds) / (1 + trio.walkedSeconds)));
  return {
    sides: WEIGHTS.side * (trio.side - NEUTRAL.side),
    long: WEIGHTS.long * Math.log(Math.min(MOST_SECONDS, trio.seconds) / NEUTRAL.seconds),
    behind: WEIGHTS.behind * (NEUTRAL.ahead - bounded(trio.ahead, -MOST_AHEAD, MOST_AHEAD)),
    adapt: WEIGHTS.reaction * (trio.reaction - NEUTRAL.reaction) + WEIGHTS.later * (trio.later - NEUTRAL.later),
    together: WEIGHTS.together * (stood - NEUTRAL.together),
    ledBefore: trio.ledBefore,
  };
}

/** Log odds of flanking, nats. */
export const flankLogOdds = (parts: FlankParts): number =>
  NOTHING_KNOWN + parts.sides + parts.long + parts.behind + parts.adapt + parts.together + parts.ledBefore;

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
  if (!(lagged > 0)) return into;
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
