/** `hub session`: who is signed in to the console. */
import { defineCommand, EXIT, OperatorError, UsageError } from '@safe-passage/cli';
import { createTokenAdministration, type TokenRecord } from '../store/tokenAdministration.ts';
import { UUID } from '../store/uuid.ts';
import { configOption, nameOption, operator, withDatabase } from './access.ts';
import { commandOfActions } from './actions.ts';
import { columns } from './columns.ts';

const minute = (epochMs: number | null): string =>
  epochMs === null ? 'never' : `${new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** Sessions as a table of text. */
export function sessionTable(records: readonly TokenRecord[]): string {
  return columns([
    ['ID', 'NAME', 'ROLE', 'BEGAN', 'LAST USED', 'ENDS', 'UNUSED'],
    ...records.map((record) => [
      record.id,
      record.name,
      record.role,
      minute(record.createdAtMs),
      minute(record.lastUsedAtMs),
      minute(record.expiresAtMs),
      record.idleEndsAtMs === null ? '' : minute(record.idleEndsAtMs),
    ]),
  ]);
}

const list = defineCommand({
  summary: 'List the sessions that are open',
  usage: 'npm run -s hub -- session list --config hub.yaml',
  description:
    'Prints who is signed in, in which role, since when, when the session was last used (to the minute), when it ends whatever happens, and when it ends if nobody uses it (UNUSED).',
  options: { config: configOption },
  examples: ['npm run -s hub -- session list --config .data/run/hub.yaml'],
  run: async ({ values }) => {
    const records = await withDatabase(values.config, (pool) => createTokenAdministration(pool).list());
    process.stdout.write(sessionTable(records.filter(({ kind }) => kind === 'session')));
    return EXIT.ok;
  },
});

const revoke = defineCommand({
  summary: 'End sessions',
  usage: 'npm run -s hub -- session revoke --config hub.yaml --id ID | --name NAME',
  description:
    'Ends one session, or all of a name, at once; live streams end within 15 s. Tokens of the name stay: `hub token revoke` takes those as well. The audit records it.',
  options: {
    config: configOption,
    id: { type: 'string', value: 'ID', help: 'which, as `npm run -s hub -- session list` shows it' },
    name: { type: 'string', value: 'NAME', help: 'all of this name' },
  },
  examples: ['npm run -s hub -- session revoke --config .data/run/hub.yaml --name "A. Reviewer"'],
  run: async ({ values }) => {
    const { id, name } = values;
    if ((id === undefined) === (name === undefined)) throw new UsageError('give either --id or --name');
    if (id !== undefined && !UUID.test(id)) {
      throw new UsageError(`--id takes an id such as 0198c4de-5a70-4cc1-9a3e-7d6f2b10c4aa; found "${id}"`);
    }
    const which = id !== undefined ? { id } : { name: nameOption('name', name ?? '') };
    const count = await withDatabase(values.config, (pool) =>
      createTokenAdministration(pool).revokeSessions(which, operator()),
    );
    if (count === 0) throw new OperatorError('There is no such session.', 'See: npm run -s hub -- session list');
    process.stdout.write(`${count} ended\n`);
    return EXIT.ok;
  },
});

export const sessionCommand = commandOfActions('session', 'List and end the sessions of the console', { list, revoke });
