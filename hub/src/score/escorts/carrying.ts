/**
 * What two were to each other before one of them was lost goes on with whom the fusion takes them to be afterwards: their record,
 * discounted by the probability of that. Never a merge: what was told keeps its names, and what is told says what it owes to the join.
 */
import type { Continuation } from '../../fuse/samples.ts';
import type { Continuable } from '../continuationWords.ts';
import { Succession, takeWhile } from '../succession.ts';
import type { IdentityJoin } from './joins.ts';
import type { KeptPair } from './keptPair.ts';
import type { Stay } from './people.ts';

/** Somebody who is there, or may go on as somebody else. */
class Seen implements Continuable {
  readonly stay: Stay;
  /** Infinite while in sight. */
  seenMs = Number.POSITIVE_INFINITY;
  heir: Seen | null = null;
  /** Probability that this one goes on from whose heir it is. */
  heirProbability = 1;
  #left = 1;

  constructor(stay: Stay) {
    this.stay = stay;
  }

  get name(): string {
    return this.stay.person;
  }

  get firstMs(): number {
    return this.stay.cameMs;
  }

  giveAway(probability: number): number {
    const given = Math.min(this.#left, probability);
    this.#left -= given;
    return given;
  }
}

interface Kept {
  readonly pair: KeptPair;
  readonly low: Seen;
  readonly high: Seen;
  readonly endedMs: number;
}

/** Takes a pair up again: as whom its low and its high one go on, and how probable that is. */
export type CarryListener = (pair: KeptPair, low: Stay, high: Stay, probability: number) => void;

/** More are not kept: the oldest go first. */
const MOST_KEPT = 4096;

export class Carrying {
  readonly #succession = new Succession<Seen>();
  #kept: Kept[] = [];
  readonly #onJoin: (join: IdentityJoin) => void;
  readonly #onCarry: CarryListener;

  constructor(onJoin: (join: IdentityJoin) => void, onCarry: CarryListener) {
    this.#onJoin = onJoin;
    this.#onCarry = onCarry;
  }

  /** Persons and pairs remembered. */
  get size(): number {
    return this.#succession.size + this.#kept.length;
  }

  continuation(word: Continuation): void {
    this.#succession.continuation(word);
  }

  began(stay: Stay): void {
    this.#succession.began(new Seen(stay));
  }

  /** @param seenMs when last seen. */
  went(stay: Stay, seenMs: number): void {
    const seen = this.#succession.get(stay.person);
    if (seen?.stay !== stay) return;
    seen.seenMs = seenMs;
    this.#succession.went(seen);
  }

  /** One of two was lost, or both: what they were is kept for as long as somebody may go on from them. */
  keep(pair: KeptPair, low: Stay, high: Stay, timeMs: number): void {
    const [lowSeen, highSeen] = [this.#succession.get(low.person), this.#succession.get(high.person)];
    if (!lowSeen || !highSeen) return;
    this.#kept.push({ pair, low: lowSeen, high: highSeen, endedMs: timeMs });
    if (this.#kept.length > MOST_KEPT) this.#kept.shift();
  }

  /** Decides about everybody who has been seen for long enough, in the order in which they began. */
  decide(timeMs: number): void {
    this.#succession.decide(timeMs, (earlier, later, probability) => this.#join(earlier, later, probability));
    this.#succession.release(timeMs);
    const keptFromMs = this.#succession.keptFromMs(timeMs);
    takeWhile(this.#kept, ({ endedMs }) => endedMs < keptFromMs);
  }

  #join(earlier: Seen, later: Seen, probability: number): void {
    earlier.heir = later;
    earlier.heirProbability = probability;
    // Whoever goes on was in sight since the other was.
    later.stay.firstMs = Math.min(later.stay.firstMs, earlier.stay.firstMs);
    this.#onJoin({ earlier: earlier.name, later: later.name, toMs: later.firstMs, probability, unseen: true });
    this.#kept = this.#kept.filter((kept) => {
      const low = present(kept.low);
      const high = present(kept.high);
      if (!low || !high) return true;
      if (low.seen !== high.seen)
        this.#onCarry(kept.pair, low.seen.stay, high.seen.stay, low.probability * high.probability);
      return false;
    });
  }
}

/** As whom somebody is in sight now, and how probable that is; null where nobody is. */
function present(seen: Seen): { readonly seen: Seen; readonly probability: number } | null {
  let at = seen;
  let probability = 1;
  while (at.heir) {
    probability *= at.heirProbability;
    at = at.heir;
  }
  return Number.isFinite(at.seenMs) ? null : { seen: at, probability };
}
