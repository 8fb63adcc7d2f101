/**
 * How much more likely the movement of two people is if one leads the other than if they are strangers on the same way or
 * companions on an equal footing. Each part is an asymmetry of its own, in nats, bounded: none is enough alone, and those that
 * geometry gives away for nothing (who is in front, whose path it is) must agree with those that it does not (who is first, and
 * by how much).
 *
 * Lead and lag need positions at about 2 Hz or better, measured ones: coarser input and coasted stretches never get here.
 */
import { FIELD } from './field.ts';
import { bounded } from './nats.ts';
import { vertex } from './vertex.ts';

export interface EscortOptions {
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
  /** Least seconds near each other and seconds walking, and least log odds, of an escort. */
  readonly leastNearSeconds: number;
  readonly leastWalkedSeconds: number;
  readonly leastLogOdds: number;
}

export const ESCORT_DEFAULTS: EscortOptions = {
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
  leastNearSeconds: 10,
  leastWalkedSeconds: 7,
  leastLogOdds: 0.6,
};

/**
 * Weights of the parts in the log odds of an escort: a logistic regression on the pairs of staged runs (seeds 1 to 3), each pair at the moment at
 * which it was most like an escort. Starts and stops count one by one up to three; all else in the units of `Weighed`.
 */
const WEIGHTS = {
  always: -5.7,
  path: 0.89,
  footsteps: 1.08,
  repeats: 0.11,
  lag: 0.35,
  gap: 1.74,
  close: 1.04,
  company: 0.1,
  together: 0.26,
  /** For each start or stop of the leader that was answered, that came after the follower's, and that was at once. */
  second: 0.2,
  first: -0.6,
  atOnce: 0.26,
  /** For each other who walks along. */
  others: -0.34,
  stood: 2.49,
  counted: 0.58,
  agree: 1.4,
} as const;

/**
 * The same where nobody has started or stopped yet: somebody who walks on in another's very footsteps, and hardly was without them. Fitted on those
 * pairs and on followers planted into the first half of a real concourse; shifted so that it tells of one more in 10,000 people of the staged runs.
 */
const WALKING_ON = {
  always: -4.24,
  path: 2.27,
  footsteps: 0.91,
  repeats: 0.73,
  lag: 0.22,
  gap: 0.45,
  close: 1.05,
  company: 0,
  together: 3.56,
  counted: 0.78,
} as const;
const MOST_ANSWERS = 3;
const MOST_OTHERS = 4;

/** The parts of the log odds of an ordered pair, nats, and what they are made of. Reused: read it at once. */
export interface Weighed {
  front: number;
  path: number;
  footsteps: number;
  repeats: number;
  lag: number;
  gap: number;
  close: number;
  company: number;
  order: number;
  choice: number;
  /** They came together, and the follower has hardly been without the leader; what the lines that they stood in take back. */
  together: number;
  linedUp: number;
  /** What it costs that no start or stop was answered yet. */
  unanswered: number;
  /** How much longer they were near each other than they walked, a logarithm up to 1: strangers who walk one way do not also stand together. */
  stood: number;
  /** The logarithm of the share of their walking that was counted in full, 0 or less. */
  counted: number;
  /** Log odds against strangers on the same way, against companions on an equal footing, and the lesser of the two. */
  strangers: number;
  companions: number;
  total: number;
  /** Whether the asymmetries agree that an escort usually has. */
  agree: boolean;
  /** Log odds of an escort, all parts by their weights. */
  logOdds: number;
  /** Seconds by which the follower repeats the leader: of the speeds and the velocities together. */
  lagSeconds: number;
  /** Greatest correlation of the velocities, and that without a lag. */
  correlation: number;
  correlationNow: number;
}

export const weighedNothing = (): Weighed => ({
  front: 0,
  path: 0,
  footsteps: 0,
  repeats: 0,
  lag: 0,
  gap: 0,
  close: 0,
  company: 0,
  order: 0,
  choice: 0,
  together: 0,
  linedUp: 0,
  unanswered: 0,
  stood: 0,
  counted: 0,
  strangers: Number.NEGATIVE_INFINITY,
  companions: Number.NEGATIVE_INFINITY,
  total: Number.NEGATIVE_INFINITY,
  agree: false,
  logOdds: Number.NEGATIVE_INFINITY,
  lagSeconds: 0,
  correlation: 0,
  correlationNow: 0,
});

