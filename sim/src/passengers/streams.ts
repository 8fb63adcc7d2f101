/** Streams of numbers of their own for every purpose, so that more of one thing does not change another. */
import { Random, seedFor } from '../random.ts';

export function stream(seed: number, purpose: string): Random {
  return new Random(seedFor(seed, purpose));
}

/** An index below `count`; 0 for a count of 1. */
export function below(random: Random, count: number): number {
  return Math.min(count - 1, Math.floor(random.next() * count));
}

export function pick<T>(random: Random, from: readonly T[]): T {
  const chosen = from[below(random, from.length)];
  if (chosen === undefined) throw new RangeError('nothing to pick from');
  return chosen;
}

/** By weights that need not add up to 1. */
export function pickWeighted<T>(random: Random, from: readonly T[], weight: (of: T) => number): T {
  let total = 0;
  for (const one of from) total += weight(one);
  let at = random.next() * total;
  for (const one of from) {
    at -= weight(one);
    if (at < 0) return one;
  }
  return pick(random, from);
}

/** Log-normal with this median, kept within a factor of 5 of it: nobody is served for an hour. */
export function logNormal(random: Random, { medianSeconds, sigma }: { medianSeconds: number; sigma: number }): number {
  const factor = Math.exp(random.normal(0, sigma));
  return medianSeconds * Math.min(5, Math.max(0.2, factor));
}

/** Normal, drawn to the nearer end where it falls outside. */
export function normalWithin(random: Random, mean: number, sigma: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, random.normal(mean, sigma)));
}
