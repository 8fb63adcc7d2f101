import type { CandidateBoxes, Decoder } from './candidates.ts';

/** Corners that the model has worked out itself, and one score per class. */
export class BoxesScoresDecoder implements Decoder {
  readonly lengths: readonly number[];
  readonly anchors: number;
  readonly #scaleX: number;
  readonly #scaleY: number;
  readonly #classes: { readonly count: number; readonly person: number };

  /** @param anchors how many boxes the model gives. */
  constructor(
    input: { readonly width: number; readonly height: number },
    units: 'fraction' | 'pixels',
    classes: { readonly count: number; readonly person: number },
    anchors: number,
  ) {
    this.anchors = anchors;
    this.lengths = [anchors * 4, anchors * classes.count];
    this.#scaleX = units === 'fraction' ? input.width : 1;
    this.#scaleY = units === 'fraction' ? input.height : 1;
    this.#classes = classes;
  }

  decode(outputs: readonly Float32Array[], minScore: number, into: CandidateBoxes): void {
    const [boxes, scores] = outputs;
    if (!boxes || !scores) return;
    const { count, person } = this.#classes;
    for (let anchor = 0; anchor < this.anchors; anchor += 1) {
      const score = scores[anchor * count + person] ?? 0;
      if (!(score >= minScore)) continue;
      const at = 4 * anchor;
      into.push(
        (boxes[at] ?? 0) * this.#scaleX,
        (boxes[at + 1] ?? 0) * this.#scaleY,
        (boxes[at + 2] ?? 0) * this.#scaleX,
        (boxes[at + 3] ?? 0) * this.#scaleY,
        score,
      );
    }
  }
}
