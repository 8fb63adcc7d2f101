import { describe, expect, it } from 'vitest';
import { at, emptyNews, fuse, personsOf, seen } from './floor.ts';

const line =
  (x: number, y: number, vx: number, vy = 0) =>
  (t: number) =>
    [x + vx * t, y + vy * t] as const;

describe('tracks of cameras that overlap', () => {
  it('of one body are one person, nearer to the truth than either, and honest about it', () => {
    const news = fuse([...seen('a', '1', [0, 10], line(0, 0, 1)), ...seen('b', '9', [0, 10], line(0, 0, 1))]);
    expect(personsOf(news)).toHaveLength(1);
    for (const { timeMs, x, y, sigmaMetres } of news.samples) {
      expect(Math.hypot(x - timeMs / 1000, y)).toBeLessThan(0.25);
      expect(sigmaMetres).toBeGreaterThan(0.12 / Math.sqrt(2));
      expect(sigmaMetres).toBeLessThan(0.25);
    }
    expect(news.samples).toHaveLength(51);
  });

  it('of two who walk side by side stay two persons', () => {
    const two = (camera: string, far: number) => [
      ...seen(camera, '1', [0, 20], line(0, 0, 1)),
      ...seen(camera, '2', [0, 20], line(0, far, 1)),
    ];
    const news = fuse([...two('a', 0.7), ...two('b', 0.7)]);
    expect(personsOf(news)).toHaveLength(2);
    for (let t = 1000; t < 19_000; t += 200) expect(at(news, t)).toHaveLength(2);
  });

  it('keep the person when the camera changes within the overlap, and name it after the first track', () => {
    const walk = line(0, 0, 1.2);
    const parts = (third: string) => [
      ...seen('a', '1', [0, 10], walk),
      ...seen('b', '7', [7, 20], walk),
      ...seen('c', third, [17, 30], walk),
    ];
    const news = fuse(parts('4'));
    expect(personsOf(news)).toHaveLength(1);
    expect(news.samples.at(-1)?.timeMs).toBe(30_000);
    expect(news.continuations).toEqual([]);
    expect(personsOf(fuse(parts('5')))).toEqual(personsOf(news));
    expect(personsOf(news)[0]).toMatch(/^[A-Za-z0-9_-]{16}$/);
    expect(personsOf(news)[0]).not.toBe('1');
  });

  it('never put two simultaneous tracks of one camera into one person, however near', () => {
    const news = fuse([
      ...seen('a', '1', [0, 10], line(0, 0, 0)),
      ...seen('a', '2', [0, 10], line(0.15, 0, 0)),
      ...seen('b', '1', [0, 10], line(0.05, 0, 0)),
    ]);
    for (let t = 0; t <= 10_000; t += 200) expect(at(news, t)).toHaveLength(2);
  });

  it('part again where the evidence turns: two met, and one went on', () => {
    const news = fuse([
      ...seen('a', '1', [0, 20], (t) => [t < 10 ? 0 : t - 10, 0]),
      ...seen('b', '1', [0, 20], () => [0.05, 0]),
      ...seen('b', '2', [0, 20], (t) => [t < 10 ? 0.9 : t - 10 + 0.9, 0]),
    ]);
    const late = at(news, 19_000);
    expect(late.some(({ x }) => Math.abs(x) < 0.3)).toBe(true);
    expect(late.filter(({ x }) => x > 8)).toHaveLength(2);
  });

  it('go on as the right persons when a tracker swaps two identities', () => {
    const swapped = (t: number, own: number, other: number): readonly [number, number] => [t, t < 10 ? own : other];
    const news = fuse([
      ...seen('a', '1', [0, 20], (t) => swapped(t, 0, 2)),
      ...seen('a', '2', [0, 20], (t) => swapped(t, 2, 0)),
      ...['b', 'c'].flatMap((camera) => [
        ...seen(camera, '1', [0, 20], line(0, 0, 1)),
        ...seen(camera, '2', [0, 20], line(0, 2, 1)),
      ]),
    ]);
    expect(personsOf(news)).toHaveLength(2);
    for (const person of personsOf(news)) {
      const own = news.samples.filter((sample) => sample.person === person);
      const before = own.find(({ timeMs }) => timeMs === 5000)?.y ?? Number.NaN;
      const after = own.find(({ timeMs }) => timeMs === 18_000)?.y ?? Number.NaN;
      expect(Math.abs(after - before)).toBeLessThan(0.5);
    }
  });

  it('that only predict found nobody, and say so where a person goes on with them', () => {
    expect(personsOf(fuse(seen('a', '1', [0, 5], line(0, 0, 1), { measured: false })))).toEqual([]);
    const news = fuse([
      ...seen('a', '1', [0, 5], line(0, 0, 1)),
      ...seen('a', '1', [5.1, 6], line(0, 0, 1), { measured: false, sigma: 0.5 }),
    ]);
    expect(at(news, 4000)[0]?.measured).toBe(true);
    expect(at(news, 5800)[0]?.measured).toBe(false);
  });
});

