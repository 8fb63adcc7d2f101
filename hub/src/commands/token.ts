/** `hub token`: permanent tokens for machines. */
import { defineCommand, EXIT, numberOption, OperatorError, required } from '@safe-passage/cli';
import { ROLES } from '../access/permissions.ts';
import { createTokenAdministration, type TokenRecord } from '../store/tokenAdministration.ts';
import { createTokenStore } from '../store/tokens.ts';
import { configOption, nameOption, operator, roleOption, withDatabase } from './access.ts';
import { commandOfActions } from './actions.ts';
import { columns } from './columns.ts';

const DAY_MS = 86_400_000;

const day = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** Tokens as a table of text. */
export function tokenTable(records: readonly TokenRecord[]): string {
  const rows = [
    ['NAME', 'ROLE', 'KIND', 'CREATED', 'EXPIRES'],
    ...records.map((record) => [
      record.name,
      record.role,
      record.kind,
      day(record.createdAtMs),
      record.expiresAtMs === null ? 'never' : day(record.expiresAtMs),
    ]),
  ];
  return columns(rows);
}

const create = defineCommand({
  summary: 'Make a permanent token',
  usage: 'npm run -s hub -- token create --config hub.yaml --name NAME [--role reviewer] [--days N]',
  description:
    'Prints the token on stdout, this once: only its digest is kept. Send it as "Authorization: Bearer TOKEN". The name stands in the history of every alert that is reviewed with it.',
  options: {
    config: configOption,
    name: { type: 'string', value: 'NAME', help: 'who or what will use it' },
    role: {
      type: 'string',
      value: 'ROLE',
      default: 'reviewer',
      help: `${ROLES.join(', ')}: \`hub roles\` says who may what`,
    },
    days: { type: 'string', value: 'N', help: 'forget it after so many days; otherwise it never expires' },
  },
  examples: [
    'npm run -s hub -- token create --config .data/run/hub.yaml --name grafana --days 365',
    'npm run -s hub -- token create --config .data/run/hub.yaml --name "duty desk" --role engineer',
  ],
  run: async ({ values }) => {
    const name = nameOption('name', required('name', values.name));
    const role = roleOption(values.role);
    const days = values.days === undefined ? undefined : numberOption('days', values.days, { min: 1, max: 3660 });
    const token = await withDatabase(values.config, (pool) =>
      createTokenStore(pool).create({
        kind: 'token',
        name,
        role,
        by: operator(),
        ...(days === undefined ? {} : { expiresAtMs: Math.round(Date.now() + days * DAY_MS) }),
      }),
    );
    process.stdout.write(`${token}\n`);
    return EXIT.ok;
  },
});

const list = defineCommand({
  summary: 'List tokens, sign-in links and sessions',
  usage: 'npm run -s hub -- token list --config hub.yaml',
  description: 'Prints a table of everything that still opens the door. The tokens themselves are known to nobody.',
  options: { config: configOption },
  examples: ['npm run -s hub -- token list --config .data/run/hub.yaml'],
  run: async ({ values }) => {
    const records = await withDatabase(values.config, (pool) => createTokenAdministration(pool).list());
    process.stdout.write(tokenTable(records));
    return EXIT.ok;
  },
});

const revoke = defineCommand({
  summary: 'Revoke everything under a name',
  usage: 'npm run -s hub -- token revoke --config hub.yaml --name NAME',
  description:
    'Forgets the tokens, the unused sign-in links and the sessions of this name at once; live streams end within 15 s.',
  options: {
    config: configOption,
    name: { type: 'string', value: 'NAME', help: 'whose; as `npm run -s hub -- token list` shows it' },
  },
  examples: ['npm run -s hub -- token revoke --config .data/run/hub.yaml --name grafana'],
  run: async ({ values }) => {
    const name = nameOption('name', required('name', values.name));
    const count = await withDatabase(values.config, (pool) =>
      createTokenAdministration(pool).revokeNamed(name, operator()),
    );
    if (count === 0)
      throw new OperatorError(`There is no token with the name "${name}".`, 'See: npm run -s hub -- token list');
    process.stdout.write(`${count} revoked\n`);
    return EXIT.ok;
  },
});

const role = defineCommand({
  summary: 'Give everything under a name another role',
  usage: 'npm run -s hub -- token role --config hub.yaml --name NAME --role ROLE',
  description:
    'Tokens, unused sign-in links and open sessions of this name have the role from now on; live streams that showed more end within 15 s. The audit records it.',
  options: {
    config: configOption,
    name: { type: 'string', value: 'NAME', help: 'whose; as `npm run -s hub -- token list` shows it' },
    role: { type: 'string', value: 'ROLE', help: ROLES.join(', ') },
  },
  examples: ['npm run -s hub -- token role --config .data/run/hub.yaml --name "A. Reviewer" --role senior-reviewer'],
  run: async ({ values }) => {
    const name = nameOption('name', required('name', values.name));
    const wanted = roleOption(required('role', values.role));
    const count = await withDatabase(values.config, async (pool) => {
      const tokens = createTokenAdministration(pool);
      if (!(await tokens.list()).some((record) => record.name === name))
        throw new OperatorError(`There is no token with the name "${name}".`, 'See: npm run -s hub -- token list');
      return await tokens.changeRole(name, wanted, operator());
    });
    process.stdout.write(`${count} changed\n`);
    return EXIT.ok;
  },
});

export const tokenCommand = commandOfActions('token', 'Make, list and revoke tokens for machines', {
  create,
  list,
  role,
  revoke,
});
