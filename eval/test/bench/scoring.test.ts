import { describe, expect, it } from 'vitest';
import { crowd } from '../../src/bench/crowd.ts';
import { costOfSecond } from '../../src/bench/scoringBenchmark.ts';

describe('the crowd of the scoring benchmark', () => {
  it('is the same at every run, and walks at a density that does not depend on its size', () => {
    const once = [...crowd(200, 5, 200)];
    expect([...crowd(200, 5, 200)]).toEqual(once);
    expect(once.map((samples) => samples.length)).toEqual([200, 200, 200, 200, 200]);
    for (const { x, y } of once.flat()) expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThan(Math.sqrt(2000) + 1);
  });

  it('can be scored, and that takes time', () => {
    expect(costOfSecond(100, 20, 2)).toBeGreaterThan(0);
  });
});
