import { measuredPoints } from '@safe-passage/sim/cameras/calibrationOf.ts';
import { YOLOX_NANO_832 } from '@safe-passage/sim/cameras/detectors.ts';
import { loadTerminal } from '@safe-passage/sim/terminal/load.ts';
import { describe, expect, it } from 'vitest';
import { withCameraGrid } from '../../src/escort/cameraGrid.ts';
import type { FusedRows } from '../../src/escort/cameras.ts';
import { linksBetween } from '../../src/escort/links.ts';
import type { Recording } from '../../src/escort/recording.ts';
import { cameraTables, watchRun } from '../../src/escort/throughCameras.ts';
import { whoIsWho } from '../../src/escort/whoIsWho.ts';

const BY_PLAN = { detector: YOLOX_NANO_832, gridMetres: null };

type Place = readonly [frame: number, who: number, x: number, y: number];

/** Two people who walk side by side, 3 m apart, for 100 frames: 20 s. */
function walk(): Recording {
  const frames = 100;
  return {
    run: { plan: 'regional', seed: 1, hours: 0.01, passengersPerHour: 0, scenariosPerHour: 0 },
    floor: {
      id: 'f',
      name: 'F',
      bounds: [
        [0, 0],
        [30, 10],
      ],
      walls: [],
      zones: [],
      cameras: [],
    },
    frames,
    starts: Int32Array.from({ length: frames + 1 }, (_, k) => 2 * k),
    id: Int32Array.from({ length: 2 * frames }, (_, i) => 7 + (i % 2)),
    x: Float32Array.from({ length: 2 * frames }, (_, i) => 0.2 * (i >> 1)),
    y: Float32Array.from({ length: 2 * frames }, (_, i) => 2 + 3 * (i % 2)),
    people: 2,
    scenarios: [],
  };
}

const told = (names: readonly string[], places: readonly Place[]): FusedRows => ({
  names,
  frame: Int32Array.from(places, ([frame]) => frame),
  person: Int32Array.from(places, ([, who]) => who),
  measured: Int32Array.from(places, () => 1),
  x: Float32Array.from(places, ([, , x]) => x),
  y: Float32Array.from(places, ([, , , y]) => y),
});
const stretch = (who: number, from: number, to: number, y: number): Place[] =>
  Array.from({ length: to - from }, (_, k) => [from + k, who, 0.2 * (from + k) + 0.3, y]);

describe('who is who behind the cameras', () => {
  it('is whoever stood there; what is told without anybody is nobody', () => {
    const rows = told(['a', 'b', 'c'], [...stretch(0, 0, 100, 2), ...stretch(1, 0, 100, 5), ...stretch(2, 0, 50, 9)]);
    const who = whoIsWho(walk(), rows);
    expect(['a', 'b', 'c'].map((name) => who.whoWas(name, 0, 20_000))).toEqual(['7', '8', null]);
    expect(who).toMatchObject({ toldShare: 1, underOneNameShare: 1 });
    expect(who.nobodyShare).toBeCloseTo(50 / 250, 6);
    expect(who.medianMetres).toBeCloseTo(0.3, 4);
    expect(who.namesPerMinute).toBeCloseTo((60 * 2) / 40, 6);
  });

  it('counts who is told under one name after another, and who is not told at all', () => {
    const rows = told(['a', 'b'], [...stretch(0, 0, 40, 2), ...stretch(1, 50, 100, 2)]);
    const who = whoIsWho(walk(), rows);
    expect(['a', 'b'].map((name) => who.whoWas(name, 0, 20_000))).toEqual(['7', '7']);
    expect(who.toldShare).toBeCloseTo(90 / 200, 6);
    expect(who.underOneNameShare).toBeCloseTo(50 / 200, 6);
  });

  it('is another at another time where a name goes from one to the other, and nobody where it was neither for most of the time', () => {
    const rows = told(['a'], [...stretch(0, 0, 40, 2), ...stretch(0, 40, 80, 5), ...stretch(0, 80, 100, 9)]);
    const { whoWas } = whoIsWho(walk(), rows);
    expect(whoWas('a', 0, 7000)).toBe('7');
    expect(whoWas('a', 9000, 15_000)).toBe('8');
    expect(whoWas('a', 0, 20_000)).toBeNull();
    expect(whoWas('unheard of', 0, 20_000)).toBeNull();
  });

  it('says something of nothing', () => {
    expect(whoIsWho(walk(), told([], []))).toMatchObject({ toldShare: 0, nobodyShare: 1, medianMetres: 0 });
  });
});

