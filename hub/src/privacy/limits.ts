/** The limits in force, asked at every read: what is past its time is not readable a moment longer. */
import { type DataClass, limitMs, type PrivacyPolicy } from './policy.ts';

const HOUR_MS = 3_600_000;

export class RetentionLimits {
  readonly #now: () => number;
  #policy: PrivacyPolicy | null = null;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** From now on. */
  set(policy: PrivacyPolicy): void {
    this.#policy = policy;
  }

  /** null before the first. */
  get policy(): PrivacyPolicy | null {
    return this.#policy;
  }

  /** The moment that limits are counted from, milliseconds since the epoch. */
  nowMs(): number {
    return this.#now();
  }

  /** How long a class is kept at this moment, milliseconds; 0 where no policy is known, so that nothing is readable then. */
  keptMs(name: DataClass): number {
    return this.#policy ? limitMs(this.#policy, name, this.#now()) : 0;
  }

  hours(name: DataClass): number {
    return this.keptMs(name) / HOUR_MS;
  }

  /** What is older may not be read. */
  oldestMs(name: DataClass): number {
    return this.#now() - this.keptMs(name);
  }
}
