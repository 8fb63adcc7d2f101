import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GroupEvent, reasonsForGroup } from '../../../src/score/groups/event.ts';
import type { Grouping } from '../../../src/score/groups/windows.ts';
import type { PersonSample } from '../../../src/score/scene/sample.ts';
import { clock, control, PARTED, people, score, type Way } from './scenes.ts';

const story = (life: readonly GroupEvent[]): string[] =>
  life.map(({ event, changed }) => `${event} ${[...changed].sort().join('')}`);
const together = ({ groups }: Grouping): string[] =>
  groups.filter(({ length }) => length > 1).map((group) => [...group].sort().join(''));

describe('groups', () => {
  it('a couple that walks abreast forms once and dissolves when it has gone, with reasons in numbers', () => {
    const { life, groupings } = score(
      people({
        a: [
          [5, 0, 0],
          [25, 26, 0],
        ],
        b: [
          [5, 0, 0.8],
          [25, 26, 0.8],
        ],
        z: clock(40),
      }),
    );
    expect(story(life)).toEqual(['formed ab', 'dissolved ab']);
    expect(life[0]?.timeMs).toBeLessThan(12_000);
    expect(life[0]?.bond?.metres).toBeCloseTo(0.8, 1);
    expect(reasonsForGroup(life[0] as GroupEvent)[0]).toMatch(/^0\.8 m apart on average over \d\.\d s$/);
    expect(life[1]?.gone).toHaveLength(2);
    expect(groupings.map(together)).toEqual([['ab'], ['ab'], ['ab'], [], []].slice(0, groupings.length));
  });

  it('strangers who cross, overtake or come towards each other are no group', () => {
    const { life } = score(
      people({
        a: [
          [0, 0, 0],
          [20, 26, 0],
        ],
        cross: [
          [0, 13, -13],
          [20, 13, 13],
        ],
        towards: [
          [0, 26, 0.8],
          [20, 0, 0.8],
        ],
        overtakes: [
          [0, -6, 0.9],
          [20, 32, 0.9],
        ],
      }),
    );
    expect(life).toEqual([]);
  });

  it('in a one-way stream of strangers hardly anybody is grouped: all are near somebody of the same way', () => {
    // One a second through a corridor of 3 m, each at a pace, a place and a moment of their own.
    let state = 1;
    const random = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    const ways: Record<string, Way> = {};
    for (let k = 0; k < 60; k++) {
      const start = 60 * random();
      const speed = 1 + (random() + random() + random()) / 4.5;
      const y = 3 * random();
      ways[`s${k}`] = [
        [start, 0, y],
        [start + 30 / speed, 30, y],
      ];
    }
    const { groupings } = score(people(ways));
    const grouped = groupings.flatMap(({ groups }) => groups.filter(({ length }) => length > 1).flat()).length;
    const all = groupings.flatMap(({ groups }) => groups.flat()).length;
    expect(all).toBeGreaterThan(100);
    expect(grouped / all).toBeLessThan(0.15);
  });

  it('a queue that shuffles forward is no group', () => {
    const ways: Record<string, Way> = {};
    for (let k = 0; k < 12; k++) {
      const way: [number, number, number][] = [];
      for (let step = 0; step <= 6; step++) {
        way.push([10 * step, -k + step, 0], [10 * step + 8, -k + step, 0]);
      }
      ways[`q${k}`] = way;
    }
    const { groupings } = score(people(ways));
    const pairs = groupings.flatMap(together);
    expect(pairs.length / groupings.length).toBeLessThanOrEqual(2);
  });

  it('somebody joins, and leaves again; the rest stays one group with one number', () => {
    const { life } = score(
      people({
        a: [
          [0, 0, 0],
          [60, 60, 0],
        ],
        b: [
          [0, 0, 0.8],
          [60, 60, 0.8],
        ],
        c: [
          [0, 15, 20],
          [15, 15, 1.6],
          [40, 40, 1.6],
          [60, 40, 25],
        ],
        z: clock(70),
      }),
    );
    expect(story(life)).toEqual(['formed ab', 'joined c', 'left c', 'dissolved ab']);
    expect(new Set(life.map(({ group }) => group)).size).toBe(1);
    expect(life[2]?.apartMetres).toBeGreaterThan(2);
  });

  it('a party of four splits into two pairs, which merge when they meet again', () => {
    const { life } = score(
      people({
        a: [
          [0, 0, 0],
          [20, 20, 0],
          [50, 40, 22],
          [80, 60, 0],
          [110, 90, 0],
        ],
        b: [
          [0, 0, 0.7],
          [20, 20, 0.7],
          [50, 40, 22.7],
          [80, 60, 0.7],
          [110, 90, 0.7],
        ],
        c: [
          [0, 0, -0.7],
          [20, 20, -0.7],
          [50, 40, -22.7],
          [80, 60, -0.7],
          [110, 90, -0.7],
        ],
        d: [
          [0, 0, -1.4],
          [20, 20, -1.4],
          [50, 40, -23.4],
          [80, 60, -1.4],
          [110, 90, -1.4],
        ],
        z: clock(120),
      }),
    );
    const kinds = life.map(({ event }) => event);
    expect(kinds).toContain('split');
    expect(kinds.indexOf('merged')).toBeGreaterThan(kinds.indexOf('split'));
    expect(kinds.at(-1)).toBe('dissolved');
    const merged = life.find(({ event }) => event === 'merged');
    expect([...(merged?.members ?? [])].sort().join('')).toBe('abcd');
  });

  it('windows do not overlap, start at the first time stamp, and hold everybody with a sample in them, once', () => {
    const samples = people(
      {
        a: [
          [3.3, 0, 0],
          [28, 26, 0],
        ],
        b: [
          [3.3, 0, 0.8],
          [20, 17, 0.8],
        ],
      },
      2.5,
    );
    const { groupings } = score(samples, [], 0.4);
    expect(groupings.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [3300, 13_300],
      [13_300, 23_300],
      [23_300, 33_300],
    ]);
    for (const { fromMs, toMs, groups } of groupings) {
      const present = new Set(
        samples.filter(({ timeMs }) => timeMs >= fromMs && timeMs < toMs).map(({ person }) => person),
      );
      expect(groups.flat().sort()).toEqual([...present].sort());
    }
  });

  it('who came together and stands together for minutes is together in every window: standing is not parting', () => {
    const stand = (name: string, y: number): Record<string, Way> => ({
      [name]: [
        [0, 0, y],
        [25, 30, y],
        [400, 30, y],
      ],
    });
    // Others wait there as well, as near as the two are to each other.
    const waiting = Object.fromEntries(
      [-1.6, 3.2].map((y, k) => [
        `w${k}`,
        [
          [0, 31, y],
          [400, 31, y],
        ] as Way,
      ]),
    );
    const { groupings } = score(people({ ...stand('a', 0), ...stand('b', 1.6), ...waiting }, 2.5), [], 0.4);
    expect(groupings.length).toBeGreaterThanOrEqual(40);
    for (const grouping of groupings) expect(together(grouping)).toContain('ab');
  });

  it('comes out the same, bit for bit, when it is replayed', () => {
    const samples = people(PARTED);
    expect(score(samples, [control]).events).toEqual(score(samples, [control]).events);
  });

  it('live decisions know nothing of later: cutting the data changes nothing before the cut', () => {
    const samples = people(PARTED);
    const cut = samples.filter(({ timeMs }) => timeMs <= 62_000);
    const before = (events: ReturnType<typeof score>['events']) =>
      events.filter((event) => event.kind === 'group' && event.timeMs <= 61_000);
    expect(before(score(cut, [control]).events)).toEqual(before(score(samples, [control]).events));
  });
});

