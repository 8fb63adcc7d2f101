import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignBest, type Choice } from '../../src/fuse/assignment.ts';

/** The greatest gain there is, by trying everything. */
function bestGain(choices: readonly Choice[], row: number, rows: number, taken: ReadonlySet<number>): number {
  if (row === rows) return 0;
  let best = bestGain(choices, row + 1, rows, taken);
  for (const choice of choices) {
    if (choice.row !== row || taken.has(choice.column)) continue;
    best = Math.max(best, choice.gain + bestGain(choices, row + 1, rows, new Set([...taken, choice.column])));
  }
  return best;
}

const problem = fc.array(
  fc.record({ row: fc.nat(5), column: fc.nat(5), gain: fc.double({ min: -3, max: 9, noNaN: true }) }),
  { maxLength: 20 },
);
const unique = (choices: readonly Choice[]): Choice[] =>
  choices.filter((c, i) => choices.findIndex((d) => d.row === c.row && d.column === c.column) === i);

describe('assigning tracks to persons', () => {
  it('gains as much as trying everything, one to one', () => {
    fc.assert(
      fc.property(problem, (raw) => {
        const choices = unique(raw);
        const column = assignBest(choices, 6);
        const chosen = [...column].flatMap((c, row) => choices.filter((d) => d.row === row && d.column === c));
        expect(chosen).toHaveLength(column.filter((c) => c >= 0).length);
        expect(new Set(chosen.map((c) => c.column)).size).toBe(chosen.length);
        const gain = chosen.reduce((sum, choice) => sum + choice.gain, 0);
        expect(gain).toBeCloseTo(bestGain(choices, 0, 6, new Set()), 9);
      }),
      { numRuns: 500 },
    );
  });

  it('gives up an exact answer, not its rules, where thousands compete for the same', () => {
    const choices: Choice[] = [];
    for (let row = 0; row < 600; row++)
      for (let column = 0; column < 300; column++) choices.push({ row, column, gain: 1 });
    const column = assignBest(choices, 600);
    const taken = [...column].filter((c) => c >= 0);
    expect(taken).toHaveLength(300);
    expect(new Set(taken).size).toBe(300);
  });
});
