/** One person goes on as another: whatever the first did in the zones is taken for what the second did. */
import type { DwellOptions } from './dwellOptions.ts';
import type { DwellPerson } from './dwellPerson.ts';
import type { DwellStory } from './dwellStory.ts';
import type { DwellTeller } from './dwellTeller.ts';
import type { Join } from './tally.ts';

export class HandOver {
  readonly #options: DwellOptions;
  readonly #teller: DwellTeller;

  constructor(options: DwellOptions, teller: DwellTeller) {
    this.#options = options;
    this.#teller = teller;
  }

  /** From now on the later one, or who that is by now, stands for both. */
  join(earlier: DwellPerson, later: DwellPerson, join: Join): void {
    const person = later.present;
    if (person === earlier) return;
    earlier.heir = person;
    person.goesOnFrom(earlier, this.#options);
    // The store knows of a later presence: whatever came of this is part of what was stored.
    if (earlier.settledMs > join.toMs) return;
    for (const story of earlier.stories.splice(0)) {
      const at = person.stories.findIndex(({ zone }) => zone === story.zone);
      const own = person.stories[at];
      if (!own) this.#carry(story, person, join);
      else if (this.#continues(story, own, person, join)) {
        person.stories[at] = story;
        // The store is to know at once who goes on as whom.
        if (story.presentVisit) this.#teller.news(person, story, true);
        else if (story.opened) this.#teller.closed(person, story);
      } else if (story.evident) {
        story.endVisit();
        if (story.opened) this.#teller.closed(person, story);
        this.#teller.over(person, story);
      }
    }
  }

  /** The one who goes on is not inside: the visit is over, and counts on where that one comes back. */
  #carry(story: DwellStory, person: DwellPerson, join: Join): void {
    story.endVisit();
    if (!story.evident) return;
    story.await(join);
    person.stories.push(story);
    // Told even where it was told before: the store is to know who would come back.
    if (story.opened) this.#teller.closed(person, story);
  }

  /** Whether a story goes on with what another did in the same zone; the other's own is over then. */
  #continues(story: DwellStory, own: DwellStory, person: DwellPerson, join: Join): boolean {
    const lastMs = story.visit?.insideUntilMs ?? story.untilMs;
    if (!own.opened && own.fromMs >= lastMs) {
      const lost = story.visit !== null && !story.visit.outside && own.fromMs === person.firstMs;
      if (!lost && (!story.evident || own.fromMs - story.untilMs > this.#options.revisitSeconds * 1000)) return false;
      story.append(own, join, lost, this.#options);
      return true;
    }
    // Both were there at once: the one that has been there for clearly longer.
    if (!story.evident || own.fromMs - story.fromMs <= this.#options.graceSeconds * 1000) return false;
    const { visit } = own;
    if (visit) story.standAs(visit, join, this.#options);
    else {
      story.endVisit();
      story.await(join);
    }
    own.endVisit();
    if (own.opened) {
      this.#teller.closed(person, own);
      this.#teller.over(person, own);
    }
    return true;
  }
}
