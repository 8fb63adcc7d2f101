/** Makes from true sightings what trackers of single cameras would give: noise, misses, identities that break and swap. */
import { Random } from './random.ts';
import type { SeenPoint } from './wildtrack.ts';

export interface Spoiling {
  readonly seed: number;
  /** 1-sigma per axis of the foot, on the floor, frame by frame. */
  readonly footMetres: number;
  /** Chance that a sighting is missed. */
  readonly missShare: number;
  /** Chance, per sighting, that the track's identity breaks: it swaps with the nearest other within 1.5 m, or begins anew. */
  readonly switchShare: number;
  /** What a camera's clock is ahead, ms. */
  readonly clockMs: Readonly<Record<string, number>>;
}

export interface TrackRow {
  readonly timeMs: number;
  readonly camera: string;
  readonly track: string;
  readonly x: number;
  readonly y: number;
  readonly sigma: number;
}

/** Out of a camera's sight for longer, nobody is recognised by it. */
const FORGET_MS = 2000;
const SWAP_METRES = 1.5;

/** @param seen in order of time. @returns rows in order of time. */
export function spoil(seen: readonly SeenPoint[], spoiling: Spoiling): TrackRow[] {
  const random = new Random(spoiling.seed);
  const rows: TrackRow[] = [];
  const byFrame = new Map<string, SeenPoint[]>();
  for (const point of seen) {
    const key = `${point.timeMs} ${point.camera}`;
    const frame = byFrame.get(key);
    if (frame) frame.push(point);
    else byFrame.set(key, [point]);
  }
  const tracks = new Map<string, { id: number; lastMs: number }>();
  let ids = 0;
  for (const frame of byFrame.values()) {
    const trackOf = (point: SeenPoint) => {
      const key = `${point.camera} ${point.person}`;
      let track = tracks.get(key);
      if (!track || point.timeMs - track.lastMs > FORGET_MS) {
        track = { id: ++ids, lastMs: point.timeMs };
        tracks.set(key, track);
      }
      return track;
    };
    for (const point of frame) {
      if (random.uniform() < spoiling.missShare) continue;
      const track = trackOf(point);
      track.lastMs = point.timeMs;
      if (random.uniform() >= spoiling.switchShare) continue;
      let nearest: SeenPoint | null = null;
      let distance = SWAP_METRES;
      for (const other of frame) {
        const far = Math.hypot(other.x - point.x, other.y - point.y);
        if (other !== point && far < distance) {
          nearest = other;
          distance = far;
        }
      }
      if (nearest) {
        const other = trackOf(nearest);
        [track.id, other.id] = [other.id, track.id];
      } else track.id = ++ids;
    }
    for (const point of frame) {
      const track = tracks.get(`${point.camera} ${point.person}`);
      if (!track || track.lastMs !== point.timeMs) continue;
      rows.push({
        timeMs: point.timeMs + (spoiling.clockMs[point.camera] ?? 0),
        camera: point.camera,
        track: String(track.id),
        x: point.x + spoiling.footMetres * random.normal(),
        y: point.y + spoiling.footMetres * random.normal(),
        sigma: Math.hypot(spoiling.footMetres, point.pixelSigma),
      });
    }
  }
  return rows.sort((a, b) => a.timeMs - b.timeMs);
}
