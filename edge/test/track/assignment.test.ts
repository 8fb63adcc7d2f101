import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssignmentSolver } from '../../src/track/assignment.ts';

/** The cheapest sum over every way of giving rows different columns or leaving them alone. */
function bruteForce(
  cost: readonly (readonly number[])[],
  alonePrice: number,
  row = 0,
  used = new Set<number>(),
): number {
  const line = cost[row];
  if (!line) return 0;
  let best = alonePrice + bruteForce(cost, alonePrice, row + 1, used);
  line.forEach((price, column) => {
    if (used.has(column) || price === Number.POSITIVE_INFINITY) return;
    used.add(column);
    best = Math.min(best, price + bruteForce(cost, alonePrice, row + 1, used));
    used.delete(column);
  });
  return best;
}

function solved(solver: AssignmentSolver, cost: readonly (readonly number[])[], columns: number, alonePrice: number) {
  solver.solve(Float64Array.from(cost.flat()), cost.length, columns, alonePrice);
  let sum = 0;
  const taken = new Set<number>();
  cost.forEach((line, row) => {
    const column = solver.columnOfRow[row] ?? Number.NaN;
    if (column === -1) {
      sum += alonePrice;
      return;
    }
    expect(taken.has(column)).toBe(false);
    taken.add(column);
    expect(solver.rowOfColumn[column]).toBe(row);
    sum += line[column] ?? Number.NaN;
  });
  for (let column = 0; column < columns; column += 1) {
    if (!taken.has(column)) expect(solver.rowOfColumn[column]).toBe(-1);
  }
  return sum;
}

const price = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: -5, max: 5, noNaN: true }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 3 }) },
  { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
);
const problem = fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 })).chain(([rows, columns]) =>
  fc.record({
    columns: fc.constant(columns),
    cost: fc.array(fc.array(price, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows }),
    alonePrice: fc.oneof(fc.double({ min: -2, max: 6, noNaN: true }), fc.constant(1e6)),
  }),
);

describe('assignment', () => {
  it('is as cheap as the best of all assignments, up to 7 by 7, rectangular, with forbidden pairs', () => {
    const solver = new AssignmentSolver();
    fc.assert(
      fc.property(problem, ({ cost, columns, alonePrice }) => {
        expect(solved(solver, cost, columns, alonePrice)).toBeCloseTo(bruteForce(cost, alonePrice), 6);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves a row alone where every pair is dearer', () => {
    const solver = new AssignmentSolver();
    solver.solve(Float64Array.of(0.9, 0.2, 0.95, 0.3), 2, 2, 0.5);
    expect([...solver.columnOfRow.subarray(0, 2)]).toEqual([1, -1]);
  });

  it('gives up a first choice when that is cheaper for all together', () => {
    const solver = new AssignmentSolver();
    // Row 0 likes column 0 best, but row 1 can live with nothing else.
    solver.solve(Float64Array.of(1, 2, 1, 50), 2, 2, 100);
    expect([...solver.columnOfRow.subarray(0, 2)]).toEqual([1, 0]);
  });

  it('keeps no memory of the problem before', () => {
    const solver = new AssignmentSolver();
    solver.solve(new Float64Array(400).fill(1), 20, 20, 5);
    solver.solve(Float64Array.of(1), 1, 1, 5);
    expect(solver.columnOfRow[0]).toBe(0);
    solver.solve(new Float64Array(0), 1, 0, 5);
    expect(solver.columnOfRow[0]).toBe(-1);
  });
});
