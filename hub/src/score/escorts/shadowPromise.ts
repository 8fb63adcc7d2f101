/**
 * How promising a candidate of shadowing is: by this the few that are followed on are chosen of the many that start or stop after somebody by chance. What
 * is told is weighed by the model of shadowing (shadowMeasures.ts).
 */
import { bounded } from './nats.ts';
import type { Shadow } from './shadow.ts';

/** A logistic regression on the candidates of staged runs (seeds 1 to 3), each at the moment at which it was most like a shadow. */
const WEIGHTS = {
  always: -9.12,
  /** For each answered start and stop, and for each that was not. */
  start: 0.98,
  stop: 0.21,
  missedStart: -0.44,
  missedStop: -0.24,
  prompt: 0.27,
  /** For each minute on the trail, and the logarithm of seconds on it to seconds off it. */
  onTrail: 6.29,
  trail: 0.09,
  /** The share of the time at such distances. */
  distance: 1.79,
  /** For each minute in which both stood, and in which only the one ahead did. */
  stood: 0.7,
  walkedOn: -9.46,
} as const;

const MOST_ANSWERS = 6;
const MOST_MISSED = 5;
const LEAST_PROMPT = -4;
const MOST_PROMPT = 6;
const MOST_TRAIL_MINUTES = 1;
const MOST_STOOD_MINUTES = 2.5;
const MOST_WALKED_ON_MINUTES = 1;

/** What the answered starts and stops tell, and how promptly they came. */
const answersNats = ({ starts, stops, prompt }: Shadow): number =>
  WEIGHTS.start * Math.min(MOST_ANSWERS, starts) +
  WEIGHTS.stop * Math.min(MOST_ANSWERS, stops) +
  WEIGHTS.prompt * bounded(prompt, LEAST_PROMPT, MOST_PROMPT);

/** What starts and stops tell that were not answered. */
const missedNats = ({ missedStarts, missedStops }: Shadow): number =>
  WEIGHTS.missedStart * Math.min(MOST_MISSED, missedStarts) + WEIGHTS.missedStop * Math.min(MOST_MISSED, missedStops);

/** What walking where the other walked tells. */
const trailNats = ({ onTrail, trailRatio }: Shadow): number =>
  WEIGHTS.onTrail * Math.min(MOST_TRAIL_MINUTES, onTrail / 60) + WEIGHTS.trail * trailRatio;

const distanceNats = ({ atDistance, seconds }: Shadow): number =>
  (WEIGHTS.distance * atDistance) / Math.max(1, seconds);

/** What standing tells while the other stands, and walking on. */
const standingNats = ({ stood, walkedOn }: Shadow): number =>
  WEIGHTS.stood * Math.min(MOST_STOOD_MINUTES, stood / 60) +
  WEIGHTS.walkedOn * Math.min(MOST_WALKED_ON_MINUTES, walkedOn / 60);

/** Log odds of a candidate, nats. */
export const promiseOf = (shadow: Shadow): number =>
  WEIGHTS.always +
  answersNats(shadow) +
  missedNats(shadow) +
  trailNats(shadow) +
  distanceNats(shadow) +
  standingNats(shadow);

/** That of somebody of whom nothing is known yet. */
export const NOTHING_KNOWN: number = WEIGHTS.always;
