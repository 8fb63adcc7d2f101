/** Who met whom, and who met many, one after another, who did not know each other. */
import type { Encounter } from './encounters.ts';
import type { Life } from './lives.ts';
import type { Origins } from './origins.ts';

export interface ContactOptions {
  /** So many make a coordinator of who goes from one to the other, 2 or more. */
  readonly contacts: number;
  /**
   * Of who is approached so many, where that was at places so far apart, metres, or where it came by a door of the public. And so
   * many of anybody else: who stays at one place may be there for the place, a desk, a till, a stand.
   */
  readonly approachedContacts: number;
  readonly placesMetres: number;
  readonly placeContacts: number;
  /** Between the end of one and the beginning of the next at most, seconds. */
  readonly betweenSeconds: number;
  /** What lies longer ago is forgotten, ms. */
  readonly rememberMs: number;
}

/** Chosen on simulated traffic: at a desk people stay within 3 m. */
export const CONTACT_DEFAULTS: ContactOptions = {
  contacts: 4,
  approachedContacts: 3,
  placesMetres: 4,
  placeContacts: 7,
  betweenSeconds: 300,
  rememberMs: 30 * 60_000,
};

/** Contacts remembered of a person at most: the newest. */
const MOST_CONTACTS = 32;

/** With whom a life was in contact, whoever both are by now. */
export const otherOf = ({ host, guest }: Encounter, life: Life): Life => {
  const present = host.present;
  return present === life ? guest.present : present;
};

export class Contacts {
  readonly #options: ContactOptions;
  readonly #origins: Origins;
  readonly #of = new Map<number, Encounter[]>();

  constructor(options: ContactOptions, origins: Origins) {
    this.#options = options;
    this.#origins = origins;
  }

  add(encounter: Encounter): void {
    this.#add(encounter.host.present.number, encounter);
    this.#add(encounter.guest.present.number, encounter);
  }

  /** Whether two have met at any time that is remembered. */
  met(a: Life, b: Life): boolean {
    return (this.#of.get(a.number) ?? []).some((contact) => otherOf(contact, a) === b);
  }

  /** One life goes on as another: whom the first met, the second met. The two never met. */
  handOver(earlier: Life, later: Life): void {
    const own = this.#of.get(later.number) ?? [];
    this.#of.delete(later.number);
    for (const contact of [...(this.#of.get(earlier.number) ?? []), ...own]) {
      if (contact.host.present !== contact.guest.present) this.#add(later.number, contact);
    }
    this.#of.delete(earlier.number);
  }

  forget(life: number): void {
    this.#of.delete(life);
  }

  /**
   * The contacts of a life that came one after another with people who did not know each other, in order of time; null where
   * they are too few. In all of them it was approached, or it approached.
   */
  meetings(life: Life, timeMs: number, acquainted: (a: Life, b: Life) => boolean): Encounter[] | null {
    const list = this.#of.get(life.number);
    if (!list) return null;
    const asHost = this.#chain(list, life, true, timeMs, acquainted);
    const asGuest = this.#chain(list, life, false, timeMs, acquainted);
    const longest = asGuest.length > asHost.length && this.#enough(asGuest, life, false) ? asGuest : asHost;
    return this.#enough(longest, life, longest === asHost) ? longest : null;
  }

  /** Whether so many are no accident and no matter of the place. */
  #enough(chosen: readonly Encounter[], life: Life, host: boolean): boolean {
    const { contacts, approachedContacts, placesMetres, placeContacts } = this.#options;
    if (!host) return chosen.length >= contacts;
    if (chosen.length < approachedContacts) return false;
    if (chosen.length >= placeContacts || this.#origins.ofPublic(life)) return true;
    return chosen.some((p, i) => chosen.some((q, j) => j > i && Math.hypot(p.x - q.x, p.y - q.y) >= placesMetres));
  }

  #chain(
    list: readonly Encounter[],
    life: Life,
    host: boolean,
    timeMs: number,
    acquainted: (a: Life, b: Life) => boolean,
  ): Encounter[] {
    const { betweenSeconds, rememberMs } = this.#options;
    let chosen: Encounter[] = [];
    let others: Life[] = [];
    for (const contact of [...list].sort((p, q) => p.fromMs - q.fromMs)) {
      if ((contact.host.present === life) !== host || timeMs - contact.toMs > rememberMs) continue;
      const other = otherOf(contact, life);
      const last = chosen.at(-1);
      if (last && contact.fromMs < last.toMs) continue;
      if (others.includes(other) || others.some((known) => acquainted(known, other) || this.met(known, other)))
        continue;
      if (last && contact.fromMs - last.toMs > 1000 * betweenSeconds) {
        if (this.#enough(chosen, life, host)) break;
        chosen = [];
        others = [];
      }
      chosen.push(contact);
      others.push(other);
    }
    return chosen;
  }

  #add(number: number, contact: Encounter): void {
    const list = this.#of.get(number);
    if (!list) this.#of.set(number, [contact]);
    else {
      list.push(contact);
      if (list.length > MOST_CONTACTS) list.shift();
    }
  }
}
