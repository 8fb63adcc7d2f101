import { readFile } from 'node:fs/promises';
import { OperatorError } from '@safe-passage/cli';

/** Reads a whole file. @throws OperatorError that names it. */
export async function readInput(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (problem) {
    throw new OperatorError(
      `The file ${path} cannot be read (${problem instanceof Error ? problem.message : String(problem)}).`,
      'Check that it is there and that you may read it.',
      { cause: problem },
    );
  }
}
