/** Who calls a command that not everybody may: the bearer of a permanent token of their own. */
import { readFile } from 'node:fs/promises';
import { OperatorError } from '@safe-passage/cli';
import type pg from 'pg';
import { grantOf, PERMISSIONS, type Permission, roleName, whoMay } from '../access/permissions.ts';
import type { Bearer } from '../store/store.ts';
import { createTokenAdministration } from '../store/tokenAdministration.ts';

const TOKEN_VARIABLE = 'SAFE_PASSAGE_TOKEN';

export const tokenFileOption = {
  type: 'string',
  value: 'FILE',
  help: `your token; otherwise from ${TOKEN_VARIABLE}`,
} as const;

/** @throws OperatorError where there is none. */
export async function ownToken(file: string | undefined): Promise<string> {
  const text = file === undefined ? process.env[TOKEN_VARIABLE] : await readFile(file, 'utf8').catch(() => undefined);
  const token = text?.trim();
  if (token) return token;
  throw new OperatorError(
    file === undefined
      ? `no token says who you are: ${TOKEN_VARIABLE} is not set`
      : `the token file ${file} cannot be read`,
    `Put a token of your own (from \`hub token create --name NAME --role ROLE\`) into ${TOKEN_VARIABLE} or into a file for --token-file.`,
  );
}

/** @throws OperatorError where the token is unknown, expired or no permanent one, or its role may not do this. */
export async function insistOnBearer(pool: pg.Pool, token: string, permission: Permission): Promise<Bearer> {
  const bearer = await createTokenAdministration(pool).describe(token);
  if (bearer?.kind !== 'token') {
    throw new OperatorError(
      'the token is unknown, expired or not a permanent one',
      'Make one for each person: npm run -s hub -- token create --name NAME --role ROLE',
    );
  }
  if (grantOf(bearer.role, permission) !== 'yes') {
    throw new OperatorError(
      `${bearer.name} has the role ${roleName(bearer.role)}, which may not ${PERMISSIONS[permission].may}`,
      `This is for: ${whoMay(permission)}. Another role: npm run -s hub -- token role --name NAME --role ROLE`,
    );
  }
  return { name: bearer.name, role: bearer.role };
}
