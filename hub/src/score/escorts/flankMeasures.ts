/**
 * What is measured of somebody between two: the inputs of the model of flanking. Three friends walk abreast as well, but now one and now another is
 * ahead or in the middle, and each of them repeats the others as much as they repeat them. Who keeps somebody between them stays on a side, level or a
 * hand behind, and does what the middle one does a reaction time later.
 */
import type { Measure } from './additive.ts';
import { answerOf, noAnswer } from './answer.ts';
import { type Between, TRIO, TRIO_SUMS } from './between.ts';
import { deviation } from './deviation.ts';
import { FIELD } from './field.ts';
import { bounded } from './nats.ts';
import type { PairTable } from './pairTable.ts';

export const FLANK_PARTS = ['sides', 'long', 'behind', 'adapt', 'order', 'together', 'ledBefore', 'others'] as const;
export type FlankPart = (typeof FLANK_PARTS)[number];

export const FLANK_MEASURES = [
  /** Of the seconds with one on each side, the share with each on their usual one; of those walked, with one on each side; of those together, with this one in the middle. */
  { name: 'side', part: 'sides', rises: 1 },
  { name: 'betweenShare', part: 'sides', rises: 1 },
  { name: 'enclosedShare', part: 'sides', rises: 1 },
  /** How much the distance to the side varies, metres. */
  { name: 'asideDeviation', part: 'sides', rises: -1 },
  /** Logarithms of the seconds between the two, and of those in which all three are together. */
  { name: 'between', part: 'long', rises: 1 },
  { name: 'near', part: 'long', rises: 0 },
  /** How far the one of the two who is further ahead is, and the other; how much that varies (the one of whom it varies more). Metres. */
  { name: 'aheadMost', part: 'behind', rises: -1 },
  { name: 'aheadLeast', part: 'behind', rises: -1 },
  { name: 'aheadDeviation', part: 'behind', rises: -1 },
  /** Answers to the middle one's speed: of the one of the two who answers less, and of the other. */
  { name: 'reaction', part: 'adapt', rises: 1 },
  { name: 'later', part: 'adapt', rises: 1 },
  { name: 'laterMost', part: 'adapt', rises: 1 },
  /** The lag at which velocities agree best, seconds, and how much better they agree with it: a difference of correlations; each of the one who has less. */
  { name: 'velocityLag', part: 'adapt', rises: 0 },
  { name: 'velocityGain', part: 'adapt', rises: 1 },
  /** Starts and stops in which one of the two was second (the one who was so less often), first, or neither. */
  { name: 'second', part: 'order', rises: 1 },
  { name: 'first', part: 'order', rises: -1 },
  { name: 'atOnce', part: 'order', rises: -1 },
  /** How much longer they were near each other than they walked: a logarithm. */
  { name: 'lingered', part: 'together', rises: 0 },
  /** How likely the middle one was led by somebody else until shortly before, nats. */
  { name: 'ledBefore', part: 'ledBefore', rises: 1 },
  /** Others who walk along. */
  { name: 'others', part: 'others', rises: 0 },
] as const satisfies readonly Measure<FlankPart>[];

/** Steadier than positions can tell is no steadier: it would speak for who is drawn by a ruler. Metres. */
const LEAST_ASIDE_DEVIATION = 0.1;
const LEAST_AHEAD_DEVIATION = 0.15;
/** Bounds of how likely a leg is taken to be, nats; below them where there is none. */
const LED_NATS = [0, 10] as const;
const NOT_LED_NATS = -1;

/** What a trio says beyond the measures: for the words of an alert. Reused: read it at once. */
export interface TrioFacts {
  lagSeconds: number;
  /** Starts and stops of the middle one that were first, and all, both sides counted. */
  middleFirst: number;
  answered: number;
  sigmaMetres: number;
  coastedShare: number;
  /** How likely the middle one was led by somebody else until shortly before, nats; `NOT_LED_NATS` where by nobody. */
  ledNats: number;
}

export const nothingOfTrio = (): TrioFacts => ({
  lagSeconds: 0,
  middleFirst: 0,
  answered: 0,
  sigmaMetres: 0,
  coastedShare: 0,
  ledNats: 0,
});

const answer = noAnswer();
const EVENTS = [
  FIELD.startLow,
  FIELD.startHigh,
  FIELD.startBoth,
  FIELD.stopLow,
  FIELD.stopHigh,
  FIELD.stopBoth,
] as const;

/**
 * Measures whom two are beside.
 *
 * @param slot of the one in the middle.
 * @param ledNats how likely the middle one was led by somebody else until shortly before, nats; -Infinity where by nobody.
 * @param into filled in the order of `FLANK_MEASURES`.
 * @returns false where nothing can be measured.
 */
