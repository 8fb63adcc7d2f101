/** Which life goes on from which, by the fusion's word: asked once for everybody, when they have been seen for long enough. */
import type { Continuation } from '../../fuse/samples.ts';
import { ContinuationWords } from '../continuationWords.ts';
import { DWELL_DEFAULTS } from '../dwellOptions.ts';
import type { Life } from './lives.ts';

export interface JoiningOptions {
  /** Longest gap across which the fusion's continuations are followed: beyond, most of them are wrong. */
  readonly continuationSeconds: number;
  /** How long after somebody began the fusion's word is waited for. */
  readonly continuationWaitSeconds: number;
  /** A continuation that is told with probability p came true in this share of p. */
  readonly continuationTrust: number;
  /** Less probable joins are not made, 0.5 to 1: above one half nobody can be claimed twice. */
  readonly leastJoinProbability: number;
}

/** As for dwell: the fusion is as sure of itself whoever asks. */
export const JOINING_DEFAULTS: JoiningOptions = {
  continuationSeconds: DWELL_DEFAULTS.continuationSeconds,
  continuationWaitSeconds: DWELL_DEFAULTS.continuationWaitSeconds,
  continuationTrust: DWELL_DEFAULTS.continuationTrust,
  leastJoinProbability: DWELL_DEFAULTS.leastJoinProbability,
};

/** What is decided of a moment is told so long after it: who has gone is waited for as much longer. */
const DELAY_MS = 10_000;

export class Joining {
  readonly #options: JoiningOptions;
  readonly #words: ContinuationWords<Life>;
  /** Everybody who is there or may go on as somebody else; of one name, the newest. */
  readonly #byName = new Map<string, Life>();
  #unasked: Life[] = [];
  /** Who has gone, in order of time. */
  #gone: Life[] = [];

  constructor(options: JoiningOptions) {
    this.#options = options;
    this.#words = new ContinuationWords(options);
  }

  /** Lives remembered. */
  get size(): number {
    return this.#byName.size;
  }

  continuation(word: Continuation): void {
    this.#words.add(word);
  }

  began(life: Life): void {
    this.#byName.set(life.person, life);
    this.#unasked.push(life);
  }

  went(life: Life): void {
    this.#gone.push(life);
  }

  /** Tells the joins that are due, in the order in which the later ones began. */
  decide(timeMs: number, join: (earlier: Life, later: Life) => void): void {
    let ready = 0;
    while (ready < this.#unasked.length) {
      if ((this.#unasked[ready] as Life).firstMs + 1000 * this.#options.continuationWaitSeconds > timeMs) break;
      ready++;
    }
    for (const life of ready > 0 ? this.#unasked.splice(0, ready) : []) {
      const found = this.#words.predecessorOf(life, (name) => this.#byName.get(name));
      if (found) this.#join(found.person, life, found.probability, join);
    }
    for (const { earlier: name, later, probability: told } of this.#words.togetherBefore(timeMs)) {
      const earlier = this.#byName.get(name);
      const life = this.#byName.get(later);
      const probability = told * this.#options.continuationTrust;
      if (!earlier || !life || earlier.heir || life.earlier || probability < this.#options.leastJoinProbability)
        continue;
      if (life.present !== earlier) this.#join(earlier, life, probability, join);
    }
    this.#words.forgetBefore(timeMs);
  }

  /** Who has gone so long ago that nobody goes on from them any more. @param all everybody who has gone: it is the end. */
  release(timeMs: number, all = false): Life[] {
    const { continuationSeconds, continuationWaitSeconds } = this.#options;
    const keepMs = 1000 * (continuationSeconds + continuationWaitSeconds) + DELAY_MS;
    let ready = 0;
    while (ready < this.#gone.length && (all || (this.#gone[ready] as Life).lastMs + keepMs < timeMs)) ready++;
    if (ready === 0) return [];
    const released = this.#gone.splice(0, ready);
    for (const life of released) if (this.#byName.get(life.person) === life) this.#byName.delete(life.person);
    return released;
  }

  #join(earlier: Life, later: Life, probability: number, join: (earlier: Life, later: Life) => void): void {
    earlier.heir = later;
    later.earlier = { life: earlier, fromMs: earlier.lastMs, toMs: later.firstMs, probability };
    join(earlier, later.present);
  }
}
