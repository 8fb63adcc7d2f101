/** Trajectories with labelled groups, cut into windows. */
import { join } from 'node:path';
import { OperatorError } from '@safe-passage/cli';
import { checker, describeProblems } from '@safe-passage/contract';
import { RowColumns } from '@safe-passage/hub/commands/table.ts';
import { readRows, survey } from '@safe-passage/hub/commands/trajectories.ts';
import { Type } from 'typebox';
import { insistOnShared, readShared } from '../shared.ts';
import type { Partition } from './metrics.ts';

/** The split: parameters were chosen on these two alone; the third was never looked at for choosing anything. */
export const FITTING_SETS = ['eth', 'zara01'] as const;
export const REPORTING_SETS = ['zara02'] as const;
export const WINDOW_SECONDS = 10;

export interface Row {
  readonly timeMs: number;
  readonly person: string;
  readonly x: number;
  readonly y: number;
}

export interface Window {
  readonly fromMs: number;
  /** Rows in order of time. */
  readonly rows: readonly Row[];
  readonly truth: Partition;
}

export interface WindowedSet {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly sampleSeconds: number;
  /** Windows with somebody in them. */
  readonly windows: readonly Window[];
}

/** A set in which who is together is so for good. */
export interface GroupSet extends WindowedSet {
  /** The label of everybody who is in a group. */
  readonly groupOf: ReadonlyMap<string, string>;
}

const Labels = Type.Object({ groups: Type.Array(Type.Array(Type.Union([Type.Integer(), Type.String()]))) });
const checkLabels = checker(Labels);
const never = new AbortController().signal;

/** Rows of a CSV file in order of time. @throws OperatorError that names what is wrong. */
export async function readTrajectories(path: string): Promise<{ rows: Row[]; sampleSeconds: number }> {
  await insistOnShared(path);
  const found = await survey(path, () => undefined, never);
  const columns = new RowColumns(found.rows, 2);
  await readRows(
    path,
    (timeMs, id, x, y) => columns.add(timeMs, id, x, y),
    () => undefined,
    never,
  );
  const rows: Row[] = [];
  for (const { timeMs, id, numbers } of columns.inOrder()) {
    rows.push({ timeMs, person: id, x: numbers[0] ?? 0, y: numbers[1] ?? 0 });
  }
  return { rows, sampleSeconds: columns.sampleSeconds() };
}

/** The labelled partition of the people of a window: who is in no list walks alone. */
const truthOf = (people: ReadonlySet<string>, groupOf: ReadonlyMap<string, string>): Partition => [
  ...Map.groupBy(people, (person) => {
    const group = groupOf.get(person);
    return group === undefined ? `alone ${person}` : `group ${group}`;
  }).values(),
];

/**
 * Cuts rows, in order of time, into windows from `startMs` on; those without anybody are left out.
 *
 * @param truthOf the labelled partition of the people of a window.
 */
export function cutWindows(
  rows: readonly Row[],
  startMs: number,
  truthOf: (inside: readonly Row[], fromMs: number) => Partition,
): Window[] {
  const windowMs = 1000 * WINDOW_SECONDS;
  const byWindow = Map.groupBy(rows, ({ timeMs }) => Math.floor((timeMs - startMs) / windowMs));
  return [...byWindow].map(([window, inside]) => {
    const fromMs = startMs + window * windowMs;
    return { fromMs, rows: inside, truth: truthOf(inside, fromMs) };
  });
}

/** A set in which who is together is so for good. @param startMs where the first window begins. */
export function groupSet(
  name: string,
  rows: readonly Row[],
  sampleSeconds: number,
  groupOf: ReadonlyMap<string, string>,
  startMs = rows[0]?.timeMs ?? 0,
): GroupSet {
  const windows = cutWindows(rows, startMs, (inside) => truthOf(new Set(inside.map(({ person }) => person)), groupOf));
  return { name, rows, sampleSeconds, groupOf, windows };
}

export async function readGroupSet(shared: string, name: string): Promise<GroupSet> {
  const folder = join(shared, 'data/groups');
  const { rows, sampleSeconds } = await readTrajectories(join(folder, `${name}.csv`));
  const path = join(folder, `${name}.groups.json`);
  const text = await readShared(path);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (problem) {
    const why = problem instanceof Error ? problem.message : String(problem);
    throw new OperatorError(`${path} is no JSON: ${why}`, 'Take the file anew.', { cause: problem });
  }
  const checked = checkLabels(document);
  if (!checked.ok) {
    throw new OperatorError(
      `${path}: these are no groups:\n${describeProblems(checked.problems)}`,
      'The file holds {"groups": [[ids], ...]}.',
    );
  }
  const groupOf = new Map<string, string>();
  checked.value.groups.forEach((group, g) => {
    for (const person of group) groupOf.set(String(person), String(g));
  });
  return groupSet(name, rows, sampleSeconds, groupOf);
}
