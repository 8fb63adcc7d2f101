/**
 * One kept between two: beside it for most of the way, each on a side of their own, and both do what the middle one does, a
 * reaction time later. Friends and families walk three abreast too, but start and stop as one, change places, and now one and
 * now another is ahead.
 */
import type { KeyMoment, MovementEpisode, MovementEvent, Reason } from '../movement.ts';
import type { Between } from './between.ts';
import { FIELD } from './field.ts';
import { bitsBeyond, bounded } from './nats.ts';
import type { PairTable } from './pairTable.ts';
import type { People, Stay } from './people.ts';
import { duration, mark, metres, rounded, Telling, times } from './telling.ts';
import { Whereabouts } from './whereabouts.ts';

export interface FlankingOptions {
  /** Least seconds between the two, share of the walking, and share on a side of their own. */
  readonly leastSeconds: number;
  readonly leastShare: number;
  readonly leastSide: number;
  /** Both are neither further ahead nor further behind on average, metres. */
  readonly mostAhead: number;
  readonly mostBehind: number;
  /** Lag of somebody who keeps beside another: a reaction time, and the spread of its logarithm; that of companions about zero. */
  readonly lagSeconds: number;
  readonly lagSpread: number;
  readonly companionLagSeconds: number;
  readonly speedNoise: number;
  readonly leastLogOdds: number;
  /** Who was led until shortly before is so much more likely kept by those who take over, nats. */
  readonly ledBeforeNats: number;
}

export const FLANKING_DEFAULTS: FlankingOptions = {
  leastSeconds: 10,
  leastShare: 0.35,
  leastSide: 0.8,
  mostAhead: 0.08,
  mostBehind: 0.4,
  lagSeconds: 0.48,
  lagSpread: 0.35,
  companionLagSeconds: 0.25,
  speedNoise: 0.03,
  leastLogOdds: 6.3,
  ledBeforeNats: 3,
};

/** Closed when nobody has been between the two for so long, ms. */
const APART_MS = 60_000;
/** Seconds for which the evidence must suffice. */
const SUFFICING = 4;

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
  readonly parts: Readonly<Record<string, number>>;
  readonly first: number;
  readonly answered: number;
  readonly lag: number;
  readonly seconds: number;
  readonly share: number;
  readonly width: number;
  readonly sigma: number;
  readonly coastedShare: number;
}

