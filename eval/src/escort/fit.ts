/**
 * Fits the model of escorts to candidates of staged runs. Somebody is told once their log odds suffice at any moment: so each pair counts by the moment at
 * which it is most like an escort, which is found by the model itself in a few turns. Brief walks and longer ones are fitted apart.
 */
import { type AdditiveModel, type Shape, stepOf } from '@safe-passage/hub/score/escorts/additive.ts';
import { COUNTED, type EscortModel, isBrief } from '@safe-passage/hub/score/escorts/escortOdds.ts';
import { MEASURES } from '@safe-passage/hub/score/escorts/measures.ts';
import { Random } from '../fusion/random.ts';
import { type Binned, boost, type Fitted, oddsOf } from './boosting.ts';
import type { Candidates } from './candidates.ts';
import type { CurvePoint } from './judge.ts';

/** Quantiles of escorts, and of all others, at which a measure may be split. */
const QUANTILES = 15;
/** How often the moments are chosen anew. */
const TURNS = 3;
/** So many false ones per 1,000 people are to be told of the fitting seeds, each by a model that did not see it. */
export const FITTED_FALSE_PER_THOUSAND = 0.7;
const FOLDS = 4;
const DECIMALS = 1000;

/** All candidates as rows. */
interface Rows {
  readonly binned: Binned;
  readonly edges: readonly number[][];
  /** Of each row: its pair, its run, and whether it is an escort. */
  readonly pairs: Int32Array;
  readonly runs: Int32Array;
  readonly labels: Uint8Array;
  /** 1 where little walking counts. */
  readonly brief: Uint8Array;
  readonly pairCount: number;
}

const rounded = (value: number): number => Math.round(DECIMALS * value) / DECIMALS;

/** Places at which a measure may be split: quantiles of those that are escorts and of those that are not. */
function edgesOf(values: readonly Float32Array[]): number[] {
  const edges = new Set<number>();
  for (const of of values) {
    const sorted = of.toSorted();
    for (let k = 1; k <= QUANTILES; k++) {
      const value = sorted[Math.floor((k * sorted.length) / (QUANTILES + 1))];
      if (value !== undefined) edges.add(rounded(value));
    }
  }
  return [...edges].sort((a, b) => a - b);
}

function rowsOf(candidates: readonly Candidates[]): Rows {
  const count = candidates.reduce((sum, { pairs }) => sum + pairs.length, 0);
  const pairs = new Int32Array(count);
  const runs = new Int32Array(count);
  const labels = new Uint8Array(count);
  let row = 0;
  let pairCount = 0;
  candidates.forEach((of, run) => {
    of.pairs.forEach((pair) => {
      pairs[row] = pairCount + pair;
      runs[row] = run;
      labels[row++] = of.labels[pair] as number;
    });
    pairCount += of.labels.length;
  });
  const right = labels.reduce((sum, label) => sum + label, 0);
  const brief = new Uint8Array(count);
  const columns: Uint8Array[] = [];
  const edges: number[][] = [];
  for (let measure = 0; measure < MEASURES.length; measure++) {
    const values = new Float32Array(count);
    let at = 0;
    for (const { measures } of candidates) {
      for (let i = measure; i < measures.length; i += MEASURES.length) values[at++] = measures[i] as number;
    }
    if (measure === COUNTED) for (let k = 0; k < count; k++) brief[k] = isBrief(values[k] as number) ? 1 : 0;
    const [yes, no] = [new Float32Array(right), new Float32Array(count - right)];
    let [i, j] = [0, 0];
    for (let k = 0; k < count; k++) {
      if (labels[k] === 1) yes[i++] = values[k] as number;
      else no[j++] = values[k] as number;
    }
    const places = edgesOf([yes, no]);
    edges.push(places);
    columns.push(Uint8Array.from(values, (value) => stepOf(places, value)));
  }
  const binned = { columns, steps: edges.map(({ length }) => length + 1), rises: MEASURES.map(({ rises }) => rises) };
  return { binned, edges, pairs, runs, labels, brief, pairCount };
}

