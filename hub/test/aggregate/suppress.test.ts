import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block } from '../../src/aggregate/calendar.ts';
import { suppress } from '../../src/aggregate/suppress.ts';
import type { Table } from '../../src/aggregate/tally.ts';
import { Attacker, sums } from './attacker.ts';

const HOUR_MS = 3_600_000;

function shape(quartersOf: readonly number[], day: boolean): Block {
  const hours = quartersOf.map((_, hour) => ({ fromMs: hour * HOUR_MS, toMs: (hour + 1) * HOUR_MS }));
  const quarters = quartersOf.flatMap((count, hour) =>
    Array.from({ length: count }, (_, i) => hour * HOUR_MS + i * 900_000),
  );
  return { fromMs: 0, toMs: quartersOf.length * HOUR_MS, day, hours, quarters, quartersOf };
}

/** A whole table from the values of zones in quarters: everybody is one person. */
function tableOf(zones: number, block: Block, inner: readonly number[]): Table {
  const quarters = block.quarters.length;
  const times = quarters + block.hours.length + (block.day ? 1 : 0);
  const values = new Float64Array((zones + 1) * times);
  for (let zone = 0; zone < zones; zone++) {
    for (let quarter = 0; quarter < quarters; quarter++)
      values[zone * times + quarter] = inner[zone * quarters + quarter] ?? 0;
  }
  const total = ({ parts, total: cell }: ReturnType<typeof sums>[number]): void => {
    values[cell] = parts.reduce((sum, part) => sum + (values[part] ?? 0), 0);
  };
  // Zones first, so that the sum over them has its parts.
  const equations = sums(zones, block);
  for (const equation of equations.filter((one) => one.total < zones * times)) total(equation);
  for (const equation of equations.slice(-times)) total(equation);
  return { values, people: Int32Array.from(values) };
}

const published = (table: Table, suppressed: Uint8Array): (number | null)[] =>
  Array.from(table.values, (value, cell) => (suppressed[cell] === 1 ? null : value));

const count = (suppressed: Uint8Array): number => suppressed.reduce((sum, one) => sum + one, 0);

describe('suppression of small cells', () => {
  it('publishes everything where no cell has few people', () => {
    const block = shape([4, 4], true);
    const table = tableOf(2, block, new Array<number>(16).fill(10));
    expect(count(suppress(2, block, table, { k: 10, width: 10 }))).toBe(0);
  });

  it('takes the three cheapest cells that make a rectangle with the one that has few people', () => {
    const block = shape([4], false);
    // Zone by zone: the third quarter of the first zone has 3 people.
    const table = tableOf(3, block, [40, 20, 3, 50, 60, 25, 30, 80, 90, 90, 90, 90]);
    const suppressed = suppress(3, block, table, { k: 10, width: 10 });
    const times = 5;
    // It and the smaller one beside it in time, and the same two of the zone with the fewest people.
    const cells = [...suppressed.keys()].filter((cell) => suppressed[cell] === 1);
    expect(cells).toEqual([1, 2, times + 1, times + 2]);
  });

  it('gives away nothing where a zone has few people all the time', () => {
    const block = shape([2, 2], true);
    const table = tableOf(3, block, [1, 0, 2, 1, 30, 30, 30, 30, 50, 50, 50, 50]);
    const attacker = new Attacker(3, block, published(table, suppress(3, block, table, { k: 10, width: 10 })), 10_000);
    // All quarters, both hours and the day of it.
    for (let cell = 0; cell < 7; cell++) {
      const [low, high] = attacker.range(cell);
      expect(high - low).toBeGreaterThanOrEqual(10);
    }
  });

  it('suppresses the whole table where it has few people in all', () => {
    const block = shape([4], false);
    const table = tableOf(1, block, [1, 2, 0, 3]);
    expect(count(suppress(1, block, table, { k: 10, width: 10 }))).toBe(10);
  });

  it('protects a cell with a large value that comes from few people', () => {
    const block = shape([2], false);
    const table = tableOf(2, block, [700, 2000, 3000, 2500]);
    const people = Int32Array.from(table.values, (_, cell) => (cell === 0 ? 2 : 40));
    const suppressed = suppress(2, block, { values: table.values, people }, { k: 10, width: 900 });
    const attacker = new Attacker(2, block, published(table, suppressed), 1e6);
    const [low, high] = attacker.range(0);
    expect(suppressed[0]).toBe(1);
    expect(high - low).toBeGreaterThanOrEqual(900);
  });
});

const small = fc.record({
  zones: fc.integer({ min: 1, max: 3 }),
  quartersOf: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 1, maxLength: 2 }),
  day: fc.boolean(),
  inner: fc.array(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 9 })), {
    minLength: 12,
    maxLength: 12,
  }),
});

const large = fc.record({
  zones: fc.integer({ min: 1, max: 8 }),
  quartersOf: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 }),
  day: fc.boolean(),
  inner: fc.array(
    fc.oneof({ weight: 1, arbitrary: fc.integer({ min: 0, max: 12 }) }, fc.integer({ min: 0, max: 90 })),
    {
      minLength: 192,
      maxLength: 192,
    },
  ),
});

describe('an attacker who has everything that is published', () => {
  it('finds tables in which a cell with few people has as many more as the protection says', () => {
    const protection = { k: 3, width: 3 };
    fc.assert(
      fc.property(small, ({ zones, quartersOf, day, inner }) => {
        const block = shape(quartersOf, day);
        const table = tableOf(zones, block, inner);
        const suppressed = suppress(zones, block, table, protection);
        const attacker = new Attacker(zones, block, published(table, suppressed), 200);
        for (const [cell, people] of table.people.entries()) {
          if (people >= protection.k) continue;
          const value = table.values[cell] ?? 0;
          expect(attacker.possible(cell, value)).toBe(true);
          expect(attacker.possible(cell, value + protection.width), `cell ${cell}`).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('learns no bounds of it that are narrower by differencing, however large the table', () => {
    const protection = { k: 10, width: 10 };
    fc.assert(
      fc.property(large, ({ zones, quartersOf, day, inner }) => {
        const block = shape(quartersOf, day);
        const table = tableOf(zones, block, inner);
        const suppressed = suppress(zones, block, table, protection);
        const attacker = new Attacker(zones, block, published(table, suppressed), 1e6);
        for (const [cell, people] of table.people.entries()) {
          if (people >= protection.k) continue;
          const [low, high] = attacker.range(cell);
          expect(high - low).toBeGreaterThanOrEqual(protection.width);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('finds a cell out where the suppression stops at the cells with few people', () => {
    // So that the attacker of these tests is known to be one.
    const block = shape([4], false);
    const table = tableOf(2, block, [40, 20, 3, 50, 60, 25, 30, 80]);
    const naive = Uint8Array.from(table.people, (people) => Number(people < 10));
    expect(new Attacker(2, block, published(table, naive), 10_000).range(2)).toEqual([3, 3]);
  });
});
