/** Multi-camera tracking on the floor by the metrics of eval/mot: two points overlap by half at the matching distance. */
import type { PersonSample } from '@safe-passage/hub/fuse/samples.ts';
import { countSequence, type Scores, score } from '../mot/metrics.ts';
import type { SequencePair } from '../mot/sequence.ts';
import type { FloorPoint } from './wildtrack.ts';

export type FusedPoint = Pick<PersonSample, 'timeMs' | 'person' | 'x' | 'y'>;

function byTime<P extends { readonly timeMs: number }>(points: readonly P[]): Map<number, P[]> {
  const times = new Map<number, P[]>();
  for (const point of points) {
    const at = times.get(point.timeMs);
    if (at) at.push(point);
    else times.set(point.timeMs, [point]);
  }
  return times;
}

function numbering(): (name: string) => number {
  const numbers = new Map<string, number>();
  return (name) => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, numbers.size);
    return numbers.size - 1;
  };
}

/** Lays truth and persons beside each other at the times of the truth; the similarity is 1 - distance / (2 * matchMetres). */
function pairOnFloor(truth: readonly FloorPoint[], fused: readonly FusedPoint[], matchMetres: number): SequencePair {
  const truthNumber = numbering();
  const personNumber = numbering();
  const fusedAt = byTime(fused);
  let truthIds = 0;
  let trackIds = 0;
  const frames = [...byTime(truth)]
    .sort(([a], [b]) => a - b)
    .map(([timeMs, points]) => {
      const persons = fusedAt.get(timeMs) ?? [];
      const overlap = new Float64Array(points.length * persons.length);
      points.forEach((point, r) => {
        persons.forEach((person, c) => {
          const metres = Math.hypot(point.x - person.x, point.y - person.y);
          overlap[r * persons.length + c] = Math.max(0, 1 - metres / (2 * matchMetres));
        });
      });
      const rows = Int32Array.from(points, ({ person }) => truthNumber(person));
      const columns = Int32Array.from(persons, ({ person }) => personNumber(person));
      truthIds = Math.max(truthIds, ...rows.map((i) => i + 1));
      trackIds = Math.max(trackIds, ...columns.map((i) => i + 1));
      return { truth: rows, track: columns, overlap };
    });
  return { truthIds, trackIds, frames };
}

export function scoreOnFloor(truth: readonly FloorPoint[], fused: readonly FusedPoint[], matchMetres: number): Scores {
  return score(countSequence(pairOnFloor(truth, fused, matchMetres)));
}
