import { describe, expect, it } from 'vitest';
import { type GroupEvent, reasonsForGroup } from '../../../src/score/groups/event.ts';
import type { MovementEpisode } from '../../../src/score/movement.ts';
import { CompiledZone } from '../../../src/score/zones.ts';
import { rectangle } from '../walks.ts';
import { clock, control, PARTED, people, score, visits, type Way } from './scenes.ts';

const texts = (episode: MovementEpisode | undefined): string =>
  (episode?.reasons ?? []).map(({ text }) => text).join(' ');
const roles = (episode: MovementEpisode | undefined): string[] =>
  (episode?.persons ?? []).map(({ person, role }) => `${person} ${role}`);
const moments = (episode: MovementEpisode | undefined, label: RegExp): string[] =>
  (episode?.moments ?? []).filter((one) => label.test(one.label)).map(({ person }) => person);

describe('a regrouping', () => {
  const parted = people(PARTED);

  it('is two who part before a control zone and meet behind it, told when they meet and once more when it is over', () => {
    const { told, closed } = score(parted, [control]);
    expect(told.map(({ kind, episode }) => `${kind} ${episode.pattern}`)).toEqual([
      'opened regrouping',
      'closed regrouping',
    ]);
    const [episode] = closed('regrouping');
    expect(episode?.zone).toBe('check');
    expect(roles(episode)).toEqual(['a companion', 'b companion']);
    expect(episode?.figures.apartMetres).toBeGreaterThan(10);
    expect(episode?.score).toBeGreaterThan(1);
    expect(told.every((event) => event.episode.key === episode?.key && event.episode.fromMs === episode.fromMs)).toBe(
      true,
    );
  });

  it('says in figures how long and how far they were apart, where they parted and where they met', () => {
    const [episode] = score(parted, [control]).closed('regrouping');
    expect(texts(episode)).toMatch(/^Were together for \d+ s before they parted\./);
    expect(texts(episode)).toMatch(/Then were apart for \d+ s, by up to 1\d\.\d m, while each passed check\./);
    expect(texts(episode)).toContain('2 people were together again behind it.');
    const [before, , behind] = episode?.reasons ?? [];
    expect(before?.place?.[0]).toBeLessThan(30);
    expect(behind?.place?.[0]).toBeGreaterThan(36);
    expect(moments(episode, /^parted$/).sort()).toEqual(['a', 'b']);
    expect(moments(episode, /^passed check$/).sort()).toEqual(['a', 'b']);
    expect(moments(episode, /^met again$/).sort()).toEqual(['a', 'b']);
  });

  it('grows as more of the party come, and stays one story of all of them', () => {
    const party = {
      ...PARTED,
      // The third is held up, and catches up with the two.
      c: [
        [0, 0, 1.6],
        [20, 20, 1.6],
        [40, 28, 1.6],
        [55, 38, 1.6],
        [75, 60, 1.6],
        [90, 75, 1.6],
      ] as Way,
    };
    const { told, closed } = score(people(party), [control]);
    const [episode, ...more] = closed('regrouping');
    expect(more).toEqual([]);
    expect(roles(episode)).toEqual(['a companion', 'b companion', 'c companion']);
    expect(told[0]?.kind).toBe('opened');
    expect(told.some(({ kind, episode: state }) => kind === 'grew' && state.persons.length === 3)).toBe(true);
    expect(new Set(told.map(({ episode: state }) => state.key)).size).toBe(1);
    expect(new Set(told.map(({ episode: state }) => state.fromMs)).size).toBe(1);
  });

  it('does not change a state that was told', () => {
    const { told } = score(parted, [control]);
    expect(told[0]?.episode.open).toBe(true);
    expect(told[1]?.episode.open).toBe(false);
  });

  it('needs a control zone: any other is an event in the life of a group', () => {
    const hall = new CompiledZone(rectangle('hall', [30, -20, 36, 20]));
    for (const zones of [[], [hall]]) {
      const { told, life } = score(parted, zones);
      expect(told).toEqual([]);
      expect(life.map(({ event }) => event)).toContain('regrouped');
    }
  });

  it('is none where companions queue at two desks: never far, or not for long', () => {
    const near = people({
      a: [
        [0, 0, 0],
        [25, 25, 0],
        [35, 30, 3.5],
        [80, 37, 3.5],
        [95, 45, 0],
        [120, 70, 0],
      ],
      b: [
        [0, 0, 0.8],
        [25, 25, 0.8],
        [35, 30, -3.5],
        [80, 37, -3.5],
        [95, 45, 0.8],
        [120, 70, 0.8],
      ],
    });
    expect(score(near, [control]).told).toEqual([]);
  });

  it('is none where they part and meet on one side of the zone, and pass it together', () => {
    const before = people({
      a: [
        [0, -40, 0],
        [30, -10, 0],
        [45, -10, 12],
        [60, 10, 0],
        [85, 25, 0],
        [110, 50, 0],
      ],
      b: [
        [0, -40, 0.8],
        [30, -10, 0.8],
        [45, -10, -12],
        [60, 10, 0.8],
        [85, 25, 0.8],
        [110, 50, 0.8],
      ],
    });
    expect(score(before, [control]).told).toEqual([]);
  });

  it('is none where they pass each other behind it and go on alone', () => {
    const passing = people({
      a: [
        [0, 0, 0],
        [25, 25, 0],
        [35, 30, 8],
        [55, 45, 8],
        [75, 60, -10],
        [90, 75, -20],
      ],
      b: [
        [0, 0, 0.8],
        [25, 25, 0.8],
        [35, 30, -8],
        [55, 45, -8],
        [75, 60, 10],
        [90, 75, 20],
      ],
    });
    expect(score(passing, [control]).told).toEqual([]);
  });

  it('is none where a couple stays together through the zone', () => {
    const couple = people({
      a: [
        [0, 0, 0],
        [80, 70, 0],
      ],
      b: [
        [0, 0, 0.8],
        [80, 70, 0.8],
      ],
    });
    expect(score(couple, [control]).told).toEqual([]);
  });
});

