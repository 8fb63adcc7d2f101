import type { FrameBuffer } from './frame.ts';

/** What every kind of source comes down to. */
export interface FrameReader {
  /** Fills the buffer with the next frame. @returns false at the end of the source and on an abort. */
  fill(buffer: FrameBuffer): Promise<boolean>;
  close(): Promise<void>;
}