/** The row at which each pair has its greatest value. */
function bestMoments({ pairs, pairCount }: Rows, rows: Int32Array, value: (row: number) => number): Int32Array {
  const best = new Int32Array(pairCount).fill(-1);
  const most = new Float64Array(pairCount).fill(Number.NEGATIVE_INFINITY);
  for (const row of rows) {
    const pair = pairs[row] as number;
    const own = value(row);
    if (own < (most[pair] as number)) continue;
    most[pair] = own;
    best[pair] = row;
  }
  return best.filter((row) => row >= 0);
}

/** Of those that are hardly like an escort (log odds below this), one in so many is fitted to and counts as many times. */
const UNLIKE_NATS = -7;
const UNLIKE_SHARE = 8;

/** By whether a walk is brief. */
type FittedParts = readonly [longer: Fitted, brief: Fitted];

const oddsIn = (parts: FittedParts, { binned, brief }: Rows, row: number): number =>
  oddsOf(parts[brief[row] as 0 | 1], binned, row);

function fitRows(of: Rows, rows: Int32Array): FittedParts {
  // At first the last moment of each: everything that was seen.
  const last = bestMoments(of, rows, (row) => row);
  const all = boost(of.binned, last, of.labels, new Float32Array(last.length).fill(1), new Random(1));
  const part = (brief: 0 | 1): Fitted => {
    const inside = rows.filter((row) => of.brief[row] === brief);
    let fitted = all;
    for (let turn = 1; turn < TURNS; turn++) {
      const before = fitted;
      const odds = (row: number): number => oddsOf(before, of.binned, row);
      const best = bestMoments(of, inside, odds);
      const unlike = (row: number): boolean => of.labels[row] === 0 && odds(row) < UNLIKE_NATS;
      const chosen = best.filter((row, i) => i % UNLIKE_SHARE === 0 || !unlike(row));
      const weights = Float32Array.from(chosen, (row) => (unlike(row) ? UNLIKE_SHARE : 1));
      fitted = boost(of.binned, chosen, of.labels, weights, new Random(1 + turn));
    }
    return fitted;
  };
  return [part(0), part(1)];
}

/** Recall against false ones of runs by models that did not see them. */
export interface HeldOut {
  readonly name: string;
  readonly people: number;
  readonly staged: number;
  readonly curve: readonly CurvePoint[];
}

interface Mark {
  readonly odds: number;
  readonly right: boolean;
}

function heldOutCurve(name: string, marks: Mark[], runs: readonly Candidates[]): HeldOut {
  const people = runs.reduce((sum, one) => sum + one.people, 0);
  const staged = runs.reduce((sum, one) => sum + one.staged, 0);
  let [hits, wrong] = [0, 0];
  const curve = marks
    .sort((a, b) => b.odds - a.odds)
    .map(({ odds, right }): CurvePoint => {
      if (right) hits++;
      else wrong++;
      return { threshold: odds, recall: hits / staged, falsePerThousand: (1000 * wrong) / people };
    });
  return { name, people, staged, curve };
}

/**
 * Fits on some runs and measures on the others, in turn.
 *
 * @param foldOf which part a run is of; each part is measured by a model of all others.
 */
function crossValidate(of: Rows, candidates: readonly Candidates[], foldOf: (run: Candidates) => string): Mark[][] {
  const marks = candidates.map((): Mark[] => []);
  const folds = candidates.map(foldOf);
  for (const fold of new Set(folds)) {
    const [inside, outside] = [[], []] as [number[], number[]];
    for (const [row, run] of of.runs.entries()) (folds[run] === fold ? inside : outside).push(row);
    const fitted = fitRows(of, Int32Array.from(outside));
    const odds = (row: number): number => oddsIn(fitted, of, row);
    for (const row of bestMoments(of, Int32Array.from(inside), odds)) {
      marks[of.runs[row] as number]?.push({ odds: odds(row), right: of.labels[row] === 1 });
    }
  }
  return marks;
}

