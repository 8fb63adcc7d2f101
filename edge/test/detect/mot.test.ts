import { OperatorError } from '@safe-passage/cli';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DetectionBatch } from '../../src/detect/detection.ts';
import {
  fillBatch,
  formatMotDetection,
  formatMotResult,
  parseMotDetections,
  parseMotTable,
} from '../../src/detect/mot.ts';

describe('MOTChallenge text', () => {
  it('comes back as it was written, to 0.01 pixel and 0.0001 of confidence', () => {
    const pixel = fc.integer({ min: -50_000, max: 500_000 }).map((value) => value / 100);
    const size = fc.integer({ min: 1, max: 500_000 }).map((value) => value / 100);
    const score = fc.integer({ min: 0, max: 10_000 }).map((value) => value / 10_000);
    const box = fc.tuple(fc.integer({ min: 1, max: 50 }), pixel, pixel, size, size, score);
    fc.assert(
      fc.property(fc.array(box, { maxLength: 30 }), (boxes) => {
        const text = boxes.map((values) => `${formatMotDetection(...values)}\n`).join('');
        const frames = parseMotDetections(text, 'det.txt');
        const back = frames.flatMap((f) =>
          Array.from({ length: f.count }, (_, i) => [f.frame, f.x[i], f.y[i], f.width[i], f.height[i], f.score[i]]),
        );
        expect(back).toEqual(boxes.toSorted((a, b) => a[0] - b[0]));
      }),
    );
  });

  it('writes detections and results as the challenge wants them', () => {
    expect(formatMotDetection(3, 1, 2.5, 30, 40.126, 0.91239)).toBe('3,-1,1,2.5,30,40.13,0.9124,-1,-1,-1');
    expect(formatMotResult(3, 7, 1, 2, 30, 40, 1)).toBe('3,7,1,2,30,40,1,-1,-1,-1');
  });

  it('takes seven to ten fields, blank lines, spaces and Windows line ends', () => {
    const table = parseMotTable('1,2,3,4,5,6,1\r\n\r\n 2, 2, 3, 4, 5, 6, 0.5, 1.5, -2.5, 0\r\n', 'gt.txt');
    expect(table.count).toBe(2);
    expect([...table.floorX]).toEqual([-1, 1.5]);
    expect([...table.floorY]).toEqual([-1, -2.5]);
  });

  it.each([
    ['1,-1,3,4,5', /line 1: 5 fields/],
    ['1,-1,3,4,5,6,1\n1,-1,3,wide,5,6,1', /line 2: field 4 \(top\) is "wide"/],
    ['0,-1,3,4,5,6,1', /line 1: field 1 \(frame\) is 0/],
    ['1,-1,3,4,0,6,1', /line 1: field 5 \(width\) is 0/],
    ['1,-1,3,4,5,-6,1', /line 1: field 6 \(height\) is -6/],
    ['1,-1,,4,5,6,1', /line 1: field 3 \(left\) is ""/],
    ['1,-1,3,4,5,6,Infinity', /field 7 \(confidence\)/],
    ['1,1.5,3,4,5,6,1', /field 2 \(id\) is 1.5/],
    ['1,-1,3,4,5,6,53.6', /field 7 \(confidence\) is 53.6, not from 0 to 1/],
  ])('says where %j is wrong, and what to do', (text, message) => {
    const parse = () => parseMotDetections(text, 'det.txt');
    expect(parse).toThrow(message);
    expect(parse).toThrow(/^det\.txt/);
    try {
      parse();
    } catch (problem) {
      expect(problem).toBeInstanceOf(OperatorError);
      expect((problem as OperatorError).remedy).not.toBe('');
    }
  });

  it('fills a batch, and empties it for a frame without boxes', () => {
    const batch = new DetectionBatch(4);
    const [frame] = parseMotDetections('1,-1,3,4,5,6,0.5\n1,-1,7,8,9,10,0.25', 'det.txt');
    fillBatch(batch, frame);
    expect(batch.count).toBe(2);
    expect([batch.x[1], batch.y[1], batch.width[1], batch.height[1], batch.score[1]]).toEqual([7, 8, 9, 10, 0.25]);
    fillBatch(batch, undefined);
    expect(batch.count).toBe(0);
  });
});
