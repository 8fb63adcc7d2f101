/** What was fitted, as the hub has it: names and edges in place of numbers and steps. */
import { type AdditiveModel, NEAR_NATS, type Shape } from '@safe-passage/hub/score/escorts/additive.ts';
import type { Trees } from '@safe-passage/hub/score/escorts/trees.ts';
import { additiveOdds, bestMoments, type FittedRows, oddsIn, type Rows, rounded } from './additiveFit.ts';
import { type Fitted, oddsOf } from './boosting.ts';
import { leafOf, type Tree } from './treeBoosting.ts';

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

/** Of those that are right, and of all others, the moment of each at which it is most like a movement. */
function momentsOf(of: Rows, odds: (row: number) => number, rows: Int32Array): readonly [Int32Array, Int32Array] {
  const moments = bestMoments(of, rows, odds);
  return [moments.filter((row) => of.labels[row] === 0), moments.filter((row) => of.labels[row] === 1)];
}

const mean = (rows: Int32Array, value: (row: number) => number): number =>
  rows.reduce((sum, row) => sum + value(row), 0) / Math.max(1, rows.length);

/** The additive model of one table. */
export function additiveOf(of: Rows, fitted: Fitted, rows: Int32Array): AdditiveModel {
  const [others, right] = momentsOf(of, (row) => oddsOf(fitted, of.binned, row), rows);
  let always = fitted.always;
  const shapes: Record<string, Shape> = {};
  of.table.measures.forEach(({ name }, measure) => {
    const nats = fitted.nats[measure] as Float64Array;
    const column = of.binned.columns[measure] as Uint8Array;
    const own = (row: number): number => nats[column[row] as number] as number;
    // Half-way between the means of those that are right and of all others.
    const middle = (mean(right, own) + mean(others, own)) / 2;
    always += middle;
    shapes[name] = shapeOf(of.edges[measure] as number[], nats, middle);
  });
  return { always: rounded(always), shapes };
}

/**
 * The trees on top. What an inner node gives is the mean of who comes that far, those that are right and all others counting half each: measures are credited with
 * what they change of it.
 */
export function treesOf(of: Rows, fitted: FittedRows, rows: Int32Array): Trees {
  const { columns } = of.binned;
  const near = rows.filter((row) => additiveOdds(fitted, of, row) >= NEAR_NATS);
  const moments = momentsOf(of, (row) => oddsIn(fitted, of, row), near);
  const asked: string[] = [];
  const [asks, edges, nats] = [[], [], []] as [number[], number[], number[]];
  for (const tree of fitted.trees) {
    tree.asks.forEach((measure, node) => {
      const name = of.table.measures[measure]?.name;
      if (name !== undefined && !asked.includes(name)) asked.push(name);
      asks.push(name === undefined ? -1 : asked.indexOf(name));
      edges.push(name === undefined ? 0 : (of.edges[measure]?.[tree.steps[node] as number] ?? 0));
    });
    nats.push(...natsOfNodes(tree, columns, moments).map(rounded));
  }
  return { depth: Math.log2((fitted.trees[0]?.asks.length ?? 1) + 1), asked, asks, edges, nats };
}

/** By node; those whom a tree never splits further have the nats of their end. */
function natsOfNodes(tree: Tree, columns: Rows['binned']['columns'], moments: readonly Int32Array[]): number[] {
  const sums = new Float64Array(tree.nats.length);
  const weights = new Float64Array(tree.nats.length);
  for (const rows of moments) {
    for (const row of rows) {
      const end = leafOf(tree, columns, row);
      const weight = 1 / rows.length;
      // Up from the end to the root.
      for (let node = end; ; node = (node - 1) >> 1) {
        sums[node] = (sums[node] as number) + weight * (tree.nats[end] as number);
        weights[node] = (weights[node] as number) + weight;
        if (node === 0) break;
      }
    }
  }
  return Array.from(tree.nats, (own, node) => {
    const inner = (tree.asks[node] ?? -1) >= 0;
    return inner && (weights[node] as number) > 0 ? (sums[node] as number) / (weights[node] as number) : own;
  });
}
