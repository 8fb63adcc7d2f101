import type { Boxes } from '../cameras/boxes.ts';
import type { TerminalCamera } from '../terminal/terminal.ts';

/** Takes what one camera reports. */
export interface BoxSink {
  /** @param boxes reused by the camera: what is to be kept is copied. */
  frame(boxes: Boxes): void;
  /** Waits until what was taken is out of the way, so that nothing piles up. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export type OpenSink = (camera: TerminalCamera) => Promise<BoxSink>;

/** Where the boxes of all cameras go. */
export type SinkSpec =
  /** One MOTChallenge file a camera. */
  | { readonly kind: 'files'; readonly folder: string; readonly framesPerSecond: number }
  /** One Unix-domain socket a camera, as the edge agent reads it. `epochMs`: the time of the simulation's second 0. */
  | { readonly kind: 'feeds'; readonly folder: string; readonly epochMs: number };
