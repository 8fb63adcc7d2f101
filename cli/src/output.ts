import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OperatorError } from './program.ts';

/**
 * Writes a command's result where `--out` says, making folders on the way.
 *
 * @param path undefined or `-`: to standard output.
 * @throws OperatorError that names the path, where it cannot be written.
 */
export async function writeOutput(path: string | undefined, content: string | Uint8Array): Promise<void> {
  if (path === undefined || path === '-') {
    process.stdout.write(content);
    return;
  }
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  } catch (problem) {
    throw new OperatorError(
      `${path} cannot be written: ${problem instanceof Error ? problem.message : String(problem)}`,
      'Give another path with --out.',
      { cause: problem },
    );
  }
}
