import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PathPoint } from '../../src/api/schemas.ts';
import type { Role, StoryPerson } from '../../src/score/movement.ts';
import { placeBeside } from '../src/figure/dotLabels.ts';
import { clustersOf, hullOf } from '../src/figure/hull.ts';
import { createPreparation, runsOf } from '../src/figure/preparedStory.ts';
import { castOf, changesOf, holdsAt, roleAt, rolesOf } from '../src/story/cast.ts';
import { inRows, zonesAlong } from '../src/timeline/lanes.ts';

const uncertainty = { coastedShare: 0, gapsBridged: 0, identityJoins: 0, joinProbability: 1, sigmaMetres: 0.3 };
const person = (name: string, role: Role, fromMs: number, toMs: number): StoryPerson => ({
  person: name,
  role,
  fromMs,
  toMs,
});
const cast = (persons: readonly StoryPerson[], identityJoins = 0) =>
  castOf({ persons: [...persons], uncertainty: { ...uncertainty, identityJoins } });

const HANDOVER = [person('a', 'leader', 0, 60), person('b', 'follower', 0, 100), person('c', 'leader', 60, 100)];

describe('the cast of a story', () => {
  it('has one line for each person, named after the role and never after the person', () => {
    expect(cast(HANDOVER).map(({ name }) => name)).toEqual(['leader', 'follower', 'second leader']);
    const met = cast([
      person('hub', 'coordinator', 0, 100),
      ...['x', 'y', 'z'].map((name, i) => person(name, 'contact', 10 * i, 10 * i + 5)),
    ]);
    expect(met.map(({ name }) => name)).toEqual(['coordinator', 'contact 1', 'contact 2', 'contact 3']);
    expect(cast([person('x', 'contact', 0, 1)]).map(({ name }) => name)).toEqual(['contact']);
  });

  it('keeps one line for a person who has one role after another, named by the weightiest', () => {
    const [line, ...rest] = cast([person('a', 'companion', 0, 50), person('a', 'leader', 60, 90)]);
    expect(rest).toEqual([]);
    expect(line?.name).toBe('leader');
    expect(line?.stretches.map(({ role }) => role)).toEqual(['companion', 'leader']);
  });

  it('takes pseudonyms that follow one another in a stay for one person, and no others', () => {
    const one = cast([person('a', 'dwelling', 0, 50), person('b', 'dwelling', 55, 90)], 1);
    expect(one.map(({ persons }) => persons)).toEqual([['a', 'b']]);
    expect(cast([person('a', 'dwelling', 0, 50), person('b', 'dwelling', 40, 90)], 1)).toHaveLength(2);
    expect(cast([person('a', 'contact', 0, 50), person('b', 'contact', 55, 90)], 1)).toHaveLength(2);
    expect(cast([person('a', 'dwelling', 0, 50), person('b', 'dwelling', 55, 90)])).toHaveLength(2);
  });

  it('gives everybody exactly one line, and different names, whoever has which role when', () => {
    const roles: Role[] = ['leader', 'follower', 'contact', 'companion', 'flanking', 'dwelling', 'coordinator'];
    const anybody = fc
      .tuple(fc.constantFrom(...'abcdefghij'), fc.constantFrom(...roles), fc.nat(100), fc.nat(100))
      .map(([name, role, from, length]) => person(name, role, from, from + length));
    fc.assert(
      fc.property(fc.array(anybody, { minLength: 1, maxLength: 20 }), fc.nat(3), (persons, joins) => {
        const lines = cast(persons, joins);
        const all = lines.flatMap((line) => line.persons);
        expect([...all].sort()).toEqual([...new Set(persons.map((one) => one.person))].sort());
        expect(new Set(lines.map(({ name }) => name)).size).toBe(lines.length);
        expect(lines.flatMap(({ stretches }) => stretches)).toHaveLength(persons.length);
        for (const line of lines) for (const name of line.persons) expect(line.name).not.toBe(name);
      }),
    );
  });

  it('knows who holds which role when: before the first the first to come, after the last the last', () => {
    const [line] = cast([person('a', 'companion', 10, 50), person('a', 'leader', 60, 90)]);
    if (!line) throw new Error('There is nobody');
    expect([0, 10, 55, 60, 90, 200].map((at) => roleAt(line, at))).toEqual([
      'companion',
      'companion',
      'companion',
      'leader',
      'leader',
      'leader',
    ]);
    expect(holdsAt(line, 'leader', 55)).toBe(false);
    expect(holdsAt(line, 'leader', 90)).toBe(true);
    expect(rolesOf([line])).toEqual(['leader', 'companion']);
  });

  it('finds the change of leaders, and none where nobody is led on', () => {
    expect(changesOf(cast(HANDOVER))).toEqual([{ atMs: 60, follower: 'b' }]);
    expect(changesOf(cast(HANDOVER.slice(0, 2)))).toEqual([]);
    expect(changesOf(cast([person('a', 'leader', 0, 60), person('c', 'leader', 60, 90)]))).toEqual([]);
  });
});

