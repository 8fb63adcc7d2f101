import { type Command, runProgram } from '@safe-passage/cli';
import { bench } from './commands/bench.ts';
import { caviar } from './commands/caviar.ts';
import { detectionModel } from './commands/detectionModel.ts';
import { detector } from './commands/detector.ts';
import { escort } from './commands/escort.ts';
import { fusion } from './commands/fusion.ts';
import { groups } from './commands/groups.ts';
import { mot } from './commands/mot.ts';

const commands: Record<string, Command> = {
  mot,
  groups,
  fusion,
  escort,
  caviar,
  detector,
  'detection-model': detectionModel,
  bench,
};

await runProgram({
  name: 'eval',
  call: 'npm run -s eval --',
  summary: 'Measures accuracy against public ground truth, and speed.',
  commands,
});
