import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { control, people, score, type Way } from './scenes.ts';

/** Walks that meet, part, and pass a control zone, with breaks after which a person has another name. */
const walks = fc.array(
  fc.array(
    fc.tuple(fc.integer({ min: 4, max: 15 }), fc.integer({ min: 20, max: 46 }), fc.integer({ min: -3, max: 3 })),
    {
      minLength: 3,
      maxLength: 8,
    },
  ),
  { minLength: 2, maxLength: 7 },
);
const breaks = fc.array(
  fc.record({
    person: fc.integer({ min: 0, max: 6 }),
    at: fc.integer({ min: 5, max: 60 }),
    seconds: fc.integer({ min: 4, max: 8 }),
    probability: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  { maxLength: 4 },
);

function scene(ways: readonly (readonly [number, number, number][])[], cuts: readonly Cut[]) {
  const all: Record<string, Way> = {};
  ways.forEach((way, k) => {
    let t = 0;
    all[`p${k}`] = way.map(([seconds, x, y]) => {
      t += seconds;
      return [t - seconds, x, y];
    });
  });
  let samples = people(all, 5);
  const continuations = cuts.map(({ person, at, seconds, probability }, k) => {
    const earlier = `p${person}`;
    const later = `q${k}`;
    const fromMs = at * 1000;
    const toMs = fromMs + seconds * 1000;
    samples = samples.flatMap((sample) => {
      if (sample.person !== earlier || sample.timeMs <= fromMs) return [sample];
      return sample.timeMs < toMs ? [] : [{ ...sample, person: later }];
    });
    return { earlier, later, fromMs, toMs, probability };
  });
  return { samples, continuations };
}
type Cut = { readonly person: number; readonly at: number; readonly seconds: number; readonly probability: number };

const sample = fc.record({
  timeMs: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 0, max: 90_000 }) },
    { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY) },
  ),
  person: fc.constantFrom('a', 'b', 'c', 'd', '', '__proto__'),
  x: fc.oneof(
    { weight: 9, arbitrary: fc.double({ min: 25, max: 41, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(Number.NaN, 900) },
  ),
  y: fc.double({ min: -4, max: 4, noNaN: true }),
  sigmaMetres: fc.constantFrom(0.1, 0.1, 0.1, -1, Number.NaN),
  measured: fc.boolean(),
});
const continuation = fc.record({
  earlier: fc.constantFrom('a', 'b', 'c', 'd', '__proto__'),
  later: fc.constantFrom('a', 'b', 'c', 'd', '', 'nobody'),
  fromMs: fc.oneof(fc.integer({ min: 0, max: 90_000 }), fc.constant(Number.NaN)),
  toMs: fc.oneof(fc.integer({ min: 0, max: 90_000 }), fc.constant(Number.NaN)),
  probability: fc.oneof(fc.double({ min: -1, max: 2, noNaN: true }), fc.constant(Number.NaN)),
});

type Scored = ReturnType<typeof score>;

/** What holds of everything that is told, whatever came. */
function expectSound({ told, movements, scorer }: Scored): void {
  expect(scorer.size).toBe(0);
  expect(movements.size).toBe(0);
  const open = new Map<string, number>();
  const over = new Set<string>();
  for (const { kind, episode } of told) {
    const { key, fromMs, toMs, score: bits, figures, persons, reasons, moments, uncertainty } = episode;
    expect(over.has(key)).toBe(false);
    expect(kind === 'opened').toBe(!open.has(key));
    expect(episode.open).toBe(kind !== 'closed');
    // Told again with the beginning that it had.
    expect(open.get(key) ?? fromMs).toBe(fromMs);
    open.set(key, fromMs);
    if (kind === 'closed') over.add(key);
    expect(Number.isFinite(bits) && bits >= 0).toBe(true);
    expect(Object.values(figures).every(Number.isFinite)).toBe(true);
    expect(toMs).toBeGreaterThanOrEqual(fromMs);
    expect(persons.length).toBeGreaterThanOrEqual(2);
    for (const one of [...persons, ...reasons]) {
      expect(Number.isInteger(one.fromMs) && Number.isInteger(one.toMs)).toBe(true);
      expect(one.toMs).toBeGreaterThanOrEqual(one.fromMs);
    }
    expect(reasons.map(({ text }) => text).join(' ')).not.toMatch(/NaN|Infinity|undefined|null/);
    // Every mark is on somebody's line.
    const known = new Set(persons.map(({ person }) => person));
    for (const { person } of moments) expect(known.has(person)).toBe(true);
    const { coastedShare, joinProbability, identityJoins, sigmaMetres } = uncertainty;
    expect(coastedShare >= 0 && coastedShare <= 1 && joinProbability > 0 && joinProbability <= 1).toBe(true);
    expect(identityJoins > 0).toBe(joinProbability < 1);
    expect(sigmaMetres).toBeGreaterThan(0);
  }
  expect([...open.keys()].every((key) => over.has(key))).toBe(true);
}

describe('movements of groups', () => {
  it('property: every story opens once, keeps key and beginning, closes once, and has finite figures', () => {
    fc.assert(
      fc.property(walks, breaks, (ways, cuts) => {
        const { samples, continuations } = scene(ways, cuts);
        expectSound(score(samples, [control], 0.2, continuations));
      }),
      { numRuns: 60 },
    );
  });

  it('property: the same when it is replayed', () => {
    fc.assert(
      fc.property(walks, breaks, (ways, cuts) => {
        const { samples, continuations } = scene(ways, cuts);
        const once = score(samples, [control], 0.2, continuations);
        expect(JSON.stringify(score(samples, [control], 0.2, continuations).told)).toBe(JSON.stringify(once.told));
      }),
      { numRuns: 20 },
    );
  });

  it('property: sound whatever comes: no numbers, ids used again, time that goes back, words about nobody', () => {
    fc.assert(
      fc.property(
        fc.array(sample, { maxLength: 300 }),
        fc.array(continuation, { maxLength: 20 }),
        fc.boolean(),
        (samples, words, ordered) => {
          const list = ordered ? [...samples].sort((p, q) => p.timeMs - q.timeMs) : samples;
          expectSound(score(list, [control], 0.2, words, EAGER));
        },
      ),
      { numRuns: 100 },
    );
  });
});

/** So little is enough that bad input gets as far as it can. */
const EAGER = {
  formSeconds: 0,
  hysteresis: 0,
  evidence: { priorLogOdds: 3 },
  contacts: { contacts: 2, leastSeconds: 0, approachMetres: 0, stoodSeconds: 0, nearMetres: 3, partedMetres: 0.5 },
  regrouping: { togetherSeconds: 0.2, apartSeconds: 0.2, apartMetres: 0.5, meanMetres: 0, metSeconds: 0.5 },
  succession: { leastJoinProbability: 0.5 },
};
