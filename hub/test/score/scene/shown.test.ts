import { describe, expect, it } from 'vitest';
import type { PersonSample } from '../../../src/score/scene/sample.ts';
import { Scene, type SceneOptions, sceneOptionsFor } from '../../../src/score/scene/scene.ts';

const LIVE = sceneOptionsFor(0.1);

interface Shown {
  readonly person: string;
  readonly timeMs: number;
  readonly seconds: number;
  readonly x: number;
  readonly y: number;
  readonly vx: number;
  readonly vy: number;
  readonly speed: number;
  readonly heading: number;
  readonly sigma: number;
  readonly quality: number;
  readonly firstMs: number;
}

/** Everybody at every tick, and how many were told to have gone. */
function shownOf(samples: readonly PersonSample[], options: SceneOptions = LIVE) {
  const shown: Shown[] = [];
  let ended = 0;
  const scene = new Scene(options, ({ timeMs, seconds, active, count, slots, person, ended: gone }) => {
    ended += gone.length;
    for (const slot of active.subarray(0, count)) {
      const of = (column: Float64Array): number => column[slot] as number;
      shown.push({
        person: person(slot),
        timeMs,
        seconds,
        x: of(slots.x),
        y: of(slots.y),
        vx: of(slots.vx),
        vy: of(slots.vy),
        speed: of(slots.speed),
        heading: of(slots.heading),
        sigma: of(slots.sigma),
        quality: of(slots.quality),
        firstMs: of(slots.firstMs),
      });
    }
  });
  for (const sample of samples) scene.observe(sample);
  scene.finish();
  const at = (timeMs: number): Shown => {
    const found = shown.find((one) => one.timeMs === timeMs);
    if (!found) throw new Error(`nobody at ${timeMs}`);
    return found;
  };
  return { shown, at, ended, counts: scene.counts };
}

const sample = (timeMs: number, x: number, y: number, how: Partial<PersonSample> = {}): PersonSample => ({
  timeMs,
  person: 'a',
  x,
  y,
  sigmaMetres: 0.1,
  measured: true,
  ...how,
});
/** A position every so many milliseconds. */
const every = (stepMs: number, places: readonly (readonly [number, number])[], how: Partial<PersonSample> = {}) =>
  places.map(([x, y], i) => sample(i * stepMs, x, y, how));

