/** Where a movement mostly took place. */

/** Seconds by zone. */
export class Whereabouts {
  readonly #seconds = new Map<string, number>();

  /** @param zone null outside of every zone. */
  spend(zone: string | null, seconds: number): void {
    const key = zone ?? '';
    this.#seconds.set(key, (this.#seconds.get(key) ?? 0) + seconds);
  }

  /** The zone with most of the time; null where that was outside of every zone. */
  get zone(): string | null {
    let most = '';
    for (const [zone, seconds] of this.#seconds) if (seconds > (this.#seconds.get(most) ?? 0)) most = zone;
    return most === '' ? null : most;
  }
}
