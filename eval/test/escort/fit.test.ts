import { tmpdir } from 'node:os';
import { natsOf } from '@safe-passage/hub/score/escorts/additive.ts';
import { BRIEF_SECONDS } from '@safe-passage/hub/score/escorts/escortOdds.ts';
import { FLANK_MEASURES } from '@safe-passage/hub/score/escorts/flankMeasures.ts';
import { MEASURES } from '@safe-passage/hub/score/escorts/measures.ts';
import { describe, expect, it } from 'vitest';
import { escort } from '../../src/commands/escort.ts';
import type { Candidates } from '../../src/escort/additiveFit.ts';
import { FIT_PARTS, FITTED_FALSE_PER_THOUSAND, fitEscorts, fitMovement } from '../../src/escort/fit.ts';
import { recallAt } from '../../src/escort/judge.ts';
import { escortModelText, movementModelText } from '../../src/escort/modelFile.ts';
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
    [['--detector', 'ideal'], /--detector is for --cameras/],
    [['--pattern', 'escort', '--json'], /--pattern, --json is for measuring/],
    [['--out', '/nowhere/at/all.ts'], /\/nowhere\/at\/all\.ts cannot be written/],
    [['--out', tmpdir()], /it is a folder/],
  ])('refuses %j before it works for half an hour', async (args, problem) => {
    await expect(escort.execute(['--fit', 'escort', ...args], signal)).rejects.toThrow(problem);
  });

  it('refuses what no model is fitted of, and names those that are', async () => {
    await expect(escort.execute(['--fit', 'handover'], signal)).rejects.toThrow(
      /--fit takes escort, flanking, shadowing; found "handover"/,
    );
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
    expect(told?.falsePerThousand).toBeLessThanOrEqual(FITTED_FALSE_PER_THOUSAND.escort);
  });

  it('is written as a file of the hub', () => {
    const text = escortModelText(model, 'seeds 1 to 4');
    expect(text).toContain('eval -- escort --fit escort');
    expect(text).toContain(`  least: ${model.least},`);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(160);
  });
});

describe('fitting flanking', () => {
  const SIDE = FLANK_MEASURES.findIndex(({ name }) => name === 'side');
  /** The same candidates with the measures of trios: what is ahead is the side. */
  const runs = RUNS.map((run): Candidates => {
    const rows = run.pairs.length;
    const measures = new Float32Array(rows * FLANK_MEASURES.length);
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < FLANK_MEASURES.length; k++) {
        const from = k === SIDE ? FRONT : (FRONT + 1 + (k % 3)) % MEASURES.length;
        measures[row * FLANK_MEASURES.length + k] = run.measures[row * MEASURES.length + from] as number;
      }
    }
    return { ...run, measures };
  });
  const { model, heldOut } = fitMovement('flanking', runs);

  it('learns one table of the measures of three, and the least log odds with it', () => {
    const side = model.shapes.side ?? { edges: [], nats: [0] };
    expect(natsOf(side, 0.95) - natsOf(side, 0.5)).toBeGreaterThan(3);
    expect(Object.keys(model.shapes)).toEqual(FLANK_MEASURES.map(({ name }) => name));
    const told = heldOut[0]?.curve.filter(({ threshold }) => threshold >= model.least).at(-1);
    expect(told?.falsePerThousand).toBeLessThanOrEqual(FITTED_FALSE_PER_THOUSAND.flanking);
  });

  it('is written as a file of the hub', () => {
    const text = movementModelText('flanking', model, 'seeds 1 to 4');
    expect(text).toContain('eval -- escort --fit flanking');
    expect(text).toContain('export const FLANK_MODEL: FittedModel = {');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(160);
  });
});
