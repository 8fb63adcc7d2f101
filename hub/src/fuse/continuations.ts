/**
 * Which person that begins may be one that ended before: a probability from transit time, speed before and after, the
 * way on foot, everybody else who may be meant, the chance that it is somebody new, and that a name changed hands.
 */
import type { LifeEvent } from './floorFuser.ts';
import type { FloorPaths, Way } from './floorPaths.ts';
import type { Life } from './life.ts';
import { linkProbabilities } from './linking.ts';
import { Rates } from './rates.ts';
import type { Continuation } from './samples.ts';
import { MOTION_DEFAULTS, type Motion, mostTransitDensity, transitDensity } from './transit.ts';

export interface ContinuationOptions extends Motion {
  /** Longest gap across which anybody is looked for. */
  readonly gapSeconds: number;
  /** A person is watched for this long before it is compared: its velocity, and who else begins. */
  readonly watchSeconds: number;
  /** Mean time that somebody who comes back stays out of sight. */
  readonly returnSeconds: number;
  /** Odds of being new before anything is compared: share of somebody new in all who begin, by the share of the lost who come back. */
  readonly newShare: number;
  /** Less probable continuations are not told. */
  readonly leastProbability: number;
  /**
   * A tracker goes on by itself where it loses somebody for a moment. So whoever begins within some seconds of another's end is mostly somebody
   * else who stood there: the chance that it is not grows to 1 with this time constant, in seconds.
   */
  readonly bridgedSeconds: number;
  /**
   * Names change hands where people are near each other before they are lost: the chance that this one did not is e to the minus this many m²
   * times the others to a m².
   */
  readonly swapSquareMetres: number;
}

export const CONTINUATION_DEFAULTS: ContinuationOptions = {
  ...MOTION_DEFAULTS,
  gapSeconds: 60,
  watchSeconds: 4,
  returnSeconds: 9,
  newShare: 0.4,
  leastProbability: 0.05,
  bridgedSeconds: 0.85,
  swapSquareMetres: 0.75,
};

/** What is remembered at most; the oldest go first. */
const MOST_ENDED = 4096;
const MOST_CANDIDATES = 24;
/** Pairs that are kept to be compared again, of all who begin together: a whole floor may be lost and begin anew at once. Each keeps the likeliest. */
const MOST_POSSIBLE = 1_000_000;
const LEAST_POSSIBLE_EACH = 64;
/** A person's first velocity is taken over this stretch. */
const VELOCITY_MS = 1600;
/**
 * After this time it is known of nearly everybody who was lost before a beginning: a tracker foretells for 2.5 s, and a person is waited
 * for a second. Who was lost in the last half second before is left out; such names are mostly another's who stood there.
 */
const SETTLED_MS = 3000;
/** Nobody walks faster, m/s. */
const FASTEST = 3.5;
/** Who is less likely meant, against somebody new, is not compared with the others. */
const LEAST_ODDS = 1e-4;

interface Beginning extends Life {
  readonly person: string;
  lastMs: number;
  lastX: number;
  lastY: number;
  /** Ended persons that it may be, with the odds of each against its being new. */
  candidates: { readonly end: Ending; readonly odds: number }[] | null;
  /** Those who ended and may be meant, as far as place and time tell, the greatest bound first; of those who ended up to this number. */
  possible: Possible[];
  comparedTo: number;
  /** Up to when its velocity was known when the possible ones were weighed, ms: with the same velocity they weigh the same. */
  weighedMs: number;
}

/** Somebody who ended, to one who begins. */
interface Possible {
  readonly end: Ending;
  readonly seconds: number;
  /** How likely somebody who comes back does so now, per second; and that times the most that being found there so can be: before the way is known, and since. */
  readonly returning: number;
  readonly bound: number;
  most: number;
  /** On foot, once asked for; null where there is none. */
  way: Way | null | undefined;
  /** How likely it is to come back now, here and with this velocity; NaN where that was not asked since the velocity is known. */
  density: number;
}

interface Ending extends Life {
  readonly person: string;
  /** Ascending in the order in which they are told. */
  readonly number: number;
  /** Chance that nobody told so far was this one. */
  left: number;
}

