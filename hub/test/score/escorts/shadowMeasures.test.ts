import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Shadow } from '../../../src/score/escorts/shadow.ts';
import { measureShadow, SHADOW_MEASURES } from '../../../src/score/escorts/shadowMeasures.ts';
import { promiseOf } from '../../../src/score/escorts/shadowPromise.ts';

/** Two minutes of one who may be shadowing another, at 12 m. */
const shadow = (changed: Partial<Shadow> = {}): Shadow =>
  Object.assign(new Shadow(0, 1, 0), {
    ...{ seconds: 120, atDistance: 110, distance: 1440, distanceSquare: 17_400, starts: 3, stops: 3, delay: 6 },
    ...{ onTrail: 50, offTrail: 10, stood: 40, walkedOn: 5, ...changed },
  });

function measured(one: Shadow): Record<string, number> {
  const into = new Float64Array(SHADOW_MEASURES.length);
  measureShadow(one, into);
  return Object.fromEntries(SHADOW_MEASURES.map(({ name }, i) => [name, into[i] as number]));
}

describe('what is measured of a shadow', () => {
  it('is told by means and shares', () => {
    expect(measured(shadow())).toMatchObject({ starts: 3, stops: 3, delay: 1, answeredShare: 1, distance: 12 });
    expect(measured(shadow()).distanceDeviation).toBeCloseTo(1, 6);
    expect(measured(shadow()).stoodShare).toBeCloseTo(45 / 55, 6);
  });

  it('is a number whatever was counted, and nothing at all too', () => {
    const count = fc.integer({ min: 0, max: 3600 });
    const counts = fc.record({
      ...{ seconds: count, atDistance: count, distance: count, distanceSquare: count, starts: count, stops: count },
      ...{ missedStarts: count, missedStops: count, own: count, onTrail: count, offTrail: count, behind: count },
      ...{ behindSquare: count, stood: count, walkedOn: count, stoodOn: count, delay: count, forced: count },
    });
    fc.assert(
      fc.property(counts, (changed) => {
        for (const value of Object.values(measured(shadow(changed)))) expect(Number.isFinite(value)).toBe(true);
      }),
    );
    for (const value of Object.values(measured(new Shadow(0, 1, 0)))) expect(Number.isFinite(value)).toBe(true);
  });

  it('is no steadier than positions can tell', () => {
    expect(measured(shadow({ distanceSquare: 17_280 })).distanceDeviation).toBe(1);
    expect(measured(shadow({ behind: 600, behindSquare: 7200 })).behindSpread).toBe(1);
  });
});

describe('how promising a candidate of shadowing is', () => {
  it('is less where it walks on while the other stands, and more where it stands as long', () => {
    expect(promiseOf(shadow({ stood: 60, walkedOn: 0 }))).toBeGreaterThan(promiseOf(shadow({ stood: 0, walkedOn: 0 })));
    expect(promiseOf(shadow({ stood: 60, walkedOn: 30 }))).toBeLessThan(promiseOf(shadow({ stood: 0, walkedOn: 0 })));
  });
});
