/** Brings the tables up to date. */
import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { unreachable } from './database.ts';
import { pendingMigrations, refuseNewerTables, refuseOtherLogin } from './migrationState.ts';

const MIGRATIONS = join(import.meta.dirname, '../../migrations');

export interface Migrated {
  /** The migrations that were run, in order; empty where everything was up to date. */
  readonly applied: readonly string[];
  /** Warnings of the database, for instance that TimescaleDB could not be used. */
  readonly warnings: readonly string[];
}

/**
 * Runs the migrations that are missing, all in one transaction. Several hubs may call this at once: an advisory lock
 * lets one do it and the others wait.
 *
 * @throws OperatorError where the database cannot be reached, a later version has changed its tables, or something is missing and
 *   this login may not make it; the database's own error where a migration fails.
 */
export async function migrate(url: string): Promise<Migrated> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    application_name: 'safe-passage-migrate',
  });
  // Every migration that makes tables says the same of a role that is missing.
  const warnings = new Set<string>();
  client.on('notice', (notice) => {
    if (notice.severity === 'WARNING' && notice.message) warnings.add(notice.message);
  });
  // A connection that ends under way fails the statement that waits for it as well.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (problem) {
    throw unreachable(url, problem);
  }
  try {
    // A login that owns nothing may not even ask the runner: where nothing is missing it need not.
    const pending = (await refuseNewerTables(client)) ? await pendingMigrations(client) : null;
    if (pending?.length === 0) return { applied: [], warnings: [] };
    await refuseOtherLogin(client, pending);
    const done = await runner({
      dbClient: client,
      dir: MIGRATIONS,
      direction: 'up',
      migrationsTable: 'schema_migration',
      singleTransaction: true,
      advisoryLockMode: 'wait',
      logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    return { applied: done.map((migration) => migration.name), warnings: [...warnings] };
  } finally {
    await client.end();
  }
}
