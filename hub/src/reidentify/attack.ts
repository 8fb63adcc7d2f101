/** The re-identification test: two passes over stored tracks, whoever reads them. */
import { Matcher } from './match.ts';
import { Sampler, type Target } from './sample.ts';
import { SETTINGS, type Setting, type Uniqueness } from './settings.ts';

/** Tells every stored row of everybody: who, where and when. A row a second and person is enough. */
export type ReadRows = (
  row: (floor: string, person: string, timeMs: number, x: number, y: number) => void,
  pass: 1 | 2,
) => Promise<void>;

export interface TestOptions {
  readonly read: ReadRows;
  /** The end of what is stored: retentions are counted back from here. */
  readonly nowMs: number;
  /** The limits of tracks to look at, the one in force among them. */
  readonly retentionsSeconds: readonly number[];
  readonly settings?: readonly Setting[];
  /** Persons asked about, at most. */
  readonly sample: number;
  readonly seed: number;
}

/** @returns for each retention, rounding, precision and number of points the share of persons who are the only one that fits. */
export async function testReidentification(options: TestOptions): Promise<Uniqueness[]> {
  const { read, nowMs, retentionsSeconds, settings = SETTINGS, sample, seed } = options;
  const sinceMs = retentionsSeconds.map((seconds) => nowMs - 1000 * seconds);
  const samplers = retentionsSeconds.map(() => new Sampler(seed));
  await read((floor, person, timeMs, x, y) => {
    for (const [i, sampler] of samplers.entries())
      if (timeMs >= (sinceMs[i] ?? 0)) sampler.take(floor, person, timeMs, x, y);
  }, 1);
  const targets = samplers.map((sampler): Target[] => sampler.targets(sample));
  const matchers = targets.map((some) => new Matcher(some, settings));
  await read((floor, person, timeMs, x, y) => {
    for (const [i, matcher] of matchers.entries())
      if (timeMs >= (sinceMs[i] ?? 0)) matcher.take(floor, person, timeMs, x, y);
  }, 2);
  return matchers.flatMap((matcher, i) =>
    matcher.counts().flatMap(({ setting, unique }) =>
      unique.map(
        (count, known): Uniqueness => ({
          ...setting,
          retentionSeconds: retentionsSeconds[i] ?? 0,
          points: known + 1,
          persons: samplers[i]?.persons ?? 0,
          sampled: targets[i]?.length ?? 0,
          unique: count,
        }),
      ),
    ),
  );
}
