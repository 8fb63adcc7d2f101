/** Staged movements and their look-alikes in simulated terminals, on plans and seeds that nothing was fitted to. */
import { loadTerminal } from '@safe-passage/sim/terminal/load.ts';
import {
  allScores,
  type CurvePoint,
  escortCurve,
  judge,
  type PatternScores,
  recallAt,
  type ScoredPairs,
  type Verdict,
} from './judge.ts';
import { type Recording, record, type StagedRun } from './recording.ts';
import { score } from './score.ts';
import type { SoloPattern } from './staged.ts';

/**
 * The split: parameters may be chosen on seeds 1 to 80 of any plan; the reporting seeds were never looked at for choosing anything. Escorts are fitted to the
 * first half, and what builds upon them to the second: there they are as uncertain as they are anywhere.
 */
const seeds = (from: number): readonly number[] => Array.from({ length: 40 }, (_, i) => from + i);
export const FITTING_SEEDS = { escort: seeds(1), flanking: seeds(41), shadowing: seeds(41) } as const;
export const seedSpan = (of: readonly number[]): string => `${of[0]} to ${of.at(-1)}`;
export const REPORTING_SEEDS = [100, 101] as const;

/** A small terminal has fewer people. */
export const PLANS = [
  { plan: 'arrivals', passengersPerHour: 1200 },
  { plan: 'departures', passengersPerHour: 1200 },
  { plan: 'regional', passengersPerHour: 300 },
] as const;
export const SCENARIOS_PER_HOUR = 12;

/** What is measured: half hours with staged movements, and quarters of an hour of ordinary traffic alone. */
export const FULL: readonly StagedRun[] = REPORTING_SEEDS.flatMap((seed) => [
  ...PLANS.map((one) => ({ ...one, seed, hours: 0.5, scenariosPerHour: SCENARIOS_PER_HOUR })),
  ...PLANS.map((one) => ({ ...one, seed, hours: 0.25, scenariosPerHour: 0 })),
]);

/** Enough to see that nothing broke, in half a minute: the small terminal for a quarter of an hour. */
export const QUICK: readonly StagedRun[] = [
  { plan: 'regional', passengersPerHour: 200, seed: 100, hours: 0.25, scenariosPerHour: 12 },
  { plan: 'regional', passengersPerHour: 200, seed: 100, hours: 0.1, scenariosPerHour: 0 },
];

/** A rule beside the hub's escorts. */
export interface RuleScores {
  readonly name: string;
  readonly curve: readonly CurvePoint[];
  readonly recallAt1: number;
  readonly recallAt10: number;
}

export interface Measured {
  readonly quick: boolean;
  readonly runs: readonly { readonly run: StagedRun; readonly people: number }[];
  readonly patterns: readonly PatternScores[];
  /** By plan, staged runs only. */
  readonly byPlan: readonly { readonly plan: string; readonly patterns: readonly PatternScores[] }[];
  /** Of look-alikes: how many were staged, and of how many somebody was told. */
  readonly lookAlikes: readonly { readonly variant: string; readonly staged: number; readonly told: number }[];
  readonly ordinaryPeople: number;
  readonly ordinary: readonly PatternScores[];
  /** The hub first. */
  readonly escortRules: readonly RuleScores[];
}

export interface Judged {
  readonly run: StagedRun;
  readonly verdict: Verdict;
  readonly hub: ScoredPairs;
  readonly flock: ScoredPairs;
  readonly correlated: ScoredPairs;
}

function rule(name: string, runs: readonly ScoredPairs[]): RuleScores {
  const curve = escortCurve(runs);
  return { name, curve, recallAt1: recallAt(curve, 1), recallAt10: recallAt(curve, 10) };
}

function lookAlikesOf(verdicts: readonly Verdict[]): Measured['lookAlikes'] {
  const counts = new Map<string, { staged: number; told: number }>();
  for (const { lookAlikes, falseOnes } of verdicts) {
    for (const one of lookAlikes) {
      const count = counts.get(one.variant) ?? { staged: 0, told: 0 };
      count.staged++;
      if (falseOnes.some(({ lookAlike }) => lookAlike === one)) count.told++;
      counts.set(one.variant, count);
    }
  }
  return [...counts].map(([variant, count]) => ({ variant, ...count }));
}

/** @param only what was scored; null for all. */
export function summarise(quick: boolean, judged: readonly Judged[], only: SoloPattern | null = null): Measured {
  const scored = (scores: readonly PatternScores[]): PatternScores[] =>
    scores.filter(({ pattern }) => only === null || pattern === only);
  const staged = judged.filter(({ run }) => run.scenariosPerHour > 0);
  const ordinary = judged.filter(({ run }) => run.scenariosPerHour === 0).map(({ verdict }) => verdict);
  const verdicts = staged.map(({ verdict }) => verdict);
  const plans = Map.groupBy(staged, ({ run }) => run.plan);
  return {
    quick,
    runs: judged.map(({ run, verdict }) => ({ run, people: verdict.people })),
    patterns: scored(allScores(verdicts)),
    byPlan: [...plans].map(([plan, of]) => ({ plan, patterns: scored(allScores(of.map(({ verdict }) => verdict))) })),
    lookAlikes: lookAlikesOf(verdicts),
    ordinaryPeople: ordinary.reduce((sum, { people }) => sum + people, 0),
    ordinary: scored(allScores(ordinary)),
    escortRules:
      only !== null
        ? []
        : [
            rule(
              'hub score',
              staged.map(({ hub }) => hub),
            ),
            rule(
              'FLOCK',
              staged.map(({ flock }) => flock),
            ),
            rule(
              'lagged correlation',
              staged.map(({ correlated }) => correlated),
            ),
          ],
  };
}

/** Scores one recording and says what of it is right. @returns null where the signal was aborted. */
async function judgeRecording(
  recording: Recording,
  onShare: (share: number) => void,
  signal: AbortSignal,
  only: SoloPattern | null = null,
): Promise<Judged | null> {
  const { run, scenarios, people } = recording;
  const scored = await score(recording, { rules: only === null && run.scenariosPerHour > 0, only }, onShare, signal);
  if (!scored) return null;
  const { told, flock, correlated } = scored;
  const verdict = judge(told, scenarios, people);
  const escorts = told.filter(({ pattern }) => pattern === 'escort');
  return {
    run,
    verdict,
    hub: { verdict, scores: new Map(escorts.map((one) => [one.persons.join(' '), one.score])) },
    flock: { verdict, scores: flock },
    correlated: { verdict, scores: correlated },
  };
}

/** @param onHours told how many simulated hours are done, of `hoursOf`. @param only scores this pattern alone. @returns null where the signal was aborted. */
export async function measureEscort(
  quick: boolean,
  onHours: (hours: number) => void,
  signal: AbortSignal,
  only: SoloPattern | null = null,
): Promise<Measured | null> {
  const judged: Judged[] = [];
  let before = 0;
  for (const run of quick ? QUICK : FULL) {
    const told = (share: number): void => onHours(before + run.hours * share);
    const recording = await record(await loadTerminal(run.plan), run, (hours) => told(hours / run.hours / 2), signal);
    const one = recording && (await judgeRecording(recording, (share) => told((1 + share) / 2), signal, only));
    if (!one) return null;
    judged.push(one);
    before += run.hours;
  }
  return summarise(quick, judged, only);
}

export const hoursOf = (quick: boolean): number => (quick ? QUICK : FULL).reduce((sum, { hours }) => sum + hours, 0);