describe('bad input to group scoring', () => {
  it('property: whatever comes, every window is a partition of those who had a usable sample in it, and it replays', () => {
    const sample = fc.record({
      timeMs: fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: 0, max: 60_000 }) },
        { weight: 1, arbitrary: fc.constant(Number.NaN) },
      ),
      person: fc.constantFrom('a', 'b', 'c', 'd', '', '__proto__'),
      x: fc.oneof(
        { weight: 9, arbitrary: fc.double({ min: -4, max: 4, noNaN: true }) },
        { weight: 1, arbitrary: fc.constantFrom(Number.NaN, 900) },
      ),
      y: fc.double({ min: -4, max: 4, noNaN: true }),
      sigmaMetres: fc.constantFrom(0.1, 0.1, 0.1, -1),
      measured: fc.boolean(),
    });
    const inOrder = fc.array(sample, { maxLength: 120 }).map((list) => [...list].sort((p, q) => p.timeMs - q.timeMs));
    fc.assert(
      fc.property(fc.oneof(inOrder, fc.array(sample, { maxLength: 120 })), (samples) => {
        const { groupings, scorer, events } = score(samples);
        expect(scorer.size).toBe(0);
        expect(scorer.groups).toEqual([]);
        for (const { groups } of groupings) {
          const members = groups.flat();
          expect(new Set(members).size).toBe(members.length);
          expect(groups.every(({ length }) => length > 0)).toBe(true);
        }
        const again = score(samples);
        expect(again.groupings).toEqual(groupings);
        expect(again.events).toEqual(events);
      }),
      { numRuns: 60 },
    );
  });

  it('10,000 tracks that begin at once in one place are scored in bounded work, and none is lost', () => {
    const samples: PersonSample[] = [];
    for (let tick = 0; tick < 4; tick++) {
      for (let k = 0; k < 10_000; k++) {
        samples.push({
          timeMs: tick * 200,
          person: `p${k}`,
          x: 0.001 * (k % 100),
          y: 0.001 * (k / 100),
          sigmaMetres: 0.1,
          measured: true,
        });
      }
    }
    const { groupings } = score(samples);
    expect(groupings).toHaveLength(1);
    expect(new Set(groupings[0]?.groups.flat()).size).toBe(10_000);
  });

  it('an id that is used again for somebody far away does not drag its group along', () => {
    const couple = people({
      a: [
        [0, 0, 0],
        [20, 20, 0],
      ],
      b: [
        [0, 0, 0.8],
        [40, 40, 0.8],
      ],
    });
    const again = people({
      a: [
        [20.2, 300, 0],
        [40, 320, 0],
      ],
    });
    const { life } = score([...couple, ...again].sort((p, q) => p.timeMs - q.timeMs));
    expect(story(life)).toEqual(['formed ab', 'dissolved ab']);
    expect(life[1]?.gone).toEqual(['a']);
  });
});
