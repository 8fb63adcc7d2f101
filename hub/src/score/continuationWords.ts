/**
 * What the fusion said about who may be whom, until it is decided. Probability is consumed: all that is told of one who begins,
 * and of one who was lost, together never exceeds one.
 */
import type { Continuation } from '../fuse/samples.ts';
import type { DwellOptions } from './dwellOptions.ts';

/** Whoever may have gone on from somebody else, as a scorer knows them. */
export interface Continuable {
  readonly name: string;
  /** When first and last seen, ms. */
  readonly firstMs: number;
  readonly seenMs: number;
  /** Who goes on as this one's successor; null for nobody. */
  readonly heir: Continuable | null;
  /** Gives away up to so much of the probability of being whoever begins. @returns what was given. */
  giveAway(probability: number): number;
}

/** Words about somebody of whom nothing else is heard are forgotten. */
const KEPT_MS = 60_000;

export interface Predecessor<Person extends Continuable> {
  readonly person: Person;
  readonly probability: number;
}

/** Which words are followed. */
export type FollowedWords = Pick<DwellOptions, 'continuationSeconds' | 'leastJoinProbability'>;

/** The surest first; names decide where that leaves a choice. */
const surestFirst = (a: Continuation, b: Continuation): number =>
  b.probability - a.probability || (a.earlier < b.earlier ? -1 : a.earlier > b.earlier ? 1 : 0);

export class ContinuationWords<Person extends Continuable> {
  readonly #options: FollowedWords;
  readonly #byLater = new Map<string, Continuation[]>();
  /** Two in sight that turned out to be one. */
  #together: Continuation[] = [];

  constructor(options: FollowedWords) {
    this.#options = options;
  }

  get size(): number {
    return this.#byLater.size + this.#together.length;
  }

  /** @returns false where it is not a continuation at all. */
  add(word: Continuation): boolean {
    const { earlier, later, fromMs, toMs, probability } = word;
    if (earlier === later || !Number.isFinite(fromMs) || !(toMs >= fromMs) || !Number.isFinite(toMs)) return false;
    if (!(probability >= 0 && probability <= 1)) return false;
    if (fromMs === toMs) {
      this.#together.push(word);
      return true;
    }
    const words = this.#byLater.get(later);
    if (!words) this.#byLater.set(later, [word]);
    // Said twice is said once.
    else if (!words.some((known) => known.earlier === earlier)) words.push(word);
    return true;
  }

  /** Whether anything was said about whom somebody goes on from. */
  about(person: Person): boolean {
    return this.#byLater.has(person.name);
  }

  /**
   * Whom somebody goes on from, of those that the fusion named; null where that is not probable enough. What was said is
   * used up.
   */
  predecessorOf(begun: Person, known: (name: string) => Person | undefined): Predecessor<Person> | null {
    const words = this.#byLater.get(begun.name);
    if (!words) return null;
    this.#byLater.delete(begun.name);
    let told = 0;
    for (const { probability } of words) told += probability;
    const share = told > 1 ? 1 / told : 1;
    let found: Predecessor<Person> | null = null;
    for (const word of words.sort(surestFirst)) {
      const person = known(word.earlier);
      // Who is still in sight was not lost, whatever was said.
      if (!person || person === begun || person.seenMs >= begun.firstMs) continue;
      const probability = person.giveAway(word.probability * share);
      if (found || person.heir || begun.firstMs - person.seenMs > this.#options.continuationSeconds * 1000) continue;
      if (probability >= this.#options.leastJoinProbability) found = { person, probability };
    }
    return found;
  }

  /** Who turned out, before a moment, to have been somebody else all the time. */
  togetherBefore(timeMs: number): readonly Continuation[] {
    if (this.#together.length === 0) return this.#together;
    const due = this.#together.filter((word) => word.toMs < timeMs);
    if (due.length > 0) this.#together = this.#together.filter((word) => word.toMs >= timeMs);
    return due.sort((a, b) => a.toMs - b.toMs || surestFirst(a, b));
  }

  forgetBefore(timeMs: number): void {
    for (const [later, words] of this.#byLater) {
      if (words.every((word) => word.toMs < timeMs - KEPT_MS)) this.#byLater.delete(later);
    }
  }
}
