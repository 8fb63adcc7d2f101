import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CandidateBoxes } from '../../src/detect/decode/candidates.ts';
import { NonMaximumSuppression } from '../../src/detect/nms.ts';
import { bufferedOverlap } from '../../src/track/overlap.ts';

type Box = readonly [x1: number, y1: number, x2: number, y2: number, score: number];
type Settings = ConstructorParameters<typeof NonMaximumSuppression>[1];

function suppress(boxes: readonly Box[], settings: Settings, minScore = 0.01, limit = 100): number[][] {
  const candidates = new CandidateBoxes(Math.max(1, boxes.length));
  for (const box of boxes) candidates.push(...box);
  const suppression = new NonMaximumSuppression(candidates.capacity, settings);
  const count = suppression.run(candidates, minScore, limit);
  const { x1, y1, x2, y2, score } = suppression.kept;
  return Array.from({ length: count }, (_, i) => [x1, y1, x2, y2, score].map((column) => column[i] as number));
}

const rounded = (rows: readonly (readonly number[])[]) => rows.map((row) => row.map((v) => Math.round(v * 1e4) / 1e4));

const overlap = (a: Box, b: Box): number =>
  bufferedOverlap(a[0], a[1], a[2] - a[0], a[3] - a[1], b[0], b[1], b[2] - b[0], b[3] - b[1], 0);

// Numbers that 32 bits hold exactly.
const anyBox = fc
  .tuple(
    fc.integer({ min: 0, max: 60 }),
    fc.integer({ min: 0, max: 60 }),
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 64 }),
  )
  .map(([x, y, width, height, score]): Box => [x, y, x + width, y + height, score / 64]);
const anyBoxes = fc.array(anyBox, { maxLength: 40 });
const anySettings = fc
  .tuple(fc.double({ min: 0.05, max: 0.95, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean())
  .map(
    ([iou, part, average]): Settings => ({ iou, fadeFrom: iou * part, ...(average ? { averageSpread: 0.05 } : {}) }),
  );

describe('suppression by overlap alone', () => {
  it('keeps the best of boxes that cover each other, best first', () => {
    // The first two overlap with 80 / 120 = 0.667.
    const boxes: Box[] = [
      [0, 0, 10, 10, 0.5],
      [2, 0, 12, 10, 0.75],
      [50, 50, 60, 60, 0.625],
    ];
    expect(suppress(boxes, { iou: 0.6 })).toEqual([boxes[1], boxes[2]]);
    expect(suppress(boxes, { iou: 0.7 })).toEqual([boxes[1], boxes[2], boxes[0]]);
  });

  it('does not let a suppressed box suppress another', () => {
    // Neighbours overlap with 60 / 140 = 0.43, the outer two with 20 / 180 = 0.11.
    const boxes: Box[] = [
      [0, 0, 10, 10, 0.75],
      [4, 0, 14, 10, 0.5],
      [8, 0, 18, 10, 0.25],
    ];
    expect(suppress(boxes, { iou: 0.4 })).toEqual([boxes[0], boxes[2]]);
  });

  it('orders hundreds of boxes by score, equal ones by their place, and keeps no more than asked for', () => {
    const boxes = Array.from({ length: 300 }, (_, i): Box => [20 * i, 0, 20 * i + 10, 10, ((i * 37) % 50) / 64]);
    const order = boxes.toSorted((a, b) => b[4] - a[4] || a[0] - b[0]);
    expect(suppress(boxes, { iou: 0.5 }, 0, 400)).toEqual(order);
    expect(suppress(boxes, { iou: 0.5 }, 0, 7)).toEqual(order.slice(0, 7));
    expect(suppress([], { iou: 0.5 })).toEqual([]);
  });

  it('is what greedy suppression is by its definition', () => {
    fc.assert(
      fc.property(anyBoxes, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (boxes, iou) => {
        const kept: Box[] = [];
        for (const box of boxes.toSorted((a, b) => b[4] - a[4])) {
          if (kept.every((better) => overlap(better, box) <= iou)) kept.push(box);
        }
        expect(suppress(boxes, { iou })).toEqual(kept);
      }),
    );
  });
});

describe('boxes that overlap a little', () => {
  // 50 / 150 = a third.
  const beside: Box[] = [
    [0, 0, 10, 10, 0.75],
    [5, 0, 15, 10, 0.5],
  ];

  it('fade linearly between two overlaps', () => {
    expect(rounded(suppress(beside, { iou: 0.5, fadeFrom: 0.3 }))).toEqual(
      rounded([beside[0] as Box, [5, 0, 15, 10, (0.5 * (0.5 - 1 / 3)) / 0.2]]),
    );
    expect(suppress(beside, { iou: 0.5, fadeFrom: 0.4 })).toEqual(beside);
    expect(suppress(beside, { iou: 0.3, fadeFrom: 0.1 })).toEqual([beside[0]]);
  });

  it('fall where they fade below the lowest score', () => {
    expect(suppress(beside, { iou: 0.5, fadeFrom: 0.3 }, 0.45)).toEqual([beside[0]]);
  });

  it('never gain from it, and never change the order', () => {
    fc.assert(
      fc.property(anyBoxes, anySettings, (boxes, settings) => {
        const scores = suppress(boxes, settings).map((box) => box[4] as number);
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
        const best = boxes.map((box) => box[4]).sort((a, b) => b - a);
        scores.forEach((score, i) => {
          expect(score).toBeLessThanOrEqual(best[i] as number);
        });
      }),
    );
  });
});

describe('the average of the boxes that one box covers', () => {
  it('is weighted by score and by overlap', () => {
    // 90 / 110 = 0.818; with the spread given here, weight exp(-0.0331 / 0.0331) = 1/e.
    const boxes: Box[] = [
      [0, 0, 10, 10, 0.5],
      [1, 0, 11, 10, 0.25],
      [40, 0, 50, 10, 0.25],
    ];
    const share = (0.25 * Math.exp(-1)) / (0.5 + 0.25 * Math.exp(-1));
    expect(rounded(suppress(boxes, { iou: 0.7, averageSpread: (1 - 9 / 11) ** 2 }))).toEqual(
      rounded([[share, 0, 10 + share, 10, 0.5], boxes[2] as Box]),
    );
  });

  it('lies within them, and leaves a box alone that covers nothing', () => {
    fc.assert(
      fc.property(anyBoxes, anySettings, (boxes, settings) => {
        const all = suppress(boxes, { ...settings, averageSpread: 0.05 });
        for (const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] of all) {
          const near = boxes.filter((box) => overlap(box, [x1, y1, x2, y2, 1]) > 0);
          expect(x1).toBeGreaterThanOrEqual(Math.min(...near.map((box) => box[0])) - 1e-4);
          expect(x2).toBeLessThanOrEqual(Math.max(...near.map((box) => box[2])) + 1e-4);
          expect(y1).toBeLessThan(y2);
        }
        const apart = boxes.map((box, i): Box => [box[0] + 200 * i, box[1], box[2] + 200 * i, box[3], box[4]]);
        const order = apart.toSorted((a, b) => b[4] - a[4]);
        expect(rounded(suppress(apart, { ...settings, averageSpread: 0.05 }))).toEqual(rounded(order));
      }),
    );
  });
});
