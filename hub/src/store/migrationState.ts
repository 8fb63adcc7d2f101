/** Whether the tables are those that this version of the hub was written for. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '@safe-passage/cli';
import type { Queryable } from './database.ts';

const MIGRATIONS = join(import.meta.dirname, '../../migrations');

async function knownMigrations(): Promise<string[]> {
  return (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql')).map((name) => name.slice(0, -4));
}

async function doneMigrations(database: Queryable): Promise<Set<string>> {
  const { rows } = await database.query<{ name: string }>('SELECT name FROM schema_migration');
  return new Set(rows.map((row) => row.name));
}

/**
 * @returns whether there are tables.
 * @throws OperatorError where a later version has changed the tables: this one might misread them.
 */
export async function refuseNewerTables(database: Queryable): Promise<boolean> {
  const { rows } = await database.query<{ there: boolean }>(
    "SELECT to_regclass('schema_migration') IS NOT NULL AS there",
  );
  if (!rows[0]?.there) return false;
  const known = await knownMigrations();
  const strange = [...(await doneMigrations(database))].filter((name) => !known.includes(name)).sort();
  if (strange.length === 0) return true;
  throw new OperatorError(
    `the tables of the database were made by a later version of the hub (${strange.join(', ')})`,
    'Run that version, or give this one a database of its own.',
  );
}

/** @returns the names of the migrations that the database has not seen. @throws where it does not answer. */
export async function pendingMigrations(database: Queryable): Promise<string[]> {
  const [known, done] = await Promise.all([knownMigrations(), doneMigrations(database)]);
  return known.filter((name) => !done.has(name)).sort();
}

/**
 * @param pending what is missing; null where there are no tables at all.
 * @throws OperatorError where the login may not bring the tables up to date, as the login of a deployed hub may not.
 */
export async function refuseOtherLogin(database: Queryable, pending: readonly string[] | null): Promise<void> {
  const { rows } = await database.query<{ login: string; may: boolean | null }>(
    pending === null
      ? "SELECT current_user AS login, has_schema_privilege(current_schema(), 'CREATE') AS may"
      : "SELECT current_user AS login, pg_has_role(relowner, 'MEMBER') AS may FROM pg_class WHERE oid = 'schema_migration'::regclass",
  );
  const [found] = rows;
  if (found?.may) return;
  throw new OperatorError(
    `${
      pending === null
        ? 'the database has no tables of the hub'
        : `the tables of the database are older than this version of the hub (missing: ${pending.join(', ')})`
    }, and its login ${found?.login} may not make them`,
    'Bring them up to date as their owner, then start the hub: SAFE_PASSAGE_DATABASE_URL_FILE=owner.url npm run -s hub -- migrate --config hub.yaml',
  );
}
