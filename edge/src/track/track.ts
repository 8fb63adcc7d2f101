import type { TrackState } from '@safe-passage/contract';

/** One camera's chain of detections, as the floor stage takes it. The tracker owns and reuses the object. */
export interface TrackBox {
  /** A counter within one run of the agent; never leaves the device. */
  readonly id: number;
  readonly state: TrackState;
  /** Box in source pixels: left, top, width, height. The detection's own where `measured`, the filter's while coasting. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The foot point (middle of the lower edge) to publish: measured where a detection matched, predicted while coasting. */
  readonly footX: number;
  readonly footY: number;
  /** Standard deviation of the foot point, pixels. */
  readonly footSigmaX: number;
  readonly footSigmaY: number;
  /** True where a detection of this very frame supports the box. */
  readonly measured: boolean;
  /** Confidence of the last matched detection, 0 to 1. */
  readonly score: number;
}
