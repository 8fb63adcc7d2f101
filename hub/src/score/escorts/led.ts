/** One follower and one leader: what is remembered of them beyond numbers, and how it is told. */
import type { KeyMoment, MovementEpisode, Reason, Role, StoryPerson } from '../movement.ts';
import { type EscortOdds, noOdds } from './escortOdds.ts';
import { FIELD } from './field.ts';
import { START, TURN } from './history.ts';
import type { EarlierName, KeptPair } from './keptPair.ts';
import { unweighedLeg, type WeighedLeg } from './legEvidence.ts';
import type { Stay } from './people.ts';
import { duration, mark, metres, rounded, type Telling, times } from './telling.ts';
import { Whereabouts } from './whereabouts.ts';

/** What somebody did second. */
const SECOND: Readonly<Record<number, string>> = { [START]: 'started second', [TURN]: 'turned second' };
const FIRST: Readonly<Record<number, string>> = { [START]: 'started first', [TURN]: 'turned first' };

/** What two were weighed to be: an escort, and what their lags are. */
export interface Weighed {
  readonly odds: EscortOdds;
  readonly leg: WeighedLeg;
}

/** Two who may be leader and follower. Kept while their record lives. */
export class Company {
  readonly low: Stay;
  readonly high: Stay;
  readonly record: number;
  readonly moments: KeyMoment[] = [];
  /** The names that each had before, where somebody was lost and goes on. */
  lowNames: readonly EarlierName[] = [];
  highNames: readonly EarlierName[] = [];
  /** Where they walked together. */
  readonly whereabouts = new Whereabouts();
  /** Unweighted counts of answered starts, stops and turns: by the high one, by the low one. */
  highSecond = 0;
  lowSecond = 0;
  telling: Telling | null = null;
  /** The direction that is told: whether the high one follows. */
  highFollows = false;
  /** What it was when the log odds were greatest in that direction: that is what is told. */
  best: Weighed = { odds: noOdds(), leg: unweighedLeg() };
  facts: Facts | null = null;
  /** Decisions since the evidence last sufficed. */
  lacking = 0;
  sufficing = 0;

  constructor(low: Stay, high: Stay, record: number) {
    this.low = low;
    this.high = high;
    this.record = record;
  }

  get leader(): Stay {
    return this.highFollows ? this.low : this.high;
  }

  get follower(): Stay {
    return this.highFollows ? this.high : this.low;
  }

  /** What is remembered of the two under other names. */
  goesOn({ moments, answered: [low, high], names }: KeptPair, swapped: boolean): void {
    this.moments.unshift(...moments);
    this.lowSecond += swapped ? high : low;
    this.highSecond += swapped ? low : high;
    const [lowNames, highNames] = swapped ? [names[1], names[0]] : names;
    // Who was not lost has no earlier name.
    this.lowNames = lowNames.filter(({ person }) => person !== this.low.person);
    this.highNames = highNames.filter(({ person }) => person !== this.high.person);
  }

  answered(highSecond: boolean, what: number, atMs: number, seconds: number): void {
    if (what !== TURN) {
      if (highSecond) this.highSecond++;
      else this.lowSecond++;
    }
    const [first, second] = highSecond ? [this.low, this.high] : [this.high, this.low];
    mark(this.moments, { atMs: Math.round(atMs), person: first.person, label: FIRST[what] ?? 'stopped first' });
    mark(this.moments, {
      atMs: Math.round(atMs + 1000 * seconds),
      person: second.person,
      label: SECOND[what] ?? 'stopped second',
    });
  }
}

