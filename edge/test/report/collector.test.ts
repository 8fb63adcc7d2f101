import { checker, describeProblems, TrackReport } from '@safe-passage/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pseudonymiser } from '../../src/pseudonym/pseudonymiser.ts';
import { ReportCollector, type UnnumberedReport } from '../../src/report/collector.ts';

const check = checker(TrackReport);
const T0 = 1_700_000_000_000;

function collector() {
  const names = new Pseudonymiser(12 * 3_600_000);
  return { names, reports: new ReportCollector({ camera: 'cam-1', calibration: 'nominal', names }) };
}

function expectValid(report: UnnumberedReport): void {
  const checked = check({ ...report, sequence: 1 });
  if (!checked.ok) throw new Error(describeProblems(checked.problems));
}

describe('reports', () => {
  it('cover one second of capture time each, from their first frame to their last', () => {
    const { reports } = collector();
    const done: UnnumberedReport[] = [];
    for (let frame = 0; frame < 25; frame += 1) {
      const report = reports.beginFrame(T0 + 250 + frame * 100);
      if (report) done.push(report);
    }
    const last = reports.flush();
    expect([...done, ...(last ? [last] : [])].map((r) => [r.fromMs - T0, r.toMs - T0])).toEqual([
      [250, 950],
      [1050, 1950],
      [2050, 2650],
    ]);
    expect(reports.flush()).toBeNull();
  });

  it('are made when nobody is there', () => {
    const { reports } = collector();
    reports.beginFrame(T0);
    expect(reports.beginFrame(T0 + 1000)?.tracks).toEqual([]);
  });

  it('hold centimetres, offsets in milliseconds, and whether a point was measured', () => {
    const { names, reports } = collector();
    reports.beginFrame(T0 + 100);
    reports.addPoint(5, 'tentative', 1.234, -5.678, 0.25, true);
    reports.beginFrame(T0 + 200.9);
    reports.addPoint(5, 'active', 1.3, -5.6, 0.0001, true);
    reports.beginFrame(T0 + 300);
    reports.addPoint(5, 'coasting', 1.4, -5.5, 1e9, false);
    expect(reports.flush()?.tracks).toEqual([
      {
        id: names.pseudonymOf(5),
        state: 'coasting',
        points: [
          [0, 123, -568, 25, 1],
          [100, 130, -560, 1, 1],
          [200, 140, -550, 100_000, 0],
        ],
      },
    ]);
  });

  it('put everybody on the nearest centimetre, and doubt of less than one becomes one', () => {
    const metres = fc.double({ min: -10_000, max: 10_000, noNaN: true });
    fc.assert(
      fc.property(metres, metres, fc.double({ min: 0, max: 1000, noNaN: true }), (x, y, sigma) => {
        const { reports } = collector();
        reports.beginFrame(T0);
        expect(reports.addPoint(1, 'active', x, y, sigma, true)).toBe(true);
        const [, xCm = 0, yCm = 0, sigmaCm = 0] = reports.flush()?.tracks[0]?.points[0] ?? [];
        expect(Math.abs(xCm - 100 * x)).toBeLessThanOrEqual(0.5 + 1e-9);
        expect(Math.abs(yCm - 100 * y)).toBeLessThanOrEqual(0.5 + 1e-9);
        expect(Math.abs(sigmaCm - Math.max(1, 100 * sigma))).toBeLessThanOrEqual(0.5 + 1e-9);
      }),
    );
  });

  it('hold every place of a fast camera, and close early where the contract takes no more of a track', () => {
    const { reports } = collector();
    const done: UnnumberedReport[] = [];
    for (let frame = 0; frame < 600; frame += 1) {
      const report = reports.beginFrame(T0 + frame);
      if (report) done.push(report);
      expect(reports.addPoint(1, 'active', frame / 100, 0, 1, true)).toBe(true);
    }
    done.push(...reports.endAll());
    for (const report of done) expectValid(report);
    expect(done.map((r) => r.tracks[0]?.points.length)).toEqual([512, 88]);
    expect(done.flatMap((r) => r.tracks[0]?.points.map(([, x]) => x))).toEqual(
      Array.from({ length: 600 }, (_, i) => i),
    );
  });

  it('say that a track is tentative', () => {
    const { reports } = collector();
    reports.beginFrame(T0);
    reports.addPoint(1, 'tentative', 0, 0, 1, true);
    expect(reports.flush()?.tracks[0]?.state).toBe('tentative');
  });

  it('end a track once: with its last points, or alone where it ended between two reports', () => {
    const { reports } = collector();
    reports.beginFrame(T0);
    reports.addPoint(1, 'active', 0, 0, 1, true);
    reports.addPoint(2, 'active', 9, 9, 1, true);
    reports.end(1);
    const first = reports.beginFrame(T0 + 1000);
    reports.end(2);
    reports.end(2);
    const second = reports.flush();
    expect(first?.tracks.map((t) => [t.state, t.points.length])).toEqual([
      ['ended', 1],
      ['active', 1],
    ]);
    expect(second?.tracks.map((t) => [t.state, t.points.length])).toEqual([['ended', 0]]);
    expect(second?.tracks[0]?.id).toBe(first?.tracks[1]?.id);
    expect(reports.endAll()).toEqual([]);
  });

  it('are silent about a track that never had a place on the floor', () => {
    const { reports } = collector();
    reports.beginFrame(T0);
    expect(reports.addPoint(1, 'active', Number.NaN, 0, 1, true)).toBe(false);
    expect(reports.addPoint(2, 'active', 10_001, 0, 1, true)).toBe(false);
    expect(reports.addPoint(3, 'active', 0, 0, Number.NaN, true)).toBe(false);
    expect(reports.addPoint(4, 'active', 0, 0, -0.01, true)).toBe(false);
    reports.end(1);
    expect(reports.flush()?.tracks).toEqual([]);
    reports.beginFrame(T0 + 1000);
    expect(reports.addPoint(5, 'active', 10_000, -10_000, 0, true)).toBe(true);
  });

  it('begin anew where the clock is set back, so that points stay in order', () => {
    const { reports } = collector();
    reports.beginFrame(T0 + 500);
    expect(reports.beginFrame(T0 + 300)).toMatchObject({ fromMs: T0 + 500, toMs: T0 + 500 });
    expect(reports.flush()).toMatchObject({ fromMs: T0 + 300 });
  });

  it('end every live track under the old key before it rotates; the track goes on under another name', () => {
    const { names, reports } = collector();
    reports.beginFrame(T0);
    reports.addPoint(1, 'active', 1, 1, 1, true);
    const oldEpoch = names.epoch;
    const [ended, ...more] = reports.endAll();
    expect(more).toEqual([]);
    names.rotate(T0);
    reports.beginFrame(T0 + 40);
    reports.addPoint(1, 'active', 1, 1, 1, true);
    const after = reports.flush();
    expect(ended).toMatchObject({ epoch: oldEpoch, tracks: [{ state: 'ended' }] });
    expect(after?.epoch).toBe(names.epoch);
    expect(after?.tracks[0]?.id).not.toBe(ended?.tracks[0]?.id);
    expect(reports.liveTracks).toBe(1);
  });

  it('keep to the limits of the contract with a crowd beyond them, and lose no end', () => {
    const { reports } = collector();
    const all: UnnumberedReport[] = [];
    const keep = (report: UnnumberedReport | null) => report && all.push(report);
    for (let frame = 0; frame < 4; frame += 1) {
      keep(reports.beginFrame(T0 + frame));
      for (let track = 0; track < 500; track += 1) reports.addPoint(frame * 500 + track, 'active', 0, 0, 1, true);
    }
    for (let track = 0; track < 2000; track += 3) reports.end(track);
    const endedIn = (some: readonly UnnumberedReport[]) =>
      some.flatMap((r) => r.tracks.filter((t) => t.state === 'ended'));
    keep(reports.beginFrame(T0 + 10));
    keep(reports.flush());
    // Those that the crowded report had no room for are told in the next one, not at the end of all.
    expect(endedIn(all)).toHaveLength(667);
    all.push(...reports.endAll());
    for (const report of all) expectValid(report);
    const ended = all.flatMap((r) => r.tracks.filter((t) => t.state === 'ended').map((t) => t.id));
    expect(ended.length).toBe(2000);
    expect(new Set(ended).size).toBe(2000);
  });
});

