import { checker } from '@safe-passage/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Continuation } from '../../src/fuse/samples.ts';
import { type DwellEpisode, type DwellEvent, EpisodeDetail, type EpisodeRecord } from '../../src/score/episode.ts';
import { PersonDwell } from '../../src/score/personDwell.ts';
import { CompiledZone } from '../../src/score/zones.ts';
import { everySecondOf, feed, idOf, play, stored, storiesOf, visitsOf, WATCH_MS } from './stories.ts';
import { rectangle, type Sample } from './walks.ts';

const ZONES = [
  new CompiledZone(rectangle('hall', [0, 0, 20, 12])),
  new CompiledZone(rectangle('gate', [14, 4, 24, 10], { kind: 'waiting' })),
  new CompiledZone(rectangle('desk', [3, 3, 5, 5], { kind: 'control' })),
];

/** A linear congruential generator: the same walks on every machine. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

interface Crowd {
  readonly samples: Sample[];
  readonly continuations: Continuation[];
}

/**
 * People who walk at random at 4 positions a second, stand now and then, are hidden now and then, and may come back under
 * another name; of that the fusion has a word, of varying probability and now and then about the wrong one.
 */
function crowdOf(people: number, seed: number, seconds = 150): Crowd {
  const samples: Sample[] = [];
  const continuations: Continuation[] = [];
  const names: string[] = [];
  for (let p = 0; p < people; p++) {
    const next = random(seed * 1000 + p);
    let x = -4 + 30 * next();
    let y = -4 + 20 * next();
    let heading = 2 * Math.PI * next();
    let name = `p${p}`;
    let hidden = 0;
    let renamed: { readonly from: string; readonly fromMs: number } | null = null;
    const startMs = Math.floor(next() * 60_000);
    names.push(name);
    for (let k = 0; k < seconds * 4; k++) {
      heading += (next() - 0.5) * 0.8;
      const speed = next() < 0.4 ? 0 : 1.3;
      x = Math.min(28, Math.max(-6, x + (speed / 4) * Math.cos(heading)));
      y = Math.min(18, Math.max(-6, y + (speed / 4) * Math.sin(heading)));
      const timeMs = startMs + k * 250;
      if (hidden === 0 && next() < 0.01) {
        hidden = 1 + Math.floor(next() * 40);
        if (next() < 0.5) {
          renamed = { from: name, fromMs: timeMs - 250 };
          name = `p${p}-${k}`;
          names.push(name);
        }
      }
      const sample = { person: name, timeMs, x: x + 0.1 * (next() - 0.5), y: y + 0.1 * (next() - 0.5), sigma: 0.15 };
      if (hidden > 0) {
        hidden--;
        if (hidden % 3 === 0 && p % 2 === 0 && !renamed) samples.push({ ...sample, measured: false });
        continue;
      }
      samples.push(sample);
      if (!renamed) continue;
      const { from, fromMs } = renamed;
      renamed = null;
      if (fromMs < startMs) continue;
      const wrong = names[Math.floor(next() * names.length)] ?? from;
      const probability = next() < 0.6 ? 1 - next() / 5 : next();
      continuations.push({ earlier: from, later: name, fromMs, toMs: timeMs, probability });
      if (wrong !== from && wrong !== name) {
        continuations.push({
          earlier: wrong,
          later: name,
          fromMs,
          toMs: timeMs,
          probability: (1 - probability) * next(),
        });
      }
    }
  }
  return { samples, continuations };
}

/** What happened, episode by episode; which of two people is told first does not matter. */
function byEpisode(events: readonly DwellEvent[]): Map<string, DwellEvent[]> {
  const found = new Map<string, DwellEvent[]>();
  for (const event of events) {
    const key = `${event.episode.zone} ${event.episode.person} ${event.episode.fromMs}`;
    found.set(key, [...(found.get(key) ?? []), event]);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const inOrder = (episodes: readonly DwellEpisode[]) => [...episodes].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));

const isDetail = checker(EpisodeDetail);

