/** Lets the hub's scorers, and the rules beside them, see a recording. */
import type { Tick } from '@safe-passage/hub/score/scene/scene.ts';
import { compileZones } from '@safe-passage/hub/score/zones.ts';
import { FollowingRules } from './baselines.ts';
import { FOOT_NOISE, type NoiseOptions } from './noise.ts';
import { HERTZ, type Recording } from './recording.ts';
import { replay } from './replay.ts';
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
  if (!(await replay(recording, noise, hub, onShare, signal))) return null;
  hub.finish();
  const told = hub.told.all.filter(({ pattern }) => only === null || pattern === only);
  return { told, flock: following.flock, correlated: following.correlated };
}