describe('a regrouping across a blind gap', () => {
  /** The second of the two is out of sight from 33 s to 39 s, inside the control zone, and begins again as another. */
  const broken = people(PARTED).flatMap((sample) => {
    if (sample.person !== 'b' || sample.timeMs < 33_000) return [sample];
    return sample.timeMs < 39_000 ? [] : [{ ...sample, person: 'b2' }];
  });
  const word = (probability: number) => ({ earlier: 'b', later: 'b2', fromMs: 32_900, toMs: 39_000, probability });

  it('carries the probability that they are the same, both pseudonyms, and says so', () => {
    const [episode] = score(broken, [control], 0.1, [word(0.9)]).closed('regrouping');
    expect(roles(episode)).toEqual(['a companion', 'b companion', 'b2 companion']);
    expect(episode?.uncertainty.identityJoins).toBe(1);
    expect(episode?.uncertainty.joinProbability).toBeCloseTo(0.9 * 0.93, 3);
    expect(episode?.figures.sameProbability).toBeCloseTo(0.9 * 0.93, 3);
    expect(texts(episode)).toContain(
      'out of sight 1 time and is taken to go on as another track: all of that is right with 84 %',
    );
    const [first, second] = (episode?.persons ?? []).slice(1);
    expect(first?.toMs).toBeLessThanOrEqual(33_000);
    expect(second?.fromMs).toBeGreaterThanOrEqual(39_000);
  });

  it('is none without the word of the fusion, or where that is improbable: never a silent merge', () => {
    expect(score(broken, [control]).told).toEqual([]);
    expect(score(broken, [control], 0.1, [word(0.4)]).told).toEqual([]);
  });

  it('is none where the words are about somebody else, or come to more than one', () => {
    const others = [
      { ...word(0.9), earlier: 'z' },
      { ...word(0.9), earlier: 'nobody' },
    ];
    expect(score(broken, [control], 0.1, others).told).toEqual([]);
    // Of two who are both lost with 0.9 each, neither is it with more than one half.
    const two = [word(0.9), { ...word(0.9), earlier: 'c' }];
    const c: Way = [
      [5, 20, -12],
      [32.9, 34, -9],
    ];
    const crowd = [...broken, ...people({ c })].sort((p, q) => p.timeMs - q.timeMs);
    expect(score(crowd, [control], 0.1, two).told).toEqual([]);
  });
});

