/** People who walk before several cameras, for the tests of fusion. */
import { FloorFusion, type FloorFusionOptions, type FusionNews } from '../../src/fuse/floorFusion.ts';

export interface Point {
  readonly timeMs: number;
  readonly camera: string;
  readonly track: string;
  readonly x: number;
  readonly y: number;
  readonly sigma?: number;
  readonly measured?: boolean;
}

/** Noise that is the same every time and means nothing. */
export function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 4_294_967_296 - 0.5) * 0.2;
  };
}

/** One track: where somebody is at each time, as one camera sees it ten times a second. */
export function seen(
  camera: string,
  track: string,
  [from, to]: readonly [number, number],
  where: (seconds: number) => readonly [number, number],
  extra: Partial<Point> & { readonly clockMs?: number } = {},
): Point[] {
  const { clockMs = 0, ...rest } = extra;
  const jitter = noise(camera.length * 7919 + track.length * 104_729 + track.charCodeAt(0) * 31 + camera.charCodeAt(0));
  const points: Point[] = [];
  for (let k = Math.round(from * 10); k <= Math.round(to * 10); k++) {
    const [x, y] = where(k / 10);
    points.push({ timeMs: 100 * k + clockMs, camera, track, x: x + jitter(), y: y + jitter(), ...rest });
  }
  return points;
}

export const emptyNews = (): FusionNews => ({ samples: [], tracks: [], continuations: [] });

/**
 * Fuses points at every 200 ms from the first to the last.
 *
 * @param watched seconds from which and to which cameras tell whom they see, be it nobody.
 */
export function fuse(
  points: readonly Point[],
  options: FloorFusionOptions = {},
  watched: Readonly<Record<string, readonly [number, number]>> = {},
): FusionNews & { readonly fusion: FloorFusion } {
  const fusion = new FloorFusion('hall', options);
  const news = emptyNews();
  for (const [camera, [from, to]] of Object.entries(watched)) fusion.watch(camera, 1000 * from, 1000 * to);
  for (const p of points) fusion.observe(p.camera, p.track, p.timeMs, p.x, p.y, p.sigma ?? 0.12, p.measured ?? true);
  const times = points.map(({ timeMs }) => timeMs);
  const first = Math.floor(times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY) / 200) * 200;
  const last = times.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  // Everything is observed: no horizon has to be waited for.
  for (let moment = first; moment <= last; moment += 200) fusion.decide(moment, news);
  fusion.finish(news);
  return { ...news, fusion };
}

export const personsOf = (news: FusionNews): string[] => [...new Set(news.samples.map(({ person }) => person))];
export const at = (news: FusionNews, timeMs: number) => news.samples.filter((sample) => sample.timeMs === timeMs);
