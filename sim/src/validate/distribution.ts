/** Distributions of numbers and how far apart two of them are. Pure. */

/** Linear between the sorted values. @param share 0 to 1. NaN for no values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) return Number.NaN;
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] as number;
  const high = sorted[Math.ceil(at)] as number;
  return low + (high - low) * (at - Math.floor(at));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Largest difference of the two cumulative distributions, 0 to 1 (Kolmogorov and Smirnov). */
export function kolmogorovSmirnov(a: readonly number[], b: readonly number[]): number {
  const [left, right] = [[...a].sort((p, q) => p - q), [...b].sort((p, q) => p - q)];
  let [i, j, most] = [0, 0, 0];
  while (i < left.length && j < right.length) {
    const at = Math.min(left[i] as number, right[j] as number);
    while (i < left.length && (left[i] as number) <= at) i += 1;
    while (j < right.length && (right[j] as number) <= at) j += 1;
    most = Math.max(most, Math.abs(i / left.length - j / right.length));
  }
  return most;
}

/** How far the values of one have to be moved on average to become the other, in their unit (Wasserstein, order 1). */
export function wasserstein(a: readonly number[], b: readonly number[]): number {
  const [left, right] = [[...a].sort((p, q) => p - q), [...b].sort((p, q) => p - q)];
  const all = [...left, ...right].sort((p, q) => p - q);
  let [i, j, sum] = [0, 0, 0];
  for (let k = 0; k + 1 < all.length; k += 1) {
    const at = all[k] as number;
    while (i < left.length && (left[i] as number) <= at) i += 1;
    while (j < right.length && (right[j] as number) <= at) j += 1;
    sum += Math.abs(i / left.length - j / right.length) * ((all[k + 1] as number) - at);
  }
  return sum;
}

/** Shares of the values per bin, divided by the width: a density. Values outside are left out of the bins, not of the total. */
export function histogram(values: readonly number[], from: number, to: number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  const width = (to - from) / bins;
  for (const value of values) {
    const bin = Math.floor((value - from) / width);
    if (bin >= 0 && bin < bins) counts[bin] = (counts[bin] as number) + 1;
  }
  return counts.map((count) => count / (values.length * width));
}
