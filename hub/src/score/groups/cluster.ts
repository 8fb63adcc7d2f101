/**
 * Correlation clustering: the partition that keeps as much log odds inside its groups as it can. Exact for small sets of people;
 * for larger ones merged greedily and improved by moving one person at a time.
 */

/** Sets up to here are solved exactly: at most 4,140 partitions. */
export const EXACT_PEOPLE = 8;

/**
 * @param n how many people.
 * @param weights n x n, symmetric: log odds that two belong together, above 0 for together.
 * @returns the group number of each person; groups are numbered in the order of their first person.
 */
export function cluster(n: number, weights: Float64Array): Int32Array {
  return numbered(n <= EXACT_PEOPLE ? exact(n, weights) : improved(n, weights, greedy(n, weights)));
}

/** What a partition keeps inside its groups: the objective. */
export function kept(n: number, weights: Float64Array, group: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) if (group[i] === group[j]) sum += weights[i * n + j] as number;
  }
  return sum;
}

function numbered(group: Int32Array): Int32Array {
  const names = new Map<number, number>();
  return group.map((g) => {
    let name = names.get(g);
    if (name === undefined) {
      name = names.size;
      names.set(g, name);
    }
    return name;
  });
}

function exact(n: number, weights: Float64Array): Int32Array {
  const best = new Int32Array(n).map((_, i) => i);
  const now = new Int32Array(n);
  // What the people from i on could add at best: the sum of all that is above 0.
  const hope = new Float64Array(n + 1);
  for (let i = n - 1; i >= 0; i--) {
    let sum = hope[i + 1] as number;
    for (let j = 0; j < i; j++) sum += Math.max(0, weights[i * n + j] as number);
    hope[i] = sum;
  }
  let bestKept = 0;
  const place = (i: number, groups: number, sum: number): void => {
    if (sum + (hope[i] as number) <= bestKept) return;
    if (i === n) {
      bestKept = sum;
      best.set(now);
      return;
    }
    for (let g = 0; g <= groups; g++) {
      let gain = 0;
      for (let j = 0; j < i; j++) if (now[j] === g) gain += weights[i * n + j] as number;
      now[i] = g;
      place(i + 1, g === groups ? groups + 1 : groups, sum + gain);
    }
  };
  place(0, 0, 0);
  return best;
}

function greedy(n: number, weights: Float64Array): Int32Array {
  const group = new Int32Array(n).map((_, i) => i);
  const between = weights.slice();
  const alive = new Uint8Array(n).fill(1);
  for (;;) {
    let gain = 0;
    let a = -1;
    let b = -1;
    for (let i = 0; i < n; i++) {
      if (alive[i] === 0) continue;
      for (let j = i + 1; j < n; j++) {
        if (alive[j] === 0 || (between[i * n + j] as number) <= gain) continue;
        gain = between[i * n + j] as number;
        a = i;
        b = j;
      }
    }
    if (a < 0) return group;
    for (let k = 0; k < n; k++) {
      if (group[k] === b) group[k] = a;
      if (k === a || k === b) continue;
      const sum = (between[a * n + k] as number) + (between[b * n + k] as number);
      between[a * n + k] = sum;
      between[k * n + a] = sum;
    }
    alive[b] = 0;
  }
}

/** Moves one person at a time to where the most is kept, until nobody's move helps. */
function improved(n: number, weights: Float64Array, group: Int32Array): Int32Array {
  const gain = new Float64Array(n);
  for (let round = 0; round < 20; round++) {
    let moved = false;
    for (let i = 0; i < n; i++) {
      gain.fill(0);
      const size = new Int32Array(n);
      for (let j = 0; j < n; j++) {
        const g = group[j] as number;
        size[g] = (size[g] as number) + 1;
        if (j !== i) gain[g] = (gain[g] as number) + (weights[i * n + j] as number);
      }
      const own = group[i] as number;
      let to = own;
      let most = gain[own] as number;
      for (let g = 0; g < n; g++) {
        if (g === own) continue;
        // An empty number stands for a group of one's own.
        if ((gain[g] as number) > most + 1e-9) {
          most = gain[g] as number;
          to = g;
        }
      }
      if (to === own && most < -1e-9) to = size.indexOf(0);
      if (to === own) continue;
      group[i] = to;
      moved = true;
    }
    if (!moved) break;
  }
  return group;
}
