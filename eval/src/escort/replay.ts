/** Shows a recording to whoever scores it, with the error that fused positions have. */
import type { PersonSample } from '@safe-passage/hub/score/scene/sample.ts';
import { FootNoise, type NoiseOptions } from './noise.ts';
import { HERTZ, type Recording } from './recording.ts';

export interface Onlooker {
  observe(sample: PersonSample): void;
  /** After every frame. */
  settle(): void;
}

/** Lets others work after so many frames. */
const PAUSE_FRAMES = 500;

/**
 * @param onShare told which share of the recording was seen, now and then.
 * @returns false where the signal was aborted.
 */
export async function replay(
  { run, frames, starts, id, x, y }: Recording,
  noise: NoiseOptions,
  onlooker: Onlooker,
  onShare: (share: number) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const error = new FootNoise(noise, run.seed);
  for (let frame = 0; frame < frames; frame++) {
    const seconds = frame / HERTZ;
    const timeMs = Math.round(1000 * seconds);
    for (let i = starts[frame] as number; i < (starts[frame + 1] as number); i++) {
      const person = id[i] as number;
      error.next(person, seconds);
      onlooker.observe({
        timeMs,
        person: String(person),
        x: (x[i] as number) + error.x,
        y: (y[i] as number) + error.y,
        sigmaMetres: noise.sigmaMetres,
        measured: true,
      });
    }
    onlooker.settle();
    if (frame % PAUSE_FRAMES !== 0) continue;
    onShare(frame / frames);
    await new Promise(setImmediate);
    if (signal.aborted) return false;
  }
  return true;
}
