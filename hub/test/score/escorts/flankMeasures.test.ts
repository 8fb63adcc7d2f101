import { describe, expect, it } from 'vitest';
import { BETWEEN_DEFAULTS, Between, TRIO, TRIO_SUMS } from '../../../src/score/escorts/between.ts';
import { FIELD } from '../../../src/score/escorts/field.ts';
import { FLANK_MEASURES, measureTrio, nothingOfTrio } from '../../../src/score/escorts/flankMeasures.ts';
import { PairTable } from '../../../src/score/escorts/pairTable.ts';
import type { Tick } from '../../../src/score/scene/scene.ts';

type Place = readonly [x: number, y: number];
const MIDDLE = 1;

/** Three who walk along x at 1.2 m/s, or stand, at these places: the middle one has slot 1. */
function tick(seconds: number, places: readonly [Place, Place, Place], speed = 1.2): Tick {
  const column = (of: (place: Place) => number): Float64Array => Float64Array.from(places, of);
  const slots = {
    ...{ capacity: 3, x: column(([x]) => x), y: column(([, y]) => y), vx: column(() => speed), vy: column(() => 0) },
    ...{ speed: column(() => speed), heading: column(() => 0), sigma: column(() => 0.1), quality: column(() => 1) },
    ...{ firstMs: column(() => 0), lastMs: column(() => 1000 * seconds) },
  };
  const active = Int32Array.of(0, 1, 2);
  return { timeMs: 1000 * seconds, seconds: 1, active, count: 3, ended: [], slots, person: (slot) => `p${slot}` };
}

function see(between: Between, one: Tick): void {
  between.begin(one);
  for (const [a, b] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const)
    between.near(one, a, b);
  between.end(one);
}

const sum = (between: Between, field: number): number => between.sums[MIDDLE * TRIO_SUMS + field] as number;
/** One on the left, a hand behind; the other on the right, two hands behind. */
const abreast = (x: number): [Place, Place, Place] => [
  [x - 0.1, 0.7],
  [x, 0],
  [x - 0.2, -0.7],
];

describe('who is between two', () => {
  it('is counted while they walk, with each on a side; and together while they stand as well', () => {
    const between = new Between(BETWEEN_DEFAULTS);
    for (let k = 0; k < 10; k++) see(between, tick(k, abreast(1.2 * k)));
    for (let k = 10; k < 14; k++) see(between, tick(k, abreast(12), 0));
    expect([between.one[MIDDLE], between.other[MIDDLE]]).toEqual([0, 2]);
    expect(sum(between, TRIO.between)).toBe(10);
    expect(sum(between, TRIO.oneLeft)).toBe(10);
    expect(sum(between, TRIO.walked)).toBe(10);
    expect(sum(between, TRIO.near)).toBe(14);
    expect(sum(between, TRIO.enclosed)).toBe(14);
    expect(sum(between, TRIO.oneAhead)).toBeCloseTo(-1, 5);
    expect(sum(between, TRIO.otherAhead)).toBeCloseTo(-2, 5);
    expect(between.nearMs[MIDDLE]).toBe(13_000);
    expect(between.lastMs[MIDDLE]).toBe(9000);
  });

  it('meets the two again where they were away for longer than a moment, and knows for how long they were there before', () => {
    const between = new Between(BETWEEN_DEFAULTS);
    const away = (x: number): [Place, Place, Place] => [
      [x, 30],
      [x, 0],
      [x, -30],
    ];
    for (let k = 0; k < 8; k++) see(between, tick(k, abreast(1.2 * k)));
    for (let k = 8; k < 20; k++) see(between, tick(k, away(1.2 * k)));
    see(between, tick(20, abreast(24)));
    expect(between.againMs[MIDDLE]).toBe(0);
    for (let k = 21; k < 50; k++) see(between, tick(k, away(1.2 * k)));
    see(between, tick(50, abreast(60)));
    expect(between.againMs[MIDDLE]).toBe(50_000);
    expect(between.knownSeconds[MIDDLE]).toBe(9);
  });
});

describe('what is measured of three', () => {
  const names = FLANK_MEASURES.map(({ name }) => name);
  /** Records of the middle one with each of the two. */
  function pairs(): PairTable {
    const table = new PairTable(15);
    table.reserve(3);
    for (const side of [0, 2]) {
      const record = table.begin(side, MIDDLE, 0);
      for (const field of [FIELD.near, FIELD.walked, FIELD.weight])
        table.numbers[record * table.stride + field] = side === 0 ? 12 : 10;
    }
    return table;
  }

  function measured(between: Between, ledNats: number): Record<string, number> | null {
    const into = new Float64Array(names.length);
    const known = measureTrio(between, pairs(), MIDDLE, 0.2, ledNats, into, nothingOfTrio());
    return known ? Object.fromEntries(names.map((name, i) => [name, into[i] as number])) : null;
  }

  it('is of the one who is further ahead, and of the other; of time as logarithms', () => {
    const between = new Between(BETWEEN_DEFAULTS);
    for (let k = 0; k < 10; k++) see(between, tick(k, abreast(1.2 * k)));
    const found = measured(between, 4.2);
    expect(found?.side).toBe(1);
    expect(found?.aheadMost).toBeCloseTo(-0.1, 5);
    expect(found?.aheadLeast).toBeCloseTo(-0.2, 5);
    expect(found?.between).toBeCloseTo(Math.log(10), 6);
    expect(found?.ledBefore).toBe(4.2);
  });

  it('is no steadier than positions can tell, and of who was led by nobody says so', () => {
    const between = new Between(BETWEEN_DEFAULTS);
    for (let k = 0; k < 10; k++) see(between, tick(k, abreast(1.2 * k)));
    const found = measured(between, Number.NEGATIVE_INFINITY);
    expect(found?.asideDeviation).toBe(0.1);
    expect(found?.aheadDeviation).toBe(0.15);
    expect(found?.ledBefore).toBeLessThan(0);
  });

  it('is nothing where nobody is between two', () => {
    const between = new Between(BETWEEN_DEFAULTS);
    see(between, tick(0, abreast(0), 0));
    expect(measured(between, 0)).toBeNull();
  });
});
