import { describe, expect, it } from 'vitest';
import { NO_TREES, TreeOdds, type Trees } from '../../../src/score/escorts/trees.ts';

/** Whether one is 1 or more; then, on that side alone, whether the other is 2 or more. A second tree asks for what is not measured any more. */
const TREES: Trees = {
  depth: 2,
  asked: ['one', 'other', 'gone'],
  asks: [0, -1, 1, 2, 0, 0],
  edges: [1, 0, 2, 0, 5, 5],
  nats: [0.25, -1, 0.5, 0, 0, 0.5, 2, 0.125, 9, 9, 9, 9, 9, 9, 9],
};

const weigh = (trees: TreeOdds, ...values: number[]): { nats: number; byMeasure: number[] } => {
  const by = new Float64Array(values.length);
  return { nats: trees.weigh(Float64Array.from(values), by), byMeasure: [...by] };
};

describe('trees over measures', () => {
  const trees = new TreeOdds(TREES, ['one', 'other']);

  it('give what stands where a row ends, and credit each measure with what its split changed', () => {
    expect(trees.count).toBe(2);
    expect(trees.always).toBe(0.375);
    expect(weigh(trees, 0, 7)).toEqual({ nats: -1 + 0.125, byMeasure: [-1.25, 0] });
    expect(weigh(trees, 1, 1.9)).toEqual({ nats: 0.5 + 0.125, byMeasure: [0.25, 0] });
    expect(weigh(trees, 1, 2)).toEqual({ nats: 2 + 0.125, byMeasure: [0.25, 1.5] });
  });

  it('add up to what always counts and what each measure is credited with', () => {
    for (const values of [
      [0, 0],
      [1, 1],
      [3, 3],
    ] as const) {
      const { nats, byMeasure } = weigh(trees, ...values);
      expect(nats).toBeCloseTo(trees.always + byMeasure.reduce((sum, own) => sum + own, 0), 12);
    }
  });

  it('know measures by name, in whatever order they come', () => {
    expect(weigh(new TreeOdds(TREES, ['other', 'one']), 2, 1).byMeasure).toEqual([1.5, 0.25]);
  });

  it('end where a measure is asked for that there is none of', () => {
    expect(weigh(new TreeOdds(TREES, ['other']), 2)).toEqual({ nats: 0.375, byMeasure: [0] });
  });

  it('may be none', () => {
    expect(weigh(new TreeOdds(NO_TREES, ['one']), 1)).toEqual({ nats: 0, byMeasure: [0] });
  });
});
