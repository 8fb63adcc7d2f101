import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', '*/test/**/*.test.ts', 'hub/console/test/**/*.test.ts'],
    globalSetup: ['test/services/globalSetup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Integration tests start real processes; two at a time keeps a two-core machine honest about time-outs.
    maxWorkers: 2,
    // Last, so that the counts are the last line.
    reporters: ['default', './test/services/summaryReporter.ts'],
  },
});
