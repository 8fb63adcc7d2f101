import { describe, expect, it } from 'vitest';
import { Acquaintances } from '../../../src/score/escorts/acquaintances.ts';
import type { Stay } from '../../../src/score/escorts/people.ts';

const stay = (number: number): Stay => ({ number, person: `p${number}`, slot: number, cameMs: 0, firstMs: 0 });
const [a, b, c] = [stay(1), stay(2), stay(3)];

describe('who was near whom before', () => {
  it('is known of both, and adds up from one parting to the next', () => {
    const known = new Acquaintances();
    known.parted(a, b, 30);
    known.parted(b, a, 12);
    expect(known.seconds(a, b)).toBe(42);
    expect(known.seconds(b, a)).toBe(42);
    expect(known.seconds(a, c)).toBe(0);
  });

  it('is not known of those who only passed', () => {
    const known = new Acquaintances();
    known.parted(a, b, 4.9);
    expect(known.seconds(a, b)).toBe(0);
  });

  it('is forgotten of whoever leaves', () => {
    const known = new Acquaintances();
    known.parted(a, b, 30);
    known.leave(a);
    expect(known.seconds(a, b)).toBe(0);
  });

  it('is remembered of so many and no more: the oldest go', () => {
    const known = new Acquaintances();
    for (let other = 10; other < 110; other++) known.parted(a, stay(other), 20);
    expect(known.seconds(a, stay(10))).toBe(0);
    expect(known.seconds(a, stay(109))).toBe(20);
  });
});
