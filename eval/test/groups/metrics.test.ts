import { describe, expect, it } from 'vitest';
import { agreementOf, correctGroups, gMitre, type Partition, pairCounts } from '../../src/groups/metrics.ts';

/** "12|3|4" is {1, 2}, {3}, {4}. */
const parts = (text: string): Partition => text.split('|').map((group) => [...group]);

describe('G-MITRE', () => {
  // Hand-checked with the published definition: [truth, predicted, precision, recall, F1].
  const vectors: readonly [string, string, number, number, number][] = [
    ['12|3|4', '123|4', 2 / 3, 2 / 3, 2 / 3],
    ['123', '13|2', 0.5, 0.5, 0.5],
    ['12|34|5', '1|2|3|4|5', 0.2, 1 / 3, 0.25],
    ['1234', '13|24', 1, 2 / 3, 0.8],
    ['1|2|3', '12|3', 0.5, 1 / 3, 0.4],
  ];
  it.each(vectors)(
    'of %s found as %s has precision %f, recall %f and F1 %f',
    (truth, predicted, precision, recall, f1) => {
      const found = gMitre(parts(truth), parts(predicted));
      expect(found.precision).toBeCloseTo(precision, 10);
      expect(found.recall).toBeCloseTo(recall, 10);
      expect(found.f1).toBeCloseTo(f1, 10);
    },
  );

  it('is 1 for the truth itself, whatever the order', () => {
    expect(gMitre(parts('123|45|6'), parts('6|54|231')).f1).toBe(1);
  });
});

describe('pairs', () => {
  it('count those together in both, in the prediction and in the truth', () => {
    expect(pairCounts(parts('123|45'), parts('12|345'))).toEqual({ right: 2, predicted: 4, truth: 4 });
    expect(agreementOf(pairCounts(parts('12|3'), parts('1|2|3')))).toEqual({ precision: 0, recall: 0, f1: 0 });
  });
});

describe('group correctness', () => {
  it('at T = 1 wants the very group; at 2/3 two of three will do', () => {
    expect(correctGroups(parts('123|45|6'), parts('12|3|45|6'))).toEqual({ right: 1, predicted: 2, truth: 2 });
    expect(correctGroups(parts('123|45|6'), parts('12|3|45|6'), 2 / 3)).toEqual({ right: 2, predicted: 2, truth: 2 });
  });
  it('knows no groups of one', () => {
    expect(correctGroups(parts('1|2'), parts('1|2'))).toEqual({ right: 0, predicted: 0, truth: 0 });
  });
});
