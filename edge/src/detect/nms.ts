import { CandidateBoxes } from './decode/candidates.ts';
import type { ModelManifest } from './manifest.ts';

/** In place of the score of a box that was kept or has fallen; below every score. */
const GONE = -1;

/**
 * Non-maximum suppression: of boxes that cover each other, one is kept. Where the manifest says so, boxes that overlap less fade in
 * place of falling (linear soft-NMS between two overlaps: Bodla et al. 2017, arXiv:1704.04503), since two people who walk close do;
 * and what is kept is the average of the boxes that it covers (variance voting: He et al. 2019, arXiv:1809.08545), as a person's best
 * placed box is seldom the best scored one. All memory is taken once.
 */
export class NonMaximumSuppression {
  readonly #iou: number;
  readonly #fadeFrom: number;
  readonly #averageSpread: number | null;
  readonly #area: Float64Array;
  readonly #score: Float32Array;
  /** Of each box with the one that was chosen last. */
  readonly #overlap: Float64Array;
  /** What was kept, highest score first; valid until the next `run`. */
  readonly kept: CandidateBoxes;

  /** @param capacity the most candidates of one frame. */
  constructor(capacity: number, { iou, fadeFrom = iou, averageSpread }: ModelManifest['nms']) {
    this.#iou = iou;
    this.#fadeFrom = fadeFrom;
    this.#averageSpread = averageSpread ?? null;
    this.#area = new Float64Array(capacity);
    this.#score = new Float32Array(capacity);
    this.#overlap = new Float64Array(capacity);
    this.kept = new CandidateBoxes(capacity);
  }

  /**
   * Keeps the best box, lets what it covers fall or fade, and goes on with the best of the rest. Among equal scores the earlier box is the better.
   * @param minScore a box that fades below it falls.
   * @param limit the most boxes to keep.
   * @returns how many were kept.
   */
  run(boxes: CandidateBoxes, minScore: number, limit: number): number {
    const { count } = boxes;
    this.kept.count = 0;
    let best = -1;
    for (let i = 0; i < count; i += 1) {
      const score = boxes.score[i] as number;
      this.#area[i] = sides(boxes, i);
      this.#score[i] = score >= minScore ? score : GONE;
      if (score >= minScore && (best < 0 || score > (this.#score[best] as number))) best = i;
    }
    while (best >= 0 && this.kept.count < limit) best = this.#keep(boxes, best, minScore);
    return this.kept.count;
  }

  /** @returns the best of the boxes that are left, or -1. */
  #keep(boxes: CandidateBoxes, chosen: number, minScore: number): number {
    const { x1, y1, x2, y2 } = boxes;
    const score = this.#score[chosen] as number;
    this.#score[chosen] = GONE;
    for (let i = 0; i < boxes.count; i += 1) this.#overlap[i] = i === chosen ? 1 : this.#overlapOf(boxes, chosen, i);
    if (this.#averageSpread === null || !this.#keepAverage(boxes, this.#averageSpread, score)) {
      this.kept.push(x1[chosen] as number, y1[chosen] as number, x2[chosen] as number, y2[chosen] as number, score);
    }
    return this.#fade(boxes.count, minScore);
  }

  /** Keeps the average of what the chosen box covers; what has fallen still has its say. @returns false where nothing has a weight. */
  #keepAverage({ count, x1, y1, x2, y2, score }: CandidateBoxes, spread: number, keptScore: number): boolean {
    let weights = 0;
    let left = 0;
    let top = 0;
    let right = 0;
    let bottom = 0;
    for (let i = 0; i < count; i += 1) {
      const overlap = this.#overlap[i] as number;
      if (overlap <= this.#iou) continue;
      const weight = (score[i] as number) * Math.exp(-((1 - overlap) ** 2) / spread);
      weights += weight;
      left += weight * (x1[i] as number);
      top += weight * (y1[i] as number);
      right += weight * (x2[i] as number);
      bottom += weight * (y2[i] as number);
    }
    if (!(weights > 0)) return false;
    this.kept.push(left / weights, top / weights, right / weights, bottom / weights, keptScore);
    return true;
  }

  /** Lets what overlaps the chosen box fade or fall. @returns the best of what is left, or -1. */
  #fade(count: number, minScore: number): number {
    let best = -1;
    let bestScore = GONE;
    for (let i = 0; i < count; i += 1) {
      const score = this.#score[i] as number;
      if (score === GONE) continue;
      const faded = score * this.#remains(this.#overlap[i] as number);
      this.#score[i] = faded >= minScore ? faded : GONE;
      if ((this.#score[i] as number) > bestScore) {
        best = i;
        bestScore = this.#score[i] as number;
      }
    }
    return best;
  }

  /** What remains of a score beside a better box: all up to `fadeFrom`, nothing beyond `iou`. */
  #remains(overlap: number): number {
    if (overlap <= this.#fadeFrom) return 1;
    return overlap > this.#iou ? 0 : (this.#iou - overlap) / (this.#iou - this.#fadeFrom);
  }

  /** Intersection over union, in two thirds of the time that `bufferedOverlap` of the tracker takes: corners and areas are there already. */
  #overlapOf({ x1, y1, x2, y2 }: CandidateBoxes, a: number, b: number): number {
    const width = Math.min(x2[a] as number, x2[b] as number) - Math.max(x1[a] as number, x1[b] as number);
    if (width <= 0) return 0;
    const height = Math.min(y2[a] as number, y2[b] as number) - Math.max(y1[a] as number, y1[b] as number);
    if (height <= 0) return 0;
    const intersection = width * height;
    return intersection / ((this.#area[a] as number) + (this.#area[b] as number) - intersection);
  }
}

function sides({ x1, y1, x2, y2 }: CandidateBoxes, i: number): number {
  const width = (x2[i] as number) - (x1[i] as number);
  const height = (y2[i] as number) - (y1[i] as number);
  return Math.max(0, width) * Math.max(0, height);
}
