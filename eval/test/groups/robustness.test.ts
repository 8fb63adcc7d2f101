import { describe, expect, it } from 'vitest';
import { groupSet, type Row } from '../../src/groups/dataset.ts';
import { SEEN, seenAs } from '../../src/groups/robustness.ts';

/** Two who walk together for 12 s, and one who is in sight at a single odd row. */
const rows: Row[] = [];
for (let k = 0; k <= 30; k++) {
  rows.push({ timeMs: 5000 + 400 * k, person: 'a', x: 0.4 * k, y: 0 });
  rows.push({ timeMs: 5000 + 400 * k, person: 'b', x: 0.4 * k, y: 0.8 });
  if (k === 7) rows.push({ timeMs: 5000 + 400 * k, person: 'odd', x: 9, y: 9 });
}
const inWindow = (from: number): Row[] => rows.filter(({ timeMs }) => timeMs >= from && timeMs < from + 10_000);
const groupOf = new Map([
  ['a', 'pair'],
  ['b', 'pair'],
]);
const set = groupSet('made up', rows, 0.4, groupOf);

describe('a set of groups seen otherwise', () => {
  it('is the set itself where nothing is done to it', () => {
    expect(set.windows).toEqual([
      { fromMs: 5000, rows: inWindow(5000), truth: [['a', 'b'], ['odd']] },
      { fromMs: 15_000, rows: inWindow(15_000), truth: [['a', 'b']] },
    ]);
    expect(seenAs(set, { name: '', every: 1, sigmaMetres: 0 })).toEqual(set);
  });

  it('at half the rate has every other row, and nobody who is in none of them', () => {
    const half = seenAs(set, { name: '', every: 2, sigmaMetres: 0 });
    expect(half.sampleSeconds).toBe(0.8);
    expect(half.rows.filter(({ person }) => person === 'a').map(({ timeMs }) => timeMs - 5000)).toEqual(
      Array.from({ length: 16 }, (_, k) => 800 * k),
    );
    expect(half.windows.map(({ fromMs }) => fromMs)).toEqual([5000, 15_000]);
    expect(half.windows[0]?.truth).toEqual([['a', 'b']]);
  });

  it('with noise has the same rows with as much of it as is said, the same each time', () => {
    const noisy = { name: '', every: 1, sigmaMetres: 0.2 };
    const once = seenAs(set, noisy);
    expect(seenAs(set, noisy)).toEqual(once);
    expect(once.rows.map(({ timeMs, person }) => [timeMs, person])).toEqual(
      rows.map(({ timeMs, person }) => [timeMs, person]),
    );
    const squares = once.rows.flatMap((row, i) => [(row.x - (rows[i]?.x ?? 0)) ** 2, (row.y - (rows[i]?.y ?? 0)) ** 2]);
    const sigma = Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / squares.length);
    expect(sigma).toBeGreaterThan(0.15);
    expect(sigma).toBeLessThan(0.25);
    expect(SEEN.some(({ every, sigmaMetres }) => every > 1 && sigmaMetres > 0)).toBe(true);
  });
});
