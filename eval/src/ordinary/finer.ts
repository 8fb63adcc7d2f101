/** Positions between those of a slow recording, along smooth curves. */
import type { Row } from '../groups/dataset.ts';

/** A gap longer than so many intervals is not filled. */
const LONGEST_GAP = 2.5;

/** The cubic of Catmull and Rom between `b` and `c`, at a share of the way from 0 to 1; equal steps of time taken for granted. */
function between(a: number, b: number, c: number, d: number, share: number): number {
  const s2 = share * share;
  const s3 = s2 * share;
  return 0.5 * (2 * b + (c - a) * share + (2 * a - 5 * b + 4 * c - d) * s2 + (3 * b - a - 3 * c + d) * s3);
}

/**
 * The same people every `seconds`, exactly where they were whenever that is known.
 *
 * @param rows in order of time.
 * @param sampleSeconds of the recording.
 * @returns rows in order of time, those of one time in the order of their persons.
 */
export function finer(rows: readonly Row[], seconds: number, sampleSeconds: number): Row[] {
  const stepMs = 1000 * seconds;
  const all: Row[] = [];
  for (const [person, own] of Map.groupBy(rows, (row) => row.person)) {
    own.forEach((b, i) => {
      const c = own[i + 1];
      all.push(b);
      if (!c || c.timeMs - b.timeMs > 1000 * sampleSeconds * LONGEST_GAP) return;
      const a = own[i - 1] ?? b;
      const d = own[i + 2] ?? c;
      const steps = Math.round((c.timeMs - b.timeMs) / stepMs);
      for (let step = 1; step < steps; step++) {
        const share = step / steps;
        all.push({
          timeMs: b.timeMs + Math.round((c.timeMs - b.timeMs) * share),
          person,
          x: between(a.x, b.x, c.x, d.x, share),
          y: between(a.y, b.y, c.y, d.y, share),
        });
      }
    });
  }
  return all.sort((a, b) => a.timeMs - b.timeMs || (a.person < b.person ? -1 : 1));
}
