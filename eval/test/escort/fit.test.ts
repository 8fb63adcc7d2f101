import { tmpdir } from 'node:os';
import { natsOf } from '@safe-passage/hub/score/escorts/additive.ts';
import { BRIEF_SECONDS } from '@safe-passage/hub/score/escorts/escortOdds.ts';
import { MEASURES } from '@safe-passage/hub/score/escorts/measures.ts';
import { describe, expect, it } from 'vitest';
import { escort } from '../../src/commands/escort.ts';
import type { Candidates } from '../../src/escort/candidates.ts';
import { FIT_PARTS, FITTED_FALSE_PER_THOUSAND, fitEscorts } from '../../src/escort/fit.ts';
import { recallAt } from '../../src/escort/judge.ts';
import { modelText } from '../../src/escort/modelFile.ts';
import { Random } from '../../src/fusion/random.ts';

const FRONT = MEASURES.findIndex(({ name }) => name === 'ahead');
const COUNTED = MEASURES.findIndex(({ name }) => name === 'counted');
const PAIRS = 1200;
const MOMENTS = 4;

/** Escorts, one in twenty, are ahead; and they are so at one moment of four alone. */
function made(plan: string, seed: number): Candidates {
  const random = new Random(seed);
  const labels = Uint8Array.from({ length: PAIRS }, (_, pair) =>
    pair % 20 < 2 ? (pair % 40 < 20 ? 1 - (pair % 2) : pair % 2) : 0,
  );
  const measures = new Float32Array(PAIRS * MOMENTS * MEASURES.length);
  const pairs = new Int32Array(PAIRS * MOMENTS);
  for (let row = 0; row < pairs.length; row++) {
    const pair = Math.floor(row / MOMENTS);
    pairs[row] = pair;
    const shows = labels[pair] === 1 && row % MOMENTS === 1;
    for (let k = 0; k < MEASURES.length; k++) measures[row * MEASURES.length + k] = random.uniform();
    // Half of the pairs walk for long.
    measures[row * MEASURES.length + COUNTED] = Math.log(pair % 2 === 0 ? BRIEF_SECONDS / 2 : 2 * BRIEF_SECONDS);
    measures[row * MEASURES.length + FRONT] = shows ? 0.9 + 0.1 * random.uniform() : 0.85 * random.uniform();
  }
  return { plan, seed, people: 1000, staged: PAIRS / 20, measures, pairs, labels };
}

const RUNS = ['one', 'other'].flatMap((plan) => [1, 2, 3, 4].map((seed) => made(plan, seed)));

describe('eval escort --fit', () => {
  const { signal } = new AbortController();
  it.each([
    [['--quick'], /--fit takes --shared and --out; --quick is for measuring/],
    [['--pattern', 'escort', '--json'], /--pattern, --json is for measuring/],
    [['--out', '/nowhere/at/all.ts'], /\/nowhere\/at\/all\.ts cannot be written/],
    [['--out', tmpdir()], /it is a folder/],
  ])('refuses %j before it works for half an hour', async (args, problem) => {
    await expect(escort.execute(['--fit', ...args], signal)).rejects.toThrow(problem);
  });
});

describe('fitting escorts', () => {
  let parts = 0;
  const { model, heldOut } = fitEscorts(RUNS, () => parts++);

  it('learns what tells escorts from others at the moment at which it shows', () => {
    for (const { shapes } of [model.brief, model.longer]) {
      const ahead = shapes.ahead ?? { edges: [], nats: [0] };
      expect(natsOf(ahead, 0.95) - natsOf(ahead, 0.5)).toBeGreaterThan(3);
    }
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
    expect(heldOut[0]).toMatchObject({ people: 8000, staged: 480 });
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
