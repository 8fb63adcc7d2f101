/** Builds the console where that is needed: what the tests in a browser look at is what the sources say. */
import { defineCommand, EXIT, runSingleCommand } from '@safe-passage/cli';
import { buildConsole, consoleIsStale } from './consoleBuild.ts';

await runSingleCommand(
  { name: 'prepare', call: 'node start/src/console/prepare.ts' },
  defineCommand({
    summary: 'Build the console if its sources are newer than what was built',
    usage: 'node start/src/console/prepare.ts',
    description: 'npm test runs this first. npm run build builds in any case.',
    options: {},
    examples: ['node start/src/console/prepare.ts'],
    run: async ({ signal }) => {
      if (!(await consoleIsStale())) return EXIT.ok;
      process.stdout.write('Building the console\n');
      await buildConsole(signal);
      return EXIT.ok;
    },
  }),
);
