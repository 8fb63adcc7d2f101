/**
 * An additive model: the log odds are a sum of one step function for each measure (a generalised additive model of single-split
 * trees, Lou, Caruana and Gehrke 2012), so that a score is told by what each measure gave. Where that comes near to being told, trees add what measures say
 * together.
 */
import { rounded } from './telling.ts';
import { TreeOdds, type Trees } from './trees.ts';

/** A step function: `nats[k]` from `edges[k - 1]` up to `edges[k]`, which ascend; one more of nats than of edges. */
export interface Shape {
  readonly edges: readonly number[];
  readonly nats: readonly number[];
}

export interface AdditiveModel {
  /** Log odds where every measure speaks neither for nor against, nats. */
  readonly always: number;
  /** Of each measure, by name. */
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** A model of a movement, and from when on it is told. */
export interface FittedModel extends AdditiveModel {
  readonly together: Trees;
  /** Least log odds at which the movement is told, nats: from how often the fitting data would be told falsely. */
  readonly least: number;
}

/**
 * What a model may ask. Measures that say the same in different ways are one part of the score. `rises`: 1 where more of it never speaks less for the
 * movement, -1 where it never speaks more for it, 0 where either may be. Fitting obeys it, so that a model cannot learn from chance what nobody could defend.
 */
export interface Measure<Part extends string = string> {
  readonly name: string;
  readonly part: Part;
  readonly rises: -1 | 0 | 1;
}

/** The step that a value is in, by bisection. */
export function stepOf(edges: ArrayLike<number>, value: number): number {
  let from = 0;
  let to = edges.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (value < (edges[middle] as number)) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** @returns nats of a value. */
export const natsOf = ({ edges, nats }: Shape, value: number): number => nats[stepOf(edges, value)] ?? 0;

const UNKNOWN: Shape = { edges: [], nats: [0] };

/**
 * Trees are asked from these log odds of the additive model on, nats: whom it thinks less likely is nowhere told, and most pairs are. Below it nothing is
 * fitted.
 */
export const NEAR_NATS = -5;

/** Nats of each part; `logOdds` is their sum with what `always` counts. */
export type Odds<Part extends string> = Record<Part | 'always' | 'logOdds', number>;

/** A model made ready for measures in an order of their own. */
export class AdditiveOdds<Part extends string> {
  readonly always: number;
  readonly #shapes: readonly Shape[];
  readonly #parts: readonly Part[];
  readonly #trees: TreeOdds;
  /** Nats of each measure. */
  readonly #nats: Float64Array;

  /** A measure that the model does not know speaks neither for nor against. */
  constructor({ always, shapes }: AdditiveModel, trees: Trees, measures: readonly Measure<Part>[]) {
    this.always = always;
    this.#shapes = measures.map(({ name }) => shapes[name] ?? UNKNOWN);
    this.#parts = measures.map(({ part }) => part);
    this.#trees = new TreeOdds(
      trees,
      measures.map(({ name }) => name),
    );
    this.#nats = new Float64Array(measures.length);
  }

  /** Of nothing that was measured: what `weigh` fills. */
  nothing(): Odds<Part> {
    const parts = Object.fromEntries(this.#parts.map((part) => [part, 0])) as Record<Part, number>;
    return { always: 0, ...parts, logOdds: Number.NEGATIVE_INFINITY };
  }

  /**
   * @param values in the order of the measures.
   * @param into filled.
   * @returns the log odds, nats.
   */
  weigh(values: Float64Array, into: Odds<Part>): number {
    let logOdds = this.always;
    for (let i = 0; i < this.#shapes.length; i++) {
      const own = natsOf(this.#shapes[i] as Shape, values[i] as number);
      this.#nats[i] = own;
      logOdds += own;
    }
    const nats: Record<string, number> = into;
    nats.always = this.always;
    if (logOdds >= NEAR_NATS) {
      logOdds += this.#trees.weigh(values, this.#nats);
      nats.always += this.#trees.always;
    }
    for (const part of this.#parts) nats[part] = 0;
    for (let i = 0; i < this.#parts.length; i++) {
      const part = this.#parts[i] as Part;
      nats[part] = (nats[part] as number) + (this.#nats[i] as number);
    }
    nats.logOdds = logOdds;
    return logOdds;
  }
}

/** The parts as figures of an episode: `frontNats` and the like, with `alwaysNats` and `logOddsNats`. */
export const natsFigures = (odds: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(odds).map(([part, nats]) => [`${part}Nats`, rounded(nats)]));
