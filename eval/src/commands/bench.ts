import { type Command, defineCommand, EXIT, type OptionSpec, UsageError } from '@safe-passage/cli';
import { auditBenchmark } from '../bench/auditBenchmark.ts';
import type { Benchmark, BenchRow } from '../bench/benchmark.ts';
import { crowdBenchmark } from '../bench/crowdBenchmark.ts';
import { dashboardsBenchmark } from '../bench/dashboardsBenchmark.ts';
import { fuseBenchmark } from '../bench/fuseBenchmark.ts';
import { ingestBenchmark } from '../bench/ingestBenchmark.ts';
import { pipelineBenchmark } from '../bench/pipelineBenchmark.ts';
import { scoringBenchmark } from '../bench/scoringBenchmark.ts';
import { storageBenchmark } from '../bench/storageBenchmark.ts';

const benchmarks: readonly Benchmark[] = [
  pipelineBenchmark,
  ingestBenchmark,
  fuseBenchmark,
  scoringBenchmark,
  crowdBenchmark,
  auditBenchmark,
  dashboardsBenchmark,
  storageBenchmark,
];

function rowText({ what, value, unit, atLeast }: BenchRow): string {
  const figure = value >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
  const verdict =
    atLeast === undefined ? '' : `  (at least ${Number(atLeast.toPrecision(3))}: ${value >= atLeast ? 'yes' : 'NO'})`;
  return `  ${what.padEnd(28)} ${figure.padStart(10)} ${unit}${verdict}`.trimEnd();
}

const own: Record<string, OptionSpec> = {
  only: {
    type: 'string',
    value: 'NAME',
    help: `one of ${benchmarks.map(({ name }) => name).join(', ')}; all where absent`,
  },
};

export const bench: Command = defineCommand({
  summary: 'Measures speed: how close each stage comes to the bare library under it.',
  usage: 'npm run -s eval -- bench [--only NAME]',
  description: [
    'Runs the benchmarks and prints their figures; a figure that must reach a mark says whether it does, and the exit code is 1 where one does not.',
    ...benchmarks.map(({ name, summary }) => `    ${name}: ${summary}`),
  ].join('\n'),
  options: Object.assign(own, ...benchmarks.map(({ options }) => options)) as Record<string, OptionSpec>,
  examples: [
    'npm run -s eval -- bench',
    'npm run -s eval -- bench --only pipeline --model nanodet-m-416 --threads 2',
    'npm run -s eval -- bench --only ingest --database postgres://user:password@127.0.0.1:5432/postgres',
  ],
  run: async ({ values, signal }) => {
    const chosen = benchmarks.filter(({ name }) => values.only === undefined || values.only === name);
    if (chosen.length === 0) {
      throw new UsageError(
        `--only takes one of ${benchmarks.map(({ name }) => name).join(', ')}; found "${values.only}"`,
      );
    }
    let reached = true;
    for (const benchmark of chosen) {
      const rows = await benchmark.run({ signal, values, print: (text) => void process.stdout.write(text) });
      if (signal.aborted) return EXIT.failed;
      process.stdout.write(`${benchmark.name}\n${rows.map(rowText).join('\n')}\n`);
      reached &&= rows.every(({ value, atLeast }) => atLeast === undefined || value >= atLeast);
    }
    return reached ? EXIT.ok : EXIT.failed;
  },
});
