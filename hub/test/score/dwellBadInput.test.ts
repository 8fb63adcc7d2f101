import { describe, expect, it } from 'vitest';
import { PersonDwell } from '../../src/score/personDwell.ts';
import { CompiledZone } from '../../src/score/zones.ts';
import { only, play, still, storiesOf, TABLE, walkIn, word } from './stories.ts';
import { rectangle, type Sample } from './walks.ts';

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

  it('nobody is joined where ten thousand begin at once in the place where ten thousand were lost', () => {
    const crowd = (name: string, from: number): Sample[] =>
      Array.from({ length: 10_000 }, (_, i) =>
        [0, 1, 2].map((k) => ({ person: `${name}${i}`, timeMs: from + 500 * k, x: (i % 100) / 25, y: i / 2500 })),
      ).flat();
    const episodes = storiesOf([...crowd('a', 0), ...crowd('b', 2000)]);
    // Everybody is within reach of hundreds: nobody is joined.
    expect(episodes.every((episode) => episode.detail.identityJoins === 0)).toBe(true);
  });
});
