/** Who meets many, one after another, who did not know each other: told with each contact, and when it is over. */
import type { CompiledZone } from '../zones.ts';
import { type ContactOptions, Contacts, otherOf } from './contacts.ts';
import { doubtOf } from './doubt.ts';
import { type Encounter, type EncounterOptions, Encounters } from './encounters.ts';
import type { CoordinatorEvent } from './event.ts';
import type { Life } from './lives.ts';
import type { TogetherMemory } from './memory.ts';
import type { Origins } from './origins.ts';

interface Story {
  readonly key: string;
  readonly fromMs: number;
  contacts: readonly Encounter[];
  /** End of the last contact. */
  toMs: number;
}

export class Coordinators {
  readonly #encounters: Encounters;
  readonly #contacts: Contacts;
  readonly #memory: TogetherMemory;
  readonly #overMs: number;
  readonly #tell: (event: CoordinatorEvent) => void;
  /** Who is one, whoever that is by now. */
  readonly #open = new Map<Life, Story>();

  constructor(
    options: ContactOptions & EncounterOptions,
    zones: readonly CompiledZone[],
    memory: TogetherMemory,
    origins: Origins,
    tell: (event: CoordinatorEvent) => void,
  ) {
    this.#encounters = new Encounters(options, zones);
    this.#contacts = new Contacts(options, origins);
    // A contact may begin so long after the last one, and is known when the two have parted.
    this.#overMs = 1000 * (options.betweenSeconds + options.mostSeconds + options.partSeconds);
    this.#memory = memory;
    this.#tell = tell;
  }

  /** Two who stand, at a decision. @param alone whether nobody else is in a group with either. */
  stand(a: Life, b: Life, timeMs: number, alone: () => boolean): void {
    this.#encounters.stand(a, b, timeMs, alone);
  }

  /** After all who stand at a decision. */
  settle(timeMs: number): void {
    this.#encounters.settle(timeMs, (encounter) => {
      const host = encounter.host.present;
      const guest = encounter.guest.present;
      // Companions who come back to each other have not met.
      const known = this.#memory.get(host.number, guest.number);
      if (known && known.sinceMs < encounter.fromMs) return;
      this.#contacts.add(encounter);
      this.#weigh(host, timeMs);
      this.#weigh(guest, timeMs);
    });
    for (const [life, story] of this.#open) {
      if (timeMs - story.toMs <= this.#overMs) continue;
      this.#close(life, story);
      // What comes after that is another story, of others.
      this.#contacts.forget(life.number);
    }
  }

  /** One life goes on as another. */
  handOver(earlier: Life, later: Life): void {
    this.#contacts.handOver(earlier, later);
    const story = this.#open.get(earlier);
    if (!story) return;
    this.#open.delete(earlier);
    if (!this.#open.has(later)) this.#open.set(later, story);
  }

  /** Nobody goes on from a life that has gone. */
  leave(life: Life): void {
    const story = this.#open.get(life);
    if (story) this.#close(life, story);
    this.#contacts.forget(life.number);
  }

  finish(): void {
    for (const [life, story] of this.#open) this.#close(life, story);
  }

  #weigh(life: Life, timeMs: number): void {
    const acquainted = (a: Life, b: Life): boolean => this.#memory.get(a.number, b.number) !== undefined;
    const contacts = this.#contacts.meetings(life, timeMs, acquainted);
    const told = this.#open.get(life);
    // What was told is not taken back.
    if (!contacts || (told && told.contacts.length >= contacts.length)) return;
    const fromMs = (contacts[0] as Encounter).fromMs;
    const toMs = Math.max(...contacts.map((contact) => contact.toMs));
    const story: Story = told ?? { key: `coordinator ${life.person} ${Math.round(fromMs)}`, fromMs, contacts, toMs };
    story.contacts = contacts;
    story.toMs = toMs;
    this.#open.set(life, story);
    this.#tell(this.#event(life, story, true));
  }

  #close(life: Life, story: Story): void {
    this.#open.delete(life);
    this.#tell(this.#event(life, story, false));
  }

  #event(life: Life, { key, fromMs, toMs, contacts }: Story, open: boolean): CoordinatorEvent {
    const met = contacts.map((contact) => [otherOf(contact, life), contact] as const);
    const { uncertainty, sameProbability } = doubtOf([
      [life, fromMs],
      ...met.map(([other, contact]) => [other, contact.fromMs] as const),
    ]);
    return {
      kind: 'coordinator',
      key,
      person: life.person,
      names: life.namesBetween(fromMs, toMs),
      fromMs,
      toMs,
      open,
      contacts: met.map(([other, contact]) => ({
        person: other.person,
        names: other.namesBetween(contact.fromMs, contact.toMs),
        fromMs: contact.fromMs,
        toMs: contact.toMs,
        place: [contact.x, contact.y],
      })),
      sameProbability,
      uncertainty,
      score: Math.log2(contacts.length / 2),
    };
  }
}
