/**
 * Which cells of a table must not be published, so that no cell with few people can be worked out from those that are.
 *
 * The sums of a table (quarters to hours to the day, zones to all zones) form a network: every cell is an arc between two sums.
 * What an outsider cannot tell from the truth are circulations along suppressed cells. A cell with few people is protected
 * where a circulation raises it by as much as is asked for, with nothing below zero. Where suppressed cells alone do not carry one, the
 * cheapest path is taken through published cells, and these are suppressed as well (the network heuristic of Cox, "Network models for
 * complementary cell suppression", JASA 90, 1995). More suppression never undoes protection. Pure.
 */
import type { Block } from './calendar.ts';
import { type Table, timesOf } from './tally.ts';

export interface Protection {
  /** Cells with fewer people are suppressed. */
  readonly k: number;
  /** By how much more than the truth a suppressed cell with few people may be, as far as anybody can tell. */
  readonly width: number;
}

type Shape = Pick<Block, 'quarters' | 'hours' | 'quartersOf' | 'day'>;

/** From which sum to which each cell leads: it enters the first with a minus and the second with a plus. */
class Network {
  readonly tail: Int32Array;
  readonly head: Int32Array;
  readonly nodes: number;
  /** The arcs at each node, both those that begin and those that end there. */
  readonly at: Int32Array[];

  constructor(zones: number, block: Shape) {
    const [quarters, hours, times] = [block.quarters.length, block.hours.length, timesOf(block)];
    const places = zones + 1;
    const hourNode = (place: number, hour: number) => quarters + place * hours + hour;
    const dayNode = (place: number) => quarters + places * hours + place;
    this.nodes = quarters + places * hours + (block.day ? places : 0) + 1;
    const root = this.nodes - 1;
    this.tail = new Int32Array(places * times);
    this.head = new Int32Array(places * times);
    const hourOf = block.quartersOf.flatMap((count, hour) => new Array<number>(count).fill(hour));
    for (let place = 0; place < places; place++) {
      // The sums of the total are written with the opposite sign, so that every cell has one minus and one plus.
      const put = (time: number, inner: number, outer: number): void => {
        const cell = place * times + time;
        this.tail[cell] = place === zones ? inner : outer;
        this.head[cell] = place === zones ? outer : inner;
      };
      for (let quarter = 0; quarter < quarters; quarter++) put(quarter, quarter, hourNode(place, hourOf[quarter] ?? 0));
      for (let hour = 0; hour < hours; hour++)
        put(quarters + hour, hourNode(place, hour), block.day ? dayNode(place) : root);
      if (block.day) put(times - 1, dayNode(place), root);
    }
    const lists = Array.from({ length: this.nodes }, (): number[] => []);
    for (let cell = 0; cell < this.tail.length; cell++) {
      lists[this.tail[cell] ?? 0]?.push(cell);
      lists[this.head[cell] ?? 0]?.push(cell);
    }
    this.at = lists.map((list) => Int32Array.from(list));
  }
}

/** Nodes by cost; the same one may be in it more than once. */
class Heap {
  readonly #costs: number[] = [];
  readonly #nodes: number[] = [];

  push(node: number, cost: number): void {
    const [costs, nodes] = [this.#costs, this.#nodes];
    let at = costs.length;
    for (let parent = (at - 1) >> 1; at > 0 && (costs[parent] as number) > cost; parent = (at - 1) >> 1) {
      costs[at] = costs[parent] as number;
      nodes[at] = nodes[parent] as number;
      at = parent;
    }
    costs[at] = cost;
    nodes[at] = node;
  }

  pop(): { node: number; cost: number } | null {
    const [costs, nodes] = [this.#costs, this.#nodes];
    const [first, node] = [costs[0], nodes[0]];
    const [last, lastNode] = [costs.pop(), nodes.pop()];
    if (first === undefined || node === undefined || last === undefined || lastNode === undefined) return null;
    const size = costs.length;
    if (size === 0) return { node, cost: first };
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && (costs[child + 1] as number) < (costs[child] as number)) child++;
      if ((costs[child] as number) >= last) break;
      costs[at] = costs[child] as number;
      nodes[at] = nodes[child] as number;
      at = child;
    }
    costs[at] = last;
    nodes[at] = lastNode;
    return { node, cost: first };
  }
}