/** What holds for every episode, whatever came. */
function expectSound(episodes: readonly DwellEpisode[]): void {
  for (const episode of episodes) {
    const { fromMs, toMs, seconds, detail } = episode;
    expect(isDetail(JSON.parse(JSON.stringify(detail)))).toMatchObject({ ok: true });
    expect(Math.round(seconds * 1000)).toBeLessThanOrEqual(toMs - fromMs);
    expect(seconds).toBeGreaterThanOrEqual(0);
    expect(episode.coastedShare).toBeGreaterThanOrEqual(0);
    expect(episode.coastedShare).toBeLessThanOrEqual(1);
    if (detail.visitCount <= 64) {
      const sum = detail.visits.reduce((total, visit) => total + visit.toMs - visit.fromMs, 0);
      expect(Math.round(seconds * 1000)).toBe(sum);
      expect(detail.visits[0]?.fromMs).toBe(fromMs);
    }
    expect(detail.visits.at(-1)?.toMs).toBe(toMs);
    detail.visits.forEach((visit, i) => {
      expect(visit.toMs).toBeGreaterThanOrEqual(visit.fromMs);
      if (i > 0) expect(visit.fromMs).toBeGreaterThan(detail.visits[i - 1]?.toMs ?? 0);
    });
    expect(detail.storyProbability).toBeLessThanOrEqual(detail.joinProbability);
    expect(detail.identityJoins === 0).toBe(detail.joinProbability === 1);
  }
  expectNobodyClaimedTwice(episodes);
}

function expectNobodyClaimedTwice(episodes: readonly DwellEpisode[]): void {
  const claims = episodes
    .flatMap(({ zone, detail }) => detail.members.map((member) => ({ ...member, key: `${zone} ${member.person}` })))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.fromMs - b.fromMs || a.toMs - b.toMs));
  claims.forEach((claim, i) => {
    const before = claims[i - 1];
    if (before && before.key === claim.key) expect(claim.fromMs).toBeGreaterThanOrEqual(before.toMs);
  });
}

describe('the same positions', () => {
  const { samples, continuations } = crowdOf(24, 7);
  const advancesMs = everySecondOf(samples);
  const whole = play(samples, { zones: ZONES, continuations, advancesMs });

  it('make episodes worth comparing', () => {
    expect(whole.over.length).toBeGreaterThan(20);
    expect(whole.over.some((episode) => episode.detail.identityJoins > 1)).toBe(true);
    expect(whole.over.some((episode) => episode.detail.visitCount > 2)).toBe(true);
    expect(whole.over.some((episode) => episode.detail.gapsBridged > 0)).toBe(true);
    expect(whole.over.some((episode) => episode.coastedShare > 0)).toBe(true);
    expect(whole.over.some((episode) => episode.detail.pending.length > 0)).toBe(true);
    expectSound(whole.over);
  });

  it('give the same events bit for bit in a replay, whenever the scorer is asked', () => {
    const last = Math.max(...samples.map((sample) => sample.timeMs));
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: last + 60_000 }), { maxLength: 200 }), (moments) => {
        // The fusion's word comes some seconds after its time: it is there before the scorer is asked about later.
        const asked = [...moments, ...advancesMs].sort((a, b) => a - b);
        const again = play(samples, { zones: ZONES, continuations, advancesMs: asked });
        expect(byEpisode(again.events)).toEqual(byEpisode(whole.events));
        expect(inOrder(again.over)).toEqual(inOrder(whole.over));
      }),
      { numRuns: 25 },
    );
  });

  it('give the same episodes in whatever order people are told of between two moments', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const next = random(seed);
        const place = new Map<string, number>();
        for (const { person } of samples) if (!place.has(person)) place.set(person, next());
        const dwell = new PersonDwell(ZONES);
        const events: DwellEvent[] = [];
        for (const atMs of advancesMs) {
          const some = samples.filter((sample) => sample.timeMs >= atMs - 1000 && sample.timeMs < atMs);
          some.sort((a, b) => (place.get(a.person) ?? 0) - (place.get(b.person) ?? 0) || a.timeMs - b.timeMs);
          for (const { person, timeMs, x, y, sigma = 0.1, measured = true } of some) {
            dwell.observe({ person, timeMs, x, y, sigmaMetres: sigma, measured });
          }
          for (const told of continuations) {
            if (told.toMs + WATCH_MS >= atMs - 1000 && told.toMs + WATCH_MS < atMs) dwell.continuation(told);
          }
          events.push(...dwell.advance(atMs));
        }
        events.push(...dwell.finish());
        expect(byEpisode(events)).toEqual(byEpisode(whole.events));
      }),
      { numRuns: 10 },
    );
  });
});