describe('somebody who was predicted for so long that nobody knows where they are', () => {
  it('is not taken up by whoever comes in next', () => {
    const growing = seen('a', '1', [10.1, 13], line(0, 0, 0.3), { measured: false }).map((point) => ({
      ...point,
      sigma: (point.timeMs - 10_000) / 1200,
    }));
    const news = fuse([
      ...seen('a', '1', [0, 10], line(0, 0, 0.2)),
      ...growing,
      ...seen('a', '2', [13.8, 25], line(0, 0, 0.2)),
    ]);
    expect(personsOf(news)).toHaveLength(2);
  });
});

describe('clocks of cameras', () => {
  // Half of the people walk one way, half another, so that a wrong clock does not look like a wrong calibration.
  const people = (camera: string, clockMs: number, shiftX = 0) =>
    Array.from({ length: 24 }, (_, i) => {
      const angle = (i * Math.PI) / 6;
      const from = 4 * i;
      const walk = (t: number) =>
        [shiftX + 1.3 * (t - from - 5) * Math.cos(angle), 1.3 * (t - from - 5) * Math.sin(angle)] as const;
      return seen(camera, String(i), [from, from + 10], walk, { clockMs });
    }).flat();

  it.each([0, 400, -900])('are corrected by what people in motion tell: %i ms', (ms) => {
    const news = fuse([...people('a', 0), ...people('b', 0), ...people('c', ms)]);
    const reports = news.fusion.clockReports();
    const c = reports.find(({ camera }) => camera === 'c');
    const a = reports.find(({ camera }) => camera === 'a');
    expect(c?.sigmaMs).toBeLessThan(200);
    expect(Math.abs((c?.offsetMs ?? 1e6) - (a?.offsetMs ?? 0) - ms)).toBeLessThan(150);
    expect(c?.refused).toBe(false);
    // The last ones, when the clock is known, are one person each.
    const late = personsOf({ ...emptyNews(), samples: news.samples.filter(({ timeMs }) => timeMs > 80_000) });
    expect(late.length).toBeLessThanOrEqual(7);
  });

  it('are refused beyond the limit, and the camera is left out', () => {
    const news = fuse([...people('a', 0), ...people('b', 0), ...people('c', 3000)]);
    expect(news.fusion.clockReports().map(({ refused }) => refused)).toEqual([false, false, true]);
    const late = news.samples.filter(({ timeMs }) => timeMs === 90_000);
    expect(late.length).toBeLessThanOrEqual(3);
  });

  it('are unknown where nobody is seen twice, and nothing is invented', () => {
    const news = fuse([...seen('a', '1', [0, 10], line(0, 0, 1)), ...seen('b', '1', [0, 10], line(50, 0, 1))]);
    expect(news.fusion.clockReports().map(({ offsetMs, sigmaMs }) => [offsetMs, sigmaMs])).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(news.fusion.disagreements()).toEqual([]);
  });

  it('are not found in companions who all walk one way in file, where calibrations differ along it', () => {
    // Whoever walks 0.9 s ahead is no proof of a clock that is 0.9 s off; and 0.6 m along the way are none of half a second.
    const files = (camera: string, shiftX: number) =>
      Array.from({ length: 24 }, (_, i) => {
        const [from, behind] = [8 * (i >> 1), 1.2 * (i & 1)];
        const walk = (t: number) => [shiftX + 1.3 * (t - from) - behind, 0] as const;
        return seen(camera, String(i), [from, from + 12], walk);
      }).flat();
    const news = fuse([...files('a', 0), ...files('b', 0.6)]);
    for (const { offsetMs, sigmaMs } of news.fusion.clockReports()) {
      if (offsetMs === null || (sigmaMs ?? 1e6) > 250) continue;
      expect(Math.abs(offsetMs)).toBeLessThan(150);
    }
  });

  it('are not found in two companions in file, however long they walk before two cameras that see one of them each', () => {
    const to = (t: number) => 1.3 * t;
    // To and fro, and once around: no calibration could look like it.
    const file = [
      ...seen('a', 'ahead', [0, 90], (t) => [40 * Math.cos(to(t) / 40), 40 * Math.sin(to(t) / 40)]),
      ...seen('b', 'behind', [0, 90], (t) => [40 * Math.cos(to(t - 2) / 40), 40 * Math.sin(to(t - 2) / 40)]),
    ];
    const news = fuse(file);
    for (const { offsetMs } of news.fusion.clockReports()) expect(offsetMs).toBeNull();
    expect(at(news, 80_000)).toHaveLength(2);
  });

  it('are told apart from calibrations: a shifted camera is reported by its metres, not by its time', () => {
    const news = fuse([...people('a', 0), ...people('b', 0, 0.3)]);
    const [pair] = news.fusion.disagreements();
    expect(pair?.cameras).toEqual(['a', 'b']);
    expect(pair?.xMetres).toBeCloseTo(0.3, 1);
    expect(pair?.metres).toBeCloseTo(0.3, 1);
    for (const { offsetMs } of news.fusion.clockReports()) expect(Math.abs(offsetMs ?? 0)).toBeLessThan(100);
  });
});