/** Numbers of a record in the direction of a company. */
export interface Facts {
  readonly fromMs: number;
  readonly toMs: number;
  /** Since when they have not been apart for long. */
  readonly againMs: number;
  readonly nearSeconds: number;
  readonly apartSeconds: number;
  readonly walkedSeconds: number;
  readonly distanceMetres: number;
  readonly footstepMetres: number;
  readonly leaderFootstepMetres: number;
  readonly aheadShare: number;
  readonly others: number;
  readonly forcedSeconds: number;
  readonly coastedShare: number;
  readonly sigmaMetres: number;
  readonly startedSecond: number;
  readonly starts: number;
  readonly stoppedSecond: number;
  readonly stops: number;
  readonly turnedSecond: number;
  readonly turns: number;
}

/** Reads the record of a company. */
export function factsOf(n: Float64Array, row: number, highFollows: boolean): Facts {
  const at = (field: number): number => n[row + field] as number;
  const pick = (low: number, high: number): number => at(highFollows ? low : high);
  const weight = Math.max(1e-9, at(FIELD.weight));
  const compared = Math.max(1e-9, at(FIELD.compared));
  const near = Math.max(1e-9, at(FIELD.near));
  return {
    fromMs: Math.round(at(FIELD.sinceMs)),
    toMs: Math.round(at(FIELD.nearMs)),
    againMs: Math.round(at(FIELD.againMs)),
    nearSeconds: at(FIELD.near),
    apartSeconds: at(FIELD.apart),
    walkedSeconds: at(FIELD.walked),
    distanceMetres: at(FIELD.distance) / weight,
    footstepMetres: pick(FIELD.highOnPath, FIELD.lowOnPath) / compared,
    leaderFootstepMetres: pick(FIELD.lowOnPath, FIELD.highOnPath) / compared,
    aheadShare: pick(FIELD.lowAhead, FIELD.highAhead) / weight,
    others: at(FIELD.flow) / Math.max(1e-9, at(FIELD.walked)),
    forcedSeconds: at(FIELD.forced),
    coastedShare: Math.min(1, at(FIELD.coasted) / near),
    sigmaMetres: at(FIELD.sigma) / near,
    startedSecond: pick(FIELD.startLow, FIELD.startHigh),
    starts: at(FIELD.startLow) + at(FIELD.startHigh) + at(FIELD.startBoth),
    stoppedSecond: pick(FIELD.stopLow, FIELD.stopHigh),
    stops: at(FIELD.stopLow) + at(FIELD.stopHigh) + at(FIELD.stopBoth),
    turnedSecond: pick(FIELD.turnLow, FIELD.turnHigh),
    turns: at(FIELD.turnLow) + at(FIELD.turnHigh) + at(FIELD.turnBoth),
  };
}

/** The reasons that hold, in whole sentences. */
export function escortReasons(facts: Facts, { odds, leg }: Weighed): Reason[] {
  const { fromMs, toMs } = facts;
  const reason = (text: string): Reason => ({ text, fromMs, toMs });
  const reasons = [
    reason(
      `Followed at ${metres(facts.distanceMetres)} with a lag of ${leg.lagSeconds.toFixed(1)} s, walking for ${duration(facts.walkedSeconds)} of ${duration((toMs - fromMs) / 1000)}.`,
    ),
    reason(
      `The leader was in front for ${Math.round(100 * facts.aheadShare)} % of the walking; the follower walked ${metres(facts.footstepMetres)} from the leader's path, the leader ${metres(facts.leaderFootstepMetres)} from the follower's.`,
    ),
  ];
  const second = Math.round(facts.startedSecond + facts.stoppedSecond);
  const all = Math.round(facts.starts + facts.stops);
  if (second > 0) reasons.push(reason(`Started or stopped second ${times(second)} of ${Math.max(all, second)}.`));
  if (facts.turns >= 1 && facts.turnedSecond >= 1) {
    const turns = Math.max(Math.round(facts.turns), Math.round(facts.turnedSecond));
    reasons.push(reason(`Turned second ${times(Math.round(facts.turnedSecond))} of ${turns}.`));
  }
  reasons.push(
    reason(
      `Velocities agree best with a lag: correlation ${leg.correlation.toFixed(2)}, ${leg.correlationNow.toFixed(2)} without one.`,
    ),
    reason(`Away from the leader for ${duration(facts.apartSeconds)} in total.`),
  );
  if (facts.others >= 0.5) {
    reasons.push(reason(`Counted for less, for ${facts.others.toFixed(1)} others walked the same way close by.`));
  }
  if (odds.unsure < 0) {
    reasons.push(
      reason(`Where they were is known to ${metres(facts.sigmaMetres)} only: more had to be seen for that.`),
    );
  }
  return reasons;
}

