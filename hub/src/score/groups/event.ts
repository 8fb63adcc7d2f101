/** What group scoring tells: the life of groups, regroupings behind a control zone, and who met many. */
import type { MovementUncertainty } from '../movement.ts';
import type { GroupEventKind } from './life.ts';
import type { Named } from './lives.ts';

/** How the members hang together: means over the links that hold the group, in metres, m/s, seconds and nats. */
export interface Bond {
  readonly metres: number;
  readonly relativeSpeed: number;
  readonly seconds: number;
  readonly logOdds: number;
}

export interface GroupEvent {
  readonly kind: 'group';
  readonly event: GroupEventKind;
  readonly group: number;
  readonly timeMs: number;
  /** Everybody in the group afterwards; before, where it dissolved. */
  readonly members: readonly string[];
  /** Who came, went, or met again. */
  readonly changed: readonly string[];
  /** Who of them has gone from the floor rather than from the group. */
  readonly gone: readonly string[];
  /** Numbers of the other groups of a split or a merger. */
  readonly others: readonly number[];
  /** Null where nobody is left to hang together. */
  readonly bond: Bond | null;
  /** Metres between those who left and those who stayed, the nearest of each; null where that is not the point. */
  readonly apartMetres: number | null;
  /** Whose pseudonym went on as another within the last minute, among those who changed; the probability that they are the same. */
  readonly joins: readonly { readonly earlier: string; readonly later: string; readonly probability: number }[];
}

/** One of those who parted and met again. */
export interface Companion {
  /** Pseudonyms in order of time: several where somebody was lost and probably goes on as another. */
  readonly names: readonly Named[];
  readonly partedMs: number;
  /** The control zone that they passed, and when they left it. */
  readonly zone: string;
  readonly passedMs: number;
  readonly metMs: number;
}

/** Told again as more of them meet, and once more when nobody else comes. */
export interface RegroupingEvent {
  readonly kind: 'regrouping';
  /** Stays the same while it grows. */
  readonly key: string;
  readonly open: boolean;
  /** Who they are by now. */
  readonly persons: readonly string[];
  readonly companions: readonly Companion[];
  /** The control zone of the first of them who was through. */
  readonly zone: string;
  /** From when they were first together to when the last of them met again. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Between those who parted and between those who met, metres on the floor plan. */
  readonly partedAt: readonly [number, number];
  readonly metAt: readonly [number, number];
  /** The least time together before, and the greatest time and distance apart, of those concerned. */
  readonly togetherSeconds: number;
  readonly apartSeconds: number;
  readonly apartMetres: number;
  /** For how long one of them stayed behind, in no queue and no control, when another had left; the greatest. */
  readonly behindSeconds: number;
  /** Probability that all joins that it rests on hold; 1 where there is none. */
  readonly sameProbability: number;
  readonly uncertainty: MovementUncertainty;
  /** log2 of the distance in units of 12 m plus log2 of the time apart in units of 20 s: 0 is the least that counts. */
  readonly score: number;
}

export interface Met {
  readonly person: string;
  readonly names: readonly Named[];
  readonly fromMs: number;
  readonly toMs: number;
  /** Between the two, metres on the floor plan. */
  readonly place: readonly [number, number];
}

/** Told again with each contact, and once more when it is over. */
export interface CoordinatorEvent {
  readonly kind: 'coordinator';
  /** Stays the same while it grows. */
  readonly key: string;
  /** Who it is by now, and all pseudonyms since the first contact. */
  readonly person: string;
  readonly names: readonly Named[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly open: boolean;
  readonly contacts: readonly Met[];
  /** Probability that all joins that it rests on hold; 1 where there is none. */
  readonly sameProbability: number;
  readonly uncertainty: MovementUncertainty;
  /** log2 of the contacts in units of two: 0.58 for three, 1 for four. */
  readonly score: number;
}

export type GroupScoringEvent = GroupEvent | RegroupingEvent | CoordinatorEvent;

const one = (value: number): string => value.toFixed(1);

/** Why, in words and numbers. */
export function reasonsForGroup({ bond, apartMetres, gone, joins }: GroupEvent): string[] {
  const reasons: string[] = [];
  if (bond) {
    reasons.push(
      `${one(bond.metres)} m apart on average over ${one(bond.seconds)} s`,
      `velocities differ by ${bond.relativeSpeed.toFixed(2)} m/s on average`,
      `log odds ${one(bond.logOdds)} against strangers at this density and flow`,
    );
  }
  if (apartMetres !== null) reasons.push(`${one(apartMetres)} m between those who left and those who stayed`);
  if (gone.length > 0) reasons.push(`${gone.length} no longer on this floor`);
  for (const { earlier, later, probability } of joins) {
    reasons.push(`${earlier} was lost and is ${later} with a probability of ${probability.toFixed(2)}`);
  }
  return reasons;
}