/** How long two have been in sight, seconds: when they began to be near, and the follower until now. */
export interface InSight {
  readonly leaderBefore: number;
  readonly followerBefore: number;
  readonly follower: number;
}

/** Weighted starts and stops of the leader from which on some were answered. */
const ANSWERED = 0.3;

/** Who slows down at the same corners as the one in front repeats a little of it (to 1.3 nats); who follows repeats all. */
const REPEATED = 1.5;

/** Log of the normal density, without what cancels. */
const bell = (z: number): number => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);

/**
 * Weighs one direction of a record.
 *
 * @param row where the record's numbers begin in `n`, and `sumRow` its lagged sums in `sums`.
 * @param lags how many ticks of lag there are, of `tickSeconds` each.
 * @param highFollows whether the higher slot is taken to follow the lower one, or the reverse.
 * @param inSight how long the two have been in sight.
 */
export function weighEscort(
  o: EscortOptions,
  n: Float64Array,
  row: number,
  sums: Float32Array,
  sumRow: number,
  lags: number,
  tickSeconds: number,
  highFollows: boolean,
  inSight: InSight,
  into: Weighed,
): Weighed {
  const sign = highFollows ? 1 : -1;
  const pick = (low: number, high: number): number => n[row + (highFollows ? low : high)] as number;
  const weight = n[row + FIELD.weight] as number;
  into.total = Number.NEGATIVE_INFINITY;
  into.logOdds = Number.NEGATIVE_INFINITY;
  into.agree = false;
  const along = (sign * (n[row + FIELD.along] as number)) / weight;
  if (!(weight > 0 && along > 0)) return into;
  const seen = weight / (weight + o.halfSeconds);
  const ahead = pick(FIELD.lowAhead, FIELD.highAhead) / weight;
  const behind = pick(FIELD.highAhead, FIELD.lowAhead) / weight;
  const compared = n[row + FIELD.compared] as number;
  if (!(compared > 0)) return into;
  const followerOnPath = pick(FIELD.highOnPath, FIELD.lowOnPath) / compared;
  const leaderOnPath = pick(FIELD.lowOnPath, FIELD.highOnPath) / compared;
  into.front = seen * bounded(6 * (ahead - behind - 0.6), -3, 2);
  into.path = seen * bounded(3 * (Math.log((leaderOnPath + 0.15) / (followerOnPath + 0.15)) - 0.7), -3, 1.5);
  into.footsteps = seen * bounded(8 * (o.footstepMetres - followerOnPath), -4, 1.5);
  into.gap = seen * bounded(6 * (along - o.strideMetres), -3, 0.5);
  into.close = seen * bounded(4 * (o.nearMetres - (n[row + FIELD.distance] as number) / weight), -4, 1);
  into.company = bounded((weight - o.strangerSeconds) / 10, -2, 2.5);
  weighLags(o, n, row, sums, sumRow, lags, tickSeconds, sign, seen, into);
  const second = pick(FIELD.startLow, FIELD.startHigh) + pick(FIELD.stopLow, FIELD.stopHigh);
  const first = pick(FIELD.startHigh, FIELD.startLow) + pick(FIELD.stopHigh, FIELD.stopLow);
  const atOnce = (n[row + FIELD.startBoth] as number) + (n[row + FIELD.stopBoth] as number);
  const alone =
    (n[row + FIELD.startLowAlone] as number) +
    (n[row + FIELD.startHighAlone] as number) +
    (n[row + FIELD.stopLowAlone] as number) +
    (n[row + FIELD.stopHighAlone] as number);
  // Led: second in three of four, at once or first in the rest. Companions: at once in half of them.
  into.order = bounded(1.1 * second - 1.2 * atOnce - 0.9 * first, -2.5, 3);
  into.choice = bounded(0.1 * second - 0.25 * alone, -1.2, 0.5);
  const near = n[row + FIELD.near] as number;
  into.together = weighTogether(o, near, inSight, second >= ANSWERED);
  into.linedUp = near < o.linedUpSeconds ? 0 : (-o.linedUpNats * (n[row + FIELD.forced] as number)) / near;
  const both = into.footsteps + into.repeats + into.lag + into.order + into.linedUp;
  into.strangers = both + into.company + into.close + into.choice + into.together;
  into.companions = both + into.front + into.path + into.gap;
  // Whatever explains it best without anybody leading is what it has to be told from.
  into.total = Math.min(into.strangers, into.companions);
  // Two on one line slow down at the same corner, one after the other: without a start or stop it takes more.
  into.unanswered = second < ANSWERED ? -o.unansweredNats : 0;
  into.total += into.unanswered;
  into.agree =
    into.front > 0 &&
    into.path > 0 &&
    into.footsteps > 0 &&
    into.lag > 0 &&
    into.gap > -0.3 &&
    into.close > 0 &&
    (into.repeats > 0 || into.order > 0);
  const walked = n[row + FIELD.walked] as number;
  into.stood = Math.min(1, Math.log(Math.max(1, near) / Math.max(1, walked)));
  into.counted = Math.log(weight / Math.max(1, walked));
  const others = Math.min(MOST_OTHERS, (n[row + FIELD.flow] as number) / Math.max(1, walked));
  into.logOdds = logOddsOf(into, second, first, atOnce, others);
  if (second + first + atOnce < ANSWERED && into.repeats > REPEATED) {
    into.logOdds = Math.max(into.logOdds, walkingOn(into));
  }
  return into;
}