describe('a member of a group who is lost', () => {
  const couple = people({
    a: [
      [0, 0, 0],
      [60, 60, 0],
    ],
    b: [
      [0, 0, 0.8],
      [60, 60, 0.8],
    ],
    z: clock(70),
  });
  /** The second is out of sight for 5 s, and begins again as another, so many metres further off. */
  const lost = (metres: number) =>
    couple.flatMap((sample) => {
      if (sample.person !== 'b' || sample.timeMs < 30_000) return [sample];
      return sample.timeMs < 35_000 ? [] : [{ ...sample, person: 'b2', y: sample.y + metres }];
    });
  const word = { earlier: 'b', later: 'b2', fromMs: 29_900, toMs: 35_000, probability: 0.95 };
  const story = (scored: ReturnType<typeof score>): string[] =>
    scored.life.map(({ event, members }) => `${event} ${members.join(' ')}`);

  it('is together again with the others as another track, with the probability of the continuation', () => {
    const told = score(lost(1.4), [], 0.1, [word]);
    expect(story(told)).toEqual(['formed a b', 'dissolved a b', 'regrouped a b2', 'dissolved a b2']);
    const again = told.life[2];
    expect(again?.joins).toEqual([
      { earlier: 'b', later: 'b2', probability: expect.closeTo(0.95 * 0.93, 6) as number },
    ]);
    expect(reasonsForGroup(again as GroupEvent)).toContain('b was lost and is b2 with a probability of 0.88');
  });

  it('brings the evidence of before along: what would not be enough of a stranger is', () => {
    expect(story(score(lost(1.8)))).toEqual(['formed a b', 'dissolved a b']);
    expect(story(score(lost(1.8), [], 0.1, [word]))).toContain('regrouped a b2');
    // Without the word it is somebody new, who has to be seen for longer and was never a member.
    expect(story(score(lost(1.4)))).toContain('formed a b2');
  });
});

