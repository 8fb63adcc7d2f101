import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DwellObservation, DwellScorer } from '../../src/score/dwell.ts';
import type { DwellEvent } from '../../src/score/episode.ts';
import { CompiledZone } from '../../src/score/zones.ts';
import { cut, rectangle, type Sample } from './walks.ts';

const ZONES = [
  new CompiledZone(rectangle('hall', [0, 0, 20, 12])),
  new CompiledZone(rectangle('gate', [14, 4, 24, 10], { kind: 'waiting' })),
];

/** A linear congruential generator: the same walks on every machine. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

/** Somebody who walks at random at 4 positions a second, stands now and then, is hidden now and then, and may be lost. */
function wander(person: string, seed: number, seconds: number): Sample[] {
  const next = random(seed);
  const samples: Sample[] = [];
  let x = -4 + 30 * next();
  let y = -4 + 20 * next();
  let heading = 2 * Math.PI * next();
  let name = person;
  let hidden = 0;
  const startMs = Math.floor(next() * 60_000);
  for (let k = 0; k < seconds * 4; k++) {
    heading += (next() - 0.5) * 0.8;
    const speed = next() < 0.4 ? 0 : 1.3;
    x = Math.min(28, Math.max(-6, x + (speed / 4) * Math.cos(heading)));
    y = Math.min(18, Math.max(-6, y + (speed / 4) * Math.sin(heading)));
    if (hidden === 0 && next() < 0.01) {
      hidden = Math.floor(next() * 20);
      if (next() < 0.3) name = `${person}-${k}`;
    }
    const timeMs = startMs + k * 250;
    const common = { person: name, timeMs, x: x + 0.1 * (next() - 0.5), y: y + 0.1 * (next() - 0.5), sigma: 0.15 };
    if (hidden > 0) {
      hidden--;
      if (hidden % 3 === 0 && seed % 2 === 0) samples.push({ ...common, measured: false });
    } else samples.push(common);
  }
  return samples;
}

const eventsOf = (reports: readonly DwellObservation[]): DwellEvent[] => {
  const scorer = new DwellScorer(ZONES);
  return [...reports.flatMap((report) => scorer.push('cam-1', report)), ...scorer.finish()];
};

/** What happened, episode by episode; which of two people is told first does not matter. */
function byEpisode(events: readonly DwellEvent[]): Map<string, DwellEvent[]> {
  const found = new Map<string, DwellEvent[]>();
  for (const event of events) {
    const key = `${event.episode.zone} ${event.episode.person} ${event.episode.fromMs}`;
    found.set(key, [...(found.get(key) ?? []), event]);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('the same positions', () => {
  const crowd = Array.from({ length: 12 }, (_, i) => wander(`p${i}`, i + 1, 90)).flat();
  const whole = byEpisode(
    eventsOf(
      cut(
        crowd,
        Array.from({ length: 200 }, (_, i) => i * 1000),
      ),
    ),
  );

  it('make episodes worth comparing', () => {
    const last = [...whole.values()].map((events) => events.at(-1)?.episode);
    expect(whole.size).toBeGreaterThan(20);
    expect(last.some((episode) => (episode?.detail.identityJoins ?? 0) > 0)).toBe(true);
    expect(last.some((episode) => (episode?.detail.gapsBridged ?? 0) > 0)).toBe(true);
    expect(last.some((episode) => (episode?.coastedShare ?? 0) > 0)).toBe(true);
  });

  it('give the same events bit for bit, however they are cut into reports', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 150_000 }), { minLength: 8, maxLength: 400 }), (moments) => {
        // A report of the contract spans at most a minute.
        const reports = cut(crowd, [...moments, 50_000, 100_000]);
        expect(byEpisode(eventsOf(reports))).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a thousand people', () => {
  it('give identical episodes in reports of 1 s and of 7.3 s, and are forgotten when they are gone', () => {
    const crowd = Array.from({ length: 1000 }, (_, i) =>
      wander(`p${i}`, i + 7919, 30).map((sample) => ({
        ...sample,
        timeMs: sample.timeMs + Math.floor(i / 25) * 30_000,
      })),
    ).flat();
    const every = (ms: number) => Array.from({ length: Math.ceil(1_400_000 / ms) }, (_, i) => i * ms);
    const scorer = new DwellScorer(ZONES);
    const fine: DwellEvent[] = [];
    let most = 0;
    for (const report of cut(crowd, every(1000))) {
      fine.push(...scorer.push('cam-1', report));
      most = Math.max(most, scorer.peopleRemembered);
    }
    // 25 people begin in each half minute and stay for half a minute, beginning within a minute: 75 or so at a time, and
    // their former names for a few seconds.
    expect(most).toBeLessThan(150);
    scorer.push('cam-1', { fromMs: 2_000_000, toMs: 2_000_000, tracks: [] });
    expect(scorer.peopleRemembered).toBe(0);
    const closed = (events: readonly DwellEvent[]) => byEpisode(events.filter((event) => event.kind === 'closed'));
    const coarse = closed(eventsOf(cut(crowd, every(7300))));
    expect(coarse.size).toBeGreaterThan(500);
    const scored = closed(eventsOf(cut(crowd, every(1000))));
    expect(scored).toEqual(coarse);
  });
});