describe('who was lost and found again', () => {
  const link = (earlier: string, later: string, probability = 0.9) => ({
    earlier,
    later,
    fromMs: 8000,
    toMs: 10_000,
    probability,
  });

  it('is right where the same one stood there before and after, and left out where nobody did', () => {
    const rows = told(
      ['a', 'b', 'c', 'x', 'y'],
      [
        ...stretch(0, 0, 40, 2),
        ...stretch(1, 50, 100, 2),
        ...stretch(2, 50, 100, 5),
        ...stretch(3, 0, 40, 9),
        ...stretch(4, 50, 90, 9),
      ],
    );
    const { owner } = whoIsWho(walk(), rows);
    const links = linksBetween(rows, owner, [link('a', 'b'), link('a', 'c', 0.4), link('x', 'c'), link('x', 'y')]);
    expect(links).toEqual([
      { probability: 0.9, right: true, seconds: 2 },
      { probability: 0.4, right: false, seconds: 2 },
      { probability: 0.9, right: false, seconds: 2 },
    ]);
  });

  it('is nobody of two in sight who turned out to be one', () => {
    const rows = told(['a', 'b'], [...stretch(0, 0, 60, 2), ...stretch(1, 20, 100, 2)]);
    const { owner } = whoIsWho(walk(), rows);
    expect(linksBetween(rows, owner, [{ ...link('b', 'a'), fromMs: 10_000 }])).toEqual([]);
  });

  it('asks who stood there when it was measured last, not where it was foretold to go', () => {
    // From frame 40 on the name is drawn towards the other one, whom nobody measured there.
    const rows = told(['a', 'b'], [...stretch(0, 0, 40, 2), ...stretch(0, 40, 60, 5), ...stretch(1, 62, 100, 2)]);
    const measured = rows.measured.map((_, row) => (row >= 40 && row < 60 ? 0 : 1));
    const { owner } = whoIsWho(walk(), rows);
    expect(linksBetween({ ...rows, measured }, owner, [link('a', 'b')])).toMatchObject([{ right: true }]);
    expect(linksBetween(rows, owner, [link('a', 'b')])).toMatchObject([{ right: false }]);
  });
});

describe('a terminal before its cameras', () => {
  const run = { plan: 'regional', seed: 100, hours: 0.01, passengersPerHour: 300, scenariosPerHour: 0 };

  it('gives the same persons whenever it is played, most of them where they are', async () => {
    const { signal } = new AbortController();
    const [first, again] = [
      await watchRun(run, BY_PLAN, () => undefined, signal),
      await watchRun(run, BY_PLAN, () => undefined, signal),
    ];
    expect(again).toEqual(first);
    expect(first?.identities.toldShare).toBeGreaterThan(0.5);
    expect(first?.identities.medianMetres).toBeLessThan(0.6);
    expect(first?.inViewShare).toBeGreaterThan(0.6);
    expect(cameraTables(first ? [first] : [])).toContain('regional');
  });

  it('is seen almost whole by a grid of cameras, none of which looks at a wall alone', async () => {
    const plan = await loadTerminal('regional');
    const { cameras } = withCameraGrid(plan, 10);
    expect(new Set(cameras.map(({ id }) => id)).size).toBe(cameras.length);
    expect(cameras.length).toBeGreaterThan(2 * plan.cameras.length);
    expect(cameras.every((camera) => measuredPoints(plan, camera).length >= 8)).toBe(true);
    const watched = await watchRun(run, { ...BY_PLAN, gridMetres: 10 }, () => undefined, new AbortController().signal);
    expect(watched).toMatchObject({ cameras: cameras.length });
    expect(watched?.inViewShare).toBeGreaterThan(0.9);
    expect(watched?.identities.toldShare).toBeGreaterThan(0.8);
  });

  it('stops when it is told to', async () => {
    expect(await watchRun(run, BY_PLAN, () => undefined, AbortSignal.abort())).toBeNull();
  });
});
