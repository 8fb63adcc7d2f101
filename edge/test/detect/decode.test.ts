import { describe, expect, it } from 'vitest';
import { CandidateBoxes } from '../../src/detect/decode/candidates.ts';
import { createDecoder } from '../../src/detect/decode/decoder.ts';
import { NanodetDecoder } from '../../src/detect/decode/nanodet.ts';
import { YoloxDecoder } from '../../src/detect/decode/yolox.ts';
import { manifestWith } from './manifests.ts';

function boxesOf(candidates: CandidateBoxes): number[][] {
  return Array.from({ length: candidates.count }, (_, i) =>
    [candidates.x1, candidates.y1, candidates.x2, candidates.y2, candidates.score].map(
      (values) => Math.round((values[i] ?? 0) * 1e4) / 1e4,
    ),
  );
}

describe("YOLOX's raw grid", () => {
  // 32 x 16 pixels: 4 x 2 cells of stride 8, then 2 x 1 cells of stride 16: ten anchors.
  const input = { width: 32, height: 16 };

  it('puts the centre into its cell and takes the exponent of the size, all times the stride', () => {
    const decoder = new YoloxDecoder(input, [8, 16], { count: 80, person: 0 });
    expect(decoder.anchors).toBe(10);
    const values = new Float32Array(10 * 85);
    // Anchor 6: stride 8, column 2, row 1. Centre (2.5, 1.25) cells = (20, 10); size e^0, e^ln 2 cells = 8 x 16.
    values.set([0.5, 0.25, 0, Math.log(2), 0.8, 0.5], 6 * 85);
    // Anchor 9: stride 16, column 1, row 0. Centre (1, 0.5) cells = (16, 8); size 16 x 16.
    values.set([0, 0.5, 0, 0, 1, 0.9], 9 * 85);
    const found = new CandidateBoxes(10);
    decoder.decode([values], 0.3, found);
    expect(boxesOf(found)).toEqual([
      [16, 2, 24, 18, 0.4],
      [8, 0, 24, 16, 0.9],
    ]);
  });

  it('scores people alone: objectness times the class asked for, at least the confidence', () => {
    const decoder = new YoloxDecoder(input, [8, 16], { count: 3, person: 1 });
    const values = new Float32Array(10 * 8);
    values.set([0, 0, 0, 0, 0.9, 0.9, 0.1, 0.9], 0);
    values.set([0, 0, 0, 0, 0.6, 0, 0.5, 0], 8);
    const found = new CandidateBoxes(10);
    decoder.decode([values], 0.3, found);
    expect(boxesOf(found).map((box) => box[4])).toEqual([0.3]);
    expect(found.x1[0]).toBe(4);
  });

  it('reads a model of one class', () => {
    const decoder = new YoloxDecoder(input, [8, 16], { count: 1, person: 0 });
    const values = new Float32Array(60);
    values.set([1, 1, 0, 0, 1, 0.75], 0);
    const found = new CandidateBoxes(10);
    decoder.decode([values], 0.5, found);
    expect(boxesOf(found)).toEqual([[4, 4, 12, 12, 0.75]]);
  });
});

describe("NanoDet's distribution head", () => {
  it('takes the mean of the distribution over the bins as the distance to each side, in strides', () => {
    // 16 x 16 pixels at stride 8: four cells; 4 bins; 2 classes.
    const decoder = new NanodetDecoder(
      { width: 16, height: 16 },
      { strides: [8], bins: 4, cellOffset: 0.5 },
      { count: 2, person: 1 },
    );
    expect(decoder.lengths).toEqual([8, 64]);
    const scores = new Float32Array([0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.2, 0.7]);
    const distances = new Float32Array(64);
    // Cell 3 (column 1, row 1) has its anchor at (12, 12).
    // Left: bins weigh 1 : 3 : 0 : 0, mean 0.75 -> 6 pixels. Top: all alike, mean 1.5 -> 12 pixels.
    // Right: all in bin 0 -> 0 pixels. Bottom: half in bin 0 and half in bin 1, mean 0.5 -> 4 pixels.
    const never = -1000;
    distances.set([0, Math.log(3), never, never], 48);
    distances.set([2, 2, 2, 2], 52);
    distances.set([5, never, never, never], 56);
    distances.set([1, 1, never, never], 60);
    const found = new CandidateBoxes(decoder.anchors);
    decoder.decode([scores, distances], 0.5, found);
    expect(boxesOf(found)).toEqual([[6, 0, 12, 16, 0.7]]);
  });
});

describe('boxes with scores', () => {
  it.each([
    ['fraction', [0.25, 0.5, 0.75, 1]],
    ['pixels', [8, 8, 24, 16]],
  ] as const)('are taken as they are, in units of %s', (units, corners) => {
    const manifest = manifestWith({
      decoder: { kind: 'boxes-scores', boxes: 'boxes', scores: 'scores', units },
      classes: { count: 1, person: 0 },
      input: { ...manifestWith({}).input, width: 32, height: 16 },
    });
    const decoder = createDecoder(manifest, [8, 2]);
    const found = new CandidateBoxes(decoder.anchors);
    decoder.decode([new Float32Array([0, 0, 1, 1, ...corners]), new Float32Array([0.1, 0.6])], 0.5, found);
    expect(boxesOf(found)).toEqual([[8, 8, 24, 16, 0.6]]);
  });
});

it('a model whose outputs do not have the size that its manifest implies is refused', () => {
  expect(() => createDecoder(manifestWith({}), [100])).toThrow(/output 1 has 100 values, .* imply 301665/);
});
