import type { CandidateBoxes } from './decode/candidates.ts';

/** Greedy non-maximum suppression. All memory is taken once. */
export class NonMaximumSuppression {
  readonly #order: Int32Array;
  readonly #area: Float64Array;
  /** The boxes kept, as indices of the candidates, highest score first; valid up to what `run` returned. */
  readonly kept: Int32Array;

  /** @param capacity the most candidates of one frame. */
  constructor(capacity: number) {
    this.#order = new Int32Array(capacity);
    this.#area = new Float64Array(capacity);
    this.kept = new Int32Array(capacity);
  }

  /**
   * Keeps a box unless a better one covers it with an intersection over union above `iou`. Among equal scores the earlier box is the better.
   * @param limit the most boxes to keep.
   * @returns how many were kept.
   */
  run(boxes: CandidateBoxes, iou: number, limit: number): number {
    const { count, x1, y1, x2, y2 } = boxes;
    const order = this.#order;
    const area = this.#area;
    for (let i = 0; i < count; i += 1) {
      order[i] = i;
      area[i] = Math.max(0, (x2[i] ?? 0) - (x1[i] ?? 0)) * Math.max(0, (y2[i] ?? 0) - (y1[i] ?? 0));
    }
    sortByScore(order, count, boxes.score);
    let kept = 0;
    for (let n = 0; n < count && kept < limit; n += 1) {
      const i = order[n] ?? 0;
      let covered = false;
      for (let k = 0; k < kept && !covered; k += 1) {
        const j = this.kept[k] ?? 0;
        const width = Math.min(x2[i] ?? 0, x2[j] ?? 0) - Math.max(x1[i] ?? 0, x1[j] ?? 0);
        if (width <= 0) continue;
        const height = Math.min(y2[i] ?? 0, y2[j] ?? 0) - Math.max(y1[i] ?? 0, y1[j] ?? 0);
        if (height <= 0) continue;
        const intersection = width * height;
        covered = intersection > iou * ((area[i] ?? 0) + (area[j] ?? 0) - intersection);
      }
      if (!covered) {
        this.kept[kept] = i;
        kept += 1;
      }
    }
    return kept;
  }
}

/** Heapsort in place, best first: the built-in sort with a comparator allocates. */
function sortByScore(order: Int32Array, count: number, score: Float32Array): void {
  const worse = (a: number, b: number) => {
    const difference = (score[a] ?? 0) - (score[b] ?? 0);
    return difference < 0 || (difference === 0 && a > b);
  };
  // A heap with the worst on top; each step moves the worst of the rest to the end.
  const sink = (from: number, end: number) => {
    const item = order[from] ?? 0;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= end) break;
      if (child + 1 < end && worse(order[child + 1] ?? 0, order[child] ?? 0)) child += 1;
      const below = order[child] ?? 0;
      if (!worse(below, item)) break;
      order[at] = below;
      at = child;
    }
    order[at] = item;
  };
  for (let i = (count >> 1) - 1; i >= 0; i -= 1) sink(i, count);
  for (let end = count - 1; end > 0; end -= 1) {
    const worst = order[0] ?? 0;
    order[0] = order[end] ?? 0;
    order[end] = worst;
    sink(0, end);
  }
}
