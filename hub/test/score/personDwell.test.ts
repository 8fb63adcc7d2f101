import { checker } from '@safe-passage/contract';
import { describe, expect, it } from 'vitest';
import { EpisodeDetail, presentForMs } from '../../src/score/episode.ts';
import { PersonDwell } from '../../src/score/personDwell.ts';
import { CompiledZone } from '../../src/score/zones.ts';
import { only, personSample, play, still, storiesOf, TABLE, visitsOf, walkIn, word } from './stories.ts';
import { brief, rectangle, type Sample, walk } from './walks.ts';

describe('presence in a zone', () => {
  // In at x = 0 on the way from -2 (t = 0) to 2 (t = 4): at t = 2. Out on the way from 2 (t = 14) to -2 (t = 18): at 16.
  const visit = [
    [0, -2, 2],
    [4, 2, 2],
    [14, 2, 2],
    [18, -2, 2],
  ] as const;

  it('lasts from crossing the boundary inwards to crossing it outwards', () => {
    const episode = only(storiesOf(walk('anna', visit)));
    expect(brief(episode)).toEqual({ person: 'anna', zone: 'table', from: 2, to: 16 });
    expect(episode.seconds).toBe(14);
    expect(visitsOf(episode)).toEqual([[2, 16]]);
  });

  it.each([1, 2, 5, 10, 30])('is accurate to a tenth of a second at %i positions a second', (hertz) => {
    const episode = only(storiesOf(walk('anna', visit, hertz)));
    expect(Math.abs(episode.fromMs - 2000)).toBeLessThanOrEqual(100);
    expect(Math.abs(episode.toMs - 16_000)).toBeLessThanOrEqual(100);
  });

  it('is told while it lasts: opened a second after the entry, growing by about a second, closed once', () => {
    const { events } = play(walk('anna', visit));
    expect(events.map((event) => event.kind)).toEqual(['opened', ...Array(13).fill('grew'), 'closed']);
    expect(events[0]?.episode).toMatchObject({ fromMs: 2000, toMs: 3000, open: true });
    expect(events.at(-1)?.episode.open).toBe(false);
  });

  it('of somebody who just began is told once it is known whom they may go on from', () => {
    const { events } = play([...still('far', 0, 1, [50, 50]), ...still('anna', 10, 20)]);
    expect(events[0]).toMatchObject({ kind: 'opened', episode: { person: 'anna', fromMs: 10_000 } });
    expect(events[0]?.episode.toMs).toBeGreaterThanOrEqual(14_500);
    expect(events[0]?.episode.toMs).toBeLessThanOrEqual(15_100);
  });

  it('of somebody known before is told a second after the entry', () => {
    const { events } = play(
      walk('anna', [
        [0, -20, 2],
        [18, -2, 2],
        [22, 2, 2],
        [40, 2, 2],
      ]),
    );
    expect(events[0]).toMatchObject({ kind: 'opened', episode: { fromMs: 20_000, toMs: 21_000 } });
  });

  it('is closed when nobody could go on from it any more, and whoever is gone is forgotten', () => {
    const dwell = new PersonDwell([TABLE]);
    for (const sample of walk('anna', visit.slice(0, 3))) dwell.observe(personSample(sample));
    expect(dwell.advance(20_000).map((event) => event.kind)).not.toContain('closed');
    // Last seen at 14 s. A continuation may begin 8 s later, and is known 4.5 s after that.
    const end = dwell.advance(28_000);
    expect(end.map(({ kind, episode }) => [kind, episode.toMs])).toEqual([['closed', 14_000]]);
    expect(dwell.peopleRemembered).toBe(1);
    dwell.advance(75_000);
    expect(dwell.peopleRemembered).toBe(0);
  });

  it('is counted in each of two zones that overlap', () => {
    const west = new CompiledZone(rectangle('west', [0, 0, 6, 4]));
    const east = new CompiledZone(rectangle('east', [4, 0, 10, 4]));
    // One metre a second from x = -2 at t = 0 to x = 12 at t = 14.
    const way = walk('anna', [
      [0, -2, 2],
      [14, 12, 2],
    ]);
    expect(storiesOf(way, { zones: [west, east] }).map(brief)).toEqual([
      { person: 'anna', zone: 'west', from: 2, to: 8 },
      { person: 'anna', zone: 'east', from: 6, to: 12 },
    ]);
  });

  it('is none across a corner in half a second, nor along the edge in the noise', () => {
    const corner = walk('bert', [
      [0, -2.4, 3],
      [5, 3.6, -3],
    ]);
    const edge = walk('bert', [
      [0, -2, 0],
      [8, 6, 0],
    ]).map((s, i) => ({ ...s, y: i % 3 === 0 ? 0.06 : -0.06 }));
    expect(storiesOf(corner)).toEqual([]);
    expect(storiesOf(edge)).toEqual([]);
  });

  it('on the edge in the noise is one visit without a gap', () => {
    const edge = still('bert', 0, 60).map((s, i) => ({ ...s, y: i % 2 === 0 ? 0.06 : -0.06 }));
    const episode = only(storiesOf(edge));
    expect(episode.seconds).toBeCloseTo(60, 0);
    expect(episode.detail).toMatchObject({ gapsBridged: 0, visitCount: 1 });
  });

  it('goes on through predictions, whose share is told, but not for longer than they are believed', () => {
    const predicted = (from: number, to: number) => still('dora', from, to).map((s) => ({ ...s, measured: false }));
    const short = only(storiesOf([...still('dora', 0, 10), ...predicted(10.1, 13.9), ...still('dora', 14, 20)]));
    expect(brief(short)).toEqual({ person: 'dora', zone: 'table', from: 0, to: 20 });
    expect(short.coastedShare).toBeCloseTo(0.195, 3);
    const long = only(storiesOf([...still('dora', 0, 10), ...predicted(10.1, 17.9), ...still('dora', 18, 20)]));
    expect(visitsOf(long)).toEqual([
      [0, 10],
      [18, 20],
    ]);
    const lost = only(storiesOf([...still('dora', 0, 10), ...predicted(10.1, 16)]));
    expect(lost.toMs).toBe(10_000);
  });

  it('has a detail of the shape that is stored', () => {
    const detail = only(storiesOf(walk('anna', visit))).detail;
    expect(checker(EpisodeDetail)(JSON.parse(JSON.stringify(detail)))).toMatchObject({ ok: true });
  });
});

