import { describe, expect, it } from 'vitest';
import { only, play, still, storiesOf, walkIn, word } from './stories.ts';
import { brief, type Sample, walk } from './walks.ts';

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

  it('carries the presence on, as a join with the probability of the word', () => {
    const episode = only(storiesOf([...lost, ...found], { continuations: [word('a', 'b', 30, 36, 0.98)] }));
    expect(brief(episode)).toEqual({ person: 'a', zone: 'table', from: 2, to: 60 });
    expect(episode.seconds).toBe(58);
    expect(episode.coastedShare).toBeCloseTo(6 / 58, 6);
    expect(episode.detail.identityJoins).toBe(1);
    expect(episode.detail.joinProbability).toBeCloseTo(0.98, 3);
    expect(episode.detail.members.map((member) => member.person)).toEqual(['a', 'b']);
  });

  it('is none without the word, below the threshold, or across a gap for which no word is worth anything', () => {
    const people = (samples: Sample[], ...words: ReturnType<typeof word>[]) =>
      storiesOf([...lost, ...samples], { continuations: words }).map((episode) => episode.person);
    expect(people(found)).toEqual(['a', 'b']);
    expect(people(found, word('a', 'b', 30, 36, 0.69))).toEqual(['a', 'b']);
    expect(people(still('b', 39, 60), word('a', 'b', 30, 39, 0.99))).toEqual(['a', 'b']);
    expect(
      storiesOf([...lost, ...found], {
        continuations: [word('a', 'b', 30, 36, 0.69)],
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
