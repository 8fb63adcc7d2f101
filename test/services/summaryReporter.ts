/**
 * Ends a test run with what a person needs to know: which tests were skipped, what this machine lacks for them and how
 * to get it, and the counts alone on the last line. With SAFE_PASSAGE_TEST_NONE_SKIPPED set, a skipped test fails the run.
 */
import type { Reporter, SerializedError, TestModule, Vitest } from 'vitest/node';
import { prerequisites } from './machine.ts';

const SHOWN = 40;

export default class SummaryReporter implements Reporter {
  #filtered = false;

  onInit(vitest: Vitest): void {
    this.#filtered = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    let passed = 0;
    let failed = unhandled.length;
    const skipped: string[] = [];
    const again: string[] = [];
    for (const module of modules) {
      // A file that could not be loaded holds no test that could fail in its place.
      if (module.errors().length > 0) failed++;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (test.diagnostic()?.flaky) again.push(`${module.relativeModuleId}: ${test.fullName}`);
        if (state === 'passed') passed++;
        else if (state === 'failed') failed++;
        // A test whose run was cut off has no result and must not be taken for one that was left out.
        else if (state === 'pending') failed++;
        else skipped.push(`${module.relativeModuleId}: ${test.fullName}`);
      }
    }
    const lines: string[] = [];
    // Never in silence: a test that passes only when it is tried again waits for the wrong thing.
    if (again.length > 0)
      lines.push('Passed only when tried again, and to be mended:', ...again.map((name) => `  ${name}`), '');
    // With `-t PATTERN` the developer left tests out, not the machine.
    if (skipped.length > 0 && !this.#filtered) {
      lines.push('Skipped:', ...skipped.slice(0, SHOWN).map((name) => `  ${name}`));
      if (skipped.length > SHOWN) lines.push(`  and ${skipped.length - SHOWN} more`);
      const missing = prerequisites().filter((prerequisite) => !prerequisite.found);
      if (missing.length > 0) lines.push('', 'This machine lacks:');
      for (const { name, remedy } of missing) lines.push(`  ${name}. ${remedy}`);
      lines.push('', '.ci/run installs what is missing and skips none (Debian 12, root or sudo).');
      if (process.env.SAFE_PASSAGE_TEST_NONE_SKIPPED) {
        lines.push('', 'No test may be skipped here (SAFE_PASSAGE_TEST_NONE_SKIPPED): this run has failed.');
        process.exitCode = 1;
      }
      lines.push('');
    }
    lines.push(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}
