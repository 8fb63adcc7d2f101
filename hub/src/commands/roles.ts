/** `hub roles`: who may do what, as a page. */
import { defineCommand, EXIT, writeOutput } from '@safe-passage/cli';
import { describeRoles } from '../api/describe.ts';

export const rolesCommand = defineCommand({
  summary: 'Print who may do what',
  usage: 'npm run -s hub -- roles [--out FILE]',
  description:
    'Prints the roles, the rights of each and the addresses of the interface with who may use them, as Markdown: the very table that the hub goes by. Needs no database and no broker.',
  options: { out: { type: 'string', short: 'o', value: 'FILE', help: 'where to; otherwise to stdout' } },
  examples: ['npm run -s hub -- roles', 'npm run -s hub -- roles --out docs/reference/roles.md'],
  run: async ({ values }) => {
    await writeOutput(values.out, await describeRoles());
    return EXIT.ok;
  },
});
