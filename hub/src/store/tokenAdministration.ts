/** Tokens as an operator sees them: names and dates, never the token, which nobody has kept. */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Role } from '../access/permissions.ts';
import { appendAudit } from './audit/append.ts';
import { epochMs, inTransaction } from './database.ts';
import type { NewToken } from './store.ts';
import { STILL_OPENS } from './tokens.ts';

export interface TokenRecord {
  /** For an operator to call it by. */
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly kind: NewToken['kind'];
  readonly createdAtMs: number;
  /** null: it never expires. */
  readonly expiresAtMs: number | null;
  /** To the minute. */
  readonly lastUsedAtMs: number;
  /** When it ends if nobody uses it; null: it does not end by that. */
  readonly idleEndsAtMs: number | null;
}

export interface TokenAdministration {
  /** Everything that still opens a door, oldest first. */
  list(): Promise<TokenRecord[]>;
  /** What a token is; null where it is unknown or expired. */
  describe(token: string): Promise<TokenRecord | null>;
  /**
   * Forgets everything under a name: tokens, sign-in links and the sessions that came from them.
   *
   * @param by who does it, for the audit.
   * @returns how many there were.
   */
  revokeNamed(name: string, by: string): Promise<number>;
  /**
   * Ends one session, or all of a name.
   *
   * @returns how many there were.
   */
  revokeSessions(which: { readonly id: string } | { readonly name: string }, by: string): Promise<number>;
  /**
   * Gives everything under a name another role, sessions that are open too.
   *
   * @param by who does it, for the audit.
   * @returns how many there were that had another role.
   */
  changeRole(name: string, role: Role, by: string): Promise<number>;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly kind: NewToken['kind'];
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly last_used_at: Date;
  readonly idle_seconds: number | null;
}

const record = (row: Row): TokenRecord => ({
  id: row.id,
  name: row.name,
  role: row.role,
  kind: row.kind,
  createdAtMs: row.created_at.getTime(),
  expiresAtMs: epochMs(row.expires_at),
  lastUsedAtMs: row.last_used_at.getTime(),
  idleEndsAtMs: row.idle_seconds === null ? null : row.last_used_at.getTime() + row.idle_seconds * 1000,
});

const COLUMNS = 'id, name, role, kind, created_at, expires_at, last_used_at, idle_seconds';

/** Reads and revokes tokens in the database given. */
export function createTokenAdministration(database: pg.Pool): TokenAdministration {
  return {
    async list() {
      const { rows } = await database.query<Row>(
        `SELECT ${COLUMNS} FROM access_token WHERE ${STILL_OPENS} ORDER BY created_at, name`,
      );
      return rows.map(record);
    },
    async describe(token) {
      const digest = createHash('sha256').update(token).digest();
      const { rows } = await database.query<Row>(
        `SELECT ${COLUMNS} FROM access_token WHERE digest = $1 AND ${STILL_OPENS}`,
        [digest],
      );
      return rows[0] ? record(rows[0]) : null;
    },
    revokeNamed: (name, by) =>
      inTransaction(database, async (client) => {
        const { rowCount } = await client.query('DELETE FROM access_token WHERE name = $1', [name]);
        const count = rowCount ?? 0;
        if (count > 0) {
          await appendAudit(client, {
            atMs: Date.now(),
            actor: by,
            action: 'access.revoked',
            subject: name,
            detail: { count },
          });
        }
        return count;
      }),
    revokeSessions: (which, by) =>
      inTransaction(database, async (client) => {
        const [column, value] = 'id' in which ? ['id', which.id] : ['name', which.name];
        const { rows } = await client.query<{ name: string }>(
          `DELETE FROM access_token WHERE kind = 'session' AND ${column} = $1 RETURNING name`,
          [value],
        );
        const first = rows[0];
        if (first) {
          await appendAudit(client, {
            atMs: Date.now(),
            actor: by,
            action: 'access.revoked',
            subject: first.name,
            detail: { count: rows.length, kind: 'session' },
          });
        }
        return rows.length;
      }),
    changeRole: (name, role, by) =>
      inTransaction(database, async (client) => {
        const { rows } = await client.query<{ role: Role }>(
          `WITH before AS (SELECT digest, role FROM access_token WHERE name = $1 AND role <> $2 FOR UPDATE)
           UPDATE access_token AS t SET role = $2 FROM before WHERE t.digest = before.digest RETURNING before.role`,
          [name, role],
        );
        if (rows.length > 0) {
          await appendAudit(client, {
            atMs: Date.now(),
            actor: by,
            action: 'access.role-changed',
            subject: name,
            detail: { from: [...new Set(rows.map((row) => row.role))].sort(), to: role, count: rows.length },
          });
        }
        return rows.length;
      }),
  };
}