describe('a tick shows of somebody', () => {
  it('place, velocity, speed and heading on a straight way, whichever', () => {
    for (const heading of [-2.5, -0.7, 0.9, 3]) {
      // Every 130 ms: hardly a tick falls on a sample.
      const way = Array.from({ length: 20 }, (_, i) => {
        const metres = 2 * 0.13 * i;
        return [3 + metres * Math.cos(heading), -2 + metres * Math.sin(heading)] as const;
      });
      const { x, y, vx, vy, speed, heading: shown, seconds } = shownOf(every(130, way)).at(1000);
      expect([x, y]).toEqual([
        expect.closeTo(3 + 2 * Math.cos(heading), 9),
        expect.closeTo(-2 + 2 * Math.sin(heading), 9),
      ]);
      expect([vx, vy]).toEqual([expect.closeTo(2 * Math.cos(heading), 9), expect.closeTo(2 * Math.sin(heading), 9)]);
      expect([speed, shown, seconds]).toEqual([expect.closeTo(2, 9), expect.closeTo(heading, 9), 0.2]);
    }
  });

  it('the velocity of the line of least squares through four tenths of a second before and after', () => {
    const spike = every(
      200,
      [0, 0, 0, 0, 1, 0, 0, 0, 0].map((off) => [5 - off, 7 + off] as const),
    );
    const { at } = shownOf(spike);
    expect([400, 600, 800, 1000, 1200].map((timeMs) => Number(at(timeMs).vy.toFixed(9)))).toEqual([
      1, 0.5, 0, -0.5, -1,
    ]);
    expect([400, 600, 800, 1000, 1200].map((timeMs) => Number(at(timeMs).vx.toFixed(9)))).toEqual([
      -1, -0.5, 0, 0.5, 1,
    ]);
  });

  it('that of what there is of it where somebody has just come', () => {
    const { at } = shownOf(
      every(200, [
        [5, 7],
        [5, 8],
        [4, 8],
        [4, 8],
      ]),
    );
    expect(at(0)).toMatchObject({ x: 5, y: 7, vy: expect.closeTo(2.5, 9), vx: expect.closeTo(-2.5, 9) });
    expect(shownOf([sample(0, 5, 7)]).at(0), 'nothing of a single position').toMatchObject({ vx: 0, vy: 0, speed: 0 });
  });

  it('the uncertainty of the sample after it', () => {
    const { at } = shownOf([
      sample(0, 0, 0),
      sample(100, 0, 0, { sigmaMetres: 0.3 }),
      sample(300, 0, 0, { sigmaMetres: 0.7 }),
      sample(400, 0, 0, { sigmaMetres: 0.2 }),
      sample(600, 0, 0, { sigmaMetres: 0.4 }),
    ]);
    expect([200, 400, 600].map((timeMs) => at(timeMs).sigma)).toEqual([0.7, 0.2, 0.4]);
  });

  it('how much of that time detections support: at a sample its own, between two only what both do', () => {
    const places = Array.from({ length: 15 }, () => [1, 1] as const);
    const on = shownOf(every(200, places).map((one) => ({ ...one, measured: one.timeMs !== 1000 })));
    expect([400, 600, 1000, 1400, 1600].map((timeMs) => on.at(timeMs).quality)).toEqual([1, 0.8, 0.8, 0.8, 1]);
    const between = (lostMs: number) =>
      shownOf([
        sample(0, 1, 1),
        ...every(200, places).map((one) => ({
          ...one,
          timeMs: one.timeMs + 100,
          measured: one.timeMs + 100 !== lostMs,
        })),
      ]);
    const [whole, one] = [between(Number.NaN), between(1100)];
    expect(
      [1000, 1400, 1600, 1800].map((timeMs) => Number((whole.at(timeMs).quality - one.at(timeMs).quality).toFixed(9))),
      'the two ticks beside it',
    ).toEqual([0.4, 0.4, 0.2, 0]);
    expect(shownOf(every(200, places, { measured: false })).at(1000).quality).toBe(0);
    expect(shownOf(every(200, places)).at(0).quality, 'of a window that is not full, of the whole').toBe(0.6);
  });

  it('since when they are there', () => {
    const { at } = shownOf([
      sample(0, 0, 0, { person: 'b' }),
      ...every(100, [
        [9, 9],
        [9, 9],
        [9, 9],
        [9, 9],
      ]).map((one) => ({ ...one, timeMs: one.timeMs + 50_100 })),
    ]);
    expect(at(50_200)).toMatchObject({ person: 'a', firstMs: 50_100, seconds: 0.2 });
  });
});

describe('somebody is taken for somebody new', () => {
  /** Whether the last of these begins somebody, who is there from then on, while the one before is told to have gone; and jumps. */
  const isNew = (...samples: readonly PersonSample[]) => {
    const last = samples.at(-1) as PersonSample;
    const after = [100, 200, 300].map((ms) => ({ ...last, timeMs: last.timeMs + ms }));
    const { shown, ended, counts } = shownOf([...samples, ...after]);
    const begun = shown.at(-1)?.firstMs === last.timeMs;
    expect(ended).toBe(begun ? 2 : 1);
    return [begun, counts.teleports];
  };

  it('by a jump that nobody makes, what is uncertain of both places aside', () => {
    const start = sample(0, 5, 5, { sigmaMetres: 0.2 });
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const) {
      expect(isNew(start, sample(100, 5 + 2.39 * dx, 5 + 2.39 * dy))).toEqual([false, 0]);
      expect(isNew(start, sample(100, 5 + 2.41 * dx, 5 + 2.41 * dy))).toEqual([true, 1]);
    }
    expect(isNew(start, sample(1000, 5, 5 + 13.19))).toEqual([false, 0]);
  });

  it('after three seconds without a position, which is no jump', () => {
    expect(isNew(sample(0, 5, 5), sample(3000, 5, 5))).toEqual([false, 0]);
    expect(isNew(sample(0, 5, 5), sample(3001, 5, 5))).toEqual([true, 0]);
  });
});

