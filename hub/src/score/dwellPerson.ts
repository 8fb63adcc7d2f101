/** One person as dwell sees it: where it was last, whether it ever moved, and its stories in the zones. */
import type { DwellOptions } from './dwellOptions.ts';
import type { DwellStory } from './dwellStory.ts';

/** Time constant of the smoothed position that tells displacement from jitter. */
const SMOOTHING_MS = 1000;
/** Whoever comes into view is at first known badly: within this time a better known place takes the place of the anchor. */
const ANCHORING_MS = 1000;

export class DwellPerson {
  readonly name: string;
  /** Time of the newest position that was taken, whether or not it was looked at yet. */
  receivedMs = Number.NEGATIVE_INFINITY;
  /** Somebody new who has the same name now. */
  again: DwellPerson | null = null;
  /** First and last measured position; NaN before the first. */
  firstMs = Number.NaN;
  firstX = 0;
  firstY = 0;
  firstSigma = 0;
  lastMs = Number.NaN;
  lastX = 0;
  lastY = 0;
  lastSigma = 0;
  /** Last position of any kind. */
  newestMs = Number.NEGATIVE_INFINITY;
  /** Since the last measured position: time that predictions stand for, and the longest stretch without any position. */
  predictedMs = 0;
  holeMs = 0;
  /** A position too far to be the same person's; the next one tells which of the two was wrong. NaN: none. */
  strayMs = Number.NaN;
  strayX = 0;
  strayY = 0;

  moved = false;
  netMetres = 0;
  anchorX = 0;
  anchorY = 0;
  anchorSigma = 0;
  /** When the anchor was first set; NaN where the store had it. */
  #anchoredMs = Number.NaN;
  smoothX = 0;
  smoothY = 0;
  /** Up to when the smoothed position has followed; NaN before the first. */
  smoothMs = Number.NaN;

  /** One for each zone at most. */
  readonly stories: DwellStory[] = [];
  /** Whether it is decided whom this person goes on from: nothing is told before. */
  decided = false;
  /** Whether the fusion's words about that were heard: what is said later is too late. */
  asked = false;
  /** Who goes on as this person's successor; a person has one at most. */
  heir: DwellPerson | null = null;
  /** Probability that nobody told so far was this person's successor, since it was last seen. */
  #mass = 1;
  #massMs = Number.NEGATIVE_INFINITY;
  /** After a restart: up to when the store has told the presence in a zone, and in any. */
  settled: Map<string, number> | null = null;
  settledMs = Number.NEGATIVE_INFINITY;
  /** ... and when and where this person was last present; NaN where never. */
  storedMs = Number.NaN;
  storedX = 0;
  storedY = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** When last seen, ms; from the store where nothing was replayed yet. */
  get seenMs(): number {
    return Number.isNaN(this.lastMs) ? this.settledMs : this.lastMs;
  }

  /**
   * Gives away up to so much of the probability of being whoever begins. Who is seen again was none of them.
   *
   * @returns what was given.
   */
  giveAway(probability: number): number {
    if (this.seenMs > this.#massMs) this.#mass = 1;
    this.#massMs = this.seenMs;
    const given = Math.min(probability, this.#mass);
    this.#mass -= given;
    return given;
  }

  /** Takes a measured position, later than the last. */
  measured(timeMs: number, x: number, y: number, sigma: number, options: DwellOptions): void {
    if (Number.isNaN(this.firstMs)) {
      this.firstMs = timeMs;
      this.firstX = x;
      this.firstY = y;
      this.firstSigma = sigma;
    }
    const first = Number.isNaN(this.smoothMs);
    if (first) this.#anchoredMs = timeMs;
    if (first || (sigma < this.anchorSigma && timeMs - this.#anchoredMs <= ANCHORING_MS)) {
      this.smoothX = this.anchorX = x;
      this.smoothY = this.anchorY = y;
      this.anchorSigma = sigma;
      this.smoothMs = timeMs;
    } else if (timeMs > this.smoothMs) {
      const weight = 1 - Math.exp((this.smoothMs - timeMs) / SMOOTHING_MS);
      this.smoothX += weight * (x - this.smoothX);
      this.smoothY += weight * (y - this.smoothY);
      this.smoothMs = timeMs;
      this.#displaced(sigma, options);
    }
    // Whoever went on from this person was somebody else.
    if (timeMs > this.settledMs) this.heir = null;
    this.lastMs = timeMs;
    this.lastX = x;
    this.lastY = y;
    this.lastSigma = sigma;
    this.predictedMs = 0;
    this.holeMs = 0;
  }

  /** Goes on from somebody: displacement counts from where that one was first known. */
  goesOnFrom(earlier: DwellPerson, options: DwellOptions): void {
    this.moved ||= earlier.moved;
    this.netMetres = Math.max(this.netMetres, earlier.netMetres);
    if (Number.isNaN(earlier.smoothMs) || Number.isNaN(this.smoothMs)) return;
    this.anchorX = earlier.anchorX;
    this.anchorY = earlier.anchorY;
    this.anchorSigma = earlier.anchorSigma;
    this.#anchoredMs = Number.NaN;
    this.#displaced(this.lastSigma, options);
  }

  #displaced(sigma: number, options: DwellOptions): void {
    const net = Math.hypot(this.smoothX - this.anchorX, this.smoothY - this.anchorY);
    if (net > this.netMetres) this.netMetres = net;
    this.moved ||= net >= Math.max(options.movedMetres, 2.5 * Math.max(this.anchorSigma, sigma));
  }

  /** Whether this person, if it was not lost, could be at a place at a moment. */
  reaches(timeMs: number, x: number, y: number, sigma: number, options: DwellOptions): boolean {
    if (Number.isNaN(this.lastMs)) return true;
    const metres = Math.hypot(x - this.lastX, y - this.lastY) - 2.5 * Math.hypot(sigma, this.lastSigma);
    return metres <= (options.fastestMetresPerSecond * (timeMs - this.lastMs)) / 1000;
  }

  /** Whether a position that is too far belongs to the one before that was too far as well. */
  strays(timeMs: number, x: number, y: number, options: DwellOptions): boolean {
    const metres = Math.hypot(x - this.strayX, y - this.strayY);
    return metres <= 1 + (options.fastestMetresPerSecond * (timeMs - this.strayMs)) / 1000;
  }

  /** Who this person is by now. */
  get present(): DwellPerson {
    let person: DwellPerson = this;
    while (person.heir) person = person.heir;
    return person;
  }
}
