/**
 * Boosts trees, a few splits deep, on top of an additive model, second-order steps as Chen and Guestrin 2016. Of a measure that may only rise (or fall) the two sides
 * of a split are held apart at their middle, all the way down, as XGBoost's monotone constraints do: so each tree, and the sum, rises with it too.
 */
import type { Random } from '../fusion/random.ts';
import { type Binned, type BoostingOptions, columnsOf, slopes } from './boosting.ts';

export interface TreeOptions extends BoostingOptions {
  readonly depth: number;
}

export const TREES: TreeOptions = { depth: 3, rounds: 300, rate: 0.1, ridge: 5, leastWeight: 20, measureShare: 0.5 };

/** One tree: node k asks, and its children are 2k + 1 (at the step or below) and 2k + 2. */
export interface Tree {
  /** Of each inner node: its measure, -1 where the tree ends; and the last step on the left. */
  readonly asks: Int16Array;
  readonly steps: Uint8Array;
  /** Of each node, leaves included; what the row gets that ends there. */
  readonly nats: Float64Array;
}

const ENDS = -1;

/** The node in which a row ends. */
export function leafOf({ asks, steps }: Tree, columns: readonly Uint8Array[], row: number): number {
  let node = 0;
  while (node < asks.length) {
    const measure = asks[node] as number;
    if (measure === ENDS) break;
    const below = ((columns[measure] as Uint8Array)[row] as number) <= (steps[node] as number);
    node = 2 * node + (below ? 1 : 2);
  }
  return node;
}

/** What all trees give a row, nats. */
export function treeOdds(trees: readonly Tree[], { columns }: Binned, row: number): number {
  let odds = 0;
  for (const tree of trees) odds += tree.nats[leafOf(tree, columns, row)] as number;
  return odds;
}

/** How a node is split best. */
interface Split {
  measure: number;
  step: number;
  gain: number;
  /** Half-way between both sides. */
  middle: number;
}

/** Sums over the rows of nodes: gradient, curvature, weight. */
const SUMS = 3;

/** All that one round needs, kept from round to round. */
class Growing {
  readonly #columns: readonly Uint8Array[];
  readonly #steps: readonly number[];
  readonly #rises: Binned['rises'];
  readonly #weights: Float32Array;
  readonly #options: TreeOptions;
  readonly #gradient: Float64Array;
  readonly #curvature: Float64Array;
  /** The node in which each row is. */
  readonly #node: Int32Array;
  /** By node and step of the measure at hand. */
  readonly #sums: Float64Array;
  /** By node: bounds of its nats. */
  readonly #least: Float64Array;
  readonly #most: Float64Array;

  constructor(binned: Binned, rows: Int32Array, weights: Float32Array, options: TreeOptions) {
    const { steps, rises } = binned;
    this.#columns = columnsOf(binned, rows);
    this.#steps = steps;
    this.#rises = rises;
    this.#weights = weights;
    this.#options = options;
    this.#gradient = new Float64Array(rows.length);
    this.#curvature = new Float64Array(rows.length);
    this.#node = new Int32Array(rows.length);
    const inner = 2 ** options.depth - 1;
    this.#sums = new Float64Array(SUMS * (inner + 1) * Math.max(...steps));
    this.#least = new Float64Array(2 * inner + 1);
    this.#most = new Float64Array(2 * inner + 1);
  }

