/** Movements of several people in the hall, acted out, and what the scorer would say about each. */

import type { AlertRecord } from '../../src/alert/transition.ts';
import type { MovementPattern, Role } from '../../src/score/movement.ts';
import { type Actor, actor, along, around, behind, thenOn, type Way } from './hallActors.ts';
import { type Review, uuidOf } from './hallAlerts.ts';
import { HALL_PLAN, HALL_SITE, type HallZone } from './hallPlan.ts';

export interface HallStory {
  readonly name: MovementPattern;
  readonly fromMs: number;
  readonly live: boolean;
  readonly actors: readonly Actor[];
  readonly review?: Review;
  /** The alert as it stands at a moment. */
  recordAt(nowMs: number): AlertRecord;
}

/** A reason or a moment of a script, in seconds after the beginning. */
interface ScriptReason {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly place?: [number, number];
  readonly of?: readonly string[];
  readonly part?: number;
}

interface Script {
  readonly pattern: MovementPattern;
  readonly patterns?: readonly MovementPattern[];
  readonly zone: HallZone | null;
  readonly minutesAgo: number;
  /** Null while it goes on. */
  readonly seconds: number | null;
  readonly score: number;
  readonly ways: Readonly<Record<string, Way>>;
  readonly roles: readonly (readonly [name: string, role: Role, from: number, to: number])[];
  readonly sentence: (seconds: number) => string;
  readonly reasons: (seconds: number) => readonly ScriptReason[];
  readonly moments: readonly (readonly [seconds: number, name: string, label: string])[];
  readonly explanations: readonly string[];
  readonly joins?: readonly [count: number, probability: number];
  readonly review?: Review;
}

/** So long that it lasts as long as the story does. */
const ON = 86_400;

const LEADS = along(
  [-8, 25.6, 15.4],
  [0, 29.6, 18.2],
  [8, 33, 16.4],
  [26, 33.2, 16.4],
  [40, 37.4, 19.6],
  [92, 37.5, 19.6],
  [112, 34, 11],
  [124, 31, 6],
  [136, 27, 1],
  [140, 26.8, 0.2],
);
const TAKES_OVER = along(
  [-60, 38.8, 19.8],
  [84, 38.6, 19.8],
  [96, 38.5, 19.8],
  [112, 37.6, 12.2],
  [122, 38.6, 9],
  [150, 40.4, 7],
  [160, 41.8, 7],
);

const handover: Script = {
  pattern: 'handover',
  patterns: ['handover', 'escort'],
  zone: 'meeting-point',
  minutesAgo: 6,
  seconds: 150,
  score: 1.9,
  ways: {
    first: LEADS,
    led: thenOn(behind(LEADS, 1.4, 0.5), behind(TAKES_OVER, 1.4, -0.5), 92, 5),
    second: TAKES_OVER,
  },
  roles: [
    ['first', 'leader', 0, 92],
    ['led', 'follower', 0, 150],
    ['second', 'leader', 92, 150],
  ],
  sentence: () => 'Handed over at Meeting point after 1 min 32 s; led on by another for 58 s',
  reasons: () => [
    {
      text: 'Walked 1.1 m behind the leader for 40 s; the velocities agree best at a lag of 1.4 s (correlation 0.91).',
      from: 0,
      to: 40,
      of: ['first', 'led'],
      part: 0,
    },
    {
      text: 'Set off second at 2 of 2 starts and stopped second at 2 of 2 stops.',
      from: 0,
      to: 92,
      of: ['first', 'led'],
      part: 0,
    },
    {
      text: 'The leader changed: the first left 8 s after the second had come within 1.2 m.',
      from: 84,
      to: 96,
      place: [38, 19.6],
      of: ['first', 'led', 'second'],
      part: 0,
    },
    {
      text: 'Walked 1.2 m behind the second leader for 54 s, at a lag of 1.4 s.',
      from: 96,
      to: 150,
      of: ['second', 'led'],
      part: 0,
    },
    {
      text: 'Followed at 1.1 m with a lag of 1.4 s, walking for 40 s of 92 s.',
      from: 0,
      to: 92,
      of: ['first', 'led'],
      part: 1,
    },
  ],
  moments: [
    [0, 'first', 'set off first'],
    [8, 'first', 'stopped first'],
    [26, 'first', 'set off again'],
    [84, 'second', 'met'],
    [92, 'led', 'handed over'],
    [93, 'second', 'led from here'],
    [112, 'first', 'out of reach'],
    [150, 'led', 'last seen'],
  ],
  explanations: [
    'A guide who hands guests to a driver',
    'Relatives who take turns',
    'Wheelchair assistance at a change of staff',
  ],
  joins: [1, 0.83],
};

const IN_THE_MIDDLE = along(
  [-6, 25.8, 16],
  [0, 29.8, 18.2],
  [12, 33, 13],
  [20, 32, 8.4],
  [32, 31.8, 8.2],
  [42, 28, 4],
  [46, 27.4, 0.6],
);

