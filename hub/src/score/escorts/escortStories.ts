/** Who is told to lead whom: opens a story once the evidence suffices, lets it grow, and closes it. */
import type { MovementEvent } from '../movement.ts';
import { ESCORT_MODEL } from './escortModel.ts';
import { Company, escortEpisode, factsOf, type Weighed } from './led.ts';
import { bitsBeyond } from './nats.ts';
import type { PairTable } from './pairTable.ts';
import type { People } from './people.ts';
import { Telling } from './telling.ts';

export interface EscortOptions {
  /** Least seconds near each other and seconds walking, and least log odds, of an escort. */
  readonly leastNearSeconds: number;
  readonly leastWalkedSeconds: number;
  readonly leastLogOdds: number;
}

export const ESCORT_DEFAULTS: EscortOptions = {
  leastNearSeconds: 6,
  leastWalkedSeconds: 5,
  leastLogOdds: ESCORT_MODEL.least,
};

/** Decisions (seconds) for which the evidence must suffice before an escort opens, and lack before it closes. */
const SUFFICING = 4;
const LACKING = 20;
/** What has been told may lose so much of its log odds before it is taken back, nats. */
const HYSTERESIS = 1.5;

export class EscortStories {
  readonly #options: EscortOptions;
  readonly #pairs: PairTable;
  readonly #people: People;
  readonly #walksIn: (slot: number) => string | null | undefined;
  readonly #tell: (event: MovementEvent) => void;
  readonly #companies = new Map<number, Company>();

  /** @param walksIn the zone in which a slot walks; null where that is none, undefined where it does not walk. */
  constructor(
    options: EscortOptions,
    pairs: PairTable,
    people: People,
    walksIn: (slot: number) => string | null | undefined,
    tell: (event: MovementEvent) => void,
  ) {
    this.#options = options;
    this.#pairs = pairs;
    this.#people = people;
    this.#walksIn = walksIn;
    this.#tell = tell;
  }

  /** What is remembered of a record beyond numbers; undefined where nothing is. */
  known(record: number): Company | undefined {
    return this.#companies.get(record);
  }

  /** The same, begun where there is none; null where one of the two has gone. */
  of(record: number): Company | null {
    const found = this.#companies.get(record);
    if (found) return found;
    const low = this.#people.at(this.#pairs.low[record] as number);
    const high = this.#people.at(this.#pairs.high[record] as number);
    if (!low || !high) return null;
    const company = new Company(low, high, record);
    this.#companies.set(record, company);
    return company;
  }

  /**
   * Tells what the evidence is enough for.
   *
   * @param highFollows the direction that was weighed.
   * @param over whether it is the last time.
   */
  weighed(record: number, highFollows: boolean, weighed: Weighed, over: boolean): void {
    const { leastLogOdds } = this.#options;
    const { logOdds } = weighed.odds;
    let company = this.#companies.get(record) ?? null;
    if (!company?.telling && logOdds < leastLogOdds) {
      if (company) company.sufficing = 0;
      return;
    }
    company ??= this.of(record);
    if (!company) return;
    if (!company.telling) {
      company.sufficing++;
      if (company.sufficing < SUFFICING && !over) return;
      company.highFollows = highFollows;
      company.telling = new Telling((event) => this.#tell(event));
    }
    if (company.highFollows !== highFollows || logOdds < leastLogOdds - HYSTERESIS) company.lacking++;
    else company.lacking = 0;
    const zone = this.#walksIn(company.follower.slot);
    if (zone !== undefined) company.whereabouts.spend(zone, 1);
    const facts = factsOf(this.#pairs.numbers, record * this.#pairs.stride, company.highFollows);
    if (company.highFollows === highFollows && logOdds > company.best.odds.logOdds) {
      company.best = { odds: { ...weighed.odds }, leg: { ...weighed.leg } };
      company.facts = facts;
    }
    this.#telling(company, company.telling, { ...(company.facts ?? facts), toMs: facts.toMs }, over);
  }

  #telling(company: Company, telling: Telling, facts: ReturnType<typeof factsOf>, over: boolean): void {
    // Bits beyond the least log odds; a movement that has been told does not become less strange by going on.
    const score = bitsBeyond(company.best.odds.logOdds, this.#options.leastLogOdds);
    if (over || company.lacking >= LACKING) {
      telling.close(escortEpisode(company, facts, company.best, score, false));
      company.telling = null;
      company.lacking = 0;
      company.sufficing = Number.NEGATIVE_INFINITY;
    } else if (company.lacking === 0 && telling.due(score, facts.fromMs, facts.toMs)) {
      telling.tell(escortEpisode(company, facts, company.best, score, true));
    }
  }

  end(record: number): void {
    this.#companies.delete(record);
  }
}
