import { describe, expect, it } from 'vitest';
import { DWELL_DEFAULTS as OPTIONS } from '../../src/score/dwellOptions.ts';
import { DwellPerson } from '../../src/score/dwellPerson.ts';

type Seen = readonly [seconds: number, x: number, y: number, sigma?: number];

function seen(...way: readonly Seen[]): DwellPerson {
  const person = new DwellPerson('anna');
  for (const [seconds, x, y, sigma = 0.1] of way) person.measured(seconds * 1000, x, y, sigma, OPTIONS);
  return person;
}

describe('whether somebody moved', () => {
  it('is told by half a metre of a smoothed position, or two and a half times the worse uncertainty', () => {
    const away = (x: number, sigma: number, last = sigma) => seen([100, 7, -3, sigma], [160, 7 + x, -3, last]).moved;
    expect([away(0.49, 0.1), away(0.51, 0.1)]).toEqual([false, true]);
    expect([away(0.99, 0.4), away(1.01, 0.4)]).toEqual([false, true]);
    expect([away(0.99, 0.1, 0.4), away(1.01, 0.1, 0.4)]).toEqual([false, true]);
    expect(seen([100, 7, -3], [160, 7.4, -3.4]).moved, 'in both directions together').toBe(true);
  });

  it('is not told by one position that is off: a second is smoothed over', () => {
    expect(seen([0, 0, 0], [5, 0, 0], [5.1, 3, 0]).moved).toBe(false);
    const person = seen([0, 0, 0], [1, 2, 1]);
    expect(person.smoothX).toBeCloseTo(2 * (1 - Math.exp(-1)), 9);
    expect(person.smoothY).toBeCloseTo(1 - Math.exp(-1), 9);
    expect(person.smoothMs).toBe(1000);
  });

  it('stays told, as does how far they got', () => {
    const person = seen([0, 0, 0], [60, 3, 4], [120, 0, 0]);
    expect(person.moved).toBe(true);
    expect(person.netMetres).toBeCloseTo(5, 6);
  });

  it('counts from the best known place of the first second, not from a later one', () => {
    expect(seen([0, 5, 5, 0.6], [0.5, 0, 0, 0.2], [60, 0.4, 0, 0.1])).toMatchObject({ anchorX: 0, moved: false });
    expect(seen([100, 5, 5, 0.6], [101, 0, 0, 0.2])).toMatchObject({ anchorX: 0, anchorY: 0, anchorSigma: 0.2 });
    expect(seen([100, 5, 5, 0.6], [101.001, 0, 0, 0.2])).toMatchObject({ anchorX: 5, anchorY: 5, anchorSigma: 0.6 });
    expect(seen([0, 5, 5, 0.2], [0.5, 0, 0, 0.6]).anchorX, 'a worse one').toBe(5);
  });

  it('counts from where somebody was first known whom they go on from', () => {
    const later = seen([100, 2, 0]);
    later.goesOnFrom(seen([0, 0, 0], [60, 0.1, 0]), OPTIONS);
    expect(later).toMatchObject({ moved: true, netMetres: 2, anchorX: 0, anchorY: 0, anchorSigma: 0.1 });
    const still = seen([100, 0, 0.2]);
    still.goesOnFrom(seen([0, 0, 0, 0.3]), OPTIONS);
    expect(still).toMatchObject({ moved: false, anchorY: 0, anchorSigma: 0.3 });
    const after = seen([100, 0, 0]);
    after.goesOnFrom(seen([0, 0, 0], [60, 3, 4], [120, 0, 0]), OPTIONS);
    expect(after.moved, 'whoever had moved').toBe(true);
    expect(after.netMetres).toBeCloseTo(5, 6);
  });

  it('keeps its own beginning where nothing is known of a place of the other', () => {
    const later = seen([100, 2, 1]);
    later.goesOnFrom(new DwellPerson('bert'), OPTIONS);
    expect(later).toMatchObject({ moved: false, anchorX: 2, anchorY: 1 });
    const unseen = new DwellPerson('cleo');
    unseen.goesOnFrom(seen([0, 3, 3]), OPTIONS);
    expect(unseen).toMatchObject({ anchorX: 0, anchorY: 0, moved: false });
  });
});

