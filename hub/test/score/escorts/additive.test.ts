import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { natsOf, stepOf } from '../../../src/score/escorts/additive.ts';
import { ESCORT_MODEL } from '../../../src/score/escorts/escortModel.ts';
import { BRIEF_SECONDS, noOdds, weighMeasures } from '../../../src/score/escorts/escortOdds.ts';
import { MEASURES, PARTS } from '../../../src/score/escorts/measures.ts';

describe('a step function', () => {
  const SHAPE = { edges: [0.5, 2], nats: [-1, 0.25, 3] };

  it('an edge belongs to the step that begins there', () => {
    expect([0.49, 0.5, 1.99, 2, 99].map((value) => natsOf(SHAPE, value))).toEqual([-1, 0.25, 0.25, 3, 3]);
  });

  it('finds the step by bisection that counting finds', () => {
    const edges = fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { maxLength: 20 });
    fc.assert(
      fc.property(edges, fc.integer({ min: -60, max: 60 }), (places, value) => {
        const sorted = places.sort((a, b) => a - b);
        expect(stepOf(sorted, value)).toBe(sorted.filter((edge) => edge <= value).length);
      }),
    );
  });
});

const COUNTED = MEASURES.findIndex(({ name }) => name === 'counted');

describe('the model of escorts', () => {
  const TABLES = [ESCORT_MODEL.brief, ESCORT_MODEL.longer];

  it('knows every measure and no other, of brief walks and of longer ones', () => {
    for (const { shapes } of TABLES) expect(Object.keys(shapes)).toEqual(MEASURES.map(({ name }) => name));
  });

  const shapes = TABLES.flatMap((table, i) =>
    MEASURES.map((one) => ({ ...one, table, of: i === 0 ? 'brief' : 'longer' })),
  );
  it.each(shapes)('$name, $of: edges ascend, and more of it counts only as it may', ({ name, rises, table }) => {
    const { edges, nats } = table.shapes[name] ?? { edges: [], nats: [] };
    expect(nats).toHaveLength(edges.length + 1);
    for (let k = 1; k < edges.length; k++) expect(edges[k]).toBeGreaterThan(edges[k - 1] as number);
    if (rises === 0) return;
    for (let k = 1; k < nats.length; k++) {
      expect(rises * ((nats[k] as number) - (nats[k - 1] as number))).toBeGreaterThanOrEqual(0);
    }
  });

  it('log odds are what always counts and the sum of all parts, whatever is measured', () => {
    const measures = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), {
      minLength: MEASURES.length,
      maxLength: MEASURES.length,
    });
    const odds = noOdds();
    fc.assert(
      fc.property(measures, fc.double({ min: 0, max: 2, noNaN: true }), (values, sigma) => {
        weighMeasures(Float64Array.from(values), sigma, odds);
        const sum = PARTS.reduce((total, part) => total + odds[part], odds.always + odds.unsure);
        expect(odds.logOdds).toBeCloseTo(sum, 9);
        expect(Number.isFinite(odds.logOdds)).toBe(true);
        expect(odds.unsure).toBeLessThanOrEqual(0);
        if (sigma <= 0.15) expect(odds.unsure).toBeCloseTo(0, 9);
        const brief = (values[COUNTED] as number) < Math.log(BRIEF_SECONDS);
        expect(odds.always).toBe((brief ? ESCORT_MODEL.brief : ESCORT_MODEL.longer).always);
      }),
    );
  });
});
