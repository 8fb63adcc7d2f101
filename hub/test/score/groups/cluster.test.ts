import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cluster, kept } from '../../../src/score/groups/cluster.ts';
import { type Link, PARTITION_DEFAULTS, partition } from '../../../src/score/groups/components.ts';

/** All partitions of n people, as group numbers. */
function* partitions(n: number, head: number[] = []): Generator<number[]> {
  if (head.length === n) {
    yield head;
    return;
  }
  const groups = Math.max(-1, ...head) + 1;
  for (let g = 0; g <= groups; g++) yield* partitions(n, [...head, g]);
}

const symmetric = (n: number, values: readonly number[]): Float64Array => {
  const weights = new Float64Array(n * n);
  let k = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      weights[i * n + j] = values[k] ?? 0;
      weights[j * n + i] = values[k] ?? 0;
      k++;
    }
  }
  return weights;
};

describe('correlation clustering', () => {
  it('property: is exact for up to eight people', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 15, maxLength: 15 }),
        (n, values) => {
          const weights = symmetric(n, values);
          const best = Math.max(...[...partitions(n)].map((p) => kept(n, weights, Int32Array.from(p))));
          expect(kept(n, weights, cluster(n, weights))).toBe(best);
        },
      ),
    );
  });

  it('property: of larger sets it keeps at least as much as leaving everybody alone, and finds clear groups', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 9, maxLength: 30 }), (colours) => {
        const n = colours.length;
        const weights = new Float64Array(n * n);
        for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) weights[i * n + j] = colours[i] === colours[j] ? 1 : -1;
        const group = cluster(n, weights);
        for (let i = 0; i < n; i++)
          for (let j = 0; j < n; j++) expect(group[i] === group[j]).toBe(colours[i] === colours[j]);
      }),
    );
  });
});

describe('partition', () => {
  it('property: everybody is in exactly one group, and nobody is with somebody for whom nothing speaks', () => {
    const link = fc.record({ a: fc.nat(29), b: fc.nat(29), logOdds: fc.double({ min: -8, max: 8, noNaN: true }) });
    fc.assert(
      fc.property(
        fc.uniqueArray(link, { selector: ({ a, b }) => `${Math.min(a, b)} ${Math.max(a, b)}`, maxLength: 80 }),
        (drawn) => {
          const links: Link[] = drawn.filter(({ a, b }) => a !== b);
          const groups = partition(30, links, PARTITION_DEFAULTS);
          expect(groups.flat().sort((p, q) => p - q)).toEqual(Array.from({ length: 30 }, (_, i) => i));
          for (const group of groups.filter(({ length }) => length > 1)) {
            for (const a of group) {
              expect(
                links.some(
                  (l) => l.logOdds > 0 && ((l.a === a && group.includes(l.b)) || (l.b === a && group.includes(l.a))),
                ),
              ).toBe(true);
            }
          }
        },
      ),
    );
  });

  it('lets a chain of companions be one party, but not against what speaks clearly against it', () => {
    const chain: Link[] = [
      { a: 0, b: 1, logOdds: 3 },
      { a: 1, b: 2, logOdds: 3 },
    ];
    expect(partition(3, chain, PARTITION_DEFAULTS)).toEqual([[0, 1, 2]]);
    const strict = { ...PARTITION_DEFAULTS, hopLogOdds: Number.POSITIVE_INFINITY };
    expect(partition(3, [...chain, { a: 0, b: 2, logOdds: -4 }], strict)).not.toEqual([[0, 1, 2]]);
  });
});
