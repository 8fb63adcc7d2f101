/** Reads of the audit: the whole chain as a stream, and a few rows for people. */
import type pg from 'pg';
import type { AuditAction, AuditValue } from '../../audit/entry.ts';
import type { Seal } from '../../audit/signing.ts';
import { inTransaction, type Queryable } from '../database.ts';

/** Rows fetched at once: some three megabytes. */
const FETCH_ROWS = 10_000;

interface SealRow {
  readonly number: number;
  readonly digest: string;
  readonly at: Date;
  readonly key: string;
  readonly signature: string;
}

const sealOf = ({ at, ...seal }: SealRow): Seal => ({ ...seal, atMs: at.getTime() });

const SEAL_COLUMNS =
  "encode(digest, 'hex') AS digest, at, encode(key, 'hex') AS key, encode(signature, 'hex') AS signature";

/** In order of number. */
export async function checkpoints(database: Queryable): Promise<Seal[]> {
  const { rows } = await database.query<SealRow>(
    `SELECT number, ${SEAL_COLUMNS} FROM audit_checkpoint ORDER BY number`,
  );
  return rows.map(sealOf);
}

export async function newestCheckpoint(database: Queryable): Promise<Seal | null> {
  const { rows } = await database.query<SealRow>(
    `SELECT number, ${SEAL_COLUMNS} FROM audit_checkpoint ORDER BY number DESC LIMIT 1`,
  );
  return rows[0] ? sealOf(rows[0]) : null;
}

/** What took the place of the rows that were pruned last. */
export async function lastPruning(database: Queryable): Promise<Seal | null> {
  const { rows } = await database.query<SealRow>(
    `SELECT through AS number, ${SEAL_COLUMNS} FROM audit_pruning ORDER BY through DESC LIMIT 1`,
  );
  return rows[0] ? sealOf(rows[0]) : null;
}

export interface StoredChain {
  readonly rows: number;
  readonly pruned: Seal | null;
  readonly checkpoints: readonly Seal[];
}

/**
 * Reads the whole chain in order of number, as it was at one moment.
 *
 * @param begin told first; the number of rows is what first and last number let expect, for a progress bar.
 * @param row told of every row: the entry as it is stored, and its digest in hexadecimal.
 * @param signal ends the reading early.
 */
export async function readChain(
  pool: pg.Pool,
  begin: (chain: StoredChain) => (entry: string, digest: string) => void,
  onRows: (rows: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    // The one moment: a row that is appended meanwhile would be newer than the checkpoints.
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const { rows: counted } = await client.query<{ rows: number }>(
      'SELECT coalesce(max(number) - min(number) + 1, 0) AS rows FROM audit',
    );
    const row = begin({
      rows: counted[0]?.rows ?? 0,
      pruned: await lastPruning(client),
      checkpoints: await checkpoints(client),
    });
    // The index gives the order; a parallel plan or a sort of the whole table would not stream.
    await client.query('SET LOCAL cursor_tuple_fraction = 0.0001');
    await client.query(
      `DECLARE chain NO SCROLL CURSOR FOR SELECT entry::text, encode(digest, 'hex') FROM audit ORDER BY number`,
    );
    let taken = 0;
    const fetch = () => client.query<[string, string]>({ text: `FETCH ${FETCH_ROWS} FROM chain`, rowMode: 'array' });
    // The next rows are on their way while these are looked at.
    for (let next = fetch(); ; ) {
      const { rows } = await next;
      if (rows.length === 0 || signal?.aborted) break;
      next = fetch();
      for (const [entry, digest] of rows) row(entry, digest);
      taken += rows.length;
      onRows(taken);
    }
  });
}

export interface ShownRow {
  readonly number: number;
  readonly atMs: number;
  readonly actor: string;
  readonly action: AuditAction;
  readonly subject: string | null;
  readonly purpose: string | null;
  readonly detail: { readonly [key: string]: AuditValue };
}

export interface ShowQuery {
  readonly actor?: string;
  /** An action or the part before its dot: `read`. */
  readonly action?: string;
  readonly subject?: string;
  readonly sinceMs?: number;
  /** Only rows with a lower number: the page before. */
  readonly before?: number;
  readonly limit: number;
}

/** The newest rows that fit, oldest first. */
export async function showAudit(database: Queryable, query: ShowQuery): Promise<ShownRow[]> {
  const { rows } = await database.query<{ entry: ShownRow }>(
    `SELECT entry FROM audit
     WHERE ($1::text IS NULL OR actor = $1) AND ($2::text IS NULL OR action = $2 OR starts_with(action, $2 || '.'))
       AND ($3::text IS NULL OR subject = $3) AND ($4::timestamptz IS NULL OR at >= $4)
       AND ($6::bigint IS NULL OR number < $6)
     ORDER BY number DESC LIMIT $5`,
    [
      query.actor ?? null,
      query.action ?? null,
      query.subject ?? null,
      query.sinceMs === undefined ? null : new Date(query.sinceMs),
      query.limit,
      query.before ?? null,
    ],
  );
  return rows.map((row) => row.entry).reverse();
}