export function measureTrio(
  between: Between,
  pairs: PairTable,
  slot: number,
  tickSeconds: number,
  ledNats: number,
  into: Float64Array,
  facts: TrioFacts,
): boolean {
  const at = slot * TRIO_SUMS;
  const sum = (field: number): number => between.sums[at + field] as number;
  const seconds = sum(TRIO.between);
  if (!(seconds > 0)) return false;
  let reaction = Number.POSITIVE_INFINITY;
  let later = Number.POSITIVE_INFINITY;
  let laterMost = Number.NEGATIVE_INFINITY;
  let velocityLag = Number.POSITIVE_INFINITY;
  let velocityGain = Number.POSITIVE_INFINITY;
  let second = Number.POSITIVE_INFINITY;
  let first = 0;
  let atOnce = 0;
  let lingered = Number.POSITIVE_INFINITY;
  let others = 0;
  let near = 0;
  facts.lagSeconds = 0;
  facts.middleFirst = 0;
  facts.answered = 0;
  facts.sigmaMetres = 0;
  facts.coastedShare = 0;
  for (let which = 0; which < 2; which++) {
    const record = pairs.find(slot, (which === 0 ? between.one : between.other)[slot] as number);
    if (record < 0) return false;
    const n = pairs.numbers;
    const row = record * pairs.stride;
    const middleIsLow = pairs.low[record] === slot;
    const of = (field: number): number => n[row + field] as number;
    const pick = (low: number, high: number): number => of(middleIsLow ? low : high);
    const middleFirst = pick(FIELD.startLow, FIELD.startHigh) + pick(FIELD.stopLow, FIELD.stopHigh);
    second = Math.min(second, middleFirst);
    first = Math.max(first, pick(FIELD.startHigh, FIELD.startLow) + pick(FIELD.stopHigh, FIELD.stopLow));
    atOnce = Math.max(atOnce, of(FIELD.startBoth) + of(FIELD.stopBoth));
    facts.middleFirst += middleFirst;
    for (const field of EVENTS) facts.answered += of(field);
    near += of(FIELD.near);
    facts.sigmaMetres += of(FIELD.sigma);
    facts.coastedShare += of(FIELD.coasted);
    lingered = Math.min(lingered, Math.log((1 + of(FIELD.near)) / (1 + of(FIELD.walked))));
    others = Math.max(others, of(FIELD.flow) / Math.max(1, of(FIELD.walked)));
    answerOf(pairs, record, middleIsLow, tickSeconds, answer);
    reaction = Math.min(reaction, answer.reaction);
    later = Math.min(later, answer.later);
    laterMost = Math.max(laterMost, answer.later);
    velocityLag = Math.min(velocityLag, answer.velocityLagSeconds);
    velocityGain = Math.min(velocityGain, answer.velocityGain);
    facts.lagSeconds += answer.lagSeconds / 2;
  }
  facts.sigmaMetres /= Math.max(1e-9, near);
  facts.coastedShare = Math.min(1, facts.coastedShare / Math.max(1e-9, near));
  const left = sum(TRIO.oneLeft) / seconds;
  const one = sum(TRIO.oneAhead) / seconds;
  const other = sum(TRIO.otherAhead) / seconds;
  const aheadDeviation = Math.max(
    deviation(sum(TRIO.oneAheadSquare) / seconds, one),
    deviation(sum(TRIO.otherAheadSquare) / seconds, other),
  );
  let i = 0;
  into[i++] = Math.max(left, 1 - left);
  into[i++] = seconds / Math.max(1, sum(TRIO.walked));
  into[i++] = sum(TRIO.enclosed) / Math.max(1, sum(TRIO.near));
  into[i++] = Math.max(LEAST_ASIDE_DEVIATION, deviation(sum(TRIO.asideSquare) / seconds, sum(TRIO.aside) / seconds));
  into[i++] = Math.log(seconds);
  into[i++] = Math.log(Math.max(1, sum(TRIO.near)));
  into[i++] = Math.max(one, other);
  into[i++] = Math.min(one, other);
  into[i++] = Math.max(LEAST_AHEAD_DEVIATION, aheadDeviation);
  into[i++] = reaction;
  into[i++] = later;
  into[i++] = laterMost;
  into[i++] = velocityLag;
  into[i++] = velocityGain;
  into[i++] = second;
  into[i++] = first;
  into[i++] = atOnce;
  into[i++] = lingered;
  facts.ledNats = ledNats > Number.NEGATIVE_INFINITY ? bounded(ledNats, ...LED_NATS) : NOT_LED_NATS;
  into[i++] = facts.ledNats;
  into[i] = others;
  return true;
}