/** The figures of an escort: parts of the score in nats, and what they are made of. */
export function escortFigures(facts: Facts, { odds, leg }: Weighed): Record<string, number> {
  return {
    lagSeconds: rounded(leg.lagSeconds),
    distanceMetres: rounded(facts.distanceMetres),
    nearSeconds: rounded(facts.nearSeconds, 1),
    walkedSeconds: rounded(facts.walkedSeconds, 1),
    aloneSeconds: rounded(facts.apartSeconds, 1),
    forcedSeconds: rounded(facts.forcedSeconds, 1),
    aheadShare: rounded(facts.aheadShare),
    footstepMetres: rounded(facts.footstepMetres),
    othersAlong: rounded(facts.others),
    correlation: rounded(leg.correlation),
    correlationWithoutLag: rounded(leg.correlationNow),
    startedSecond: rounded(facts.startedSecond),
    starts: rounded(facts.starts),
    stoppedSecond: rounded(facts.stoppedSecond),
    stops: rounded(facts.stops),
    alwaysNats: rounded(odds.always),
    frontNats: rounded(odds.front),
    pathNats: rounded(odds.path),
    lagNats: rounded(odds.lag),
    orderNats: rounded(odds.order),
    closeNats: rounded(odds.close),
    companyNats: rounded(odds.company),
    togetherNats: rounded(odds.together),
    othersNats: rounded(odds.others),
    unsureNats: rounded(odds.unsure),
    logOddsNats: rounded(odds.logOdds),
  };
}

/** Whom the two met as. */
function firstNameOf({ highFollows, lowNames, highNames, follower }: Company): string {
  return (highFollows ? highNames : lowNames)[0]?.person ?? follower.person;
}

/** Somebody by every name, from the earliest to the present one. */
function byAllNames(
  stay: Stay,
  names: readonly EarlierName[],
  role: Role,
  fromMs: number,
  toMs: number,
): StoryPerson[] {
  const earlier = names.map((name) => ({ ...name, role }));
  const since = names.length > 0 ? Math.round(stay.cameMs) : fromMs;
  return [...earlier, { person: stay.person, role, fromMs: since, toMs: Math.max(since, toMs) }];
}

/** An escort as it stands. */
export function escortEpisode(
  company: Company,
  facts: Facts,
  weighed: Weighed,
  score: number,
  open: boolean,
): MovementEpisode {
  const { leader, follower } = company;
  const { fromMs, toMs } = facts;
  return {
    pattern: 'escort',
    key: `escort ${leader.person} ${follower.person} ${fromMs}`,
    zone: company.whereabouts.zone,
    fromMs,
    toMs,
    open,
    score,
    figures: escortFigures(facts, weighed),
    persons: [
      ...byAllNames(leader, company.highFollows ? company.lowNames : company.highNames, 'leader', fromMs, toMs),
      ...byAllNames(follower, company.highFollows ? company.highNames : company.lowNames, 'follower', fromMs, toMs),
    ],
    reasons: escortReasons(facts, weighed),
    moments: [{ atMs: fromMs, person: firstNameOf(company), label: 'met' }, ...company.moments],
    uncertainty: {
      coastedShare: rounded(facts.coastedShare, 4),
      identityJoins: 0,
      joinProbability: 1,
      sigmaMetres: rounded(facts.sigmaMetres, 3),
    },
  };
}
