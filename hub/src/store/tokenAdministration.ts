/** Tokens as an operator sees them: names and dates, never the token, which nobody has kept. */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Role } from '../access/permissions.ts';
import { appendAudit } from './audit/append.ts';
import { epochMs, inTransaction } from './database.ts';
import type { NewToken } from './store.ts';

export interface TokenRecord {
  readonly name: string;
  readonly role: Role;
  readonly kind: NewToken['kind'];
  readonly createdAtMs: number;
  /** null: it never expires. */
  readonly expiresAtMs: number | null;
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
   * Gives everything under a name another role, sessions that are open too.
   *
   * @param by who does it, for the audit.
   * @returns how many there were that had another role.
   */
  changeRole(name: string, role: Role, by: string): Promise<number>;
}

interface Row {
  readonly name: string;
  readonly role: Role;
  readonly kind: NewToken['kind'];
  readonly created_at: Date;
  readonly expires_at: Date | null;
}

const record = (row: Row): TokenRecord => ({
  name: row.name,
  role: row.role,
  kind: row.kind,
  createdAtMs: row.created_at.getTime(),
  expiresAtMs: epochMs(row.expires_at),
});

const COLUMNS = 'name, role, kind, created_at, expires_at';
const VALID = '(expires_at IS NULL OR expires_at > now())';

/** Reads and revokes tokens in the database given. */
export function createTokenAdministration(database: pg.Pool): TokenAdministration {
  return {
    async list() {
      const { rows } = await database.query<Row>(
        `SELECT ${COLUMNS} FROM access_token WHERE ${VALID} ORDER BY created_at, name`,
      );
      return rows.map(record);
    },
    async describe(token) {
      const digest = createHash('sha256').update(token).digest();
      const { rows } = await database.query<Row>(`SELECT ${COLUMNS} FROM access_token WHERE digest = $1 AND ${VALID}`, [
        digest,
      ]);
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