export class Flanking {
  readonly #options: FlankingOptions;
  readonly #between: Between;
  readonly #pairs: PairTable;
  readonly #people: People;
  readonly #tickSeconds: number;
  readonly #zoneOf: (slot: number) => string | null;
  readonly #tell: (event: MovementEvent) => void;
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
    const { between, walked, lastMs } = this.#between;
    const { leastSeconds, leastShare } = this.#options;
    for (let i = 0; i < count; i++) {
      const slot = active[i] as number;
      const seconds = between[slot] as number;
      if (this.#between.one[slot] === -1 || seconds < leastSeconds) continue;
      if (seconds < leastShare * (walked[slot] as number) && !this.#flanks.has(slot)) continue;
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
    const seconds = b.between[slot] as number;
    const share = seconds / (b.walked[slot] as number);
    const left = (b.oneLeft[slot] as number) / seconds;
    const side = Math.max(left, 1 - left);
    const ahead = (b.ahead[slot] as number) / seconds;
    if (share < o.leastShare || side < o.leastSide || ahead > o.mostAhead || ahead < -o.mostBehind) return null;
    let adapt = 0;
    let first = 0;
    let second = 0;
    let atOnce = 0;
    let lag = 0;
    let sigma = 0;
    let coasted = 0;
    let near = 0;
    let sides = 0;
    for (const which of [b.one[slot] as number, b.other[slot] as number]) {
      const record = this.#pairs.find(slot, which);
      if (record < 0) continue;
      const n = this.#pairs.numbers;
      const row = record * this.#pairs.stride;
      const middleIsLow = this.#pairs.low[record] === slot;
      const pick = (low: number, high: number): number => n[row + (middleIsLow ? low : high)] as number;
      first += pick(FIELD.startLow, FIELD.startHigh) + pick(FIELD.stopLow, FIELD.stopHigh);
      second += pick(FIELD.startHigh, FIELD.startLow) + pick(FIELD.stopHigh, FIELD.stopLow);
      atOnce += (n[row + FIELD.startBoth] as number) + (n[row + FIELD.stopBoth] as number);
      sigma += n[row + FIELD.sigma] as number;
      coasted += n[row + FIELD.coasted] as number;
      near += n[row + FIELD.near] as number;
      const lagged = n[row + FIELD.lagged] as number;
      if (lagged < 5) continue;
      const answer = this.#answer(record, middleIsLow ? 1 : -1, lagged);
      // One side that does not adapt is one companion.
      if (answer.nats < -0.2) return null;
      adapt += answer.nats;
      lag += answer.lag;
      sides++;
    }
    if (sides === 0) return null;
    const seen = seconds / (seconds + 8);
    const parts = {
      between: seen * bounded(4 * (share - 0.42), -2, 2),
      sides: seen * bounded(6 * (side - 0.8), -2, 1),
      long: bounded((seconds - 15) / 15, -1.5, 1.5),
      adapt,
      order: bounded(0.5 * (first - second) - 0.25 * atOnce, -3, 3),
      behind: seen * bounded(-5 * ahead, -1.5, 0.8),
      ledBefore,
    };
    const logOdds =
      parts.between + parts.sides + parts.long + parts.adapt + parts.order + parts.behind + parts.ledBefore;
    return {
      logOdds,
      parts,
      first,
      answered: first + second + atOnce,
      lag: lag / sides,
      seconds,
      share,
      width: (b.width[slot] as number) / seconds,
      sigma: sigma / Math.max(1e-9, near),
      coastedShare: Math.min(1, coasted / Math.max(1e-9, near)),
    };
  }

  /** How much better the side repeats the middle one with a lag than without, and how much that lag is a reaction time. */
  #answer(record: number, sign: number, lagged: number): { nats: number; lag: number } {
    const o = this.#options;
    const { lags, sums: n, sumStride } = this.#pairs;
    const middle = record * sumStride + lags;
    let best = 0;
    for (let lag = -lags; lag <= lags; lag++) {
      if ((n[middle + sign * lag] as number) < (n[middle + sign * best] as number)) best = lag;
    }
    const lag = best * this.#tickSeconds;
    if (lag <= 0) return { nats: best === 0 ? -1 : -1.5, lag };
    const noise = o.speedNoise * o.speedNoise;
    const margin = Math.log(
      ((n[middle] as number) / lagged + noise) / ((n[middle + sign * best] as number) / lagged + noise),
    );
    const root = Math.sqrt(2 * Math.PI);
    const z = Math.log(lag / o.lagSeconds) / o.lagSpread;
    const reaction = Math.exp(-0.5 * z * z) / (lag * o.lagSpread * root);
    const w = lag / o.companionLagSeconds;
    const companions = (2 * Math.exp(-0.5 * w * w)) / (o.companionLagSeconds * root);
    const odds = Math.log((reaction + 0.02) / (companions / 2 + 1 / 12 + 0.02));
    return {
      nats: bounded(0.15 * lagged * margin - 0.2, -1, 1.5) + Math.min(1, lagged / 30) * bounded(odds, -1.5, 1.2),
      lag,
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
        reason(`Both repeated the speed of the one between them ${best.lag.toFixed(1)} s later.`),
      );
      if (best.first >= 1) {
        const all = Math.max(Math.round(best.answered), Math.round(best.first));
        reasons.push(
          reason(
            `The one between started or stopped first ${times(Math.round(best.first))} of ${all}, both sides counted.`,
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
