/** Appends to the audit within the transaction of what is recorded. */
import { type AuditRecord, type AuditRow, type ChainLink, GENESIS, nextRow } from '../../audit/entry.ts';
import type { Queryable } from '../database.ts';

/** One writer at a time: the next row needs the digest of the last. */
const LOCK = "SELECT pg_advisory_xact_lock(hashtext('safe-passage-audit'), 0)";

/** The last row; the last one pruned where none is left. */
export async function chainHead(database: Queryable): Promise<ChainLink> {
  const { rows } = await database.query<ChainLink>(
    `(SELECT number, encode(digest, 'hex') AS digest FROM audit ORDER BY number DESC LIMIT 1)
     UNION ALL
     (SELECT through, encode(digest, 'hex') FROM audit_pruning ORDER BY through DESC LIMIT 1)
     LIMIT 1`,
  );
  return rows[0] ?? GENESIS;
}

/**
 * Appends records. They stand if and only if the transaction commits. To be the last thing that a transaction does: until
 * it ends, every other append waits.
 *
 * @param transaction a client inside a transaction.
 * @returns the rows as they stand in the chain.
 */
export async function appendAudit(transaction: Queryable, ...records: readonly AuditRecord[]): Promise<AuditRow[]> {
  if (records.length === 0) return [];
  // A statement of its own: what the next one sees is as of after the wait.
  await transaction.query(LOCK);
  let link = await chainHead(transaction);
  const rows = records.map((record) => {
    const row = nextRow(link, record);
    link = row;
    return row;
  });
  await transaction.query(
    `INSERT INTO audit (entry, digest)
     SELECT entry::json, decode(digest, 'hex') FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS g (entry, digest, place)
     ORDER BY place`,
    [rows.map((row) => row.entry), rows.map((row) => row.digest)],
  );
  return rows;
}
