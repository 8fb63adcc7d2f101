import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkFloorPlan, enclosesArea, type FloorPlan, type PlanPoint, type Zone } from '../src/index.ts';

const zone = (id: string, polygon: PlanPoint[]): Zone => ({ id, name: id, kind: 'waiting', polygon });
const SQUARE: PlanPoint[] = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];
const PLAN: FloorPlan = {
  id: 'hall',
  name: 'Hall',
  bounds: [
    [0, 0],
    [10, 10],
  ],
  walls: [],
  zones: [zone('a', SQUARE)],
  cameras: [],
};
const fieldsOf = (plan: unknown): string[] => {
  const checked = checkFloorPlan(plan);
  return checked.ok ? [] : checked.problems.map(({ field }) => field);
};

describe('a floor plan', () => {
  it('is taken where its fields are right and fit together', () => {
    expect(checkFloorPlan(PLAN)).toEqual({ ok: true, value: PLAN });
  });

  it('is refused by the field where an id is there twice, the bounds are turned round, or a zone has no area', () => {
    expect(fieldsOf({ ...PLAN, zones: [zone('a', SQUARE), zone('b', SQUARE), zone('a', SQUARE)] })).toEqual([
      'zones.2.id',
    ]);
    const camera = { id: 'cam-1', position: [0, 0] };
    expect(fieldsOf({ ...PLAN, cameras: [camera, camera] })).toEqual(['cameras.1.id']);
    expect(fieldsOf({ ...PLAN, bounds: [PLAN.bounds[1], PLAN.bounds[0]] })).toEqual(['bounds']);
    const flat = (right: number, upper: number) => fieldsOf({ ...PLAN, bounds: [PLAN.bounds[0], [right, upper]] });
    expect([flat(0, 10), flat(10, 0)]).toEqual([['bounds'], ['bounds']]);
    const line: PlanPoint[] = [
      [0, 0],
      [1, 1],
      [2, 2],
    ];
    expect(fieldsOf({ ...PLAN, zones: [zone('a', line)] })).toEqual(['zones.0.polygon']);
    expect(fieldsOf({ ...PLAN, faces: [] })).toEqual(['faces']);
  });

  it('finds no area on any line, and one as soon as a corner is off it', () => {
    const whole = fc.integer({ min: -1000, max: 1000 });
    const steps = fc.array(whole, { minLength: 3, maxLength: 8 });
    fc.assert(
      fc.property(whole, whole, whole, whole, steps, (x, y, dx, dy, along) => {
        const line = along.map((t): PlanPoint => [x + t * dx, y + t * dy]);
        expect(enclosesArea(line)).toBe(false);
        fc.pre((dx !== 0 || dy !== 0) && new Set(along).size > 1);
        expect(enclosesArea([...line, [x - dy, y + dx]])).toBe(true);
      }),
    );
  });
});
