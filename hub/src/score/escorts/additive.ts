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
