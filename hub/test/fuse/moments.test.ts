import { describe, expect, it } from 'vitest';
import { Moments } from '../../src/fuse/moments.ts';

const STEP_MS = 100;

/** The moments chosen of rows at these times. */
function chosen(...times: readonly number[]): number[] {
  const told: number[] = [];
  const moments = new Moments(STEP_MS, (momentMs) => told.push(momentMs));
  for (const timeMs of [...times].sort((a, b) => a - b)) moments.row(timeMs);
  moments.finish();
  return told;
}
const every = (stepMs: number, count: number, fromMs = 0): number[] =>
  Array.from({ length: count }, (_, i) => fromMs + i * stepMs);

describe('a recording is fused', () => {
  it('at the times that most cameras share, whatever another one’s clock says', () => {
    const shared = every(100, 20);
    expect(chosen(...shared, ...shared, ...every(100, 20, 30))).toEqual(shared);
    expect(chosen(...every(100, 20, 30), ...every(100, 20, 30), ...shared).slice(1)).toEqual(every(100, 19, 130));
  });

  it('about once a sampling interval where all their times differ', () => {
    const told = chosen(...every(33, 100));
    expect(told.slice(0, 4)).toEqual([0, 99, 198, 297]);
    expect(told.slice(1).map((timeMs, i) => timeMs - (told[i] ?? 0))).toEqual(told.slice(1).map(() => 99));
    expect(chosen(0, 80, 115, 139, 210)).toEqual([0, 115, 210]);
    expect(chosen(0, 85, 120, 200), 'the nearest to an interval after the last').toEqual([0, 85, 200]);
  });

  it('not twice within six tenths of an interval', () => {
    expect(chosen(0, 60)).toEqual([0]);
    expect(chosen(0, 61)).toEqual([0, 61]);
  });

  it('where most saw something, up to four tenths of an interval late', () => {
    expect(chosen(0, 100, 140, 140)).toEqual([0, 140]);
    expect(chosen(0, 100, 141, 141)).toEqual([0, 100]);
  });

  it('after a gap where most saw something within the first interval, else at the first row', () => {
    expect(chosen(0, 500, 530, 530, 560)).toEqual([0, 530]);
    expect(chosen(0, 500, 530, 560)).toEqual([0, 500]);
    expect(chosen(0, 500, 595, 595)).toEqual([0, 595]);
    expect(chosen(0, 500, 596, 596)).toEqual([0, 500, 596]);
  });

  it('at nothing where there is nothing', () => {
    expect(chosen()).toEqual([]);
  });
});
