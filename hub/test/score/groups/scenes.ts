/** People who walk way points, for the tests of groups: positions that sway a little, the same at every run. */
import type { Continuation } from '../../../src/fuse/samples.ts';
import type { GroupEvent, GroupScoringEvent } from '../../../src/score/groups/event.ts';
import { type GroupOptions, GroupScorer } from '../../../src/score/groups/groups.ts';
import { GroupMovements } from '../../../src/score/groups/movement.ts';
import type { Grouping } from '../../../src/score/groups/windows.ts';
import type { MovementEpisode, MovementEvent } from '../../../src/score/movement.ts';
import type { PersonSample } from '../../../src/score/scene/sample.ts';
import { sceneOptionsFor } from '../../../src/score/scene/scene.ts';
import { CompiledZone } from '../../../src/score/zones.ts';
import { rectangle, type Sample, walk } from '../walks.ts';

/** Way points: seconds, x, y. */
export type Way = readonly (readonly [number, number, number])[];

/** Gives walks the sway of real positions, the same at every run. */
function swaying(samples: readonly Sample[]): PersonSample[] {
  return samples.map(({ timeMs, person, x, y }) => {
    const phase = [...person].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7);
    const sway = (k: number) => 0.03 * Math.sin(timeMs / (310 + 17 * k) + phase * k);
    return { timeMs, person, x: x + sway(1), y: y + sway(2), sigmaMetres: 0.1, measured: true };
  });
}

export const people = (ways: Readonly<Record<string, Way>>, hertz = 10): PersonSample[] =>
  swaying(Object.entries(ways).flatMap(([person, way]) => walk(person, way, hertz))).sort(
    (a, b) => a.timeMs - b.timeMs,
  );

/** What group scoring tells of the samples, and of the continuations that are said at their time. */
export function score(
  samples: readonly PersonSample[],
  zones: readonly CompiledZone[] = [],
  sampleSeconds = 0.1,
  continuations: readonly Continuation[] = [],
  options: Partial<GroupOptions> = {},
) {
  const groupings: Grouping[] = [];
  const scorer = new GroupScorer(
    {
      ...options,
      scene: sceneOptionsFor(sampleSeconds),
      window: { windowMs: 10_000, settleMs: 10_000 },
      onGrouping: (grouping) => groupings.push(grouping),
    },
    zones,
  );
  const events: GroupScoringEvent[] = [];
  const told: MovementEvent[] = [];
  const movements = new GroupMovements(zones);
  const drain = (): void => {
    const taken = scorer.take();
    events.push(...taken);
    told.push(...movements.take(taken));
  };
  let said = 0;
  const byTime = [...continuations].sort((a, b) => a.toMs - b.toMs);
  for (const sample of samples) {
    // The fusion speaks four seconds after somebody began.
    for (; said < byTime.length && (byTime[said]?.toMs ?? 0) + 4000 <= sample.timeMs; said++) {
      scorer.continuation(byTime[said] as Continuation);
    }
    scorer.observe(sample);
    drain();
  }
  scorer.finish();
  drain();
  const life = events.filter((event): event is GroupEvent => event.kind === 'group');
  const closed = (pattern: string): MovementEpisode[] =>
    told.filter(({ kind, episode }) => kind === 'closed' && episode.pattern === pattern).map(({ episode }) => episode);
  return { events, life, groupings, scorer, told, closed, movements };
}

/** Somebody far away keeps the clock going to the end. */
export const clock = (seconds: number): Way => [
  [0, 500, 500],
  [seconds, 500 + seconds, 500],
];

/** A control zone in the middle of a way, and two who part before it and meet again behind it. */
export const control = new CompiledZone(rectangle('check', [30, -20, 36, 20], { kind: 'control' }));
export const PARTED: Readonly<Record<string, Way>> = {
  a: [
    [0, 0, 0],
    [20, 20, 0],
    [30, 30, 8],
    [45, 38, 8],
    [60, 45, 0],
    [90, 75, 0],
  ],
  b: [
    [0, 0, 0.8],
    [20, 20, 0.8],
    [30, 30, -8],
    [45, 38, -8],
    [60, 45, 0.8],
    [90, 75, 0.8],
  ],
  z: clock(100),
};

/** Who is visited: first at one place, then 8 m from there. */
export const HOST: Way = [
  [0, 0, 0],
  [100, 0, 0],
  [112, 0, 8],
  [500, 0, 8],
];

/** The others come one after another, stand beside for 15 s and go: two to the first place, the rest to the second. */
export const visits = (visitors: readonly string[], second = 8): Record<string, Way> =>
  Object.fromEntries(
    visitors.map((name, k) => {
      const t = 20 + 40 * k;
      const side = k % 2 === 0 ? 1 : -1;
      const y = k < 2 ? 0 : second;
      return [
        name,
        [
          [t, 25 * side, 5],
          [t + 20, 0.7 * side, y],
          [t + 35, 0.7 * side, y],
          [t + 55, 25 * side, -20],
        ] as Way,
      ];
    }),
  );
