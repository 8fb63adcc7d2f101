/** Walks of several people as somebody would plan them: along a way, with stops, some after others. */
import { EscortScorer } from '../../../src/score/escorts/escorts.ts';
import type { MovementEpisode, MovementEvent, Role } from '../../../src/score/movement.ts';
import type { PersonSample } from '../../../src/score/scene/sample.ts';
import { Scene, sceneOptionsFor } from '../../../src/score/scene/scene.ts';
import type { CompiledZone } from '../../../src/score/zones.ts';

type Point = readonly [number, number];

/** A way with turns through a hall. */
export const WAY = [
  [0, 0],
  [30, 0],
  [30, 25],
  [60, 25],
  [60, 60],
  [90, 60],
] as const;

/** Metres walked by a moment, from speeds that last for some seconds: [seconds, metres per second]. Starts and stops take half a second. */
export function progress(plan: readonly (readonly [number, number])[]): (seconds: number) => number {
  const step = 0.05;
  const metres: number[] = [0];
  let speed = plan[0]?.[1] ?? 0;
  let walked = 0;
  for (const [seconds, wanted] of plan) {
    for (let k = 0; k < Math.round(seconds / step); k++) {
      speed += Math.min(Math.abs(wanted - speed), 3 * step) * Math.sign(wanted - speed);
      walked += speed * step;
      metres.push(walked);
    }
  }
  return (seconds) => metres[Math.max(0, Math.min(metres.length - 1, Math.round(seconds / step)))] ?? 0;
}

/** Where one is after so many metres of a way, and which way it leads there. */
export function onWay(way: readonly Point[], metres: number): { x: number; y: number; ux: number; uy: number } {
  let left = metres;
  for (let i = 0; i + 1 < way.length; i++) {
    const [x0, y0] = way[i] as Point;
    const [x1, y1] = way[i + 1] as Point;
    const length = Math.hypot(x1 - x0, y1 - y0);
    const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
    // Before the beginning and beyond the end the way goes straight on.
    if (left <= length || i + 2 === way.length) return { x: x0 + ux * left, y: y0 + uy * left, ux, uy };
    left -= length;
  }
  return { x: 0, y: 0, ux: 1, uy: 0 };
}

export interface Walker {
  readonly from: number;
  readonly to: number;
  at(seconds: number): Point | null;
  readonly measured?: boolean;
}

/** A walker on a way: so many metres walked at each moment, so far to the left of it. */
export function walker(
  way: readonly Point[],
  metres: (seconds: number) => number,
  [from, to]: readonly [number, number],
  left = 0,
): Walker {
  return {
    from,
    to,
    at: (seconds) => {
      const { x, y, ux, uy } = onWay(way, metres(seconds));
      return [x - uy * left, y + ux * left];
    },
  };
}

/** Who does what another did so many seconds ago, and stays so many metres behind. */
export const behind =
  (leader: (seconds: number) => number, lagSeconds: number, gapMetres: number): ((seconds: number) => number) =>
  (seconds) =>
    leader(seconds - lagSeconds) - gapMetres;

/** Samples of all, in order of time, with the sway of real positions, the same at every run. */
export function samples(people: Readonly<Record<string, Walker>>, hertz = 5): PersonSample[] {
  const found: PersonSample[] = [];
  const all = Object.entries(people);
  const last = Math.max(...all.map(([, { to }]) => to));
  for (let k = 0; k <= last * hertz; k++) {
    const seconds = k / hertz;
    for (const [i, [person, who]] of all.entries()) {
      if (seconds < who.from || seconds > who.to) continue;
      const point = who.at(seconds);
      if (!point) continue;
      const sway = (n: number): number => 0.03 * Math.sin(seconds * (2.1 + 0.13 * n) + i * 1.7 * n);
      found.push({
        timeMs: Math.round(seconds * 1000),
        person,
        x: point[0] + sway(1),
        y: point[1] + sway(2),
        sigmaMetres: 0.1,
        measured: who.measured ?? true,
      });
    }
  }
  return found;
}

export interface Scored {
  readonly events: readonly MovementEvent[];
  readonly closed: readonly MovementEpisode[];
  /** `escort a>b`, `flanking a|bc`: pattern and roles, sorted. */
  readonly stories: readonly string[];
  readonly scorer: EscortScorer;
}

export const who = (episode: MovementEpisode, role: Role): string[] =>
  episode.persons.filter((one) => one.role === role).map(({ person }) => person);

function story(episode: MovementEpisode): string {
  switch (episode.pattern) {
    case 'escort':
      return `escort ${who(episode, 'leader')}>${who(episode, 'follower')}`;
    case 'handover':
      return `handover ${who(episode, 'leader').join('>')} ${who(episode, 'follower')}`;
    case 'flanking':
      return `flanking ${who(episode, 'flanking').sort().join('|')} ${who(episode, 'flanked')}`;
    case 'shadowing':
      return `shadowing ${who(episode, 'shadowed')}>${who(episode, 'shadowing')}`;
    default:
      return episode.pattern;
  }
}

/** Runs samples through scene and scorer to the end. */
export function score(all: readonly PersonSample[], zones: readonly CompiledZone[] = [], sampleSeconds = 0.2): Scored {
  const options = sceneOptionsFor(sampleSeconds);
  const scorer = new EscortScorer({ tickMs: options.tickMs }, zones);
  const events: MovementEvent[] = [];
  const scene = new Scene(options, (tick) => {
    scorer.tick(tick);
    events.push(...scorer.take());
  });
  for (const sample of all) scene.observe(sample);
  scene.finish();
  scorer.finish();
  events.push(...scorer.take());
  const closed = events.filter(({ kind }) => kind === 'closed').map(({ episode }) => episode);
  return { events, closed, stories: [...new Set(closed.map(story))].sort(), scorer };
}
