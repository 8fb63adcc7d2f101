/** Right or wrong: what was told against what was staged. */
import type { ScenarioRecord } from '@safe-passage/sim/truth/events.ts';
import { type LookAlike, lookAlikesIn, PATTERNS, type Staged, type StagedPattern, stagedIn } from './staged.ts';
import type { Told } from './told.ts';

/** Bounds of the lengths by which recall is broken down, seconds. */
export const LENGTHS = [0, 30, 60, 120, Number.POSITIVE_INFINITY] as const;

export interface Found {
  readonly staged: Staged;
  /** Null where it was missed. */
  readonly told: Told | null;
}

/** A movement that was told and is none. */
export interface FalseOne {
  readonly told: Told;
  /** The look-alike whose people it is about; null for everybody else. */
  readonly lookAlike: LookAlike | null;
}

export interface Verdict {
  readonly people: number;
  readonly found: readonly Found[];
  readonly falseOnes: readonly FalseOne[];
  /** Told among the people of one staged movement, by another name than its own: neither right nor wrong. */
  readonly otherwise: readonly Told[];
  readonly lookAlikes: readonly LookAlike[];
}

function isOf({ pattern, persons }: Staged, told: Told): boolean {
  if (told.pattern !== pattern) return false;
  const [first, second, ...more] = told.persons;
  switch (pattern) {
    case 'handover':
      return first === persons[0] && second === persons[1] && more.every((one) => persons.slice(2).includes(one));
    case 'flanking':
      return first === persons[0] && told.persons.slice(1).every((one) => persons.slice(1).includes(one));
    case 'regrouping':
      return told.persons.every((one) => persons.includes(one));
    default:
      return told.persons.every((one, i) => one === persons[i]);
  }
}

/** Who is wrongly said to lead is wrong, whoever they are. */
function reversed({ pattern, persons }: Staged, told: Told): boolean {
  return (pattern === 'escort' || pattern === 'shadowing') && told.pattern === pattern
    ? told.persons[0] === persons[1] && told.persons[1] === persons[0]
    : false;
}

export function judge(told: readonly Told[], scenarios: readonly ScenarioRecord[], people: number): Verdict {
  const staged = stagedIn(scenarios);
  const lookAlikes = lookAlikesIn(scenarios);
  const actors = scenarios
    .filter(({ decoy }) => !decoy)
    .map(({ persons }) => new Set(persons.map(({ id }) => String(id))));
  const found = staged.map((one): Found => {
    const right = told.filter((other) => isOf(one, other));
    return { staged: one, told: right.sort((a, b) => a.atSeconds - b.atSeconds)[0] ?? null };
  });
  const falseOnes: FalseOne[] = [];
  const otherwise: Told[] = [];
  for (const one of told) {
    if (staged.some((other) => isOf(other, one))) continue;
    const among = actors.some((set) => one.persons.every((person) => set.has(person)));
    if (among && !staged.some((other) => reversed(other, one))) otherwise.push(one);
    else {
      const lookAlike = lookAlikes.find(({ persons }) => one.persons.every((person) => persons.includes(person)));
      falseOnes.push({ told: one, lookAlike: lookAlike ?? null });
    }
  }
  return { people, found, falseOnes, otherwise, lookAlikes };
}

export interface PatternScores {
  readonly pattern: StagedPattern;
  readonly staged: number;
  readonly found: number;
  /** Of each length: see `LENGTHS`. */
  readonly byLength: readonly { readonly from: number; readonly staged: number; readonly found: number }[];
  /** Seconds from when the claim held until it was told: median and 95th percentile of those found; null where none was. */
  readonly medianSeconds: number | null;
  readonly p95Seconds: number | null;
  /** False ones, and those of them that are about look-alikes. */
  readonly falseOnes: number;
  readonly falseLookAlikes: number;
  readonly falsePerThousand: number;
  readonly otherwise: number;
}

/** @param sorted ascending; nearest rank. */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? null;
}

