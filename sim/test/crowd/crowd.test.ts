import { Crowd, type NewBody } from '@safe-passage/sim/crowd/crowd.ts';
import { Random } from '@safe-passage/sim/random.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const DT = 0.1;
const NO_WALLS = new Float64Array(0);

function body(x: number, y: number, more: Partial<NewBody> = {}): NewBody {
  return { x, y, headingRadians: 0, radiusMetres: 0.22, preferredSpeed: 1.3, ...more };
}

function rectangle(left: number, bottom: number, right: number, top: number): number[] {
  return [left, bottom, right, bottom, right, bottom, right, top, right, top, left, top, left, top, left, bottom];
}

const distance = (crowd: Crowd, a: number, b: number) =>
  Math.hypot((crowd.x[a] ?? 0) - (crowd.x[b] ?? 0), (crowd.y[a] ?? 0) - (crowd.y[b] ?? 0));

const at = (crowd: Crowd, slot: number): [number, number] => [crowd.x[slot] ?? Number.NaN, crowd.y[slot] ?? Number.NaN];

describe('one body', () => {
  it('walks where it wants to go, about as fast as it wants', () => {
    const crowd = new Crowd({ capacity: 1, segments: NO_WALLS, seed: 1 });
    const slot = crowd.add(body(0, 0));
    crowd.want(slot, 1, 0, 1.3);
    for (let step = 0; step < 100; step += 1) crowd.step(DT);
    expect(at(crowd, slot)[0]).toBeGreaterThan(11);
    expect(at(crowd, slot)[0]).toBeLessThan(13.2);
    expect(Math.abs(at(crowd, slot)[1])).toBeLessThan(1.5);
  });

  it('comes to a halt within a metre, and stays to the byte', () => {
    const crowd = new Crowd({ capacity: 1, segments: NO_WALLS, seed: 1 });
    const slot = crowd.add(body(0, 0));
    crowd.want(slot, 1, 0, 1.4);
    for (let step = 0; step < 50; step += 1) crowd.step(DT);
    const [from] = at(crowd, slot);
    crowd.want(slot, 1, 0, 0);
    for (let step = 0; step < 30; step += 1) crowd.step(DT);
    const stopped = at(crowd, slot);
    expect(stopped[0] - from).toBeLessThan(1);
    for (let step = 0; step < 100; step += 1) crowd.step(DT);
    expect(at(crowd, slot)).toEqual(stopped);
  });

  it('looks where it walks', () => {
    const crowd = new Crowd({ capacity: 1, segments: NO_WALLS, seed: 1 });
    const slot = crowd.add(body(0, 0));
    crowd.want(slot, 0, 1, 1.3);
    for (let step = 0; step < 50; step += 1) crowd.step(DT);
    expect(Math.abs((crowd.heading[slot] ?? 0) - Math.PI / 2)).toBeLessThan(0.4);
  });

  it('is refused with the value that is wrong', () => {
    const crowd = new Crowd({ capacity: 1, segments: NO_WALLS, seed: 1 });
    expect(() => crowd.add(body(Number.NaN, 0))).toThrow(/NaN/);
    expect(() => crowd.add(body(0, 0, { radiusMetres: 5 }))).toThrow(/radiusMetres.*5/);
    expect(() => crowd.add(body(0, 0, { preferredSpeed: -1 }))).toThrow(/preferredSpeed.*-1/);
    crowd.add(body(0, 0));
    expect(() => crowd.add(body(1, 1))).toThrow(/all 1 slots/);
    expect(() => crowd.step(5)).toThrow(/5/);
  });

  it('leaves its slot to the next', () => {
    const crowd = new Crowd({ capacity: 2, segments: NO_WALLS, seed: 1 });
    const first = crowd.add(body(0, 0));
    crowd.company(first, 7);
    crowd.remove(first);
    expect(crowd.count).toBe(0);
    expect(() => crowd.hold(first, true)).toThrow(/no body in slot 0/);
    expect(crowd.add(body(3, 0))).toBe(first);
    expect(crowd.count).toBe(1);
  });
});

describe('bodies that stay', () => {
  it('are walked around, and one who is held does not move at all', () => {
    const crowd = new Crowd({ capacity: 2, segments: NO_WALLS, seed: 4 });
    const walker = crowd.add(body(-5, 0));
    const seated = crowd.add(body(0, 0));
    crowd.hold(seated, true);
    let nearest = Infinity;
    for (let step = 0; step < 120; step += 1) {
      crowd.want(walker, 8 - at(crowd, walker)[0], -at(crowd, walker)[1], 1.3);
      crowd.step(DT);
      nearest = Math.min(nearest, distance(crowd, walker, seated));
    }
    expect(at(crowd, walker)[0]).toBeGreaterThan(5);
    expect(nearest).toBeGreaterThan(0.35);
    expect(at(crowd, seated)).toEqual([0, 0]);
  });

  it('at one place move apart instead of becoming no number', () => {
    const crowd = new Crowd({ capacity: 3, segments: NO_WALLS, seed: 4 });
    for (let i = 0; i < 3; i += 1) crowd.add(body(2, 2));
    for (let step = 0; step < 100; step += 1) crowd.step(DT);
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const)
      expect(distance(crowd, a, b)).toBeGreaterThan(0.4);
  });
});

