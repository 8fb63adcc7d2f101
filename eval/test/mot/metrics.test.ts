import { parseMotTable } from '@safe-passage/edge/detect/mot.ts';
import { describe, expect, it } from 'vitest';
import { combine, countSequence, score } from '../../src/mot/metrics.ts';
import { pairSequence } from '../../src/mot/sequence.ts';

/** Boxes of 10 x 10 in a row: `frame:id@place`, the place in steps of 100 pixels, `+n` pixels aside, `!` for confidence 0. */
function table(text: string) {
  const lines = text
    .split(/\s+/)
    .filter((part) => part !== '')
    .map((part) => {
      const [, frame, id, place, aside, ignored] = /^(\d+):(\d+)@(\d+)(?:\+([\d.]+))?(!?)$/.exec(part) ?? [];
      return `${frame},${id},${Number(place) * 100 + Number(aside ?? 0)},0,10,10,${ignored ? 0 : 1},-1,-1,-1`;
    });
  return parseMotTable(lines.join('\n'), 'case');
}

const measure = (truth: string, tracks: string) => score(countSequence(pairSequence(table(truth), table(tracks))));

const ONE = '1:1@0 2:1@0 3:1@0 4:1@0';
const TWO = '1:1@0 2:1@0 3:1@0 4:1@0 1:2@5 2:2@5 3:2@5 4:2@5';

describe('HOTA, MOTA and IDF1', () => {
  it.each([
    // what, truth, tracks, HOTA, DetA, AssA, MOTA, IDF1, switches
    ['everything right', ONE, '1:7@0 2:7@0 3:7@0 4:7@0', 1, 1, 1, 1, 1, 0],
    // Each of the 4 hits shares 2 of the person's 4 frames: AssA 2/4. IDF1: 2*2/(4+4).
    ['a new id half way', ONE, '1:7@0 2:7@0 3:8@0 4:8@0', Math.sqrt(0.5), 1, 0.5, 0.75, 0.5, 1],
    // DetA 3/4, AssA 3/(3+1), IDF1 2*3/(3+4).
    ['one frame missed', ONE, '1:7@0 2:7@0 4:7@0', 0.75, 0.75, 0.75, 0.75, 6 / 7, 0],
    // One box too many: DetA 4/5, AssA 4/(4+1) because the false box belongs to the same track, IDF1 8/9.
    ['one box of the same track elsewhere', ONE, '1:7@0 2:7@0 3:7@0 4:7@0 5:7@9', 0.8, 0.8, 0.8, 0.75, 8 / 9, 0],
    // Two exchange ids: each hit shares 2 of (4 + 4 - 2) frames.
    [
      'two ids exchanged half way',
      TWO,
      '1:1@0 2:1@0 3:2@0 4:2@0 1:2@5 2:2@5 3:1@5 4:1@5',
      Math.sqrt(1 / 3),
      1,
      1 / 3,
      0.75,
      0.5,
      2,
    ],
    // 2.5 of 10 pixels aside: IoU 7.5/12.5 = 0.6, good for the 12 alphas from 0.05 to 0.6 of 19.
    ['boxes that overlap by 0.6', ONE, '1:7@0+2.5 2:7@0+2.5 3:7@0+2.5 4:7@0+2.5', 12 / 19, 12 / 19, 12 / 19, 1, 1, 0],
    // IoU 6/14 = 0.43: 8 alphas, and nothing at all for the measures that ask for 0.5.
    ['boxes that overlap by 0.43', ONE, '1:7@0+4 2:7@0+4 3:7@0+4 4:7@0+4', 8 / 19, 8 / 19, 8 / 19, -1, 0, 0],
    ['nobody found', ONE, '', 0, 0, 0, 0, 0, 0],
    ['found only where nobody is', ONE, '1:7@9 2:7@9 3:7@9 4:7@9', 0, 0, 0, -1, 0, 0],
    ['ground truth that does not count', `${ONE} 1:3@7! 2:3@7!`, '1:7@0 2:7@0 3:7@0 4:7@0', 1, 1, 1, 1, 1, 0],
  ])('%s', (_, truth, tracks, hota, detA, assA, mota, idf1, switches) => {
    const found = measure(truth, tracks);
    expect(found.hota).toBeCloseTo(hota, 10);
    expect(found.detA).toBeCloseTo(detA, 10);
    expect(found.assA).toBeCloseTo(assA, 10);
    expect(found.mota).toBeCloseTo(mota, 10);
    expect(found.idf1).toBeCloseTo(idf1, 10);
    expect(found.identitySwitches).toBe(switches);
  });

  it('count a switch across a gap in which nobody was tracked', () => {
    expect(measure(ONE, '1:7@0 4:8@0').identitySwitches).toBe(1);
    expect(measure(ONE, '1:7@0 4:7@0').identitySwitches).toBe(0);
  });

  it('keep a pair together that was together in the last frame, even where another box fits better', () => {
    // Track 8 fits better in frame 2, but 7 still overlaps enough: no switch, one false box.
    const found = measure('1:1@0 2:1@0', '1:7@0 2:7@0+3 2:8@0');
    expect(found.identitySwitches).toBe(0);
    expect(found.falsePositives).toBe(1);
  });

  it('add sequences up by their boxes, not by their averages', () => {
    const right = countSequence(pairSequence(table(TWO), table(TWO)));
    const half = countSequence(pairSequence(table(ONE), table('1:7@0 2:7@0 3:8@0 4:8@0')));
    const both = score(combine([right, half]));
    // 12 hits, of which 8 with association 1 and 4 with 1/2; MOTA 1 - 1/12; IDF1 (8 + 2) of 12.
    expect(both.assA).toBeCloseTo(10 / 12, 10);
    expect(both.hota).toBeCloseTo(Math.sqrt(10 / 12), 10);
    expect(both.mota).toBeCloseTo(11 / 12, 10);
    expect(both.idf1).toBeCloseTo(10 / 12, 10);
  });
});
