/** Brings the tables up to date. */
import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { unreachable } from './database.ts';
import { pendingMigrations, refuseNewerTables } from './migrationState.ts';

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
 * @throws OperatorError where the database cannot be reached or a later version has changed its tables; the database's own error where a migration fails.
 */
export async function migrate(url: string): Promise<Migrated> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    application_name: 'safe-passage-migrate',
  });
  const warnings: string[] = [];
  client.on('notice', (notice) => {
    if (notice.severity === 'WARNING' && notice.message) warnings.push(notice.message);
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
    if ((await refuseNewerTables(client)) && (await pendingMigrations(client)).length === 0)
      return { applied: [], warnings };
    const done = await runner({
      dbClient: client,
      dir: MIGRATIONS,
      direction: 'up',
      migrationsTable: 'schema_migration',
      singleTransaction: true,
      advisoryLockMode: 'wait',
      logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    return { applied: done.map((migration) => migration.name), warnings };
  } finally {
    await client.end();
  }
}
