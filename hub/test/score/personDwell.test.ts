import { checker } from '@safe-passage/contract';
import { describe, expect, it } from 'vitest';
import { type DwellEpisode, EpisodeDetail, presentForMs } from '../../src/score/episode.ts';
import { PersonDwell } from '../../src/score/personDwell.ts';
import { CompiledZone } from '../../src/score/zones.ts';
import { personSample, play, storiesOf, TABLE, visitsOf, word } from './stories.ts';
import { brief, rectangle, type Sample, walk } from './walks.ts';

const only = (episodes: readonly DwellEpisode[]): DwellEpisode => {
  expect(episodes).toHaveLength(1);
  return episodes[0] as DwellEpisode;
};
const still = (person: string, from: number, to: number, [x, y]: readonly [number, number] = [2, 2]): Sample[] =>
  walk(person, [
    [from, x, y],
    [to, x, y],
  ]);
/** Walks in over x = 0 two seconds after the beginning and stands in the middle. */
const walkIn = (person: string, from: number, to: number): Sample[] =>
  walk(person, [
    [from, -2, 2],
    [from + 4, 2, 2],
    [to, 2, 2],
  ]);

describe('presence in a zone', () => {
  // In at x = 0 on the way from -2 (t = 0) to 2 (t = 4): at t = 2. Out on the way from 2 (t = 14) to -2 (t = 18): at 16.
  const visit = [
    [0, -2, 2],
    [4, 2, 2],
    [14, 2, 2],
    [18, -2, 2],
  ] as const;

  it('lasts from crossing the boundary inwards to crossing it outwards', () => {
    const episode = only(storiesOf(walk('anna', visit)));
    expect(brief(episode)).toEqual({ person: 'anna', zone: 'table', from: 2, to: 16 });
    expect(episode.seconds).toBe(14);
    expect(visitsOf(episode)).toEqual([[2, 16]]);
  });

  it.each([1, 2, 5, 10, 30])('is accurate to a tenth of a second at %i positions a second', (hertz) => {
    const episode = only(storiesOf(walk('anna', visit, hertz)));
    expect(Math.abs(episode.fromMs - 2000)).toBeLessThanOrEqual(100);
    expect(Math.abs(episode.toMs - 16_000)).toBeLessThanOrEqual(100);
  });

  it('is told while it lasts: opened a second after the entry, growing by about a second, closed once', () => {
    const { events } = play(walk('anna', visit));
    expect(events.map((event) => event.kind)).toEqual(['opened', ...Array(13).fill('grew'), 'closed']);
    expect(events[0]?.episode).toMatchObject({ fromMs: 2000, toMs: 3000, open: true });
    expect(events.at(-1)?.episode.open).toBe(false);
  });

  it('of somebody who just began is told once it is known whom they may go on from', () => {
    const { events } = play([...still('far', 0, 1, [50, 50]), ...still('anna', 10, 20)]);
    expect(events[0]).toMatchObject({ kind: 'opened', episode: { person: 'anna', fromMs: 10_000 } });
    expect(events[0]?.episode.toMs).toBeGreaterThanOrEqual(14_500);
    expect(events[0]?.episode.toMs).toBeLessThanOrEqual(15_100);
  });

  it('of somebody known before is told a second after the entry', () => {
    const { events } = play(
      walk('anna', [
        [0, -20, 2],
        [18, -2, 2],
        [22, 2, 2],
        [40, 2, 2],
      ]),
    );
    expect(events[0]).toMatchObject({ kind: 'opened', episode: { fromMs: 20_000, toMs: 21_000 } });
  });

  it('is closed when nobody could go on from it any more, and whoever is gone is forgotten', () => {
    const dwell = new PersonDwell([TABLE]);
    for (const sample of walk('anna', visit.slice(0, 3))) dwell.observe(personSample(sample));
    expect(dwell.advance(20_000).map((event) => event.kind)).not.toContain('closed');
    // Last seen at 14 s. A continuation may begin 8 s later, and is known 4.5 s after that.
    const end = dwell.advance(28_000);
    expect(end.map(({ kind, episode }) => [kind, episode.toMs])).toEqual([['closed', 14_000]]);
    expect(dwell.peopleRemembered).toBe(1);
    dwell.advance(75_000);
    expect(dwell.peopleRemembered).toBe(0);
  });

  it('is counted in each of two zones that overlap', () => {
    const west = new CompiledZone(rectangle('west', [0, 0, 6, 4]));
    const east = new CompiledZone(rectangle('east', [4, 0, 10, 4]));
    // One metre a second from x = -2 at t = 0 to x = 12 at t = 14.
    const way = walk('anna', [
      [0, -2, 2],
      [14, 12, 2],
    ]);
    expect(storiesOf(way, { zones: [west, east] }).map(brief)).toEqual([
      { person: 'anna', zone: 'west', from: 2, to: 8 },
      { person: 'anna', zone: 'east', from: 6, to: 12 },
    ]);
  });

  it('is none across a corner in half a second, nor along the edge in the noise', () => {
    const corner = walk('bert', [
      [0, -2.4, 3],
      [5, 3.6, -3],
    ]);
    const edge = walk('bert', [
      [0, -2, 0],
      [8, 6, 0],
    ]).map((s, i) => ({ ...s, y: i % 3 === 0 ? 0.06 : -0.06 }));
    expect(storiesOf(corner)).toEqual([]);
    expect(storiesOf(edge)).toEqual([]);
  });

  it('on the edge in the noise is one visit without a gap', () => {
    const edge = still('bert', 0, 60).map((s, i) => ({ ...s, y: i % 2 === 0 ? 0.06 : -0.06 }));
    const episode = only(storiesOf(edge));
    expect(episode.seconds).toBeCloseTo(60, 0);
    expect(episode.detail).toMatchObject({ gapsBridged: 0, visitCount: 1 });
  });

  it('goes on through predictions, whose share is told, but not for longer than they are believed', () => {
    const predicted = (from: number, to: number) => still('dora', from, to).map((s) => ({ ...s, measured: false }));
    const short = only(storiesOf([...still('dora', 0, 10), ...predicted(10.1, 13.9), ...still('dora', 14, 20)]));
    expect(brief(short)).toEqual({ person: 'dora', zone: 'table', from: 0, to: 20 });
    expect(short.coastedShare).toBeCloseTo(0.195, 3);
    const long = only(storiesOf([...still('dora', 0, 10), ...predicted(10.1, 17.9), ...still('dora', 18, 20)]));
    expect(visitsOf(long)).toEqual([
      [0, 10],
      [18, 20],
    ]);
    const lost = only(storiesOf([...still('dora', 0, 10), ...predicted(10.1, 16)]));
    expect(lost.toMs).toBe(10_000);
  });

  it('has a detail of the shape that is stored', () => {
    const detail = only(storiesOf(walk('anna', visit))).detail;
    expect(checker(EpisodeDetail)(JSON.parse(JSON.stringify(detail)))).toMatchObject({ ok: true });
  });
});

