/** What the choice of parameters is worth on data that had no part in it. */
import { crowdsOf } from './crowds.ts';
import type { GroupSet } from './dataset.ts';
import { type GroupScores, measureGroups, type Tuning } from './measure.ts';

/** The search: the four parameters that matter, coarsely, around what is physically plausible. */
function* candidates(): Generator<Tuning> {
  for (const companionMetres of [1.1, 1.3, 1.5]) {
    for (const companionSpread of [0.36, 0.44, 0.52]) {
      for (const priorLogOdds of [-1.3, -0.9, -0.5]) {
        for (const hopLogOdds of [0.15, 0.3, 0.6]) {
          yield { evidence: { companionMetres, companionSpread, priorLogOdds }, partition: { hopLogOdds } };
        }
      }
    }
  }
}

const worth = ({ gMitreF1, pairs }: GroupScores): number => gMitreF1 + pairs.f1;

export interface Validation {
  /** What was left out of the choice and then measured. */
  readonly leftOut: string;
  readonly chosen: Tuning;
  readonly scores: GroupScores;
}

const SETTLE_SECONDS = 10;
const FOLDS = 5;

/** What is weighed otherwise in a crowd: from how many strangers to a square metre on, and how much more of them tell. */
function* crowdCandidates(): Generator<Tuning> {
  for (const crowdPerSquareMetre of [0.05, 0.07, 0.1, 0.13]) {
    for (const crowdWeight of [0, 0.3, 0.5, 1]) yield { evidence: { crowdPerSquareMetre, crowdWeight } };
  }
}

/** Chooses how crowds are weighed on one set and its crowds, and measures the crowds of the other. */
export function crossValidateCrowds(sets: readonly GroupSet[]): Validation[] {
  return sets.flatMap((left) => {
    const others = sets.filter((set) => set !== left).flatMap(crowdsOf);
    const chosen = best(crowdCandidates(), (tuning) =>
      others.reduce((sum, set) => sum + worth(measureGroups(set, SETTLE_SECONDS, tuning)), 0),
    );
    return crowdsOf(left).map((set) => ({
      leftOut: set.name,
      chosen,
      scores: measureGroups(set, SETTLE_SECONDS, chosen),
    }));
  });
}

function best(tunings: Iterable<Tuning>, value: (tuning: Tuning) => number): Tuning {
  let chosen: Tuning = {};
  let most = Number.NEGATIVE_INFINITY;
  for (const tuning of tunings) {
    const found = value(tuning);
    if (found <= most) continue;
    most = found;
    chosen = tuning;
  }
  return chosen;
}

/** Leaves out one set after the other, then every fifth window of both, and measures what was left out. */
export function crossValidate(sets: readonly GroupSet[]): Validation[] {
  const results: Validation[] = [];
  for (const left of sets) {
    const others = sets.filter((set) => set !== left);
    const chosen = best(candidates(), (tuning) =>
      others.reduce((sum, set) => sum + worth(measureGroups(set, SETTLE_SECONDS, tuning)), 0),
    );
    results.push({ leftOut: left.name, chosen, scores: measureGroups(left, SETTLE_SECONDS, chosen) });
  }
  for (const set of sets) {
    for (let fold = 0; fold < FOLDS; fold++) {
      // Whole fifths of the set in a row: neighbouring windows show the same people.
      const inFold = (index: number): boolean => Math.floor((index * FOLDS) / set.windows.length) === fold;
      const chosen = best(candidates(), (tuning) =>
        sets.reduce(
          (sum, other) =>
            sum + worth(measureGroups(other, SETTLE_SECONDS, tuning, other === set ? (i) => !inFold(i) : undefined)),
          0,
        ),
      );
      results.push({
        leftOut: `${set.name}, fifth ${fold + 1}`,
        chosen,
        scores: measureGroups(set, SETTLE_SECONDS, chosen, inFold),
      });
    }
  }
  return results;
}
