/** The connection to PostgreSQL: limits that keep a stuck database from hanging the hub, and types that lose nothing. */
import { OperatorError } from '@safe-passage/cli';
import pg from 'pg';

/** A pool, or one client of it inside a transaction. */
export type Queryable = Pick<pg.Pool, 'query'>;

export interface DatabaseOptions {
  /** The most connections this process holds. */
  readonly connections?: number;
  /** Longest a single statement may run, seconds. */
  readonly statementTimeoutSeconds?: number;
}

/**
 * Opens a pool of connections. Nothing is connected until the first query.
 *
 * `bigint` columns arrive as numbers: every one of them holds a count or a sequence number that the contract bounds by
 * 2^53 - 1. A larger one is an error and never a rounded value.
 *
 * @param url `postgres://user:password@host:port/database`
 */
export function openDatabase(url: string, options: DatabaseOptions = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connections ?? 8,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: (options.statementTimeoutSeconds ?? 30) * 1000,
    // A transaction that nobody finishes would keep its locks: end it.
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
    application_name: 'safe-passage-hub',
    types: { getTypeParser: typeParser },
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  // The pool stops listening to a connection that it ends, and the server may still say something on it.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

const BIGINT = 20;

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('a bigint of the database is beyond 2^53 - 1');
  return value;
}

const typeParser = ((oid: number, format?: 'text' | 'binary') =>
  oid === BIGINT && format !== 'binary'
    ? safeInteger
    : format === 'binary'
      ? pg.types.getTypeParser(oid, 'binary')
      : pg.types.getTypeParser(oid, 'text')) as typeof pg.types.getTypeParser;

/** Runs `work` in one transaction; anything thrown rolls it back. */
export async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (problem) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    throw problem;
  } finally {
    client.release(broken);
  }
}

/** SQLSTATE classes: data exception, integrity constraint violation, program limit exceeded. */
const ABOUT_ROWS = /^(?:22|23|54)/;

/**
 * Whether the database refused the rows for what they hold, and will refuse them tomorrow as well. Everything else (no
 * connection, no space, missing tables or rights) passes or is mended by somebody, and the rows are not to blame.
 */
export function isAboutRows(problem: unknown): boolean {
  // A value that cannot even be put into a parameter is a RangeError.
  return problem instanceof RangeError || (problem instanceof pg.DatabaseError && ABOUT_ROWS.test(problem.code ?? ''));
}

/** Turns a connection failure into something that a person can mend, with the password left out. */
export function unreachable(url: string, problem: unknown): OperatorError {
  const shown = URL.canParse(url) ? new URL(url) : null;
  const where = shown ? `${shown.host}${shown.pathname}` : 'the given URL';
  const why = problem instanceof Error ? problem.message : String(problem);
  return new OperatorError(
    `The database at ${where} cannot be used: ${why || 'no connection'}`,
    'Check that PostgreSQL runs there and that host, port, database, user and password in database.url are right.',
    { cause: problem },
  );
}

/** A time of the contract within an array of parameters: milliseconds survive exactly, whatever the time zone. */
export const isoTime = (epochMs: number): string => new Date(epochMs).toISOString();

/** A nullable timestamptz column as milliseconds. */
export const epochMs = (value: Date | null): number | null => (value === null ? null : value.getTime());

/** The last word about each stands; a statement may touch a row only once. */
export const lastWords = <T extends { readonly id: string }>(records: readonly T[]): T[] => [
  ...new Map(records.map((record) => [record.id, record])).values(),
];
