/** Runs the re-identification test on the live store, once a day. */
import type { DataClass } from '../privacy/policy.ts';
import { recurring } from '../recurring.ts';
import type { ReidentificationStore } from '../store/reidentification.ts';
import { testReidentification } from './attack.ts';
import { SHORTER_HOURS, type Uniqueness } from './settings.ts';

const EVERY_MS = 24 * 3_600_000;
const LOOK_SECONDS = 900;
/** Persons asked about: a share is known to within four points of a hundred. */
export const SAMPLE = 500;

export interface LiveTest {
  readonly store: ReidentificationStore;
  readonly limits: { keptMs(name: DataClass): number };
  readonly nowMs: number;
  readonly sample: number;
  readonly seed: number;
  readonly onStretch?: (pass: 1 | 2, share: number) => void;
}

/** One run over everything that is stored now, for the retention in force and shorter ones. */
export async function testLiveStore(test: LiveTest): Promise<Uniqueness[]> {
  const { store, limits, nowMs, sample, seed, onStretch } = test;
  const keptSeconds = limits.keptMs('tracks') / 1000;
  const shorter = SHORTER_HOURS.map((hours) => hours * 3600).filter((seconds) => seconds < keptSeconds);
  return await testReidentification({
    read: store.reading(nowMs - 1000 * keptSeconds, nowMs, onStretch),
    nowMs,
    retentionsSeconds: [keptSeconds, ...shorter],
    sample,
    seed,
  });
}

export interface ScheduleOptions {
  readonly store: ReidentificationStore;
  readonly limits: { keptMs(name: DataClass): number };
  readonly now?: () => number;
  /** Several hubs may share a site: one of them does this. */
  readonly mayRun?: () => boolean;
}

export interface ReidentificationSchedule {
  /** Runs where the last run is a day ago. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

export function scheduleReidentification(
  { store, limits, now = Date.now, mayRun = () => true }: ScheduleOptions,
  logger: { info(fields: object, message: string): void; error(fields: object, message: string): void },
): ReidentificationSchedule {
  const once = async (signal: AbortSignal): Promise<void> => {
    if (!mayRun()) return;
    // A hub that is told to end does not wait for millions of rows.
    const onStretch = (): void => signal.throwIfAborted();
    try {
      const atMs = now();
      const last = (await store.runs(1))[0];
      if (last && last.atMs <= atMs && atMs - last.atMs < EVERY_MS) return;
      // Other persons every day: the seed is the day, so that a run can be done again.
      const seed = Math.floor(atMs / EVERY_MS);
      const results = await testLiveStore({ store, limits, nowMs: atMs, sample: SAMPLE, seed, onStretch });
      if ((results[0]?.sampled ?? 0) === 0) return;
      await store.save({ atMs, seed, results }, 'hub');
      logger.info({ persons: results[0]?.persons }, 'tested how many of the stored tracks could be singled out');
    } catch (problem) {
      if (signal.aborted) return;
      const reason = problem instanceof Error ? problem.message : String(problem);
      logger.error({ reason }, 'the re-identification test failed: trying again');
    }
  };
  const { now: look, stop } = recurring(once, LOOK_SECONDS);
  return { look, stop };
}
