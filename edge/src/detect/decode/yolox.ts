import { type CandidateBoxes, type Decoder, gridSize } from './candidates.ts';

/** YOLOX's raw head (Ge et al. 2021): rows of (cx, cy, w, h, objectness, classes...), all cells of the first stride, then of the next. */
export class YoloxDecoder implements Decoder {
  readonly lengths: readonly number[];
  readonly anchors: number;
  readonly #row: number;
  readonly #person: number;
  readonly #cellX: Float32Array;
  readonly #cellY: Float32Array;
  readonly #stride: Float32Array;

  constructor(
    input: { readonly width: number; readonly height: number },
    strides: readonly number[],
    classes: { readonly count: number; readonly person: number },
  ) {
    this.#row = 5 + classes.count;
    this.#person = 5 + classes.person;
    this.anchors = strides.reduce((sum, s) => sum + gridSize(input.width, s) * gridSize(input.height, s), 0);
    this.lengths = [this.anchors * this.#row];
    this.#cellX = new Float32Array(this.anchors);
    this.#cellY = new Float32Array(this.anchors);
    this.#stride = new Float32Array(this.anchors);
    let anchor = 0;
    for (const stride of strides) {
      const columns = gridSize(input.width, stride);
      const rows = gridSize(input.height, stride);
      for (let y = 0; y < rows; y += 1) {
        for (let x = 0; x < columns; x += 1) {
          this.#cellX[anchor] = x;
          this.#cellY[anchor] = y;
          this.#stride[anchor] = stride;
          anchor += 1;
        }
      }
    }
  }

  decode(outputs: readonly Float32Array[], minScore: number, into: CandidateBoxes): void {
    const values = outputs[0];
    if (!values) return;
    for (let anchor = 0, at = 0; anchor < this.anchors; anchor += 1, at += this.#row) {
      const objectness = values[at + 4] ?? 0;
      if (objectness < minScore) continue;
      const score = objectness * (values[at + this.#person] ?? 0);
      if (!(score >= minScore)) continue;
      const stride = this.#stride[anchor] ?? 0;
      const x = ((values[at] ?? 0) + (this.#cellX[anchor] ?? 0)) * stride;
      const y = ((values[at + 1] ?? 0) + (this.#cellY[anchor] ?? 0)) * stride;
      const halfWidth = (Math.exp(values[at + 2] ?? 0) * stride) / 2;
      const halfHeight = (Math.exp(values[at + 3] ?? 0) * stride) / 2;
      into.push(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight, score);
    }
  }
}
