/** What every movement tells besides: the zone it mostly took place in, and what it may owe to errors of seeing. */
import { describe, expect, it } from 'vitest';
import { EscortScorer } from '../../../src/score/escorts/escorts.ts';
import { Joins } from '../../../src/score/escorts/joins.ts';
import { Whereabouts } from '../../../src/score/escorts/whereabouts.ts';
import type { MovementEpisode } from '../../../src/score/movement.ts';
import { Scene, sceneOptionsFor } from '../../../src/score/scene/scene.ts';
import { CompiledZone } from '../../../src/score/zones.ts';
import { rectangle } from '../walks.ts';
import { behind, progress, samples, score, walker } from './scenes.ts';

const WAY = [
  [0, 0],
  [40, 0],
  [40, 30],
  [80, 30],
  [80, 70],
] as const;
const STOPS = progress(
  Array.from({ length: 14 }, (_, k) => (k % 2 === 0 ? [13, 1.2] : [9 + (k % 5), 0]) as [number, number]),
);
const SPAN = [0, 150] as const;
const HALL = [
  new CompiledZone(rectangle('hall', [-60, -60, 200, 200], { kind: 'transit' })),
  new CompiledZone(rectangle('elsewhere', [300, 300, 310, 310], { kind: 'retail' })),
];
const side = (left: number) => walker(WAY, (t) => STOPS(t - 0.5) + 0.3, SPAN, left);
const ESCORTED = { a: walker(WAY, STOPS, SPAN), b: walker(WAY, behind(STOPS, 0.7, 0.6), SPAN) };
const SCENES = {
  escort: ESCORTED,
  flanking: { m: walker(WAY, STOPS, SPAN), l: side(0.75), r: side(-0.75) },
  shadowing: { a: walker(WAY, STOPS, SPAN), b: walker(WAY, behind(STOPS, 0.8, 13), SPAN) },
};

describe('where a movement mostly took place', () => {
  it.each(['escort', 'flanking', 'shadowing'] as const)('%s: the zone, or none', (pattern) => {
    const all = samples(SCENES[pattern]);
    const zones = score(all, HALL).closed.filter((one) => one.pattern === pattern);
    expect(zones.map(({ zone }) => zone)).toEqual(['hall']);
    expect(score(all).closed.map(({ zone }) => zone)).toEqual([null]);
  });

  it('is the zone with most of the time; outside counts like one', () => {
    const whereabouts = new Whereabouts();
    expect(whereabouts.zone).toBeNull();
    whereabouts.spend('a', 3);
    whereabouts.spend('b', 5);
    expect(whereabouts.zone).toBe('b');
    whereabouts.spend(null, 9);
    expect(whereabouts.zone).toBeNull();
  });
});

describe('what a movement may owe to errors of seeing', () => {
  it('shadowing tells how uncertain the positions were', () => {
    const [episode] = score(samples(SCENES.shadowing)).closed;
    expect(episode?.uncertainty).toMatchObject({ sigmaMetres: 0.1, coastedShare: 0 });
  });

  it('shadowing tells for how much of the time one of the two was guessed', () => {
    const all = samples(SCENES.shadowing).map((one) =>
      one.person === 'b' && one.timeMs > 45_000 && one.timeMs < 48_000 ? { ...one, measured: false } : one,
    );
    const [episode] = score(all).closed;
    expect(episode?.uncertainty.coastedShare).toBeGreaterThan(0.01);
    expect(episode?.uncertainty.coastedShare).toBeLessThan(0.05);
  });

  it('an escort of somebody whom fusion took for one with another says so, and how sure that was', () => {
    const options = sceneOptionsFor(0.2);
    const scorer = new EscortScorer({ tickMs: options.tickMs });
    const scene = new Scene(options, (tick) => scorer.tick(tick));
    for (const sample of samples(ESCORTED)) {
      if (sample.timeMs === 40_000 && sample.person === 'a') {
        scorer.joined({ earlier: 'x', later: 'b', toMs: 40_000, probability: 0.8 });
        scorer.joined({ earlier: 'a', later: 'y', toMs: 41_000, probability: 0.9 });
        scorer.joined({ earlier: 'x', later: 'y', toMs: 40_000, probability: 0.1 });
      }
      scene.observe(sample);
    }
    scene.finish();
    scorer.finish();
    const last = scorer.take().at(-1);
    expect(last?.kind).toBe('closed');
    expect(last?.episode.uncertainty).toMatchObject({ identityJoins: 2, joinProbability: 0.8 });
  });

  it('joins outside of the time of the movement, or of nobody in it, do not count; only so many are remembered', () => {
    const joins = new Joins();
    const persons = [{ person: 'a', role: 'leader', fromMs: 0, toMs: 9 }] as const;
    const episode = { persons, fromMs: 1000, toMs: 2000 } as unknown as MovementEpisode;
    expect(joins.of(episode)).toEqual({ identityJoins: 0, joinProbability: 1, unseen: 0, sameProbability: 1 });
    joins.add({ earlier: 'a', later: 'b', toMs: 999, probability: 0.5 });
    joins.add({ earlier: 'c', later: 'd', toMs: 1500, probability: 0.5 });
    expect(joins.of(episode)).toEqual({ identityJoins: 0, joinProbability: 1, unseen: 0, sameProbability: 1 });
    joins.add({ earlier: 'b', later: 'a', toMs: 1500, probability: 0.7 });
    expect(joins.of(episode)).toEqual({ identityJoins: 1, joinProbability: 0.7, unseen: 0, sameProbability: 1 });
    for (let k = 0; k < 5000; k++) joins.add({ earlier: 'c', later: 'd', toMs: 3000, probability: 1 });
    expect(joins.of(episode)).toEqual({ identityJoins: 0, joinProbability: 1, unseen: 0, sameProbability: 1 });
  });
});
