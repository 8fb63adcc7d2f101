/** Tokens, of which the database knows SHA-256 digests alone: who reads it can sign in nowhere. */
import { createHash, randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { AuditAction } from '../audit/entry.ts';
import { appendAudit } from './audit/append.ts';
import { inTransaction } from './database.ts';
import type { Bearer, NewToken, TokenStore } from './store.ts';

/** 256 bits of randomness need no salt and no slow hash: there is nothing to guess. */
const digestOf = (token: string): Buffer => createHash('sha256').update(token, 'utf8').digest();

const CREATED: Readonly<Record<NewToken['kind'], AuditAction>> = {
  token: 'access.token-created',
  'one-time': 'access.link-created',
  session: 'access.signed-in',
};

/** A row that opens a door yet. */
export const STILL_OPENS = `(expires_at IS NULL OR expires_at > now())
  AND (idle_seconds IS NULL OR last_used_at + make_interval(secs => idle_seconds) > now())`;

export function createTokenStore(pool: pg.Pool): TokenStore {
  return {
    create: async ({ kind, name, role, expiresAtMs, idleSeconds, through, by }) => {
      if (kind !== 'token' && expiresAtMs === undefined) throw new TypeError(`a ${kind} token must expire`);
      const token = randomBytes(32).toString('base64url');
      await inTransaction(pool, async (client) => {
        await client.query(
          'INSERT INTO access_token (digest, name, role, kind, expires_at, idle_seconds) VALUES ($1, $2, $3, $4, $5, $6)',
          [
            digestOf(token),
            name,
            role,
            kind,
            expiresAtMs === undefined ? null : new Date(expiresAtMs),
            idleSeconds ?? null,
          ],
        );
        await appendAudit(client, {
          atMs: Date.now(),
          actor: by ?? name,
          action: CREATED[kind],
          subject: name,
          detail: {
            role,
            ...(through === undefined ? {} : { through }),
            ...(expiresAtMs === undefined ? {} : { expiresAtMs: Math.round(expiresAtMs) }),
          },
        });
      });
      return token;
    },
    authenticate: async (token, use = true) => {
      const digest = digestOf(token);
      const result = await pool.query<Bearer & { stale: boolean }>(
        `SELECT name, role, last_used_at < now() - interval '1 minute' AS stale FROM access_token
         WHERE digest = $1 AND kind IN ('token', 'session') AND ${STILL_OPENS}`,
        [digest],
      );
      const row = result.rows[0];
      if (!row) return null;
      // To the minute: a write for every request would be too much for what it tells.
      if (use && row.stale)
        await pool.query('UPDATE access_token SET last_used_at = now() WHERE digest = $1', [digest]);
      return { name: row.name, role: row.role };
    },
    consume: async (token) => {
      // Deleting is the test: of two statements at once, the second finds no row.
      const result = await pool.query<Bearer & { valid: boolean }>(
        `DELETE FROM access_token WHERE digest = $1 AND kind = 'one-time'
         RETURNING name, role, expires_at > now() AS valid`,
        [digestOf(token)],
      );
      const row = result.rows[0];
      return row?.valid === true ? { name: row.name, role: row.role } : null;
    },
    revoke: async (token) => {
      await inTransaction(pool, async (client) => {
        const { rows } = await client.query<{ name: string; kind: NewToken['kind'] }>(
          'DELETE FROM access_token WHERE digest = $1 RETURNING name, kind',
          [digestOf(token)],
        );
        for (const { name, kind } of rows) {
          const action = kind === 'session' ? 'access.signed-out' : 'access.revoked';
          await appendAudit(client, { atMs: Date.now(), actor: name, action, subject: name });
        }
      });
    },
    sweep: async () => {
      await pool.query(`DELETE FROM access_token WHERE NOT (${STILL_OPENS})`);
    },
  };
}
