import { DetectionBatch } from '../../src/detect/detection.ts';
import type { TrackBox } from '../../src/track/track.ts';
import type { Tracker } from '../../src/track/tracker.ts';

/** Somebody in a scripted scene: where the box is at a time, or null while the detector does not see it. */
export type Walker = (
  seconds: number,
) => { x: number; y: number; width: number; height: number; score?: number } | null;

export interface SceneRun {
  /** What the tracker said, copied, frame by frame. */
  readonly frames: readonly { readonly seconds: number; readonly tracks: readonly TrackBox[] }[];
}

/** Plays walkers to a tracker at a frame rate; `dropped` says which frames never arrive. */
export function playScene(
  tracker: Tracker,
  walkers: readonly Walker[],
  framesPerSecond: number,
  seconds: number,
  dropped: (frame: number) => boolean = () => false,
): SceneRun {
  const batch = new DetectionBatch();
  const frames: { seconds: number; tracks: TrackBox[] }[] = [];
  for (let frame = 0; frame <= Math.round(seconds * framesPerSecond); frame += 1) {
    if (dropped(frame)) continue;
    const now = frame / framesPerSecond;
    batch.clear();
    for (const walker of walkers) {
      const box = walker(now);
      if (box) batch.push(box.x, box.y, box.width, box.height, box.score ?? 0.9);
    }
    frames.push({ seconds: now, tracks: tracker.update(batch, now).map((track) => copyOf(track)) });
  }
  return { frames };
}

export const copyOf = (track: TrackBox): TrackBox => ({
  id: track.id,
  state: track.state,
  x: track.x,
  y: track.y,
  width: track.width,
  height: track.height,
  footX: track.footX,
  footY: track.footY,
  footSigmaX: track.footSigmaX,
  footSigmaY: track.footSigmaY,
  measured: track.measured,
  score: track.score,
});

/** A box of 40 x 100 pixels whose upper left corner moves evenly from a start, pixels and pixels per second. */
export const walking =
  (x: number, y: number, velocityX: number, velocityY = 0): Walker =>
  (seconds) => ({ x: x + velocityX * seconds, y: y + velocityY * seconds, width: 40, height: 100 });

/** The same walker, unseen between two times. */
export const hiddenBetween =
  (walker: Walker, from: number, to: number): Walker =>
  (seconds) =>
    seconds > from && seconds < to ? null : walker(seconds);
