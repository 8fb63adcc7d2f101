import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averagePrecision50, type FrameBox } from '../../../edge/test/detect/averagePrecision.ts';
import {
  averagePrecision,
  type Boxes,
  MOST_BOXES,
  type PictureResult,
  rankHits,
  recallAtConfidence,
  recallAtFalse,
  type ScoredBoxes,
} from '../../src/detector/averagePrecision.ts';
import { accuracyFigures, HEIGHTS, heightScale } from '../../src/detector/figures.ts';

type Row = readonly [x: number, y: number, width: number, height: number, score?: number];

const column = (rows: readonly Row[], n: number) => Float64Array.from(rows, (row) => row[n] ?? 0);
const boxes = (rows: readonly Row[]): Boxes => ({
  count: rows.length,
  x: column(rows, 0),
  y: column(rows, 1),
  width: column(rows, 2),
  height: column(rows, 3),
});
const scored = (rows: readonly Row[]): ScoredBoxes => ({ ...boxes(rows), score: column(rows, 4) });
const picture = (truth: readonly Row[], found: readonly Row[], scale = 1): PictureResult => ({
  truth: boxes(truth),
  found: scored(found),
  heightScale: scale,
});
const ap50 = (pictures: readonly PictureResult[]) => {
  const [ranked] = rankHits(pictures, [0.5]);
  return ranked ? averagePrecision(ranked) : null;
};
const at = (pictures: readonly PictureResult[], overlap: number) => {
  const [ranked] = rankHits(pictures, [overlap]);
  if (!ranked) throw new Error('nothing was ranked');
  return ranked;
};

const A: Row = [0, 0, 10, 20];
const B: Row = [100, 0, 10, 20];
const NOBODY: Row = [200, 200, 10, 20];
const withScore = ([x, y, width, height]: Row, score: number): Row => [x, y, width, height, score];

describe('average precision, worked out by hand', () => {
  it('is 1 where everybody is found and nobody else', () => {
    expect(ap50([picture([A, B], [withScore(A, 0.9), withScore(B, 0.1)])])).toBe(1);
  });

  it('is 0 where nobody is found, and nothing where there is nobody', () => {
    expect(ap50([picture([A], [])])).toBe(0);
    expect(ap50([picture([A], [withScore(NOBODY, 0.9)])])).toBe(0);
    expect(ap50([picture([], [withScore(NOBODY, 0.9)])])).toBeNull();
  });

  it('is 51 of 101 recalls where one of two is found', () => {
    expect(ap50([picture([A, B], [withScore(A, 0.9)])])).toBeCloseTo(51 / 101, 12);
  });

  it('takes at each recall the best precision of that or a higher recall', () => {
    // A hit, a false one, a hit: precision 1 up to recall 0.5, then 2/3.
    const found = [withScore(A, 0.9), withScore(NOBODY, 0.8), withScore(B, 0.7)];
    expect(ap50([picture([A, B], found)])).toBeCloseTo((51 + (50 * 2) / 3) / 101, 12);
    // A false one first: 1/2 and 2/3 become 2/3 everywhere.
    const late = [withScore(NOBODY, 0.95), withScore(A, 0.9), withScore(B, 0.7)];
    expect(ap50([picture([A, B], late)])).toBeCloseTo(2 / 3, 12);
  });

  it('counts the second box on the same person as false', () => {
    const found = [withScore(A, 0.9), withScore(A, 0.8), withScore(B, 0.7)];
    expect([...at([picture([A, B], found)], 0.5).hit]).toEqual([1, 0, 1]);
  });

  it('gives a box to the person whom it overlaps most', () => {
    const behind: Row = [2, 0, 10, 20];
    const found = [withScore(behind, 0.9), withScore(A, 0.8)];
    expect([...at([picture([A, behind], found)], 0.5).hit]).toEqual([1, 1]);
  });

  it('asks for the overlap that is wanted, and takes exactly that', () => {
    // 15 of 20 high: an overlap of 0.75.
    const short: Row = [0, 0, 10, 15, 0.9];
    expect([...at([picture([A], [short])], 0.75).hit]).toEqual([1]);
    expect([...at([picture([A], [short])], 0.751).hit]).toEqual([0]);
    const figures = accuracyFigures([picture([A], [short])]);
    expect(figures.ap50).toBe(1);
    expect(figures.ap50To95).toBeCloseTo(6 / 10, 12);
  });

  it('never lets a box of one picture find a person of another', () => {
    expect(ap50([picture([A], []), picture([B], [withScore(A, 0.9)])])).toBe(0);
  });

  it(`takes the ${MOST_BOXES} best boxes of a picture`, () => {
    const many = Array.from({ length: MOST_BOXES }, (): Row => withScore(NOBODY, 0.5));
    expect(at([picture([A], [...many, withScore(A, 0.4)])], 0.5).hit.length).toBe(MOST_BOXES);
    expect(ap50([picture([A], [...many, withScore(A, 0.6)])])).toBe(1);
  });
});

