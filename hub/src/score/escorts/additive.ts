/**
 * An additive model: the log odds are a sum of one step function for each measure (a generalised additive model of single-split
 * trees, Lou, Caruana and Gehrke 2012), so that a score is told by what each measure gave.
 */

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

/** An additive model of a movement, and from when on it is told. */
export interface FittedModel extends AdditiveModel {
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

/** A model made ready for measures in an order of their own. */
export class AdditiveOdds<Part extends string> {
  readonly always: number;
  readonly #shapes: readonly Shape[];
  readonly #parts: readonly Part[];

  /** A measure that the model does not know speaks neither for nor against. */
  constructor({ always, shapes }: AdditiveModel, measures: readonly Measure<Part>[]) {
    this.always = always;
    this.#shapes = measures.map(({ name }) => shapes[name] ?? UNKNOWN);
    this.#parts = measures.map(({ part }) => part);
  }

  /**
   * @param values in the order of the measures.
   * @param into the nats of each part are added to it.
   * @returns the log odds, nats: `always` and all parts.
   */
  weigh(values: Float64Array, into: Record<Part, number>): number {
    let logOdds = this.always;
    for (let i = 0; i < this.#shapes.length; i++) {
      const nats = natsOf(this.#shapes[i] as Shape, values[i] as number);
      into[this.#parts[i] as Part] += nats;
      logOdds += nats;
    }
    return logOdds;
  }
}
