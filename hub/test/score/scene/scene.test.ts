import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Grid } from '../../../src/score/scene/grid.ts';
import type { PersonSample } from '../../../src/score/scene/sample.ts';
import { Scene, type SceneOptions, sceneOptionsFor } from '../../../src/score/scene/scene.ts';

interface Seen {
  readonly timeMs: number;
  readonly persons: Record<string, readonly [x: number, y: number, vx: number, vy: number]>;
  readonly ended: number;
}

function ticksOf(samples: readonly PersonSample[], options: SceneOptions = sceneOptionsFor(0.1)) {
  const ticks: Seen[] = [];
  const scene = new Scene(options, (tick) => {
    const persons: Seen['persons'] = {};
    for (let i = 0; i < tick.count; i++) {
      const slot = tick.active[i] as number;
      const { x, y, vx, vy } = tick.slots;
      persons[tick.person(slot)] = [x[slot], y[slot], vx[slot], vy[slot]] as [number, number, number, number];
    }
    ticks.push({ timeMs: tick.timeMs, persons, ended: tick.ended.length });
  });
  for (const sample of samples) scene.observe(sample);
  scene.finish();
  return { ticks, scene };
}

const at = (person: string, timeMs: number, x: number, y = 0): PersonSample => ({
  timeMs,
  person,
  x,
  y,
  sigmaMetres: 0.1,
  measured: true,
});

/** 1 m/s along x from `from` to `to`, a sample every `everyMs`. */
const walking = (person: string, from: number, to: number, everyMs: number): PersonSample[] =>
  Array.from({ length: Math.floor((to - from) / everyMs) + 1 }, (_, k) =>
    at(person, from + k * everyMs, (from + k * everyMs) / 1000),
  );