const flanking: Script = {
  pattern: 'flanking',
  zone: null,
  minutesAgo: 4,
  seconds: 45,
  score: 0.8,
  ways: { middle: IN_THE_MIDDLE, left: behind(IN_THE_MIDDLE, 0.1, 0.9), right: behind(IN_THE_MIDDLE, 0.3, -0.9) },
  roles: [
    ['middle', 'flanked', 0, 45],
    ['left', 'flanking', 0, 45],
    ['right', 'flanking', 2, 45],
  ],
  sentence: () => 'Kept between two others for 45 s over 27 m, standing and walking',
  reasons: () => [
    { text: 'Between the two for 96 % of 45 s; 0.9 m from the one and 0.9 m from the other.', from: 0, to: 45 },
    {
      text: 'Turned after one of the two at 3 of 3 turns.',
      from: 12,
      to: 42,
      place: [32, 8.4],
      of: ['middle', 'left'],
    },
  ],
  moments: [
    [0, 'middle', 'between the two'],
    [20, 'left', 'stopped first'],
    [32, 'right', 'set off first'],
    [45, 'middle', 'last seen'],
  ],
  explanations: ['A family with a child in the middle', 'Friends abreast', 'Two who help somebody to walk'],
};

const ROUND = around(
  [0, 36, 20],
  [12, 39, 15],
  [24, 35, 10],
  [60, 31.8, 8],
  [80, 24, 8],
  [104, 14, 7],
  [140, 13, 10],
  [172, 28, 10],
  [200, 36, 20],
);

const shadowing: Script = {
  pattern: 'shadowing',
  zone: null,
  minutesAgo: 3.2,
  seconds: null,
  score: 1.1,
  ways: { ahead: ROUND, behind: behind(ROUND, 13, 0.4) },
  roles: [
    ['ahead', 'shadowed', 0, ON],
    ['behind', 'shadowing', 0, ON],
  ],
  sentence: (seconds) => `Same way and stops 11 m behind another for ${text(seconds)}`,
  reasons: (seconds) => [
    { text: `On the same path 13 s later for ${text(seconds)} so far, within 0.6 m of it.`, from: 0, to: seconds },
    { text: '11 m behind on average, between 8 and 16 m.', from: 0, to: seconds, of: ['behind'] },
    {
      text: 'Slowed within 14 s of the other at 3 of 3 places.',
      from: 24,
      to: 74,
      place: [31.8, 8],
      of: ['ahead', 'behind'],
    },
  ],
  moments: [
    [24, 'ahead', 'slowed'],
    [37, 'behind', 'slowed'],
    [140, 'ahead', 'turned back'],
    [153, 'behind', 'turned back'],
  ],
  explanations: ['One party that walks in file', 'The only way to the same exit', 'Staff on their round'],
};

const companion = (dx: number, dy: number, lane: number, wait: number): Way =>
  along(
    [-20, 22.8 + dx, 14.4 + dy / 2],
    [14, 23 + dx, 15 + dy],
    [24 + wait, 25.6, 14.6 + lane * 2.4],
    [40 + wait, 28.4, 14.8 + lane * 2.2],
    [48 + wait, 29.6, 17.8],
    [60 + wait / 2, 33 + dx, 17 + dy],
    [100, 33.4 + dx, 17 + dy],
    [124, 37 + dx, 10 + dy],
  );

const regrouping: Script = {
  pattern: 'regrouping',
  zone: 'customs',
  minutesAgo: 9,
  seconds: 110,
  score: 0.4,
  ways: {
    one: companion(-0.6, -0.5, 0, 0),
    two: companion(0.6, -0.4, 1, 6),
    three: companion(-0.5, 0.6, 2, 12),
    four: companion(0.6, 0.7, 3, 22),
  },
  roles: ['one', 'two', 'three', 'four'].map((name) => [name, 'companion', 0, 110] as const),
  sentence: () => 'Four people parted before Customs and closed up 1 min later behind it',
  reasons: () => [
    { text: 'Together for 14 s before, 1.2 m apart on average.', from: 0, to: 14, place: [23, 15] },
    { text: 'Apart for 48 s, by up to 7.1 m, while passing Customs.', from: 16, to: 64, place: [27, 17.5] },
    { text: 'Together again behind it for 40 s.', from: 70, to: 110, place: [33.3, 17] },
  ],
  moments: [
    [16, 'one', 'parted'],
    [49, 'one', 'through Customs'],
    [62, 'two', 'joined'],
    [66, 'three', 'joined'],
    [71, 'four', 'joined'],
  ],
  explanations: ['Lanes part families, too', 'A school class or a crew that is counted behind the gate'],
  review: { acknowledgedBy: 'M. Oduya' },
};

const MEETS = along([-30, 29, 1], [-12, 33, 14], [0, 36, 17.4], [1200, 36.2, 17.6], [1240, 30, 8]);

