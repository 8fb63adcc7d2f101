import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', '*/test/**/*.test.ts', 'hub/console/test/**/*.test.ts'],
    globalSetup: ['test/services/globalSetup.ts'],
    // Generous: what hangs is found all the same, and a busy machine fails nothing.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // Integration tests start real processes; two at a time keeps a two-core machine honest about time-outs.
    maxWorkers: 2,
    // On a shared machine a browser or a database is now and then late by more than any patience. What is wrong fails
    // every time; what passed only when tried again is named at the end of the run.
    retry: process.env.CI ? 2 : 0,
    // Last, so that the counts are the last line.
    reporters: ['default', './test/services/summaryReporter.ts'],
  },
});
