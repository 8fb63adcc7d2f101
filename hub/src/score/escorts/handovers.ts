/**
 * A follower whose leader changes. Evidence adds up: who has been led once is more likely led again, so that the second leg may
 * be shorter than an escort alone has to be, and the first weaker.
 */
import type { KeyMoment, MovementEpisode, MovementEvent, Reason, StoryPerson } from '../movement.ts';
import { Acquaintances } from './acquaintances.ts';
import type { Facts } from './led.ts';
import { bitsBeyond } from './nats.ts';
import type { Stay } from './people.ts';
import { duration, metres, rounded, Telling } from './telling.ts';

export interface HandoverOptions {
  /** Least log odds of either leg, and of both together, nats. */
  readonly leastLeg: number;
  readonly leastSum: number;
  /** What walking on with somebody else says at most where nobody leads, nats: two who keep somebody between them do not lead. */
  readonly mostCompany: number;
  /** The new leader came at least so long after the old one, and took up at most so long after the old one was last near. Seconds. */
  readonly laterSeconds: number;
  readonly takeUpSeconds: number;
  /** All three were together for no longer than this, seconds. */
  readonly mostTogetherSeconds: number;
  /** The old leader has left after so long away, seconds. */
  readonly leftSeconds: number;
  /** Whoever was near the follower for longer before is company that comes back. Seconds. */
  readonly mostKnownSeconds: number;
}

export const HANDOVER_DEFAULTS: HandoverOptions = {
  leastLeg: 0.5,
  leastSum: 5,
  mostCompany: 1.5,
  laterSeconds: 15,
  takeUpSeconds: 60,
  mostTogetherSeconds: 120,
  leftSeconds: 5,
  mostKnownSeconds: 20,
};

/** Leaders remembered for each follower. */
const MOST_LEADERS = 8;
/** Meetings remembered of each leader. */
const MOST_MEETINGS = 8;

/** Somebody comes, or comes again. */
export interface Meeting {
  readonly atMs: number;
  /** For how long they had been near each other before, seconds. */
  readonly knownSeconds: number;
}

/** One leader of somebody, as it was when it was clearest. */
export interface Leg {
  readonly leader: Stay;
  readonly fromMs: number;
  toMs: number;
  logOdds: number;
  facts: Facts;
  lagSeconds: number;
  /** This leader has handed over already. */
  handedOver?: boolean;
  /** When the two met, and met again after they were apart: the last few times. */
  readonly meetings: Meeting[];
  /** The meeting at which this leader took over from another; absent while it did not. */
  met?: Meeting;
}

interface Handed {
  readonly follower: Stay;
  readonly old: Leg;
  readonly next: Leg;
  readonly place: readonly [number, number];
  readonly telling: Telling;
  zone: string | null;
}

export class Handovers {
  readonly #options: HandoverOptions;
  readonly #tell: (event: MovementEvent) => void;
  /** By number of the follower. */
  readonly #legs = new Map<number, Leg[]>();
  readonly #known = new Acquaintances();
  /** By number of the follower: the handover that goes on. */
  readonly #handed = new Map<number, Handed>();

  constructor(options: HandoverOptions, tell: (event: MovementEvent) => void) {
    this.#options = options;
    this.#tell = tell;
  }

  get leastLeg(): number {
    return this.#options.leastLeg;
  }

  get mostCompany(): number {
    return this.#options.mostCompany;
  }

