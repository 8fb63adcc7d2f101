import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AdditiveModel,
  AdditiveOdds,
  type Measure,
  NEAR_NATS,
  natsOf,
  stepOf,
} from '../../../src/score/escorts/additive.ts';
import { ESCORT_MODEL } from '../../../src/score/escorts/escortModel.ts';
import { BRIEF_SECONDS, noOdds, weighMeasures } from '../../../src/score/escorts/escortOdds.ts';
import { FLANK_MEASURES } from '../../../src/score/escorts/flankMeasures.ts';
import { FLANK_MODEL } from '../../../src/score/escorts/flankModel.ts';
import { MEASURES, PARTS } from '../../../src/score/escorts/measures.ts';
import { SHADOW_MEASURES } from '../../../src/score/escorts/shadowMeasures.ts';
import { SHADOW_MODEL } from '../../../src/score/escorts/shadowModel.ts';
import { NO_TREES, TreeOdds, type Trees } from '../../../src/score/escorts/trees.ts';

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

/** Of sums. */
const ROUNDING = 1e-9;

const MODELS: readonly { of: string; model: AdditiveModel; trees: Trees; measures: readonly Measure[] }[] = [
  { of: 'brief escorts', model: ESCORT_MODEL.brief, trees: ESCORT_MODEL.together, measures: MEASURES },
  { of: 'longer escorts', model: ESCORT_MODEL.longer, trees: ESCORT_MODEL.together, measures: MEASURES },
  { of: 'flanking', model: FLANK_MODEL, trees: FLANK_MODEL.together, measures: FLANK_MEASURES },
  { of: 'shadowing', model: SHADOW_MODEL, trees: SHADOW_MODEL.together, measures: SHADOW_MEASURES },
];

/** What is measured is anywhere among the edges of the model, or beyond them. */
const measuredFor = (model: AdditiveModel, measures: readonly Measure[]): fc.Arbitrary<number[]> =>
  fc.tuple(
    ...measures.map(({ name }) => {
      const edges = model.shapes[name]?.edges ?? [];
      const [least, most] = [edges[0] ?? 0, edges.at(-1) ?? 0];
      return fc.double({ min: least - 1, max: most + 1, noNaN: true });
    }),
  );

describe.each(MODELS)('the model of $of', ({ model, trees, measures }) => {
  it('knows every measure and no other', () => {
    expect(Object.keys(model.shapes)).toEqual(measures.map(({ name }) => name));
  });

  it.each(measures)('$name: edges ascend, and more of it counts only as it may', ({ name, rises }) => {
    const { edges, nats } = model.shapes[name] ?? { edges: [], nats: [] };
    expect(nats).toHaveLength(edges.length + 1);
    for (let k = 1; k < edges.length; k++) expect(edges[k]).toBeGreaterThan(edges[k - 1] as number);
    if (rises === 0) return;
    for (let k = 1; k < nats.length; k++) {
      expect(rises * ((nats[k] as number) - (nats[k - 1] as number))).toBeGreaterThanOrEqual(0);
    }
  });

  it('its trees are whole and ask for measures that there are', () => {
    const inner = 2 ** trees.depth - 1;
    const count = trees.asks.length / inner;
    expect(Number.isInteger(count)).toBe(true);
    expect(trees.edges).toHaveLength(trees.asks.length);
    expect(trees.nats).toHaveLength(count * (2 * inner + 1));
    for (const name of trees.asked) expect(measures.map((one) => one.name)).toContain(name);
  });

  const odds = new AdditiveOdds(model, trees, measures);
  const into = odds.nothing();

  it('tells log odds that are what always counts and the sum of all parts, whatever is measured', () => {
    const parts = [...new Set(measures.map(({ part }) => part))];
    fc.assert(
      fc.property(measuredFor(model, measures), (measured) => {
        const logOdds = odds.weigh(Float64Array.from(measured), into);
        const sum = parts.reduce((total, part) => total + (into[part] as number), into.always as number);
        expect(logOdds).toBeCloseTo(sum, 9);
        expect(Number.isFinite(logOdds)).toBe(true);
      }),
    );
  });

  it('more of what may only speak for it never stops it from being told, nor more of what may only speak against it', () => {
    const one = fc.nat(measures.length - 1);
    const by = fc.double({ min: 0, max: 3, noNaN: true });
    fc.assert(
      fc.property(measuredFor(model, measures), one, by, (measured, of, more) => {
        const rises = measures[of]?.rises ?? 0;
        if (rises === 0) return;
        const before = odds.weigh(Float64Array.from(measured), into);
        const changed = Float64Array.from(measured, (value, k) => (k === of ? value + rises * more : value));
        const after = odds.weigh(changed, into);
        // What no tree is asked about is not told.
        if (before >= NEAR_NATS) expect(after).toBeGreaterThanOrEqual(before - ROUNDING);
      }),
      { numRuns: 2000 },
    );
  });
});

it('a measure that a model does not know speaks neither for nor against', () => {
  const odds = new AdditiveOdds({ always: -2, shapes: {} }, NO_TREES, [{ name: 'new', part: 'other', rises: 0 }]);
  expect(odds.weigh(Float64Array.of(7), odds.nothing())).toBe(-2);
});

const TREES_ALWAYS = new TreeOdds(ESCORT_MODEL.together, []).always;
const COUNTED = MEASURES.findIndex(({ name }) => name === 'counted');

describe('the weighing of escorts', () => {
  it('has a table for brief walks and another for longer ones, and takes something off where positions are unsure', () => {
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
        const { always } = brief ? ESCORT_MODEL.brief : ESCORT_MODEL.longer;
        expect([always, always + TREES_ALWAYS]).toContain(odds.always);
      }),
    );
  });
});