  /** Grows a tree and adds what it gives to the odds. */
  grow(odds: Float64Array, targets: Uint8Array, random: Random): Tree {
    const { depth, rate, ridge } = this.#options;
    slopes(odds, targets, this.#weights, this.#gradient, this.#curvature);
    this.#node.fill(0);
    this.#least.fill(Number.NEGATIVE_INFINITY);
    this.#most.fill(Number.POSITIVE_INFINITY);
    const inner = 2 ** depth - 1;
    const tree: Tree = {
      asks: new Int16Array(inner).fill(ENDS),
      steps: new Uint8Array(inner),
      nats: new Float64Array(2 * inner + 1),
    };
    const looked = this.#columns
      .map((_, measure) => measure)
      .filter(() => random.uniform() < this.#options.measureShare);
    for (let level = 0; level < depth; level++) this.#split(tree, level, looked);
    const [gradients, curvatures] = [new Float64Array(2 * inner + 1), new Float64Array(2 * inner + 1)];
    for (let i = 0; i < odds.length; i++) {
      const node = this.#node[i] as number;
      gradients[node] = (gradients[node] as number) + (this.#gradient[i] as number);
      curvatures[node] = (curvatures[node] as number) + (this.#curvature[i] as number);
    }
    for (let node = 0; node < tree.nats.length; node++) {
      tree.nats[node] =
        rate * this.#within(node, -(gradients[node] as number) / ((curvatures[node] as number) + ridge));
    }
    for (let i = 0; i < odds.length; i++)
      odds[i] = (odds[i] as number) + (tree.nats[this.#node[i] as number] as number);
    return tree;
  }

  #within(node: number, nats: number): number {
    return Math.min(this.#most[node] as number, Math.max(this.#least[node] as number, nats));
  }

  #split(tree: Tree, level: number, looked: readonly number[]): void {
    const first = 2 ** level - 1;
    const best = Array.from({ length: first + 1 }, (): Split => ({ measure: ENDS, step: 0, gain: 0, middle: 0 }));
    for (const measure of looked) {
      this.#sum(measure, first);
      for (let k = 0; k <= first; k++) this.#improve(best[k] as Split, measure, first + k, k);
    }
    best.forEach(({ measure, step, middle }, k) => {
      if (measure === ENDS) return;
      const node = first + k;
      tree.asks[node] = measure;
      tree.steps[node] = step;
      const rises = this.#rises[measure] ?? 0;
      for (const [child, above] of [
        [2 * node + 1, rises < 0],
        [2 * node + 2, rises > 0],
      ] as const) {
        this.#least[child] = rises !== 0 && above ? middle : (this.#least[node] as number);
        this.#most[child] = rises !== 0 && !above ? middle : (this.#most[node] as number);
      }
    });
    for (let i = 0; i < this.#node.length; i++) {
      const node = this.#node[i] as number;
      const measure = node < first ? ENDS : (tree.asks[node] as number);
      if (measure === ENDS) continue;
      const below = ((this.#columns[measure] as Uint8Array)[i] as number) <= (tree.steps[node] as number);
      this.#node[i] = 2 * node + (below ? 1 : 2);
    }
  }

  /** Sums of a measure's steps, for each node of the level that begins with `first`. */
  #sum(measure: number, first: number): void {
    const steps = this.#steps[measure] as number;
    const column = this.#columns[measure] as Uint8Array;
    const sums = this.#sums;
    sums.fill(0, 0, SUMS * (first + 1) * steps);
    for (let i = 0; i < column.length; i++) {
      const k = (this.#node[i] as number) - first;
      if (k < 0) continue;
      const at = SUMS * (k * steps + (column[i] as number));
      sums[at] = (sums[at] as number) + (this.#gradient[i] as number);
      sums[at + 1] = (sums[at + 1] as number) + (this.#curvature[i] as number);
      sums[at + 2] = (sums[at + 2] as number) + (this.#weights[i] as number);
    }
  }

  /** Takes the best split of a node by a measure where it is better than `best`. @param k the node's place in its level. */
  #improve(best: Split, measure: number, node: number, k: number): void {
    const { ridge, leastWeight } = this.#options;
    const steps = this.#steps[measure] as number;
    const rises = this.#rises[measure] ?? 0;
    const sums = this.#sums;
    const first = SUMS * k * steps;
    let [allG, allH, allW] = [0, 0, 0];
    for (let at = first; at < first + SUMS * steps; at += SUMS) {
      allG += sums[at] as number;
      allH += sums[at + 1] as number;
      allW += sums[at + 2] as number;
    }
    const whole = (allG * allG) / (allH + ridge);
    /** Twice what the loss falls by, of a side that gets so many nats. */
    const gained = (g: number, h: number, nats: number): number => -nats * (2 * g + (h + ridge) * nats);
    let [g, h, w] = [0, 0, 0];
    for (let step = 0; step < steps - 1; step++) {
      const at = first + SUMS * step;
      g += sums[at] as number;
      h += sums[at + 1] as number;
      w += sums[at + 2] as number;
      if (w < leastWeight || allW - w < leastWeight) continue;
      const left = this.#within(node, -g / (h + ridge));
      const right = this.#within(node, -(allG - g) / (allH - h + ridge));
      if (rises * (right - left) < 0) continue;
      const gain = gained(g, h, left) + gained(allG - g, allH - h, right) - whole;
      if (gain <= best.gain) continue;
      best.measure = measure;
      best.step = step;
      best.gain = gain;
      best.middle = (left + right) / 2;
    }
  }
}

/**
 * @param rows the rows to fit to.
 * @param labels 1 or 0 for every row that there is, and `weights` of each of `rows`.
 * @param before log odds of each of `rows` by what the trees build upon; not changed.
 */
export function boostTrees(
  binned: Binned,
  rows: Int32Array,
  labels: Uint8Array,
  weights: Float32Array,
  before: Float64Array,
  random: Random,
  options: TreeOptions = TREES,
): Tree[] {
  const targets = Uint8Array.from(rows, (row) => labels[row] as number);
  const odds = Float64Array.from(before);
  const growing = new Growing(binned, rows, weights, options);
  return Array.from({ length: options.rounds }, () => growing.grow(odds, targets, random));
}
