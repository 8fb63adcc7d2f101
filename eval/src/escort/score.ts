/** Lets the hub's scorers, and the rules beside them, see a recording. */
import type { Tick } from '@safe-passage/hub/score/scene/scene.ts';
import { compileZones } from '@safe-passage/hub/score/zones.ts';
import { FollowingRules } from './baselines.ts';
import { FOOT_NOISE, FootNoise, type NoiseOptions } from './noise.ts';
import { HERTZ, type Recording } from './recording.ts';
import type { SoloPattern } from './staged.ts';
import { HubScorers, type Told } from './told.ts';

export interface Scored {
  readonly told: readonly Told[];
  /** By `follower leader`, the greatest score: see `FollowingRules`. Empty where they were not asked. */
  readonly flock: ReadonlyMap<string, number>;
  readonly correlated: ReadonlyMap<string, number>;
}

export interface ScoreOptions {
  readonly noise?: NoiseOptions;
  /** Whether the rules are asked as well. */
  readonly rules?: boolean;
  /** This pattern alone is scored; null for all. */
  readonly only?: SoloPattern | null;
}

/** Lets others work after so many frames. */
const PAUSE_FRAMES = 500;

/** @param onShare told which share of the recording was seen, now and then. @returns null where the signal was aborted. */
export async function score(
  recording: Recording,
  { noise = FOOT_NOISE, rules = true, only = null }: ScoreOptions,
  onShare: (share: number) => void,
  signal: AbortSignal,
): Promise<Scored | null> {
  const following = new FollowingRules();
  const onTick = rules ? following.tick : (_: Tick): void => undefined;
  const hub = new HubScorers(1 / HERTZ, compileZones(recording.floor), onTick, undefined, only);
  const error = new FootNoise(noise, recording.run.seed);
  const { frames, starts, id, x, y } = recording;
  for (let frame = 0; frame < frames; frame++) {
    const seconds = frame / HERTZ;
    const timeMs = Math.round(1000 * seconds);
    for (let i = starts[frame] as number; i < (starts[frame + 1] as number); i++) {
      const person = id[i] as number;
      error.next(person, seconds);
      hub.observe({
        timeMs,
        person: String(person),
        x: (x[i] as number) + error.x,
        y: (y[i] as number) + error.y,
        sigmaMetres: noise.sigmaMetres,
        measured: true,
      });
    }
    hub.settle();
    if (frame % PAUSE_FRAMES !== 0) continue;
    onShare(frame / frames);
    await new Promise(setImmediate);
    if (signal.aborted) return null;
  }
  hub.finish();
  const told = hub.told.all.filter(({ pattern }) => only === null || pattern === only);
  return { told, flock: following.flock, correlated: following.correlated };
}
