/**
 * How much more likely a stretch of two people's walking is if one leads the other than if they are strangers on the same way or
 * companions on an equal footing: what the legs of a handover are weighed by, which are too short for the model of escorts. Each part is an asymmetry of its own, in nats, bounded: none is enough alone, and those that
 * geometry gives away for nothing (who is in front, whose path it is) must agree with those that it does not (who is first, and
 * by how much).
 *
 * Lead and lag need positions at about 2 Hz or better, measured ones: coarser input and coasted stretches never get here.
 */
import { FIELD } from './field.ts';
import { bounded } from './nats.ts';
import type { PairTable } from './pairTable.ts';
import type { InSight } from './people.ts';
import { greatestLag, vertex } from './vertex.ts';

export interface LegOptions {
  /** Weighted seconds of walking after which half of what they can tell is told. */
  readonly halfSeconds: number;
  /** Typical lag of somebody who is led, seconds, and the spread of its logarithm; that of companions about zero. */
  readonly lagSeconds: number;
  readonly lagSpread: number;
  readonly companionLagSeconds: number;
  /** Somebody who is led stays nearer than this; strangers on the same line keep more. Metres. */
  readonly nearMetres: number;
  /** Nearer in line than this nobody walks: one is pushed by the other. Metres. */
  readonly strideMetres: number;
  /** Somebody in another's footsteps walks nearer to them than this, metres. */
  readonly footstepMetres: number;
  /** Weighted seconds of walking together that strangers at that density do not reach. */
  readonly strangerSeconds: number;
  /** Differences of speeds below this are noise, m/s. */
  readonly speedNoise: number;
  /** Nats that it costs if no start or stop of the leader was answered. */
  readonly unansweredNats: number;
  /** What came into sight within so many seconds of each other, and began so soon to be near, came together; nats of that, and of not. */
  readonly cameWithinSeconds: number;
  readonly metWithinSeconds: number;
  readonly cameNats: number;
  readonly metNats: number;
  /** Nats that it costs if all of the time near each other was in a line, once that was longer than so many seconds. */
  readonly linedUpNats: number;
  readonly linedUpSeconds: number;
}

export const LEG_DEFAULTS: LegOptions = {
  halfSeconds: 6,
  lagSeconds: 1.1,
  lagSpread: 0.4,
  companionLagSeconds: 0.35,
  nearMetres: 2.1,
  strideMetres: 1,
  footstepMetres: 0.52,
  strangerSeconds: 12,
  speedNoise: 0.03,
  unansweredNats: 3,
  cameWithinSeconds: 2.5,
  metWithinSeconds: 6,
  cameNats: 2,
  metNats: -0.3,
  linedUpNats: 1.5,
  linedUpSeconds: 60,
};

/** What an ordered pair is weighed to be, nats, and what that rests on. Reused: read it at once. */
export interface WeighedLeg {
  /** Who is in front, and who is first in time. */
  front: number;
  lag: number;
  /** What it costs that no start or stop was answered yet. */
  unanswered: number;
  /** The lesser of the log odds against strangers on the same way and against companions on an equal footing. */
  total: number;
  /** Seconds by which the follower repeats the leader: of the speeds and the velocities together. */
  lagSeconds: number;
  /** Greatest correlation of the velocities, and that without a lag. */
  correlation: number;
  correlationNow: number;
}

export const unweighedLeg = (): WeighedLeg => ({
  front: 0,
  lag: 0,
  unanswered: 0,
  total: Number.NEGATIVE_INFINITY,
  lagSeconds: 0,
  correlation: 0,
  correlationNow: 0,
});

/** Weighted starts and stops of the leader from which on some were answered. */
const ANSWERED = 0.3;

/** Log of the normal density, without what cancels. */
const bell = (z: number): number => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);

/**
 * Weighs one direction of a record.
 *
 * @param record of `pairs`, whose lags are of `tickSeconds` each.
 * @param highFollows whether the higher slot is taken to follow the lower one, or the reverse.
 * @param inSight how long the two have been in sight.
 * @param into filled.
 */
