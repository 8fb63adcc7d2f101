import { runProgram } from '@safe-passage/cli';
import { pull } from './pull.ts';

await runProgram({
  name: 'models',
  call: 'npm run -s models --',
  summary: 'Person detectors: brings weights that are not part of the project onto this machine.',
  commands: { pull },
});
