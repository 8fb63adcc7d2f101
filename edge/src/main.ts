import { type Command, runProgram } from '@safe-passage/cli';
import { calibrate } from './commands/calibrate.ts';
import { check } from './commands/check.ts';
import { detect } from './commands/detect.ts';
import { run } from './commands/run.ts';
import { track } from './commands/track.ts';

const commands: Record<string, Command> = {
  run,
  check,
  detect,
  track,
  calibrate,
};

await runProgram({
  name: 'edge',
  call: 'npm run -s edge --',
  summary: "Safe Passage edge agent: people in a camera's picture become pseudonymous tracks on the floor.",
  commands,
});
