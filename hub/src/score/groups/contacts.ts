/** Who met whom for a while, and who met many, one after another, who did not know each other. */
import { type Life, pairKey } from './lives.ts';

export interface Contact {
  readonly a: Life;
  readonly b: Life;
  readonly fromMs: number;
  toMs: number;
  open: boolean;
}

/** A coordinator episode as of now: contacts in order of time, one after another. */
export interface Meetings {
  readonly life: Life;
  readonly contacts: readonly Contact[];
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ContactOptions {
  /** Shorter contacts are none, seconds. */
  readonly contactSeconds: number;
  /** So many make a coordinator, 2 or more. */
  readonly contacts: number;
  /** What lies longer ago is forgotten, ms. */
  readonly rememberMs: number;
}

export const CONTACT_DEFAULTS: ContactOptions = { contactSeconds: 6, contacts: 3, rememberMs: 30 * 60_000 };

/** Contacts remembered of a person at most: the newest. */
const MOST_CONTACTS = 32;

export class Contacts {
  readonly #options: ContactOptions;
  readonly #open = new Map<number, Contact>();
  readonly #of = new Map<number, Contact[]>();

  constructor(options: ContactOptions) {
    this.#options = options;
  }

  /** Two are in contact at this decision and did not come together. @returns whether it is a new contact. */
  touch(a: Life, b: Life, seconds: number, timeMs: number): boolean {
    const key = pairKey(a.number, b.number);
    const known = this.#open.get(key);
    if (known) {
      known.toMs = timeMs;
      return false;
    }
    const contact: Contact = { a, b, fromMs: timeMs - 1000 * seconds, toMs: timeMs, open: true };
    this.#open.set(key, contact);
    for (const { number } of [a, b]) {
      const list = this.#of.get(number) ?? [];
      list.push(contact);
      if (list.length > MOST_CONTACTS) list.shift();
      this.#of.set(number, list);
    }
    return true;
  }

  /** Whether two have met at any time that is remembered. */
  met(a: number, b: number): boolean {
    return (this.#of.get(a) ?? []).some((contact) => contact.a.number === b || contact.b.number === b);
  }

  /** After all contacts of a decision have been touched: the others are over. */
  settle(timeMs: number): void {
    for (const [key, contact] of this.#open) {
      if (contact.toMs === timeMs) continue;
      contact.open = false;
      this.#open.delete(key);
    }
  }

  forget(life: number): void {
    this.#of.delete(life);
  }

  /** The meetings of a life that came one after another with people who did not know each other; null where they are too few. */
  meetings(life: Life, timeMs: number, acquainted: (a: number, b: number) => boolean): Meetings | null {
    const { contacts: enough, rememberMs } = this.#options;
    const list = this.#of.get(life.number);
    if (!list || list.length < enough) return null;
    const chosen: Contact[] = [];
    const others: number[] = [];
    for (const contact of [...list].sort((p, q) => p.fromMs - q.fromMs)) {
      const other = (contact.a === life ? contact.b : contact.a).number;
      const last = chosen.at(-1);
      if (timeMs - contact.toMs > rememberMs || others.includes(other)) continue;
      if (last && contact.fromMs < last.toMs) continue;
      if (others.some((known) => acquainted(known, other) || this.met(known, other))) continue;
      chosen.push(contact);
      others.push(other);
    }
    const first = chosen[0];
    const last = chosen.at(-1);
    if (!first || !last || chosen.length < enough) return null;
    return { life, contacts: chosen, fromMs: first.fromMs, toMs: last.toMs };
  }
}