describe('average precision of a range of heights', () => {
  const small: Row = [0, 0, 5, 10];
  const large: Row = [100, 0, 50, 100];
  const range = { from: 50, to: Number.POSITIVE_INFINITY };
  const hits = (found: readonly Row[], scale = 1) => {
    const [ranked] = rankHits([picture([small, large], found, scale)], [0.5], range);
    return { hit: [...(ranked?.hit ?? [])], people: ranked?.people };
  };

  it('asks for people of these heights alone', () => {
    expect(hits([])).toEqual({ hit: [], people: 1 });
    expect(hits([withScore(large, 0.5)])).toEqual({ hit: [1], people: 1 });
  });

  it('neither praises nor blames who finds others, or errs at another height', () => {
    expect(hits([withScore(small, 0.9), [300, 300, 5, 10, 0.8], withScore(large, 0.5)]).hit).toEqual([1]);
    expect(hits([[300, 300, 50, 100, 0.8], withScore(large, 0.5)]).hit).toEqual([0, 1]);
  });

  it('gives a box to a person who is asked for before one who is not', () => {
    const wanted: Row = [0, 0, 50, 60];
    const other: Row = [0, 0, 50, 49];
    const [ranked] = rankHits([picture([other, wanted], [[0, 0, 50, 50, 0.9]])], [0.5], range);
    expect([...(ranked?.hit ?? [])]).toEqual([1]);
  });

  it('tells heights in pixels of the reference input', () => {
    expect(hits([], 0.4).people).toBe(0);
    expect(hits([], 5).people).toBe(2);
    expect(heightScale(832, 416)).toBe(0.5);
    expect(heightScale(384, 384)).toBeCloseTo(416 / 384, 12);
  });

  it('counts every person in exactly one of the ranges that are told', () => {
    const people = [0.5, 19.9, 20, 79, 80, 300, 5000].map((height): Row => [0, 0, 5, height]);
    const { byHeight } = accuracyFigures([picture(people, [])]);
    expect(byHeight.map((part) => part.people)).toEqual([2, 1, 1, 1, 0, 2]);
    expect(HEIGHTS.slice(1).map(({ from }) => from)).toEqual(HEIGHTS.slice(0, -1).map(({ to }) => to));
  });
});

describe('figures by where pictures are from', () => {
  it('are those of these pictures alone', () => {
    const one = { ...picture([A], [withScore(A, 0.9)]), kind: 'street' };
    const other = { ...picture([A, B], [withScore(A, 0.9)]), kind: 'indoor' };
    const { byKind } = accuracyFigures([one, other, picture([A], [])]);
    expect(byKind).toEqual([
      { kind: 'indoor', pictures: 1, people: 2, ap50: 51 / 101 },
      { kind: 'street', pictures: 1, people: 1, ap50: 1 },
    ]);
  });
});

