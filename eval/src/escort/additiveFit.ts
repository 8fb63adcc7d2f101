/**
 * Fits additive models of movements, and trees on top of them, to candidates of staged runs. A movement is told once its log odds suffice at any moment: so
 * each candidate counts by the moment at which it is most like one, which is found by the model itself in a few turns.
 */
import { type Measure, NEAR_NATS, stepOf } from '@safe-passage/hub/score/escorts/additive.ts';
import { Random } from '../fusion/random.ts';
import { type Binned, boost, type Fitted, oddsOf } from './boosting.ts';
import type { CurvePoint } from './judge.ts';
import { boostTrees, type Tree, treeOdds } from './treeBoosting.ts';

/** Everybody in one run who might be what a model is fitted to. */
export interface Candidates {
  readonly plan: string;
  readonly seed: number;
  readonly people: number;
  readonly staged: number;
  /** Measures of each moment, one behind the other in the order of the table. */
  readonly measures: Float32Array;
  /** The candidate of each moment, counted from 0, and of each candidate 1 where it is what was staged. */
  readonly pairs: Int32Array;
  readonly labels: Uint8Array;
}

/** What is fitted: its measures, and which of several models weighs a moment. */
export interface Table {
  readonly measures: readonly Measure[];
  /** How many models there are. */
  readonly models: number;
  /** Which of them weighs a moment; `by` is the number of the measure that decides it. */
  readonly by: number;
  readonly modelOf: (value: number) => number;
}

/** One model weighs all. */
export const tableOf = (measures: readonly Measure[]): Table => ({ measures, models: 1, by: 0, modelOf: () => 0 });

/** Quantiles of those that are right, and of all others, at which a measure may be split. */
const QUANTILES = 15;
/** How often the moments are chosen anew. */
const TURNS = 3;
const TREE_TURNS = 2;
const DECIMALS = 1000;

/** All candidates as rows. */
export interface Rows {
  readonly table: Table;
  readonly binned: Binned;
  readonly edges: readonly number[][];
  /** Of each row: its candidate, its run, whether it is right, and the number of its model. */
  readonly pairs: Int32Array;
  readonly runs: Int32Array;
  readonly labels: Uint8Array;
  readonly models: Uint8Array;
  readonly pairCount: number;
}

export const rounded = (value: number): number => Math.round(DECIMALS * value) / DECIMALS;
/** Rounded up: at less, more would be told. */
const roundedUp = (value: number): number => Math.ceil(DECIMALS * value) / DECIMALS;

/** Places at which a measure may be split: quantiles of those that are right and of those that are not. */
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

export function rowsOf(candidates: readonly Candidates[], table: Table): Rows {
  const { measures } = table;
  const count = candidates.reduce((sum, { pairs }) => sum + pairs.length, 0);
  const pairs = new Int32Array(count);
  const runs = new Int32Array(count);
  const labels = new Uint8Array(count);
  const models = new Uint8Array(count);
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
  const columns: Uint8Array[] = [];
  const edges: number[][] = [];
  for (let measure = 0; measure < measures.length; measure++) {
    const values = new Float32Array(count);
    let at = 0;
    for (const { measures: of } of candidates) {
      for (let i = measure; i < of.length; i += measures.length) values[at++] = of[i] as number;
    }
    if (measure === table.by) for (let k = 0; k < count; k++) models[k] = table.modelOf(values[k] as number);
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
  const binned = { columns, steps: edges.map(({ length }) => length + 1), rises: measures.map(({ rises }) => rises) };
  return { table, binned, edges, pairs, runs, labels, models, pairCount };
}

/** The row at which each candidate has its greatest value. */
export function bestMoments({ pairs, pairCount }: Rows, rows: Int32Array, value: (row: number) => number): Int32Array {
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

/** Of those that are hardly right (log odds below this), one in so many is fitted to and counts as many times. */
const UNLIKE_NATS = -7;
const UNLIKE_SHARE = 8;

/** A model of each table, and the trees on top of all of them. */
export interface FittedRows {
  readonly models: readonly Fitted[];
  readonly trees: readonly Tree[];
}

/** Log odds of a row, without trees and with them. */
export const additiveOdds = ({ models }: FittedRows, of: Rows, row: number): number =>
  oddsOf(models[of.models[row] as number] as Fitted, of.binned, row);

export function oddsIn(fitted: FittedRows, of: Rows, row: number): number {
  const odds = additiveOdds(fitted, of, row);
  return odds < NEAR_NATS ? odds : odds + treeOdds(fitted.trees, of.binned, row);
}

/** Of each candidate the moment at which it is most like a movement, and what it weighs. */
function momentsToFit(of: Rows, rows: Int32Array, odds: (row: number) => number, unlikeNats: number) {
  const unlike = (row: number): boolean => of.labels[row] === 0 && odds(row) < unlikeNats;
  const chosen = bestMoments(of, rows, odds).filter((row, i) => i % UNLIKE_SHARE === 0 || !unlike(row));
  return { chosen, weights: Float32Array.from(chosen, (row) => (unlike(row) ? UNLIKE_SHARE : 1)) };
}

function fitAdditive(of: Rows, rows: Int32Array): Fitted[] {
  // At first the last moment of each: everything that was seen.
  const last = bestMoments(of, rows, (row) => row);
  const all = boost(of.binned, last, of.labels, new Float32Array(last.length).fill(1), new Random(1));
  return Array.from({ length: of.table.models }, (_, model) => {
    const inside = of.table.models === 1 ? rows : rows.filter((row) => of.models[row] === model);
    let fitted = all;
    for (let turn = 1; turn < TURNS; turn++) {
      const before = fitted;
      const { chosen, weights } = momentsToFit(of, inside, (row) => oddsOf(before, of.binned, row), UNLIKE_NATS);
      fitted = boost(of.binned, chosen, of.labels, weights, new Random(1 + turn));
    }
    return fitted;
  });
}

export function fitRows(of: Rows, rows: Int32Array): FittedRows {
  let fitted: FittedRows = { models: fitAdditive(of, rows), trees: [] };
  for (let turn = 0; turn < TREE_TURNS; turn++) {
    const before = fitted;
    const { chosen, weights } = momentsToFit(of, rows, (row) => oddsIn(before, of, row), NEAR_NATS);
    const odds = Float64Array.from(chosen, (row) => additiveOdds(before, of, row));
    const trees = boostTrees(of.binned, chosen, of.labels, weights, odds, new Random(1 + TURNS + turn));
    fitted = { ...before, trees };
  }
  return fitted;
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

/** @param marks by run. */
export function heldOutCurve(
  name: string,
  marks: readonly (readonly Mark[])[],
  candidates: readonly Candidates[],
  plan: string | null = null,
): HeldOut {
  let [people, staged] = [0, 0];
  const all: Mark[] = [];
  candidates.forEach((run, i) => {
    if (plan !== null && run.plan !== plan) return;
    people += run.people;
    staged += run.staged;
    for (const mark of marks[i] ?? []) all.push(mark);
  });
  let [hits, wrong] = [0, 0];
  const curve = all
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
 * @returns by run.
 */
export function crossValidate(
  of: Rows,
  candidates: readonly Candidates[],
  foldOf: (run: Candidates) => string,
): Mark[][] {
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

/** The least log odds at which no more than so many false ones per 1,000 people are told. */
export function leastFor({ curve }: HeldOut, falsePerThousand: number): number {
  const least = curve.findLast((point) => point.falsePerThousand <= falsePerThousand);
  return roundedUp(least?.threshold ?? 0);
}
