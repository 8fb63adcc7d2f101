/** Whether those whom the fusion lost and found again were the same: its continuations against the recording. */
import type { Continuation } from '@safe-passage/hub/fuse/samples.ts';
import type { ToldLink } from '../fusion/gaps.ts';
import type { FusedRows } from './cameras.ts';
import { HERTZ } from './recording.ts';

/** Over so long a name is looked at before it was lost, and after it was found: one frame may be a neighbour's. */
const LOOKED_AT_SECONDS = 3;

function mostOf(owners: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const owner of owners) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  let most = -1;
  for (const [owner, count] of counts) if (count > (counts.get(most) ?? 0)) most = owner;
  return most;
}

/**
 * @param owner by row of the fusion, who of the recording stood there; -1: nobody.
 * @returns every continuation of somebody who was lost. Not those between two names of nobody: whether a false box comes back is no matter of people.
 *   Nor those of two in sight who turned out to be one: nobody was lost, and the later name may have begun long before.
 */
export function linksBetween(
  { names, frame, person, measured }: FusedRows,
  owner: Int32Array,
  continuations: readonly Continuation[],
): ToldLink[] {
  const rowsOf = new Map<string, number[]>(names.map((name) => [name, []]));
  for (const [row, one] of person.entries()) {
    if (measured[row] === 1) rowsOf.get(names[one] as string)?.push(row);
  }
  const frames = LOOKED_AT_SECONDS * HERTZ;
  const ownerAt = (rows: readonly number[], at: number | undefined): number => {
    const near = rows.filter((row) => Math.abs((frame[row] as number) - (frame[at ?? 0] as number)) <= frames);
    return mostOf(near.map((row) => owner[row] as number));
  };
  // A name is in many continuations.
  const first = new Map<string, number>();
  const last = new Map<string, number>();
  for (const [name, rows] of rowsOf) {
    first.set(name, ownerAt(rows, rows[0]));
    last.set(name, ownerAt(rows, rows.at(-1)));
  }
  return continuations.flatMap(({ earlier, later, fromMs, toMs, probability }): ToldLink[] => {
    if (fromMs === toMs) return [];
    const before = last.get(earlier) ?? -1;
    const after = first.get(later) ?? -1;
    if (before < 0 && after < 0) return [];
    return [{ probability, right: before === after, seconds: (toMs - fromMs) / 1000 }];
  });
}
