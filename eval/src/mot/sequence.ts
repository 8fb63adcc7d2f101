import type { MotTable } from '@safe-passage/edge/detect/mot.ts';
import { bufferedOverlap } from '@safe-passage/edge/track/overlap.ts';

/** Ground truth and tracks of one sequence, ids numbered from 0, and how much their boxes overlap, frame by frame. */
export interface SequencePair {
  readonly truthIds: number;
  readonly trackIds: number;
  readonly frames: readonly PairedFrame[];
}

export interface PairedFrame {
  /** Ids of the boxes of this frame. */
  readonly truth: Int32Array;
  readonly track: Int32Array;
  /** Intersection over union, row-major: truth times track. */
  readonly overlap: Float64Array;
}

/** Boxes of either side that do not count are left out: MOT15 marks them with confidence 0 in the ground truth. */
const counts = (table: MotTable, i: number): boolean => table.confidence[i] !== 0;

function rowsByFrame(table: MotTable, keep: (i: number) => boolean): Map<number, number[]> {
  const frames = new Map<number, number[]>();
  for (let i = 0; i < table.count; i += 1) {
    if (!keep(i)) continue;
    const frame = table.frame[i] as number;
    const rows = frames.get(frame);
    if (rows) rows.push(i);
    else frames.set(frame, [i]);
  }
  return frames;
}

class Numbering {
  readonly #numbers = new Map<number, number>();
  get size(): number {
    return this.#numbers.size;
  }
  of(id: number): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    this.#numbers.set(id, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

/** Lays ground truth and tracks beside each other. Entries of the ground truth with confidence 0 are left out. */
export function pairSequence(truth: MotTable, tracks: MotTable): SequencePair {
  const truthRows = rowsByFrame(truth, (i) => counts(truth, i));
  const trackRows = rowsByFrame(tracks, () => true);
  const truthNumbers = new Numbering();
  const trackNumbers = new Numbering();
  const numbers = [...new Set([...truthRows.keys(), ...trackRows.keys()])].sort((a, b) => a - b);
  const frames = numbers.map((frame): PairedFrame => {
    const rows = truthRows.get(frame) ?? [];
    const columns = trackRows.get(frame) ?? [];
    const overlap = new Float64Array(rows.length * columns.length);
    rows.forEach((i, r) => {
      columns.forEach((j, c) => {
        overlap[r * columns.length + c] = bufferedOverlap(
          truth.x[i] as number,
          truth.y[i] as number,
          truth.width[i] as number,
          truth.height[i] as number,
          tracks.x[j] as number,
          tracks.y[j] as number,
          tracks.width[j] as number,
          tracks.height[j] as number,
          0,
        );
      });
    });
    return {
      truth: Int32Array.from(rows, (i) => truthNumbers.of(truth.id[i] as number)),
      track: Int32Array.from(columns, (j) => trackNumbers.of(tracks.id[j] as number)),
      overlap,
    };
  });
  return { truthIds: truthNumbers.size, trackIds: trackNumbers.size, frames };
}
