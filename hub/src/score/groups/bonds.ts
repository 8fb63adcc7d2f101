/** How the members of a group hang together, for whoever is told of it. */
import type { Bond } from './event.ts';
import { STAT, STATS } from './evidence.ts';
import type { PairTable } from './pairs.ts';

/** Means over the strongest link of each member to another; null where there is none. @param slots of the members who are there. */
export function bondOf(pairs: PairTable, slots: readonly number[]): Bond | null {
  const { stats, logOdds } = pairs;
  const best = new Set<number>();
  for (const a of slots) {
    let found = -1;
    for (const b of slots) {
      const at = a === b ? -1 : pairs.find(a, b);
      if (at >= 0 && (found < 0 || (logOdds[at] as number) > (logOdds[found] as number))) found = at;
    }
    if (found >= 0) best.add(found);
  }
  if (best.size === 0) return null;
  let metres = 0;
  let relativeSpeed = 0;
  let seconds = 0;
  let odds = 0;
  for (const at of best) {
    const row = at * STATS;
    const stat = (which: keyof typeof STAT): number => stats[row + STAT[which]] as number;
    metres += stat('seconds') > 0 ? stat('distance') / stat('seconds') : 0;
    relativeSpeed += stat('moving') > 0 ? Math.hypot(stat('along'), stat('across')) / stat('moving') : 0;
    seconds += stat('seconds');
    odds += logOdds[at] as number;
  }
  const n = best.size;
  return { metres: metres / n, relativeSpeed: relativeSpeed / n, seconds: seconds / n, logOdds: odds / n };
}
