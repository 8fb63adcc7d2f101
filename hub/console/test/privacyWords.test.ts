import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gapsOf } from '../src/words/privacyWords.ts';

const EVERY_SECONDS = 120;
const minutes = (...of: readonly number[]) => of.map((minute) => minute * 60_000);

describe('gaps between runs of retention', () => {
  it('are where three in a row did not come, the longest first', () => {
    const [from = 0, to = 0] = minutes(0, 60);
    const started = minutes(2, 4, 6, 13, 15, 17, 19, 21, 41, 43, 45, 47, 49, 51, 53, 55, 57, 59);
    expect(gapsOf(started, from, to, EVERY_SECONDS).map((gap) => [gap.fromMs / 60_000, gap.toMs / 60_000])).toEqual([
      [21, 41],
      [6, 13],
    ]);
  });

  it('are at the beginning and now as well, and everywhere where no run came', () => {
    const gaps = (...started: readonly number[]) => gapsOf(minutes(...started), 0, 60_000 * 20, EVERY_SECONDS);
    expect(gaps(7, 9, 11, 13, 15, 17, 19)).toEqual([{ fromMs: 0, toMs: 420_000 }]);
    expect(gaps(1, 3, 5, 7, 9, 11)).toEqual([{ fromMs: 660_000, toMs: 1_200_000 }]);
    expect(gaps()).toEqual([{ fromMs: 0, toMs: 1_200_000 }]);
  });

  it('hold no run, whatever the order they come in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20_000_000 }), { maxLength: 60 }), (started) => {
        for (const gap of gapsOf(started, 0, 20_000_000, EVERY_SECONDS)) {
          expect(started.some((ms) => ms > gap.fromMs && ms < gap.toMs)).toBe(false);
          expect(gap.toMs - gap.fromMs).toBeGreaterThan(3 * EVERY_SECONDS * 1000);
        }
      }),
    );
  });
});
