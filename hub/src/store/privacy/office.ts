/** What a privacy officer asks of the store: the state of every class, the policies, the runs, who looked; and an erasure. */
import type pg from 'pg';
import type { Seal } from '../../audit/signing.ts';
import { loosenings } from '../../privacy/compare.ts';
import { checkpoints, lastPruning, type ShownRow, type ShowQuery, showAudit } from '../audit/reads.ts';
import { type Erased, type Erasure, erase } from './erasure.ts';
import { type PolicyPeriod, policyHistory, policyInForce } from './policies.ts';

export interface ClassRun {
  readonly dataClass: string;
  readonly startedMs: number;
  readonly finishedMs: number | null;
  readonly rows: number;
  readonly oldestMs: number | null;
  readonly error: string | null;
}

/** The last run in one zone that has limits of its own. */
export interface ZoneRun extends ClassRun {
  readonly floor: string;
  readonly zone: string;
}

/** One run over all classes. */
export interface WholeRun {
  readonly startedMs: number;
  /** null: it goes on, or was killed. */
  readonly finishedMs: number | null;
  readonly rows: number;
  readonly failed: boolean;
}

export interface HistoricPolicy extends PolicyPeriod {
  /** In what it was looser than the one before. */
  readonly looserIn: readonly string[];
}

export interface PrivacyOffice {
  inForce(): Promise<PolicyPeriod | null>;
  /** The newest first. */
  history(): Promise<HistoricPolicy[]>;
  /** The last run of each class. */
  lastOfEach(): Promise<ClassRun[]>;
  /** The last run of each zone and class that has a limit of its own. */
  lastInZones(): Promise<ZoneRun[]>;
  /** The oldest first. */
  runsSince(sinceMs: number): Promise<WholeRun[]>;
  /** Who looked at tracks, evidence and the live view, the newest first; of one alert or one person where these are named. */
  looks(limit: number, of?: Pick<ShowQuery, 'subject' | 'actor' | 'before'>): Promise<ShownRow[]>;
  erase(erasure: Erasure, nowMs: number, tryOnly: boolean): Promise<Erased>;
  /** What is kept elsewhere, to prove later that the audit is the same. */
  proof(): Promise<{ readonly pruned: Seal | null; readonly checkpoints: readonly Seal[] }>;
}

const MOST_RUNS = 2000;
const ms = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::bigint`;

export function createPrivacyOffice(pool: pg.Pool): PrivacyOffice {
  return {
    inForce: () => policyInForce(pool),
    history: async () => {
      const periods = await policyHistory(pool);
      return periods
        .map((period, index): HistoricPolicy => {
          const before = periods[index - 1];
          return { ...period, looserIn: before ? loosenings(before.policy, period.policy) : [] };
        })
        .reverse();
    },
    lastOfEach: async () => {
      const { rows } = await pool.query<ClassRun>(
        `SELECT class AS "dataClass", ${ms('started_at')} AS "startedMs", ${ms('finished_at')} AS "finishedMs", rows,
                ${ms('oldest_left')} AS "oldestMs", error
         FROM retention_run WHERE run = (SELECT run FROM retention_run WHERE finished_at IS NOT NULL ORDER BY started_at DESC LIMIT 1)`,
      );
      return rows;
    },
    lastInZones: async () => {
      const { rows } = await pool.query<ZoneRun>(
        `SELECT class AS "dataClass", floor, zone, ${ms('started_at')} AS "startedMs", ${ms('finished_at')} AS "finishedMs", rows,
                ${ms('oldest_left')} AS "oldestMs", error
         FROM retention_zone_run
         WHERE run = (SELECT run FROM retention_run WHERE finished_at IS NOT NULL ORDER BY started_at DESC LIMIT 1)`,
      );
      return rows;
    },
    runsSince: async (sinceMs) => {
      const { rows } = await pool.query<WholeRun>(
        `SELECT ${ms('min(started_at)')} AS "startedMs",
                CASE WHEN bool_and(finished_at IS NOT NULL) THEN ${ms('max(finished_at)')} END AS "finishedMs",
                sum(rows)::bigint AS rows, bool_or(error IS NOT NULL) AS failed
         FROM retention_run WHERE started_at >= $1 GROUP BY run ORDER BY min(started_at) DESC LIMIT ${MOST_RUNS}`,
        [new Date(sinceMs)],
      );
      return rows.reverse();
    },
    looks: async (limit, of = {}) => (await showAudit(pool, { ...of, action: 'read', limit })).reverse(),
    erase: (erasure, nowMs, tryOnly) => erase(pool, erasure, nowMs, tryOnly),
    proof: async () => ({ pruned: await lastPruning(pool), checkpoints: await checkpoints(pool) }),
  };
}
