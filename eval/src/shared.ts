/** Recordings and ground truth that are no part of the project: where they are, and what is said where they are not. */
import { access, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { OperatorError } from '@safe-passage/cli';

/** `--shared`, `$SAFE_PASSAGE_SHARED`, or `shared` beside the project. */
export function sharedFolder(option: string | undefined): string {
  return option ?? process.env.SAFE_PASSAGE_SHARED ?? resolve(import.meta.dirname, '../../../shared');
}

const unreadable = (path: string, cause: unknown): OperatorError =>
  new OperatorError(
    `${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    'The recordings are no part of the project: name the folder that has them with --shared or $SAFE_PASSAGE_SHARED.',
    { cause },
  );

/** Reads a file of the shared data. @throws OperatorError that says how to name it. */
export async function readShared(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (problem) {
    throw unreadable(path, problem);
  }
}

/** Insists on a file or folder of the shared data, for readers that know nothing of it. @throws OperatorError */
export async function insistOnShared(path: string): Promise<void> {
  await access(path).catch((problem: unknown) => {
    throw unreadable(path, problem);
  });
}