describe('the paths of a story', () => {
  const way = Array.from({ length: 11 }, (_, i): PathPoint => [10 * i, i, 0, 0.3, 1]);

  it('are cut where the role changes, without a gap', () => {
    const [line] = cast([person('a', 'companion', 0, 40), person('a', 'leader', 50, 100)]);
    if (!line) throw new Error('There is nobody');
    expect(runsOf(way, line)).toEqual([
      { role: 'companion', from: 0, to: 5 },
      { role: 'leader', from: 5, to: 10 },
    ]);
    expect(runsOf([], line)).toEqual([]);
  });

  it('belong to a line each; whoever is in no line is around the story', () => {
    const prepare = createPreparation();
    const path = (name: string, role: Role | 'other') => ({ person: name, role, camera: 'c', points: way });
    const evidence = { fromMs: 0, toMs: 100, paths: [path('a', 'leader'), path('b', 'follower'), path('q', 'other')] };
    const lines = cast(HANDOVER);
    const prepared = prepare(evidence, lines);
    expect(prepared.lines.map(({ line, ways }) => [line.name, ways.length])).toEqual([
      ['leader', 1],
      ['follower', 1],
      ['second leader', 0],
    ]);
    expect(prepared.others.map((one) => one.path.person)).toEqual(['q']);
    expect(prepare(evidence, lines)).toBe(prepared);
    expect(prepare(evidence, cast(HANDOVER.slice(0, 1))).others.map((one) => one.path.person)).toEqual(['b', 'q']);
  });
});

const pixel = fc.double({ min: 0, max: 900, noNaN: true });
const points = fc.array(fc.record({ x: pixel, y: pixel }), { minLength: 1, maxLength: 12 });

describe('outlines and labels on the floor plan', () => {
  it('go around everybody, and bulge nowhere inwards', () => {
    fc.assert(
      fc.property(points, (people) => {
        const hull = hullOf(people);
        expect(hull.length).toBeGreaterThan(0);
        if (hull.length < 3) return;
        hull.forEach((corner, i) => {
          const next = hull[(i + 1) % hull.length] ?? corner;
          for (const one of people) {
            const side = (next.x - corner.x) * (one.y - corner.y) - (next.y - corner.y) * (one.x - corner.x);
            expect(side / Math.max(1, Math.hypot(next.x - corner.x, next.y - corner.y))).toBeGreaterThan(-1e-6);
          }
        });
      }),
    );
  });

  it('hold together who is near to one of the others, and nobody else', () => {
    const near = (a: number, b: number) => Math.abs(a - b);
    expect(clustersOf([0, 3, 20, 6, 23], near, 4).map((cluster) => [...cluster].sort((a, b) => a - b))).toEqual([
      [0, 3, 6],
      [20, 23],
    ]);
    expect(clustersOf([0, 8, 4], near, 4)).toHaveLength(1);
  });

  it('are never over one another, another dot, what must stay free, or the edge', () => {
    const size = { width: 900, height: 500 };
    fc.assert(
      fc.property(points, fc.array(fc.integer({ min: 30, max: 140 }), { minLength: 12 }), (people, widths) => {
        const labels = people.map((at, i) => ({ key: String(i), at }));
        const obstacle = { left: 400, top: 200, width: 60, height: 40 };
        const sides = new Map<string, number>();
        const boxes = placeBeside(labels, widths, 8, size, sides, [obstacle]);
        const apart = (a: typeof obstacle, b: typeof obstacle) =>
          a.left >= b.left + b.width ||
          b.left >= a.left + a.width ||
          a.top >= b.top + b.height ||
          b.top >= a.top + a.height;
        boxes.forEach((box, i) => {
          if (!box) return;
          expect(box.left).toBeGreaterThanOrEqual(0);
          expect(box.left + box.width).toBeLessThanOrEqual(size.width);
          expect(apart(box, obstacle)).toBe(true);
          boxes.forEach((other, k) => {
            if (other && k !== i) expect(apart(box, other)).toBe(true);
          });
          people.forEach(({ x, y }, k) => {
            if (k !== i) expect(apart(box, { left: x - 8, top: y - 8, width: 16, height: 16 })).toBe(true);
          });
        });
        // Nothing has moved: every label stays where it is.
        expect(placeBeside(labels, widths, 8, size, sides, [obstacle])).toEqual(boxes);
      }),
    );
  });
});

describe('the lines of a story', () => {
  const square = (
    id: string,
    left: number,
  ): { id: string; name: string; kind: 'waiting'; polygon: [number, number][] } => ({
    id,
    name: id.toUpperCase(),
    kind: 'waiting',
    polygon: [
      [left, -1],
      [left + 4, -1],
      [left + 4, 1],
      [left, 1],
    ],
  });
  const walk = Array.from({ length: 21 }, (_, i): PathPoint => [i * 1000, i, 0, 0.3, 1]);

  it('say through which zones a path goes, and when', () => {
    const zones = [square('a', 2.5), square('b', 10.5)];
    expect(zonesAlong(walk, zones, 4000)).toEqual([
      { zone: 'a', name: 'A', fromMs: 3000, toMs: 7000 },
      { zone: 'b', name: 'B', fromMs: 11_000, toMs: 15_000 },
    ]);
    expect(zonesAlong(walk, [], 4000)).toEqual([]);
  });

  it('end a zone where the path falls silent, and at its end', () => {
    const broken = [...walk.slice(0, 5), ...walk.slice(5).map((at): PathPoint => [at[0] + 60_000, 5, 0, 0.3, 1])];
    expect(zonesAlong(broken, [square('a', 2.5)], 4000).map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [3000, 4000],
      [65_000, 80_000],
    ]);
  });

  it('lay stretches that overlap under one another, and others in one row', () => {
    const stretch = fc
      .tuple(fc.nat(100), fc.integer({ min: 1, max: 40 }))
      .map(([fromMs, length]) => ({ fromMs, toMs: fromMs + length }));
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 8 }), (unsorted) => {
        const stretches = unsorted.sort((a, b) => a.fromMs - b.fromMs);
        const { rows, count } = inRows(stretches);
        stretches.forEach((one, i) => {
          expect(rows[i]).toBeLessThan(count);
          stretches.forEach((other, k) => {
            if (k !== i && rows[k] === rows[i]) expect(one.toMs <= other.fromMs || other.toMs <= one.fromMs).toBe(true);
          });
        });
      }),
    );
    expect(inRows([]).count).toBe(1);
  });
});
