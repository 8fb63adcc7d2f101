import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Continuations } from '../../src/fuse/continuations.ts';
import type { LifeEvent } from '../../src/fuse/floorFuser.ts';
import { FloorFusion } from '../../src/fuse/floorFusion.ts';
import { FloorPaths } from '../../src/fuse/floorPaths.ts';
import type { Life } from '../../src/fuse/life.ts';
import { linkProbabilities } from '../../src/fuse/linking.ts';
import { MOTION_DEFAULTS, mostTransitDensity, transitDensity } from '../../src/fuse/transit.ts';
import { emptyNews, fuse, personsOf, seen } from './floor.ts';

/** A wall from (10, 0) up to (10, 18) in a hall of 20 m: the way around is over its upper end. */
const HALL = {
  bounds: [
    [0, 0],
    [20, 20],
  ] as [[number, number], [number, number]],
  walls: [
    [
      [10, 0],
      [10, 18],
    ] as [number, number][],
  ],
};

describe('the way on foot', () => {
  const paths = new FloorPaths(HALL);

  it('is the straight line where nothing is in it', () => {
    const way = paths.way(1, 1, 9, 7);
    expect(way?.metres).toBeCloseTo(10, 9);
    expect(way?.setsOut).toBe(way?.arrives);
  });

  it('leads around a wall: as long as on foot, up before it and down behind it', () => {
    const way = paths.way(8, 2, 12, 2);
    // Up 16 m and across to the wall's end, and down again.
    const shortest = 2 * Math.hypot(2, 16);
    expect(way?.metres).toBeGreaterThan(shortest);
    expect(way?.metres).toBeLessThan(1.1 * shortest);
    expect(Math.sin(way?.setsOut ?? 0)).toBeGreaterThan(0.7);
    expect(Math.sin(way?.arrives ?? 0)).toBeLessThan(-0.7);
  });

  it('is none where walls leave none', () => {
    const closed = new FloorPaths({
      ...HALL,
      walls: [
        [
          [10, -1],
          [10, 21],
        ],
      ],
    });
    expect(closed.way(5, 5, 15, 5)).toBeNull();
  });

  it('does not depend on what was sought before', () => {
    const place = fc.double({ min: 0.3, max: 19.7, noNaN: true });
    const [west, east] = [fc.double({ min: 0, max: 9, noNaN: true }), fc.double({ min: 11, max: 20, noNaN: true })];
    const ways = fc.array(fc.tuple(west, place, east, place), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(ways, (sought) => {
        const many = new FloorPaths(HALL);
        for (const [x0, y0, x1, y1] of sought) {
          // From near and from far to one place: what was found of it at first is gone on from.
          expect(many.way(x0, y0, x1, 2)).toEqual(new FloorPaths(HALL).way(x0, y0, x1, 2));
          expect(many.way(x1, y1, x0, y0)).toEqual(new FloorPaths(HALL).way(x1, y1, x0, y0));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is never shorter than the straight line, and as long back as there', () => {
    const place = fc.double({ min: 0.3, max: 19.7, noNaN: true });
    fc.assert(
      fc.property(place, place, place, place, (x0, y0, x1, y1) => {
        // Nobody stands in a wall.
        fc.pre(Math.abs(x0 - 10) > 0.5 && Math.abs(x1 - 10) > 0.5);
        const there = paths.way(x0, y0, x1, y1);
        const back = paths.way(x1, y1, x0, y0);
        expect(there?.metres).toBeGreaterThanOrEqual(Math.hypot(x1 - x0, y1 - y0) - 1e-6);
        expect(Math.abs((there?.metres ?? 0) - (back?.metres ?? 0))).toBeLessThan(0.01);
      }),
      { numRuns: 100 },
    );
  });
});

describe('who may be whom', () => {
  const ends = [{ name: 'p' }, { name: 'q' }, { name: 'r' }];

  /** Exact marginals: every way to give beginnings to ends or to nobody, weighed by its odds. */
  function exact(odds: readonly (readonly number[])[]): number[][] {
    const sums = odds.map((row) => row.map(() => 0));
    let total = 0;
    const choose = (row: number, taken: readonly number[], weight: number): void => {
      if (row === odds.length) {
        total += weight;
        taken.forEach((k, r) => {
          const own = sums[r];
          if (own && k >= 0) own[k] = (own[k] ?? 0) + weight;
        });
        return;
      }
      choose(row + 1, [...taken, -1], weight);
      odds[row]?.forEach((value, k) => {
        if (!taken.includes(k)) choose(row + 1, [...taken, k], weight * value);
      });
    };
    choose(0, [], 1);
    return sums.map((row) => row.map((sum) => sum / total));
  }

  /** Of three by three with odds up to 20 the furthest off is 0.162. */
  const MOST_OFF = 0.165;

  it('is close to the exact marginals, and exact where nobody competes', () => {
    const odds = fc.array(fc.array(fc.double({ min: 0.01, max: 20, noNaN: true }), { minLength: 3, maxLength: 3 }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(odds, (table) => {
        const found = linkProbabilities(
          table.map((row) => row.map((value, k) => ({ end: ends[k] as { name: string }, odds: value }))),
        );
        const wanted = exact(table);
        found.forEach((row, r) => {
          row.forEach((p, k) => {
            expect(Math.abs(p - (wanted[r]?.[k] ?? 0))).toBeLessThan(table.length === 1 ? 1e-9 : MOST_OFF);
          });
          expect(row.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(1 + 1e-9);
        });
      }),
      { numRuns: 200 },
    );
  });
});

const life = (kind: LifeEvent['kind'], person: string, seconds: number, x: number, y: number, vx: number, vy = 0) => ({
  kind,
  person,
  timeMs: seconds * 1000,
  x,
  y,
  vx,
  vy,
  variance: 0.01,
  density: 0,
});

function tell(events: readonly LifeEvent[], paths: FloorPaths | null = null, leastProbability = 0.05) {
  const continuations = new Continuations({ leastProbability }, paths);
  for (const event of [...events].sort((a, b) => a.timeMs - b.timeMs)) {
    continuations.life(event);
    continuations.moved(event.person, event.timeMs, event.x, event.y);
    if (event.kind === 'began') {
      continuations.moved(event.person, event.timeMs + 1000, event.x + event.vx, event.y + event.vy);
    }
  }
  return continuations.finish();
}

describe('continuations across blind gaps', () => {
  it('are told as a probability, of one who is found again where it was going', () => {
    const walk = (t: number) => [1.2 * t, 0] as const;
    const news = fuse([...seen('a', '1', [0, 10], walk), ...seen('b', '1', [14, 24], walk)]);
    expect(personsOf(news)).toHaveLength(2);
    const [earlier, later] = personsOf(news);
    expect(news.continuations).toHaveLength(1);
    expect(news.continuations[0]).toMatchObject({ earlier, later, fromMs: 10_000, toMs: 14_000 });
    expect(news.continuations[0]?.probability).toBeGreaterThan(0.7);
    expect(news.continuations[0]?.probability).toBeLessThan(1);
  });

  it('are never a silent merge, even where nobody at all is seen in between', () => {
    const walk = (t: number) => [1.2 * t, 0] as const;
    const fusion = new FloorFusion('hall');
    const news = emptyNews();
    for (const p of [...seen('a', '1', [0, 10], walk), ...seen('b', '1', [13, 20], walk)]) {
      fusion.observe(p.camera, p.track, p.timeMs, p.x, p.y, 0.1, true);
    }
    for (const moment of [8000, 9000, 10_000, 13_000, 14_000, 15_000]) fusion.decide(moment, news);
    expect(personsOf(news)).toHaveLength(2);
  });

  it('are the less probable the more who may be meant', () => {
    const one = tell([life('ended', 'p', 0, 0, 0, 1), life('began', 'n', 5, 5, 0, 1)]);
    const two = tell([
      life('ended', 'p', 0, 0, 0, 1),
      life('ended', 'q', 0, 0, 0.6, 1),
      life('began', 'n', 5, 5, 0.3, 1),
    ]);
    const most = Math.max(...two.map(({ probability }) => probability));
    expect(one).toHaveLength(1);
    expect(two).toHaveLength(2);
    expect(most).toBeLessThan(one[0]?.probability ?? 0);
    expect(two.reduce((sum, { probability }) => sum + probability, 0)).toBeLessThanOrEqual(1);
  });

  it('give each of two who cross a gap side by side the one in its own line', () => {
    const told = tell([
      life('ended', 'p', 0, 0, 0, 1.2),
      life('ended', 'q', 0, 0, 3, 1.2),
      life('began', 'p2', 4, 4.8, 0, 1.2),
      life('began', 'q2', 4, 4.8, 3, 1.2),
    ]);
    const best = (later: string) =>
      told.filter((link) => link.later === later).sort((a, b) => b.probability - a.probability)[0]?.earlier;
    expect([best('p2'), best('q2')]).toEqual(['p', 'q']);
  });

  it('begin where somebody was measured last: that the track went on by itself, and where to, is nobody’s way', () => {
    // A tracker that lost somebody at 10 s foretells him straight on for 2 s; he stood still and is found again at 11 s.
    const stands = () => [5, 2] as const;
    const slides = (t: number) => [5 + Math.max(0, t - 10), 2] as const;
    const news = fuse([
      ...seen('a', '1', [0, 12], slides).map((point) => ({ ...point, measured: point.timeMs <= 10_000 })),
      ...seen('a', '2', [11, 20], stands),
    ]);
    const [earlier, later] = personsOf(news);
    expect(news.continuations).toHaveLength(1);
    expect(news.continuations[0]).toMatchObject({ earlier, later, fromMs: 10_000, toMs: 11_000 });
    expect(news.continuations[0]?.probability).toBeGreaterThan(0.6);
  });

  it('are the less probable, the sooner somebody begins where another was lost: a tracker would have gone on by itself', () => {
    const after = (seconds: number) =>
      tell([life('ended', 'p', 0, 0, 0, 0), life('began', 'n', seconds, 0, 0, 0)])[0]?.probability ?? 0;
    expect(after(0.3)).toBeLessThan(0.35);
    expect(after(0.3)).toBeLessThan(after(1));
    expect(after(1)).toBeLessThan(after(2));
    expect(after(2)).toBeGreaterThan(0.85);
  });

  it('are the less probable, the more people are around at either end: names change hands', () => {
    const among = (ended: number, began: number) =>
      tell([
        { ...life('ended', 'p', 0, 0, 0, 1), density: ended },
        { ...life('began', 'n', 3, 3, 0, 1), density: began },
      ])[0]?.probability ?? 0;
    expect(among(0.5, 0)).toBeCloseTo(among(0, 0) * Math.exp(-0.375), 6);
    expect(among(0, 0.5)).toBe(among(0.5, 0));
    expect(among(0.2, 0.5)).toBe(among(0.5, 0.2));
  });

  it('allow for what the cameras are not sure of', () => {
    const apart = (variance: number) =>
      tell([
        { ...life('ended', 'p', 0, 0, 0, 1), variance },
        { ...life('began', 'n', 1, 2.4, 0, 1), variance },
      ])[0]?.probability ?? 0;
    expect(apart(0.25)).toBeGreaterThan(apart(0.01) + 0.2);
  });

  it('are not told of anybody who would have had to run, or to go through a wall', () => {
    expect(tell([life('ended', 'p', 0, 0, 0, 1), life('began', 'n', 2, 30, 0, 1)])).toEqual([]);
    const events = [life('ended', 'p', 0, 9, 2, 1.2), life('began', 'n', 2, 11.4, 2, 1.2)];
    expect(tell(events)[0]?.probability).toBeGreaterThan(0.5);
    expect(tell(events, new FloorPaths(HALL))).toEqual([]);
  });

  it('follow the way around a wall: who went up before it comes down behind it', () => {
    const paths = new FloorPaths(HALL);
    const seconds = 34.5 / 1.3;
    const down = tell([life('ended', 'p', 0, 8, 2, 0, 1.3), life('began', 'n', seconds, 12, 2, 0, -1.3)], paths, 1e-6);
    const up = tell([life('ended', 'p', 0, 8, 2, 0, 1.3), life('began', 'n', seconds, 12, 2, 0, 1.3)], paths, 1e-6);
    expect(down[0]?.probability ?? 0).toBeGreaterThan(up[0]?.probability ?? 0);
  });

  it('remember no more than they may need', () => {
    const continuations = new Continuations();
    for (let i = 0; i < 20_000; i++) {
      continuations.life(life('ended', `e${i}`, i * 0.5, i % 50, 0, 1));
      continuations.life(life('began', `b${i}`, i * 0.5, i % 50, 5, 1));
      continuations.advance(i * 500);
      expect(continuations.size).toBeLessThan(400);
    }
  });

  it('keep no more pairs than fit where a whole floor is lost and begins anew at once', () => {
    const continuations = new Continuations();
    const people = 1200;
    const place = (i: number): [number, number] => [1.2 * (i % 50), 1.2 * Math.floor(i / 50)];
    for (let i = 0; i < people; i++) continuations.life(life('ended', `e${i}`, 0, ...place(i), 1));
    // Who is decided on has others compared as well.
    continuations.life(life('began', 'first', 15, 0, 0, 1));
    for (let i = 0; i < people; i++) continuations.life(life('began', `b${i}`, 19, ...place(i), 1));
    continuations.advance(19_500);
    expect(continuations.compared).toBeGreaterThan(people);
    expect(continuations.compared).toBeLessThanOrEqual(1_000_000);
  });
});

describe('the most that being found somewhere can be', () => {
  const place = fc.double({ min: -40, max: 40, noNaN: true });
  const speed = fc.double({ min: -3, max: 3, noNaN: true });
  const variance = fc.double({ min: 0, max: 2, noNaN: true });
  const life = fc
    .tuple(place, place, speed, speed, variance)
    .map(([x, y, vx, vy, of]): Life => ({ timeMs: 0, x, y, vx, vy, variance: of, density: 0 }));
  const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
  const detour = fc.double({ min: 1, max: 4, noNaN: true });
  const gap = fc.double({ min: 0.1, max: 60, noNaN: true });

  it('is no less than it is, whatever the way and the velocity afterwards', () => {
    fc.assert(
      fc.property(
        life,
        life,
        gap,
        detour,
        angle,
        angle,
        fc.boolean(),
        (end, begin, seconds, by, out, arrives, around) => {
          const straight = Math.hypot(begin.x - end.x, begin.y - end.y);
          const way = around ? { metres: by * straight, setsOut: out, arrives } : null;
          const density = transitDensity(end, begin, seconds, way, MOTION_DEFAULTS);
          const rounding = 1 + 1e-9;
          const known = mostTransitDensity(end, begin, seconds, way, MOTION_DEFAULTS);
          expect(known * rounding).toBeGreaterThanOrEqual(density);
          expect(mostTransitDensity(end, begin, seconds, undefined, MOTION_DEFAULTS) * rounding).toBeGreaterThanOrEqual(
            known,
          );
        },
      ),
    );
  });
});
