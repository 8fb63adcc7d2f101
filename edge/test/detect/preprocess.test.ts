import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DetectionBatch } from '../../src/detect/detection.ts';
import { addInSource, InputWriter, toSource } from '../../src/detect/preprocess.ts';
import { FrameBuffer } from '../../src/frames/frame.ts';
import { placePicture } from '../../src/frames/placement.ts';
import { manifestWith } from './manifests.ts';

const size = fc.integer({ min: 16, max: 4096 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('a letterbox', () => {
  it('lies inside its target, fills it in one direction, and keeps the aspect ratio to half a pixel', () => {
    fc.assert(
      fc.property(size, size, size, size, (width, height, sourceWidth, sourceHeight) => {
        for (const position of ['top-left', 'centre'] as const) {
          const placed = placePicture({ width, height, resize: 'letterbox', position }, sourceWidth, sourceHeight);
          expect(placed.left).toBeGreaterThanOrEqual(0);
          expect(placed.top).toBeGreaterThanOrEqual(0);
          expect(placed.left + placed.width).toBeLessThanOrEqual(width);
          expect(placed.top + placed.height).toBeLessThanOrEqual(height);
          expect(placed.width === width || placed.height === height).toBe(true);
          const ratio = Math.min(width / sourceWidth, height / sourceHeight);
          expect(Math.abs(placed.width - Math.max(1, sourceWidth * ratio))).toBeLessThanOrEqual(0.5 + 1e-9);
          expect(Math.abs(placed.height - Math.max(1, sourceHeight * ratio))).toBeLessThanOrEqual(0.5 + 1e-9);
        }
      }),
    );
  });

  it('is undone: a box comes back within a pixel of the source, whatever the aspect ratio', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('letterbox' as const, 'stretch' as const),
        fc.constantFrom('top-left' as const, 'centre' as const),
        fc.tuple(size, size, size, size),
        fc.tuple(share, share, share, share),
        (resize, position, [width, height, sourceWidth, sourceHeight], [a, b, c, d]) => {
          const placed = placePicture({ width, height, resize, position }, sourceWidth, sourceHeight);
          const x = Math.min(a, b) * (sourceWidth - 1);
          const y = Math.min(c, d) * (sourceHeight - 1);
          const boxWidth = 1 + Math.abs(a - b) * (sourceWidth - 1);
          const boxHeight = 1 + Math.abs(c - d) * (sourceHeight - 1);
          // As the scaler sees it: the picture's edges fall on the placement's edges.
          const inputX = (value: number) => Math.fround(placed.left + (value / sourceWidth) * placed.width);
          const inputY = (value: number) => Math.fround(placed.top + (value / sourceHeight) * placed.height);
          const batch = new DetectionBatch(1);
          const map = toSource(placed, sourceWidth, sourceHeight);
          const corners = [inputX(x), inputY(y), inputX(x + boxWidth), inputY(y + boxHeight)] as const;
          addInSource(map, sourceWidth, sourceHeight, ...corners, 0.5, batch);
          expect(batch.count).toBe(1);
          for (const [found, wanted] of [
            [batch.x[0], x],
            [batch.y[0], y],
            [batch.width[0], boxWidth],
            [batch.height[0], boxHeight],
          ] as const) {
            expect(Math.abs((found ?? Number.NaN) - wanted)).toBeLessThan(1);
          }
        },
      ),
    );
  });

  it('cuts boxes at the edges of the picture and forgets those in the border', () => {
    const batch = new DetectionBatch(4);
    const map = toSource({ left: 0, top: 10, width: 100, height: 50 }, 200, 100);
    addInSource(map, 200, 100, -5, 0, 20, 20, 0.5, batch);
    addInSource(map, 200, 100, 10, 62, 20, 80, 0.5, batch);
    expect(batch.count).toBe(1);
    expect([batch.x[0], batch.y[0], batch.width[0], batch.height[0]]).toEqual([0, 0, 40, 20]);
  });
});

describe('the tensor of a frame', () => {
  it('holds (pixel - mean) / std in one plane per channel, the picture in its place and the border around it', () => {
    const { input } = manifestWith({});
    const writer = new InputWriter({
      ...input,
      width: 16,
      height: 16,
      mean: [10, 20, 30],
      std: [1, 2, 4],
      resize: { kind: 'letterbox', position: 'centre', fill: 110 },
    });
    const frame = new FrameBuffer();
    frame.placement = { left: 4, top: 2, width: 2, height: 2 };
    // Two rows of two pixels, each row padded to eight bytes.
    frame.stride = 8;
    frame.pixels = Uint8Array.from([11, 22, 34, 12, 24, 38, 0, 0, 13, 26, 42, 14, 28, 46, 0, 0]);
    const planes = new Float32Array(3 * 256);
    writer.clear(planes);
    writer.write(frame, planes);
    const at = (channel: number, x: number, y: number) => planes[256 * channel + 16 * y + x];
    expect([at(0, 4, 2), at(1, 4, 2), at(2, 4, 2)]).toEqual([1, 1, 1]);
    expect([at(0, 5, 2), at(1, 5, 2), at(2, 5, 2)]).toEqual([2, 2, 2]);
    expect([at(0, 4, 3), at(1, 5, 3), at(2, 5, 3)]).toEqual([3, 4, 4]);
    expect([at(0, 0, 0), at(1, 6, 2), at(2, 15, 15)]).toEqual([100, 45, 20]);
  });
});
