/** What group scoring tells: the life of groups, regroupings behind a control zone, and who met many. */
import type { GroupEventKind } from './life.ts';

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
}

export interface RegroupingEvent {
  readonly kind: 'regrouping';
  readonly persons: readonly string[];
  readonly zone: string;
  /** From when they were first together to when they were together again. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The least time together before, and the time and greatest distance apart, of those concerned. */
  readonly togetherSeconds: number;
  readonly apartSeconds: number;
  readonly apartMetres: number;
  /** log2 of the distance in units of 4 m plus log2 of the time apart in units of 5 s: 0 is the least that counts. */
  readonly score: number;
}

export interface CoordinatorEvent {
  readonly kind: 'coordinator';
  readonly person: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly open: boolean;
  readonly contacts: readonly { readonly person: string; readonly fromMs: number; readonly toMs: number }[];
  /** log2 of the contacts in units of two: 0.58 for three, 1 for four. */
  readonly score: number;
}

export type GroupScoringEvent = GroupEvent | RegroupingEvent | CoordinatorEvent;

const one = (value: number): string => value.toFixed(1);

/** Why, in words and numbers. */
export function reasonsForGroup(event: GroupScoringEvent): string[] {
  if (event.kind === 'regrouping') {
    return [
      `together for ${one(event.togetherSeconds)} s before`,
      `apart for ${one(event.apartSeconds)} s, by up to ${one(event.apartMetres)} m, while passing zone ${event.zone}`,
      'together again behind it',
    ];
  }
  if (event.kind === 'coordinator') {
    const longest = Math.max(...event.contacts.map(({ fromMs, toMs }) => toMs - fromMs)) / 1000;
    return [
      `met ${event.contacts.length} people one after another in ${one((event.toMs - event.fromMs) / 1000)} s, up to ${one(longest)} s each`,
      'none of them had met another before',
    ];
  }
  const reasons: string[] = [];
  const { bond } = event;
  if (bond) {
    reasons.push(
      `${one(bond.metres)} m apart on average over ${one(bond.seconds)} s`,
      `velocities differ by ${bond.relativeSpeed.toFixed(2)} m/s on average`,
      `log odds ${one(bond.logOdds)} against strangers at this density and flow`,
    );
  }
  if (event.apartMetres !== null)
    reasons.push(`${one(event.apartMetres)} m between those who left and those who stayed`);
  if (event.gone.length > 0) reasons.push(`${event.gone.length} no longer on this floor`);
  return reasons;
}
