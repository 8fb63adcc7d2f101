/** `hub asyncapi`: the description of the messages over MQTT as a file. */
import { defineCommand, EXIT, writeOutput } from '@safe-passage/cli';
import { describeMessages } from '@safe-passage/contract/asyncapi.ts';
import { hubVersion } from '../version.ts';

export const asyncApiCommand = defineCommand({
  summary: 'Write the AsyncAPI description of the messages over MQTT',
  usage: 'npm run -s hub -- asyncapi [--out FILE]',
  description:
    'Topics, messages and their schemas, as devices and hubs check them. Needs no database and no broker; the same sources give the same bytes.',
  options: { out: { type: 'string', short: 'o', value: 'FILE', help: 'where to; otherwise to stdout' } },
  examples: ['npm run -s hub -- asyncapi --out docs/reference/asyncapi.json'],
  run: async ({ values }) => {
    await writeOutput(values.out, describeMessages(hubVersion()));
    return EXIT.ok;
  },
});
