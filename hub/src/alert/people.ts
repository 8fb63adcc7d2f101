/** Who is taken to be the same person, and where people were in the zones that count. */
import type { Passage } from './decision.ts';

/** Names of people who were taken to go on as another. */
export class Names {
  readonly #names = new Map<string, { name: string; readonly probability: number; readonly atMs: number }>();

  get size(): number {
    return this.#names.size;
  }

  /** The one name of somebody who has several. */
  readonly of = (person: string): string => this.#names.get(person)?.name ?? person;

  /** How likely the join is by which somebody got another name; null where there was none. */
  joined(person: string): number | null {
    return this.#names.get(person)?.probability ?? null;
  }

  /** @returns the name that is given up, and the one that holds; null where they were the same already. */
  join(
    earlier: string,
    later: string,
    probability: number,
    atMs: number,
  ): { readonly lost: string; readonly kept: string } | null {
    const kept = this.of(earlier);
    const lost = this.of(later);
    if (kept === lost) return null;
    for (const known of this.#names.values()) if (known.name === lost) known.name = kept;
    this.#names.set(lost, { name: kept, probability, atMs });
    return { lost, kept };
  }

  /** Forgets joins made before a moment, of people who are in use no more. */
  forgetBefore(timeMs: number, inUse: (name: string) => boolean): void {
    for (const [person, { name, atMs }] of this.#names) {
      if (atMs < timeMs && !inUse(name)) this.#names.delete(person);
    }
  }
}

/** Presence in zones whose kind counts beside a movement, by name. */
export class Passages {
  readonly #of = new Map<string, Map<string, Passage>>();

  has(name: string): boolean {
    return this.#of.has(name);
  }

  /** Notes a visit as it stands now. One stay may have several, told apart by when they began. */
  note(passage: Passage, nameOf: (person: string) => string): void {
    const key = `${passage.id} ${passage.fromMs}`;
    for (const person of passage.persons) {
      const name = nameOf(person);
      const known = this.#of.get(name);
      if (known) known.set(key, passage);
      else this.#of.set(name, new Map([[key, passage]]));
    }
  }

  rename(lost: string, kept: string): void {
    const moved = this.#of.get(lost);
    if (!moved) return;
    this.#of.delete(lost);
    this.#of.set(kept, new Map([...(this.#of.get(kept) ?? []), ...moved]));
  }

  /** Those of these people in a stretch of time, oldest first. */
  find(names: Iterable<string>, fromMs: number, toMs: number): Passage[] {
    const found = new Map<string, Passage>();
    for (const name of names) {
      for (const [key, passage] of this.#of.get(name) ?? []) {
        if (passage.fromMs <= toMs && passage.toMs >= fromMs) found.set(key, passage);
      }
    }
    return [...found.values()].sort((a, b) => a.fromMs - b.fromMs || (a.id < b.id ? -1 : 1));
  }

  forgetBefore(timeMs: number): void {
    for (const [name, passages] of this.#of) {
      for (const [key, passage] of passages) if (passage.toMs < timeMs) passages.delete(key);
      if (passages.size === 0) this.#of.delete(name);
    }
  }
}