describe('any run of frames', () => {
  const frame = fc.record({
    stepMs: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 900 }) }, fc.integer({ min: -3000, max: 5000 })),
    points: fc.array(
      fc.record({
        track: fc.integer({ min: 1, max: 8 }),
        state: fc.constantFrom('tentative' as const, 'active' as const, 'coasting' as const),
        x: fc.double({ min: -12_000, max: 12_000 }),
        y: fc.double({ min: -12_000, max: 12_000 }),
        sigma: fc.double({ min: -0.1, max: 5000 }),
        measured: fc.boolean(),
      }),
      { maxLength: 6 },
    ),
    ends: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 2 }),
    rotate: fc.boolean(),
  });

  it('gives valid reports that hold every accepted point once, one epoch each, and end each name once and for good', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 60 }), (frames) => {
        const { names, reports } = collector();
        const all: UnnumberedReport[] = [];
        let accepted = 0;
        let now = T0;
        for (const f of frames) {
          now += f.stepMs;
          const complete = reports.beginFrame(now);
          if (complete) all.push(complete);
          for (const p of f.points) {
            if (reports.addPoint(p.track, p.state, p.x, p.y, p.sigma, p.measured)) accepted += 1;
          }
          for (const track of f.ends) reports.end(track);
          if (f.rotate) {
            all.push(...reports.endAll());
            names.rotate(now);
          }
        }
        all.push(...reports.endAll());
        const state = new Map<string, string>();
        let points = 0;
        for (const report of all) {
          expectValid(report);
          expect(report.toMs).toBeGreaterThanOrEqual(report.fromMs);
          expect(Math.floor(report.toMs / 1000)).toBe(Math.floor(report.fromMs / 1000));
          for (const track of report.tracks) {
            expect(state.get(track.id)).not.toBe('ended');
            state.set(track.id, track.state);
            points += track.points.length;
            const times = track.points.map(([offset]) => offset);
            expect(times).toEqual([...times].sort((a, b) => a - b));
            if (track.points.length === 0) expect(track.state).toBe('ended');
          }
        }
        expect(points).toBe(accepted);
        expect([...state.values()].every((s) => s === 'ended')).toBe(true);
        expect(reports.liveTracks).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
