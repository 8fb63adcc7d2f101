import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OperatorError } from '@safe-passage/cli';

const reason = (problem: unknown): string => (problem instanceof Error ? problem.message : String(problem));

/** Reads a whole file. @throws OperatorError that names it. */
export async function readInput(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (problem) {
    throw new OperatorError(
      `The file ${path} cannot be read (${reason(problem)}).`,
      'Check that it is there and that you may read it.',
      { cause: problem },
    );
  }
}

/** Writes a whole file or none: an older one of that name stays where writing fails. @throws OperatorError. */
export async function writeOutput(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    await rename(temporary, path);
  } catch (problem) {
    await rm(temporary, { force: true });
    throw new OperatorError(
      `The file ${path} cannot be written (${reason(problem)}).`,
      `Check that the folder ${dirname(path)} is there and that you may write to it.`,
      { cause: problem },
    );
  }
}
