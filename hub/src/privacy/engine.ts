/** Destroys what is past its time, every two minutes, and leaves proof of each run. */
import { randomUUID } from 'node:crypto';
import { recurring } from '../recurring.ts';
import type { RetentionStore, RunResult } from '../store/privacy/retention.ts';
import type { RetentionLimits } from './limits.ts';
import type { DataClass } from './policy.ts';
import { RETAINED_TABLES, type RetainedTable } from './retainedTables.ts';
import { ZoneSweeps } from './zoneSweeps.ts';
import { type ZoneLimit, zoneName } from './zones.ts';

export const RUN_EVERY_SECONDS = 120;
/** Runs may be this much late before they are called so. */
const LATE_AFTER_SECONDS = 3 * RUN_EVERY_SECONDS;

export interface EngineOptions {
  readonly store: RetentionStore;
  readonly limits: Pick<RetentionLimits, 'keptMs' | 'oldestMs' | 'zones'>;
  /** What earlier runs have searched; absent: nothing. */
  readonly sweeps?: ZoneSweeps;
  /** Removes audit rows older than that. @returns how many. */
  readonly pruneAudit: (olderThanMs: number, nowMs: number) => Promise<number>;
  readonly now?: () => number;
  /** Whether it is this hub's turn: where several share a site, one of them destroys. */
  readonly mayRun?: () => boolean;
  readonly tables?: readonly RetainedTable[];
}

const messageOf = (problem: unknown): string => (problem instanceof Error ? problem.message : String(problem));

/** In the order of the list of tables. */
const classesOf = (tables: readonly RetainedTable[]): DataClass[] => [...new Set(tables.map((one) => one.dataClass))];

/** What one run does with one zone, whose rows of a class have less time than others. */
async function runZone(
  { store, tables = RETAINED_TABLES, sweeps = new ZoneSweeps() }: EngineOptions,
  run: { readonly run: string; readonly startedMs: number; readonly dataClass: DataClass },
  limit: ZoneLimit,
): Promise<RunResult> {
  const { floor, zone, keptMs } = limit;
  const cutoffMs = run.startedMs - keptMs;
  const at = { ...limit, oldestMs: cutoffMs };
  const key = { ...run, zone: { floor, zone } };
  await store.begin(key, keptMs, cutoffMs);
  const errors: string[] = [];
  let rows = 0;
  let oldestMs: number | null = null;
  for (const table of tables.filter(({ dataClass, inZone }) => dataClass === run.dataClass && inZone !== undefined)) {
    // Squares and intervals of dashboards are added to after their time has begun: they are few, and looked at whole.
    const from = table.inZone === 'positions' ? sweeps.from(table.table, at) : null;
    const failed = errors.length;
    const attempt = async (work: () => Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (problem) {
        errors.push(`${table.table}: ${messageOf(problem)}`);
      }
    };
    await attempt(async () => {
      for (const part of await store.expiredParts(table, cutoffMs)) {
        await attempt(async () => {
          rows += await store.removeInZone(part, at, from, key);
        });
      }
      const oldest = await store.oldestInZone(table, at, from);
      if (oldest !== null && (oldestMs === null || oldest < oldestMs)) oldestMs = oldest;
    });
    if (errors.length === failed) sweeps.done(table.table, at, cutoffMs, from === null);
  }
  const error = errors.length > 0 ? errors.join('; ').slice(0, 2000) : null;
  return { dataClass: run.dataClass, zone: { floor, zone }, limitMs: keptMs, cutoffMs, rows, oldestMs, error };
}

/**
 * One run over every class. What fails with one chunk or one table is recorded, and everything else goes on.
 *
 * @returns what became of each class, and of each zone that has a limit of its own.
 * @throws where not even the records of the run can be written: the database is away or full, and the next run tries again.
 */