/** Steps that nothing tells apart are one; what a measure gives is told from where it speaks neither for nor against. */
function shapeOf(edges: readonly number[], nats: Float64Array, middle: number): Shape {
  const kept: number[] = [];
  const values: number[] = [rounded((nats[0] as number) - middle)];
  edges.forEach((edge, k) => {
    const value = rounded((nats[k + 1] as number) - middle);
    if (value === values.at(-1)) return;
    kept.push(edge);
    values.push(value);
  });
  return { edges: kept, nats: values };
}

function modelOf(of: Rows, fitted: Fitted, rows: Int32Array): AdditiveModel {
  const moments = bestMoments(of, rows, (row) => oddsOf(fitted, of.binned, row));
  let always = fitted.always;
  const shapes: Record<string, Shape> = {};
  MEASURES.forEach(({ name }, measure) => {
    const nats = fitted.nats[measure] as Float64Array;
    const column = of.binned.columns[measure] as Uint8Array;
    // Half-way between the means of escorts and of all others.
    const sums = [0, 0] as [number, number];
    const counts = [0, 0] as [number, number];
    for (const row of moments) {
      const label = of.labels[row] === 1 ? 1 : 0;
      sums[label] += nats[column[row] as number] as number;
      counts[label]++;
    }
    const middle = (sums[0] / counts[0] + sums[1] / counts[1]) / 2;
    always += middle;
    shapes[name] = shapeOf(of.edges[measure] as number[], nats, middle);
  });
  return { always: rounded(always), shapes };
}

export interface EscortFit {
  readonly model: EscortModel;
  /** By models of other seeds: all, and each plan; then each plan by models of the other plans. */
  readonly heldOut: readonly HeldOut[];
}

/** @param onPart told when a part of the work is done, of `FIT_PARTS`. */
export function fitEscorts(candidates: readonly Candidates[], onPart: () => void = () => undefined): EscortFit {
  const of = rowsOf(candidates);
  onPart();
  const bySeed = crossValidate(of, candidates, ({ seed }) => String(seed % FOLDS));
  onPart();
  const byPlan = crossValidate(of, candidates, ({ plan }) => plan);
  onPart();
  const curveOf = (name: string, marks: readonly Mark[][], plan: string | null): HeldOut => {
    const chosen = candidates.map((run, i) => ({ run, i })).filter(({ run }) => plan === null || run.plan === plan);
    const all = chosen.flatMap(({ i }) => marks[i] ?? []);
    return heldOutCurve(
      name,
      all,
      chosen.map(({ run }) => run),
    );
  };
  const plans = [...new Set(candidates.map(({ plan }) => plan))];
  const all = curveOf('other seeds', bySeed, null);
  const heldOut = [
    all,
    ...plans.map((plan) => curveOf(`${plan}, other seeds`, bySeed, plan)),
    curveOf('other plans', byPlan, null),
    ...plans.map((plan) => curveOf(`${plan}, other plans`, byPlan, plan)),
  ];
  const least = all.curve.findLast(({ falsePerThousand }) => falsePerThousand <= FITTED_FALSE_PER_THOUSAND);
  const rows = Int32Array.from(of.labels.keys());
  const [longer, brief] = fitRows(of, rows);
  const model: EscortModel = {
    // Rounded up: at less, more would be told.
    least: Math.ceil(DECIMALS * (least?.threshold ?? 0)) / DECIMALS,
    brief: modelOf(
      of,
      brief,
      rows.filter((row) => of.brief[row] === 1),
    ),
    longer: modelOf(
      of,
      longer,
      rows.filter((row) => of.brief[row] === 0),
    ),
  };
  onPart();
  return { model, heldOut };
}

export const FIT_PARTS = 4;
