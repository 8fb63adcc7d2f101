/** Reads what an evidence pack is made of, as it was at one moment. */
import { hash } from 'node:crypto';
import { OperatorError } from '@safe-passage/cli';
import type { FloorPlan } from '@safe-passage/contract';
import type pg from 'pg';
import { type AuditValue, canonicalJson } from '../audit/entry.ts';
import type { AuditStretch, DeviceVersion, Disposition, PackContent, RetentionDay } from '../pack/content.ts';
import { checkpoints, type ShownRow } from './audit/reads.ts';
import { inTransaction, type Queryable } from './database.ts';
import { policyHistory } from './privacy/policies.ts';
import { testRuns } from './reidentification.ts';

/** A quarter of a year, with a week to spare. Longer ones would not fit into the memory of a small machine. */
const LONGEST_PACK_MS = 100 * 86_400_000;
const MOST_TEST_RUNS = 400;

const RETENTION = `
SELECT to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, class AS "dataClass", zone, count(*) AS runs, sum(rows)::bigint AS rows,
       count(error) AS failed, count(*) FILTER (WHERE finished_at IS NULL) AS "notEnded", max(limit_seconds) AS "limitSeconds",
       max(extract(epoch FROM started_at - oldest_left))::double precision AS "oldestLeftSeconds"
FROM (
  SELECT started_at, class, NULL AS zone, rows, error, finished_at, limit_seconds, oldest_left FROM retention_run
  UNION ALL
  SELECT started_at, class, floor || '/' || zone, rows, error, finished_at, limit_seconds, oldest_left FROM retention_zone_run) AS r
WHERE started_at >= $1 AND started_at < $2 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 NULLS FIRST`;

const DISPOSITIONS = `
SELECT id AS alert, pattern, floor, zone, (extract(epoch FROM raised_at) * 1000)::bigint AS "raisedMs",
       acknowledged_by AS "acknowledgedBy", (extract(epoch FROM acknowledged_at) * 1000)::bigint AS "acknowledgedMs",
       closed_by AS "closedBy", (extract(epoch FROM closed_at) * 1000)::bigint AS "closedMs", disposition
FROM alert WHERE site = $3 AND (acknowledged_at >= $1 AND acknowledged_at < $2 OR closed_at >= $1 AND closed_at < $2)
ORDER BY raised_at, id`;

const DEVICES = `
SELECT floor, device, camera, (extract(epoch FROM status_at) * 1000)::bigint AS "toldMs", status->>'version' AS version,
       status->>'modelName' AS "modelName", status->>'modelDigest' AS "modelDigest",
       status->>'configurationDigest' AS "configurationDigest", status->>'calibration' AS calibration,
       status->>'privacyLevel' AS "privacyLevel"
FROM device WHERE site = $1 ORDER BY floor, camera, device`;

async function auditStretch(client: Queryable, from: Date, to: Date): Promise<AuditStretch> {
  const { rows: ends } = await client.query<{ first: number | null; last: number | null }>(
    'SELECT min(number) AS first, max(number) AS last FROM audit WHERE at >= $1 AND at < $2',
    [from, to],
  );
  const { first = null, last = null } = ends[0] ?? {};
  if (first === null || last === null) return { entries: [], lastOfPeriod: 0, checkpoint: null };
  const checkpoint = (await checkpoints(client)).find(({ number }) => number >= last) ?? null;
  const { rows } = await client.query<{ entry: string }>(
    'SELECT entry::text AS entry FROM audit WHERE number BETWEEN $1 AND $2 ORDER BY number',
    [first, checkpoint?.number ?? last],
  );
  return { entries: rows.map(({ entry }) => entry), lastOfPeriod: last, checkpoint };
}

/** Tables of other versions may be missing. */
async function holdsOf(client: Queryable, site: string, from: Date, to: Date): Promise<object[] | null> {
  const { rows: there } = await client.query<{ there: boolean }>(
    "SELECT to_regclass('public.evidence_hold') IS NOT NULL AS there",
  );
  if (there[0]?.there !== true) return null;
  const { rows } = await client.query<{ hold: object }>(
    `SELECT to_jsonb(h) AS hold FROM evidence_hold AS h
     WHERE site = $3 AND held_at < $2 AND coalesce(ended_at, until) >= $1 ORDER BY held_at, id`,
    [from, to, site],
  );
  return rows.map(({ hold }) => hold);
}

export interface PackQuery {
  readonly site: string;
  readonly fromMs: number;
  /** Not in it. */
  readonly toMs: number;
  readonly hubVersion: string;
  readonly floors: readonly FloorPlan[];
}

/** @throws OperatorError where the period is none or too long. */
export function insistOnPeriod(fromMs: number, toMs: number): void {
  if (toMs > fromMs && toMs - fromMs <= LONGEST_PACK_MS) return;
  throw new OperatorError(
    toMs > fromMs ? 'the period is longer than 100 days' : 'the end of the period is not after its begin',
    'Name a period of at most 100 days; for a year make one pack for each quarter.',
  );
}

/** @throws OperatorError where the period is none or too long. */
export async function readPackContent(pool: pg.Pool, query: PackQuery): Promise<PackContent> {
  const { site, fromMs, toMs, hubVersion, floors } = query;
  insistOnPeriod(fromMs, toMs);
  const [from, to] = [new Date(fromMs), new Date(toMs)];
  return await inTransaction(pool, async (client): Promise<PackContent> => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const audit = await auditStretch(client, from, to);
    const { rows: retention } = await client.query<RetentionDay>(RETENTION, [from, to]);
    const { rows: dispositions } = await client.query<Disposition>(DISPOSITIONS, [from, to, site]);
    const { rows: devices } = await client.query<DeviceVersion>(DEVICES, [site]);
    const { rows: migrations } = await client.query<{ name: string }>('SELECT name FROM schema_migration ORDER BY id');
    const rows = audit.entries
      .map((entry) => JSON.parse(entry) as ShownRow)
      .filter(({ number, action }) => number <= audit.lastOfPeriod && action !== 'retention.run');
    return {
      site,
      fromMs,
      toMs,
      hubVersion,
      migrations: migrations.map(({ name }) => name),
      plans: Object.fromEntries(
        floors.map((plan) => [plan.id, hash('sha256', canonicalJson(plan as unknown as AuditValue))]),
      ),
      policies: (await policyHistory(client)).filter((one) => one.fromMs < toMs && (one.toMs ?? toMs) > fromMs),
      retention,
      audit,
      rows,
      dispositions,
      holds: await holdsOf(client, site, from, to),
      devices,
      reidentification: await testRuns(client, site, MOST_TEST_RUNS, fromMs, toMs),
    };
  });
}
