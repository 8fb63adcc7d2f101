/** Groups and meetings as the hub tells them, against the labels of CAVIAR. */
import { GroupScorer } from '@safe-passage/hub/score/groups/groups.ts';
import { sceneOptionsFor } from '@safe-passage/hub/score/scene/scene.ts';
import { allSingletons, twoThresholds } from '../groups/baselines.ts';
import type { Window, WindowedSet } from '../groups/dataset.ts';
import { type GroupScores, groupingsOf, scoreWindows } from '../groups/measure.ts';
import type { Partition } from '../groups/metrics.ts';
import type { Clip, Meeting } from './dataset.ts';

/** Labels begin and end where an eye says so: a group told so much earlier or later counts. */
const SLACK_MS = 2000;
/** Hand-drawn boxes in pixels of 5 cm. */
const SIGMA_METRES = 0.1;

interface Together {
  readonly pair: string;
  readonly fromMs: number;
  toMs: number;
}

const keyOf = (one: string, other: string): string => (one < other ? `${one} ${other}` : `${other} ${one}`);

/** When which two were in one group as the live hub sees it, from the past alone. */
function togetherIn({ rows, sampleSeconds }: WindowedSet): Together[] {
  const scorer = new GroupScorer({ scene: sceneOptionsFor(sampleSeconds) });
  const open = new Map<string, Together>();
  const all: Together[] = [];
  let nowMs = rows[0]?.timeMs ?? 0;
  const look = (): void => {
    scorer.take();
    const now = new Set<string>();
    for (const group of scorer.groups) {
      for (const one of group) for (const other of group) if (one < other) now.add(keyOf(one, other));
    }
    for (const pair of now) {
      if (open.has(pair)) continue;
      const together = { pair, fromMs: nowMs, toMs: nowMs };
      open.set(pair, together);
      all.push(together);
    }
    for (const [pair, together] of open) {
      together.toMs = nowMs;
      if (!now.has(pair)) open.delete(pair);
    }
  };
  for (const { timeMs, person, x, y } of rows) {
    if (timeMs > nowMs) look();
    nowMs = timeMs;
    scorer.observe({ timeMs, person, x, y, sigmaMetres: SIGMA_METRES, measured: true });
  }
  look();
  return all;
}

export interface MeetingScores {
  readonly meetings: number;
  readonly found: number;
  /** Pairs of people in sight at the same time, and those of them that were in one group and never in one label. */
  readonly pairs: number;
  readonly falsePairs: number;
}

const pairsOf = ({ members }: Meeting): string[] =>
  members.flatMap((one) => members.filter((other) => one < other).map((other) => keyOf(one, other)));

function scoreMeetings(clips: readonly Clip[]): MeetingScores {
  let found = 0;
  let pairs = 0;
  let falsePairs = 0;
  for (const clip of clips) {
    const together = togetherIn(clip);
    for (const meeting of clip.meetings) {
      const own = new Set(pairsOf(meeting));
      const during = together.some(
        ({ pair, fromMs, toMs }) =>
          own.has(pair) && fromMs <= meeting.toMs + SLACK_MS && toMs >= meeting.fromMs - SLACK_MS,
      );
      if (during) found++;
    }
    const labelled = new Set(clip.meetings.flatMap(pairsOf));
    const met = new Set<string>();
    for (const { rows } of clip.windows) {
      const persons = [...new Set(rows.map(({ person }) => person))];
      for (const one of persons) for (const other of persons) if (one < other) met.add(keyOf(one, other));
    }
    pairs += met.size;
    falsePairs += new Set(together.map(({ pair }) => pair).filter((pair) => !labelled.has(pair))).size;
  }
  return { meetings: clips.reduce((sum, { meetings }) => sum + meetings.length, 0), found, pairs, falsePairs };
}

export interface CaviarResult {
  readonly clips: number;
  readonly rows: readonly { readonly name: string; readonly scores: GroupScores }[];
  readonly meetings: MeetingScores;
}

/** All clips together, beside the rules of `eval groups`. */
export function measureCaviar(clips: readonly Clip[], onClip: (done: number) => void): CaviarResult {
  const windows = clips.flatMap((clip) => clip.windows);
  const scored = new Map<Window, Partition>();
  clips.forEach((clip, i) => {
    const groupings = groupingsOf(clip.rows, clip.sampleSeconds);
    for (const window of clip.windows) {
      const grouping = groupings.get(Math.round(window.fromMs));
      if (grouping) scored.set(window, grouping);
    }
    onClip(i + 1);
  });
  return {
    clips: clips.length,
    rows: [
      { name: 'all singletons', scores: scoreWindows(windows, allSingletons) },
      { name: 'two thresholds', scores: scoreWindows(windows, twoThresholds) },
      { name: 'hub score', scores: scoreWindows(windows, (window) => scored.get(window)) },
    ],
    meetings: scoreMeetings(clips),
  };
}
