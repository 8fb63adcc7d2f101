/** One who may be shadowing another: what is counted of the two. */
import type { KeyMoment } from '../movement.ts';
import { deviation } from './deviation.ts';
import type { ShadowOdds } from './shadowMeasures.ts';
import type { Telling } from './telling.ts';
import { Whereabouts } from './whereabouts.ts';

/** Seconds on and off the trail that are taken for granted before anything is seen: a short walk tells little. */
const TRAIL_BEFORE = 2;
const OFF_TRAIL_BEFORE = 4;

/** What is counted of one candidate. */
export class Shadow {
  readonly follower: number;
  readonly ahead: number;
  readonly sinceMs: number;
  lastMs: number;
  seconds = 0;
  atDistance = 0;
  tooNear = 0;
  /** Metres between the two and their squares, summed over the seconds; seconds of either in a queue or control zone. */
  distance = 0;
  distanceSquare = 0;
  forced = 0;
  /** Others who walked along with either, summed over the seconds. */
  others = 0;
  /** Seconds in which one of the two was coasted; mean 1-sigma of the two, summed over the seconds. */
  coasted = 0;
  sigma = 0;
  readonly whereabouts = new Whereabouts();
  starts = 0;
  stops = 0;
  missedStarts = 0;
  missedStops = 0;
  own = 0;
  onTrail = 0;
  offTrail = 0;
  trailSeconds = 0;
  /** Seconds in which both stood, in which this one walked while the one ahead stood, and the reverse. */
  stood = 0;
  walkedOn = 0;
  stoodOn = 0;
  /** Metres behind along the path, and their squares, summed over the seconds on the trail. */
  behind = 0;
  behindSquare = 0;
  delay = 0;
  /** Nats that the delays tell. */
  prompt = 0;
  pendingStartMs = Number.NaN;
  pendingStopMs = Number.NaN;
  /** The start or stop of the one ahead that was answered last. */
  answeredMs = Number.NaN;
  readonly moments: KeyMoment[] = [];
  /** The greatest log odds that were told, and what they were made of. */
  best: ShadowOdds | null = null;
  /** Looks in a row at which it was enough. */
  sufficing = 0;
  telling: Telling | null = null;

  constructor(follower: number, ahead: number, sinceMs: number) {
    this.follower = follower;
    this.ahead = ahead;
    this.sinceMs = sinceMs;
    this.lastMs = sinceMs;
  }

  /** How many more seconds were on the trail than off it: a logarithm. */
  get trailRatio(): number {
    return Math.log((this.onTrail + TRAIL_BEFORE) / (this.offTrail + OFF_TRAIL_BEFORE));
  }

  get answers(): number {
    return this.starts + this.stops;
  }

  /** How much the distance along the path varies, metres. */
  get behindSpread(): number {
    const mean = this.behind / Math.max(1, this.onTrail);
    return deviation(this.behindSquare / Math.max(1, this.onTrail), mean);
  }
}