describe('somebody who stays', () => {
  it('may circle inside: one visit, however many rounds', () => {
    const circle = Array.from({ length: 6000 }, (_, i): Sample => {
      const angle = i / 20;
      return { person: 'anna', timeMs: i * 100, x: 2 + 1.5 * Math.cos(angle), y: 2 + 1.5 * Math.sin(angle) };
    });
    const episode = only(storiesOf(circle));
    expect(episode.seconds).toBeCloseTo(599.9, 1);
    expect(episode.detail).toMatchObject({ visitCount: 1, gapsBridged: 0, identityJoins: 0, everMoved: true });
  });

  it('may walk in and out at the edge: one visit, absences bridged and counted', () => {
    // Out over x = 4 by up to a metre for under three seconds of every twelve.
    const pacing = Array.from({ length: 3000 }, (_, i): Sample => {
      return { person: 'anna', timeMs: i * 100, x: 2.9 + 2 * Math.sin((2 * Math.PI * i) / 90), y: 2 };
    });
    const episode = only(storiesOf(pacing));
    expect(episode.detail.visitCount).toBe(1);
    expect(episode.detail.gapsBridged).toBeGreaterThan(25);
    expect(episode.seconds).toBeGreaterThan(290);
  });
});

describe('somebody who leaves and comes back', () => {
  const absent = (seconds: number): Sample[] =>
    walk('cleo', [
      [0, 2, 2],
      [10, 2, 2],
      // Out of x = 4 at 11 s, back in at 11 + seconds.
      [12, 6, 2],
      [10 + seconds, 6, 2],
      [12 + seconds, 2, 2],
      [22 + seconds, 2, 2],
    ]);

  it('within the grace has not left: the absence is bridged, counted, and part of the presence', () => {
    const episode = only(storiesOf(absent(2.5)));
    expect(visitsOf(episode)).toEqual([[0, 24.5]]);
    expect(episode.detail.gaps).toEqual([{ fromMs: 11_000, toMs: 13_500, cause: 'outside' }]);
  });

  it('after the grace goes on with the same episode: seconds are presence, the span is longer', () => {
    const episode = only(storiesOf(absent(300)));
    expect(brief(episode)).toEqual({ person: 'cleo', zone: 'table', from: 0, to: 322 });
    expect(visitsOf(episode)).toEqual([
      [0, 11],
      [311, 322],
    ]);
    expect(episode.seconds).toBe(22);
    expect(episode.detail).toMatchObject({ visitCount: 2, gapsBridged: 0, identityJoins: 0 });
  });

  it('is told again under the same name: opened, closed, grown again, closed again', () => {
    const { events } = play(absent(60));
    const turns = events.map(({ kind, episode }) => `${kind} ${episode.open}`).filter((t, i, all) => t !== all[i - 1]);
    expect(turns).toEqual(['opened true', 'grew true', 'closed false', 'grew true', 'closed false']);
    expect(new Set(events.map(({ episode: e }) => `${e.person} ${e.zone} ${e.fromMs}`)).size).toBe(1);
    const back = events.find(({ kind, episode }) => kind === 'grew' && episode.detail.visitCount === 2);
    expect(back?.episode).toMatchObject({ fromMs: 0, toMs: 72_000, seconds: 12, open: true });
  });

  it('after longer than the window begins another episode, which the option moves', () => {
    expect(storiesOf(absent(1900)).map(visitsOf)).toEqual([[[0, 11]], [[1911, 1922]]]);
    expect(storiesOf(absent(1900), { options: { revisitSeconds: 2000 } })).toHaveLength(1);
    expect(storiesOf(absent(10), { options: { revisitSeconds: 0 } })).toHaveLength(2);
  });

  it('has not come back by brushing a corner', () => {
    const episode = only(
      storiesOf([
        ...still('cleo', 0, 10),
        ...walk('cleo', [
          [10.1, 2, 2],
          [13, 8, -3],
          [20, 4.2, -0.5],
          // 0.3 m past the corner at (4, 0) on a slant, for 0.3 s.
          [21, 3.8, 0.1],
          [21.2, 4.2, 0.5],
          [30, 9, 2],
        ]),
      ]),
    );
    expect(episode.detail.visitCount).toBe(1);
  });

  it('reaches a limit by all visits together, and it is known when', () => {
    const episode = only(storiesOf(absent(300)));
    expect(presentForMs(episode, 5)).toBe(5000);
    expect(presentForMs(episode, 15)).toBe(315_000);
    expect(presentForMs(episode, 100)).toBe(322_000);
  });

  it('a hundred times keeps the last visits and counts all', () => {
    const way: [number, number, number][] = [];
    for (let k = 0; k < 100; k++) way.push([20 * k, 2, 2], [20 * k + 8, 2, 2], [20 * k + 9, 6, 2], [20 * k + 19, 6, 2]);
    const episode = only(storiesOf(walk('cleo', way, 5)));
    expect(episode.detail.visits).toHaveLength(64);
    expect(episode.detail.visitCount).toBe(100);
    // In for 8 s and 0.5 s on the way out and in; the first was there from the beginning.
    expect(episode.seconds).toBeCloseTo(100 * 9 - 0.5, 0);
    const listed = episode.detail.visits.reduce((sum, visit) => sum + visit.toMs - visit.fromMs, 0);
    expect(episode.seconds * 1000).toBeGreaterThan(listed);
    expect(presentForMs(episode, episode.seconds - 1)).toBe(episode.toMs - 1000);
  });
});

