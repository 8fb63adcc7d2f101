/** Whoever may lead somebody for a stretch, as the handovers are told of it. */
import { FIELD } from './field.ts';
import type { Handovers, Meeting } from './handovers.ts';
import type { History } from './history.ts';
import { factsOf } from './led.ts';
import type { WeighedLeg } from './legEvidence.ts';
import type { PairTable } from './pairTable.ts';
import type { People, Stay } from './people.ts';

/** Seconds of walking that a leg of a handover has at least. */
export const LEAST_LEG_SECONDS = 6;
/** What an escort that is just told counts as a leg: two of them in a row are a handover. Nats. */
const TOLD_ESCORT_NATS = 2.5;
/** So much of what unanswered starts and stops cost is not asked of a leg. */
const UNANSWERED_LEG_SHARE = 0.5;
/** Who goes on with somebody else is no further away, metres. */
const COMPANY_METRES = 1.8;

export class Legs {
  readonly #handovers: Handovers;
  readonly #history: History;
  readonly #pairs: PairTable;
  readonly #people: People;
  readonly #zoneAt: (x: number, y: number) => string | null;

  constructor(
    handovers: Handovers,
    history: History,
    pairs: PairTable,
    people: People,
    zoneAt: (x: number, y: number) => string | null,
  ) {
    this.#handovers = handovers;
    this.#history = history;
    this.#pairs = pairs;
    this.#people = people;
    this.#zoneAt = zoneAt;
  }

  /**
   * What may be one leg of a handover takes less than an escort; the company of who was led before takes the least.
   *
   * @param escortNats by how much the log odds of an escort are above the least that is told.
   */
  weigh(record: number, highFollows: boolean, w: WeighedLeg, escortNats: number, timeMs: number, over: boolean): void {
    const low = this.#people.at(this.#pairs.low[record] as number);
    const high = this.#people.at(this.#pairs.high[record] as number);
    if (!low || !high) return;
    // Legs are short: of two in a row hardly any had a start or stop to answer.
    const legNats = w.total - UNANSWERED_LEG_SHARE * w.unanswered;
    const own = w.front > 0 && w.lag > 0 ? legNats : Number.NEGATIVE_INFINITY;
    const nats = Math.max(own, escortNats + TOLD_ESCORT_NATS);
    if (nats >= this.#handovers.leastLeg) {
      const [leader, follower] = highFollows ? [low, high] : [high, low];
      this.#leads(record, follower, leader, nats, w.lagSeconds, timeMs, over);
      return;
    }
    const n = this.#pairs.numbers;
    const row = record * this.#pairs.stride;
    const weight = n[row + FIELD.weight] as number;
    if ((n[row + FIELD.distance] as number) > COMPANY_METRES * weight) return;
    const company = Math.min(this.#handovers.mostCompany, (weight - LEAST_LEG_SECONDS) / LEAST_LEG_SECONDS);
    if (company < this.#handovers.leastLeg) return;
    if (this.#handovers.hasBeenLed(low)) this.#leads(record, low, high, company, 0, timeMs, over);
    if (this.#handovers.hasBeenLed(high)) this.#leads(record, high, low, company, 0, timeMs, over);
  }

  #leads(
    record: number,
    follower: Stay,
    leader: Stay,
    nats: number,
    lagSeconds: number,
    timeMs: number,
    over: boolean,
  ): void {
    const facts = factsOf(this.#pairs.numbers, record * this.#pairs.stride, this.#pairs.high[record] === follower.slot);
    const cell = this.#history.cell(follower.slot, 0);
    const x = this.#history.x[cell] as number;
    const y = this.#history.y[cell] as number;
    this.#handovers.leads(follower, leader, nats, lagSeconds, facts, [x, y], this.#zoneAt(x, y), timeMs, over);
  }

  /** Two have parted: what they were to each other is over. */
  end(record: number): void {
    const low = this.#people.at(this.#pairs.low[record] as number);
    const high = this.#people.at(this.#pairs.high[record] as number);
    if (!low || !high) return;
    const row = record * this.#pairs.stride;
    const n = this.#pairs.numbers;
    // Lines bring strangers together for minutes.
    this.#handovers.parted(low, high, (n[row + FIELD.near] as number) - (n[row + FIELD.forced] as number));
  }

  /** Two keep somebody between them: perhaps one who was led until now. */
  flanked(middle: Stay, sides: readonly [Stay, Stay], met: Meeting, timeMs: number): void {
    const record = this.#pairs.find(middle.slot, sides[0].slot);
    if (record < 0) return;
    const facts = factsOf(this.#pairs.numbers, record * this.#pairs.stride, this.#pairs.low[record] !== middle.slot);
    const cell = this.#history.cell(middle.slot, 0);
    const place = [this.#history.x[cell] as number, this.#history.y[cell] as number] as const;
    this.#handovers.flanked(middle, sides, met, place, this.#zoneAt(...place), facts, timeMs);
  }
}
