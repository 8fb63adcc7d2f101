const FIRST_MS = 1000;
const LONGEST_MS = 30_000;

/**
 * How long to wait before the next attempt: doubling from one second to thirty, half of it at random, so that a hall
 * full of cameras does not come back in step after a power cut.
 * @param attempt failures in a row, from 1.
 * @param random 0 to 1.
 */
export function backoffMs(attempt: number, random: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 30));
  return full / 2 + (full / 2) * random;
}