describe('somebody who is lost while another begins beside', () => {
  it('is one, told as an identity join with its probability, where one alone was lost and one alone began', () => {
    const episode = only(storiesOf([...walkIn('f-1', 0, 10), ...still('f-2', 11, 20, [2.5, 2])]));
    expect(brief(episode)).toEqual({ person: 'f-1', zone: 'table', from: 2, to: 20 });
    expect(episode.detail).toMatchObject({
      visitCount: 1,
      identityJoins: 1,
      joinProbability: 0.95,
      storyProbability: 0.95,
      everMoved: true,
      members: [
        { person: 'f-1', fromMs: 2000, toMs: 10_000 },
        { person: 'f-2', fromMs: 11_000, toMs: 20_000 },
      ],
      gaps: [{ fromMs: 10_000, toMs: 11_000, cause: 'identity', probability: 0.95 }],
    });
    // One second of eighteen was seen by nobody.
    expect(episode.coastedShare).toBeCloseTo(1 / 18, 6);
  });

  it('may be followed through several losses; the story is as probable as all joins together', () => {
    const samples = [...walkIn('f-1', 0, 10), ...still('f-2', 11, 15), ...still('f-3', 15.5, 25)];
    const { detail, ...episode } = only(storiesOf(samples));
    expect(episode).toMatchObject({ fromMs: 2000, toMs: 25_000, person: 'f-1' });
    expect(detail).toMatchObject({ identityJoins: 2, joinProbability: 0.95 });
    expect(detail.storyProbability).toBeCloseTo(0.9025, 9);
  });

  it('is not joined where two began, where two were lost, too late, too far, or while still seen', () => {
    const lost = walkIn('f-1', 0, 10);
    const people = (...more: Sample[][]) => storiesOf([...lost, ...more.flat()]).map((episode) => episode.person);
    expect(people(still('f-2', 10.5, 20, [2.4, 2]), still('f-3', 11.5, 20, [1.6, 2]))).toHaveLength(3);
    expect(people(still('g-1', 0, 9.5, [2.5, 2.5]), still('f-2', 10.5, 20, [2.2, 2.2]))).toHaveLength(3);
    expect(people(still('f-2', 12.5, 20))).toHaveLength(2);
    expect(people(still('f-2', 11, 20, [3.5, 2]))).toHaveLength(2);
    expect(people(still('f-2', 9.5, 20))).toHaveLength(2);
  });

  it('is not joined where it turns out not to be lost', () => {
    const back = still('f-1', 11.5, 20);
    const samples = [...walkIn('f-1', 0, 10), ...back, ...still('f-2', 11, 20, [2.5, 2])];
    expect(storiesOf(samples).map(brief)).toEqual([
      { person: 'f-1', zone: 'table', from: 2, to: 20 },
      { person: 'f-2', zone: 'table', from: 11, to: 20 },
    ]);
  });
});

