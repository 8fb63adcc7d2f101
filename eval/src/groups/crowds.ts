/** A set as it would be in a crowd: parts of its time laid over each other, which makes it denser, labels and all. */
import { twoThresholds } from './baselines.ts';
import { type GroupSet, groupSet, type Row } from './dataset.ts';
import { type GroupScores, measureGroups, scoreWindows } from './measure.ts';

/** Into how many parts the time is cut: so many times as many people are there at once. */
const CROWDS = [2, 3, 5, 8] as const;

/**
 * Cuts a set's time into so many parts and lets all of them begin at once. People of different parts are strangers who walk through
 * each other: nobody makes way, so that it is a little harder than a crowd. Who is in sight at a cut is somebody else behind it.
 */
export function crowdOf(set: GroupSet, parts: number): GroupSet {
  const startMs = set.rows[0]?.timeMs ?? 0;
  const rowMs = 1000 * set.sampleSeconds;
  const partMs = rowMs * Math.ceil((((set.rows.at(-1)?.timeMs ?? 0) - startMs) / rowMs + 1) / parts);
  const groupOf = new Map<string, string>();
  const rows = set.rows.map(({ timeMs, person, x, y }): Row => {
    const part = Math.floor((timeMs - startMs) / partMs);
    const group = set.groupOf.get(person);
    const named = `${part}:${person}`;
    if (group !== undefined) groupOf.set(named, `${part}:${group}`);
    return { timeMs: timeMs - part * partMs, person: named, x, y };
  });
  rows.sort((a, b) => a.timeMs - b.timeMs);
  return groupSet(`${set.name}, ${parts} over each other`, rows, set.sampleSeconds, groupOf);
}

/** A set as recorded and as crowds of more and more people. */
export const crowdsOf = (set: GroupSet): GroupSet[] => [set, ...CROWDS.map((parts) => crowdOf(set, parts))];

export interface CrowdScores {
  readonly name: string;
  /** People in a window, on average. */
  readonly people: number;
  readonly rule: GroupScores;
  readonly hub: GroupScores;
}

/** A set and its crowds beside the two-threshold rule on the same rows. */
export const measureCrowds = (set: GroupSet): CrowdScores[] =>
  crowdsOf(set).map((crowd) => ({
    name: crowd.name,
    people: crowd.windows.reduce((sum, { truth }) => sum + truth.flat().length, 0) / crowd.windows.length,
    rule: scoreWindows(crowd.windows, twoThresholds),
    hub: measureGroups(crowd),
  }));
