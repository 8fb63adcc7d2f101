import { CountReport, checker, countProblems, describeProblems } from '@safe-passage/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CountedZone, type UnnumberedCount, ZoneCounter } from '../../src/count/zoneCounter.ts';

const QUARTER_MS = 900_000;
/** The begin of a quarter-hour. */
const T0 = 1_900_000 * QUARTER_MS;
const check = checker(CountReport);

const square = (id: string, x: number): CountedZone => ({
  id,
  polygon: [
    [x, 0],
    [x + 10, 0],
    [x + 10, 10],
    [x, 10],
  ],
});
const ZONES = [square('gate', 0), square('shop', 10)];

interface Where {
  readonly id: number;
  readonly x: number;
  readonly y: number;
}

function setup(zones: readonly CountedZone[] = ZONES) {
  const counter = new ZoneCounter({ camera: 'cam-1', calibration: 'nominal', zones, epoch: '0123456789abcdef' });
  const reports: UnnumberedCount[] = [];
  const keep = (report: UnnumberedCount | null) => report && reports.push(report);
  const frame = (ms: number, ...places: Where[]) => {
    keep(counter.beginFrame(T0 + ms));
    for (const { id, x, y } of places) counter.place(id, x, y);
  };
  /** Frames five times a second, the last one not included. */
  const play = (fromMs: number, toMs: number, at: (ms: number) => Where[]) => {
    for (let ms = fromMs; ms < toMs; ms += 200) frame(ms, ...at(ms));
  };
  const finish = () => keep(counter.close());
  return { counter, reports, frame, play, finish };
}

const valid = (report: UnnumberedCount): void => {
  const checked = check({ ...report, sequence: 1 });
  if (!checked.ok) throw new Error(describeProblems(checked.problems));
  expect(countProblems(checked.value)).toEqual([]);
};

