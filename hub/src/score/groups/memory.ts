/** Who was with whom, how long, and how far apart they have been since. Bounded: forgotten when they have gone, or after a time. */
import type { Lines } from './lines.ts';
import { type Life, pairKey } from './lives.ts';

export interface Together {
  readonly a: number;
  readonly b: number;
  sinceMs: number;
  /** Seconds in one group, all told, and those of them in no queue and no control: there anybody is near somebody. */
  seconds: number;
  freeSeconds: number;
  /** Last decision that had them in one group, and their log odds then. */
  lastMs: number;
  logOdds: number;
  /** When they were last near each other before they parted, and where the middle between them was. */
  partedMs: number;
  x: number;
  y: number;
  /** Since then: which of them have left the place, and for how long one had and the other, in no queue and no control, had not. */
  aLeft: boolean;
  bLeft: boolean;
  behindSeconds: number;
  /** How far apart they were when the first of them came into a queue or a control, metres; NaN: none has. */
  firstMetres: number;
  /** Whether they have been far apart since. */
  far: boolean;
  /** Since they parted, up to when they were near again: the greatest distance, and its sum over so many decisions. */
  apartMetres: number;
  apartSum: number;
  apartLooks: number;
  /** After they were far apart: since when they are near each other again (NaN: they are not), and for how many seconds. */
  nearMs: number;
  nearSeconds: number;
}

/** Pairs remembered at most. Beyond it those who have been apart the longest are forgotten first. */
const MOST_PAIRS = 200_000;
/** Nearer than this they have not parted; further than that they have; and so near is met again. Metres. */
const NEAR_METRES = 3;
const FAR_METRES = 8;
const MET_METRES = 2;
/** Further from where they parted than this somebody has left, metres. */
const LEFT_METRES = 4;

export class TogetherMemory {
  readonly #pairs = new Map<number, Together>();
  /** Whom somebody has been with, by number: for who goes on as another. */
  readonly #with = new Map<number, Set<number>>();
  readonly #rememberMs: number;
  readonly #lines: Lines;

  constructor(rememberMs: number, lines: Lines) {
    this.#rememberMs = rememberMs;
    this.#lines = lines;
  }

  get(a: number, b: number): Together | undefined {
    return this.#pairs.get(pairKey(a, b));
  }

  /** Two are in one group at this decision, `seconds` after the last one. */
  together(a: Life, b: Life, timeMs: number, seconds: number, logOdds: number): void {
    const key = pairKey(a.number, b.number);
    const known = this.#pairs.get(key);
    // Inserted anew, so that the order of the map is that of being last together.
    if (known) {
      this.#pairs.delete(key);
      this.#pairs.set(key, known);
      known.seconds += seconds;
    }
    const pair = known ?? this.#put(a.number, b.number, timeMs);
    if (known && !this.#lines.hold(a, timeMs) && !this.#lines.hold(b, timeMs)) pair.freeSeconds += seconds;
    pair.lastMs = timeMs;
    pair.logOdds = logOdds;
  }

  /**
   * Notes how far apart the pairs are that are both in sight, and forgets what is old.
   *
   * @param onMet told of those who were far apart and have been near each other again for so many seconds, once.
   */
  look(
    timeMs: number,
    seconds: number,
    lifeOf: (number: number) => Life | undefined,
    metSeconds: number,
    onMet: (pair: Together, a: Life, b: Life) => void,
  ): void {
    for (const [key, pair] of this.#pairs) {
      if (timeMs - pair.lastMs > this.#rememberMs || this.#pairs.size > MOST_PAIRS) {
        this.#drop(key, pair);
        continue;
      }
      const a = lifeOf(pair.a);
      const b = lifeOf(pair.b);
      if (!a || !b || a.gone || b.gone) continue;
      const dx = a.x - b.x;
      const dy = a.y - b.y;
      this.#apart(pair, Math.sqrt(dx * dx + dy * dy), a, b, timeMs, seconds);
      if (!(pair.nearSeconds >= metSeconds)) continue;
      onMet(pair, a, b);
      parted(pair, a, b, timeMs);
    }
  }

  #apart(pair: Together, metres: number, a: Life, b: Life, timeMs: number, seconds: number): void {
    if (!pair.far && metres <= NEAR_METRES) {
      parted(pair, a, b, timeMs);
      return;
    }
    if (metres > FAR_METRES) {
      pair.far = true;
      pair.nearMs = Number.NaN;
      pair.nearSeconds = 0;
    } else if (pair.far && metres <= MET_METRES) {
      if (Number.isNaN(pair.nearMs)) pair.nearMs = timeMs;
      pair.nearSeconds += seconds;
    }
    if (!Number.isNaN(pair.nearMs)) return;
    this.#leave(pair, metres, a, b, timeMs, seconds);
    pair.apartMetres = Math.max(pair.apartMetres, metres);
    pair.apartSum += metres;
    pair.apartLooks++;
  }