/** What always counts, and the parts that both ways of weighing know. */
function weighedParts(by: Record<keyof typeof WALKING_ON, number>, w: Weighed): number {
  return (
    by.always +
    by.path * w.path +
    by.footsteps * w.footsteps +
    by.repeats * w.repeats +
    by.lag * w.lag +
    by.gap * w.gap +
    by.close * w.close +
    by.company * w.company +
    by.together * w.together
  );
}

const walkingOn = (w: Weighed): number => weighedParts(WALKING_ON, w) + WALKING_ON.counted * w.counted;

function logOddsOf(w: Weighed, second: number, first: number, atOnce: number, others: number): number {
  return (
    weighedParts(WEIGHTS, w) +
    WEIGHTS.second * Math.min(MOST_ANSWERS, second) +
    WEIGHTS.first * Math.min(MOST_ANSWERS, first) +
    WEIGHTS.atOnce * Math.min(MOST_ANSWERS, atOnce) +
    WEIGHTS.others * others +
    WEIGHTS.stood * w.stood +
    WEIGHTS.counted * w.counted +
    (w.agree ? WEIGHTS.agree : 0)
  );
}

/**
 * Strangers seldom come at one moment, and have a life of their own before and after. Two who leave one door in file and never stop are strangers
 * as like as not: that they came together counts once a start or stop was answered.
 */
function weighTogether(
  o: EscortOptions,
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

function weighLags(
  o: EscortOptions,
  n: Float64Array,
  row: number,
  sums: Float32Array,
  sumRow: number,
  lags: number,
  tickSeconds: number,
  sign: number,
  seen: number,
  into: Weighed,
): void {
  const lagged = n[row + FIELD.lagged] as number;
  const middle = sumRow + lags;
  const product = middle + 2 * lags + 1;
  into.repeats = 0;
  into.lag = 0;
  into.lagSeconds = 0;
  into.correlation = 0;
  into.correlationNow = 0;
  const energy = Math.sqrt((n[row + FIELD.lowEnergy] as number) * (n[row + FIELD.highEnergy] as number));
  if (!(lagged > 0 && energy > 0)) return;
  // The lag at which the follower's speed repeats the leader's best, and that of the reverse.
  let best = 1;
  let reverse = 1;
  let peak = 0;
  for (let lag = 1; lag <= lags; lag++) {
    if ((sums[middle + sign * lag] as number) < (sums[middle + sign * best] as number)) best = lag;
    if ((sums[middle - sign * lag] as number) < (sums[middle - sign * reverse] as number)) reverse = lag;
  }
  for (let lag = -lags; lag <= lags; lag++) {
    if ((sums[product + sign * lag] as number) > (sums[product + sign * peak] as number)) peak = lag;
  }
  const noise = o.speedNoise * o.speedNoise;
  const unlike = (lag: number): number => (sums[middle + sign * lag] as number) / lagged + noise;
  const margin = Math.log(Math.min(unlike(0), unlike(-reverse)) / unlike(best));
  into.repeats = bounded(0.15 * lagged * margin - 0.5, -2, 2);
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
    return;
  }
  const led = bell(Math.log(lag / o.lagSeconds) / o.lagSpread) / (lag * o.lagSpread);
  const companions = (2 * bell(lag / o.companionLagSeconds)) / o.companionLagSeconds;
  const strangers = 1 / 6;
  const odds = Math.log((led + 0.01) / ((companions + strangers) / 2 + 0.01));
  into.lag = into.correlation < 0.6 ? -2 * seen : seen * bounded(1.3 * odds, -3, 2);
}
