import { runProgram } from '@safe-passage/cli';

await runProgram({
  name: 'models',
  call: 'npm run -s models --',
  summary: 'Person detectors: brings weights that are not part of the project onto this machine.',
  commands: { pull: async () => (await import('./pull.ts')).pull },
});