describe('two who take turns', () => {
  it('are two: one walks out while the other walks in', () => {
    const turns = Array.from({ length: 6 }, (_, k) =>
      walk(k % 2 === 0 ? 'a' : 'b', [
        [20 * k, k % 2 === 0 ? -2 : 6, 2],
        [20 * k + 4, 2, 2],
        [20 * k + 18, 2, 2],
        [20 * k + 22, k % 2 === 0 ? -2 : 6, 2],
        [20 * k + 39.9, k % 2 === 0 ? -2 : 6, 2],
      ]),
    );
    const episodes = storiesOf(turns.flat());
    expect(episodes.map((episode) => [episode.person, episode.detail.visitCount])).toEqual([
      ['a', 3],
      ['b', 3],
    ]);
    for (const { seconds, detail } of episodes) {
      expect(seconds).toBeCloseTo(54, 0);
      expect(detail.identityJoins).toBe(0);
    }
  });

  it('are two even where one is lost at the door when the other appears at the table', () => {
    const leaves = walk('a', [
      [0, 2, 2],
      [10, 2, 2],
      [12, 3.9, 2],
    ]);
    const comes = still('b', 12.2, 30, [1, 2]);
    expect(storiesOf([...leaves, ...comes])).toHaveLength(2);
    // ... unless the fusion is sure; and then it is said.
    expect(storiesOf([...leaves, ...comes], { continuations: [word('a', 'b', 12, 12.2, 0.4)] })).toHaveLength(2);
  });
});

