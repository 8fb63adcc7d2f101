import type { TrackReport } from '@safe-passage/contract';
import { describe, expect, it } from 'vitest';
import type { FusionNews } from '../../src/fuse/floorFusion.ts';
import { createFusion } from '../../src/fuse/fusion.ts';
import type { ReceivedReport } from '../../src/fuse/receivedReport.ts';
import { at, fuse, type Point, personsOf, seen } from './floor.ts';

/** People who walk to and fro in a corridor of 3 m for two minutes before all of these cameras: what each of them finds is known then. */
const LEARNED_SECONDS = 120;
const passersBy = (cameras: readonly string[]): Point[] =>
  [0, 1].flatMap((who) =>
    cameras.flatMap((camera) =>
      seen(camera, `passer-${who}`, [0, LEARNED_SECONDS], (t) => [
        1.5 + 1.3 * Math.sin(t / 2 + 3 * who),
        0.5 + 2.5 * who,
      ]),
    ),
  );
const watching = (cameras: readonly string[], to = 200) =>
  Object.fromEntries(cameras.map((camera): [string, [number, number]] => [camera, [0, to]]));
const CAMERAS = ['a', 'b', 'c', 'd'];
const BOUNDS: [[number, number], [number, number]] = [
  [0, 0],
  [40, 10],
];

describe('what cameras do not see', () => {
  const ghost = seen('a', 'ghost', [130, 138], () => [1.5, 1.8]);

  it('speaks against what one of them sees where the others usually find people', () => {
    const news = fuse([...passersBy(CAMERAS), ...ghost], {}, watching(CAMERAS));
    expect(at(news, 110_000)).toHaveLength(2);
    expect(at(news, 134_000)).toEqual([]);
    expect(personsOf(news)).toHaveLength(2);
  });

  it('says nothing where nobody knows whether they were watching', () => {
    expect(at(fuse([...passersBy(CAMERAS), ...ghost]), 134_000)).toHaveLength(1);
  });

  it('says nothing of those who had stopped by then', () => {
    const watched = { ...watching(CAMERAS, 125), a: [0, 200] as const };
    expect(at(fuse([...passersBy(CAMERAS), ...ghost], {}, watched), 134_000)).toHaveLength(1);
  });

  it('says nothing at a place where they never found anybody', () => {
    const aside = seen('a', 'aside', [130, 138], () => [30, 1.8]);
    expect(at(fuse([...passersBy(CAMERAS), ...aside], {}, watching(CAMERAS)), 134_000)).toHaveLength(1);
  });

  it('does not silence somebody whom two of them measure', () => {
    const real = ['a', 'b'].flatMap((camera) => seen(camera, 'real', [130, 138], () => [1.5, 1.8]));
    expect(at(fuse([...passersBy(CAMERAS), ...real], {}, watching(CAMERAS)), 134_000)).toHaveLength(1);
  });

  it('gives a track that is off to the body that its camera misses, and not to a second one', () => {
    // Its feet are hidden: 0.9 m further than they are, and sure of it.
    const off = seen('d', 'off', [130, 150], () => [1.5, 2.7]);
    const body = ['a', 'b', 'c'].flatMap((camera) => seen(camera, 'body', [130, 150], () => [1.5, 1.8]));
    const news = fuse([...passersBy(CAMERAS), ...body, ...off], {}, watching(CAMERAS));
    expect(at(news, 145_000)).toHaveLength(1);
    expect(at(fuse([...passersBy(CAMERAS), ...body, ...off]), 145_000)).toHaveLength(2);
  });

  it('leaves two whom all of them see two, as near as that', () => {
    const two = CAMERAS.flatMap((camera) => [
      ...seen(camera, 'one', [130, 150], () => [1.5, 1.5]),
      ...seen(camera, 'two', [130, 150], () => [1.5, 2.2]),
    ]);
    const news = fuse([...passersBy(CAMERAS), ...two], {}, watching(CAMERAS));
    expect(at(news, 145_000)).toHaveLength(2);
  });
});

