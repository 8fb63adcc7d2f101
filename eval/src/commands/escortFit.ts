import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EXIT, OperatorError, Progress, UsageError, writeOutput } from '@safe-passage/cli';
import { fitSteps, fitTable, gatherAndFit } from '../escort/fitRun.ts';
import { LABELLED_PATTERNS, type LabelledPattern } from '../escort/judge.ts';
import { MODEL_FILES } from '../escort/modelFile.ts';
import { sharedFolder } from '../shared.ts';

/** Before half an hour of work, not after it. @throws OperatorError */
async function ensureWritable(path: string): Promise<void> {
  try {
    const there = await stat(path).catch(() => null);
    if (there?.isDirectory()) throw new Error('it is a folder');
    await access(there ? path : dirname(path), constants.W_OK);
  } catch (cause) {
    throw new OperatorError(
      `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Name a file in a folder that is there and may be written to.',
      { cause },
    );
  }
}

/** @throws UsageError where no model of that name is fitted. */
function fittedPattern(name: string | undefined): LabelledPattern {
  const found = LABELLED_PATTERNS.find((one) => one === name);
  if (found) return found;
  throw new UsageError(`--fit takes ${LABELLED_PATTERNS.join(', ')}; found "${name}"`);
}

export interface FitOptions {
  readonly fit?: string | undefined;
  readonly shared?: string | undefined;
  readonly out?: string | undefined;
}

/**
 * Fits the model of a movement, and writes it where the hub has it.
 *
 * @param options of the command; what is for measuring is refused.
 * @throws UsageError, OperatorError
 */
export async function fit({ fit: name, shared, out, ...others }: FitOptions, signal: AbortSignal): Promise<number> {
  const idle = Object.entries(others).filter(([, value]) => value !== undefined && value !== false);
  if (idle.length > 0) {
    const names = idle.map(([option]) => `--${option}`).join(', ');
    throw new UsageError(`--fit takes --shared and --out; ${names} is for measuring`);
  }
  const pattern = fittedPattern(name);
  const path = out ?? MODEL_FILES[pattern];
  await ensureWritable(path);
  const progress = new Progress('fit', fitSteps(pattern));
  let done = 0;
  const fitted = await gatherAndFit(
    pattern,
    () => sharedFolder(shared),
    () => progress.update(++done),
    signal,
  );
  progress.finish();
  if (!fitted) {
    process.stderr.write('Stopped before the end.\n');
    return EXIT.failed;
  }
  process.stdout.write(`${fitTable(pattern, fitted)}\n`);
  await writeOutput(path, fitted.text);
  process.stdout.write(`Written: ${path}\n`);
  return EXIT.ok;
}
