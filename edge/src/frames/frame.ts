import type { OperatorError } from '@safe-passage/cli';
import type { Placement } from './placement.ts';

/** One scaled picture. The object and its pixels are reused: they are valid until the next frame is asked for. */
export interface Frame {
  /** 1 for the first frame of the source; a dropped frame leaves its number unused. */
  readonly frame: number;
  /** Capture time, milliseconds since the Unix epoch. */
  readonly timeMs: number;
  /** Size of the source picture, pixels. */
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  /** Where the picture belongs in the target; the pixels cover only this rectangle. */
  readonly placement: Placement;
  /** Rows of three bytes a pixel, in the channel order asked for. */
  readonly pixels: Uint8Array;
  /** Bytes from one row to the next. */
  readonly stride: number;
}

/** What a source does, to be read at any time. */
export interface SourceCounters {
  /** Frames that the source delivered, dropped ones included. */
  sourceFrames: number;
  /** Frames of a live or paced source that were forgotten because nobody took them in time. */
  framesDropped: number;
  /** 'waiting': a stream or device is not reachable and is tried again. */
  state: 'running' | 'waiting' | 'ended';
  /** What keeps a waiting source from running; null while it runs. */
  problem: OperatorError | null;
}

/** A frame in the making: a reader fills it, a consumer reads it as `Frame`, and it is filled again. */
export class FrameBuffer implements Frame {
  frame = 0;
  timeMs = 0;
  sourceWidth = 0;
  sourceHeight = 0;
  placement: Placement = { left: 0, top: 0, width: 0, height: 0 };
  pixels: Uint8Array = new Uint8Array(0);
  stride = 0;
  /** What the pixels are a view of, where it has to be kept alive and set free by hand. */
  native: { free(): void } | null = null;

  free(): void {
    this.pixels = new Uint8Array(0);
    this.native?.free();
    this.native = null;
  }
}
