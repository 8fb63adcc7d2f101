import { describe, expect, it } from 'vitest';
import { type GroupEvent, reasonsForGroup } from '../../../src/score/groups/event.ts';
import type { MovementEpisode } from '../../../src/score/movement.ts';
import { CompiledZone } from '../../../src/score/zones.ts';
import { rectangle } from '../walks.ts';
import { clock, control, PARTED, people, score, type Way } from './scenes.ts';

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

  describe('through two lanes far from each other', () => {
    const lanes = new CompiledZone(rectangle('lanes', [26, -20, 30, 20], { kind: 'queue' }));
    const onwards: Way = [
      [75, 38, -8],
      [90, 45, 0.8],
      [120, 75, 0.8],
    ];
    const ahead: Way = [
      [0, 0, 0],
      [20, 20, 0],
      [27, 27, 0],
      [40, 29, 8],
      [60, 38, 8],
      [90, 45, 0],
      [120, 75, 0],
    ];
    const atTheRopes: Way = [[0, 0, 0.8], [20, 20, 0.8], [27, 27, 0.8], [40, 29, -8], ...onwards];
    const staysBehind: Way = [[0, 0, 0.8], [20, 20, 0.8], [36, 20.4, 0.8], [48, 29, -8], ...onwards];

    it('is none where they are together up to the ropes', () => {
      expect(score(people({ a: ahead, b: atTheRopes, z: clock(130) }), [lanes, control]).told).toEqual([]);
    });

    it('is one where one goes ahead and the other stays behind, and says for how long', () => {
      const [episode] = score(people({ a: ahead, b: staysBehind, z: clock(130) }), [lanes, control]).closed(
        'regrouping',
      );
      expect(episode?.figures.behindSeconds).toBeGreaterThanOrEqual(10);
      expect(episode?.figures.behindSeconds).toBeLessThan(20);
      expect(texts(episode)).toMatch(/one went ahead and another stayed behind for 1\d s\./);
    });

    it('is one through two control zones, and names the one of each', () => {
      const [north, south] = [
        new CompiledZone(rectangle('north', [30, 0, 36, 20], { kind: 'control' })),
        new CompiledZone(rectangle('south', [30, -20, 36, 0], { kind: 'control' })),
      ];
      const [episode] = score(people({ a: ahead, b: staysBehind, z: clock(130) }), [lanes, north, south]).closed(
        'regrouping',
      );
      expect(episode?.zone).toBe('north');
      expect(moments(episode, /^passed north$/)).toEqual(['a']);
      expect(moments(episode, /^passed south$/)).toEqual(['b']);
    });

    it('is none of people who were together in a line and nowhere else', () => {
      const line = new CompiledZone(rectangle('line', [-5, -20, 30, 20], { kind: 'queue' }));
      expect(score(people(PARTED), [line, control]).told).toEqual([]);
    });

    it('is none where they come across each other long after the last of them was through', () => {
      const late = (way: Way): Way =>
        way.map(([t, x, y]) => (x > 38 ? [t + 200, x, y] : [t, x, y]) as (typeof way)[number]);
      const told = score(people({ a: late(ahead), b: late(staysBehind), z: clock(330) }), [lanes, control]);
      expect(told.told).toEqual([]);
    });
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
    expect(episode?.uncertainty.joinProbability).toBeCloseTo(0.9, 3);
    expect(episode?.figures.sameProbability).toBeCloseTo(0.9, 3);
    expect(texts(episode)).toContain(
      'out of sight once and is taken to go on as another track: all of that is right with 90 %',
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
    expect(again?.joins).toEqual([{ earlier: 'b', later: 'b2', probability: expect.closeTo(0.95, 6) as number }]);
    expect(reasonsForGroup(again as GroupEvent)).toContain('b was lost and is b2 with a probability of 0.95');
  });

  it('brings the evidence of before along: what would not be enough of a stranger is', () => {
    expect(story(score(lost(1.8)))).toEqual(['formed a b', 'dissolved a b']);
    expect(story(score(lost(1.8), [], 0.1, [word]))).toContain('regrouped a b2');
    // Without the word it is somebody new, who has to be seen for longer and was never a member.
    expect(story(score(lost(1.4)))).toContain('formed a b2');
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
