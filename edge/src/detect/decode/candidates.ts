/** Boxes as a decoder finds them, pixels of the model's input, corners, as parallel typed arrays. Filled anew for every frame. */
export class CandidateBoxes {
  readonly capacity: number;
  count = 0;
  readonly x1: Float32Array;
  readonly y1: Float32Array;
  readonly x2: Float32Array;
  readonly y2: Float32Array;
  readonly score: Float32Array;

  /** @param capacity the most boxes that the decoder can give: one per anchor. */
  constructor(capacity: number) {
    this.capacity = capacity;
    this.x1 = new Float32Array(capacity);
    this.y1 = new Float32Array(capacity);
    this.x2 = new Float32Array(capacity);
    this.y2 = new Float32Array(capacity);
    this.score = new Float32Array(capacity);
  }

  push(x1: number, y1: number, x2: number, y2: number, score: number): void {
    const i = this.count;
    if (i >= this.capacity) return;
    this.x1[i] = x1;
    this.y1[i] = y1;
    this.x2[i] = x2;
    this.y2[i] = y2;
    this.score[i] = score;
    this.count = i + 1;
  }
}

/** Turns a model's outputs into boxes of people. */
export interface Decoder {
  /** Expected length of each output, in values, in the order of `outputNames`. */
  readonly lengths: readonly number[];
  /** Upper bound of the boxes of one frame. */
  readonly anchors: number;
  /**
   * Adds the boxes whose score is at least `minScore`.
   * @param outputs in the order of `outputNames`.
   */
  decode(outputs: readonly Float32Array[], minScore: number, into: CandidateBoxes): void;
}

/** Cells of a grid over the input; a border that does not fill a cell counts as one. */
export function gridSize(pixels: number, stride: number): number {
  return Math.ceil(pixels / stride);
}
