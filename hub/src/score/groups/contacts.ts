/** Who met whom for a while, and who met many, one after another, who did not know each other. */
import { type Life, pairKey } from './lives.ts';

export interface Contact {
  readonly a: Life;
  readonly b: Life;
  readonly fromMs: number;
  toMs: number;
  open: boolean;
  /** Between the two when last in contact, metres. */
  x: number;
  y: number;
}

export interface ContactOptions {
  /** Shorter contacts are none, seconds. */
  readonly contactSeconds: number;
  /** So many make a coordinator, 2 or more. */
  readonly contacts: number;
  /** What lies longer ago is forgotten, ms. */
  readonly rememberMs: number;
}

export const CONTACT_DEFAULTS: ContactOptions = { contactSeconds: 6, contacts: 4, rememberMs: 30 * 60_000 };

/** Contacts remembered of a person at most: the newest. */
const MOST_CONTACTS = 32;

/** With whom a life is in contact, whoever both are by now. */
export const otherOf = (contact: Contact, life: Life): Life => {
  const a = contact.a.present;
  return a === life ? contact.b.present : a;
};

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
      known.x = (a.x + b.x) / 2;
      known.y = (a.y + b.y) / 2;
      return false;
    }
    const fromMs = timeMs - 1000 * seconds;
    const contact: Contact = { a, b, fromMs, toMs: timeMs, open: true, x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
    this.#open.set(key, contact);
    this.#add(a.number, contact);
    this.#add(b.number, contact);
    return true;
  }

  /** Whether two have met at any time that is remembered. */
  met(a: Life, b: Life): boolean {
    return (this.#of.get(a.number) ?? []).some((contact) => otherOf(contact, a) === b);
  }

  /** After all contacts of a decision have been touched: the others are over. */
  settle(timeMs: number): void {
    for (const [key, contact] of this.#open) {
      if (contact.toMs === timeMs) continue;
      contact.open = false;
      this.#open.delete(key);
    }
  }

  /** One life goes on as another: whom the first met, the second met. The two never met. */
  handOver(earlier: Life, later: Life): void {
    const own = this.#of.get(later.number) ?? [];
    this.#of.set(later.number, []);
    for (const contact of [...(this.#of.get(earlier.number) ?? []), ...own]) {
      if (contact.a.present !== contact.b.present) this.#add(later.number, contact);
    }
    this.#of.delete(earlier.number);
  }

  forget(life: number): void {
    this.#of.delete(life);
  }

  /**
   * The meetings of a life that came one after another with people who did not know each other, in order of time; null where
   * they are too few.
   */
  meetings(life: Life, timeMs: number, acquainted: (a: Life, b: Life) => boolean): Contact[] | null {
    const { contacts: enough, rememberMs } = this.#options;
    const list = this.#of.get(life.number);
    if (!list || list.length < enough) return null;
    const chosen: Contact[] = [];
    const others: Life[] = [];
    for (const contact of [...list].sort((p, q) => p.fromMs - q.fromMs)) {
      const other = otherOf(contact, life);
      const last = chosen.at(-1);
      if (timeMs - contact.toMs > rememberMs || others.includes(other)) continue;
      if (last && contact.fromMs < last.toMs) continue;
      if (others.some((known) => acquainted(known, other) || this.met(known, other))) continue;
      chosen.push(contact);
      others.push(other);
    }
    return chosen.length < enough ? null : chosen;
  }

  #add(number: number, contact: Contact): void {
    const list = this.#of.get(number);
    if (!list) this.#of.set(number, [contact]);
    else {
      list.push(contact);
      if (list.length > MOST_CONTACTS) list.shift();
    }
  }
}