describe('a position', () => {
  it('is where somebody was first, or last; what stood for them in between is over with it', () => {
    const person = seen([100, 7, -3, 0.4]);
    Object.assign(person, { predictedMs: 500, holeMs: 700 });
    person.measured(101_000, 8, -2, 0.2, OPTIONS);
    expect(person).toMatchObject({ firstMs: 100_000, firstX: 7, firstY: -3, firstSigma: 0.4 });
    expect(person).toMatchObject({ lastMs: 101_000, lastX: 8, lastY: -2, lastSigma: 0.2, predictedMs: 0, holeMs: 0 });
    expect(person.seenMs).toBe(101_000);
    const stored = new DwellPerson('bert');
    stored.settledMs = 99_000;
    expect(stored.seenMs, 'by the store where nothing was replayed yet').toBe(99_000);
  });

  it('is in reach of nobody who would have to run faster than people do, their uncertainty aside', () => {
    const person = seen([5, 7, -3, 0.3]);
    const together = 2.5 * Math.hypot(0.3, 0.4);
    expect(person.reaches(6000, 19 + together, -3, 0.4, OPTIONS)).toBe(true);
    expect(person.reaches(6000, 19 + together + 0.01, -3, 0.4, OPTIONS)).toBe(false);
    expect(person.reaches(6000, 7, -15 - together - 0.01, 0.4, OPTIONS)).toBe(false);
    expect(person.reaches(5500, 14 + together, -3, 0.4, OPTIONS)).toBe(false);
    expect(new DwellPerson('new').reaches(0, 1000, 1000, 0.1, OPTIONS), 'of somebody who never was anywhere').toBe(
      true,
    );
  });

  it('that is too far belongs to the one before that was too far where one body could be at both', () => {
    const person = seen([0, 0, 0]);
    Object.assign(person, { strayMs: 1000, strayX: 50, strayY: 40 });
    expect(person.strays(1100, 50, 40 + 2.19, OPTIONS)).toBe(true);
    expect(person.strays(1100, 50, 40 + 2.21, OPTIONS)).toBe(false);
    expect(person.strays(2000, 62.9, 40, OPTIONS)).toBe(true);
    expect(person.strays(2000, 63.1, 40, OPTIONS)).toBe(false);
  });
});

describe('who goes on as somebody', () => {
  it('was somebody else where they are seen again', () => {
    const person = seen([0, 0, 0]);
    const heir = seen([5, 0, 0]);
    person.heir = heir;
    heir.heir = seen([9, 0, 0]);
    expect(person.present).toBe(heir.heir);
    person.measured(6000, 0, 0, 0.1, OPTIONS);
    expect(person.present).toBe(person);
  });

  it('stays who it is by positions that were told before a restart', () => {
    const person = seen();
    person.settledMs = 6000;
    person.heir = seen([5, 0, 0]);
    person.measured(6000, 0, 0, 0.1, OPTIONS);
    expect(person.heir).not.toBeNull();
    person.measured(6001, 0, 0, 0.1, OPTIONS);
    expect(person.heir).toBeNull();
  });

  it('is all of them together with a probability of one at most, until somebody is seen again', () => {
    const person = seen([0, 0, 0]);
    expect([person.giveAway(0.7), person.giveAway(0.7), person.giveAway(0.7)].map((p) => p.toFixed(2))).toEqual([
      '0.70',
      '0.30',
      '0.00',
    ]);
    person.measured(1000, 0, 0, 0.1, OPTIONS);
    expect(person.giveAway(0.7)).toBe(0.7);
  });
});