describe('somebody who stays', () => {
  it('may circle inside: one visit, however many rounds', () => {
    const circle = Array.from({ length: 6000 }, (_, i): Sample => {
      const angle = i / 20;
      return { person: 'anna', timeMs: i * 100, x: 2 + 1.5 * Math.cos(angle), y: 2 + 1.5 * Math.sin(angle) };
    });
    const episode = only(storiesOf(circle));
    expect(episode.seconds).toBeCloseTo(599.9, 1);
    expect(episode.detail).toMatchObject({ visitCount: 1, gapsBridged: 0, identityJoins: 0, everMoved: true });
  });

  it('may walk in and out at the edge: one visit, absences bridged and counted', () => {
    // Out over x = 4 by up to a metre for under three seconds of every twelve.
    const pacing = Array.from({ length: 3000 }, (_, i): Sample => {
      return { person: 'anna', timeMs: i * 100, x: 2.9 + 2 * Math.sin((2 * Math.PI * i) / 90), y: 2 };
    });
    const episode = only(storiesOf(pacing));
    expect(episode.detail.visitCount).toBe(1);
    expect(episode.detail.gapsBridged).toBeGreaterThan(25);
    expect(episode.seconds).toBeGreaterThan(290);
  });
});

describe('somebody who leaves and comes back', () => {
  const absent = (seconds: number): Sample[] =>
    walk('cleo', [
      [0, 2, 2],
      [10, 2, 2],
      // Out of x = 4 at 11 s, back in at 11 + seconds.
      [12, 6, 2],
      [10 + seconds, 6, 2],
      [12 + seconds, 2, 2],
      [22 + seconds, 2, 2],
    ]);

  it('within the grace has not left: the absence is bridged, counted, and part of the presence', () => {
    const episode = only(storiesOf(absent(2.5)));
    expect(visitsOf(episode)).toEqual([[0, 24.5]]);
    expect(episode.detail.gaps).toEqual([{ fromMs: 11_000, toMs: 13_500, cause: 'outside' }]);
  });

  it('after the grace goes on with the same episode: seconds are presence, the span is longer', () => {
    const episode = only(storiesOf(absent(300)));
    expect(brief(episode)).toEqual({ person: 'cleo', zone: 'table', from: 0, to: 322 });
    expect(visitsOf(episode)).toEqual([
      [0, 11],
      [311, 322],
    ]);
    expect(episode.seconds).toBe(22);
    expect(episode.detail).toMatchObject({ visitCount: 2, gapsBridged: 0, identityJoins: 0 });
  });

  it('is told again under the same name: opened, closed, grown again, closed again', () => {
    const { events } = play(absent(60));
    const turns = events.map(({ kind, episode }) => `${kind} ${episode.open}`).filter((t, i, all) => t !== all[i - 1]);
    expect(turns).toEqual(['opened true', 'grew true', 'closed false', 'grew true', 'closed false']);
    expect(new Set(events.map(({ episode: e }) => `${e.person} ${e.zone} ${e.fromMs}`)).size).toBe(1);
    const back = events.find(({ kind, episode }) => kind === 'grew' && episode.detail.visitCount === 2);
    expect(back?.episode).toMatchObject({ fromMs: 0, toMs: 72_000, seconds: 12, open: true });
  });

  it('after longer than the window begins another episode, which the option moves', () => {
    expect(storiesOf(absent(1900)).map(visitsOf)).toEqual([[[0, 11]], [[1911, 1922]]]);
    expect(storiesOf(absent(1900), { options: { revisitSeconds: 2000 } })).toHaveLength(1);
    expect(storiesOf(absent(10), { options: { revisitSeconds: 0 } })).toHaveLength(2);
  });

  it('has not come back by brushing a corner', () => {
    const episode = only(
      storiesOf([
        ...still('cleo', 0, 10),
        ...walk('cleo', [
          [10.1, 2, 2],
          [13, 8, -3],
          [20, 4.2, -0.5],
          // 0.3 m past the corner at (4, 0) on a slant, for 0.3 s.
          [21, 3.8, 0.1],
          [21.2, 4.2, 0.5],
          [30, 9, 2],
        ]),
      ]),
    );
    expect(episode.detail.visitCount).toBe(1);
  });

  it('reaches a limit by all visits together, and it is known when', () => {
    const episode = only(storiesOf(absent(300)));
    expect(presentForMs(episode, 5)).toBe(5000);
    expect(presentForMs(episode, 15)).toBe(315_000);
    expect(presentForMs(episode, 100)).toBe(322_000);
  });

  it('a hundred times keeps the last visits and counts all', () => {
    const way: [number, number, number][] = [];
    for (let k = 0; k < 100; k++) way.push([20 * k, 2, 2], [20 * k + 8, 2, 2], [20 * k + 9, 6, 2], [20 * k + 19, 6, 2]);
    const episode = only(storiesOf(walk('cleo', way, 5)));
    expect(episode.detail.visits).toHaveLength(64);
    expect(episode.detail.visitCount).toBe(100);
    // In for 8 s and 0.5 s on the way out and in; the first was there from the beginning.
    expect(episode.seconds).toBeCloseTo(100 * 9 - 0.5, 0);
    const listed = episode.detail.visits.reduce((sum, visit) => sum + visit.toMs - visit.fromMs, 0);
    expect(episode.seconds * 1000).toBeGreaterThan(listed);
    expect(presentForMs(episode, episode.seconds - 1)).toBe(episode.toMs - 1000);
  });
});

