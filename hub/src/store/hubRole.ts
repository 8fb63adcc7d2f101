/** The role that a hub works in: it owns nothing, and may not change an audit row. */
import pg from 'pg';
import { openDatabase, type Queryable, unreachable } from './database.ts';

const ROLE = 'safe_passage_hub';

export interface HubRole {
  /** Whether connections can work in the role. */
  readonly usable: boolean;
  /** Whether the login could do more than the role, if it left it: it owns the tables or is a superuser. */
  readonly loginOwnsTables: boolean;
}

export async function hubRole(database: Queryable): Promise<HubRole> {
  const { rows } = await database.query<HubRole>(
    `SELECT coalesce((SELECT pg_has_role(session_user, oid, 'MEMBER') AND has_table_privilege(oid, 'audit', 'INSERT')
                      FROM pg_roles WHERE rolname = $1), false) AS usable,
            pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = 'audit'::regclass), 'MEMBER')
              AS "loginOwnsTables"`,
    [ROLE],
  );
  return rows[0] ?? { usable: false, loginOwnsTables: true };
}

/** The same database, with every connection in the hub's role from its start. */
function inHubRole(url: string): string {
  const changed = new URL(url);
  const options = changed.searchParams.get('options');
  changed.searchParams.set('options', `${options === null ? '' : `${options} `}-c role=${ROLE}`);
  return changed.href;
}

/** Too many connections, a server that starts or ends: says nothing about the role, and the hub would go on with all that its login may do. */
const PASSES = /^(?:08(?!P01)|53|57P)/;

/**
 * Whether a connection can begin in the role: a pooler in between may not let it say so.
 *
 * @throws OperatorError where that cannot be told now.
 */
async function opens(url: string): Promise<boolean> {
  const pool = openDatabase(url, { connections: 1 });
  try {
    await pool.query('SELECT 1');
    return true;
  } catch (problem) {
    if (problem instanceof pg.DatabaseError && !PASSES.test(problem.code ?? '')) return false;
    throw unreachable(url, problem);
  } finally {
    await pool.end();
  }
}

/**
 * The URL to work with: that of the hub's role where the login may take it on, the login's own elsewhere.
 *
 * @throws where the database does not answer or has no tables.
 */
export async function hubRoleUrl(url: string): Promise<HubRole & { readonly url: string }> {
  const pool = openDatabase(url, { connections: 1 });
  try {
    const role = await hubRole(pool);
    const usable = role.usable && (await opens(inHubRole(url)));
    return { ...role, usable, url: usable ? inHubRole(url) : url };
  } finally {
    await pool.end();
  }
}
