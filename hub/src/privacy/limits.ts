/** The limits in force, asked at every read: what is past its time is not readable a moment longer. */
import type { FloorPlan } from '@safe-passage/contract';
import { type DataClass, limitMs, type PrivacyPolicy } from './policy.ts';
import { type ZoneLimit, zoneLimits } from './zones.ts';

const HOUR_MS = 3_600_000;

/** What reads and writes ask. */
export interface ReadLimits {
  nowMs(): number;
  oldestMs(name: DataClass): number;
  zones(name: DataClass): readonly ZoneLimit[];
}

export class RetentionLimits implements ReadLimits {
  readonly #now: () => number;
  readonly #plans: readonly FloorPlan[];
  #policy: PrivacyPolicy | null = null;

  /** @param plans where the zones lie that a policy names. */
  constructor(now: () => number = Date.now, plans: readonly FloorPlan[] = []) {
    this.#now = now;
    this.#plans = plans;
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

  /** Zones that have a shorter limit of their own for a class. */
  zones(name: DataClass): readonly ZoneLimit[] {
    return this.#policy?.zones ? zoneLimits(this.#policy, this.#plans, name, this.#now()) : [];
  }
}