export function weighLeg(
  o: LegOptions,
  pairs: PairTable,
  record: number,
  tickSeconds: number,
  highFollows: boolean,
  inSight: InSight,
  into: WeighedLeg,
): void {
  const n = pairs.numbers;
  const row = record * pairs.stride;
  const sign = highFollows ? 1 : -1;
  const pick = (low: number, high: number): number => n[row + (highFollows ? low : high)] as number;
  const weight = n[row + FIELD.weight] as number;
  into.total = Number.NEGATIVE_INFINITY;
  const along = (sign * (n[row + FIELD.along] as number)) / weight;
  if (!(weight > 0 && along > 0)) return;
  const seen = weight / (weight + o.halfSeconds);
  const ahead = pick(FIELD.lowAhead, FIELD.highAhead) / weight;
  const behind = pick(FIELD.highAhead, FIELD.lowAhead) / weight;
  const compared = n[row + FIELD.compared] as number;
  if (!(compared > 0)) return;
  const followerOnPath = pick(FIELD.highOnPath, FIELD.lowOnPath) / compared;
  const leaderOnPath = pick(FIELD.lowOnPath, FIELD.highOnPath) / compared;
  into.front = seen * bounded(6 * (ahead - behind - 0.6), -3, 2);
  const path = seen * bounded(3 * (Math.log((leaderOnPath + 0.15) / (followerOnPath + 0.15)) - 0.7), -3, 1.5);
  const footsteps = seen * bounded(8 * (o.footstepMetres - followerOnPath), -4, 1.5);
  const gap = seen * bounded(6 * (along - o.strideMetres), -3, 0.5);
  const close = seen * bounded(4 * (o.nearMetres - (n[row + FIELD.distance] as number) / weight), -4, 1);
  const company = bounded((weight - o.strangerSeconds) / 10, -2, 2.5);
  const repeats = weighLags(o, pairs, record, tickSeconds, sign, seen, into);
  const second = pick(FIELD.startLow, FIELD.startHigh) + pick(FIELD.stopLow, FIELD.stopHigh);
  const first = pick(FIELD.startHigh, FIELD.startLow) + pick(FIELD.stopHigh, FIELD.stopLow);
  const atOnce = (n[row + FIELD.startBoth] as number) + (n[row + FIELD.stopBoth] as number);
  const alone =
    (n[row + FIELD.startLowAlone] as number) +
    (n[row + FIELD.startHighAlone] as number) +
    (n[row + FIELD.stopLowAlone] as number) +
    (n[row + FIELD.stopHighAlone] as number);
  // Led: second in three of four, at once or first in the rest. Companions: at once in half of them.
  const order = bounded(1.1 * second - 1.2 * atOnce - 0.9 * first, -2.5, 3);
  const choice = bounded(0.1 * second - 0.25 * alone, -1.2, 0.5);
  const near = n[row + FIELD.near] as number;
  const together = weighTogether(o, near, inSight, second >= ANSWERED);
  const linedUp = near < o.linedUpSeconds ? 0 : (-o.linedUpNats * (n[row + FIELD.forced] as number)) / near;
  const both = footsteps + repeats + into.lag + order + linedUp;
  const strangers = both + company + close + choice + together;
  const companions = both + into.front + path + gap;
  // Whatever explains it best without anybody leading is what it has to be told from.
  into.total = Math.min(strangers, companions);
  // Two on one line slow down at the same corner, one after the other: without a start or stop it takes more.
  into.unanswered = second < ANSWERED ? -o.unansweredNats : 0;
  into.total += into.unanswered;
}

/**
 * Strangers seldom come at one moment, and have a life of their own before and after. Two who leave one door in file and never stop are strangers
 * as like as not: that they came together counts once a start or stop was answered.
 */
function weighTogether(
  o: LegOptions,
  near: number,
  { leaderBefore, followerBefore, follower }: InSight,
  answered: boolean,
): number {
  const came =
    answered &&
    Math.max(leaderBefore, followerBefore) < o.metWithinSeconds &&
    Math.abs(leaderBefore - followerBefore) < o.cameWithinSeconds;
  const share = near / Math.max(1, follower);
  return (came ? o.cameNats : o.metNats) + 0.5 * bounded((share - 0.5) / 0.4, -0.5, 1);
}

/** @returns nats of how much better speeds agree with a lag than without; the other figures go into `into`. */
function weighLags(
  o: LegOptions,
  { numbers: n, stride, sums, sumStride, lags }: PairTable,
  record: number,
  tickSeconds: number,
  sign: number,
  seen: number,
  into: WeighedLeg,
): number {
  const row = record * stride;
  const lagged = n[row + FIELD.lagged] as number;
  const middle = record * sumStride + lags;
  const product = middle + 2 * lags + 1;
  into.lag = 0;
  into.lagSeconds = 0;
  into.correlation = 0;
  into.correlationNow = 0;
  const energy = Math.sqrt((n[row + FIELD.lowEnergy] as number) * (n[row + FIELD.highEnergy] as number));
  if (!(lagged > 0 && energy > 0)) return 0;
  // The lag at which the follower's speed repeats the leader's best, and that of the reverse.
  let best = 1;
  let reverse = 1;
  for (let lag = 1; lag <= lags; lag++) {
    if ((sums[middle + sign * lag] as number) < (sums[middle + sign * best] as number)) best = lag;
    if ((sums[middle - sign * lag] as number) < (sums[middle - sign * reverse] as number)) reverse = lag;
  }
  const peak = greatestLag(sums, product, sign, lags);
  const noise = o.speedNoise * o.speedNoise;
  const unlike = (lag: number): number => (sums[middle + sign * lag] as number) / lagged + noise;
  const margin = Math.log(Math.min(unlike(0), unlike(-reverse)) / unlike(best));
  const repeats = bounded(0.15 * lagged * margin - 0.5, -2, 2);
  const speedLag = tickSeconds * (best + (best < lags ? vertex(unlike(best - 1), unlike(best), unlike(best + 1)) : 0));
  const like = (lag: number): number => sums[product + sign * lag] as number;
  const velocityLag =
    tickSeconds * (peak + (Math.abs(peak) < lags ? vertex(like(peak - 1), like(peak), like(peak + 1)) : 0));
  into.correlation = like(peak) / energy;
  into.correlationNow = like(0) / energy;
  const lag = velocityLag > 0 ? Math.sqrt(speedLag * velocityLag) : 0;
  into.lagSeconds = lag;
  if (lag <= 0) {
    into.lag = -2.6 * seen;
    return repeats;
  }
  const led = bell(Math.log(lag / o.lagSeconds) / o.lagSpread) / (lag * o.lagSpread);
  const companions = (2 * bell(lag / o.companionLagSeconds)) / o.companionLagSeconds;
  const strangers = 1 / 6;
  const odds = Math.log((led + 0.01) / ((companions + strangers) / 2 + 0.01));
  into.lag = into.correlation < 0.6 ? -2 * seen : seen * bounded(1.3 * odds, -3, 2);
  return repeats;
}
