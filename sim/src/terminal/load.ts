/** Reads terminals: those that come with the simulator by name, others by path. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { OperatorError } from '@safe-passage/cli';
import { checker, describeProblems } from '@safe-passage/contract';
import { checkTerminal } from './check.ts';
import { Terminal } from './terminal.ts';

/** The terminals that come with the simulator. */
export const PLAN_NAMES = ['arrivals', 'departures', 'regional'] as const;

const FAULTS_SHOWN = 12;
const checkSchema = checker(Terminal);

/** The file of a terminal that comes with the simulator; any other text is a path already. */
export function planPath(nameOrPath: string): string {
  return (PLAN_NAMES as readonly string[]).includes(nameOrPath)
    ? fileURLToPath(new URL(`../../plans/${nameOrPath}.json`, import.meta.url))
    : nameOrPath;
}

/**
 * Reads a terminal and checks that it holds together: references, geometry, and that people can get everywhere.
 *
 * @param nameOrPath one of {@link PLAN_NAMES}, or the path of a file.
 * @throws OperatorError that names place, value and remedy.
 */
export async function loadTerminal(nameOrPath: string): Promise<Terminal> {
  const path = planPath(nameOrPath);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new OperatorError(
      `plan ${nameOrPath} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      `Give the path of a terminal's file, or one of ${PLAN_NAMES.join(', ')}.`,
      { cause },
    );
  }
  return parseTerminal(text, path);
}

/** As {@link loadTerminal}, from the text of a file. @param source how errors call it. @throws OperatorError */
export function parseTerminal(text: string, source: string): Terminal {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new OperatorError(
      `plan ${source} is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Correct the place that is named.',
      { cause },
    );
  }
  const checked = checkSchema(document);
  if (!checked.ok) {
    throw new OperatorError(
      `plan ${source} is no terminal:\n${describeProblems(checked.problems)}`,
      'Correct the fields that are named.',
    );
  }
  const faults = checkTerminal(checked.value);
  if (faults.length > 0) {
    const lines = faults
      .slice(0, FAULTS_SHOWN)
      .map(({ field, found, remedy }) => `${field}: found ${found}; ${remedy}`);
    if (faults.length > FAULTS_SHOWN) lines.push(`and ${faults.length - FAULTS_SHOWN} more`);
    throw new OperatorError(
      `plan ${source} does not hold together:\n${lines.join('\n')}`,
      'Correct the places that are named.',
    );
  }
  return checked.value;
}
