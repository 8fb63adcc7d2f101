import type { OptionSpec } from '@safe-passage/cli';

/** One figure of a benchmark. */
export interface BenchRow {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What it must reach, where it must. */
  readonly atLeast?: number;
}

export interface BenchContext {
  readonly signal: AbortSignal;
  /** Values of the command line, by option. */
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  /** What goes before the figures on standard output: a table of many. */
  readonly print: (text: string) => void;
}

/** A benchmark as `eval bench` lists and runs it. */
export interface Benchmark {
  /** For `--only`. */
  readonly name: string;
  readonly summary: string;
  /** Options of its own, added to those of `eval bench`. */
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** @throws OperatorError where what it needs is missing. */
  readonly run: (context: BenchContext) => Promise<readonly BenchRow[]>;
}
