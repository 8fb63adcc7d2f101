import { runProgram } from '@safe-passage/cli';

await runProgram({
  name: 'sim',
  call: 'npm run -s sim --',
  summary: 'Safe Passage simulator: a terminal full of people, of whom the truth is known.',
  commands: {
    run: async () => (await import('./commands/run.ts')).run,
    play: async () => (await import('./commands/play.ts')).play,
    render: async () => (await import('./commands/render.ts')).render,
    film: async () => (await import('./commands/film.ts')).film,
    plan: async () => (await import('./commands/plan.ts')).planCommand,
    validate: async () => (await import('./commands/validate.ts')).validate,
  },
});
