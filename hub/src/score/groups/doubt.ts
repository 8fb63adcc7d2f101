/** What a movement may owe to errors of seeing, from the lives of those in it. */
import type { MovementUncertainty } from '../movement.ts';
import type { Life } from './lives.ts';

export interface Doubt {
  readonly uncertainty: MovementUncertainty;
  /** Probability that all joins hold, 0 to 1. */
  readonly sameProbability: number;
}

const share = (part: number, whole: number): number => (whole > 0 ? Math.min(1, part / whole) : 0);

/** @param since of each life, from when on joins count, ms. */
export function doubtOf(lives: readonly (readonly [life: Life, sinceMs: number])[]): Doubt {
  let coastedShare = 0;
  let identityJoins = 0;
  let joinProbability = 1;
  let sameProbability = 1;
  const sigmas: number[] = [];
  for (const [life, sinceMs] of lives) {
    let { seconds, coastedSeconds, sigmaSeconds } = life;
    for (const join of life.joinsSince(sinceMs)) {
      identityJoins++;
      joinProbability = Math.min(joinProbability, join.probability);
      sameProbability *= join.probability;
      seconds += join.life.seconds;
      coastedSeconds += join.life.coastedSeconds;
      sigmaSeconds += join.life.sigmaSeconds;
    }
    // The worst of them: a share over all would hide one who was hardly seen.
    coastedShare = Math.max(coastedShare, share(coastedSeconds, seconds));
    if (seconds > 0) sigmas.push(sigmaSeconds / seconds);
  }
  sigmas.sort((a, b) => a - b);
  const sigmaMetres = sigmas[sigmas.length >> 1] ?? 0;
  return { uncertainty: { coastedShare, identityJoins, joinProbability, sigmaMetres }, sameProbability };
}
