import { runProgram } from '@safe-passage/cli';

await runProgram({
  name: 'eval',
  call: 'npm run -s eval --',
  summary: 'Measures accuracy against public ground truth, and speed.',
  commands: {
    mot: async () => (await import('./commands/mot.ts')).mot,
    groups: async () => (await import('./commands/groups.ts')).groups,
    fusion: async () => (await import('./commands/fusion.ts')).fusion,
    escort: async () => (await import('./commands/escort.ts')).escort,
    caviar: async () => (await import('./commands/caviar.ts')).caviar,
    detector: async () => (await import('./commands/detector.ts')).detector,
    'detection-model': async () => (await import('./commands/detectionModel.ts')).detectionModel,
    bench: async () => (await import('./commands/bench.ts')).bench,
  },
});
