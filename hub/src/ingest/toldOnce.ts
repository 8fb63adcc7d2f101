/** More different things are not remembered at once: what varies every time must not fill the memory. */
const MOST_REMEMBERED = 32;

/** What was said already: something that is tried every second is not said every second. */
export class ToldOnce {
  readonly #told = new Set<string>();

  /** Whether this has to be said now; what is asked about counts as said. What was not asked about for longest is forgotten first. */
  isNews(what: string): boolean {
    const known = this.#told.delete(what);
    this.#told.add(what);
    for (const oldest of this.#told) {
      if (this.#told.size <= MOST_REMEMBERED) break;
      this.#told.delete(oldest);
    }
    return !known;
  }

  /** Things stand differently: whatever comes now is news. */
  clear(): void {
    this.#told.clear();
  }
}
