/** The audit of a hub: records, checkpoints, pruning. */
import type pg from 'pg';
import type { AuditRecord } from '../../audit/entry.ts';
import type { Seal, Signer } from '../../audit/signing.ts';
import { inTransaction, isoTime } from '../database.ts';
import { appendAudit, chainHead } from './append.ts';
import { newestCheckpoint } from './reads.ts';

/** Records what belongs to no transaction of its own. */
export interface AuditLog {
  /** Returns when it is committed: what was asked for may be given only then. */
  record(...records: readonly AuditRecord[]): Promise<void>;
  /** Records something that holds until it changes, unless the last row about the same action and subject says the same. */
  recordChange(record: AuditRecord): Promise<void>;
}

export interface Audit extends AuditLog {
  /** Signs the end of the chain, where it has grown since the last time. @returns the checkpoint, or null. */
  checkpoint(signer: Signer, nowMs: number): Promise<Seal | null>;
  /** The newest checkpoint; null where there is none. */
  newestCheckpoint(): Promise<Seal | null>;
  /** Records which migrations the database has seen that no row tells of yet. */
  recordMigrations(actor: string, nowMs: number): Promise<void>;
  /**
   * Removes rows that are older, and in their place keeps the digest of the last of them, signed, so that the chain goes on.
   * The database refuses what is younger than six months.
   *
   * @returns how many rows went.
   */
  prune(signer: Signer, olderThanMs: number, nowMs: number): Promise<number>;
}

const sealParameters = (seal: Seal): unknown[] => [
  seal.number,
  Buffer.from(seal.digest, 'hex'),
  isoTime(seal.atMs),
  Buffer.from(seal.key, 'hex'),
  Buffer.from(seal.signature, 'hex'),
];

export function createAudit(pool: pg.Pool): Audit {
  return {
    record: async (...records) => {
      await inTransaction(pool, (client) => appendAudit(client, ...records));
    },

    recordChange: async (record) => {
      await inTransaction(pool, async (client) => {
        const { rows } = await client.query<{ same: boolean }>(
          `SELECT (entry->'detail')::jsonb = $3::jsonb AS same FROM audit
           WHERE action = $1 AND subject IS NOT DISTINCT FROM $2 ORDER BY number DESC LIMIT 1`,
          [record.action, record.subject ?? null, JSON.stringify(record.detail ?? {})],
        );
        if (rows[0]?.same !== true) await appendAudit(client, record);
      });
    },

    checkpoint: async (signer, nowMs) => {
      const head = await chainHead(pool);
      const { rows } = await pool.query<{ covered: boolean }>(
        `SELECT EXISTS (SELECT 1 FROM audit_checkpoint WHERE number >= $1)
             OR EXISTS (SELECT 1 FROM audit_pruning WHERE through >= $1) AS covered`,
        [head.number],
      );
      if (head.number === 0 || rows[0]?.covered !== false) return null;
      const seal = signer.seal('audit-checkpoint/1', head, Math.round(nowMs));
      await pool.query(
        'INSERT INTO audit_checkpoint (number, digest, at, key, signature) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING',
        sealParameters(seal),
      );
      return seal;
    },

    newestCheckpoint: () => newestCheckpoint(pool),

    recordMigrations: async (actor, nowMs) => {
      await inTransaction(pool, async (client) => {
        const { rows } = await client.query<{ name: string }>(
          `SELECT name FROM schema_migration AS m
           WHERE NOT EXISTS (SELECT 1 FROM audit WHERE action = 'database.migrated' AND subject = m.name) ORDER BY id`,
        );
        await appendAudit(
          client,
          ...rows.map(({ name }): AuditRecord => ({ atMs: nowMs, actor, action: 'database.migrated', subject: name })),
        );
      });
    },

    prune: async (signer, olderThanMs, nowMs) =>
      await inTransaction(pool, async (client) => {
        // Rows are in order of number; a clock that was set back may have put a younger one before an older.
        const { rows } = await client.query<{ number: number; digest: string }>(
          `SELECT number, encode(digest, 'hex') AS digest FROM audit
           WHERE number < coalesce((SELECT min(number) FROM audit WHERE at >= $1), 9223372036854775807)
           ORDER BY number DESC LIMIT 1`,
          [new Date(olderThanMs)],
        );
        const last = rows[0];
        if (!last) return 0;
        const seal = signer.seal('audit-pruning/1', last, Math.round(nowMs));
        await client.query(
          'INSERT INTO audit_pruning (through, digest, at, key, signature) VALUES ($1, $2, $3, $4, $5)',
          sealParameters(seal),
        );
        const removed = await client.query<{ count: number }>('SELECT audit_prune($1) AS count', [last.number]);
        const count = removed.rows[0]?.count ?? 0;
        await appendAudit(client, {
          atMs: nowMs,
          actor: 'hub',
          action: 'audit.pruned',
          detail: { throughRow: last.number, rows: count },
        });
        return count;
      }),
  };
}