describe('whatever a crowd does', () => {
  it('presence never exceeds the span, visits follow one another, and nobody is claimed by two episodes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 30 }), (seed, people) => {
        const { samples, continuations } = crowdOf(people, seed, 60);
        const { events, over } = play(samples, { zones: ZONES, continuations });
        expectSound(over);
        // Each episode is opened once, told in turn, and its last word is that it is closed.
        for (const told of byEpisode(events).values()) {
          expect(told.filter((event) => event.kind === 'opened')).toHaveLength(1);
          expect(told[0]?.kind).toBe('opened');
          expect(told.at(-1)?.kind).toBe('closed');
          told.forEach(({ episode }, i) => {
            expect(episode.toMs).toBeGreaterThanOrEqual(told[i - 1]?.episode.toMs ?? 0);
          });
        }
        expect(over.map(idOf).sort()).toEqual([...new Set(events.map(({ episode }) => idOf(episode)))].sort());
      }),
      { numRuns: 40 },
    );
  });

  it('with a join for every word, too', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const { samples, continuations } = crowdOf(20, seed, 60);
        const options = { leastJoinProbability: 0, continuationSeconds: 60 };
        expectSound(storiesOf(samples, { zones: ZONES, continuations, options }));
      }),
      { numRuns: 20 },
    );
  });
});

describe('a hub that restarts', () => {
  /** An open episode is stored again when it grew by this much. */
  const STORE_EVERY_MS = 5000;
  const REPLAY_MS = 60_000;

  function storeInto(store: Map<string, EpisodeRecord>): (events: readonly DwellEvent[]) => void {
    return (events) => {
      for (const { kind, episode } of events) {
        const before = store.get(idOf(episode));
        const grown = episode.toMs - (before?.toMs ?? 0) >= STORE_EVERY_MS;
        // Who goes on as whom is stored at once, in all zones: a restart must not know half of it.
        const joined = episode.detail.identityJoins !== before?.detail.identityJoins;
        if (kind === 'grew' && before?.open && !grown && !joined) continue;
        store.set(idOf(episode), stored(episode));
      }
    };
  }
  /** Where somebody was first seen is not known again of those who were in no zone before the restart. */
  const essence = (store: Map<string, EpisodeRecord>) =>
    [...store.values()]
      .map(({ detail: { netDisplacementMetres, anchor, smoothed, smoothedMs, ...detail }, ...episode }) => ({
        ...episode,
        detail,
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));

  it('at any moment ends with the same episodes as one that does not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e5 }), fc.integer({ min: 20, max: 200 }), (seed, second) => {
        const { samples, continuations } = crowdOf(12, seed);
        const advancesMs = everySecondOf(samples);
        const whole = new Map<string, EpisodeRecord>();
        const steady = new PersonDwell(ZONES);
        feed(steady, samples, continuations, advancesMs, storeInto(whole));
        storeInto(whole)(steady.finish());

        const store = new Map<string, EpisodeRecord>();
        const stopMs = (advancesMs[0] ?? 0) + second * 1000;
        const first = new PersonDwell(ZONES);
        feed(
          first,
          samples,
          continuations,
          advancesMs.filter((atMs) => atMs <= stopMs),
          storeInto(store),
        );
        const restarted = new PersonDwell(ZONES);
        for (const record of store.values()) restarted.restore(record);
        const fromMs = stopMs - REPLAY_MS;
        feed(
          restarted,
          samples.filter((sample) => sample.timeMs >= fromMs),
          continuations.filter((told) => told.toMs >= fromMs),
          advancesMs.filter((atMs) => atMs > fromMs),
          storeInto(store),
        );
        storeInto(store)(restarted.finish());
        expect(essence(store)).toEqual(essence(whole));
      }),
      { numRuns: 40 },
    );
  });
});

