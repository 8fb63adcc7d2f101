/** Golden figures: what was measured and may only get better. */
import { readFile, writeFile } from 'node:fs/promises';
import { OperatorError } from '@safe-passage/cli';
import { checker, describeProblems } from '@safe-passage/contract';
import { type Static, type TSchema, Type } from 'typebox';

/** Figures by name. They may get better; where one gets worse, a test fails. */
export const Figures = Type.Record(Type.String(), Type.Number());
export type Figures = Readonly<Record<string, number>>;

/** To four places: what is written down. */
export const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

/** Errors, switches and false findings are better when they are small, everything else when it is large. */
const smallIsGood = (name: string): boolean => /(switches|metres|perThousand)$/i.test(name);
const better = (name: string, a: number, b: number): boolean => (smallIsGood(name) ? a < b : a > b);

/** @returns one sentence for each golden figure that is missed by more than the tolerance, or not measured at all. */
export function fallenFigures(golden: Figures, measured: Figures, tolerance: number): string[] {
  return Object.entries(golden).flatMap(([name, wanted]) => {
    const found = measured[name];
    if (found === undefined) return [`${name} was not measured; golden is ${wanted}`];
    const slack = smallIsGood(name) ? wanted + tolerance : wanted - tolerance;
    return better(name, slack, found) ? [`${name} is ${found}; golden is ${wanted}`] : [];
  });
}

/** The better of two values for every figure: golden figures are raised, never lowered. */
export function raiseFigures(golden: Figures, measured: Figures): Figures {
  const raised: Record<string, number> = { ...golden };
  for (const [name, value] of Object.entries(measured)) {
    const old = raised[name];
    if (old === undefined || better(name, value, old)) raised[name] = value;
  }
  return raised;
}

/** @throws OperatorError where the file is not there or not what it should be. */
export async function readGoldenFile<T extends TSchema>(path: string, schema: T): Promise<Static<T>> {
  let document: unknown;
  try {
    document = JSON.parse(await readFile(path, 'utf8'));
  } catch (problem) {
    throw new OperatorError(`The golden figures ${path} cannot be read.`, 'Take the file from the repository again.', {
      cause: problem,
    });
  }
  const checked = checker(schema)(document);
  if (checked.ok) return checked.value;
  throw new OperatorError(
    `The golden figures ${path} are damaged:\n${describeProblems(checked.problems)}`,
    'Take the file from the repository again.',
  );
}

export async function writeGoldenFile(path: string, figures: object): Promise<void> {
  await writeFile(path, `${JSON.stringify(figures, null, 2)}\n`);
}
