import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { serialize } from 'node:v8';
import { checker, KeyEpoch, Pseudonym } from '@safe-passage/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pseudonymiser } from '../../src/pseudonym/pseudonymiser.ts';

const HOUR = 3_600_000;
const isPseudonym = checker(Pseudonym);
const isEpoch = checker(KeyEpoch);

describe('pseudonyms', () => {
  it('have the shape of the contract, and so has the epoch', () => {
    const names = new Pseudonymiser(12 * HOUR);
    fc.assert(
      fc.property(fc.nat(), (track) => {
        expect(isPseudonym(names.pseudonymOf(track)).ok).toBe(true);
      }),
    );
    expect(isEpoch(names.epoch).ok).toBe(true);
  });

  it('stay with a track while the key lives, and never meet', () => {
    const names = new Pseudonymiser(HOUR);
    const seen = new Map<string, number>();
    for (let track = 0; track < 20_000; track += 1) {
      const name = names.pseudonymOf(track);
      expect(seen.has(name)).toBe(false);
      seen.set(name, track);
    }
    for (const [name, track] of seen) expect(names.pseudonymOf(track)).toBe(name);
  });

  it('of different keys have nothing in common: no name, no epoch, no shared prefix beyond chance', () => {
    const names = new Pseudonymiser(HOUR);
    const before = Array.from({ length: 2000 }, (_, track) => names.pseudonymOf(track));
    const epoch = names.epoch;
    names.rotate(HOUR);
    const after = Array.from({ length: 2000 }, (_, track) => names.pseudonymOf(track));
    expect(names.epoch).not.toBe(epoch);
    const old = new Set(before);
    expect(after.some((name) => old.has(name))).toBe(false);
    // Two random characters of base64url agree once in 64 times.
    const agree = before.filter((name, i) => name[0] === after[i]?.[0]).length / before.length;
    expect(agree).toBeGreaterThan(1 / 64 - 0.015);
    expect(agree).toBeLessThan(1 / 64 + 0.015);
  });

  it('are an HMAC of the order in which tracks are first named, whatever their numbers are', () => {
    const key = Buffer.alloc(32, 7);
    const expected = (counter: bigint) => {
      const message = Buffer.alloc(8);
      message.writeBigUInt64BE(counter);
      return createHmac('sha256', key).update(message).digest().subarray(0, 12).toString('base64url');
    };
    const names = new Pseudonymiser(HOUR, (target) => target.set(key));
    expect(names.pseudonymOf(917)).toBe(expected(1n));
    expect(names.pseudonymOf(3)).toBe(expected(2n));
    expect(names.pseudonymOf(917)).toBe(expected(1n));
    // Counted anew under each key: otherwise the counts of two keys would tell which tracks followed one another.
    names.rotate(HOUR);
    expect(names.pseudonymOf(3)).toBe(expected(1n));
  });

  it('are not given twice to a number that comes back', () => {
    const names = new Pseudonymiser(HOUR);
    const first = names.pseudonymOf(1);
    names.release(1);
    expect(names.pseudonymOf(1)).not.toBe(first);
  });
});

describe('the key', () => {
  it('is due by the time in the data, from the first time seen', () => {
    const names = new Pseudonymiser(12 * HOUR);
    expect(names.rotationIsDue(1_000)).toBe(false);
    expect(names.rotationIsDue(1_000 + 12 * HOUR - 1)).toBe(false);
    expect(names.rotationIsDue(1_000 + 12 * HOUR)).toBe(true);
    names.rotate(1_000 + 12 * HOUR);
    expect(names.rotationIsDue(1_000 + 13 * HOUR)).toBe(false);
    expect(names.rotationIsDue(1_000 + 24 * HOUR)).toBe(true);
  });

  it('shows in no inspection and no serialisation', () => {
    const names = new Pseudonymiser(HOUR);
    names.pseudonymOf(1);
    const shown = inspect(names, { depth: 10, showHidden: true });
    expect(shown).not.toMatch(/[0-9a-f]{2}( [0-9a-f]{2}){7}/);
    expect(JSON.stringify(names)).toBe('{}');
    expect(Object.getOwnPropertyNames(names)).toEqual([]);
    expect(serialize(names).length).toBeLessThan(32);
    expect(structuredClone(names)).toEqual({});
  });

  it('is overwritten in place at a rotation and at the end, after which nobody is named', () => {
    let held: Uint8Array = new Uint8Array(0);
    const before: number[][] = [];
    const names = new Pseudonymiser(HOUR, (target) => {
      held = target;
      before.push([...target]);
      target.fill(9);
    });
    names.rotate(1);
    expect(before).toEqual([Array(32).fill(0), Array(32).fill(0)]);
    names.destroy();
    expect([...held]).toEqual(Array(32).fill(0));
    expect(() => names.pseudonymOf(1)).toThrow('destroyed');
  });

  it('refuses a life of nothing', () => {
    expect(() => new Pseudonymiser(0)).toThrow(RangeError);
  });
});
