/**
 * What each camera finds where: of the people whom other cameras measure around a place, the share of whom it has a track as well. It is
 * learned from the persons themselves, so that nobody has to say how a camera hangs; where nothing was learned, nothing is said.
 *
 * It tells how strange it is that a camera does not see somebody. What is missing counts as evidence, as in the scores of tracks of several
 * sensors (Blackman and Popoli, "Design and Analysis of Modern Tracking Systems", 1999, chapter 6).
 */
import { isMeasuredBy, type Person } from './person.ts';
import type { Camera } from './track.ts';

const CELL_METRES = 4;
/** A camera is taken to have missed somebody at so many moments before the first: some seconds. */
const PRIOR_CHANCES = 20;
/** What lies further back than this many moments of somebody counts half: furniture moves, and so do cameras. */
const MOST_CHANCES = 3000;
/** No camera is believed to find a larger share. */
const MOST_FOUND = 0.95;
/** What hides somebody from one camera often hides them from the next: so much of each one's silence counts. */
const INDEPENDENT = 0.5;
/** What a camera that measures somebody tells for them, in nats: it may see what is not there. */
const SEEN = 1;
/** Who has less support than this is not told ... */
const BEGIN_SUPPORT = 0.5;
/** ... and whoever was told is told on down to this. */
const KEEP_SUPPORT = -2;
const SUPPORT_SECONDS = 0.5;

/** One camera around one place. */
interface Outlook {
  readonly camera: Camera;
  found: number;
  chances: number;
}

/** Coordinates of the contract end at 10 km. */
const CELLS_ACROSS = 20_000;
const cellOf = (x: number, y: number): number =>
  Math.floor(x / CELL_METRES) * CELLS_ACROSS + Math.floor(y / CELL_METRES);

export class Coverage {
  readonly #cells = new Map<number, Outlook[]>();

  /** Takes a moment into account. */
  learn(persons: readonly Person[]): void {
    for (const person of persons) {
      let measuring = 0;
      for (const { now, seenBy } of person.members) if (now.present && now.measured && seenBy.watching) measuring++;
      // Whether a camera finds somebody is learned from those whom another one finds.
      if (measuring > 0) this.#learn(person, measuring);
    }
  }

  #learn(person: Person, measuring: number): void {
    const cell = cellOf(person.x, person.y);
    const outlooks = this.#cells.get(cell) ?? [];
    if (measuring > 1) {
      for (const { now, seenBy: camera } of person.members) {
        if (!now.present || !now.measured || !camera.watching) continue;
        if (!outlooks.some((known) => known.camera === camera)) outlooks.push({ camera, found: 0, chances: 0 });
      }
      this.#cells.set(cell, outlooks);
    }
    for (const outlook of outlooks) {
      if (!outlook.camera.watching) continue;
      const found = isMeasuredBy(person, outlook.camera) ? 1 : 0;
      if (measuring === found) continue;
      outlook.found += found;
      outlook.chances++;
      if (outlook.chances > MOST_CHANCES) {
        outlook.found /= 2;
        outlook.chances /= 2;
      }
    }
  }

  /**
   * How much speaks against somebody at a place of whom cameras that usually find people there know nothing: log-likelihood in nats, 0 or less.
   *
   * @param knows whether a camera is not to be asked: it knows of them, or is of no matter.
   */
  unseen(x: number, y: number, knows: (camera: Camera) => boolean): number {
    let sum = 0;
    for (const { camera, found, chances } of this.#cells.get(cellOf(x, y)) ?? []) {
      if (!camera.watching || knows(camera)) continue;
      sum += Math.log(1 - Math.min(MOST_FOUND, found / (chances + PRIOR_CHANCES)));
    }
    return INDEPENDENT * sum;
  }

  /**
   * Whether a person is told: cameras that measure it speak for it, those that know nothing of it against it. Whom two measure is there, whatever
   * the others say: what is not there is mostly seen by one.
   */
  supports(person: Person, elapsedSeconds: number): boolean {
    let measuring = 0;
    for (const { now } of person.members) if (now.present && now.measured) measuring++;
    const against = measuring > 1 ? 0 : this.unseen(person.x, person.y, (camera) => isMeasuredBy(person, camera));
    const sum = SEEN * measuring + against;
    const share = Number.isNaN(person.support) ? 1 : 1 - Math.exp(-elapsedSeconds / SUPPORT_SECONDS);
    person.support = share === 1 ? sum : person.support + share * (sum - person.support);
    return person.support >= (person.told ? KEEP_SUPPORT : BEGIN_SUPPORT);
  }
}
