import { type CandidateBoxes, type Decoder, gridSize } from './candidates.ts';

/** NanoDet's head: the distance from an anchor point to each side is the mean of a distribution over bins (Li et al. 2020, generalised focal loss). */
export class NanodetDecoder implements Decoder {
  readonly lengths: readonly number[];
  readonly anchors: number;
  readonly #width: number;
  readonly #height: number;
  readonly #strides: readonly number[];
  readonly #bins: number;
  readonly #cellOffset: number;
  readonly #classes: { readonly count: number; readonly person: number };

  constructor(
    input: { readonly width: number; readonly height: number },
    head: { readonly strides: readonly number[]; readonly bins: number; readonly cellOffset: number },
    classes: { readonly count: number; readonly person: number },
  ) {
    this.#width = input.width;
    this.#height = input.height;
    this.#strides = head.strides;
    this.#bins = head.bins;
    this.#cellOffset = head.cellOffset;
    this.#classes = classes;
    const cells = head.strides.map((s) => gridSize(input.width, s) * gridSize(input.height, s));
    this.anchors = cells.reduce((sum, n) => sum + n, 0);
    this.lengths = [...cells.map((n) => n * classes.count), ...cells.map((n) => n * 4 * head.bins)];
  }

  decode(outputs: readonly Float32Array[], minScore: number, into: CandidateBoxes): void {
    const levels = this.#strides.length;
    for (let level = 0; level < levels; level += 1) {
      const scores = outputs[level];
      const distances = outputs[levels + level];
      const stride = this.#strides[level];
      if (scores && distances && stride) this.#decodeLevel(scores, distances, stride, minScore, into);
    }
  }

  #decodeLevel(
    scores: Float32Array,
    distances: Float32Array,
    stride: number,
    minScore: number,
    into: CandidateBoxes,
  ): void {
    const columns = gridSize(this.#width, stride);
    const cells = columns * gridSize(this.#height, stride);
    const { count, person } = this.#classes;
    const sides = 4 * this.#bins;
    for (let cell = 0; cell < cells; cell += 1) {
      const score = scores[cell * count + person] ?? 0;
      if (!(score >= minScore)) continue;
      const row = Math.floor(cell / columns);
      const x = (cell - row * columns + this.#cellOffset) * stride;
      const y = (row + this.#cellOffset) * stride;
      const at = cell * sides;
      into.push(
        Math.max(0, x - stride * this.#mean(distances, at)),
        Math.max(0, y - stride * this.#mean(distances, at + this.#bins)),
        Math.min(this.#width, x + stride * this.#mean(distances, at + 2 * this.#bins)),
        Math.min(this.#height, y + stride * this.#mean(distances, at + 3 * this.#bins)),
        score,
      );
    }
  }

  /** Mean of the distribution whose logits stand from `at` on, in bins. */
  #mean(logits: Float32Array, at: number): number {
    let highest = Number.NEGATIVE_INFINITY;
    for (let bin = 0; bin < this.#bins; bin += 1) highest = Math.max(highest, logits[at + bin] ?? 0);
    let sum = 0;
    let weighted = 0;
    for (let bin = 0; bin < this.#bins; bin += 1) {
      const weight = Math.exp((logits[at + bin] ?? 0) - highest);
      sum += weight;
      weighted += weight * bin;
    }
    return weighted / sum;
  }
}
