/** Who a fused person is: whoever of the recording stood where it was told for most of its life. */
import type { FusedRows } from './cameras.ts';
import { HERTZ, type Recording } from './recording.ts';

/** Nobody further away is meant, metres. */
const NEAREST_METRES = 1.5;
/** Who was matched in the last frame stays so, unless somebody else is nearer by this, metres. */
const STAY_METRES = 1;
/** Names of less are crumbs, seconds. */
const NAME_SECONDS = 2;
/** A name is somebody's who stood there for so much of the time. */
const MOSTLY = 0.5;

/** How whole people come through the cameras. All shares 0 to 1. */
export interface Identities {
  /** Who of the recording a fused person mostly was, between two times that are part of it; null where that was nobody. Names change hands. */
  readonly whoWas: (name: string, fromMs: number, toMs: number) => string | null;
  /** By row of the fusion: who of the recording stood there; -1: nobody. */
  readonly owner: Int32Array;
  /** Of everybody's time on the floor: told at that place; told under the name that they had for longest. */
  readonly toldShare: number;
  readonly underOneNameShare: number;
  /** Names of 2 s and more for each minute in which somebody was told. */
  readonly namesPerMinute: number;
  /** Of all that was told: where nobody stood. */
  readonly nobodyShare: number;
  /** How far off people are told, at 50 and 90 %, metres. */
  readonly medianMetres: number;
  readonly p90Metres: number;
}

interface Near {
  readonly metres: number;
  /** Less where both were matched before. */
  readonly cost: number;
  readonly at: number;
  readonly row: number;
}

/** Rows of fusion by frame, in the order in which they were told. */
function byFrame({ frame }: FusedRows, frames: number): number[][] {
  const rows: number[][] = Array.from({ length: frames }, () => []);
  for (const [row, one] of frame.entries()) rows[one]?.push(row);
  return rows;
}

function whoWasIn({ names, person, frame }: FusedRows, owner: Int32Array): Identities['whoWas'] {
  const rowsOf = new Map<string, number[]>(names.map((name) => [name, []]));
  for (const [row, one] of person.entries()) rowsOf.get(names[one] as string)?.push(row);
  return (name, fromMs, toMs) => {
    const [from, to] = [(fromMs * HERTZ) / 1000, (toMs * HERTZ) / 1000];
    const counts = new Map<number, number>();
    let told = 0;
    for (const row of rowsOf.get(name) ?? []) {
      const at = frame[row] as number;
      if (at < from || at > to) continue;
      told++;
      const one = owner[row] as number;
      if (one >= 0) counts.set(one, (counts.get(one) ?? 0) + 1);
    }
    for (const [one, count] of counts) if (count > MOSTLY * told) return String(one);
    return null;
  };
}

export function whoIsWho(recording: Recording, fused: FusedRows): Identities {
  const { starts, id, x, y } = recording;
  const rowsOf = byFrame(fused, recording.frames);
  /** By one of the recording, the frames under each name; and the name of the last frame. */
  const under = new Map<number, Map<number, number>>();
  const last = new Map<number, number>();
  const off: number[] = [];
  const owner = new Int32Array(fused.frame.length).fill(-1);
  rowsOf.forEach((rows, frame) => {
    const near: Near[] = [];
    for (let at = starts[frame] as number; at < (starts[frame + 1] as number); at++) {
      for (const row of rows) {
        const metres = Math.hypot(
          (x[at] as number) - (fused.x[row] as number),
          (y[at] as number) - (fused.y[row] as number),
        );
        if (metres > NEAREST_METRES) continue;
        const stays = last.get(id[at] as number) === fused.person[row];
        near.push({ metres, cost: stays ? metres - STAY_METRES : metres, at, row });
      }
    }
    near.sort((a, b) => a.cost - b.cost);
    const taken = new Set<number>();
    const told = new Set<number>();
    for (const { metres, at, row } of near) {
      if (taken.has(at) || told.has(row)) continue;
      taken.add(at);
      told.add(row);
      off.push(metres);
      const one = id[at] as number;
      owner[row] = one;
      const person = fused.person[row] as number;
      const names = under.get(one) ?? new Map<number, number>();
      under.set(one, names.set(person, (names.get(person) ?? 0) + 1));
      last.set(one, person);
    }
  });
  let longest = 0;
  let names = 0;
  for (const frames of under.values()) {
    longest += Math.max(...frames.values());
    for (const count of frames.values()) if (count >= NAME_SECONDS * HERTZ) names++;
  }
  off.sort((a, b) => a - b);
  const there = Math.max(1, id.length);
  return {
    whoWas: whoWasIn(fused, owner),
    owner,
    toldShare: off.length / there,
    underOneNameShare: longest / there,
    namesPerMinute: (60 * HERTZ * names) / Math.max(1, off.length),
    nobodyShare: 1 - off.length / Math.max(1, fused.frame.length),
    medianMetres: off[off.length >> 1] ?? 0,
    p90Metres: off[Math.floor(0.9 * off.length)] ?? 0,
  };
}
