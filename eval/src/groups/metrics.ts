/** How well one partition of people into groups agrees with another. Singles are groups of one. */

/** A partition: every person in exactly one group. */
export type Partition = readonly (readonly string[])[];

export interface Agreement {
  /** 0 to 1. */
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Harmonic mean; 0 where both are 0. */
const harmonic = (precision: number, recall: number): number =>
  precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0;

function groupByPerson(partition: Partition): Map<string, number> {
  const groupOf = new Map<string, number>();
  partition.forEach((group, g) => {
    for (const person of group) {
      if (groupOf.has(person)) throw new RangeError(`"${person}" is in two groups of one partition`);
      groupOf.set(person, g);
    }
  });
  return groupOf;
}

/** Kept and possible links of one partition's groups as the other one sees them, with a fake companion for every single. */
function links(own: Partition, other: Partition): { kept: number; possible: number } {
  const otherOf = groupByPerson(other);
  let kept = 0;
  let possible = 0;
  for (const group of own) {
    const [first] = group;
    if (first === undefined) continue;
    if (group.length === 1) {
      possible += 1;
      const inOther = otherOf.get(first);
      if (inOther !== undefined && other[inOther]?.length === 1) kept += 1;
      continue;
    }
    const touched = new Set(group.map((person) => otherOf.get(person)));
    possible += group.length - 1;
    kept += group.length - touched.size;
  }
  return { kept, possible };
}

/** G-MITRE (Solera et al.): links that a spanning tree of each group keeps, singles counted through a fake companion. */
export function gMitre(truth: Partition, predicted: Partition): Agreement {
  const found = links(truth, predicted);
  const right = links(predicted, truth);
  const recall = found.possible > 0 ? found.kept / found.possible : 1;
  const precision = right.possible > 0 ? right.kept / right.possible : 1;
  return { precision, recall, f1: harmonic(precision, recall) };
}

/** Counts that add up over windows: what was right, what was said, what was to be said. */
export interface Counts {
  readonly right: number;
  readonly predicted: number;
  readonly truth: number;
}

export const NO_COUNTS: Counts = { right: 0, predicted: 0, truth: 0 };

export const addCounts = (a: Counts, b: Counts): Counts => ({
  right: a.right + b.right,
  predicted: a.predicted + b.predicted,
  truth: a.truth + b.truth,
});

/** 0 where nothing was said or nothing was right. */
export function agreementOf({ right, predicted, truth }: Counts): Agreement {
  const precision = predicted > 0 ? right / predicted : 0;
  const recall = truth > 0 ? right / truth : 0;
  return { precision, recall, f1: harmonic(precision, recall) };
}

const pairsOf = (n: number): number => (n * (n - 1)) / 2;

/** Pairs of people who are together in both partitions, in the predicted one, and in the true one. */
export function pairCounts(truth: Partition, predicted: Partition): Counts {
  const truthOf = groupByPerson(truth);
  let right = 0;
  for (const group of predicted) {
    const shares = new Map<number, number>();
    for (const person of group) {
      const g = truthOf.get(person);
      if (g !== undefined) shares.set(g, (shares.get(g) ?? 0) + 1);
    }
    for (const share of shares.values()) right += pairsOf(share);
  }
  const all = (partition: Partition): number => partition.reduce((sum, group) => sum + pairsOf(group.length), 0);
  return { right, predicted: all(predicted), truth: all(truth) };
}

/** Group correctness: groups of two or more that match, that is intersection / the larger size is at least `atLeast` (0 to 1]. */
export function correctGroups(truth: Partition, predicted: Partition, atLeast = 1): Counts {
  const truthOf = groupByPerson(truth);
  const real = (partition: Partition): number => partition.filter((group) => group.length >= 2).length;
  let right = 0;
  for (const group of predicted) {
    if (group.length < 2) continue;
    const shares = new Map<number, number>();
    for (const person of group) {
      const g = truthOf.get(person);
      if (g !== undefined) shares.set(g, (shares.get(g) ?? 0) + 1);
    }
    for (const [g, share] of shares) {
      const size = truth[g]?.length ?? 0;
      if (size >= 2 && share / Math.max(size, group.length) >= atLeast) {
        right += 1;
        break;
      }
    }
  }
  return { right, predicted: real(predicted), truth: real(truth) };
}