class Suppression {
  readonly #network: Network;
  readonly #values: Float64Array;
  readonly suppressed: Uint8Array;
  /** What the present circulation adds to each cell. */
  readonly #added: Float64Array;
  readonly #cost: Float64Array;
  readonly #by: Int32Array;

  constructor(network: Network, values: Float64Array) {
    this.#network = network;
    this.#values = values;
    this.suppressed = new Uint8Array(values.length);
    this.#added = new Float64Array(values.length);
    this.#cost = new Float64Array(network.nodes);
    this.#by = new Int32Array(network.nodes);
  }

  /** Sees to it that a cell could as well be larger by `width`. */
  protect(cell: number, width: number): void {
    const { tail, head } = this.#network;
    this.#added.fill(0);
    const [from, to] = [head[cell] as number, tail[cell] as number];
    for (let left = width; left > 0; ) {
      this.#search(from, to, cell, left);
      let carried = left;
      this.#along(from, to, (arc, forward) => {
        if (!forward) carried = Math.min(carried, this.#left(arc));
      });
      this.#along(from, to, (arc, forward) => {
        this.#added[arc] = (this.#added[arc] as number) + (forward ? carried : -carried);
        this.suppressed[arc] = 1;
      });
      left -= carried;
    }
  }

  /** By how much a cell may still go down. */
  #left(arc: number): number {
    return (this.#values[arc] as number) + (this.#added[arc] as number);
  }

  /** Dijkstra's, over what is cheap to suppress. There is always a way: every cell may grow without end. */
  #search(from: number, to: number, without: number, wanted: number): void {
    const { tail, head, at } = this.#network;
    this.#cost.fill(Number.POSITIVE_INFINITY);
    this.#cost[from] = 0;
    const heap = new Heap();
    heap.push(from, 0);
    for (let top = heap.pop(); top && top.node !== to; top = heap.pop()) {
      if (top.cost > (this.#cost[top.node] as number)) continue;
      for (const arc of at[top.node] ?? []) {
        if (arc === without) continue;
        const forward = tail[arc] === top.node;
        const left = forward ? wanted : Math.min(wanted, this.#left(arc));
        if (left <= 0) continue;
        // A cell that carries a part only will need others beside it.
        const step = this.suppressed[arc] === 1 ? 0 : (((this.#values[arc] as number) + 1) * wanted) / left;
        const next = forward ? (head[arc] as number) : (tail[arc] as number);
        const cost = top.cost + step;
        if (cost >= (this.#cost[next] as number)) continue;
        this.#cost[next] = cost;
        this.#by[next] = arc;
        heap.push(next, cost);
      }
    }
  }

  /** Backwards along the way that was found. */
  #along(from: number, to: number, visit: (arc: number, forward: boolean) => void): void {
    const { tail, head } = this.#network;
    for (let node = to; node !== from; ) {
      const arc = this.#by[node] as number;
      const forward = head[arc] === node;
      visit(arc, forward);
      node = forward ? (tail[arc] as number) : (head[arc] as number);
    }
  }
}

/** Cells between two breaths. */
const AT_ONCE = 64;

/** The same as {@link suppress}, in steps between which others may have the processor. */
export function* suppressing(
  zones: number,
  block: Shape,
  { values, people }: Table,
  { k, width }: Protection,
): Generator<undefined, Uint8Array> {
  const suppression = new Suppression(new Network(zones, block), values);
  const few: number[] = [];
  for (let cell = 0; cell < values.length; cell++) {
    if ((people[cell] as number) >= k) continue;
    few.push(cell);
    suppression.suppressed[cell] = 1;
  }
  for (const [done, cell] of few.entries()) {
    suppression.protect(cell, width);
    if (done % AT_ONCE === AT_ONCE - 1) yield;
  }
  return suppression.suppressed;
}

/** @returns 1 for each cell that is not published; cells with nobody in them are among those with few people. */
export function suppress(zones: number, block: Shape, table: Table, protection: Protection): Uint8Array {
  const steps = suppressing(zones, block, table, protection);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
