import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompiledZone, compileZones, everywhere } from '../../src/score/zones.ts';
import { rectangle } from './walks.ts';

const square = new CompiledZone(rectangle('square', [0, 0, 4, 4]));
/** An L: the square [0,4] x [0,4] without its upper right quarter. */
const angle = new CompiledZone({
  id: 'angle',
  name: 'Angle',
  kind: 'queue',
  polygon: [
    [0, 0],
    [4, 0],
    [4, 2],
    [2, 2],
    [2, 4],
    [0, 4],
  ],
});

/** Star-shaped polygons around (0, 0): one corner per angle, at its own distance. */
const stars = fc.array(fc.double({ min: 1, max: 10, noNaN: true }), { minLength: 3, maxLength: 40 }).map((radii) =>
  radii.map((radius, i): [number, number] => {
    const turn = (2 * Math.PI * i) / radii.length;
    return [radius * Math.cos(turn), radius * Math.sin(turn)];
  }),
);
const coordinate = fc.double({ min: -15, max: 15, noNaN: true });
const zoneOf = (polygon: [number, number][]) =>
  new CompiledZone({ id: 'star', name: 'Star', kind: 'transit', polygon });

describe('a zone', () => {
  it('knows inside from outside, in the notch of an L as well', () => {
    expect(angle.contains(1, 3)).toBe(true);
    expect(angle.contains(3, 1)).toBe(true);
    expect(angle.contains(3, 3)).toBe(false);
    expect(angle.contains(-0.1, 1)).toBe(false);
  });

  it('measures the distance to its boundary, positive inside and negative outside', () => {
    expect(square.signedDistance(2, 2)).toBe(2);
    expect(square.signedDistance(1, 2)).toBe(1);
    expect(square.signedDistance(-1, 2)).toBe(-1);
    expect(square.signedDistance(7, 8)).toBe(-5);
    expect(angle.signedDistance(3, 3)).toBe(-1);
  });

  it('finds where a straight way crosses its boundary', () => {
    expect(square.crossing(-2, 2, 2, 2, 'entering')).toBe(0.5);
    expect(square.crossing(2, 2, 2, 5, 'leaving')).toBeCloseTo(2 / 3, 12);
  });

  it('is what the plan says: its name, its kind and its own limit, where it has one', () => {
    const told = ({ id, name, kind, limitSeconds }: CompiledZone) => [id, name, kind, limitSeconds];
    expect(told(angle)).toEqual(['angle', 'Angle', 'queue', null]);
    expect(told(new CompiledZone(rectangle('table', [0, 0, 4, 4], { name: 'Table', limit: 15 })))).toEqual([
      'table',
      'Table',
      'transit',
      15,
    ]);
  });

  it('is near to whoever is in its box or by no more than a margin beside it', () => {
    const box = new CompiledZone(rectangle('box', [10, 20, 14, 30]));
    const near = (x: number, y: number) => box.near(x, y, 0.5);
    expect([near(9.5, 25), near(14.5, 25), near(12, 19.5), near(12, 30.5), near(12, 25)]).toEqual(Array(5).fill(true));
    expect([near(9.49, 25), near(14.51, 25), near(12, 19.49), near(12, 30.51)]).toEqual(Array(4).fill(false));
  });

  it('is crossed at the end of a way inwards and at the beginning of one outwards, where rounding hides the place', () => {
    expect(square.crossing(5, 2, 6, 2, 'entering')).toBe(1);
    expect(square.crossing(5, 2, 6, 2, 'leaving')).toBe(0);
  });

  it('takes the last crossing of somebody who enters and the first of somebody who leaves', () => {
    // From (1, 3) in one arm of the L through the notch to (3, 1) in the other: out at (2, 2) and in again.
    const way = [1, 3.5, 3.5, 1] as const;
    expect(angle.crossing(...way, 'leaving')).toBeCloseTo(0.4, 12);
    expect(angle.crossing(...way, 'entering')).toBeCloseTo(0.6, 12);
  });

  it('that encloses no area is refused by name', () => {
    const line: [number, number][] = [
      [0, 0],
      [1, 0],
      [2, 0],
    ];
    expect(() => new CompiledZone({ id: 'gate-4', name: 'Gate 4', kind: 'exit', polygon: line })).toThrow(
      /zone "gate-4"/,
    );
  });

  it('that is blind is not scored', () => {
    const zones = [rectangle('a', [0, 0, 1, 1]), rectangle('b', [0, 0, 1, 1], { kind: 'blind' })];
    expect(compileZones({ zones }).map((zone) => zone.id)).toEqual(['a']);
  });

  it('without an end contains every place of the contract', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -10_000, max: 10_000, noNaN: true }),
        fc.double({ min: -10_000, max: 10_000, noNaN: true }),
        (x, y) => everywhere('floor').contains(x, y),
      ),
    );
  });
});

describe('for any polygon and place', () => {
  it('the sign of the distance says whether the place is inside', () => {
    fc.assert(
      fc.property(stars, coordinate, coordinate, (polygon, x, y) => {
        const zone = zoneOf(polygon);
        const distance = zone.signedDistance(x, y);
        if (Math.abs(distance) > 1e-9) expect(distance > 0).toBe(zone.contains(x, y));
      }),
    );
  });

  it('two places differ in distance by no more than they lie apart', () => {
    fc.assert(
      fc.property(stars, coordinate, coordinate, coordinate, coordinate, (polygon, ax, ay, bx, by) => {
        const zone = zoneOf(polygon);
        const difference = Math.abs(zone.signedDistance(ax, ay) - zone.signedDistance(bx, by));
        expect(difference).toBeLessThanOrEqual(Math.hypot(ax - bx, ay - by) + 1e-9);
      }),
    );
  });

  it('a way from outside to inside crosses at a place on the boundary', () => {
    fc.assert(
      fc.property(stars, coordinate, coordinate, coordinate, coordinate, (polygon, ax, ay, bx, by) => {
        const zone = zoneOf(polygon);
        fc.pre(zone.signedDistance(ax, ay) < -1e-6 && zone.signedDistance(bx, by) > 1e-6);
        const share = zone.crossing(ax, ay, bx, by, 'entering');
        const at = zone.signedDistance(ax + share * (bx - ax), ay + share * (by - ay));
        expect(Math.abs(at)).toBeLessThan(1e-6);
      }),
    );
  });

  it('moving polygon and place together changes nothing', () => {
    fc.assert(
      fc.property(stars, coordinate, coordinate, coordinate, coordinate, (polygon, x, y, dx, dy) => {
        const moved = polygon.map(([px, py]): [number, number] => [px + dx, py + dy]);
        const here = zoneOf(polygon).signedDistance(x, y);
        const there = zoneOf(moved).signedDistance(x + dx, y + dy);
        if (Math.abs(here) > 1e-6) expect(there).toBeCloseTo(here, 6);
      }),
    );
  });
});
