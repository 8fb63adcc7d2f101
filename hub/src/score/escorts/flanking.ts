/**
 * One kept between two: beside it for most of the way, each on a side of their own, and both do what the middle one does, a
 * reaction time later. Friends and families walk three abreast too, but start and stop as one, change places, and now one and
 * now another is ahead.
 */
import type { MovementEvent } from '../movement.ts';
import { AdditiveOdds } from './additive.ts';
import { type Between, TRIO, TRIO_SUMS } from './between.ts';
import { FLANK_MEASURES, measureTrio, nothingOfTrio } from './flankMeasures.ts';
import { FLANK_MODEL } from './flankModel.ts';
import { type Flank, type Flanked, flankEpisode, scoreOf } from './flankStory.ts';
import type { Meeting } from './handovers.ts';
import type { PairTable } from './pairTable.ts';
import type { People, Stay } from './people.ts';
import { mark, Telling } from './telling.ts';
import { Whereabouts } from './whereabouts.ts';

export interface FlankingOptions {
  /** Who was between the same two for less, and with less of that on the usual side, is not weighed: seconds, 0 to 1. */
  readonly leastSeconds: number;
  readonly leastSide: number;
  /** Least log odds that are told, nats. */
  readonly leastLogOdds: number;
}

export const FLANKING_DEFAULTS: FlankingOptions = {
  leastSeconds: 4,
  leastSide: 0.65,
  leastLogOdds: FLANK_MODEL.least,
};

/** Somebody between two as they are weighed: what a model is fitted to. */
export interface TrioCandidate {
  readonly middle: string;
  readonly sides: readonly [string, string];
  /** Seconds in which all three were together. */
  readonly nearSeconds: number;
  /** In the order of `FLANK_MEASURES`. Reused: copy it. */
  readonly measures: Float64Array;
}

const ODDS = new AdditiveOdds(FLANK_MODEL, FLANK_MODEL.together, FLANK_MEASURES);
/** Closed when the three have not been together for so long, ms. */
const APART_MS = 60_000;
/** Seconds for which the evidence must suffice. */
const SUFFICING = 4;

export class Flanking {
  readonly #options: FlankingOptions;
  readonly #between: Between;
  readonly #pairs: PairTable;
  readonly #people: People;
  readonly #tickSeconds: number;
  readonly #zoneOf: (slot: number) => string | null;
  readonly #tell: (event: MovementEvent) => void;
  readonly #measures = new Float64Array(FLANK_MEASURES.length);
  readonly #facts = nothingOfTrio();
  readonly #odds = ODDS.nothing();
  /** By slot of the middle one. */
  readonly #flanks = new Map<number, Flank>();
  /** How likely somebody was led by another than these two until shortly before they came, nats; -Infinity where by nobody. */
  ledBefore: (middle: Stay, sides: readonly [Stay, Stay], met: Meeting) => number = () => Number.NEGATIVE_INFINITY;
  /** Told that two keep somebody between them, as long as they do. */
  onKept: (middle: Stay, sides: readonly [Stay, Stay], met: Meeting, timeMs: number) => void = () => undefined;
  /** Told of everybody who is weighed. */
  onMeasured: ((candidate: TrioCandidate) => void) | null = null;

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
    const { one, nearMs, sums } = this.#between;
    const { leastSeconds } = this.#options;
    for (let i = 0; i < count; i++) {
      const slot = active[i] as number;
      if (one[slot] === -1 || (sums[slot * TRIO_SUMS + TRIO.between] as number) < leastSeconds) continue;
      if (nearMs[slot] === timeMs || this.#flanks.has(slot)) this.#weigh(slot, timeMs);
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
    const nearMs = this.#between.nearMs[slot] as number;
    if (flank && timeMs - nearMs > APART_MS) {
      this.#end(slot, flank);
      this.#between.forget(slot);
      return;
    }
    const logOdds = this.#logOdds(slot, middle, one, other);
    const suffices = logOdds >= this.#options.leastLogOdds;
    if (!flank) {
      if (!suffices) return;
      const whereabouts = new Whereabouts();
      flank = { middle, one, other, sinceMs, moments: [], whereabouts, sufficing: 0, telling: null, best: null };
      this.#flanks.set(slot, flank);
    }
    if (timeMs === this.#between.lastMs[slot]) flank.whereabouts.spend(this.#zoneOf(slot), 1);
    if (!suffices) {
      if (!flank.telling) this.#flanks.delete(slot);
      return;
    }
    if (!flank.best || logOdds > flank.best.odds.logOdds) flank.best = this.#found(slot);
    flank.sufficing++;
    if (flank.sufficing < SUFFICING) return;
    if (!flank.telling) {
      flank.telling = new Telling(this.#tell);
      mark(flank.moments, { atMs: Math.round(sinceMs), person: middle.person, label: 'between two' });
    }
    if (nearMs === timeMs) this.onKept(middle, [one, other], this.#met(slot), timeMs);
    const { leastLogOdds } = this.#options;
    if (flank.telling.due(scoreOf(flank, leastLogOdds), sinceMs, nearMs))
      flank.telling.tell(flankEpisode(flank, nearMs, leastLogOdds, true));
  }

  #end(slot: number, flank: Flank): void {
    this.#flanks.delete(slot);
    if (!flank.telling) return;
    const nearMs = this.#between.nearMs[slot] as number;
    flank.telling.close(flankEpisode(flank, nearMs, this.#options.leastLogOdds, false));
  }

  #met(slot: number): Meeting {
    const { againMs, knownSeconds } = this.#between;
    return { atMs: againMs[slot] as number, knownSeconds: knownSeconds[slot] as number };
  }

  /** @returns nats; -Infinity where nothing can be measured. What was measured stays in `#measures`, `#odds` and `#facts`. */
  #logOdds(slot: number, middle: Stay, one: Stay, other: Stay): number {
    const sum = (field: number): number => this.#between.sums[slot * TRIO_SUMS + field] as number;
    const left = sum(TRIO.oneLeft) / sum(TRIO.between);
    if (Math.max(left, 1 - left) < this.#options.leastSide) return Number.NEGATIVE_INFINITY;
    const ledNats = this.ledBefore(middle, [one, other], this.#met(slot));
    const measures = this.#measures;
    if (!measureTrio(this.#between, this.#pairs, slot, this.#tickSeconds, ledNats, measures, this.#facts))
      return Number.NEGATIVE_INFINITY;
    if (this.onMeasured) {
      const names = { middle: middle.person, sides: [one.person, other.person] as const };
      this.onMeasured({ ...names, nearSeconds: sum(TRIO.near), measures });
    }
    return ODDS.weigh(measures, this.#odds);
  }

  /** What was just measured, with its parts. */
  #found(slot: number): Flanked {
    const odds = { ...this.#odds };
    const sum = (field: number): number => this.#between.sums[slot * TRIO_SUMS + field] as number;
    const seconds = sum(TRIO.between);
    const left = sum(TRIO.oneLeft) / seconds;
    return {
      ...this.#facts,
      odds,
      betweenSeconds: seconds,
      togetherSeconds: sum(TRIO.near),
      side: Math.max(left, 1 - left),
      aheadMetres: (sum(TRIO.oneAhead) + sum(TRIO.otherAhead)) / (2 * seconds),
      betweenShare: seconds / Math.max(1, sum(TRIO.walked)),
      widthMetres: sum(TRIO.width) / seconds,
    };
  }
}