describe('a coordinator', () => {
  const meets = (visitors: readonly string[], zones: readonly CompiledZone[] = []) =>
    score(
      people({
        host: [
          [0, 0, 0],
          [260, 0, 0],
        ],
        ...visits(visitors),
      }),
      zones,
    );

  it('is one who meets four strangers, one after another; three are not enough', () => {
    const { told, closed } = meets(['p', 'q', 'r', 's']);
    const [episode, ...more] = closed('coordinator');
    expect(more).toEqual([]);
    expect(told.map(({ kind }) => kind)).toEqual(['opened', 'closed']);
    expect(roles(episode)).toEqual(['host coordinator', 'p contact', 'q contact', 'r contact', 's contact']);
    expect(episode?.score).toBeCloseTo(1, 6);
    expect(meets(['p', 'q', 'r']).told).toEqual([]);
  });

  it('grows with each further contact, and keeps its key and beginning', () => {
    const { told } = meets(['p', 'q', 'r', 's', 't']);
    expect(told.map(({ kind, episode }) => `${kind} ${episode.figures.contacts}`)).toEqual([
      'opened 4',
      'grew 5',
      'closed 5',
    ]);
    expect(new Set(told.map(({ episode }) => `${episode.key} ${episode.fromMs}`)).size).toBe(1);
  });

  it('says how many in how long, each with a place and a time, and in which zone most of it took place', () => {
    const hall = new CompiledZone(rectangle('hall', [-10, -10, 10, 10]));
    const [episode] = meets(['p', 'q', 'r', 's'], [hall]).closed('coordinator');
    expect(episode?.zone).toBe('hall');
    expect(texts(episode)).toMatch(/^Met 4 people one after another within \d+ (s|min), for \d+ s each on average\./);
    const each = (episode?.reasons ?? []).filter(({ persons }) => persons?.length === 2);
    expect(each.map(({ persons }) => persons?.[1])).toEqual(['p', 'q', 'r', 's']);
    for (const { place } of each) expect(Math.hypot(...(place ?? [9, 9]))).toBeLessThan(2);
    expect(moments(episode, /^met$/)).toEqual(['p', 'q', 'r', 's']);
  });

  it('is not one who meets four who came together', () => {
    const family = Object.fromEntries(
      ['p', 'q', 'r', 's'].map((name, k) => [
        name,
        [
          [20, 25, 5 + 0.6 * k],
          [40, 0.8, 0.6 * k],
          [60, 0.8, 0.6 * k],
          [80, 25, 20 + 0.6 * k],
        ] as Way,
      ]),
    );
    const { told } = score(
      people({
        host: [
          [0, 0, 0],
          [100, 0, 0],
        ],
        ...family,
      }),
    );
    expect(told).toEqual([]);
  });

  it('is not one at a desk, in a queue or a control zone: who comes there comes to the place', () => {
    for (const kind of ['queue', 'control'] as const) {
      const line = new CompiledZone(rectangle('line', [-10, -10, 10, 10], { kind }));
      expect(meets(['p', 'q', 'r', 's'], [line]).told).toEqual([]);
    }
  });

  it('is not one beside whom others wait: they stay, or leave more room, or pass without stopping', () => {
    const host: Way = [
      [0, 0, 0],
      [1200, 0, 0],
    ];
    const others = (stay: number, metres: number): Record<string, Way> =>
      Object.fromEntries(
        ['p', 'q', 'r', 's'].map((name, k) => {
          const t = 20 + (60 + stay) * k;
          return [
            name,
            [
              [t, 25, 5],
              [t + 20, metres, 0],
              [t + 20 + stay, metres, 0],
              [t + 40 + stay, 25, -20],
            ] as Way,
          ];
        }),
      );
    expect(score(people({ host, ...others(20, 0.8) }, 5), [], 0.2).closed('coordinator')).toHaveLength(1);
    for (const waiting of [others(240, 0.8), others(20, 1.8), others(3, 0.8)]) {
      expect(score(people({ host, ...waiting }, 5), [], 0.2).told).toEqual([]);
    }
  });

  it('is not one beside whom a queue moves up, one after another', () => {
    const ways: Record<string, Way> = {};
    for (let k = 0; k < 8; k++) {
      const way: [number, number, number][] = [];
      for (let step = 0; step <= 12; step++) way.push([20 * step, step - k, 0], [20 * step + 18, step - k, 0]);
      ways[`q${k}`] = way;
    }
    const host: Way = [
      [0, 2, 0.9],
      [260, 2, 0.9],
    ];
    expect(score(people({ host, ...ways }, 5), [], 0.2).told).toEqual([]);
  });

  it('is not one who has company, and not one who is now approached and now approaches', () => {
    const host: Way = [
      [0, 0, 0],
      [260, 0, 0],
    ];
    // The companion walks up with the host.
    const pair: Record<string, Way> = {
      host: [
        [0, 40, 0],
        [20, 12, 0],
        [30, 0, 0],
        [260, 0, 0],
      ],
      mate: [
        [0, 40, 0.8],
        [20, 12, 0.8],
        [30, 0, 0.8],
        [260, 0, 0.8],
      ],
    };
    const later = Object.fromEntries(
      Object.entries(visits(['p', 'q', 'r', 's'])).map(([name, way]) => [
        name,
        way.map(([t, x, y]) => [t + 20, x, y - (Math.abs(x) < 1 ? 0.6 : 0)] as const),
      ]),
    );
    expect(score(people({ ...pair, ...later })).told).toEqual([]);
    // Two come to the host; to the other two the host goes.
    const walker: Way = [
      ...host.slice(0, 1),
      [110, 0, 0],
      [120, 12, 0],
      [140, 12, 0],
      [150, 24, 0],
      [170, 24, 0],
      [190, 40, 0],
    ];
    const stands = (x: number): Way => [
      [60, x, 0.9],
      [200, x, 0.9],
    ];
    const mixed = { host: walker, ...visits(['p', 'q']), r: stands(12), s: stands(24) };
    expect(score(people(mixed)).told).toEqual([]);
  });

  it('may as well be the one who goes from one to the other', () => {
    const stands = (x: number): Way => [
      [0, x, 0.9],
      [200, x, 0.9],
    ];
    const walker: Way = [[0, -36, 0]];
    const all: Record<string, Way> = {};
    for (const [k, name] of ['p', 'q', 'r', 's'].entries()) {
      const x = 12 * k;
      all[name] = stands(x);
      (walker as [number, number, number][]).push([30 + 40 * k, x, 0], [60 + 40 * k, x, 0]);
    }
    (walker as [number, number, number][]).push([200, 60, 0]);
    const [episode] = score(people({ host: walker, ...all })).closed('coordinator');
    expect(roles(episode)[0]).toBe('host coordinator');
  });

  it('who is lost between two contacts goes on as one story; somebody met twice by two names counts once', () => {
    const whole = people({
      host: [
        [0, 0, 0],
        [260, 0, 0],
      ],
      ...visits(['p', 'q', 'r', 's']),
    });
    const cut = whole.flatMap((sample) => {
      if (sample.person !== 'host' || sample.timeMs < 104_000) return [sample];
      return sample.timeMs < 108_000 ? [] : [{ ...sample, person: 'host2' }];
    });
    const word = { earlier: 'host', later: 'host2', fromMs: 103_900, toMs: 108_000, probability: 0.95 };
    const [episode] = score(cut, [], 0.1, [word]).closed('coordinator');
    expect(roles(episode).slice(0, 2)).toEqual(['host coordinator', 'host2 coordinator']);
    expect(episode?.uncertainty.identityJoins).toBe(1);
    expect(score(cut).told).toEqual([]);

    const twice = whole.map((sample) =>
      sample.person === 's' && sample.timeMs > 0 ? { ...sample, person: 'p2' } : sample,
    );
    const same = { earlier: 'p', later: 'p2', fromMs: 75_000, toMs: 140_000, probability: 0.99 };
    const long = { joining: { continuationSeconds: 120 } };
    expect(score(twice, [], 0.1, [same]).closed('coordinator')).toHaveLength(1);
    expect(score(twice, [], 0.1, [same], long).closed('coordinator')).toEqual([]);
  });
});

describe('what is told of errors of seeing', () => {
  it('is the share of time without detections of the worst seen, and the positions’ own sigma', () => {
    const worse = people(PARTED).map((sample) => ({
      ...sample,
      sigmaMetres: 0.3,
      measured: sample.person !== 'b' || sample.timeMs % 20_000 < 15_000,
    }));
    const [episode] = score(worse, [control]).closed('regrouping');
    expect(episode?.uncertainty.sigmaMetres).toBeCloseTo(0.3, 3);
    expect(episode?.uncertainty.coastedShare).toBeGreaterThan(0.15);
    expect(episode?.uncertainty.coastedShare).toBeLessThan(0.35);
    const [clear] = score(people(PARTED), [control]).closed('regrouping');
    expect(clear?.uncertainty).toEqual({ coastedShare: 0, identityJoins: 0, joinProbability: 1, sigmaMetres: 0.1 });
  });
});