describe('whatever happens', () => {
  // Four rooms with doors, a pillar, and a wall that ends in the open.
  const segments = Float64Array.from([
    ...rectangle(0, 0, 12, 10),
    ...[6, 0, 6, 2, 6, 3.2, 6, 7, 6, 8, 6, 10],
    ...[0, 5, 2, 5, 3.5, 5, 8, 5, 9, 5, 12, 5],
    ...rectangle(2.5, 7, 3, 7.5),
    ...[9, 6.5, 10.5, 8.5],
  ]);
  const crosses = (s: number, a: [number, number], b: [number, number]) => {
    const [x0, y0, x1, y1] = segments.subarray(s, s + 4) as unknown as [number, number, number, number];
    const side = (px: number, py: number) => Math.sign((x1 - x0) * (py - y0) - (y1 - y0) * (px - x0));
    const way = (px: number, py: number) => Math.sign((b[0] - a[0]) * (py - a[1]) - (b[1] - a[1]) * (px - a[0]));
    return side(...a) * side(...b) < 0 && way(x0, y0) * way(x1, y1) < 0;
  };

  it('nobody passes a wall, is too fast, or becomes no number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 1, max: 90 }), (seed, count) => {
        const random = new Random(seed);
        const crowd = new Crowd({ capacity: count, segments, seed });
        for (let i = 0; i < count; i += 1) {
          const slot = crowd.add(
            body(random.between(0.3, 11.7), random.between(0.3, 9.7), {
              radiusMetres: random.between(0.15, 0.5),
              preferredSpeed: random.between(0, 3),
            }),
          );
          if (random.chance(0.3)) crowd.company(slot, Math.floor(random.between(0, 5)));
          if (random.chance(0.1)) crowd.hold(slot, true);
        }
        for (let step = 0; step < 60; step += 1) {
          const before = Array.from({ length: count }, (_, slot) => at(crowd, slot));
          for (let slot = 0; slot < count; slot += 1) {
            // Straight into the walls, changing their mind.
            if (random.chance(0.1))
              crowd.want(slot, random.between(-1, 1), random.between(-1, 1), random.between(0, 3));
          }
          crowd.step(DT);
          for (let slot = 0; slot < count; slot += 1) {
            const now = at(crowd, slot);
            expect(now.every(Number.isFinite)).toBe(true);
            expect(Math.hypot(crowd.vx[slot] ?? Number.NaN, crowd.vy[slot] ?? Number.NaN)).toBeLessThanOrEqual(3.0001);
            for (let s = 0; s < segments.length; s += 4) {
              if (crosses(s, before[slot] as [number, number], now)) {
                throw new Error(`${slot} went from ${before[slot]} to ${now} through segment ${s >> 2}`);
              }
            }
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('the same seed gives the same bytes, another seed others', () => {
    const run = (seed: number) => {
      const random = new Random(5);
      const crowd = new Crowd({ capacity: 60, segments, seed });
      for (let i = 0; i < 60; i += 1) {
        const slot = crowd.add(body(random.between(0.5, 11.5), random.between(0.5, 9.5)));
        crowd.company(slot, i % 3 === 0 ? i : i - (i % 3));
        crowd.want(slot, random.between(-1, 1), random.between(-1, 1), 1.2);
      }
      for (let step = 0; step < 100; step += 1) crowd.step(DT);
      return Buffer.concat([
        Buffer.from(crowd.x.buffer),
        Buffer.from(crowd.y.buffer),
        Buffer.from(crowd.vx.buffer),
      ]).toString('hex');
    };
    expect(run(9)).toBe(run(9));
    expect(run(9)).not.toBe(run(10));
  });
});

/** Two crowds, each on its side, want to the other side; @returns seconds until the last one is there, Infinity after 4 minutes. */
function exchange(
  segments: number[],
  count: number,
  seed: number,
  place: (random: Random) => [number, number],
  aim: (x: number, y: number) => [number, number],
  end: number,
) {
  const random = new Random(seed);
  const crowd = new Crowd({ capacity: 2 * count, segments: Float64Array.from(segments), seed });
  for (let slot = 0; slot < 2 * count; slot += 1) {
    const sign = slot < count ? 1 : -1;
    const [x, y] = place(random);
    crowd.add(body(-sign * x, y, { radiusMetres: random.between(0.2, 0.25) }));
  }
  for (let step = 0; step < 2400; step += 1) {
    if (crowd.count === 0) return step * DT;
    for (let slot = 0; slot < 2 * count; slot += 1) {
      if (crowd.alive[slot] !== 1) continue;
      const sign = slot < count ? 1 : -1;
      const [x, y] = at(crowd, slot);
      if (sign * x > end) {
        crowd.remove(slot);
        continue;
      }
      const [goalX, goalY] = aim(sign * x, y);
      crowd.want(slot, sign * (goalX - sign * x), goalY - y, 1.3);
    }
    crowd.step(DT);
  }
  return Infinity;
}

describe('two opposing streams', () => {
  it.each([
    [2, 30],
    [1.2, 25],
    [0.9, 15],
  ])('get through a door of %s m, %s from each side', (width, count) => {
    const half = width / 2;
    const segments = [...rectangle(-10, -5, 10, 5), 0, -5, 0, -half, 0, half, 0, 5];
    for (const seed of [1, 2, 3, 4]) {
      const seconds = exchange(
        segments,
        count,
        seed,
        (random) => [random.between(1.5, 8), random.between(-4, 4)],
        (x, y) => (x < 0 ? [0.3, Math.max(-half + 0.3, Math.min(half - 0.3, y))] : [6, y]),
        4,
      );
      expect(seconds).toBeLessThan(120);
    }
  });

  it('get along a corridor of 1.5 m, 20 from each side', () => {
    for (const seed of [1, 2, 3, 4]) {
      const seconds = exchange(
        [-15, -0.75, 15, -0.75, -15, 0.75, 15, 0.75],
        20,
        seed,
        (random) => [random.between(1, 13), random.between(-0.4, 0.4)],
        (x, y) => [x + 1, y],
        14,
      );
      expect(seconds).toBeLessThan(90);
    }
  });
});
