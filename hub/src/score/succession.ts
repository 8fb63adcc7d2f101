/** Who goes on as whom, by the fusion's word: asked once for everybody, when they have been seen for long enough. */
import type { Continuation } from '../fuse/samples.ts';
import { type Continuable, ContinuationWords } from './continuationWords.ts';
import { DWELL_DEFAULTS } from './dwellOptions.ts';

export interface SuccessionOptions {
  /** Longest gap across which the fusion's continuations are followed: beyond, most of them are wrong. */
  readonly continuationSeconds: number;
  /** How long after somebody began the fusion's word is waited for. */
  readonly continuationWaitSeconds: number;
  /** Less probable joins are not made, 0.5 to 1: above one half nobody can be claimed twice. */
  readonly leastJoinProbability: number;
}

/** As for dwell: the fusion is as sure of itself whoever asks. */
export const SUCCESSION_DEFAULTS: SuccessionOptions = {
  continuationSeconds: DWELL_DEFAULTS.continuationSeconds,
  continuationWaitSeconds: DWELL_DEFAULTS.continuationWaitSeconds,
  leastJoinProbability: DWELL_DEFAULTS.leastJoinProbability,
};

/** What is decided of a moment is told so long after it, at most: who has gone is waited for as much longer, ms. */
const DELAY_MS = 10_000;

/** Told that one goes on as another, and how probable that is. */
export type SuccessionListener<Person> = (earlier: Person, later: Person, probability: number) => void;

export class Succession<Person extends Continuable> {
  readonly #options: SuccessionOptions;
  readonly #words: ContinuationWords<Person>;
  /** Everybody who is there or may go on as somebody else; of one name, the newest. */
  readonly #byName = new Map<string, Person>();
  #unasked: Person[] = [];
  /** Who has gone, in order of time. */
  #gone: Person[] = [];

  constructor(options: Partial<SuccessionOptions> = {}) {
    this.#options = { ...SUCCESSION_DEFAULTS, ...options };
    this.#words = new ContinuationWords(this.#options);
  }

  /** Persons remembered. */
  get size(): number {
    return this.#byName.size;
  }

  get(name: string): Person | undefined {
    return this.#byName.get(name);
  }

  continuation(word: Continuation): void {
    this.#words.add(word);
  }

  began(person: Person): void {
    this.#byName.set(person.name, person);
    this.#unasked.push(person);
  }

  went(person: Person): void {
    this.#gone.push(person);
  }

  /** Tells the successions that are due, in the order in which the later ones began. */
  decide(timeMs: number, join: SuccessionListener<Person>): void {
    const dueMs = timeMs - 1000 * this.#options.continuationWaitSeconds;
    for (const person of takeWhile(this.#unasked, ({ firstMs }) => firstMs <= dueMs)) {
      const found = this.#words.predecessorOf(person, (name) => this.#byName.get(name));
      if (found) join(found.person, person, found.probability);
    }
  }

  /** Tells of two who were in sight at once and turned out, before a moment, to have been one all the time. */
  decideTogether(timeMs: number, join: SuccessionListener<Person>): void {
    for (const { earlier: first, later: second, probability } of this.#words.togetherBefore(timeMs)) {
      const earlier = this.#byName.get(first);
      const later = this.#byName.get(second);
      if (earlier && later && probability >= this.#options.leastJoinProbability) join(earlier, later, probability);
    }
  }

  /** When somebody must have been seen for anybody to go on from them still, ms. */
  keptFromMs(timeMs: number): number {
    const { continuationSeconds, continuationWaitSeconds } = this.#options;
    return timeMs - 1000 * (continuationSeconds + continuationWaitSeconds) - DELAY_MS;
  }

  /** Who has gone so long ago that nobody goes on from them any more; at the end of all time, everybody who has gone. */
  release(timeMs: number): Person[] {
    this.#words.forgetBefore(timeMs);
    const fromMs = this.keptFromMs(timeMs);
    const released = takeWhile(this.#gone, ({ seenMs }) => seenMs < fromMs);
    for (const person of released) if (this.#byName.get(person.name) === person) this.#byName.delete(person.name);
    return released;
  }
}

/** Takes the first ones of a list out of it, for as long as they are what is asked for. */
export function takeWhile<Item>(list: Item[], is: (item: Item) => boolean): Item[] {
  const end = list.findIndex((item) => !is(item));
  return end === 0 ? [] : list.splice(0, end < 0 ? list.length : end);
}
