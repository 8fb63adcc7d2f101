/** Persons that fusion took for one: what a movement's people may owe to such joins. */
import type { MovementEpisode, MovementUncertainty, Reason } from '../movement.ts';
import { times } from './telling.ts';

/** Two names that were taken for one person, and how sure that is. */
export interface IdentityJoin {
  readonly earlier: string;
  readonly later: string;
  /** When the later name took up, ms. */
  readonly toMs: number;
  /** 0 to 1. */
  readonly probability: number;
  /** Whether somebody was out of sight between the two. */
  readonly unseen?: boolean;
}

/** So many of the newest are remembered. */
const MOST = 4096;

export class Joins {
  readonly #newest: IdentityJoin[] = [];
  #count = 0;

  add(join: IdentityJoin): void {
    this.#newest[this.#count++ % MOST] = join;
  }

  /**
   * How often somebody of an episode was taken to go on as another while it lasted, and the least probability of that; how often
   * somebody was out of sight, and how probable it is that all of that is right.
   */
  of({ persons, fromMs, toMs }: MovementEpisode): Pick<MovementUncertainty, 'identityJoins' | 'joinProbability'> & {
    readonly unseen: number;
    readonly sameProbability: number;
  } {
    let identityJoins = 0;
    let joinProbability = 1;
    let unseen = 0;
    let sameProbability = 1;
    for (const join of this.#newest) {
      if (join.toMs < fromMs || join.toMs > toMs) continue;
      if (!persons.some(({ person }) => person === join.earlier || person === join.later)) continue;
      identityJoins++;
      joinProbability = Math.min(joinProbability, join.probability);
      if (!join.unseen) continue;
      unseen++;
      sameProbability *= join.probability;
    }
    return { identityJoins, joinProbability, unseen, sameProbability };
  }
}

/** What a reviewer has to know where a movement rests on somebody who was lost and found again. */
export function joinReason(joins: number, sameProbability: number, fromMs: number, toMs: number): Reason[] {
  if (joins === 0) return [];
  const percent = Math.round(100 * sameProbability);
  return [
    {
      text: `Somebody was out of sight ${joins === 1 ? 'once' : times(joins)} and is taken to go on as another track: all of that is right with ${percent} %.`,
      fromMs,
      toMs,
    },
  ];
}
