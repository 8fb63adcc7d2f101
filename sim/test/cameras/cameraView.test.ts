import { describe, expect, it } from 'vitest';
import type { LineOfSight } from '../../src/cameras/bodies.ts';
import { measuredPoints } from '../../src/cameras/calibrationOf.ts';
import { CameraView, type CameraViewOptions } from '../../src/cameras/cameraView.ts';
import { type DetectorParameters, YOLOX_NANO } from '../../src/cameras/detectors.ts';
import { Optics } from '../../src/optics.ts';
import { bodiesOf, box, CAMERA, hallWith, type Person } from './scene.ts';

/** A detector that misses nobody, is never off and invents nothing: what is left is what there is to see. */
const PERFECT: DetectorParameters = {
  ...YOLOX_NANO,
  inputWidth: 1280,
  inputHeight: 720,
  found: { ...YOLOX_NANO.found, at50: 100, perHidden: 0, perLogHeight: 0 },
  edges: { ...YOLOX_NANO.edges, left: 0, right: 0, top: 0, bottom: 0, sinkPerHidden: 0 },
  ghosts: { ...YOLOX_NANO.ghosts, perSecond: 0 },
  parts: { ...YOLOX_NANO.parts, share: 0 },
};

const open = hallWith();
const view = (options: Partial<CameraViewOptions> = {}, hall = open, camera = CAMERA) =>
  new CameraView(hall.terminal, camera, hall.sight, { seed: 1, detector: PERFECT, ...options });

function seen(camera: CameraView, people: readonly Person[], timeSeconds = 0) {
  const boxes = camera.see(bodiesOf(people), timeSeconds);
  if (!boxes) throw new Error('the frame was lost');
  return Array.from({ length: boxes.count }, (_, i) => ({
    id: boxes.truthId[i] as number,
    left: boxes.left[i] as number,
    top: boxes.top[i] as number,
    right: (boxes.left[i] as number) + (boxes.width[i] as number),
    bottom: (boxes.top[i] as number) + (boxes.height[i] as number),
    confidence: boxes.confidence[i] as number,
  }));
}

function footOf(camera: typeof CAMERA, found: { left: number; right: number; bottom: number } | undefined) {
  const optics = new Optics(camera);
  if (!found || !optics.toFloor((found.left + found.right) / 2, found.bottom)) throw new Error('no foot on the floor');
  return [optics.floorX, optics.floorY] as const;
}

describe('what a camera sees', () => {
  it('is the box of a body that stands on the floor where the body is, to a foot length', () => {
    const [x, y] = footOf(CAMERA, seen(view(), [{ x: 12, y: 3 }])[0]);
    expect(Math.hypot(x - 12, y - 3)).toBeLessThan(0.15);
  });

  it('is nobody beside the picture, behind the camera or beyond its reach', () => {
    expect(
      seen(view(), [
        { x: -5, y: 0 },
        { x: 3, y: 20 },
        { x: 30.5, y: 0 },
        { x: 12, y: 0 },
      ]).map(({ id }) => id),
    ).toEqual([3]);
  });

  it('finds everybody whom a look at every body finds: nothing is left out too early', () => {
    const people = Array.from({ length: 60 * 60 }, (_, k) => ({ x: (k % 60) - 29.5, y: Math.floor(k / 60) - 29.5 }));
    for (const pitchDegrees of [15, 30, 60, 85]) {
      const camera = { ...CAMERA, pitchDegrees, radialK1: -0.1, headingDegrees: 40 };
      const optics = new Optics(camera);
      const alone = people.filter(({ x, y }) => {
        if (Math.hypot(x, y) > camera.reachMetres || !optics.project(x, y, 0.85)) return false;
        return optics.u > 0 && optics.u < camera.imageWidth && optics.v > 0 && optics.v < camera.imageHeight;
      });
      const eye = view({}, open, camera);
      const found = alone.filter((person) => {
        eye.see(bodiesOf([person]), 0);
        return eye.truth.count === 1;
      });
      expect(alone.length).toBeGreaterThan(20);
      expect(found.length).toBe(alone.length);
    }
  });

  it("ends at the picture's edge", () => {
    const camera = { ...CAMERA, pitchDegrees: 20 };
    const [found] = seen(view({}, open, camera), [{ x: 4, y: 0 }]);
    expect(found?.bottom).toBe(720);
    expect(found?.top).toBeGreaterThan(0);
  });

  it('is nobody behind a wall, and nobody quite behind somebody else', () => {
    const walled = hallWith({
      walls: [
        [
          [8, -5],
          [8, 5],
        ],
      ],
    });
    expect(seen(view({}, walled), [{ x: 12, y: 0 }])).toEqual([]);
    const low = { ...CAMERA, heightMetres: 1.6, pitchDegrees: 0 };
    expect(
      seen(view({}, open, low), [
        { x: 5, y: 0, heightMetres: 1.9 },
        { x: 8, y: 0 },
      ]).map(({ id }) => id),
    ).toEqual([0]);
  });

  it('is half a person behind a desk: the box ends at the desk, and its foot point is wrong', () => {
    const desk = hallWith({ obstacles: [box('desk', 'desk', 11, -2, 12, 2, 1.1)] });
    const [whole] = seen(view(), [{ x: 12.5, y: 0 }]);
    const [half] = seen(view({}, desk), [{ x: 12.5, y: 0 }]);
    expect(half?.top).toBe(whole?.top);
    expect(half?.bottom).toBeLessThan((whole?.bottom ?? 0) - 30);
    expect(footOf(CAMERA, whole)[0]).toBeCloseTo(12.5, 0);
    expect(footOf(CAMERA, half)[0]).toBeGreaterThan(14);
  });

  it('is narrower where a pillar hides one side', () => {
    const pillar = hallWith({ obstacles: [box('pillar', 'pillar', 8, 0.05, 8.4, 0.6, 8)] });
    const [whole] = seen(view(), [{ x: 12, y: 0 }]);
    const [part] = seen(view({}, pillar), [{ x: 12, y: 0 }]);
    // What lies to the left is on the left.
    expect(part?.left).toBeGreaterThan((whole?.left ?? 0) + 2);
    expect(part?.right).toBe(whole?.right);
  });

  it('is the same for the same seed, and another for another', () => {
    const crowd = Array.from({ length: 60 }, (_, i) => ({ x: 6 + (i % 10), y: -5 + i / 6, speed: 1 }));
    const run = (seed: number) => {
      const eye = view({ seed, detector: YOLOX_NANO });
      return Array.from({ length: 50 }, (_, k) => seen(eye, crowd, k / 5));
    };
    expect(run(3)).toEqual(run(3));
    expect(run(4)).not.toEqual(run(3));
  });
});

