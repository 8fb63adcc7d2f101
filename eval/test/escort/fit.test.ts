import { natsOf } from '@safe-passage/hub/score/escorts/additive.ts';
import { MEASURES } from '@safe-passage/hub/score/escorts/measures.ts';
import { describe, expect, it } from 'vitest';
import type { Candidates } from '../../src/escort/candidates.ts';
import { FIT_PARTS, FITTED_FALSE_PER_THOUSAND, fitEscorts } from '../../src/escort/fit.ts';
import { recallAt } from '../../src/escort/judge.ts';
import { modelText } from '../../src/escort/modelFile.ts';
import { Random } from '../../src/fusion/random.ts';

const FRONT = MEASURES.findIndex(({ name }) => name === 'ahead');
const PAIRS = 600;
const MOMENTS = 4;

/** Escorts, one in twenty, are ahead; and they are so at one moment of four alone. */
function made(plan: string, seed: number): Candidates {
  const random = new Random(seed);
  const labels = Uint8Array.from({ length: PAIRS }, (_, pair) => (pair % 20 === 0 ? 1 : 0));
  const measures = new Float32Array(PAIRS * MOMENTS * MEASURES.length);
  const pairs = new Int32Array(PAIRS * MOMENTS);
  for (let row = 0; row < pairs.length; row++) {
    const pair = Math.floor(row / MOMENTS);
    pairs[row] = pair;
    const shows = labels[pair] === 1 && row % MOMENTS === 1;
    for (let k = 0; k < MEASURES.length; k++) measures[row * MEASURES.length + k] = random.uniform();
    measures[row * MEASURES.length + FRONT] = shows ? 0.9 + 0.1 * random.uniform() : 0.85 * random.uniform();
  }
  return { plan, seed, people: 1000, staged: PAIRS / 20, measures, pairs, labels };
}

const RUNS = ['one', 'other'].flatMap((plan) => [1, 2, 3, 4].map((seed) => made(plan, seed)));

describe('fitting escorts', () => {
  let parts = 0;
  const { model, heldOut } = fitEscorts(RUNS, () => parts++);

  it('learns what tells escorts from others at the moment at which it shows', () => {
    const ahead = model.shapes.ahead ?? { edges: [], nats: [0] };
    expect(natsOf(ahead, 0.95) - natsOf(ahead, 0.5)).toBeGreaterThan(4);
    expect(parts).toBe(FIT_PARTS);
  });

  it('is measured on runs that it did not see, by seed and by plan', () => {
    expect(heldOut.map(({ name }) => name)).toEqual([
      'other seeds',
      'one, other seeds',
      'other, other seeds',
      'other plans',
      'one, other plans',
      'other, other plans',
    ]);
    for (const { curve } of heldOut) expect(recallAt(curve, 1)).toBeGreaterThan(0.9);
    expect(heldOut[0]).toMatchObject({ people: 8000, staged: 240 });
  });

  it('asks for log odds at which few enough of the others are told', () => {
    const told = heldOut[0]?.curve.filter(({ threshold }) => threshold >= model.least).at(-1);
    expect(told?.falsePerThousand).toBeLessThanOrEqual(FITTED_FALSE_PER_THOUSAND);
  });

  it('is written as a file of the hub', () => {
    const text = modelText(model, 'seeds 1 to 4');
    expect(text).toContain('eval -- escort --fit');
    expect(text).toContain(`  least: ${model.least},`);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(160);
  });
});