describe('reports of cameras', () => {
  const START_MS = 1_700_000_000_000;
  const points = [...passersBy(CAMERAS), ...seen('a', 'ghost', [130, 138], () => [1.5, 1.8])];

  /** One report a second of each camera; those of `silent` only where they have a track. */
  const reports = (silent: string): ReceivedReport[] =>
    Array.from({ length: 150 }, (_, second) =>
      CAMERAS.flatMap((camera): ReceivedReport[] => {
        const own = points.filter((p) => p.camera === camera && Math.floor(p.timeMs / 1000) === second);
        if (silent.includes(camera) && own.length === 0) return [];
        const report: TrackReport = {
          ...{
            schema: 'track-report/1',
            camera,
            calibration: 'nominal',
            epoch: '0123456789abcdef',
            sequence: second + 1,
          },
          fromMs: START_MS + 1000 * second,
          toMs: START_MS + 1000 * second + 999,
          tracks: [...new Set(own.map(({ track }) => track))].map((track) => ({
            id: track.padEnd(16, '_'),
            state: 'active',
            points: own
              .filter((p) => p.track === track)
              .map((p) => [p.timeMs % 1000, Math.round(100 * p.x), Math.round(100 * p.y), 12, 1]),
          })),
        };
        const address = { site: 'site', floor: 'hall', device: 'd', camera };
        return [{ address, report, receivedAtMs: report.toMs + 300 }];
      }),
    ).flat();

  const told = (silent: string): FusionNews['samples'] => {
    const plan = { id: 'hall', name: 'Hall', walls: [], zones: [], cameras: [], bounds: BOUNDS };
    const fusion = createFusion({ site: 'site', plans: [plan] });
    const news = reports(silent).flatMap((report) => fusion.onReports([report]));
    return [...news, ...fusion.advance(START_MS + 300_000)].flatMap(({ samples }) => samples);
  };
  const ghosts = (samples: FusionNews['samples']) => samples.filter(({ timeMs }) => timeMs === START_MS + 134_000);

  it('that name nobody say that nobody is there', () => {
    expect(ghosts(told(''))).toEqual([]);
  });

  it('that do not come say nothing', () => {
    expect(ghosts(told('bcd'))).toHaveLength(1);
  });
});

describe('one body that was told as two', () => {
  // Two cameras see it 1.6 m from where two others do, until it turns round.
  const places = (t: number, aside: number): readonly [number, number] => [5 + (t < 10 ? aside : 0), 5];
  const points = [
    ...['a', 'b'].flatMap((camera) => seen(camera, 'one', [0, 25], (t) => places(t, 0))),
    ...['c', 'd'].flatMap((camera) => seen(camera, 'two', [0, 25], (t) => places(t, 1.6))),
  ];

  it('becomes one where all of its tracks speak for it, and tells how sure that is', () => {
    const news = fuse(points);
    expect(at(news, 5000)).toHaveLength(2);
    expect(at(news, 20_000)).toHaveLength(1);
    const [older, younger] = personsOf(news);
    expect(at(news, 20_000)[0]?.person).toBe(older);
    expect(news.continuations.filter(({ earlier, later }) => earlier === younger && later === older)).toHaveLength(1);
    expect(news.continuations[0]?.probability).toBeGreaterThan(0.9);
  });

  it('stays two where one camera sees both', () => {
    const both = seen('e', 'one', [0, 25], (t) => places(t, 0)).concat(
      seen('e', 'two', [0, 25], (t) => [5 + (t < 10 ? 1.6 : 0.4), 5]),
    );
    expect(at(fuse([...points, ...both]), 20_000)).toHaveLength(2);
  });
});

describe('a crowd before many cameras', () => {
  it('is as many persons as there are bodies', () => {
    const cameras = Array.from({ length: 10 }, (_, k) => `camera-${k}`);
    const points = cameras.flatMap((camera) =>
      Array.from({ length: 6 }, (_, who) =>
        seen(camera, `body-${who}`, [0, 20], (t) => [5 + 0.8 * (who % 3) + 0.2 * t, 5 + 0.8 * Math.floor(who / 3)]),
      ).flat(),
    );
    const news = fuse(points);
    expect(at(news, 10_000)).toHaveLength(6);
    expect(personsOf(news)).toHaveLength(6);
  });
});