export function scoresOf(verdicts: readonly Verdict[], pattern: StagedPattern): PatternScores {
  const of = verdicts.flatMap(({ found }) => found.filter(({ staged }) => staged.pattern === pattern));
  const people = verdicts.reduce((sum, verdict) => sum + verdict.people, 0);
  const wrong = verdicts.flatMap(({ falseOnes }) => falseOnes.filter(({ told }) => told.pattern === pattern));
  const delays = of
    .flatMap(({ staged, told }) => (told ? [told.atSeconds - staged.fromSeconds] : []))
    .sort((a, b) => a - b);
  const byLength = LENGTHS.slice(0, -1).map((from, i) => {
    const inside = of.filter(({ staged: { seconds } }) => seconds >= from && seconds < (LENGTHS[i + 1] ?? Infinity));
    return { from, staged: inside.length, found: inside.filter(({ told }) => told).length };
  });
  return {
    pattern,
    staged: of.length,
    found: delays.length,
    byLength,
    medianSeconds: quantile(delays, 0.5),
    p95Seconds: quantile(delays, 0.95),
    falseOnes: wrong.length,
    falseLookAlikes: wrong.filter(({ lookAlike }) => lookAlike).length,
    falsePerThousand: people > 0 ? (1000 * wrong.length) / people : 0,
    otherwise: verdicts.flatMap((verdict) => verdict.otherwise).filter((told) => told.pattern === pattern).length,
  };
}

export const allScores = (verdicts: readonly Verdict[]): PatternScores[] =>
  PATTERNS.map((pattern) => scoresOf(verdicts, pattern));

/** Recall and false ones per 1,000 people at a threshold. */
export interface CurvePoint {
  readonly threshold: number;
  readonly recall: number;
  readonly falsePerThousand: number;
}

/** One run's escorts by score, for a curve: ordered pairs of follower and leader. */
export interface ScoredPairs {
  readonly verdict: Verdict;
  /** By `follower leader`. */
  readonly scores: ReadonlyMap<string, number>;
}

/** Which people are what a pattern looks for; who is named by `labelKey`. */
export interface Labels {
  /** How many are staged. */
  readonly staged: number;
  /** Null of those who act in one staged movement without being that: what is told of them is neither right nor wrong. */
  readonly of: (key: string) => boolean | null;
}

/** Patterns that a model of its own weighs. */
export const LABELLED_PATTERNS = ['escort', 'flanking', 'shadowing'] as const;
export type LabelledPattern = (typeof LABELLED_PATTERNS)[number];

/** The people of a candidate in one order: the first as it is, of flanking the two beside in order of their names. */
export function labelKey(pattern: LabelledPattern, [first = '', ...others]: readonly string[]): string {
  return [first, ...(pattern === 'flanking' ? others.sort() : others)].join(' ');
}

/** @param staged everything that was staged, of all patterns. */
export function labelsOf(pattern: LabelledPattern, staged: readonly Staged[]): Labels {
  const own = staged.filter((one) => one.pattern === pattern);
  const right = new Set(own.map(({ persons }) => labelKey(pattern, persons)));
  const wrongWay = new Set(pattern === 'flanking' ? [] : own.map(({ persons }) => persons.toReversed().join(' ')));
  const actorOf = new Map<string, Set<number>>();
  for (const { persons, scenario } of staged) {
    for (const person of persons) actorOf.set(person, (actorOf.get(person) ?? new Set()).add(scenario));
  }
  const of = (key: string): boolean | null => {
    if (right.has(key)) return true;
    if (wrongWay.has(key)) return false;
    const [first = '', ...others] = key.split(' ');
    const among = [...(actorOf.get(first) ?? [])].some((scenario) =>
      others.every((other) => actorOf.get(other)?.has(scenario)),
    );
    return among ? null : false;
  };
  return { staged: right.size, of };
}

/** Recall of escorts against false ones, from the highest threshold to the lowest. What is told among actors does not count, as in `judge`. */
export function escortCurve(runs: readonly ScoredPairs[]): CurvePoint[] {
  const people = runs.reduce((sum, { verdict }) => sum + verdict.people, 0);
  let staged = 0;
  const marks: { score: number; right: boolean }[] = [];
  for (const { verdict, scores } of runs) {
    const labels = labelsOf(
      'escort',
      verdict.found.map((one) => one.staged),
    );
    staged += labels.staged;
    for (const [key, score] of scores) {
      const right = labels.of(key);
      if (right !== null) marks.push({ score, right });
    }
  }
  marks.sort((a, b) => b.score - a.score);
  const curve: CurvePoint[] = [];
  let hits = 0;
  let wrong = 0;
  marks.forEach(({ score, right }, i) => {
    if (right) hits++;
    else wrong++;
    if (marks[i + 1]?.score === score) return;
    curve.push({ threshold: score, recall: hits / Math.max(1, staged), falsePerThousand: (1000 * wrong) / people });
  });
  return curve;
}

/** The greatest recall on a curve at no more than so many false ones per 1,000 people. */
export const recallAt = (curve: readonly CurvePoint[], mostPerThousand: number): number =>
  curve.reduce(
    (most, { falsePerThousand, recall }) => (falsePerThousand <= mostPerThousand ? Math.max(most, recall) : most),
    0,
  );