describe('a scene', () => {
  it('shows everybody by their own positions', () => {
    const two = Array.from({ length: 12 }, (_, i) => [
      sample(i * 100, i / 10, 0),
      sample(i * 100, 50, 20 - i / 5, { person: 'b' }),
    ]).flat();
    const { shown } = shownOf(two);
    const of = (person: string) => shown.find((one) => one.person === person && one.timeMs === 600);
    expect(of('a')).toMatchObject({ x: 0.6, y: 0, vx: expect.closeTo(1, 9), vy: 0 });
    expect(of('b')).toMatchObject({ x: 50, y: expect.closeTo(18.8, 9), vx: 0, vy: expect.closeTo(-2, 9) });
  });

  it('takes no more room for a thousand one after the other than for one', () => {
    let capacity = 0;
    const scene = new Scene(LIVE, ({ slots }) => {
      capacity = slots.capacity;
    });
    for (let i = 0; i < 1000; i++) scene.observe(sample(i * 1000, 0, 0, { person: `p${i}` }));
    expect(scene.size).toBeLessThan(6);
    expect(capacity).toBe(64);
  });

  it('has no place beyond all floors, whichever way', () => {
    const { counts } = shownOf([
      sample(0, 1e6 + 1, 0),
      sample(0, -1e6 - 1, 0),
      sample(0, 0, 1e6 + 1),
      sample(0, 0, -1e6 - 1),
    ]);
    expect(counts.unusable).toBe(4);
  });

  it('holds as many as come, each told once to have gone', () => {
    const crowd = Array.from({ length: 200 }, (_, i) => `p${i}`);
    const samples = [0, 100, 200, 300, 400, 5000, 5100].flatMap((timeMs) =>
      crowd.map((person, i) => sample(timeMs, i, 1 - i, { person: timeMs < 5000 ? person : `q${i}` })),
    );
    const { shown, ended } = shownOf(samples);
    const then = shown.filter(({ timeMs }) => timeMs === 200);
    expect(then.map(({ person, x, y }) => [person, x, y])).toEqual(crowd.map((person, i) => [person, i, 1 - i]));
    expect(shown.filter(({ timeMs }) => timeMs === 5000).map(({ x, y }) => x === 1 - y)).toEqual(crowd.map(() => true));
    expect(ended).toBe(400);
  });

  it.each([
    [{ tickMs: 0 }, /tickMs must be above 0; found 0/],
    [{ tickMs: Number.NaN }, /tickMs must be above 0/],
    [{ halfWindowTicks: 0 }, /halfWindowTicks must be 1 to 3; found 0/],
    [{ halfWindowTicks: 4 }, /halfWindowTicks must be 1 to 3; found 4/],
    [{ halfWindowTicks: 1.5 }, /halfWindowTicks must be 1 to 3; found 1.5/],
    [{ absentMs: 999 }, /absentMs \(999\) must be at least bridgeMs \(1000\)/],
  ])('is not made with %j', (wrong, message) => {
    expect(() => new Scene({ ...LIVE, ...wrong }, () => undefined)).toThrow(message);
  });

  it('keeps the pace of its input, and waits for coarse input as long as for two of its samples and a half', () => {
    expect(sceneOptionsFor(0.1)).toMatchObject({ tickMs: 200, halfWindowTicks: 2, bridgeMs: 1000, absentMs: 3000 });
    expect(sceneOptionsFor(1)).toMatchObject({ tickMs: 1000, halfWindowTicks: 1, bridgeMs: 2500, absentMs: 4000 });
  });
});
