import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MovementEpisode } from '../../../src/score/movement.ts';
import type { PersonSample } from '../../../src/score/scene/sample.ts';
import { behind, progress, samples, score, type Walker, walker } from './scenes.ts';

const WAY = [
  [0, 0],
  [40, 0],
  [40, 30],
  [80, 30],
] as const;

/** Leaders with followers behind them, and others about, by chance. */
const crowds = fc
  .record({
    stops: fc.array(fc.tuple(fc.integer({ min: 6, max: 20 }), fc.integer({ min: 4, max: 12 })), {
      minLength: 3,
      maxLength: 6,
    }),
    lag: fc.double({ min: 0.4, max: 1.2, noNaN: true }),
    gap: fc.double({ min: 0.3, max: 1, noNaN: true }),
    others: fc.array(
      fc.record({
        speed: fc.double({ min: 0.6, max: 1.6, noNaN: true }),
        from: fc.integer({ min: 0, max: 30 }),
        left: fc.double({ min: -3, max: 3, noNaN: true }),
        start: fc.double({ min: -10, max: 20, noNaN: true }),
      }),
      { maxLength: 12 },
    ),
  })
  .map(({ stops, lag, gap, others }) => {
    const plan = progress(
      stops.flatMap(([go, stand]): [number, number][] => [
        [go, 1.2],
        [stand, 0],
      ]),
    );
    const span = [0, 70] as const;
    const people: Record<string, Walker> = {
      lead: walker(WAY, plan, span),
      next: walker(WAY, behind(plan, lag, gap), span),
    };
    for (const [k, { speed, from, left, start }] of others.entries()) {
      people[`p${k}`] = walker(WAY, (t) => start + speed * (t - from), [from, 70], left);
    }
    return samples(people);
  });

/** Samples that no camera should send, and some do. */
const rubbish = fc.array(
  fc.record({
    timeMs: fc.oneof(fc.integer({ min: 0, max: 60_000 }), fc.constant(Number.NaN)),
    person: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    x: fc.oneof(fc.double({ min: -20, max: 20, noNaN: true }), fc.constant(Number.NaN), fc.constant(1e9)),
    y: fc.oneof(fc.double({ min: -20, max: 20, noNaN: true }), fc.constant(Number.POSITIVE_INFINITY)),
    sigmaMetres: fc.constantFrom(0.1, 0.5, 0, -1, Number.NaN),
    measured: fc.boolean(),
  }),
  { maxLength: 400 },
);

const renamed = (episode: MovementEpisode, name: (person: string) => string): string[] =>
  [
    ...episode.persons.map(({ person, role, fromMs, toMs }) => `${name(person)} ${role} ${fromMs} ${toMs}`),
    ...episode.moments.map(({ atMs, person, label }) => `${name(person)} ${label} ${atMs}`),
    ...episode.reasons.map(({ text }) => text),
    JSON.stringify(episode.figures),
    String(episode.score),
  ].sort();

const same = (person: string): string => person;

describe('escort scoring', () => {
  it('tells the same whenever it is replayed', () => {
    fc.assert(
      fc.property(crowds, (all) => {
        expect(JSON.stringify(score(all).events)).toBe(JSON.stringify(score(all).events));
      }),
      { numRuns: 15 },
    );
  });

  it('does not depend on what people are called', () => {
    fc.assert(
      fc.property(crowds, (all) => {
        const other = (person: string): string => `z${[...person].reverse().join('')}`;
        const told = score(all).closed.map((episode) => renamed(episode, other));
        const again = score(all.map((sample) => ({ ...sample, person: other(sample.person) })));
        expect(again.closed.map((episode) => renamed(episode, same))).toEqual(told);
      }),
      { numRuns: 15 },
    );
  });

  it('says the same of a scene that is moved and turned, but for where it is', () => {
    fc.assert(
      fc.property(crowds, fc.double({ min: -3, max: 3, noNaN: true }), (all, turn) => {
        const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
        const moved = all.map((one) => ({
          ...one,
          x: 17 + cos * one.x - sin * one.y,
          y: -9 + sin * one.x + cos * one.y,
        }));
        const persons = (of: readonly PersonSample[]): string[] =>
          score(of)
            .closed.filter(({ score: bits }) => bits > 1)
            .map(({ pattern, persons: all }) => `${pattern} ${all.map(({ person }) => person)}`);
        const found = score(moved).stories;
        for (const one of persons(all)) {
          expect(found.some((story) => one.split(' ')[0] === story.split(' ')[0])).toBe(true);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('survives times that go back, ids that are used again, teleports and numbers that are none', () => {
    fc.assert(
      fc.property(rubbish, (all) => {
        const { events } = score(all);
        for (const { episode } of events) {
          expect(Number.isFinite(episode.score) && episode.score >= 0).toBe(true);
          expect(Object.values(episode.figures).every(Number.isFinite)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('an escort whose ids are cut and used again is told with finite numbers', () => {
    fc.assert(
      fc.property(crowds, fc.array(fc.integer({ min: 0, max: 70 }), { maxLength: 6 }), (all, cuts) => {
        const cut = all.map((one) => {
          const jumps = cuts.filter((at) => one.timeMs > at * 1000).length;
          return one.person === 'next' && jumps % 2 === 1 ? { ...one, x: one.x + 300 } : one;
        });
        for (const { episode } of score(cut).events) {
          expect([episode.score, ...Object.values(episode.figures)].every(Number.isFinite)).toBe(true);
          for (const { fromMs, toMs } of episode.persons) expect(toMs).toBeGreaterThanOrEqual(fromMs);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('10,000 people who begin at once are held in bounded memory and let go', () => {
    const all: PersonSample[] = [];
    for (let k = 0; k < 20; k++) {
      for (let i = 0; i < 10_000; i++) {
        // Ten to a square metre: more than a grid cell looks at.
        all.push({
          timeMs: 200 * k,
          person: `p${i}`,
          x: (i % 100) * 0.3 + 0.2 * k,
          y: Math.floor(i / 100) * 0.3,
          sigmaMetres: 0.1,
          measured: true,
        });
      }
    }
    const { events, scorer } = score(all);
    expect(events).toEqual([]);
    expect(scorer.size).toBe(0);
  }, 240_000);
});