/** Somebody who meets others, one after another, for a minute and a bit each. */
function coordinator(contacts: number): Script {
  const places = Array.from({ length: contacts }, (_, i) => {
    const begin = 20 + i * 84;
    const angle = (i * 2.1) % 6.28;
    const stand: [number, number] = [36 + 1.1 * Math.cos(angle), 17.4 + 1.1 * Math.sin(angle)];
    const from: [number, number] = i % 2 === 0 ? [29.8, 18] : [27, 0.6];
    const via: [number, number] = i % 2 === 0 ? [32, 18.4] : [32.4, 11];
    const way = along(
      [begin - 26, ...from],
      [begin - 12, ...via],
      [begin, ...stand],
      [begin + 58, ...stand],
      [begin + 76, i % 3 === 0 ? 41.6 : 27, i % 3 === 0 ? 7 : 0.6],
    );
    return { name: `contact-${i}`, begin, end: begin + 58, way };
  });
  const seconds = (places.at(-1)?.end ?? 0) + 10;
  return {
    pattern: 'coordinator',
    zone: 'meeting-point',
    minutesAgo: (seconds + 90) / 60,
    seconds,
    score: 1.3,
    ways: { hub: MEETS, ...Object.fromEntries(places.map(({ name, way }) => [name, way])) },
    roles: [
      ['hub', 'coordinator', 0, seconds],
      ...places.map(({ name, begin, end }) => [name, 'contact', begin, end] as const),
    ],
    sentence: () => `Met ${contacts} people one after another at Meeting point within ${text(seconds)}`,
    reasons: () => [
      {
        text: `Met ${contacts} people one after another, 58 s each.`,
        from: 0,
        to: seconds,
        place: [36, 17.4],
        of: ['hub'],
      },
      {
        text: 'None of them had met another before.',
        from: 20,
        to: seconds,
        of: places.map(({ name }) => name),
      },
    ],
    moments: places.flatMap(({ name, begin, end }, i) => [
      [begin, 'hub', `met contact ${i + 1}`] as const,
      [begin, name, 'met'] as const,
      [end, name, 'parted'] as const,
    ]),
    explanations: [
      'A tour guide or a driver who collects a party',
      'Staff who answer questions',
      'Somebody who hands out leaflets',
    ],
    joins: [3, 0.71],
  };
}

function text(seconds: number): string {
  const whole = Math.round(seconds);
  const rest = whole % 60;
  if (whole < 60) return `${whole} s`;
  return rest === 0 ? `${whole / 60} min` : `${(whole - rest) / 60} min ${rest} s`;
}

function storyOf(script: Script, startMs: number): HallStory {
  const fromMs = Math.round(startMs - script.minutesAgo * 60_000);
  const actors = new Map(
    Object.entries(script.ways).map(([name, way]) => [name, actor(script.pattern, name, fromMs, way)]),
  );
  const pseudonym = (name: string) => actors.get(name)?.pseudonym ?? name;
  return {
    name: script.pattern,
    fromMs,
    live: script.seconds === null,
    actors: [...actors.values()],
    ...(script.review ? { review: script.review } : {}),
    recordAt(nowMs) {
      const seconds = script.seconds ?? (nowMs - fromMs) / 1000;
      const at = (second: number) => Math.round(fromMs + Math.min(second, seconds) * 1000);
      return {
        id: uuidOf(`${script.pattern}/${fromMs}`),
        site: HALL_SITE,
        floor: HALL_PLAN.id,
        zone: script.zone,
        pattern: script.pattern,
        live: script.seconds === null,
        delayed: false,
        raisedAtMs: at(Math.min(40, seconds)),
        updatedAtMs: at(seconds),
        fromMs,
        toMs: at(seconds),
        score: script.score,
        severity: Math.min(1, script.score / 3),
        sentence: script.sentence(seconds),
        detail: {
          policy: 'movement/1',
          patterns: [...(script.patterns ?? [script.pattern])],
          limitSeconds: null,
          seconds,
          reasons: script.reasons(seconds).map(({ text: words, from, to, place, of, part }) => ({
            text: words,
            fromMs: at(from),
            toMs: at(to),
            ...(place ? { place } : {}),
            ...(of ? { persons: of.map(pseudonym) } : {}),
            ...(part === undefined ? {} : { part }),
          })),
          explanations: [...script.explanations],
          uncertainty: {
            coastedShare: 0.04,
            gapsBridged: 0,
            identityJoins: script.joins?.[0] ?? 0,
            joinProbability: script.joins?.[1] ?? 1,
            sigmaMetres: 0.28,
          },
          persons: script.roles.map(([name, role, from, to]) => ({
            person: pseudonym(name),
            role,
            fromMs: at(from),
            toMs: at(to),
          })),
          moments: script.moments
            .filter(([second]) => second <= seconds)
            .map(([second, name, label]) => ({ atMs: at(second), person: pseudonym(name), label })),
        },
      };
    },
  };
}

/** @param contacts how many people the coordinator meets. */
export const hallStories = (startMs: number, contacts: number): HallStory[] =>
  [handover, flanking, shadowing, regrouping, coordinator(contacts)].map((script) => storyOf(script, startMs));