describe('a continuation across a blind gap', () => {
  const lost = walkIn('a', 0, 30);
  const found = still('b', 36, 60, [3, 3]);

  it('carries the presence on, as a join with the probability that such words have come true with', () => {
    const episode = only(storiesOf([...lost, ...found], { continuations: [word('a', 'b', 30, 36, 0.98)] }));
    expect(brief(episode)).toEqual({ person: 'a', zone: 'table', from: 2, to: 60 });
    expect(episode.seconds).toBe(58);
    expect(episode.coastedShare).toBeCloseTo(6 / 58, 6);
    expect(episode.detail.identityJoins).toBe(1);
    expect(episode.detail.joinProbability).toBeCloseTo(0.911, 3);
    expect(episode.detail.members.map((member) => member.person)).toEqual(['a', 'b']);
  });

  it('is none without the word, below the threshold, or across a gap for which no word is worth anything', () => {
    const people = (samples: Sample[], ...words: ReturnType<typeof word>[]) =>
      storiesOf([...lost, ...samples], { continuations: words }).map((episode) => episode.person);
    expect(people(found)).toEqual(['a', 'b']);
    expect(people(found, word('a', 'b', 30, 36, 0.7))).toEqual(['a', 'b']);
    expect(people(still('b', 39, 60), word('a', 'b', 30, 39, 0.99))).toEqual(['a', 'b']);
    expect(
      storiesOf([...lost, ...found], {
        continuations: [word('a', 'b', 30, 36, 0.7)],
        options: { leastJoinProbability: 0.6 },
      }),
    ).toHaveLength(1);
  });

  it('is told as one episode that goes on, never as two', () => {
    const { events } = play([...lost, ...found], { continuations: [word('a', 'b', 30, 36, 0.98)] });
    expect(events.filter((event) => event.kind === 'opened')).toHaveLength(1);
    expect(events.filter((event) => event.kind === 'closed')).toHaveLength(1);
  });

  it('to the surest of several, once: nobody is claimed by two', () => {
    const second = still('c', 36.5, 60, [1, 1]);
    const samples = [...lost, ...found, ...second];
    const continuations = [word('a', 'b', 30, 36, 0.9), word('a', 'c', 30, 36.5, 0.85)];
    const episodes = storiesOf(samples, { continuations });
    expect(episodes.map((episode) => [episode.person, episode.detail.identityJoins])).toEqual([
      ['a', 1],
      ['c', 0],
    ]);
  });

  it('shares the probability of one who was lost: what was given to one is not there for the next', () => {
    const second = still('c', 36.5, 60, [1, 1]);
    const continuations = [word('a', 'b', 30, 36, 0.6), word('a', 'c', 30, 36.5, 0.9)];
    const episodes = storiesOf([...lost, ...found, ...second], { continuations });
    expect(episodes.map((episode) => episode.person)).toEqual(['a', 'b', 'c']);
  });

  it('shares the probability of one who begins: of more than one in all, each has its share', () => {
    const other = walkIn('x', 0, 31);
    const continuations = [word('a', 'b', 30, 36, 0.9), word('x', 'b', 31, 36, 0.9)];
    const people = storiesOf([...lost, ...other, ...found], { continuations }).map((episode) => episode.person);
    expect(people.sort()).toEqual(['a', 'b', 'x']);
  });

  it('overrules the rule of short losses', () => {
    const samples = [...walkIn('f-1', 0, 10), ...still('f-2', 11, 20, [2.5, 2])];
    expect(storiesOf(samples, { continuations: [word('f-1', 'f-2', 10, 11, 0.3)] })).toHaveLength(2);
  });

  it('of somebody who had left counts once they come back, as another visit', () => {
    const left = walk('a', [
      [0, 2, 2],
      [20, 2, 2],
      [24, 8, 2],
      [30, 12, 2],
    ]);
    const back = walk('b', [
      [34, 16, 2],
      [60, 16, 2],
      [72, 2, 2],
      [90, 2, 2],
    ]);
    const continuations = [word('a', 'b', 30, 34, 0.95)];
    const episode = only(storiesOf([...left, ...back], { continuations }));
    expect(episode.person).toBe('a');
    expect(episode.detail.visitCount).toBe(2);
    expect(episode.detail.identityJoins).toBe(1);
    expect(episode.detail.members.map((member) => member.person)).toEqual(['a', 'b']);
    // Who does not come back leaves nothing uncertain about what was.
    const stayedAway = back.filter((sample) => sample.timeMs < 62_000);
    const before = only(storiesOf([...left, ...stayedAway], { continuations }));
    expect(before.detail).toMatchObject({ identityJoins: 0, joinProbability: 1, visitCount: 1 });
    expect(before.detail.pending).toMatchObject([{ person: 'b' }]);
  });

  it('between two in sight at once leaves one of their episodes, the one that has been there for clearly longer', () => {
    const seated = walkIn('b', 0, 100);
    const ghost = still('c', 60, 100);
    const united = [word('c', 'b', 100, 100, 0.95)];
    const more = still('b', 100.1, 120);
    const two = storiesOf([...seated, ...ghost, ...more], { continuations: united });
    expect(two.map((episode) => [episode.person, episode.toMs])).toEqual([
      ['c', 100_000],
      ['b', 120_000],
    ]);
    const [, longer] = two;
    expect(longer?.detail.identityJoins).toBe(0);
    // The other way round the name that is left takes over what the other had.
    const renamed = storiesOf([...seated, ...ghost, ...still('c', 100.1, 120)], {
      continuations: [word('b', 'c', 100, 100, 0.95)],
    });
    expect(renamed.map((episode) => [episode.person, episode.toMs, episode.detail.identityJoins])).toEqual([
      // Decided at the next half second; from then on it is the other's.
      ['c', 100_400, 0],
      ['b', 120_000, 1],
    ]);
    const [ghostly, goesOn] = renamed;
    expect(goesOn?.detail.members.at(-1)?.fromMs).toBeGreaterThanOrEqual(ghostly?.toMs ?? 0);
  });
});

