/**
 * Fits an additive model by boosting trees of one split (Friedman 2001, second-order steps as Chen and Guestrin 2016): the sum of all splits of one
 * measure is a step function. A split whose sides are in the wrong order for a measure that may only rise (or fall) is not made.
 */
import type { Random } from '../fusion/random.ts';

/** Rows in columns: which step of each measure a row is in. */
export interface Binned {
  readonly columns: readonly Uint8Array[];
  /** Steps of each measure. */
  readonly steps: readonly number[];
  readonly rises: readonly (-1 | 0 | 1)[];
}

export interface BoostingOptions {
  readonly rounds: number;
  /** The share of a step that is taken. */
  readonly rate: number;
  /** Added to the curvature of each side; sides of less weight than `leastWeight` are not made. */
  readonly ridge: number;
  readonly leastWeight: number;
  /** Of the measures, this share is looked at in a round. */
  readonly measureShare: number;
}

export const BOOSTING: BoostingOptions = { rounds: 500, rate: 0.15, ridge: 5, leastWeight: 20, measureShare: 0.6 };

/** What was fitted: log odds at the start, and nats of each step of each measure. */
export interface Fitted {
  readonly always: number;
  readonly nats: readonly Float64Array[];
}

/** Of each measure, the steps of the chosen rows side by side in memory: each round goes through all of them. */
export const columnsOf = ({ columns }: Binned, rows: Int32Array): Uint8Array[] =>
  columns.map((column) => Uint8Array.from(rows, (row) => column[row] as number));

/** How the logistic loss falls with the odds of each row: its first and its second derivative, weighted, are filled in. */
export function slopes(
  odds: Float64Array,
  targets: Uint8Array,
  weights: Float32Array,
  gradient: Float64Array,
  curvature: Float64Array,
): void {
  for (let i = 0; i < odds.length; i++) {
    const probability = 1 / (1 + Math.exp(-(odds[i] as number)));
    const weight = weights[i] as number;
    gradient[i] = weight * (probability - (targets[i] as number));
    curvature[i] = weight * probability * (1 - probability);
  }
}

interface Split {
  /** The last step on the left. */
  readonly step: number;
  readonly left: number;
  readonly right: number;
  readonly gain: number;
}

/**
 * @param rows the rows to fit to.
 * @param labels 1 or 0 for every row that there is, and `weights` of each of `rows`.
 */
export function boost(
  binned: Binned,
  rows: Int32Array,
  labels: Uint8Array,
  weights: Float32Array,
  random: Random,
  options: BoostingOptions = BOOSTING,
): Fitted {
  const { steps, rises } = binned;
  const chosen = columnsOf(binned, rows);
  const targets = Uint8Array.from(rows, (row) => labels[row] as number);
  const sides = chosen.map((column, measure) => {
    const weight = new Float64Array(steps[measure] as number);
    column.forEach((step, i) => {
      weight[step] = (weight[step] as number) + (weights[i] as number);
    });
    return { column, weight, rises: rises[measure] ?? 0 };
  });
  const nats = steps.map((count) => new Float64Array(count));
  let right = 0;
  let all = 0;
  targets.forEach((target, i) => {
    all += weights[i] as number;
    right += target * (weights[i] as number);
  });
  const always = Math.log(right / (all - right));
  const odds = new Float64Array(rows.length).fill(always);
  const gradient = new Float64Array(rows.length);
  const curvature = new Float64Array(rows.length);
  for (let round = 0; round < options.rounds; round++) {
    slopes(odds, targets, weights, gradient, curvature);
    let best: Split | null = null;
    let measure = -1;
    for (let candidate = 0; candidate < sides.length; candidate++) {
      if (random.uniform() >= options.measureShare) continue;
      const found = bestSplit(sides[candidate] as Side, gradient, curvature, options);
      if (!found || found.gain <= (best?.gain ?? 0)) continue;
      best = found;
      measure = candidate;
    }
    if (!best) continue;
    const { step } = best;
    const [left, beyond] = [options.rate * best.left, options.rate * best.right];
    const shape = nats[measure] as Float64Array;
    for (let k = 0; k < shape.length; k++) shape[k] = (shape[k] as number) + (k <= step ? left : beyond);
    const column = chosen[measure] as Uint8Array;
    for (let i = 0; i < odds.length; i++) {
      odds[i] = (odds[i] as number) + ((column[i] as number) <= step ? left : beyond);
    }
  }
  return { always, nats };
}

interface Side {
  readonly column: Uint8Array;
  /** Of each step, the weight of the rows in it. */
  readonly weight: Float64Array;
  readonly rises: -1 | 0 | 1;
}

function bestSplit(
  { column, weight, rises }: Side,
  gradient: Float64Array,
  curvature: Float64Array,
  { ridge, leastWeight }: BoostingOptions,
): Split | null {
  const g = new Float64Array(weight.length);
  const h = new Float64Array(weight.length);
  for (let i = 0; i < column.length; i++) {
    const step = column[i] as number;
    g[step] = (g[step] as number) + (gradient[i] as number);
    h[step] = (h[step] as number) + (curvature[i] as number);
  }
  let [allG, allH, allW] = [0, 0, 0];
  for (let k = 0; k < weight.length; k++) {
    allG += g[k] as number;
    allH += h[k] as number;
    allW += weight[k] as number;
  }
  const whole = (allG * allG) / (allH + ridge);
  let best: Split | null = null;
  let [leftG, leftH, leftW] = [0, 0, 0];
  for (let step = 0; step < weight.length - 1; step++) {
    leftG += g[step] as number;
    leftH += h[step] as number;
    leftW += weight[step] as number;
    if (leftW < leastWeight || allW - leftW < leastWeight) continue;
    const left = -leftG / (leftH + ridge);
    const right = -(allG - leftG) / (allH - leftH + ridge);
    if (rises * (right - left) < 0) continue;
    const gain = leftG * -left + (allG - leftG) * -right - whole;
    if (gain > (best?.gain ?? 0)) best = { step, left, right, gain };
  }
  return best;
}

/** Log odds of a row. */
export function oddsOf({ always, nats }: Fitted, { columns }: Binned, row: number): number {
  let odds = always;
  for (let measure = 0; measure < columns.length; measure++) {
    odds += (nats[measure] as Float64Array)[(columns[measure] as Uint8Array)[row] as number] as number;
  }
  return odds;
}
