import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEPLOY } from './mosquitto.ts';

export const ROLES = ['safe_passage_owner', 'hub_login', 'grafana_login', 'backup_login'];

/**
 * What psql would make of deploy/database/roles.sql: its variables filled in, each answer to a `\gexec` executed.
 *
 * @param mark roles belong to the whole server, which other tests use: these get names of their own.
 */
export async function roleStatements(mark: string): Promise<{ sql: string; execute: boolean }[]> {
  let text = (await readFile(join(DEPLOY, 'database/roles.sql'), 'utf8'))
    .replace(/^\\set .*$/gm, '')
    .replace(/:'\w+'/g, "'secret'")
    .replace(
      /^CREATE ROLE (safe_passage_\w+) NOLOGIN;$/gm,
      (statement, role: string) =>
        `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN ${statement} END IF; END $$;`,
    );
  for (const role of ROLES) text = text.replaceAll(role, `${role}_${mark}`);
  return text
    .replace(/--.*$/gm, '')
    .split(/\n(?=[A-Z])/)
    .map((part) => ({ sql: part.replace('\\gexec', '').trim(), execute: part.includes('\\gexec') }))
    .filter(({ sql }) => sql !== '');
}
