import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Binned, BOOSTING, boost, type Fitted, oddsOf } from '../../src/escort/boosting.ts';
import { Random } from '../../src/fusion/random.ts';

const ROWS = 4000;
const STEPS = 6;
const OPTIONS = { ...BOOSTING, rounds: 300, ridge: 1 };

interface Sample {
  readonly binned: Binned;
  readonly labels: Uint8Array;
}

/** Rows of which the log odds are -1 and the sum of what each measure gives. */
function sampleOf(seed: number, truth: readonly (readonly number[])[], rises: Binned['rises']): Sample {
  const random = new Random(seed);
  const columns = truth.map(() => Uint8Array.from({ length: ROWS }, () => Math.floor(STEPS * random.uniform())));
  const labels = Uint8Array.from({ length: ROWS }, (_, row) => {
    const odds = truth.reduce((sum, nats, i) => sum + (nats[columns[i]?.[row] ?? 0] ?? 0), -1);
    return random.uniform() < 1 / (1 + Math.exp(-odds)) ? 1 : 0;
  });
  return { binned: { columns, steps: truth.map(() => STEPS), rises }, labels };
}

const fitted = ({ binned, labels }: Sample): Fitted =>
  boost(binned, Int32Array.from(labels.keys()), labels, new Float32Array(ROWS).fill(1), new Random(1), OPTIONS);

const RISING = [-2, -1, 0, 0, 1, 2];
const BENT = [1, 0, -1, -1, 0, 1];

describe('boosting single splits', () => {
  it('finds what each measure gives, whatever the others do', () => {
    const { nats } = fitted(sampleOf(3, [RISING, BENT], [0, 0]));
    const ends = (k: number): number[] => [nats[k]?.[0] ?? 0, nats[k]?.[2] ?? 0, nats[k]?.[5] ?? 0];
    const [low = 0, , high = 0] = ends(0);
    expect(high - low).toBeGreaterThan(3);
    expect(high - low).toBeLessThan(5);
    const [left = 0, middle = 0, right = 0] = ends(1);
    expect(left - middle).toBeGreaterThan(1.4);
    expect(right - middle).toBeGreaterThan(1.4);
  });

  it('what may only rise, or only fall, does so whatever the data say', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.constantFrom(-1 as const, 1 as const), (seed, rise) => {
        const nats = fitted(sampleOf(seed, [RISING, BENT], [rise, rise])).nats;
        for (const shape of nats) {
          for (let k = 1; k < shape.length; k++)
            expect(rise * ((shape[k] as number) - (shape[k - 1] as number))).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 8 },
    );
  });

  it('the same data give the same model, and a row that counts twice counts as two', () => {
    const sample = sampleOf(5, [RISING], [0]);
    expect(fitted(sample)).toEqual(fitted(sample));
    const rows = Int32Array.from(sample.labels.keys());
    const twice = boost(
      sample.binned,
      Int32Array.from([...rows, ...rows]),
      sample.labels,
      new Float32Array(2 * ROWS).fill(1),
      new Random(1),
      OPTIONS,
    );
    const weighed = boost(sample.binned, rows, sample.labels, new Float32Array(ROWS).fill(2), new Random(1), OPTIONS);
    for (let row = 0; row < 50; row++)
      expect(oddsOf(twice, sample.binned, row)).toBeCloseTo(oddsOf(weighed, sample.binned, row), 6);
  });
});
