import type { ModelManifest } from './manifest.ts';

/** Most boxes of one frame that leave the worker. */
export const MAX_BOXES = 512;
/** x1, y1, x2, y2 in pixels of the model's input, score. */
export const VALUES_PER_BOX = 5;

export interface WorkerSetup {
  readonly manifest: ModelManifest;
  /** Path of the .onnx file. */
  readonly weights: string;
  readonly threads: number;
  readonly confidence: number;
  readonly slots: readonly {
    /** The input tensor, 32-bit floats. */
    readonly input: SharedArrayBuffer;
    /** The boxes found, 32-bit floats. */
    readonly boxes: SharedArrayBuffer;
  }[];
}

export type ToWorker =
  /** Asks for the people in the frame of a slot. */
  | { readonly kind: 'infer'; readonly slot: number }
  /** Asks the worker to end when it has finished what it was asked before. */
  | { readonly kind: 'close' };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly slot: number; readonly count: number }
  | { readonly kind: 'failed'; readonly message: string };
