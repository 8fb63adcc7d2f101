/** The same people seen more coarsely or less exactly: what is told of groups should hardly change. */
import { Random } from '../fusion/random.ts';
import { twoThresholds } from './baselines.ts';
import { type GroupSet, groupSet, type Row } from './dataset.ts';
import { type GroupScores, measureGroups, scoreWindows } from './measure.ts';

const SEED = 7;

/** What is done to a set: every how many rows of time are kept, and 1-sigma of the noise on each axis, metres, new in every row. */
export interface Seen {
  readonly name: string;
  readonly every: number;
  readonly sigmaMetres: number;
}

export const SEEN: readonly Seen[] = [
  { name: 'as recorded', every: 1, sigmaMetres: 0 },
  { name: 'half the rate', every: 2, sigmaMetres: 0 },
  { name: '5 cm of noise', every: 1, sigmaMetres: 0.05 },
  { name: '10 cm of noise', every: 1, sigmaMetres: 0.1 },
  { name: '20 cm of noise', every: 1, sigmaMetres: 0.2 },
  { name: 'half the rate, 10 cm', every: 2, sigmaMetres: 0.1 },
];

/** The set as it would have been seen: windows begin where they did, and who is not seen in one is not of it. */
export function seenAs(set: GroupSet, { every, sigmaMetres }: Seen): GroupSet {
  const random = new Random(SEED);
  const startMs = set.rows[0]?.timeMs ?? 0;
  const rows = set.rows
    .filter(({ timeMs }) => Math.round((timeMs - startMs) / (1000 * set.sampleSeconds)) % every === 0)
    .map(({ timeMs, person, x, y }): Row => {
      const dx = sigmaMetres * random.normal();
      return { timeMs, person, x: x + dx, y: y + sigmaMetres * random.normal() };
    });
  return groupSet(set.name, rows, every * set.sampleSeconds, set.groupOf, startMs);
}

export interface SeenScores {
  readonly name: string;
  readonly rule: GroupScores;
  readonly hub: GroupScores;
}

/** A set in every way in which it may be seen, beside the two-threshold rule on the same rows. */
export const measureSeen = (set: GroupSet): SeenScores[] =>
  SEEN.map((seen) => {
    const other = seenAs(set, seen);
    return {
      name: `${set.name}, ${seen.name}`,
      rule: scoreWindows(other.windows, twoThresholds),
      hub: measureGroups(other),
    };
  });