describe('a static phantom', () => {
  it('is nobody who took a few steps and was lost in between: displacement counts on', () => {
    // Walks in for 0.4 m, is lost for 1.5 s, goes 0.3 m further and stands. Somebody comes before, so that nobody begins with the data.
    const first = walk('anna', [
      [10, 1.4, 2],
      [11, 1.8, 2],
      [14, 1.8, 2],
    ]);
    const second = walk('anna-2', [
      [15.5, 1.9, 2],
      [16.5, 2.2, 2],
      [40, 2.2, 2],
    ]);
    const far = still('far', 0, 1, [50, 50]);
    const found = storiesOf([...far, ...first, ...second]).filter(({ zone }) => zone === 'table');
    expect(found.map(({ detail }) => [detail.identityJoins, detail.everMoved])).toEqual([[1, true]]);
    expect(only(storiesOf([...far, ...second])).detail.everMoved).toBe(false);
  });

  it('is nobody who took a step: how badly the place was known at first does not count for longer than that', () => {
    // Comes into view 0.7 m from where they stand then; the very first place is known to 0.4 m alone.
    const samples = walk('anna', [
      [0, 1.3, 2],
      [1, 1.3, 2],
      [2, 2, 2],
      [30, 2, 2],
    ]).map((sample) => ({ ...sample, sigma: sample.timeMs === 0 ? 0.4 : 0.1 }));
    expect(only(storiesOf(samples)).detail.everMoved).toBe(true);
    expect(only(storiesOf(samples.map((sample) => ({ ...sample, sigma: 0.4 })))).detail.everMoved).toBe(false);
  });

  it('never moved, however long it jitters', () => {
    const samples = walk('pillar', [
      [0, 2, 2],
      [600, 2, 2],
    ]).map((s, i) => ({ ...s, sigma: 0.2, x: s.x + 0.3 * Math.sin(i * 12.9898), y: s.y + 0.3 * Math.sin(i * 78.233) }));
    const { everMoved, netDisplacementMetres } = only(storiesOf(samples)).detail;
    expect(everMoved).toBe(false);
    expect(netDisplacementMetres).toBeLessThan(0.5);
  });

  it('that drifts by less than its uncertainty never moved', () => {
    const samples = walk('pillar', [
      [0, 2, 2],
      [60, 2.9, 2],
    ]).map((s, i) => ({ ...s, sigma: i < 10 ? 0.1 : 0.5 }));
    expect(only(storiesOf(samples)).detail.everMoved).toBe(false);
  });

  it('is one no more once it has moved half a metre, in the zone or before it', () => {
    const late = walk('gina', [
      [0, 2, 2],
      [60, 2, 2],
      [61, 2.6, 2],
      [65, 2.6, 2],
    ]);
    expect(only(storiesOf(late)).detail.everMoved).toBe(true);
    expect(only(storiesOf(walkIn('gina', 0, 600))).detail.everMoved).toBe(true);
  });

  it('is none where a walker goes on as somebody who sits', () => {
    const walker = walk('a', [
      [0, -9, 2],
      [6, -1, 2],
    ]);
    const seated = still('b', 11, 600);
    const samples = [...walker, ...seated];
    expect(only(storiesOf(samples)).detail.everMoved).toBe(false);
    const linked = only(storiesOf(samples, { continuations: [word('a', 'b', 6, 11, 0.9)] }));
    expect(linked.detail.everMoved).toBe(true);
    // The walker never was in the zone: nothing of the stay itself hangs on the join.
    expect(linked).toMatchObject({ person: 'b', detail: { identityJoins: 0 } });
  });
});

