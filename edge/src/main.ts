import { runProgram } from '@safe-passage/cli';

await runProgram({
  name: 'edge',
  call: 'npm run -s edge --',
  summary: "Safe Passage edge agent: people in a camera's picture become pseudonymous tracks on the floor.",
  commands: {
    run: async () => (await import('./commands/run.ts')).run,
    check: async () => (await import('./commands/check.ts')).check,
    detect: async () => (await import('./commands/detect.ts')).detect,
    track: async () => (await import('./commands/track.ts')).track,
    calibrate: async () => (await import('./commands/calibrate.ts')).calibrate,
  },
});
