/** How far this device's clock is ahead of the hub's, from questions and answers; pure. */

/** What is known of the clock. The true figure lies within ± the uncertainty. */
export interface ClockOffset {
  readonly offsetSeconds: number;
  readonly uncertaintySeconds: number;
}

export interface HubClockOptions {
  /** This device's clock, milliseconds since the Unix epoch. */
  readonly wallMs: () => number;
  /** Milliseconds on a clock that only goes forward. */
  readonly steadyMs: () => number;
}

interface Reading {
  readonly offsetMs: number;
  readonly uncertaintyMs: number;
  readonly atMs: number;
  /** What the wall clock and the steady one differed by: where that changes, the clock was set. */
  readonly apartMs: number;
}

/** Answers that are remembered: the one that was least under way is the best of some minutes. */
const REMEMBERED = 12;
/** What is older tells nothing of now. */
const OLDEST_MS = 300_000;
/** A clock without a time service gains or loses so much at most. */
const DRIFT = 100e-6;
/** A time service slews by less than this between two answers. */
const SET_MS = 50;

/**
 * The hub read its clock at some moment between question and answer (Cristian 1989): half the way there and back is what the
 * answer leaves open, however unlike the two ways are. The time between is taken from a clock that nobody sets.
 */
export class HubClock {
  readonly #options: HubClockOptions;
  #asked: { readonly timeMs: number; readonly atMs: number } | null = null;
  readonly #readings: Reading[] = [];

  constructor(options: HubClockOptions) {
    this.#options = options;
  }

  /** A health message with this time goes out now. The question before it is answered no more. */
  ask(timeMs: number): void {
    this.#asked = { timeMs, atMs: this.#options.steadyMs() };
  }

  /** Nothing that was asked over this connection is answered any more. */
  forgetQuestion(): void {
    this.#asked = null;
  }

  /** @param hubMs the hub's clock when it answered the question of `askedMs`. An answer to another question is passed over. */
  answered(askedMs: number, hubMs: number): void {
    const asked = this.#asked;
    if (asked === null || asked.timeMs !== askedMs) return;
    this.#asked = null;
    const atMs = this.#options.steadyMs();
    const wallMs = this.#options.wallMs();
    const halfMs = (atMs - asked.atMs) / 2;
    this.#readings.push({ offsetMs: wallMs - halfMs - hubMs, uncertaintyMs: halfMs, atMs, apartMs: wallMs - atMs });
    if (this.#readings.length > REMEMBERED) this.#readings.shift();
  }

  /** @returns the surest of the last minutes; null where there is none. */
  now(): ClockOffset | null {
    const nowMs = this.#options.steadyMs();
    const apartMs = this.#options.wallMs() - nowMs;
    let best: ClockOffset | null = null;
    for (const one of this.#readings) {
      const ageMs = nowMs - one.atMs;
      // Once the clock is set, what was known of it before is of another clock.
      if (ageMs > OLDEST_MS || Math.abs(one.apartMs - apartMs) >= SET_MS) continue;
      // To a tenth of a millisecond, which is less than any network tells; the whole milliseconds of the hub's figure are in the sum.
      const uncertaintySeconds = Math.ceil((one.uncertaintyMs + 1 + ageMs * DRIFT) * 10) / 10_000;
      if (best === null || uncertaintySeconds < best.uncertaintySeconds)
        best = { offsetSeconds: Math.round(one.offsetMs * 10) / 10_000, uncertaintySeconds };
    }
    return best;
  }
}
