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

/** Who of the recording a name stood for when it was first measured, and when it was last. */
export interface NamesEnds {
  readonly first: ReadonlyMap<string, number>;
  readonly last: ReadonlyMap<string, number>;
}

/** @param owner by row of the fusion, who of the recording stood there; -1: nobody. */
export function namesEnds({ names, frame, person, measured }: FusedRows, owner: Int32Array): NamesEnds {
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
  return { first, last };
}

/** Whether two names stood for one of the recording; null between two names of nobody: whether a false box comes back is no matter of people. */
export function isOne({ first, last }: NamesEnds, earlier: string, later: string): boolean | null {
  const before = last.get(earlier) ?? -1;
  const after = first.get(later) ?? -1;
  return before < 0 && after < 0 ? null : before === after;
}

/** @returns the continuations of people who were lost. Two in sight who turned out to be one are none: nobody was out of sight. */
export function linksBetween(ends: NamesEnds, continuations: readonly Continuation[]): ToldLink[] {
  return continuations.flatMap(({ earlier, later, fromMs, toMs, probability }): ToldLink[] => {
    const right = fromMs === toMs ? null : isOne(ends, earlier, later);
    return right === null ? [] : [{ probability, right, seconds: (toMs - fromMs) / 1000 }];
  });
}
