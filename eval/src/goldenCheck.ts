/** The end of every measurement: golden figures are raised where that is asked for, and what fell below them fails the command. */
import { relative, resolve } from 'node:path';
import { OperatorError } from '@safe-passage/cli';
import { type Figures, fallenFigures, raiseFigures } from './golden.ts';

const ROOT = resolve(import.meta.dirname, '../..');

export interface GoldenPart {
  readonly golden: Figures;
  /** Null where this part was not measured this time: nothing is said of it. */
  readonly measured: Figures | null;
  /** How much worse a figure may be before it counts. */
  readonly tolerance: number;
}

/**
 * @param file where the golden figures are kept, for messages.
 * @param raise writes the better of golden and measured, part by part in the order given; null where nothing is to be raised.
 * @throws OperatorError that names every figure that got worse.
 */
export async function holdToGolden(
  file: string,
  parts: readonly GoldenPart[],
  raise: ((raised: readonly Figures[]) => Promise<void>) | null,
): Promise<void> {
  if (raise) {
    await raise(parts.map(({ golden, measured }) => (measured ? raiseFigures(golden, measured) : golden)));
    process.stderr.write(`Golden figures raised where they got better: ${file}\n`);
  }
  const fallen = parts.flatMap(({ golden, measured, tolerance }) =>
    measured ? fallenFigures(golden, measured, tolerance) : [],
  );
  if (fallen.length === 0) return;
  throw new OperatorError(
    `Figures that got worse:\n${fallen.join('\n')}`,
    `Find out what changed. Where the loss is meant, lower the figure in ${relative(ROOT, file)} by hand, in a commit that says why.`,
  );
}