describe('scene', () => {
  it.each([33, 40, 70, 100, 130, 250, 400])(
    'shows a walk sampled every %i ms at the same five moments a second',
    (everyMs) => {
      const { ticks } = ticksOf(walking('a', 0, 4000, everyMs));
      const shown = ticks.filter(({ persons }) => persons.a);
      expect(shown.length).toBeGreaterThanOrEqual(19);
      for (const { timeMs, persons } of shown) {
        expect(timeMs % 200).toBe(0);
        const [x, y, vx, vy] = persons.a ?? [Number.NaN, 0, 0, 0];
        expect(x).toBeCloseTo(timeMs / 1000, 6);
        expect(y).toBe(0);
        if (timeMs > 0 && timeMs < 3600) expect(vx).toBeCloseTo(1, 6);
        expect(vy).toBe(0);
      }
    },
  );

  it('keeps the pace of coarser input: a tick every 0.8 s', () => {
    const { ticks } = ticksOf(walking('a', 0, 8000, 800), sceneOptionsFor(0.8));
    expect(ticks.slice(0, 4).map(({ timeMs }) => timeMs)).toEqual([0, 800, 1600, 2400]);
    expect(ticks[3]?.persons.a?.[2]).toBeCloseTo(1, 6);
  });

  it('bridges a gap no longer than its delay, shows nobody in a longer one, and somebody new after three seconds', () => {
    const short = ticksOf([...walking('a', 0, 1000, 100), ...walking('a', 1500, 3000, 100)]);
    expect(short.ticks.filter(({ persons }) => persons.a)).toHaveLength(16);
    const coarse = walking('a', 0, 4000, 400).filter(({ timeMs }) => timeMs !== 1200);
    expect(
      ticksOf(coarse, sceneOptionsFor(0.4)).ticks.find(({ timeMs }) => timeMs === 1200)?.persons.a?.[0],
    ).toBeCloseTo(1.2, 6);
    const longer = ticksOf([...walking('a', 0, 1000, 100), ...walking('a', 3000, 4000, 100)]);
    expect(longer.ticks.find(({ timeMs }) => timeMs === 2000)?.persons).toEqual({});
    expect(longer.ticks.reduce((sum, { ended }) => sum + ended, 0)).toBe(1);
    const gone = ticksOf([...walking('a', 0, 1000, 100), ...walking('a', 9000, 9500, 100)]);
    expect(gone.ticks.reduce((sum, { ended }) => sum + ended, 0)).toBe(2);
  });

  it('takes an id that jumps for somebody new', () => {
    const { ticks, scene } = ticksOf([...walking('a', 0, 2000, 100), at('a', 2100, 60), at('a', 2200, 60)]);
    expect(scene.counts.teleports).toBe(1);
    for (const { persons } of ticks) {
      const x = persons.a?.[0];
      if (x !== undefined) expect(x < 2.1 || x === 60).toBe(true);
    }
  });

  it('leaves out and counts what is no place, what is late and what is said twice', () => {
    const { scene } = ticksOf([
      at('a', 0, 0),
      at('a', 0, 1),
      at('a', 100, Number.NaN),
      at('a', 100, 0.1),
      at('a', 50, 0.05),
      { ...at('a', 200, 0.2), sigmaMetres: 0 },
      at('b', Number.POSITIVE_INFINITY, 0),
      at('b', 300, 1e9),
    ]);
    expect(scene.counts).toEqual({ unusable: 4, late: 2, teleports: 0 });
  });

  it('goes over a year without anybody in one step', () => {
    const { ticks } = ticksOf([at('a', 0, 0), at('a', 100, 0), at('a', 31_536_000_000, 0)]);
    expect(ticks.length).toBeLessThan(100);
  });

  it('property: whatever comes, ticks are in order, numbers are numbers and nobody moves between samples', () => {
    const anything = fc.array(
      fc.record({
        timeMs: fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.constant(Number.NaN)),
        person: fc.constantFrom('a', 'b', 'c'),
        x: fc.oneof(
          fc.double({ min: -50, max: 50, noNaN: true }),
          fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY),
        ),
        y: fc.double({ min: -50, max: 50, noNaN: true }),
        sigmaMetres: fc.constantFrom(0.1, 0.5, 0, -1),
        measured: fc.boolean(),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(anything, fc.constantFrom(0.04, 0.1, 0.4, 0.8), (samples, sampleSeconds) => {
        const { ticks, scene } = ticksOf(samples, sceneOptionsFor(sampleSeconds));
        expect(scene.size).toBe(0);
        let before = Number.NEGATIVE_INFINITY;
        for (const { timeMs, persons } of ticks) {
          expect(timeMs).toBeGreaterThan(before);
          before = timeMs;
          for (const numbers of Object.values(persons)) {
            expect(numbers.every(Number.isFinite)).toBe(true);
            expect(Math.abs(numbers[0]) <= 50 && Math.abs(numbers[1]) <= 50).toBe(true);
          }
        }
        expect(ticksOf(samples, sceneOptionsFor(sampleSeconds)).ticks).toEqual(ticks);
      }),
    );
  });
});

describe('grid', () => {
  it('property: finds exactly the pairs within reach, each once', () => {
    const places = fc.array(
      fc.tuple(fc.double({ min: -30, max: 30, noNaN: true }), fc.double({ min: -30, max: 30, noNaN: true })),
      {
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(places, (found) => {
        const x = Float64Array.from(found, ([px]) => px);
        const y = Float64Array.from(found, ([, py]) => py);
        const slots = Int32Array.from(found, (_, i) => i);
        const grid = new Grid(4);
        grid.build(slots, found.length, x, y);
        const pairs: string[] = [];
        grid.pairs((a, b) => pairs.push(a < b ? `${a} ${b}` : `${b} ${a}`));
        const expected: string[] = [];
        for (let a = 0; a < found.length; a++) {
          for (let b = a + 1; b < found.length; b++) {
            const dx = (x[a] as number) - (x[b] as number);
            const dy = (y[a] as number) - (y[b] as number);
            if (dx * dx + dy * dy <= 16) expected.push(`${a} ${b}`);
          }
        }
        expect(pairs.sort()).toEqual(expected.sort());
      }),
    );
  });
});
