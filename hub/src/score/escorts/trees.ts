/**
 * What measures say together and none of them by itself: boosted trees, a few splits deep, on top of an additive model. What a split gives is counted for the
 * measure that it asks, as how the expected nats change on the way down (Saabas 2014), so that parts still add up to the whole.
 */

/** All trees one behind the other, each complete to `depth` splits: node k asks, and its children are 2k + 1 (below the edge) and 2k + 2. */
export interface Trees {
  readonly depth: number;
  /** Names of the measures that are asked. */
  readonly asked: readonly string[];
  /** Of each inner node: the number of its measure in `asked`, -1 where the tree ends early; and the edge. */
  readonly asks: readonly number[];
  readonly edges: readonly number[];
  /** Of each node, nats of who comes that far. */
  readonly nats: readonly number[];
}

const NOTHING = -1;

export const NO_TREES: Trees = { depth: 1, asked: [], asks: [], edges: [], nats: [] };

/** Trees made ready for measures in an order of their own. */
export class TreeOdds {
  readonly count: number;
  /** What all trees give before anything is asked, nats. */
  readonly always: number;
  readonly #inner: number;
  readonly #asks: Int16Array;
  readonly #edges: Float64Array;
  readonly #nats: Float64Array;

  /** @param names of the measures, in the order of the values to come. A measure that is not among them ends the tree. */
  constructor({ depth, asked, asks, edges, nats }: Trees, names: readonly string[]) {
    this.#inner = 2 ** depth - 1;
    this.count = asks.length / this.#inner;
    const places = asked.map((name) => names.indexOf(name));
    this.#asks = Int16Array.from(asks, (of) => places[of] ?? NOTHING);
    this.#edges = Float64Array.from(edges);
    this.#nats = Float64Array.from(nats);
    let always = 0;
    for (let tree = 0; tree < this.count; tree++) always += this.#nats[tree * (2 * this.#inner + 1)] as number;
    this.always = always;
  }

  /**
   * @param values in the order of the names.
   * @param into by measure, what its splits give is added to, nats.
   * @returns what all trees give: `always`, and what was added.
   */
  weigh(values: Float64Array, into: Float64Array): number {
    const inner = this.#inner;
    const nodes = 2 * inner + 1;
    let total = 0;
    for (let tree = 0; tree < this.count; tree++) {
      const first = tree * inner;
      const own = tree * nodes;
      let node = 0;
      let nats = this.#nats[own] as number;
      while (node < inner) {
        const measure = this.#asks[first + node] as number;
        if (measure === NOTHING) break;
        node = 2 * node + ((values[measure] as number) < (this.#edges[first + node] as number) ? 1 : 2);
        const next = this.#nats[own + node] as number;
        into[measure] = (into[measure] as number) + next - nats;
        nats = next;
      }
      total += nats;
    }
    return total;
  }
}
