import { TreeOdds } from '@safe-passage/hub/score/escorts/trees.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidates, fitRows, oddsIn, rowsOf, tableOf } from '../../src/escort/additiveFit.ts';
import { oddsOf } from '../../src/escort/boosting.ts';
import { treesOf } from '../../src/escort/modelOf.ts';
import { boostTrees, TREES, type Tree, treeOdds } from '../../src/escort/treeBoosting.ts';
import { Random } from '../../src/fusion/random.ts';

const COUNT = 3000;
const STEPS = 8;

/** What is right is where both are high or both are low: neither tells by itself. */
function checkerboard(rises: readonly (-1 | 0 | 1)[]) {
  const random = new Random(5);
  const columns = rises.map(() => Uint8Array.from({ length: COUNT }, () => Math.floor(STEPS * random.uniform())));
  const high = (measure: number, row: number): boolean => (columns[measure]?.[row] ?? 0) >= STEPS / 2;
  const labels = Uint8Array.from({ length: COUNT }, (_, row) => (high(0, row) === high(1, row) ? 1 : 0));
  return { binned: { columns, steps: rises.map(() => STEPS), rises }, labels };
}

const ROWS = Int32Array.from({ length: COUNT }, (_, row) => row);
const ONES = new Float32Array(COUNT).fill(1);
const OPTIONS = { ...TREES, rounds: 60 };

describe('boosted trees', () => {
  it('learn what two measures say together and neither says by itself', () => {
    const { binned, labels } = checkerboard([0, 0, 0]);
    const trees = boostTrees(binned, ROWS, labels, ONES, new Float64Array(COUNT), new Random(1), OPTIONS);
    const right = ROWS.filter((row) => treeOdds(trees, binned, row) > 0 === (labels[row] === 1));
    expect(right.length / COUNT).toBeGreaterThan(0.97);
  });

  it('learn nothing where what they build upon knows all', () => {
    const { binned, labels } = checkerboard([0, 0]);
    const known = Float64Array.from(labels, (label) => (label === 1 ? 30 : -30));
    const trees = boostTrees(binned, ROWS, labels, ONES, known, new Random(1), OPTIONS);
    for (const row of ROWS) expect(Math.abs(treeOdds(trees, binned, row))).toBeLessThan(0.01);
  });

  it('never fall with a measure that may only rise, nor rise with one that may only fall', () => {
    const { binned, labels } = checkerboard([1, -1, 0]);
    const trees = boostTrees(binned, ROWS, labels, ONES, new Float64Array(COUNT), new Random(2), OPTIONS);
    const step = fc.nat(STEPS - 1);
    const odds = (...steps: number[]): number =>
      treeOdds(trees, { ...binned, columns: steps.map((own) => Uint8Array.of(own)) }, 0);
    fc.assert(
      fc.property(step, step, step, step, (a, b, c, more) => {
        const up = Math.min(STEPS - 1, a + more);
        expect(odds(up, b, c)).toBeGreaterThanOrEqual(odds(a, b, c) - 1e-9);
        expect(odds(c, up, b)).toBeLessThanOrEqual(odds(c, a, b) + 1e-9);
      }),
    );
  });

  it('make no side of fewer rows than asked for', () => {
    const { binned, labels } = checkerboard([0, 0]);
    const options = { ...OPTIONS, leastWeight: 400, rounds: 10 };
    const trees = boostTrees(binned, ROWS, labels, ONES, new Float64Array(COUNT), new Random(3), options);
    const sizes = trees.flatMap((tree: Tree) => {
      const ends = new Map<number, number>();
      for (const row of ROWS) {
        const end = treeOdds([tree], binned, row);
        ends.set(end, (ends.get(end) ?? 0) + 1);
      }
      return [...ends.values()];
    });
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(400);
  });
});

describe('trees as the hub has them', () => {
  const measures = [
    { name: 'one', part: 'a', rises: 0 },
    { name: 'other', part: 'b', rises: 0 },
  ] as const;
  const random = new Random(9);
  const values = Float32Array.from({ length: 2 * COUNT }, () => Math.round(1000 * random.uniform()) / 1000);
  const candidates: Candidates = {
    plan: 'made',
    seed: 1,
    people: COUNT,
    staged: COUNT / 2,
    measures: values,
    pairs: ROWS,
    labels: Uint8Array.from(ROWS, (row) =>
      (values[2 * row] as number) > 0.5 === (values[2 * row + 1] as number) > 0.5 ? 1 : 0,
    ),
  };
  const of = rowsOf([candidates], tableOf(measures));
  const fitted = fitRows(of, ROWS);
  const trees = treesOf(of, fitted, ROWS);
  const odds = new TreeOdds(trees, ['one', 'other']);

  it('give every candidate what the fit gave it, to a thousandth of a nat a tree', () => {
    expect(odds.count).toBe(TREES.rounds);
    for (let row = 0; row < COUNT; row += 7) {
      const fit = oddsIn(fitted, of, row) - oddsOf(fitted.models[0] ?? { always: 0, nats: [] }, of.binned, row);
      const told = odds.weigh(
        Float64Array.of(values[2 * row] as number, values[2 * row + 1] as number),
        new Float64Array(2),
      );
      expect(Math.abs(told - fit)).toBeLessThan(0.0005 * odds.count);
    }
  });

  it('credit measures with what they change from half-way between those that are right and all others', () => {
    const [right, others] = [1, 0].map((label) => {
      const rows = ROWS.filter((row) => of.labels[row] === label);
      const credited = rows.map((row) => {
        const by = new Float64Array(2);
        odds.weigh(Float64Array.of(values[2 * row] as number, values[2 * row + 1] as number), by);
        return (by[0] as number) + (by[1] as number);
      });
      return credited.reduce((sum, nats) => sum + nats, 0) / rows.length;
    }) as [number, number];
    expect(right).toBeGreaterThan(1);
    expect(right).toBeCloseTo(-others, 0);
  });
});
