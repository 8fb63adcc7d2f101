/** People who act a movement of several: each goes from station to station, or goes where another goes. */
import type { PlanPoint } from '@safe-passage/contract';
import { pseudonymOf, type Walker } from './hallPeople.ts';

/** Where somebody is so many seconds after the story began; null before they come and after they leave. */
export type Way = (seconds: number) => PlanPoint | null;

/** Seconds after the story began, then metres. */
export type Station = readonly [seconds: number, x: number, y: number];

/** From station to station in a straight line, in just the time between them. */
export const along =
  (...stations: readonly Station[]): Way =>
  (seconds) => {
    const next = stations.findIndex(([at]) => at > seconds);
    const [from, to] = [stations[next - 1], stations[next]];
    if (!from || !to) return null;
    const share = (seconds - from[0]) / (to[0] - from[0]);
    return [from[1] + share * (to[1] - from[1]), from[2] + share * (to[2] - from[2])];
  };

/** The same round again and again; the last station is the first. */
export const around = (...stations: readonly Station[]): Way => {
  const round = along(...stations);
  const roundSeconds = stations.at(-1)?.[0] ?? 1;
  return (seconds) => round(((seconds % roundSeconds) + roundSeconds) % roundSeconds);
};

/**
 * Where another was some seconds ago, and to one side of it.
 *
 * @param sideMetres to the left; negative to the right.
 */
export const behind =
  (way: Way, lagSeconds: number, sideMetres: number): Way =>
  (seconds) => {
    const place = way(seconds - lagSeconds);
    if (!place) return null;
    // Somebody who stands looks where they last walked to.
    let heading = 0;
    for (let back = 1; back < 40; back++) {
      const before = way(seconds - lagSeconds - back);
      if (!before) break;
      const [dx, dy] = [place[0] - before[0], place[1] - before[1]];
      if (Math.hypot(dx, dy) < 0.5) continue;
      heading = Math.atan2(dy, dx);
      break;
    }
    return [place[0] - sideMetres * Math.sin(heading), place[1] + sideMetres * Math.cos(heading)];
  };

/** One way, then another, going over from the one to the other within some seconds. */
export const thenOn =
  (first: Way, second: Way, fromSeconds: number, overSeconds: number): Way =>
  (seconds) => {
    const share = Math.min(1, Math.max(0, (seconds - fromSeconds) / overSeconds));
    const [a, b] = [first(seconds), second(seconds)];
    if (share === 0) return a;
    if (share === 1) return b;
    return a && b ? [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])] : (a ?? b);
  };

export interface Actor extends Walker {
  readonly pseudonym: string;
  readonly camera: string;
}

/** Somebody of a story: nobody walks quite straight, or stands quite still. */
export function actor(story: string, name: string, fromMs: number, way: Way): Actor {
  const pseudonym = pseudonymOf(`${story}/${name}/${fromMs}`);
  const phase = pseudonym.charCodeAt(0) + pseudonym.charCodeAt(5) / 7;
  return {
    pseudonym,
    camera: 'public-1',
    at(timeMs) {
      const seconds = (timeMs - fromMs) / 1000;
      const place = way(seconds);
      if (!place) return null;
      const sway = 0.1 * Math.sin(seconds / 2.3 + phase);
      return { pseudonym, x: place[0] + sway, y: place[1] + 0.1 * Math.cos(seconds / 2.9 + 2 * phase) };
    },
  };
}