  /** How they part: into two lanes at once, or one of them first and the other later. */
  #leave(pair: Together, metres: number, a: Life, b: Life, timeMs: number, seconds: number): void {
    if (Number.isNaN(pair.firstMetres) && (this.#lines.hold(a, timeMs) || this.#lines.hold(b, timeMs)))
      pair.firstMetres = metres;
    if (pair.aLeft && pair.bLeft) return;
    const [low, high] = a.number === pair.a ? [a, b] : [b, a];
    pair.aLeft ||= (low.x - pair.x) ** 2 + (low.y - pair.y) ** 2 > LEFT_METRES ** 2;
    pair.bLeft ||= (high.x - pair.x) ** 2 + (high.y - pair.y) ** 2 > LEFT_METRES ** 2;
    if (pair.aLeft === pair.bLeft) return;
    if (!this.#lines.hold(pair.aLeft ? high : low, timeMs)) pair.behindSeconds += seconds;
  }

  /** Whom somebody has been with. */
  companionsOf(number: number): Iterable<number> {
    return this.#with.get(number) ?? [];
  }

  /** One life goes on as another: whoever the first was with, the second was with. The two themselves were never two. */
  handOver(earlier: number, later: number): void {
    const key = pairKey(earlier, later);
    const own = this.#pairs.get(key);
    if (own) this.#drop(key, own);
    for (const other of this.companionsOf(earlier)) {
      const before = this.get(earlier, other);
      if (!before || other === later) continue;
      const since = this.get(later, other);
      if (since) {
        since.seconds += before.seconds;
        since.freeSeconds += before.freeSeconds;
        since.sinceMs = Math.min(since.sinceMs, before.sinceMs);
        continue;
      }
      const pair = this.#put(later, other, before.sinceMs);
      const turned = (before.a === earlier) !== (pair.a === later);
      const [aLeft, bLeft] = turned ? [before.bLeft, before.aLeft] : [before.aLeft, before.bLeft];
      Object.assign(pair, { ...before, a: pair.a, b: pair.b, aLeft, bLeft });
    }
  }

  #put(a: number, b: number, timeMs: number): Together {
    const [low, high] = a < b ? [a, b] : [b, a];
    const pair: Together = {
      a: low,
      b: high,
      sinceMs: timeMs,
      seconds: 0,
      freeSeconds: 0,
      lastMs: timeMs,
      logOdds: 0,
      partedMs: timeMs,
      x: 0,
      y: 0,
      aLeft: false,
      bLeft: false,
      behindSeconds: 0,
      firstMetres: Number.NaN,
      far: false,
      apartMetres: 0,
      apartSum: 0,
      apartLooks: 0,
      nearMs: Number.NaN,
      nearSeconds: 0,
    };
    this.#pairs.set(pairKey(a, b), pair);
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const known = this.#with.get(one);
      if (known) known.add(other);
      else this.#with.set(one, new Set([other]));
    }
    return pair;
  }

  #drop(key: number, { a, b }: Together): void {
    this.#pairs.delete(key);
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const known = this.#with.get(one);
      known?.delete(other);
      if (known?.size === 0) this.#with.delete(one);
    }
  }
}

/** They are together here and now: whatever comes is another parting. */
function parted(pair: Together, a: Life, b: Life, timeMs: number): void {
  pair.partedMs = timeMs;
  pair.x = (a.x + b.x) / 2;
  pair.y = (a.y + b.y) / 2;
  pair.aLeft = false;
  pair.bLeft = false;
  pair.behindSeconds = 0;
  pair.firstMetres = Number.NaN;
  pair.far = false;
  pair.apartMetres = 0;
  pair.apartSum = 0;
  pair.apartLooks = 0;
  pair.nearMs = Number.NaN;
  pair.nearSeconds = 0;
}
