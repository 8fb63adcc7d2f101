/** Persons that fusion took for one: what a movement's people may owe to such joins. */
import type { MovementEpisode, MovementUncertainty } from '../movement.ts';

/** Two names that were taken for one person, and how sure that is. */
export interface IdentityJoin {
  readonly earlier: string;
  readonly later: string;
  /** When the later name took up, ms. */
  readonly toMs: number;
  /** 0 to 1. */
  readonly probability: number;
}

/** So many of the newest are remembered. */
const MOST = 4096;

export class Joins {
  readonly #newest: IdentityJoin[] = [];
  #count = 0;

  add(join: IdentityJoin): void {
    this.#newest[this.#count++ % MOST] = join;
  }

  /** How often somebody of an episode was taken to go on as another while it lasted, and the least probability of that. */
  of({ persons, fromMs, toMs }: MovementEpisode): Pick<MovementUncertainty, 'identityJoins' | 'joinProbability'> {
    let identityJoins = 0;
    let joinProbability = 1;
    for (const join of this.#newest) {
      if (join.toMs < fromMs || join.toMs > toMs) continue;
      if (!persons.some(({ person }) => person === join.earlier || person === join.later)) continue;
      identityJoins++;
      joinProbability = Math.min(joinProbability, join.probability);
    }
    return { identityJoins, joinProbability };
  }
}