describe('one who circles', () => {
  it('inside the zone is one visit, wherever, however fast and however wide', () => {
    fc.assert(
      fc.property(
        fc.record({
          radius: fc.double({ min: 0.05, max: 1.7, noNaN: true }),
          speed: fc.double({ min: 0.1, max: 2, noNaN: true }),
          hertz: fc.constantFrom(1, 2, 5, 10),
          noise: fc.double({ min: 0, max: 0.2, noNaN: true }),
          seed: fc.integer({ min: 1, max: 1e6 }),
        }),
        ({ radius, speed, hertz, noise, seed }) => {
          const next = random(seed);
          const room = 1.8 - radius;
          const x = 2 + room * (2 * next() - 1);
          const y = 2 + room * (2 * next() - 1);
          const samples = Array.from({ length: 120 * hertz }, (_, i): Sample => {
            const angle = (speed / radius) * (i / hertz);
            return {
              person: 'a',
              timeMs: Math.round((i * 1000) / hertz),
              x: x + radius * Math.cos(angle) + noise * (2 * next() - 1),
              y: y + radius * Math.sin(angle) + noise * (2 * next() - 1),
            };
          });
          const options = { fastestMetresPerSecond: 12, continuousSeconds: 2.2, continuationSeconds: 0 };
          const square = new CompiledZone(rectangle('square', [-0.2, -0.2, 4.2, 4.2]));
          const episodes = storiesOf(samples, { zones: [square], options });
          expect(episodes.map((episode) => visitsOf(episode).length)).toEqual([1]);
          expect(episodes[0]?.seconds).toBeCloseTo(120 - 1 / hertz, 6);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('two who take turns', () => {
  it('are never joined, whatever the pause between them', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -3, max: 6, noNaN: true }),
        fc.integer({ min: 2, max: 8 }),
        fc.constantFrom(2, 5, 10),
        (pause, turns, hertz) => {
          // Each comes in from the west, stays 15 s at the table, and goes out to the west; the next one likewise.
          const table = new CompiledZone(rectangle('table', [0, 0, 4, 4]));
          const period = 23 + pause;
          const samples: Sample[] = [];
          for (let k = 0; k < turns; k++) {
            for (let i = 0; i < 27 * hertz; i++) {
              const t = i / hertz;
              const x = t < 6 ? -4 + t : t < 21 ? 2 : 2 - (t - 21);
              const lane = k % 2 === 0 ? 1 : 3;
              samples.push({ person: `p${k}`, timeMs: Math.round((k * period + t) * 1000), x, y: lane });
            }
          }
          const episodes = storiesOf(samples, { zones: [table] });
          expect(episodes.map((episode) => episode.person).sort()).toEqual(
            Array.from({ length: turns }, (_, k) => `p${k}`),
          );
          for (const { seconds, detail } of episodes) {
            expect(seconds).toBeCloseTo(19, 1);
            expect(detail.identityJoins).toBe(0);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('garbage', () => {
  const anyNumber = fc.oneof(
    fc.double({ min: -50, max: 50 }),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, -1e300),
  );
  const anyTime = fc.oneof(fc.integer({ min: -1000, max: 60_000 }), fc.constantFrom(Number.NaN, 1e15, -1e15));
  const anyone = fc.constantFrom('a', 'b', 'c', '');

  it('never breaks the scorer, and what it tells is sound', () => {
    const act = fc.oneof(
      {
        weight: 10,
        arbitrary: fc.record({
          act: fc.constant('observe' as const),
          person: anyone,
          timeMs: anyTime,
          x: anyNumber,
          y: anyNumber,
          sigmaMetres: anyNumber,
          measured: fc.boolean(),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          act: fc.constant('continuation' as const),
          earlier: anyone,
          later: anyone,
          fromMs: anyTime,
          toMs: anyTime,
          probability: anyNumber,
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ act: fc.constant('advance' as const), timeMs: fc.integer({ min: -1000, max: 60_000 }) }),
      },
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 300 }), (acts) => {
        const over: DwellEpisode[] = [];
        const dwell = new PersonDwell(ZONES, {}, (episode) => over.push(episode));
        for (const one of acts) {
          if (one.act === 'observe') dwell.observe(one);
          else if (one.act === 'continuation') dwell.continuation(one);
          else dwell.advance(one.timeMs);
        }
        dwell.finish();
        expectSound(over);
      }),
      { numRuns: 300 },
    );
  });
});
