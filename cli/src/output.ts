import { randomBytes } from 'node:crypto';
import { mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OperatorError } from './program.ts';

/** All or nothing: where writing fails, an older file of that name stays as it was. */
async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    await writeFile(temporary, content, { flag: 'wx' });
    await rename(temporary, path);
  } catch (problem) {
    await rm(temporary, { force: true });
    throw problem;
  }
}

/**
 * Writes a command's result where `--out` says, making folders on the way: the whole file or none.
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
    const there = await stat(path).catch(() => null);
    // A device or a pipe is written into, not replaced; a folder says by itself that it is one.
    if (there === null) await writeWhole(path, content);
    else if (there.isFile()) await writeWhole(await realpath(path), content);
    else await writeFile(path, content);
  } catch (problem) {
    throw new OperatorError(
      `${path} cannot be written: ${problem instanceof Error ? problem.message : String(problem)}`,
      'Give another path with --out.',
      { cause: problem },
    );
  }
}
