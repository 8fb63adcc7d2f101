/** `hub openapi`: the description of the HTTP interface as a file. */
import { defineCommand, EXIT, writeOutput } from '@safe-passage/cli';
import { describeInterface } from '../api/describe.ts';

export const openApiCommand = defineCommand({
  summary: 'Write the OpenAPI description of the HTTP interface',
  usage: 'npm run -s hub -- openapi [--out FILE]',
  description:
    'The same that a running hub shows at /api/docs. Needs no database and no broker; the same sources give the same bytes.',
  options: { out: { type: 'string', short: 'o', value: 'FILE', help: 'where to; otherwise to stdout' } },
  examples: ['npm run -s hub -- openapi --out docs/reference/openapi.json'],
  run: async ({ values }) => {
    await writeOutput(values.out, await describeInterface());
    return EXIT.ok;
  },
});