describe('a quarter-hour in zones', () => {
  it('is who were there, who were new, and how long they stayed together', () => {
    const { reports, play, finish } = setup();
    play(0, 60_000, (ms) => [
      { id: 1, x: 5, y: 5 },
      { id: 2, x: ms < 20_000 ? 2 : 12, y: 5 },
    ]);
    finish();
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({ fromMs: T0, toMs: T0 + QUARTER_MS, watchedSeconds: 60 });
    expect(reports[0]?.anyZone).toEqual({ people: 2, newcomers: 2 });
    expect(reports[0]?.zones).toEqual([
      { zone: 'gate', people: 2, newcomers: 2, personSeconds: 80 },
      { zone: 'shop', people: 1, newcomers: 1, personSeconds: 40 },
    ]);
  });

  it('knows who stays from the quarter before: they are there, and not new', () => {
    const { reports, play, finish } = setup();
    play(QUARTER_MS - 10_000, QUARTER_MS + 20_000, () => [{ id: 1, x: 5, y: 5 }]);
    finish();
    expect(reports.map(({ fromMs }) => fromMs)).toEqual([T0, T0 + QUARTER_MS]);
    expect(reports.map(({ zones }) => zones[0]?.newcomers)).toEqual([1, 0]);
    expect(reports.map(({ zones }) => zones[0]?.people)).toEqual([1, 1]);
    expect(reports.map(({ anyZone }) => anyZone.newcomers)).toEqual([1, 0]);
  });

  it('has whole quarter-hours for times, also where the agent was stopped after a moment', () => {
    const { reports, play, finish } = setup();
    play(123_400, 125_000, () => [{ id: 1, x: 5, y: 5 }]);
    finish();
    expect(reports[0]).toMatchObject({ fromMs: T0, toMs: T0 + QUARTER_MS });
  });

  it('leaves out who only touched the edge of a zone, and who was in none', () => {
    const { reports, play, finish } = setup();
    play(0, 10_000, (ms) => [
      { id: 1, x: ms < 600 ? 9.9 : 25, y: 5 },
      { id: 2, x: 25, y: 25 },
    ]);
    finish();
    expect(reports[0]?.zones).toEqual([]);
    expect(reports[0]?.anyZone).toEqual({ people: 0, newcomers: 0 });
  });

  it('takes whoever is lost and seen again nearby for one: few people must not look like many', () => {
    const { counter, reports, play, finish } = setup();
    for (let n = 0; n < 20; n += 1) {
      play(n * 4000, n * 4000 + 2000, () => [{ id: n, x: 5 + (n % 2), y: 5 }]);
      counter.end(n);
    }
    finish();
    expect(reports[0]?.zones).toMatchObject([{ zone: 'gate', people: 1, newcomers: 1 }]);
  });

  it('takes whoever comes in where somebody has just left the picture for somebody else', () => {
    const counter = new ZoneCounter({ camera: 'c', calibration: 'nominal', zones: ZONES, epoch: '0123456789abcdef' });
    const walk = (id: number, fromMs: number) => {
      for (let ms = fromMs; ms < fromMs + 4000; ms += 200) {
        counter.beginFrame(T0 + ms);
        counter.place(id, 5, 5, ms >= fromMs + 3000 || ms < fromMs + 1000);
      }
      counter.end(id);
    };
    walk(1, 0);
    walk(2, 6000);
    // At once and at the very place: a box that flickers at the edge.
    walk(3, 10_200);
    expect(counter.close()?.zones[0]).toMatchObject({ people: 2, newcomers: 2 });
  });

  it('takes whoever appears elsewhere, or much later, for somebody else', () => {
    const { counter, reports, play, finish } = setup();
    play(0, 3000, () => [{ id: 1, x: 1, y: 1 }]);
    counter.end(1);
    play(3000, 6000, () => [{ id: 2, x: 8, y: 8 }]);
    counter.end(2);
    play(12_000, 15_000, () => [{ id: 3, x: 8, y: 8 }]);
    finish();
    expect(reports[0]?.zones[0]?.people).toBe(3);
  });

  it.each([
    { lost: false, appears: false, people: 1 },
    { lost: true, appears: false, people: 2 },
    { lost: false, appears: true, people: 2 },
    { lost: true, appears: true, people: 2 },
  ])('takes whoever is lost ($lost: at the edge) and seen again ($appears) two seconds later for $people', (at) => {
    const { counter } = setup();
    const stand = (id: number, fromMs: number, atEdge: boolean) => {
      for (let ms = fromMs; ms < fromMs + 3000; ms += 200) {
        counter.beginFrame(T0 + ms);
        counter.place(id, 5, 5, atEdge);
      }
      counter.end(id);
    };
    stand(1, 0, at.lost);
    stand(2, 4800, at.appears);
    expect(counter.close()?.zones[0]?.people).toBe(at.people);
  });

  it('takes whoever appears for the nearest of those who were lost', () => {
    const { counter, reports, play, finish } = setup();
    play(0, 3000, () => [
      { id: 1, x: 1, y: 5 },
      { id: 2, x: 3, y: 5 },
    ]);
    counter.end(1);
    counter.end(2);
    // Had the first of them been taken for the second who was lost, the other would be too far away to be anybody known.
    play(3000, 6000, () => [
      { id: 3, x: 1.1, y: 5 },
      { id: 4, x: 5.4, y: 5 },
    ]);
    finish();
    expect(reports[0]?.zones).toMatchObject([{ zone: 'gate', people: 2, newcomers: 2 }]);
  });

  it('knows nothing of anybody some seconds after they have gone, whether or not somebody comes', () => {
    const { counter, frame } = setup();
    frame(0, { id: 1, x: 5, y: 5 }, { id: 2, x: 6, y: 5 });
    counter.end(1);
    frame(200, { id: 2, x: 6, y: 5 });
    expect(counter.known).toBe(2);
    counter.end(2);
    frame(5_000);
    expect(counter.known).toBe(2);
    frame(5_200);
    expect(counter.known).toBe(1);
    frame(5_400);
    expect(counter.known).toBe(0);
  });

  it('forgets who had a number when the track is over', () => {
    const { counter, reports, play, finish } = setup();
    play(0, 3000, () => [{ id: 1, x: 1, y: 1 }]);
    counter.end(1);
    play(3000, 6000, () => [{ id: 1, x: 8, y: 8 }]);
    finish();
    expect(reports[0]?.zones[0]?.people).toBe(2);
  });

  it('is told once more, and nothing of it twice, where the clock is set back', () => {
    const { reports, play, finish } = setup();
    play(QUARTER_MS, QUARTER_MS + 10_000, () => [{ id: 1, x: 5, y: 5 }]);
    play(0, 10_000, () => [{ id: 1, x: 5, y: 5 }]);
    finish();
    expect(reports.map(({ fromMs }) => fromMs)).toEqual([T0 + QUARTER_MS, T0]);
    expect(reports.reduce((sum, { zones }) => sum + (zones[0]?.newcomers ?? 0), 0)).toBe(1);
    expect(reports.reduce((sum, { zones }) => sum + (zones[0]?.personSeconds ?? 0), 0)).toBeLessThanOrEqual(20);
  });

  it('never is more than what was seen, and always what the contract takes', () => {
    const walk = fc.record({
      id: fc.integer({ min: 1, max: 8 }),
      x: fc.double({ min: -5, max: 25, noNaN: true }),
      y: fc.double({ min: -5, max: 15, noNaN: true }),
    });
    const step = fc.record({
      afterMs: fc.integer({ min: 1, max: 400_000 }),
      places: fc.uniqueArray(walk, { maxLength: 6, selector: ({ id }) => id }),
      ended: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { counter, reports, frame, finish } = setup();
        let ms = 0;
        // Tracks: a number that ended and comes back is another one.
        const names = new Set<string>();
        const lives = new Map<number, number>();
        for (const { afterMs, places, ended } of steps) {
          ms += afterMs;
          frame(ms, ...places);
          for (const { id } of places) names.add(`${id} ${lives.get(id) ?? 0}`);
          for (const id of ended) {
            counter.end(id);
            lives.set(id, (lives.get(id) ?? 0) + 1);
          }
        }
        finish();
        for (const report of reports) valid(report);
        const newcomers = reports.reduce((sum, { anyZone }) => sum + anyZone.newcomers, 0);
        expect(newcomers).toBeLessThanOrEqual(names.size);
        // Everybody in a later interval was new in it or in an earlier one.
        for (const [i, { anyZone }] of reports.entries()) {
          const sofar = reports.slice(0, i + 1).reduce((sum, { anyZone: one }) => sum + one.newcomers, 0);
          expect(anyZone.people).toBeLessThanOrEqual(sofar);
        }
        const watched = reports.reduce((sum, report) => sum + report.watchedSeconds, 0);
        expect(watched).toBeLessThanOrEqual(ms / 1000 + reports.length);
      }),
    );
  });
});