  /**
   * Somebody may be led by somebody else.
   *
   * @param over whether the two have parted: it will not go on.
   */
  leads(
    follower: Stay,
    leader: Stay,
    logOdds: number,
    lagSeconds: number,
    facts: Facts,
    place: readonly [number, number],
    zone: string | null,
    timeMs: number,
    over: boolean,
  ): void {
    let legs = this.#legs.get(follower.number);
    let leg = legs?.find((one) => one.leader === leader && one.fromMs === facts.fromMs);
    if (!leg) {
      if (logOdds < this.#options.leastLeg) return;
      leg = { leader, fromMs: facts.fromMs, toMs: facts.toMs, logOdds, facts, lagSeconds, meetings: [] };
      if (!legs) {
        legs = [];
        this.#legs.set(follower.number, legs);
      }
      legs.push(leg);
      if (legs.length > MOST_LEADERS) legs.shift();
    }
    leg.toMs = facts.toMs;
    if (leg.meetings.at(-1)?.atMs !== facts.againMs) {
      const knownSeconds = Math.max(0, facts.nearSeconds - (facts.toMs - facts.againMs) / 1000);
      leg.meetings.push(this.#meeting(follower, [leader], { atMs: facts.againMs, knownSeconds }));
    }
    if (leg.meetings.length > MOST_MEETINGS) leg.meetings.shift();
    if (logOdds > leg.logOdds) {
      leg.logOdds = logOdds;
      leg.facts = facts;
      leg.lagSeconds = lagSeconds;
    }
    const handed = this.#handed.get(follower.number);
    if (handed?.next === leg) {
      if (over) this.#close(handed);
      else this.#grow(handed);
      return;
    }
    for (const old of legs ?? []) {
      // One leader hands over once, and who has just been handed over stays so until that leader leaves as well.
      if (old.handedOver || (handed && old !== handed.next)) continue;
      if (old === leg || old.logOdds + leg.logOdds < this.#options.leastSum) continue;
      const met = this.#takenUp(old, leg, timeMs);
      if (!met) continue;
      leg.met = met;
      if (handed) this.#close(handed);
      this.#open(follower, old, leg, place, zone);
      if (over) this.#close(this.#handed.get(follower.number) as Handed);
      return;
    }
  }

  /** Two have parted who were near each other for so long. */
  parted(one: Stay, other: Stay, nearSeconds: number): void {
    this.#known.parted(one, other, nearSeconds);
  }

  /** Whether somebody was led before, clearly enough for the company it has now to be a handover. */
  hasBeenLed(stay: Stay): boolean {
    const legs = this.#legs.get(stay.number);
    if (!legs) return false;
    for (const leg of legs) if (leg.logOdds + this.#options.mostCompany >= this.#options.leastSum) return true;
    return false;
  }

  /**
   * How likely somebody was led by another than these until shortly before two came, nats: of the likeliest such leg.
   *
   * @param met when the two came, or came again.
   * @returns -Infinity where there was none.
   */
  ledBefore(middle: Stay, sides: readonly Stay[], met: Meeting): number {
    let most = Number.NEGATIVE_INFINITY;
    const { atMs, knownSeconds } = this.#meeting(middle, sides, met);
    if (knownSeconds > this.#options.mostKnownSeconds) return most;
    for (const old of this.#legs.get(middle.number) ?? []) {
      if (sides.includes(old.leader) || old.logOdds <= most) continue;
      if (Math.abs(atMs - old.toMs) > 1000 * this.#options.takeUpSeconds) continue;
      if (atMs - old.fromMs >= 1000 * this.#options.laterSeconds) most = old.logOdds;
    }
    return most;
  }

  /** Two keep somebody between them: who was led until shortly before they came has been handed over, once that leader has left. */
  flanked(
    middle: Stay,
    sides: readonly [Stay, Stay],
    met: Meeting,
    place: readonly [number, number],
    zone: string | null,
    facts: Facts,
    timeMs: number,
  ): void {
    if (this.#handed.has(middle.number)) return;
    const [one, other] = sides;
    const meeting = this.#meeting(middle, sides, met);
    for (const old of this.#legs.get(middle.number) ?? []) {
      if (old.handedOver || old.leader === one || old.leader === other) continue;
      if (2 * old.logOdds < this.#options.leastSum) continue;
      const next: Leg = {
        leader: one,
        fromMs: met.atMs,
        toMs: timeMs,
        logOdds: old.logOdds,
        facts,
        lagSeconds: 0,
        meetings: [meeting],
        met: meeting,
      };
      if (!this.#takenUp(old, next, timeMs)) continue;
      this.#open(middle, old, next, place, zone);
      return;
    }
  }

  /** The follower has gone, or the new leader has. */
  leave(stay: Stay): void {
    for (const handed of this.#handed.values()) {
      if (handed.follower === stay || handed.next.leader === stay) this.#close(handed);
    }
    this.#legs.delete(stay.number);
    this.#known.leave(stay);
  }

  finish(): void {
    for (const handed of this.#handed.values()) this.#close(handed);
  }

  /** With what is remembered from before they last parted: of the one of them who is known for longest. */
  #meeting(middle: Stay, sides: readonly Stay[], { atMs, knownSeconds }: Meeting): Meeting {
    const before = Math.max(...sides.map((side) => this.#known.seconds(middle, side)));
    return { atMs, knownSeconds: knownSeconds + before };
  }

  /** The meeting at which a leg took up where another ended; undefined where it did not. */
  #takenUp(old: Leg, next: Leg, timeMs: number): Meeting | undefined {
    const { laterSeconds, takeUpSeconds, mostTogetherSeconds, leftSeconds, mostKnownSeconds } = this.#options;
    if (timeMs - old.toMs < 1000 * leftSeconds || next.toMs - old.toMs < 1000 * leftSeconds) return undefined;
    return next.meetings.findLast(
      ({ atMs, knownSeconds }) =>
        knownSeconds <= mostKnownSeconds &&
        atMs - old.fromMs >= 1000 * laterSeconds &&
        atMs - old.toMs <= 1000 * takeUpSeconds &&
        old.toMs - atMs <= 1000 * mostTogetherSeconds,
    );
  }

  #open(follower: Stay, old: Leg, next: Leg, place: readonly [number, number], zone: string | null): void {
    old.handedOver = true;
    const handed: Handed = { follower, old, next, place, zone, telling: new Telling(this.#tell) };
    this.#handed.set(follower.number, handed);
    handed.telling.tell(this.#episode(handed, true));
  }

  #grow(handed: Handed): void {
    const { old, next, telling } = handed;
    if (telling.due(this.#score(handed), old.fromMs, next.toMs)) telling.tell(this.#episode(handed, true));
  }

  #close(handed: Handed): void {
    this.#handed.delete(handed.follower.number);
    handed.telling.close(this.#episode(handed, false));
  }

  /** Bits beyond the least that both legs together have to have. */
  #score({ old, next }: Handed): number {
    return bitsBeyond(old.logOdds + next.logOdds, this.#options.leastSum);
  }

  #episode(handed: Handed, open: boolean): MovementEpisode {
    const { follower, old, next, place, zone } = handed;
    const fromMs = Math.round(old.fromMs);
    const toMs = Math.round(next.toMs);
    const atMs = Math.round(old.toMs);
    const { atMs: meetingMs, knownSeconds } = next.met ?? { atMs: next.fromMs, knownSeconds: 0 };
    const metMs = Math.round(meetingMs);
    const overlap = (atMs - metMs) / 1000;
    const reasons: Reason[] = [
      {
        text: `The first leader was followed at ${metres(old.facts.distanceMetres)} for ${duration((atMs - fromMs) / 1000)}, walking for ${duration(old.facts.walkedSeconds)}.`,
        fromMs,
        toMs: atMs,
        persons: [old.leader.person, follower.person],
      },
      {
        text:
          overlap >= 0
            ? `Another came ${duration(overlap)} before the first leader left.`
            : `Another came ${duration(-overlap)} after the first leader had left.`,
        fromMs: Math.min(metMs, atMs),
        toMs: Math.max(metMs, atMs),
        place: [place[0], place[1]],
      },
      {
        text:
          knownSeconds < 1
            ? 'The follower and the other had not been near each other before.'
            : `The follower and the other had been near each other for ${duration(knownSeconds)} before that.`,
        fromMs,
        toMs: Math.max(fromMs, metMs),
        persons: [next.leader.person, follower.person],
      },
      {
        text: `${next.lagSeconds > 0 ? 'Then followed the other' : 'Then went on with the other'} at ${metres(next.facts.distanceMetres)}, walking for ${duration(next.facts.walkedSeconds)}, without the first leader.`,
        fromMs: metMs,
        toMs,
        persons: [next.leader.person, follower.person],
      },
    ];
    const moments: KeyMoment[] = [
      { atMs: fromMs, person: follower.person, label: 'met' },
      { atMs: metMs, person: next.leader.person, label: 'came' },
      { atMs, person: follower.person, label: 'handed over' },
      { atMs, person: old.leader.person, label: 'left' },
    ].sort((a, b) => a.atMs - b.atMs);
    const persons: StoryPerson[] = [
      { person: old.leader.person, role: 'leader', fromMs, toMs: atMs },
      { person: next.leader.person, role: 'leader', fromMs: metMs, toMs },
      { person: follower.person, role: 'follower', fromMs, toMs },
    ];
    return {
      pattern: 'handover',
      key: `handover ${follower.person} ${old.leader.person} ${next.leader.person} ${fromMs}`,
      zone,
      fromMs,
      toMs,
      open,
      score: this.#score(handed),
      figures: {
        firstLegSeconds: rounded((atMs - fromMs) / 1000, 1),
        secondLegSeconds: rounded((toMs - Math.max(metMs, atMs)) / 1000, 1),
        togetherSeconds: rounded(Math.max(0, overlap), 1),
        knownBeforeSeconds: rounded(knownSeconds, 1),
        firstLagSeconds: rounded(old.lagSeconds),
        secondLagSeconds: rounded(next.lagSeconds),
        firstDistanceMetres: rounded(old.facts.distanceMetres),
        secondDistanceMetres: rounded(next.facts.distanceMetres),
        firstLogOddsNats: rounded(old.logOdds),
        secondLogOddsNats: rounded(next.logOdds),
      },
      persons,
      reasons,
      moments,
      uncertainty: {
        coastedShare: rounded(Math.max(old.facts.coastedShare, next.facts.coastedShare), 4),
        identityJoins: 0,
        joinProbability: 1,
        sigmaMetres: rounded((old.facts.sigmaMetres + next.facts.sigmaMetres) / 2, 3),
      },
    };
  }
}