export class Continuations {
  readonly #options: ContinuationOptions;
  readonly #paths: FloorPaths | null;
  readonly #rates: Rates;
  #endings: Ending[] = [];
  #ended = 0;
  #watched: Beginning[] = [];
  readonly #watchedByName = new Map<string, Beginning>();

  /** @param paths the way on foot; null where no walls are known. */
  constructor(options: Partial<ContinuationOptions> = {}, paths: FloorPaths | null = null) {
    this.#options = { ...CONTINUATION_DEFAULTS, ...options };
    this.#paths = paths;
    this.#rates = new Rates();
  }

  get size(): number {
    return this.#endings.length + this.#watched.length;
  }

  /** Pairs of somebody who ended and somebody who began that are kept. */
  get compared(): number {
    return this.#watched.reduce((sum, { possible }) => sum + possible.length, 0);
  }

  /** Takes what a moment's fusion gave, in the order in which it gave it. */
  life({ kind, ...life }: LifeEvent): void {
    const { person, timeMs, x, y } = life;
    if (kind === 'began') {
      const seen = { lastMs: timeMs, lastX: x, lastY: y };
      const beginning: Beginning = {
        ...life,
        ...seen,
        candidates: null,
        possible: [],
        comparedTo: 0,
        weighedMs: timeMs,
      };
      this.#watched.push(beginning);
      this.#watchedByName.set(person, beginning);
      this.#rates.began(x, y);
      return;
    }
    this.#endings.push({ ...life, number: ++this.#ended, left: 1 });
    if (this.#endings.length > MOST_ENDED) this.#endings.splice(0, this.#endings.length - MOST_ENDED);
  }

  /** Takes a position of a person: the first ones tell its velocity. */
  moved(person: string, timeMs: number, x: number, y: number): void {
    this.#rates.visited(x, y, timeMs);
    const beginning = this.#watchedByName.get(person);
    if (!beginning || timeMs - beginning.timeMs > VELOCITY_MS) return;
    beginning.lastMs = timeMs;
    beginning.lastX = x;
    beginning.lastY = y;
  }

  /** Tells the continuations of everybody who was watched for long enough; in the order in which they began. */
  advance(timeMs: number): Continuation[] {
    const due = timeMs - this.#options.watchSeconds * 1000;
    let ready = 0;
    while (ready < this.#watched.length && (this.#watched[ready] as Beginning).timeMs <= due) ready++;
    if (ready === 0) return [];
    const told = this.#decide(ready, timeMs);
    this.#endings = this.#endings.filter((end) => due - end.timeMs <= this.#options.gapSeconds * 1000);
    return told;
  }

  /** Tells all that is left, when nothing more comes. */
  finish(): Continuation[] {
    return this.#decide(this.#watched.length, Number.POSITIVE_INFINITY);
  }

  #decide(ready: number, timeMs: number): Continuation[] {
    const beginnings = this.#watched;
    for (const beginning of beginnings) beginning.candidates ??= this.#candidates(beginning);
    const probabilities = linkProbabilities(
      beginnings.map(({ candidates }) => (candidates ?? []).map(({ end, odds }) => ({ end, odds: odds * end.left }))),
    );
    const told: Continuation[] = [];
    for (let i = 0; i < ready; i++) {
      const beginning = beginnings[i] as Beginning;
      const { person, timeMs: beganMs, candidates } = beginning;
      (candidates ?? []).forEach(({ end }, k) => {
        const probability = this.#kept(end, beginning) * (probabilities[i]?.[k] ?? 0);
        end.left *= 1 - probability;
        if (probability < this.#options.leastProbability) return;
        told.push({ earlier: end.person, later: person, fromMs: end.timeMs, toMs: beganMs, probability });
      });
      this.#watchedByName.delete(person);
    }
    this.#watched = beginnings.slice(ready);
    // Who began just now is weighed anew when its velocity, and who was lost just before, are known.
    for (const beginning of this.#watched) if (timeMs - beginning.timeMs < SETTLED_MS) beginning.candidates = null;
    return told.sort((a, b) => a.toMs - b.toMs || b.probability - a.probability);
  }

  /** The chance that each of the two names stood for one body where it ended and where it began. */
  #kept(end: Ending, beginning: Beginning): number {
    const { bridgedSeconds, swapSquareMetres } = this.#options;
    const bridged = Math.exp((end.timeMs - beginning.timeMs) / 1000 / bridgedSeconds);
    return (1 - bridged) * Math.exp(-swapSquareMetres * Math.max(end.density, beginning.density));
  }

  /** Compares somebody who begins with those who ended since it was last asked: place and time do not change any more. */
  #compare(beginning: Beginning): void {
    const { gapSeconds, returnSeconds } = this.#options;
    const before = beginning.possible.length;
    let first = this.#endings.length;
    while (first > 0 && (this.#endings[first - 1] as Ending).number > beginning.comparedTo) first--;
    for (let i = first; i < this.#endings.length; i++) {
      const end = this.#endings[i] as Ending;
      const seconds = (beginning.timeMs - end.timeMs) / 1000;
      if (seconds <= 0 || seconds > gapSeconds || end.person === beginning.person) continue;
      const [dx, dy] = [beginning.x - end.x, beginning.y - end.y];
      if (dx * dx + dy * dy > (FASTEST * seconds + 2) ** 2) continue;
      const returning = Math.exp(-seconds / returnSeconds) / returnSeconds;
      const way = this.#paths ? undefined : null;
      const bound = returning * mostTransitDensity(end, beginning, seconds, way, this.#options);
      beginning.possible.push({ end, seconds, returning, bound, most: bound, way, density: Number.NaN });
    }
    beginning.comparedTo = this.#ended;
    if (beginning.possible.length === before) return;
    beginning.possible.sort((a, b) => b.bound - a.bound);
    const share = Math.max(LEAST_POSSIBLE_EACH, Math.floor(MOST_POSSIBLE / this.#watched.length));
    if (beginning.possible.length > share) beginning.possible.length = share >> 1;
  }

  /** Asked for late: the way on foot is dear, and most are too far away in any case. */
  #findWay(beginning: Beginning, possible: Possible): void {
    const { end, seconds, returning } = possible;
    const way = this.#paths?.way(end.x, end.y, beginning.x, beginning.y) ?? null;
    possible.way = way;
    possible.most = way ? returning * mostTransitDensity(end, beginning, seconds, way, this.#options) : 0;
  }

  #learnVelocity(beginning: Beginning): void {
    beginning.weighedMs = beginning.lastMs;
    const watched = (beginning.lastMs - beginning.timeMs) / 1000;
    if (watched < 0.3) return;
    beginning.vx = (beginning.lastX - beginning.x) / watched;
    beginning.vy = (beginning.lastY - beginning.y) / watched;
    for (const possible of beginning.possible) possible.density = Number.NaN;
  }

  #candidates(beginning: Beginning): { end: Ending; odds: number }[] {
    if (beginning.lastMs !== beginning.weighedMs) this.#learnVelocity(beginning);
    this.#compare(beginning);
    const somebodyNew = this.#options.newShare * this.#rates.density(beginning, this.#options);
    /** The likeliest, in order; whoever is less likely than `least` is not among them. */
    const found: Possible[] = [];
    let least = LEAST_ODDS * somebodyNew;
    for (const possible of beginning.possible) {
      if (possible.bound <= least) break;
      if (possible.most <= least) continue;
      if (possible.way === undefined) {
        this.#findWay(beginning, possible);
        if (possible.most <= least) continue;
      }
      if (Number.isNaN(possible.density)) possible.density = this.#density(beginning, possible);
      if (possible.density <= least) continue;
      const at = found.findIndex(({ density }) => density < possible.density);
      found.splice(at < 0 ? found.length : at, 0, possible);
      if (found.length > MOST_CANDIDATES) found.pop();
      if (found.length === MOST_CANDIDATES) least = (found.at(-1) as Possible).density;
    }
    return found
      .sort((a, b) => a.end.number - b.end.number)
      .map(({ end, density }) => ({ end, odds: density / somebodyNew }));
  }

  #density(beginning: Beginning, { end, seconds, returning, way = null }: Possible): number {
    return returning * transitDensity(end, beginning, seconds, way, this.#options);
  }
}
