import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EscortScorer } from '../../../src/score/escorts/escorts.ts';
import type { MovementEpisode } from '../../../src/score/movement.ts';
import type { PersonSample } from '../../../src/score/scene/sample.ts';
import { Scene, sceneOptionsFor } from '../../../src/score/scene/scene.ts';
import { behind, progress, samples, WAY, type Walker, walker, who } from './scenes.ts';

const STOPS = progress([
  [14, 1.2],
  [7, 0],
  [10, 1.2],
  [5, 0],
  [18, 1.2],
  [9, 0],
  [20, 1.2],
]);
const SPAN = [0, 83] as const;
const PEOPLE = { a: walker(WAY, STOPS, SPAN), b: walker(WAY, behind(STOPS, 0.7, 0.6), SPAN) };

interface Gap {
  readonly from: number;
  readonly to: number;
  /** Who is lost, and as whom they come back. */
  readonly lost: Readonly<Record<string, string>>;
}

/** The same walks, as cameras see them that lose people for a while and find them under other names. */
function broken(gaps: readonly Gap[], people: Readonly<Record<string, Walker>> = PEOPLE): PersonSample[] {
  return samples(people).flatMap((sample) => {
    let { person } = sample;
    for (const { from, to, lost } of gaps) {
      const later = lost[person];
      if (later === undefined || sample.timeMs < 1000 * from) continue;
      if (sample.timeMs < 1000 * to) return [];
      person = later;
    }
    return [{ ...sample, person }];
  });
}

/** Scores samples with what the fusion says of the gaps, told four seconds after somebody is found again, as the fusion does. */
function score(
  gaps: readonly Gap[],
  probability: number,
  all = broken(gaps),
): { closed: MovementEpisode[]; size: number } {
  const options = sceneOptionsFor(0.2);
  const scorer = new EscortScorer({ tickMs: options.tickMs });
  const scene = new Scene(options, (tick) => scorer.tick(tick));
  const words = gaps.flatMap(({ from, to, lost }) =>
    Object.entries(lost).map(([earlier, later]) => ({
      earlier,
      later,
      fromMs: 1000 * from - 200,
      toMs: 1000 * to,
      probability,
    })),
  );
  for (const sample of all) {
    while (words[0] && words[0].toMs + 4000 <= sample.timeMs) scorer.continuation(words.shift() as (typeof words)[0]);
    scene.observe(sample);
  }
  scene.finish();
  scorer.finish();
  const closed = scorer.take().flatMap(({ kind, episode }) => (kind === 'closed' ? [episode] : []));
  return { closed, size: scorer.size };
}

const escortsOf = (closed: readonly MovementEpisode[]): string[] =>
  closed
    .filter(({ pattern }) => pattern === 'escort')
    .map((episode) => `${who(episode, 'leader').join('+')}>${who(episode, 'follower').join('+')}`);

const FOLLOWER_LOST: Gap = { from: 24, to: 29, lost: { b: 'c' } };
const BOTH_LOST: Gap = { from: 24, to: 29, lost: { a: 'd', b: 'c' } };

describe('an escort of whom one is lost and found again', () => {
  it('goes on with what was seen before, under both names, as sure as the fusion is', () => {
    const { closed } = score([FOLLOWER_LOST], 0.95);
    const escort = closed.find((episode) => episodeHas(episode, 'c'));
    expect(escortsOf(closed)).toContain('a>b+c');
    expect(escort?.fromMs).toBeLessThan(10_000);
    expect(escort?.uncertainty.identityJoins).toBe(1);
    expect(escort?.uncertainty.joinProbability).toBeCloseTo(0.95, 6);
    expect(escort?.reasons.map(({ text }) => text)).toContain(
      'Somebody was out of sight once and is taken to go on as another track: all of that is right with 95 %.',
    );
    const names = escort?.persons.filter(({ role }) => role === 'follower') ?? [];
    expect(names.map(({ person }) => person)).toEqual(['b', 'c']);
    expect(names[0]?.toMs).toBeLessThanOrEqual(24_000);
    expect(names[1]?.fromMs).toBe(29_000);
  });

  it('is told no worse than without the fusion’s word, and stronger', () => {
    const scoreOf = (probability: number): number =>
      Math.max(
        0,
        ...score([FOLLOWER_LOST], probability)
          .closed.filter((episode) => episodeHas(episode, 'c'))
          .map((episode) => episode.score),
      );
    expect(scoreOf(0.99)).toBeGreaterThan(scoreOf(0));
  });

  it('goes on where both were lost at once', () => {
    const { closed } = score([BOTH_LOST], 0.97);
    expect(escortsOf(closed)).toContain('a+d>b+c');
    const escort = closed.find((episode) => episodeHas(episode, 'd'));
    expect(escort?.uncertainty.identityJoins).toBe(2);
    expect(escort?.reasons.at(-1)?.text).toMatch(/out of sight 2 times .* right with 94 %/);
  });

  it('goes on through one gap after another', () => {
    const again: Gap = { from: 52, to: 56, lost: { c: 'e' } };
    const { closed } = score([FOLLOWER_LOST, again], 0.97);
    expect(escortsOf(closed)).toContain('a>b+c+e');
  });

  it('begins anew where the fusion does not know, or hardly', () => {
    for (const probability of [0, 0.3, 0.6]) {
      const { closed } = score([FOLLOWER_LOST], probability);
      expect(escortsOf(closed).some((told) => told.includes('b+c'))).toBe(false);
      expect(closed.every(({ uncertainty }) => uncertainty.identityJoins === 0)).toBe(true);
    }
  });

  it('begins anew after a gap that is longer than anybody can tell', () => {
    const long: Gap = { from: 24, to: 38, lost: { b: 'c' } };
    expect(escortsOf(score([long], 0.95).closed).some((told) => told.includes('b+c'))).toBe(false);
  });

  it('names the leader right, whoever of the names comes first', () => {
    // Slots are taken in the order of appearance: here the follower comes back before the leader does.
    const gaps: Gap[] = [
      { from: 24, to: 29, lost: { b: 'c' } },
      { from: 24, to: 30, lost: { a: 'd' } },
    ];
    expect(escortsOf(score(gaps, 0.97).closed)).toContain('a+d>b+c');
  });

  it('is the same whenever it is replayed, and leaves nothing behind', () => {
    const [one, two] = [score([BOTH_LOST], 0.97), score([BOTH_LOST], 0.97)];
    expect(two).toEqual(one);
    expect(one.size).toBe(0);
  });
});

describe('a couple of whom one is lost and found again', () => {
  it('is no escort for it', () => {
    const couple = { a: walker(WAY, STOPS, SPAN), b: walker(WAY, STOPS, SPAN, 0.8) };
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 60 }), fc.integer({ min: 3, max: 7 }), (from, seconds) => {
        const gap: Gap = { from, to: from + seconds, lost: { b: 'c' } };
        expect(score([gap], 0.97, broken([gap], couple)).closed).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});

function episodeHas(episode: MovementEpisode, name: string): boolean {
  return episode.persons.some(({ person }) => person === name);
}