export async function runRetention(options: EngineOptions): Promise<RunResult[]> {
  const { store, limits, pruneAudit, now = Date.now, tables = RETAINED_TABLES } = options;
  const startedMs = now();
  const run = randomUUID();
  const results: RunResult[] = [];
  let unrecorded: unknown = null;
  options.sweeps?.begin(startedMs);
  for (const dataClass of classesOf(tables)) {
    const limitMs = limits.keptMs(dataClass);
    const cutoffMs = startedMs - limitMs;
    const errors: string[] = [];
    let rows = 0;
    let oldestMs: number | null = null;
    const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (problem) {
        errors.push(`${what}: ${messageOf(problem)}`);
      }
    };
    const key = { run, startedMs, dataClass, zone: null };
    try {
      await store.begin(key, limitMs, cutoffMs);
    } catch (problem) {
      // Without a record there is no proof, but the other classes may have one.
      unrecorded ??= problem;
      continue;
    }
    if (dataClass === 'evidence') {
      await attempt('holds', async () => {
        rows += await store.endHolds(key, cutoffMs);
      });
      await attempt('the evidence of held alerts', async () => {
        await store.copyHeldEvidence(limits);
      });
    }
    for (const table of tables.filter((one) => one.dataClass === dataClass)) {
      await attempt(table.table, async () => {
        for (const part of await store.expiredParts(table, cutoffMs)) {
          const place = part.chunk ? `${table.table} from ${new Date(part.chunk.fromMs).toISOString()}` : table.table;
          await attempt(place, async () => {
            rows += await store.remove(part, cutoffMs, key);
          });
        }
        const oldest = await store.oldest(table, cutoffMs, startedMs);
        if (oldest !== null && (oldestMs === null || oldest < oldestMs)) oldestMs = oldest;
      });
    }
    if (dataClass === 'audit') {
      await attempt('audit', async () => {
        rows += await pruneAudit(cutoffMs, startedMs);
      });
    }
    for (const limit of limits.zones(dataClass)) {
      await attempt(`zone ${zoneName(limit)}`, async () => {
        const result = await runZone(options, { run, startedMs, dataClass }, limit);
        results.push(result);
        // What fails in a zone fails the class: whoever watches the classes hears of it.
        if (result.error !== null) errors.push(`zone ${zoneName(limit)}: ${result.error}`);
      });
    }
    results.push({
      dataClass,
      zone: null,
      limitMs,
      cutoffMs,
      rows,
      oldestMs,
      error: errors.length > 0 ? errors.join('; ').slice(0, 2000) : null,
    });
  }
  await store.finish(run, Math.max(startedMs, now()), results);
  if (unrecorded !== null) throw unrecorded;
  return results;
}

export interface ClassFigures {
  readonly dataClass: string;
  readonly limitSeconds: number;
  /** Age of the oldest row left by the last run; 0 where there is none. */
  readonly oldestSeconds: number;
  /** Rows removed since the hub started. */
  readonly removedRows: number;
  readonly failed: boolean;
}

export interface RetentionFigures {
  readonly runs: number;
  readonly failedRuns: number;
  /** When the last run ended in which nothing failed, seconds since the epoch; 0 before the first. */
  readonly lastSuccessSeconds: number;
  /** Whether that is too long ago. */
  readonly late: boolean;
  readonly classes: readonly ClassFigures[];
}

export interface RetentionEngine {
  figures(): RetentionFigures;
  /** Runs now; a call during a run is answered by another run after it. */
  runNow(): Promise<void>;
  stop(): Promise<void>;
}

interface EngineLogger {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Runs at once and then every two minutes. */
export function startRetention(options: EngineOptions, logger: EngineLogger): RetentionEngine {
  const { now = Date.now, mayRun = () => true } = options;
  const startedMs = now();
  const classes = new Map<string, ClassFigures>();
  const sweeps = new ZoneSweeps();
  let [runs, failedRuns, lastSuccessMs] = [0, 0, 0];
  const late = (): boolean => mayRun() && now() - Math.max(lastSuccessMs, startedMs) > LATE_AFTER_SECONDS * 1000;

  const once = async (): Promise<void> => {
    if (!mayRun()) return;
    runs++;
    try {
      const results = await runRetention({ ...options, sweeps });
      for (const { dataClass, zone, limitMs, rows, oldestMs, error } of results) {
        // A zone that fails is told of by its class.
        if (zone !== null) {
          if (rows > 0)
            logger.info({ class: dataClass, zone: zoneName(zone), rows }, 'destroyed what was past its time');
          continue;
        }
        const removedRows = (classes.get(dataClass)?.removedRows ?? 0) + rows;
        const oldestSeconds = oldestMs === null ? 0 : Math.max(0, now() - oldestMs) / 1000;
        classes.set(dataClass, {
          dataClass,
          limitSeconds: limitMs / 1000,
          oldestSeconds,
          removedRows,
          failed: error !== null,
        });
        if (error !== null)
          logger.error(
            { class: dataClass, reason: error },
            'not everything that is past its time could be destroyed: trying again',
          );
        else if (rows > 0) logger.info({ class: dataClass, rows }, 'destroyed what was past its time');
      }
      if (results.some(({ error }) => error !== null)) failedRuns++;
      else lastSuccessMs = now();
    } catch (problem) {
      failedRuns++;
      logger.error({ reason: messageOf(problem) }, 'a retention run failed: trying again');
    }
    if (late())
      logger.error({ sinceSeconds: LATE_AFTER_SECONDS }, 'RETENTION IS LATE: data lie on the disk past their time');
  };

  const { now: runNow, stop } = recurring(once, RUN_EVERY_SECONDS);
  void runNow();
  return {
    figures: () => ({
      runs,
      failedRuns,
      lastSuccessSeconds: lastSuccessMs / 1000,
      late: late(),
      classes: [...classes.values()],
    }),
    runNow,
    stop,
  };
}
