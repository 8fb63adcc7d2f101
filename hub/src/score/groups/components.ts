/** From log odds of pairs to groups of people: only people who are joined by something that speaks for it are weighed together. */
import { cluster } from './cluster.ts';

/** A pair of indices and the log odds that they belong together. */
export interface Link {
  readonly a: number;
  readonly b: number;
  readonly logOdds: number;
}

export interface PartitionOptions {
  /** Log odds of a pair count at most so much either way. */
  readonly strongestLogOdds: number;
  /** Log odds of a pair that was never near each other. */
  readonly apartLogOdds: number;
  /**
   * Two people with a common companion are companions by the weaker of the two links less this: in a larger party the outer
   * ones walk far from each other. Infinity for never.
   */
  readonly hopLogOdds: number;
}

export const PARTITION_DEFAULTS: PartitionOptions = { strongestLogOdds: 4, apartLogOdds: -3, hopLogOdds: 0.3 };

/** Beyond so many people that hang together the weights would fill the memory: the strongest links alone decide there. */
const LARGEST_COMPONENT = 512;

/** Beyond so many people that hang together it is a crowd, and companions of companions are nobody's. */
const LARGEST_CHAINED = 64;

/** Lets companions of companions count, in place: for each pair its own link, or the best way over others with a toll for each. */
function chain(m: number, weights: Float64Array, hop: number): void {
  for (let b = 0; b < m; b++) {
    for (let a = 0; a < m; a++) {
      if (a === b) continue;
      const first = weights[a * m + b] as number;
      for (let c = a + 1; c < m; c++) {
        if (c === b) continue;
        const through = Math.min(first, weights[b * m + c] as number) - hop;
        if (through <= (weights[a * m + c] as number)) continue;
        weights[a * m + c] = through;
        weights[c * m + a] = through;
      }
    }
  }
}

/**
 * Partitions `n` people.
 *
 * @returns the groups, each in ascending order, ordered by their first member; everybody is in exactly one.
 */
export function partition(n: number, links: readonly Link[], options: PartitionOptions): number[][] {
  const parent = new Int32Array(n).map((_, i) => i);
  const root = (i: number): number => {
    let r = i;
    while (parent[r] !== r) r = parent[r] as number;
    for (let k = i; parent[k] !== r; ) {
      const next = parent[k] as number;
      parent[k] = r;
      k = next;
    }
    return r;
  };
  const size = new Int32Array(n).fill(1);
  const positive = links
    .filter((link) => link.logOdds > 0)
    .sort((p, q) => q.logOdds - p.logOdds || p.a - q.a || p.b - q.b);
  for (const { a, b } of positive) {
    const ra = root(a);
    const rb = root(b);
    if (ra === rb || (size[ra] as number) + (size[rb] as number) > LARGEST_COMPONENT) continue;
    const [low, high] = ra < rb ? [ra, rb] : [rb, ra];
    parent[high] = low;
    size[low] = (size[low] as number) + (size[high] as number);
  }
  const members = new Map<number, number[]>();
  const place = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const r = root(i);
    const list = members.get(r);
    if (list) place[i] = list.push(i) - 1;
    else members.set(r, [i]);
  }
  const within = new Map<number, Link[]>();
  for (const link of links) {
    const r = root(link.a);
    if (r !== root(link.b)) continue;
    const list = within.get(r);
    if (list) list.push(link);
    else within.set(r, [link]);
  }
  const groups: number[][] = [];
  for (const [r, people] of members) {
    const m = people.length;
    if (m === 1) {
      groups.push(people);
      continue;
    }
    const weights = new Float64Array(m * m).fill(options.apartLogOdds);
    for (const { a, b, logOdds } of within.get(r) ?? []) {
      const w = Math.min(options.strongestLogOdds, Math.max(-options.strongestLogOdds, logOdds));
      weights[(place[a] as number) * m + (place[b] as number)] = w;
      weights[(place[b] as number) * m + (place[a] as number)] = w;
    }
    if (m <= LARGEST_CHAINED) chain(m, weights, options.hopLogOdds);
    const group = cluster(m, weights);
    const split = new Map<number, number[]>();
    people.forEach((person, k) => {
      const g = group[k] as number;
      const list = split.get(g);
      if (list) list.push(person);
      else split.set(g, [person]);
    });
    groups.push(...split.values());
  }
  return groups.sort((p, q) => (p[0] as number) - (q[0] as number));
}