describe('what is wrong with a camera', () => {
  const times = (seconds: number) => Array.from({ length: seconds * 5 }, (_, k) => k / 5);
  const nobody = bodiesOf([]);

  it('its clock: it is ahead, and gains', () => {
    const eye = view({ faults: { clockOffsetSeconds: 0.35, clockDriftPpm: 100 } });
    expect(eye.see(nobody, 0)?.timeSeconds).toBeCloseTo(0.35);
    expect(eye.see(nobody, 3600)?.timeSeconds).toBeCloseTo(3600 + 0.35 + 0.36);
  });

  it('frames are lost one by one', () => {
    const eye = view({ faults: { droppedShare: 0.1 } });
    const lost = times(1000).filter((t) => eye.see(nobody, t) === null).length / 5000;
    expect(lost).toBeGreaterThan(0.08);
    expect(lost).toBeLessThan(0.12);
  });

  it('frames are lost in bursts', () => {
    const eye = view({ faults: { bursts: { meanSeconds: 2, meanGapSeconds: 18 } } });
    const lost = times(4000).map((t) => eye.see(nobody, t) === null);
    const share = lost.filter(Boolean).length / lost.length;
    expect(share).toBeGreaterThan(0.07);
    expect(share).toBeLessThan(0.13);
    const again =
      lost.slice(1).filter((is, k) => is && lost[k]).length / lost.slice(1).filter((_, k) => lost[k]).length;
    expect(again).toBeGreaterThan(0.85);
  });

  it('it is knocked: from then on the calibration is not true any more', () => {
    const eye = view({ faults: { knocks: [{ atSeconds: 10, headingDegrees: 3, pitchDegrees: 1 }] } });
    const error = (t: number) => {
      const [x, y] = footOf(CAMERA, seen(eye, [{ x: 12, y: 0 }], t)[0]);
      return Math.hypot(x - 12, y);
    };
    expect(error(9.8)).toBeLessThan(0.15);
    expect(error(10)).toBeGreaterThan(0.5);
    expect(error(100)).toBeGreaterThan(0.5);
  });

  it('the picture freezes: frames come on with the boxes of before', () => {
    const eye = view({ detector: YOLOX_NANO, faults: { frozen: [{ fromSeconds: 1, toSeconds: 2 }] } });
    const before = seen(eye, [{ x: 12, y: 0 }], 0.8);
    expect(seen(eye, [{ x: 6, y: 2 }], 1)).toEqual(before);
    expect(eye.see(nobody, 1.8)?.timeSeconds).toBe(1.8);
    expect(seen(eye, [{ x: 6, y: 2 }], 2)).not.toEqual(before);
  });

  it('the light goes out: hardly anybody is found', () => {
    const faults = { dark: [{ fromSeconds: 0, toSeconds: 500, level: 1 }] };
    const people = Array.from({ length: 12 }, (_, i) => ({ x: 8 + (i % 4) * 3, y: -3 + Math.floor(i / 4) * 3 }));
    const count = (options: Partial<CameraViewOptions>) => {
      const eye = view({ detector: { ...YOLOX_NANO, inputWidth: 832, inputHeight: 832 }, ...options });
      return times(200).reduce((sum, t) => sum + seen(eye, people, t).filter(({ id }) => id >= 0).length, 0);
    };
    expect(count({ faults })).toBeLessThan(0.5 * count({}));
  });
});

describe('the calibration of a camera', () => {
  const desk = hallWith({ obstacles: [box('desk', 'desk', 11, -2, 13, 2, 1.1)] });

  it('has points on floor that is in sight, to an engineer’s precision, some held out', () => {
    const points = measuredPoints(desk.terminal, CAMERA);
    const optics = new Optics(CAMERA);
    expect(points.length).toBe(24);
    expect(points.filter((point) => point.holdout).length).toBe(4);
    for (const { image, floor } of points) {
      expect(hidden(desk.sight, floor[0], floor[1])).toBe(false);
      expect(optics.project(floor[0], floor[1], 0)).toBe(true);
      expect(Math.hypot(optics.u - image[0], optics.v - image[1])).toBeLessThan(12);
    }
    expect(measuredPoints(desk.terminal, CAMERA)).toEqual(points);
  });

  const hidden = (sight: LineOfSight, x: number, y: number) => sight.blocked(0, 0, 4.5, x, y, 0.1);
});
