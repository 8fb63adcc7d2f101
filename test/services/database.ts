/** Databases for integration tests: plain PostgreSQL always, TimescaleDB where the environment names one. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';

export type DatabaseKind = 'postgres' | 'timescale';

export interface TestDatabase {
  readonly url: string;
  /** Ends every connection to the database and removes it. */
  drop(): Promise<void>;
}

const VARIABLES: Record<DatabaseKind, string> = {
  postgres: 'SAFE_PASSAGE_TEST_POSTGRES',
  timescale: 'SAFE_PASSAGE_TEST_TIMESCALE',
};

/** The kinds that this machine has. Tests run over all of them: `describe.each(databaseKinds())`. */
export function databaseKinds(): DatabaseKind[] {
  return process.env[VARIABLES.timescale] ? ['postgres', 'timescale'] : ['postgres'];
}

async function administrate(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Makes an empty database. */
export async function createTestDatabase(kind: DatabaseKind): Promise<TestDatabase> {
  const server = process.env[VARIABLES[kind]];
  if (!server) throw new Error(`${VARIABLES[kind]} names no ${kind} server`);
  const name = `sp_test_${randomBytes(6).toString('hex')}`;
  await administrate(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administrate(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}
