/**
 * One kept between two: beside it for most of the way, each on a side of their own, and both do what the middle one does, a
 * reaction time later. Friends and families walk three abreast too, but start and stop as one, change places, and now one and
 * now another is ahead.
 */
import type { KeyMoment, MovementEpisode, MovementEvent, Reason } from '../movement.ts';
import type { Between } from './between.ts';
import { FIELD } from './field.ts';
import { type Answer, answerOf, type FlankParts, flankLogOdds, flankParts } from './flankEvidence.ts';
import { bitsBeyond } from './nats.ts';
import type { PairTable } from './pairTable.ts';
import type { People, Stay } from './people.ts';
import { duration, mark, metres, rounded, Telling, times } from './telling.ts';
import { Whereabouts } from './whereabouts.ts';

export interface FlankingOptions {
  /** Least seconds between the two, and least share of them on a side of their own. */
  readonly leastSeconds: number;
  readonly leastSide: number;
  /** Both are neither further ahead nor further behind on average, metres. */
  readonly mostAhead: number;
  readonly mostBehind: number;
  /** Least log odds that are told, nats: at 0.4 false per 1,000 people on the seeds that the weights were fitted to. */
  readonly leastLogOdds: number;
  /** Who was led until shortly before is so much more likely kept by those who take over, nats. */
  readonly ledBeforeNats: number;
}

export const FLANKING_DEFAULTS: FlankingOptions = {
  leastSeconds: 6,
  leastSide: 0.75,
  mostAhead: 0.15,
  mostBehind: 0.35,
  leastLogOdds: 1.5,
  ledBeforeNats: 4.5,
};

/** Closed when nobody has been between the two for so long, ms. */
const APART_MS = 60_000;
/** Seconds for which the evidence must suffice. */
const SUFFICING = 4;
/** Starts and stops of both, whoever was first. */
const ANSWERED = [
  FIELD.startLow,
  FIELD.startHigh,
  FIELD.startBoth,
  FIELD.stopLow,
  FIELD.stopHigh,
  FIELD.stopBoth,
] as const;

interface Flank {
  readonly middle: Stay;
  readonly one: Stay;
  readonly other: Stay;
  readonly sinceMs: number;
  readonly moments: KeyMoment[];
  readonly whereabouts: Whereabouts;
  sufficing: number;
  telling: Telling | null;
  best: Found | null;
}

interface Found {
  readonly logOdds: number;
  readonly parts: FlankParts;
  readonly first: number;
  readonly answered: number;
  readonly lag: number;
  readonly seconds: number;
  readonly side: number;
  readonly ahead: number;
  readonly share: number;
  readonly width: number;
  readonly sigma: number;
  readonly coastedShare: number;
}

/** Nearer than this to level is level, metres: feet are known no better. */
const LEVEL_METRES = 0.05;

const places = (ahead: number): string =>
  Math.abs(ahead) < LEVEL_METRES ? 'level with' : `${metres(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'}`;

export class Flanking {
  readonly #options: FlankingOptions;
  readonly #between: Between;
  readonly #pairs: PairTable;
  readonly #people: People;
  readonly #tickSeconds: number;
  readonly #zoneOf: (slot: number) => string | null;
  readonly #tell: (event: MovementEvent) => void;
  readonly #answer: Answer = { reaction: 0, later: 0, lagSeconds: 0 };
  /** By slot of the middle one. */
  readonly #flanks = new Map<number, Flank>();
  /** Whether somebody was led by another than these two until shortly before `sinceMs`. */
  wasLed: (middle: Stay, sides: readonly [Stay, Stay], sinceMs: number) => boolean = () => false;
  /** Told when two begin to keep somebody between them who was led before. */
  onOpened: (middle: Stay, sides: readonly [Stay, Stay], sinceMs: number, timeMs: number) => void = () => undefined;

  constructor(
    options: FlankingOptions,
    between: Between,
    pairs: PairTable,
    people: People,
    tickSeconds: number,
    zoneOf: (slot: number) => string | null,
    tell: (event: MovementEvent) => void,
  ) {
    this.#options = options;
    this.#between = between;
    this.#pairs = pairs;
    this.#people = people;
    this.#tickSeconds = tickSeconds;
    this.#zoneOf = zoneOf;
    this.#tell = tell;
  }

