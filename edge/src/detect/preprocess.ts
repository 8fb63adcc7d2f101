import type { Frame } from '../frames/frame.ts';
import type { FrameTarget, Placement } from '../frames/placement.ts';
import type { DetectionBatch } from './detection.ts';
import type { ModelManifest } from './manifest.ts';

type ModelInput = ModelManifest['input'];

/** What frames have to look like for a model. */
export function frameTarget(input: ModelInput): FrameTarget {
  return {
    width: input.width,
    height: input.height,
    resize: input.resize.kind,
    position: input.resize.kind === 'letterbox' ? input.resize.position : 'top-left',
    channelOrder: input.channelOrder,
  };
}

/** Normalises a frame into the planes of a model's input: (pixel - mean) / std, through one table a channel. */
export class InputWriter {
  readonly #width: number;
  readonly #height: number;
  readonly #tables: readonly [Float32Array, Float32Array, Float32Array];
  readonly #border: readonly [number, number, number];

  constructor(input: ModelInput) {
    this.#width = input.width;
    this.#height = input.height;
    const table = (channel: 0 | 1 | 2) =>
      Float32Array.from({ length: 256 }, (_, pixel) => (pixel - input.mean[channel]) / input.std[channel]);
    this.#tables = [table(0), table(1), table(2)];
    const fill = input.resize.kind === 'letterbox' ? input.resize.fill : 0;
    const border = (channel: 0 | 1 | 2) => (fill - input.mean[channel]) / input.std[channel];
    this.#border = [border(0), border(1), border(2)];
  }

  /** Fills all three planes with the border's value. */
  clear(planes: Float32Array): void {
    const size = this.#width * this.#height;
    this.#border.forEach((value, channel) => {
      planes.fill(value, channel * size, (channel + 1) * size);
    });
  }

  /** Writes the picture into its place; the border around it is left as it is. */
  write(frame: Frame, planes: Float32Array): void {
    const { pixels, stride, placement } = frame;
    const [first, second, third] = this.#tables;
    const size = this.#width * this.#height;
    for (let y = 0; y < placement.height; y += 1) {
      let from = y * stride;
      let to = (placement.top + y) * this.#width + placement.left;
      for (const end = to + placement.width; to < end; to += 1, from += 3) {
        planes[to] = first[pixels[from] as number] as number;
        planes[to + size] = second[pixels[from + 1] as number] as number;
        planes[to + 2 * size] = third[pixels[from + 2] as number] as number;
      }
    }
  }
}

/** A linear map from pixels of the model's input to pixels of the source picture. */
export interface SourceMap {
  readonly left: number;
  readonly top: number;
  /** Source pixels per pixel of the input. */
  readonly scaleX: number;
  readonly scaleY: number;
}

/** The inverse of placing a picture, each axis by its own factor: rounding of the scaled size is undone exactly. */
export function toSource(placement: Placement, sourceWidth: number, sourceHeight: number): SourceMap {
  return {
    left: placement.left,
    top: placement.top,
    scaleX: sourceWidth / placement.width,
    scaleY: sourceHeight / placement.height,
  };
}

/**
 * Adds a box of the model's input to the detections of the source picture, cut at the picture's edges.
 * A box that lies in the border alone is left out.
 */
export function addInSource(
  map: SourceMap,
  sourceWidth: number,
  sourceHeight: number,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  score: number,
  into: DetectionBatch,
): void {
  const left = Math.max(0, (x1 - map.left) * map.scaleX);
  const top = Math.max(0, (y1 - map.top) * map.scaleY);
  const width = Math.min(sourceWidth, (x2 - map.left) * map.scaleX) - left;
  const height = Math.min(sourceHeight, (y2 - map.top) * map.scaleY) - top;
  if (width > 0 && height > 0) into.push(left, top, width, height, score);
}
