/** What fusion is compared with: positions that are near each other at an instant are one, and go on as whoever was nearest before. */
import type { TrackRow } from './cameraTracks.ts';
import type { FusedPoint } from './floorScores.ts';

interface Cluster {
  x: number;
  y: number;
  count: number;
  readonly cameras: Set<string>;
}

/** @param rows in order of time; a moment is whatever lies within half a step of a multiple of it. */
export function nearestNeighbour(
  rows: readonly TrackRow[],
  stepMs: number,
  joinMetres: number,
  linkMetres: number,
): FusedPoint[] {
  const moments = new Map<number, TrackRow[]>();
  for (const row of rows) {
    const moment = Math.round(row.timeMs / stepMs) * stepMs;
    const at = moments.get(moment);
    if (at) at.push(row);
    else moments.set(moment, [row]);
  }
  const points: FusedPoint[] = [];
  let before: FusedPoint[] = [];
  let persons = 0;
  for (const [timeMs, seen] of [...moments].sort(([a], [b]) => a - b)) {
    const clusters: Cluster[] = [];
    for (const row of seen) {
      let nearest: Cluster | null = null;
      let metres = joinMetres;
      for (const cluster of clusters) {
        const far = Math.hypot(cluster.x - row.x, cluster.y - row.y);
        if (far < metres && !cluster.cameras.has(row.camera)) {
          nearest = cluster;
          metres = far;
        }
      }
      if (nearest) {
        nearest.x += (row.x - nearest.x) / ++nearest.count;
        nearest.y += (row.y - nearest.y) / nearest.count;
        nearest.cameras.add(row.camera);
      } else clusters.push({ x: row.x, y: row.y, count: 1, cameras: new Set([row.camera]) });
    }
    const links = clusters
      .flatMap((cluster) =>
        before.map((person) => ({ cluster, person, far: Math.hypot(cluster.x - person.x, cluster.y - person.y) })),
      )
      .filter(({ far }) => far < linkMetres)
      .sort((a, b) => a.far - b.far);
    const nameOf = new Map<Cluster, string>();
    const taken = new Set<string>();
    for (const { cluster, person } of links) {
      if (nameOf.has(cluster) || taken.has(person.person)) continue;
      nameOf.set(cluster, person.person);
      taken.add(person.person);
    }
    before = clusters.map((cluster) => ({
      timeMs,
      person: nameOf.get(cluster) ?? String(persons++),
      x: cluster.x,
      y: cluster.y,
    }));
    points.push(...before);
  }
  return points;
}