  /** Once a second: weighs everybody who has been between the same two for long. */
  decide(active: Int32Array, count: number, timeMs: number): void {
    const { between, lastMs } = this.#between;
    const { leastSeconds } = this.#options;
    for (let i = 0; i < count; i++) {
      const slot = active[i] as number;
      const seconds = between[slot] as number;
      if (this.#between.one[slot] === -1 || seconds < leastSeconds) continue;
      if (lastMs[slot] === timeMs || this.#flanks.has(slot)) this.#weigh(slot, timeMs);
    }
  }

  /** Somebody goes, whoever of the three it is: told while all of them are still known. */
  leave(slot: number): void {
    for (const [middle, flank] of this.#flanks) {
      if (middle === slot || flank.one.slot === slot || flank.other.slot === slot) this.#end(middle, flank);
    }
  }

  finish(): void {
    for (const [middle, flank] of this.#flanks) this.#end(middle, flank);
  }

  #weigh(slot: number, timeMs: number): void {
    const middle = this.#people.at(slot);
    const one = this.#people.at(this.#between.one[slot] as number);
    const other = this.#people.at(this.#between.other[slot] as number);
    const sinceMs = this.#between.sinceMs[slot] as number;
    if (!middle || !one || !other) return;
    let flank = this.#flanks.get(slot);
    if (flank && (flank.one !== one || flank.other !== other || flank.sinceMs !== sinceMs)) {
      this.#end(slot, flank);
      flank = undefined;
    }
    const found = this.#evidence(slot, this.wasLed(middle, [one, other], sinceMs) ? this.#options.ledBeforeNats : 0);
    if (!flank) {
      if (!found || found.logOdds < this.#options.leastLogOdds) return;
      const whereabouts = new Whereabouts();
      flank = { middle, one, other, sinceMs, moments: [], whereabouts, sufficing: 0, telling: null, best: null };
      this.#flanks.set(slot, flank);
    }
    const lastMs = this.#between.lastMs[slot] as number;
    if (timeMs === lastMs) flank.whereabouts.spend(this.#zoneOf(slot), 1);
    if (timeMs - lastMs > APART_MS) {
      this.#end(slot, flank);
      this.#between.forget(slot);
      return;
    }
    if (!found || found.logOdds < this.#options.leastLogOdds) {
      if (!flank.telling) this.#flanks.delete(slot);
      return;
    }
    if (!flank.best || found.logOdds > flank.best.logOdds) flank.best = found;
    flank.sufficing++;
    if (flank.sufficing < SUFFICING) return;
    if (!flank.telling) {
      flank.telling = new Telling(this.#tell);
      mark(flank.moments, { atMs: Math.round(sinceMs), person: middle.person, label: 'between two' });
      this.onOpened(middle, [one, other], sinceMs, timeMs);
    }
    const score = this.#score(flank);
    if (flank.telling.due(score, sinceMs, lastMs)) flank.telling.tell(this.#episode(flank, lastMs, true));
  }

  #end(slot: number, flank: Flank): void {
    this.#flanks.delete(slot);
    if (!flank.telling) return;
    flank.telling.close(this.#episode(flank, this.#between.lastMs[slot] as number, false));
  }

  #score({ best }: Flank): number {
    return bitsBeyond(best?.logOdds ?? 0, this.#options.leastLogOdds);
  }

  #evidence(slot: number, ledBefore: number): Found | null {
    const o = this.#options;
    const b = this.#between;
    const pairs = this.#pairs;
    const seconds = b.between[slot] as number;
    const left = (b.oneLeft[slot] as number) / seconds;
    const side = Math.max(left, 1 - left);
    const ahead = (b.ahead[slot] as number) / seconds;
    if (side < o.leastSide || ahead > o.mostAhead || ahead < -o.mostBehind) return null;
    let first = 0;
    let answered = 0;
    let reaction = Number.POSITIVE_INFINITY;
    let later = Number.POSITIVE_INFINITY;
    let lag = 0;
    let sigma = 0;
    let coasted = 0;
    let near = 0;
    let nearSeconds = Number.POSITIVE_INFINITY;
    let walkedSeconds = Number.POSITIVE_INFINITY;
    for (let which = 0; which < 2; which++) {
      const record = pairs.find(slot, (which === 0 ? b.one : b.other)[slot] as number);
      if (record < 0) return null;
      const n = pairs.numbers;
      const row = record * pairs.stride;
      const middleIsLow = pairs.low[record] === slot;
      const firstOf = (low: number, high: number): number => n[row + (middleIsLow ? low : high)] as number;
      first += firstOf(FIELD.startLow, FIELD.startHigh) + firstOf(FIELD.stopLow, FIELD.stopHigh);
      for (const field of ANSWERED) answered += n[row + field] as number;
      sigma += n[row + FIELD.sigma] as number;
      coasted += n[row + FIELD.coasted] as number;
      near += n[row + FIELD.near] as number;
      nearSeconds = Math.min(nearSeconds, n[row + FIELD.near] as number);
      walkedSeconds = Math.min(walkedSeconds, n[row + FIELD.walked] as number);
      const answer = answerOf(pairs, record, middleIsLow, this.#tickSeconds, this.#answer);
      reaction = Math.min(reaction, answer.reaction);
      later = Math.min(later, answer.later);
      lag += answer.lagSeconds / 2;
    }
    const parts = flankParts({ seconds, side, ahead, reaction, later, nearSeconds, walkedSeconds, ledBefore });
    return {
      logOdds: flankLogOdds(parts),
      parts,
      first,
      answered,
      lag,
      seconds,
      side,
      ahead,
      share: seconds / (b.walked[slot] as number),
      width: (b.width[slot] as number) / seconds,
      sigma: sigma / Math.max(1e-9, near),
      coastedShare: Math.min(1, coasted / Math.max(1e-9, near)),
    };
  }

  #episode(flank: Flank, lastMs: number, open: boolean): MovementEpisode {
    const { middle, one, other, best } = flank;
    const fromMs = Math.round(flank.sinceMs);
    const toMs = Math.round(lastMs);
    const reason = (text: string): Reason => ({ text, fromMs, toMs });
    const reasons: Reason[] = [];
    if (best) {
      reasons.push(
        reason(
          `Walked between the same two for ${duration(best.seconds)}, ${Math.round(100 * best.share)} % of the time all three walked; they were ${metres(best.width)} apart.`,
        ),
        reason(
          `Each of the two kept to a side for ${Math.round(100 * best.side)} % of it, on average ${places(best.ahead)} the one between.`,
        ),
      );
      if (best.parts.adapt > 0 && best.lag > 0)
        reasons.push(reason(`Both repeated the speed of the one between them ${best.lag.toFixed(1)} s later.`));
      if (best.parts.ledBefore > 0)
        reasons.push(reason('The one between was led by somebody else until shortly before.'));
      if (best.first >= 1) {
        reasons.push(
          reason(
            `The one between started or stopped first ${times(Math.round(best.first))} of ${Math.round(best.answered)}, both sides counted.`,
          ),
        );
      }
    }
    const nats = Object.fromEntries(
      Object.entries(best?.parts ?? {}).map(([name, value]) => [`${name}Nats`, rounded(value)]),
    );
    return {
      pattern: 'flanking',
      key: `flanking ${middle.person} ${one.person} ${other.person} ${fromMs}`,
      zone: flank.whereabouts.zone,
      fromMs,
      toMs,
      open,
      score: this.#score(flank),
      figures: {
        betweenSeconds: rounded(best?.seconds ?? 0, 0),
        betweenShare: rounded(best?.share ?? 0),
        widthMetres: rounded(best?.width ?? 0),
        lagSeconds: rounded(best?.lag ?? 0),
        ...nats,
        logOddsNats: rounded(best?.logOdds ?? 0),
      },
      persons: [
        { person: middle.person, role: 'flanked', fromMs, toMs },
        { person: one.person, role: 'flanking', fromMs, toMs },
        { person: other.person, role: 'flanking', fromMs, toMs },
      ],
      reasons,
      moments: flank.moments,
      uncertainty: {
        coastedShare: rounded(best?.coastedShare ?? 0, 4),
        identityJoins: 0,
        joinProbability: 1,
        sigmaMetres: rounded(best?.sigma ?? 0, 3),
      },
    };
  }
}
