/** What the commands about tokens have in common: the database of a configuration, and names that people can read. */
import { userInfo } from 'node:os';
import { OperatorError, UsageError } from '@safe-passage/cli';
import type pg from 'pg';
import { isRole, ROLES, type Role } from '../access/permissions.ts';
import { type HubConfig, loadHubConfig } from '../config.ts';
import { openDatabase } from '../store/database.ts';
import { hubRoleUrl } from '../store/hubRole.ts';

/** `--config`, as every command about a database takes it. */
export const configOption = {
  type: 'string',
  short: 'c',
  value: 'FILE',
  default: 'hub.yaml',
  help: 'the configuration of the hub',
} as const;

const UNDEFINED_TABLE = '42P01';

/**
 * Opens the database of a configuration for the time of one command.
 *
 * @throws OperatorError where the database cannot be reached or has not been migrated.
 */
export async function withDatabase<T>(
  configPath: string,
  work: (pool: pg.Pool, config: HubConfig) => Promise<T>,
): Promise<T> {
  const config = await loadHubConfig(configPath);
  try {
    const { url } = await hubRoleUrl(config.databaseUrl);
    const pool = openDatabase(url, { connections: 2 });
    try {
      return await work(pool, config);
    } finally {
      await pool.end();
    }
  } catch (problem) {
    throw explained(problem, config);
  }
}

function explained(problem: unknown, config: HubConfig): unknown {
  const code = problem instanceof Error && 'code' in problem ? problem.code : undefined;
  if (code === UNDEFINED_TABLE) {
    return new OperatorError('The database has no tables yet.', 'Run: npm run -s hub -- migrate --config hub.yaml', {
      cause: problem,
    });
  }
  // SQLSTATE codes have five characters; what fails before a server answers has the name of a system call's error.
  if (typeof code === 'string' && /^(?:E[A-Z]{4,}|08...|28...|3D000|57P0.)$/.test(code)) {
    return new OperatorError(
      `The database at ${new URL(config.databaseUrl).host} cannot be used (${code}).`,
      'Check that PostgreSQL runs there and that host, port, user and password in database.url are right.',
      { cause: problem },
    );
  }
  return problem;
}

/** Who sits at the command line, for the audit: the account of this machine, whose name may be missing in a container. */
export function operator(): string {
  try {
    return `operator ${userInfo().username}`;
  } catch {
    return `operator ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** @throws UsageError where the text names no role. */
export function roleOption(text: string): Role {
  if (isRole(text)) return text;
  throw new UsageError(`--role takes one of ${ROLES.join(', ')}; found "${text}"`);
}

/** The name stands in the history of alerts. @param option without its dashes. @throws UsageError where it is empty, long or holds control characters. */
export function nameOption(option: string, text: string): string {
  const name = text.trim();
  if (name.length === 0 || name.length > 80 || /\p{Cc}/u.test(name)) {
    throw new UsageError(`--${option} takes 1 to 80 printable characters; found "${text}"`);
  }
  return name;
}