describe('recall where so many boxes a picture may be false', () => {
  const two = (found: readonly Row[]) => at([picture([A, B], found), picture([], [])], 0.5);

  it('is that of the lowest confidence that keeps to it', () => {
    // Two pictures: two false boxes may stand; the third takes B with it.
    const found = [
      withScore(A, 0.9),
      withScore(NOBODY, 0.8),
      withScore(NOBODY, 0.7),
      withScore(NOBODY, 0.6),
      withScore(B, 0.5),
    ];
    expect(recallAtFalse(two(found), 1)).toEqual({ recall: 0.5, confidence: 0.7 });
    expect(recallAtFalse(two(found), 1.5)).toEqual({ recall: 1, confidence: 0.5 });
    expect(recallAtFalse(two(found), 0)).toEqual({ recall: 0.5, confidence: 0.9 });
  });

  it('takes boxes of equal confidence together', () => {
    const found = [withScore(NOBODY, 0.8), withScore(A, 0.8)];
    expect(recallAtFalse(two(found), 0)).toEqual({ recall: 0, confidence: Number.POSITIVE_INFINITY });
    expect(recallAtFalse(two(found), 1)).toEqual({ recall: 0.5, confidence: 0.8 });
  });

  it('can be read at a confidence', () => {
    const found = [withScore(A, 0.9), withScore(B, 0.5)];
    expect([0.95, 0.9, 0.6, 0.5].map((confidence) => recallAtConfidence(two(found), confidence))).toEqual([
      0, 0.5, 0.5, 1,
    ]);
  });
});

describe('average precision, whatever the boxes', () => {
  const row = fc
    .tuple(
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 30 }),
    )
    .map(([x, y, width, height]): Row => [x, y, width, height]);
  /** Scores all differ, so that two programs cannot differ in how they break a tie. */
  const pictures = fc
    .array(fc.tuple(fc.array(row, { maxLength: 6 }), fc.array(row, { maxLength: 8 })), { minLength: 1, maxLength: 4 })
    .chain((parts) => {
      const total = parts.reduce((sum, [, found]) => sum + found.length, 0);
      return fc
        .shuffledSubarray(
          Array.from({ length: total }, (_, i) => (i + 1) / (total + 1)),
          { minLength: total },
        )
        .map((scores) => {
          let next = 0;
          return parts.map(([truth, found]) =>
            picture(
              truth,
              found.map((box) => withScore(box, scores[next++] ?? 0)),
            ),
          );
        });
    })
    .filter((all) => all.some(({ truth }) => truth.count > 0));

  it('is what a second, independent program says', () => {
    fc.assert(
      fc.property(pictures, (all) => {
        const frames = (of: Boxes, frame: number): FrameBox[] =>
          Array.from({ length: of.count }, (_, i) => ({
            frame,
            x: of.x[i] ?? 0,
            y: of.y[i] ?? 0,
            width: of.width[i] ?? 0,
            height: of.height[i] ?? 0,
          }));
        const truth = all.flatMap((one, frame) => frames(one.truth, frame));
        const found = all.flatMap((one, frame) =>
          frames(one.found, frame).map((box, i) => ({ ...box, score: one.found.score[i] ?? 0 })),
        );
        expect(ap50(all)).toBeCloseTo(averagePrecision50(truth, found), 9);
      }),
    );
  });

  it('lies between 0 and 1, and asking for more overlap never raises it above what the most boxes could give', () => {
    fc.assert(
      fc.property(pictures, (all) => {
        for (const ranked of rankHits(all, [0.5, 0.75, 0.95])) {
          const value = averagePrecision(ranked) ?? Number.NaN;
          const recall = recallAtConfidence(ranked, 0) ?? Number.NaN;
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual((Math.floor(100 * recall + 1e-9) + 1) / 101 + 1e-12);
        }
      }),
    );
  });

  it('depends on the order of scores alone', () => {
    fc.assert(
      fc.property(pictures, (all) => {
        const squeezed = all.map((one) => ({
          ...one,
          found: { ...one.found, score: one.found.score.map((s) => 0.1 + s ** 3 / 2) },
        }));
        expect(ap50(squeezed)).toBe(ap50(all));
      }),
    );
  });

  it('never falls where the best box of all becomes a hit in a picture of its own', () => {
    fc.assert(
      fc.property(pictures, (all) => {
        expect(ap50([...all, picture([A], [withScore(A, 2)])]) ?? 0).toBeGreaterThanOrEqual((ap50(all) ?? 0) - 2 / 101);
      }),
    );
  });

  it('gives a recall that only grows as more boxes may be false', () => {
    fc.assert(
      fc.property(pictures, (all) => {
        const ranked = at(all, 0.5);
        const recalls = [0, 0.5, 1, 2, 100].map((most) => recallAtFalse(ranked, most)?.recall ?? Number.NaN);
        expect(recalls).toEqual([...recalls].sort((a, b) => a - b));
        expect(recalls.at(-1)).toBe(recallAtConfidence(ranked, 0));
      }),
    );
  });
});