describe('a static phantom', () => {
  it('is nobody who took a few steps and was lost in between: displacement counts on', () => {
    // Walks in for 0.4 m, is lost for 1.5 s, goes 0.3 m further and stands. Somebody comes before, so that nobody begins with the data.
    const first = walk('anna', [
      [10, 1.4, 2],
      [11, 1.8, 2],
      [14, 1.8, 2],
    ]);
    const second = walk('anna-2', [
      [15.5, 1.9, 2],
      [16.5, 2.2, 2],
      [40, 2.2, 2],
    ]);
    const far = still('far', 0, 1, [50, 50]);
    const found = storiesOf([...far, ...first, ...second]).filter(({ zone }) => zone === 'table');
    expect(found.map(({ detail }) => [detail.identityJoins, detail.everMoved])).toEqual([[1, true]]);
    expect(only(storiesOf([...far, ...second])).detail.everMoved).toBe(false);
  });

  it('is nobody who took a step: how badly the place was known at first does not count for longer than that', () => {
    // Comes into view 0.7 m from where they stand then; the very first place is known to 0.4 m alone.
    const samples = walk('anna', [
      [0, 1.3, 2],
      [1, 1.3, 2],
      [2, 2, 2],
      [30, 2, 2],
    ]).map((sample) => ({ ...sample, sigma: sample.timeMs === 0 ? 0.4 : 0.1 }));
    expect(only(storiesOf(samples)).detail.everMoved).toBe(true);
    expect(only(storiesOf(samples.map((sample) => ({ ...sample, sigma: 0.4 })))).detail.everMoved).toBe(false);
  });

  it('never moved, however long it jitters', () => {
    const samples = walk('pillar', [
      [0, 2, 2],
      [600, 2, 2],
    ]).map((s, i) => ({ ...s, sigma: 0.2, x: s.x + 0.3 * Math.sin(i * 12.9898), y: s.y + 0.3 * Math.sin(i * 78.233) }));
    const { everMoved, netDisplacementMetres } = only(storiesOf(samples)).detail;
    expect(everMoved).toBe(false);
    expect(netDisplacementMetres).toBeLessThan(0.5);
  });

  it('that drifts by less than its uncertainty never moved', () => {
    const samples = walk('pillar', [
      [0, 2, 2],
      [60, 2.9, 2],
    ]).map((s, i) => ({ ...s, sigma: i < 10 ? 0.1 : 0.5 }));
    expect(only(storiesOf(samples)).detail.everMoved).toBe(false);
  });

  it('is one no more once it has moved half a metre, in the zone or before it', () => {
    const late = walk('gina', [
      [0, 2, 2],
      [60, 2, 2],
      [61, 2.6, 2],
      [65, 2.6, 2],
    ]);
    expect(only(storiesOf(late)).detail.everMoved).toBe(true);
    expect(only(storiesOf(walkIn('gina', 0, 600))).detail.everMoved).toBe(true);
  });

  it('is none where a walker goes on as somebody who sits', () => {
    const walker = walk('a', [
      [0, -9, 2],
      [6, -1, 2],
    ]);
    const seated = still('b', 11, 600);
    const samples = [...walker, ...seated];
    expect(only(storiesOf(samples)).detail.everMoved).toBe(false);
    const linked = only(storiesOf(samples, { continuations: [word('a', 'b', 6, 11, 0.9)] }));
    expect(linked.detail.everMoved).toBe(true);
    // The walker never was in the zone: nothing of the stay itself hangs on the join.
    expect(linked).toMatchObject({ person: 'b', detail: { identityJoins: 0 } });
  });
});
