import { defineCommand, EXIT, runProgram } from '@safe-passage/cli';
import { BUILT_FOLDER, build } from './build.ts';

const buildCommand = defineCommand({
  summary: 'writes the dashboards and the files that Grafana is provisioned with',
  usage: 'npm run -s dashboards -- build [--out FOLDER]',
  description: 'The same code gives the same bytes. What is committed lies in dashboards/built.',
  options: {
    out: {
      type: 'string',
      value: 'FOLDER',
      help: 'where to write them; what lies there goes (default: dashboards/built)',
    },
  },
  examples: ['npm run -s dashboards -- build'],
  run: async ({ values }) => {
    for (const path of await build(values.out ?? BUILT_FOLDER)) process.stdout.write(`${path}\n`);
    return EXIT.ok;
  },
});

await runProgram({
  name: 'dashboards',
  call: 'npm run -s dashboards --',
  summary: 'Grafana dashboards and alert rules of Safe Passage, as code.',
  commands: { build: async () => buildCommand },
});