describe('bad input', () => {
  const dwell = () => new PersonDwell([TABLE]);
  const good = { timeMs: 1000, person: 'a', x: 2, y: 2, sigmaMetres: 0.1, measured: true };

  it.each([
    ['a time that is none', { timeMs: Number.NaN }],
    ['a time without an end', { timeMs: Number.POSITIVE_INFINITY }],
    ['a place that is none', { x: Number.NaN }],
    ['a place on no floor', { y: 1e9 }],
    ['no uncertainty', { sigmaMetres: Number.NaN }],
    ['a negative uncertainty', { sigmaMetres: -1 }],
  ])('%s is of no use', (_what, change) => {
    expect(dwell().observe({ ...good, ...change })).toBe(false);
  });

  it('a time that is not later than the last, or decided already, is of no use', () => {
    const scorer = dwell();
    expect(scorer.observe(good)).toBe(true);
    expect(scorer.observe(good)).toBe(false);
    expect(scorer.observe({ ...good, timeMs: 900 })).toBe(false);
    scorer.advance(5000);
    expect(scorer.observe({ ...good, person: 'b', timeMs: 4999 })).toBe(false);
    expect(scorer.observe({ ...good, person: 'b', timeMs: 5000 })).toBe(true);
  });

  it('continuations that are none are left out', () => {
    const samples = [...walkIn('a', 0, 30), ...still('b', 36, 60)];
    const bad = [
      word('a', 'b', 30, 36, Number.NaN),
      word('a', 'b', 30, 36, 1.5),
      word('a', 'b', Number.NaN, 36, 0.9),
      word('a', 'b', 36, 30, 0.9),
      word('b', 'b', 30, 36, 0.9),
      word('nobody', 'b', 30, 36, 0.99),
    ];
    expect(storiesOf(samples, { continuations: bad })).toHaveLength(2);
  });

  it('one position far away is left out; a jump that stays makes the name somebody new', () => {
    const samples = still('a', 0, 60);
    const glitch = samples.map((s, i) => (i === 300 ? { ...s, x: 40 } : s));
    const episode = only(storiesOf(glitch));
    expect(episode).toMatchObject({ seconds: 60, detail: { gapsBridged: 0, visitCount: 1 } });
    const jump = samples.map((s, i) => (i >= 300 ? { ...s, x: 40 } : s));
    const there = new CompiledZone(rectangle('there', [38, 0, 42, 4]));
    const two = storiesOf(jump, { zones: [TABLE, there] });
    expect(two.map((e) => [e.zone, e.fromMs, e.toMs])).toEqual([
      ['table', 0, 29_900],
      ['there', 30_100, 60_000],
    ]);
    // Back again at once: still somebody else than before.
    const back = jump.map((s, i) => (i >= 400 ? { ...s, x: 2 } : s));
    expect(storiesOf(back).map((e) => e.detail.visitCount)).toEqual([1, 1]);
  });

  it('a name that comes back after a long silence is somebody new', () => {
    const again = (from: number) => storiesOf([...walkIn('a', 0, 20), ...still('a', from, from + 20)]);
    expect(again(70).map((e) => [e.detail.visitCount, e.detail.everMoved])).toEqual([[2, true]]);
    expect(again(90).map((e) => [e.detail.visitCount, e.detail.everMoved])).toEqual([
      [1, true],
      [1, false],
    ]);
  });

  it('no zones are no episodes', () => {
    expect(play(walkIn('a', 0, 20), { zones: [] })).toEqual({ events: [], over: [] });
  });

  it('ten thousand who begin at once where ten thousand were lost are scored in a moment', () => {
    const crowd = (name: string, from: number): Sample[] =>
      Array.from({ length: 10_000 }, (_, i) =>
        [0, 1, 2].map((k) => ({ person: `${name}${i}`, timeMs: from + 500 * k, x: (i % 100) / 25, y: i / 2500 })),
      ).flat();
    const started = performance.now();
    const episodes = storiesOf([...crowd('a', 0), ...crowd('b', 2000)]);
    expect(performance.now() - started).toBeLessThan(10_000);
    // Everybody is within reach of hundreds: nobody is joined.
    expect(episodes.every((episode) => episode.detail.identityJoins === 0)).toBe(true);
  });
});
