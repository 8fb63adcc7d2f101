import type { FloorPlan, PlanPoint } from '@safe-passage/contract';
import { BlindZones } from '@safe-passage/edge/floor/blindZones.ts';
import { floorPlanOf } from '@safe-passage/sim/terminal/floorPlan.ts';
import { loadTerminal, PLAN_NAMES } from '@safe-passage/sim/terminal/load.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearerTo, planForCamera } from '../src/scene/responsibility.ts';

const sees = (polygon: readonly PlanPoint[], x: number, y: number) => new BlindZones([[...polygon]]).contains(x, y);

describe('the part of a view that is nearer to one camera than to another', () => {
  it('is cut at the middle between them', () => {
    const square: PlanPoint[] = [
      [0, 0],
      [10, 0],
      [10, 10],
      [0, 10],
    ];
    expect(nearerTo([0, 5], [10, 5], square).every(([x]) => x <= 5)).toBe(true);
    expect(nearerTo([-10, 5], [-20, 5], square)).toEqual(square);
    expect(nearerTo([30, 5], [20, 5], square)).toEqual([]);
  });
});

describe.each(PLAN_NAMES)('cameras of %s', (name) => {
  it('share the floor out: where two see a place, one alone answers for it', async () => {
    const plan: FloorPlan = floorPlanOf(await loadTerminal(name));
    const agents = plan.cameras
      .filter((camera) => camera.view)
      .map((camera) => {
        const left = planForCamera(plan, camera.id).zones.filter(({ id }) => id.startsWith('left-to-'));
        return { view: camera.view ?? [], blind: new BlindZones(left.map(({ polygon }) => polygon)) };
      });
    const [[minX, minY], [maxX, maxY]] = plan.bounds;
    let shared = 0;
    fc.assert(
      // Integers spread evenly; doubles crowd around zero.
      fc.property(fc.nat(10_000), fc.nat(10_000), (u, v) => {
        const [x, y] = [minX + ((maxX - minX) * u) / 10_000, minY + ((maxY - minY) * v) / 10_000];
        const seeing = agents.filter(({ view }) => sees(view, x, y));
        if (seeing.length < 2) return;
        shared += 1;
        const answering = seeing.filter(({ blind }) => !blind.contains(x, y));
        expect(answering.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 2000 },
    );
    expect(shared).toBeGreaterThan(0);
  });
});
