import { describe, expect, it } from 'vitest';
import { crowdOf } from '../../src/groups/crowds.ts';
import { groupSet, type Row } from '../../src/groups/dataset.ts';

/** A pair for 20 s, and one alone in the second half of it. */
const rows: Row[] = [];
for (let k = 0; k < 50; k++) {
  const timeMs = 7000 + 400 * k;
  rows.push({ timeMs, person: 'a', x: k, y: 0 }, { timeMs, person: 'b', x: k, y: 1 });
  if (k >= 25) rows.push({ timeMs, person: 'c', x: 0, y: k });
}
const groupOf = new Map([
  ['a', 'pair'],
  ['b', 'pair'],
]);
const set = groupSet('made up', rows, 0.4, groupOf);

describe('a set of groups as a crowd', () => {
  it('has all parts of its time at once, and every row in the place where it was', () => {
    const crowd = crowdOf(set, 2);
    expect(crowd.name).toBe('made up, 2 over each other');
    expect(crowd.rows).toHaveLength(rows.length);
    const times = crowd.rows.map(({ timeMs }) => timeMs);
    expect(times).toEqual(times.toSorted((p, q) => p - q));
    expect(times[0]).toBe(7000);
    expect(times.at(-1)).toBe(7000 + 400 * 24);
    const places = (list: readonly Row[]): string[] => list.map(({ x, y }) => `${x} ${y}`).sort();
    expect(places(crowd.rows)).toEqual(places(rows));
  });

  it('keeps together who was, within a part and never across two', () => {
    const [window, ...more] = crowdOf(set, 2).windows;
    expect(more).toEqual([]);
    expect(window?.truth.map((group) => group.toSorted()).toSorted()).toEqual([
      ['0:a', '0:b'],
      ['1:a', '1:b'],
      ['1:c'],
    ]);
  });

  it('in one part is the set itself, by other names', () => {
    const { windows } = crowdOf(set, 1);
    expect(
      windows.map(({ fromMs, truth }) => [fromMs, truth.map((group) => group.map((person) => person.slice(2)))]),
    ).toEqual(set.windows.map(({ fromMs, truth }) => [fromMs, truth]));
  });
});
