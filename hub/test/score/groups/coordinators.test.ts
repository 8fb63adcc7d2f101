import { describe, expect, it } from 'vitest';
import type { MovementEpisode } from '../../../src/score/movement.ts';
import { CompiledZone } from '../../../src/score/zones.ts';
import { rectangle } from '../walks.ts';
import { HOST, people, score, visits, type Way } from './scenes.ts';

const texts = (episode: MovementEpisode | undefined): string =>
  (episode?.reasons ?? []).map(({ text }) => text).join(' ');
const roles = (episode: MovementEpisode | undefined): string[] =>
  (episode?.persons ?? []).map(({ person, role }) => `${person} ${role}`);
const moments = (episode: MovementEpisode | undefined, label: RegExp): string[] =>
  (episode?.moments ?? []).filter((one) => label.test(one.label)).map(({ person }) => person);

describe('a coordinator', () => {
  const meets = (visitors: readonly string[], zones: readonly CompiledZone[] = []) =>
    score(people({ host: HOST, ...visits(visitors) }), zones);

  it('is one who meets three strangers or more, one after another and not all at one place; two are not enough', () => {
    const { told, closed } = meets(['p', 'q', 'r', 's']);
    const [episode, ...more] = closed('coordinator');
    expect(more).toEqual([]);
    expect(told.map(({ kind }) => kind)).toEqual(['opened', 'grew', 'closed']);
    expect(roles(episode)).toEqual(['host coordinator', 'p contact', 'q contact', 'r contact', 's contact']);
    expect(episode?.score).toBeCloseTo(1, 6);
    expect(meets(['p', 'q', 'r']).closed('coordinator')).toHaveLength(1);
    expect(meets(['p', 'q']).told).toEqual([]);
  });

  it('is not one who stays where anybody would ask, a desk or a stand, before very many have come', () => {
    const stays: Way = [
      [0, 0, 0],
      [500, 0, 0],
    ];
    const six = ['p', 'q', 'r', 's', 't', 'u'];
    const desk = (visitors: readonly string[]) => score(people({ host: stays, ...visits(visitors, 0) }, 5), [], 0.2);
    expect(desk(six).told).toEqual([]);
    expect(desk([...six, 'v']).closed('coordinator')).toHaveLength(1);
    // A step along the counter is no other place.
    expect(
      score(people({ host: HOST.map(([t, x, y]) => [t, x, y / 4] as const), ...visits(six, 2) }, 5), [], 0.2).told,
    ).toEqual([]);
  });

  it('is one who stays at one place, too, where it came by a door of the public: who works there has another', () => {
    const public60: Record<string, Way> = {};
    for (let k = 0; k < 60; k++) {
      public60[`walker${k}`] = [
        [1 + 0.5 * k, -60, -60],
        [6 + 0.5 * k, -67, -60],
      ];
    }
    const from = (x: number, y: number): Way => [
      [0, x, y],
      [40, 0, 0],
      [500, 0, 0],
    ];
    const later = Object.entries(visits(['p', 'q', 'r'], 0)).map(([name, way]) => [
      name,
      way.map(([t, x, y]) => [t + 60, x, y] as const),
    ]);
    const told = (host: Way) =>
      score(people({ host, ...public60, ...Object.fromEntries(later) }, 5), [], 0.2).closed('coordinator');
    expect(told(from(-60, -60))).toHaveLength(1);
    expect(told(from(-60, 60))).toEqual([]);
  });

  it('grows with each further contact, and keeps its key and beginning', () => {
    const { told } = meets(['p', 'q', 'r', 's', 't']);
    expect(told.map(({ kind, episode }) => `${kind} ${episode.figures.contacts}`)).toEqual([
      'opened 3',
      'grew 4',
      'grew 5',
      'closed 5',
    ]);
    expect(new Set(told.map(({ episode }) => `${episode.key} ${episode.fromMs}`)).size).toBe(1);
  });

  it('is over when nobody has come for as long as there may be between two; who comes later is another story', () => {
    const later = Object.fromEntries(
      Object.entries(visits(['t', 'u', 'v', 'w'])).map(([name, way]) => [
        name,
        way.map(([t, x, y]) => [t + 800, x, y] as const),
      ]),
    );
    const host: Way = [
      ...HOST,
      [780, 0, 8],
      [800, 0, 0],
      ...HOST.slice(1).map(([t, x, y]) => [t + 800, x, y] as const),
    ];
    const { told } = score(people({ host, ...visits(['p', 'q', 'r', 's']), ...later }, 5), [], 0.2);
    expect(told.map(({ kind }) => kind)).toEqual(['opened', 'grew', 'closed', 'opened', 'grew', 'closed']);
    expect(new Set(told.map(({ episode }) => episode.key)).size).toBe(2);
    expect(told.map(({ episode }) => episode.figures.contacts)).toEqual([3, 4, 4, 3, 4, 4]);
  });

  it('says how many in how long, each with a place and a time, and in which zone most of it took place', () => {
    const hall = new CompiledZone(rectangle('hall', [-10, -10, 10, 10]));
    const [episode] = meets(['p', 'q', 'r', 's'], [hall]).closed('coordinator');
    expect(episode?.zone).toBe('hall');
    expect(texts(episode)).toMatch(/^Met 4 people one after another within \d+ (s|min), for \d+ s each on average\./);
    const each = (episode?.reasons ?? []).filter(({ persons }) => persons?.length === 2);
    expect(each.map(({ persons }) => persons?.[1])).toEqual(['p', 'q', 'r', 's']);
    for (const [k, { place }] of each.entries()) {
      const [x = 9, y = 9] = place ?? [];
      expect(Math.hypot(x, y - (k < 2 ? 0 : 8))).toBeLessThan(2);
    }
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
    const host = (stay: number): Way => [
      [0, 0, 0],
      [102 + 2 * stay, 0, 0],
      [115 + 2 * stay, 0, 8],
      [1200, 0, 8],
    ];
    const others = (stay: number, metres: number): Record<string, Way> =>
      Object.fromEntries(
        ['p', 'q', 'r', 's'].map((name, k) => {
          const t = 20 + (60 + stay) * k;
          return [
            name,
            [
              [t, 25, 5],
              [t + 20, metres, k < 2 ? 0 : 8],
              [t + 20 + stay, metres, k < 2 ? 0 : 8],
              [t + 40 + stay, 25, -20],
            ] as Way,
          ];
        }),
      );
    const beside = (stay: number, metres: number) =>
      score(people({ host: host(stay), ...others(stay, metres) }, 5), [], 0.2);
    expect(beside(20, 0.8).closed('coordinator')).toHaveLength(1);
    expect(beside(240, 0.8).told).toEqual([]);
    expect(beside(20, 1.8).told).toEqual([]);
    expect(beside(3, 0.8).told).toEqual([]);
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
        [120, 0, 0],
        [132, 0, 8],
        [260, 0, 8],
      ],
      mate: [
        [0, 40, 0.8],
        [20, 12, 0.8],
        [30, 0, 0.8],
        [120, 0, 0.8],
        [132, 0, 8.8],
        [260, 0, 8.8],
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
      host: HOST,
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
    const long = { succession: { continuationSeconds: 120 } };
    expect(score(twice, [], 0.1, [same]).closed('coordinator')[0]?.figures.contacts).toBe(4);
    expect(score(twice, [], 0.1, [same], long).closed('coordinator')[0]?.figures.contacts).toBe(3);
  });
});
