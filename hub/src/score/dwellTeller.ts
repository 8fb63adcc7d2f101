/** Tells what happens to episodes, and when nothing continues them any more. */
import type { DwellOptions } from './dwellOptions.ts';
import type { DwellPerson } from './dwellPerson.ts';
import type { DwellStory } from './dwellStory.ts';
import type { DwellEpisode, DwellEvent } from './episode.ts';

export class DwellTeller {
  readonly #options: DwellOptions;
  readonly #onOver: ((episode: DwellEpisode) => void) | null;
  #events: DwellEvent[] = [];
  #over: DwellEpisode[] = [];

  constructor(options: DwellOptions, onOver: ((episode: DwellEpisode) => void) | null) {
    this.#options = options;
    this.#onOver = onOver;
  }

  /** What happened since this was last asked. */
  taken(): DwellEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** @returns whether there is still a story. */
  endVisit(person: DwellPerson, story: DwellStory): boolean {
    const present = story.presentVisit !== null;
    story.endVisit();
    if (present && story.opened) this.closed(person, story);
    if (!story.evident) person.stories.splice(person.stories.indexOf(story), 1);
    return story.evident;
  }

  /** Tells of an episode where there is news: it became evident, it grew, or somebody came back; or, if need be, without. */
  news(person: DwellPerson, story: DwellStory, always = false): void {
    const visit = story.presentVisit;
    if (!person.decided || !visit) return;
    const { opened } = story;
    const dueMs = story.toldMs + this.#options.reportEverySeconds * 1000;
    if (opened && !always && (visit.outside || visit.insideUntilMs < dueMs)) return;
    story.opened = true;
    story.toldMs = visit.insideUntilMs;
    this.#events.push({ kind: opened ? 'grew' : 'opened', episode: story.snapshot(person, true) });
  }

  /** Tells that nobody is present any more. */
  closed(person: DwellPerson, story: DwellStory): void {
    story.toldMs = Number.NEGATIVE_INFINITY;
    this.#events.push({ kind: 'closed', episode: story.snapshot(person, false) });
  }

  /** Tells of an episode that is over before anybody was told that it began. */
  past(person: DwellPerson, story: DwellStory): void {
    story.opened = true;
    this.#events.push({ kind: 'opened', episode: story.snapshot(person, true) });
    this.closed(person, story);
  }

  /** Nothing continues this story any more. */
  over(person: DwellPerson, story: DwellStory): void {
    if (!story.evident) return;
    if (!story.opened) this.past(person, story);
    if (this.#onOver) this.#over.push(story.snapshot(person, false));
  }

  /** Gives out what is over, in the order in which it ended. */
  ends(): void {
    if (this.#over.length === 0) return;
    const name = ({ person, zone }: DwellEpisode) => `${person} ${zone}`;
    const over = this.#over.sort((a, b) => a.toMs - b.toMs || a.fromMs - b.fromMs || (name(a) < name(b) ? -1 : 1));
    this.#over = [];
    for (const episode of over) this.#onOver?.(episode);
  }
}
