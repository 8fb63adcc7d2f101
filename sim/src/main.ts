import { type Command, runProgram } from '@safe-passage/cli';
import { film } from './commands/film.ts';
import { planCommand } from './commands/plan.ts';
import { play } from './commands/play.ts';
import { render } from './commands/render.ts';
import { run } from './commands/run.ts';
import { validate } from './commands/validate.ts';

const commands: Record<string, Command> = { run, play, render, film, plan: planCommand, validate };

await runProgram({
  name: 'sim',
  call: 'npm run -s sim --',
  summary: 'Safe Passage simulator: a terminal full of people, of whom the truth is known.',
  commands,
});
