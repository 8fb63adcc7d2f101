/**
 * Who may go on from whom where the fusion says nothing: one was lost, and a moment later, within reach, another began; and
 * nobody else was lost or began there. Two who take turns are two.
 */
import type { DwellOptions } from './dwellOptions.ts';
import type { DwellPerson } from './dwellPerson.ts';

/** Index of the first entry that is not below a value; the list ascends. */
function lowerBound(list: readonly DwellPerson[], at: (person: DwellPerson) => number, value: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(list[middle] as DwellPerson) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const lastX = (person: DwellPerson): number => person.lastX;
const firstX = (person: DwellPerson): number => person.firstX;

export class ShortLosses {
  readonly #options: DwellOptions;
  readonly #windowMs: number;
  /** Whoever began lately, in the order of time. */
  #begun: DwellPerson[] = [];
  /** Those, and who was lost lately, from west to east. */
  #begunEastward: DwellPerson[] = [];
  #lostEastward: DwellPerson[] = [];
  #largestSigma = 0;

  constructor(options: DwellOptions) {
    this.#options = options;
    this.#windowMs = options.joinSeconds * 1000;
  }

  began(person: DwellPerson): void {
    if (this.#windowMs > 0) this.#begun.push(person);
  }

  /** Nobody who began before a moment is asked for any more. */
  forgetBefore(timeMs: number): void {
    let gone = 0;
    while (gone < this.#begun.length && (this.#begun[gone] as DwellPerson).firstMs < timeMs - 2 * this.#windowMs)
      gone++;
    if (gone > 0) this.#begun.splice(0, gone);
  }

  /** Looks at everybody as of now, for all who began in a stretch of time. */
  survey(persons: readonly DwellPerson[], fromMs: number, toMs: number): void {
    this.#lostEastward.length = 0;
    this.#largestSigma = 0;
    if (this.#windowMs <= 0) return;
    for (const person of persons) {
      if (!(person.lastMs >= fromMs - this.#windowMs && person.lastMs < toMs)) continue;
      this.#lostEastward.push(person);
      this.#largestSigma = Math.max(this.#largestSigma, person.lastSigma);
    }
    if (this.#lostEastward.length === 0) return;
    for (const { firstSigma } of this.#begun) this.#largestSigma = Math.max(this.#largestSigma, firstSigma);
    this.#lostEastward.sort((a, b) => a.lastX - b.lastX);
    this.#begunEastward = [...this.#begun].sort((a, b) => a.firstX - b.firstX);
  }

  /** The one person that was lost where this one began, provided that this one alone began there. */
  predecessorOf(begun: DwellPerson): DwellPerson | null {
    if (this.#lostEastward.length === 0) return null;
    const reach = this.#options.joinMetres + 2 * Math.SQRT2 * this.#largestSigma;
    let lost: DwellPerson | null = null;
    for (let i = lowerBound(this.#lostEastward, lastX, begun.firstX - reach); i < this.#lostEastward.length; i++) {
      const other = this.#lostEastward[i] as DwellPerson;
      if (other.lastX > begun.firstX + reach) break;
      if (other === begun || !(other.lastMs < begun.firstMs && other.lastMs >= begun.firstMs - this.#windowMs))
        continue;
      if (!this.#meets(other, begun)) continue;
      if (lost) return null;
      lost = other;
    }
    if (!lost || lost.heir) return null;
    for (let i = lowerBound(this.#begunEastward, firstX, lost.lastX - reach); i < this.#begunEastward.length; i++) {
      const rival = this.#begunEastward[i] as DwellPerson;
      if (rival.firstX > lost.lastX + reach) break;
      if (rival === begun || rival === lost) continue;
      if (!(rival.firstMs > lost.lastMs && rival.firstMs <= lost.lastMs + this.#windowMs)) continue;
      if (this.#meets(lost, rival)) return null;
    }
    return lost;
  }

  /** Whether the first position of one is where the other was lost. */
  #meets(lost: DwellPerson, begun: DwellPerson): boolean {
    const reach = this.#options.joinMetres + 2 * Math.hypot(lost.lastSigma, begun.firstSigma);
    return Math.hypot(begun.firstX - lost.lastX, begun.firstY - lost.lastY) <= reach;
  }
}
