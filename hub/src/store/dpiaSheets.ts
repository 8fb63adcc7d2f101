/** The sheets of the data protection impact assessment, and what the database knows of the system for the next one. */
import type pg from 'pg';
import type { DeviceFacts, DpiaFacts } from '../dpia/facts.ts';
import { factsDigest } from '../dpia/facts.ts';
import { appendAudit } from './audit/append.ts';
import { inTransaction, isoTime, type Queryable } from './database.ts';

export interface StoredSheet {
  readonly number: number;
  readonly atMs: number;
  readonly digest: string;
  readonly facts: DpiaFacts;
}

export async function deployedDevices(
  database: Queryable,
  site: string,
): Promise<(DeviceFacts & { readonly floor: string; readonly device: string })[]> {
  const { rows } = await database.query<DeviceFacts & { floor: string; device: string }>(
    `SELECT floor, device, camera, coalesce(status->>'version', 'not told') AS version,
            coalesce(status->>'modelName', 'not told') AS model, coalesce(status->>'modelDigest', 'not told') AS "modelDigest",
            coalesce(status->>'calibration', 'not told') AS calibration,
            coalesce(status->>'privacyLevel', 'not told') AS "privacyLevel"
     FROM device WHERE site = $1 ORDER BY floor, device`,
    [site],
  );
  return rows;
}

/** How many permanent tokens there are of each role. */
export async function rolesInUse(database: Queryable): Promise<Record<string, number>> {
  const { rows } = await database.query<{ role: string; count: number }>(
    `SELECT role, count(*) AS count FROM access_token
     WHERE kind = 'token' AND (expires_at IS NULL OR expires_at > now()) GROUP BY role ORDER BY role`,
  );
  return Object.fromEntries(rows.map(({ role, count }) => [role, count]));
}

/** The last sheet that differed from the one before it. */
export async function lastSheet(database: Queryable, site: string): Promise<StoredSheet | null> {
  const { rows } = await database.query<StoredSheet>(
    `SELECT number, (extract(epoch FROM at) * 1000)::bigint AS "atMs", digest, facts FROM dpia_sheet
     WHERE site = $1 ORDER BY number DESC LIMIT 1`,
    [site],
  );
  return rows[0] ?? null;
}

/** Keeps a sheet where it differs from the last one; records in any case that one was made. */
export async function saveSheet(pool: pg.Pool, facts: DpiaFacts, actor: string, nowMs: number): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query("SELECT pg_advisory_xact_lock(hashtext('safe-passage-dpia'), 0)");
    const before = await lastSheet(client, facts.site);
    const digest = factsDigest(facts);
    const number = before?.digest === digest ? before.number : (before?.number ?? 0) + 1;
    if (number !== before?.number) {
      await client.query(
        'INSERT INTO dpia_sheet (site, number, at, made_by, digest, facts) VALUES ($1, $2, $3, $4, $5, $6)',
        [facts.site, number, isoTime(nowMs), actor, digest, JSON.stringify(facts)],
      );
    }
    await appendAudit(client, {
      atMs: nowMs,
      actor,
      action: 'privacy.exported',
      subject: facts.site,
      detail: { what: 'dpia', number, digest },
    });
  });
}
