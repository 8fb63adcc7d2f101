import { parseMotDetections, parseMotTable } from '@safe-passage/edge/detect/mot.ts';
import { fitCalibration, nominalCalibration } from '@safe-passage/edge/floor/calibration.ts';
import { FloorMapper } from '@safe-passage/edge/floor/floor.ts';
import { describe, expect, it } from 'vitest';
import { calibrationErrors, knownPoints, scaleTable, trackErrors } from '../../src/mot/floorAccuracy.ts';

const camera = new FloorMapper({ ...nominalCalibration(640, 480), sigmaPixels: 0.5 }, 640, 480);

/** Four people walk through the picture of a known camera; the ground truth is off by `dx`, `dy` metres. */
function walk(dx: number, dy: number) {
  const truth: string[] = [];
  const detections: string[] = [];
  for (let frame = 1; frame <= 60; frame += 1) {
    for (let id = 1; id <= 4; id += 1) {
      const u = 40 + 9 * frame;
      const v = 150 + 80 * id;
      const place = camera.place(u, v);
      if (!place || v > 480) continue;
      truth.push(`${frame},${id},${u - 15},${v - 80},30,80,1,${place[0] + dx},${place[1] + dy},0`);
      detections.push(`${frame},-1,${u - 15},${v - 80},30,80,0.9,-1,-1,-1`);
    }
  }
  return {
    truth: parseMotTable(truth.join('\n'), 'truth'),
    frames: parseMotDetections(detections.join('\n'), 'detections'),
  };
}

describe('the floor error', () => {
  it('is nothing where boxes and calibration are exact', () => {
    const { truth, frames } = walk(0, 0);
    const mapper = new FloorMapper(fitCalibration(knownPoints(truth, 640, 480), 'known'), 640, 480);
    expect(calibrationErrors(truth, mapper).rmsMetres).toBeLessThan(1e-6);
    const { measured } = trackErrors(frames, 10, truth, mapper);
    expect(measured.count).toBeGreaterThan(100);
    expect(measured.percentile95Metres).toBeLessThan(1e-6);
    expect(measured.withinOneSigma).toBe(1);
  });

  it('is the distance by which everybody is off', () => {
    const { truth, frames } = walk(3, 4);
    expect(calibrationErrors(truth, camera)).toMatchObject({
      medianMetres: expect.closeTo(5, 6),
      rmsMetres: expect.closeTo(5, 6),
      withinTwoSigma: 0,
    });
    expect(trackErrors(frames, 10, truth, camera).measured.medianMetres).toBeCloseTo(5, 6);
  });

  it('is measured on other people than those who gave the known points', () => {
    const { truth } = walk(0, 0);
    const points = knownPoints(truth, 640, 480).points;
    // People 1 and 3 give points, at v = 230 and 390; 2 and 4 test.
    expect(new Set(points.map(({ image }) => image[1]))).toEqual(new Set([230, 390]));
    const cells = points.map(({ image }) => image.map((value) => Math.floor(value / 40)).join());
    expect(new Set(cells).size).toBe(cells.length);
    expect(calibrationErrors(truth, camera).count).toBe(120);
  });

  it('follows boxes into a picture of another size', () => {
    const { truth } = walk(0, 0);
    const scaled = scaleTable(truth, 0.5, 0.25);
    expect([scaled.x[0], scaled.y[0], scaled.width[0], scaled.height[0]]).toEqual([
      (truth.x[0] ?? 0) / 2,
      (truth.y[0] ?? 0) / 4,
      15,
      20,
    ]);
    expect(scaled.floorX).toEqual(truth.floorX);
  });
});
