/** Paths small enough for a screen: fewer points, the same shape and the same times. */
import type { Evidence, EvidencePath, PathPoint } from './schemas.ts';

/** Points of one path of the story. At ten a second this is five minutes unthinned; a longer path is thinned evenly. */
export const STORY_POINTS = 3_000;
/** People around the story. */
export const OTHER_PATHS = 60;
/** Points of one path, and of all paths together, of those around it. */
const OTHER_POINTS = 600;
export const OTHER_POINTS_TOTAL = 18_000;
/** What is shown before and after the movement, so that it can be seen beginning and ending. */
export const MARGIN_MS = 30_000;

/**
 * Keeps at most `limit` points, even in time: the first point of each of equally long stretches, and the last point.
 * A path with few enough points is returned as it is.
 *
 * @param points in order of time.
 * @param limit at least 2.
 */
export function thinned(points: readonly PathPoint[], limit: number): PathPoint[] {
  const first = points[0];
  const last = points[points.length - 1];
  if (!first || !last || points.length <= limit) return [...points];
  const stretches = limit - 1;
  const stretchMs = (last[0] - first[0]) / stretches;
  const kept: PathPoint[] = [];
  let current = -1;
  for (let i = 0; i < points.length - 1; i++) {
    const point = points[i];
    if (!point) continue;
    // Times may all be the same; then the index divides the path.
    const position = stretchMs > 0 ? (point[0] - first[0]) / stretchMs : (i / points.length) * stretches;
    const stretch = Math.min(stretches - 1, Math.floor(position));
    if (stretch === current) continue;
    current = stretch;
    kept.push(point);
  }
  kept.push(last);
  return kept;
}

/** Caps and thins what the store found. The story's own paths are never left out. */
export function forScreen(evidence: Evidence): Evidence {
  const story = evidence.paths.filter((path) => path.role !== 'other');
  const others = evidence.paths.filter((path) => path.role === 'other').slice(0, OTHER_PATHS);
  const perOther = Math.max(2, Math.min(OTHER_POINTS, Math.floor(OTHER_POINTS_TOTAL / Math.max(1, others.length))));
  const fit = (path: EvidencePath, limit: number): EvidencePath => ({ ...path, points: thinned(path.points, limit) });
  return {
    fromMs: evidence.fromMs,
    toMs: evidence.toMs,
    paths: [...story.map((path) => fit(path, STORY_POINTS)), ...others.map((path) => fit(path, perOther))],
  };
}
