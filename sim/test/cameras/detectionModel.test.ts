import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Boxes } from '../../src/cameras/boxes.ts';
import { DetectionModel } from '../../src/cameras/detectionModel.ts';
import { type DetectorParameters, IDEAL, YOLOX_NANO } from '../../src/cameras/detectors.ts';
import { normalShare } from '../../src/cameras/normals.ts';
import { VisibleBodies } from '../../src/cameras/visibleBodies.ts';

const QUIET: DetectorParameters = {
  ...YOLOX_NANO,
  ghosts: { ...YOLOX_NANO.ghosts, perSecond: 0 },
  parts: { ...YOLOX_NANO.parts, share: 0 },
};
/** At 416 x 416 a pixel of the picture is one of the network. */
const SIDE = 416;

interface Standing {
  readonly id: number;
  readonly left: number;
  readonly top: number;
  readonly height: number;
  readonly depth: number;
}

const standing = (id: number, left: number, height: number, depth = 10, top = 100): Standing => ({
  id,
  left,
  top,
  height,
  depth,
});

/** Runs a model for some frames and gives what it says of each. */
function run(parameters: DetectorParameters, people: readonly Standing[], frames: number, seed = 1, stepSeconds = 0.2) {
  const model = new DetectionModel(parameters, SIDE, SIDE, seed, 64);
  const bodies = new VisibleBodies(64);
  const boxes = new Boxes();
  return Array.from({ length: frames }, (_, k) => {
    bodies.clear();
    for (const p of people) bodies.push(p.id, p.left, p.top, p.left + 0.35 * p.height, p.top + p.height, p.depth, 0);
    bodies.hide();
    model.detect(bodies, k * stepSeconds, 0, boxes);
    return Array.from({ length: boxes.count }, (_, i) => ({
      id: boxes.truthId[i] as number,
      left: boxes.left[i] as number,
      top: boxes.top[i] as number,
      width: boxes.width[i] as number,
      height: boxes.height[i] as number,
      confidence: boxes.confidence[i] as number,
    }));
  });
}

const recall = (frames: ReturnType<typeof run>, id: number) =>
  frames.filter((boxes) => boxes.some((box) => box.id === id)).length / frames.length;
const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

describe('the model of a detector', () => {
  const FRAMES = 8000;

  it('finds fewer of those who are small, and none who is tiny', () => {
    const tall = recall(run(QUIET, [standing(1, 50, 60)], FRAMES), 1);
    const small = recall(run(QUIET, [standing(1, 50, 14)], FRAMES), 1);
    expect(tall).toBeGreaterThan(0.95);
    expect(small).toBeLessThan(tall - 0.03);
    expect(recall(run(QUIET, [standing(1, 50, 8)], 100), 1)).toBe(0);
  });

  it('finds fewer of those who are hidden, the more the more they are', () => {
    const behind = (covered: number) =>
      recall(run(QUIET, [standing(1, 100, 60, 9, 105), standing(2, 100 + 21 * (1 - covered), 60, 10)], FRAMES), 2);
    const [some, half, most] = [behind(0.25), behind(0.5), behind(0.75)];
    expect(half).toBeLessThan(some);
    expect(most).toBeLessThan(half);
    expect(most).toBeLessThan(0.5);
  });

  it('misses lastingly: who was missed is likely to be missed again', () => {
    const found = run(QUIET, [standing(1, 50, 20)], 40_000, 1, 0.1).map((boxes) => boxes.length > 0);
    const missed = found.filter((is) => !is).length / found.length;
    const again = found.slice(1).filter((is, k) => !is && !found[k]).length / found.filter((is) => !is).length;
    expect(missed).toBeGreaterThan(0.01);
    expect(again).toBeGreaterThan(4 * missed);
  });

  it('is off by the shares of the height that were measured, lastingly', () => {
    // Many people, because what lasts is slow to average out.
    const errors = Array.from({ length: 60 }, (_, seed) =>
      run(QUIET, [standing(1, 100, 60)], 40, seed + 1).map((boxes) =>
        boxes[0] ? (boxes[0].top + boxes[0].height - 160) / 60 : Number.NaN,
      ),
    );
    const all = errors.flat().filter((e) => !Number.isNaN(e));
    const sigma = Math.sqrt(mean(all.map((e) => e * e)));
    expect(sigma).toBeGreaterThan(0.85 * YOLOX_NANO.edges.bottom);
    expect(sigma).toBeLessThan(1.15 * YOLOX_NANO.edges.bottom);
    const products = errors.flatMap((one) =>
      one
        .slice(1)
        .map((e, k) => e * (one[k] as number))
        .filter((p) => !Number.isNaN(p)),
    );
    const { share, seconds } = YOLOX_NANO.edges.lasting;
    expect(mean(products) / sigma ** 2).toBeCloseTo(share * Math.exp(-0.2 / seconds), 0.5);
  });

  it('takes two for one at times: the box of who is in front grows over who was missed', () => {
    const frames = run(QUIET, [standing(1, 100, 60, 9, 105), standing(2, 110, 60, 10)], 4000);
    const rights = frames.flatMap((boxes) =>
      boxes.filter((box) => box.id === 1 && boxes.length === 1).map((box) => box.left + box.width),
    );
    const alone = run(QUIET, [standing(1, 100, 60, 9, 105)], 4000).flatMap((boxes) =>
      boxes.map((box) => box.left + box.width),
    );
    expect(rights.length).toBeGreaterThan(500);
    expect(mean(rights)).toBeGreaterThan(mean(alone) + 3);
  });

  it('is surer of those it sees better', () => {
    const sure = (people: Standing[], id: number) =>
      mean(run(QUIET, people, FRAMES).flatMap((boxes) => boxes.filter((b) => b.id === id).map((b) => b.confidence)));
    expect(sure([standing(1, 100, 60)], 1)).toBeGreaterThan(sure([standing(1, 100, 25)], 1) + 0.05);
    expect(sure([standing(1, 100, 60)], 1)).toBeGreaterThan(
      sure([standing(2, 110, 60, 9, 105), standing(1, 100, 60)], 1) + 0.02,
    );
  });

  it('sees ghosts, at the rate that was measured, most of them where one stood before', () => {
    const frames = run(YOLOX_NANO, [], 20_000);
    const { perSecond, seconds } = YOLOX_NANO.ghosts;
    const rate = mean(frames.map((boxes) => boxes.length));
    // A place that is taken takes no second one.
    expect(rate).toBeLessThan(1.1 * perSecond * seconds);
    expect(rate).toBeGreaterThan(0.6 * perSecond * seconds);
    expect(frames.flat().every((box) => box.id === -1 && box.confidence >= YOLOX_NANO.lowestConfidence)).toBe(true);
    const cells = new Map<string, number>();
    for (const box of frames.flat()) {
      const cell = `${Math.round(box.left / 8)},${Math.round(box.top / 8)}`;
      cells.set(cell, (cells.get(cell) ?? 0) + 1);
    }
    const often = [...cells.values()].sort((a, b) => b - a).slice(0, 4 * YOLOX_NANO.ghosts.places);
    expect(often.reduce((sum, n) => sum + n, 0) / frames.flat().length).toBeGreaterThan(0.4);
  });

  it('gives boxes inside of the picture, with confidences of the detector, whatever it is given', () => {
    const person = fc.record({
      id: fc.integer({ min: 0, max: 9 }),
      left: fc.double({ min: -100, max: SIDE, noNaN: true }),
      top: fc.double({ min: -100, max: SIDE, noNaN: true }),
      height: fc.double({ min: 5, max: 600, noNaN: true }),
      depth: fc.double({ min: 0.3, max: 90, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(person, { selector: (p) => p.id, maxLength: 10 }), fc.nat(), (people, seed) => {
        for (const b of run(YOLOX_NANO, people, 20, seed).flat()) {
          expect(b.left).toBeGreaterThanOrEqual(0);
          expect(b.top).toBeGreaterThanOrEqual(0);
          expect(b.left + b.width).toBeLessThanOrEqual(SIDE + 1e-9);
          expect(b.top + b.height).toBeLessThanOrEqual(SIDE + 1e-9);
          expect(b.confidence).toBeGreaterThanOrEqual(YOLOX_NANO.lowestConfidence);
          expect(b.confidence).toBeLessThan(1);
        }
      }),
    );
  });

  it('may be ideal: then it misses nobody who shows a quarter of themselves, is hardly off, and invents nobody', () => {
    const half = [standing(1, 100, 120, 12), standing(2, 121, 120, 10)];
    const frames = run(IDEAL, [...half, standing(3, 300, 30)], 2000);
    expect([1, 2, 3].map((id) => recall(frames, id))).toEqual([1, 1, 1]);
    expect(frames.every((boxes) => boxes.length === 3)).toBe(true);
    const feet = frames
      .map((boxes) => boxes.find(({ id }) => id === 2))
      .map((box) => (box?.top ?? 0) + (box?.height ?? 0));
    expect(Math.max(...feet.map((foot) => Math.abs(foot - 220)))).toBeLessThan(0.05 * 120);
  });

  it('forgets who has gone', () => {
    const model = new DetectionModel(YOLOX_NANO, SIDE, SIDE, 1, 64);
    const bodies = new VisibleBodies(64);
    const boxes = new Boxes();
    for (let id = 0; id < 5000; id += 1) {
      bodies.clear();
      bodies.push(id, 100, 100, 120, 160, 10, 0);
      bodies.hide();
      model.detect(bodies, id, 0, boxes);
    }
    expect(model.remembered).toBeLessThan(50);
  });

  it('knows the normal distribution', () => {
    expect(normalShare(0)).toBeCloseTo(0.5, 6);
    expect(normalShare(1.959_964)).toBeCloseTo(0.975, 6);
    expect(normalShare(-3)).toBeCloseTo(0.001_349_9, 6);
  });
});

describe('who hides whom', () => {
  const bodies = new VisibleBodies(8);

  it('is decided by who is nearer, not by who comes first', () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      bodies.clear();
      for (const which of order) {
        if (which === 0) bodies.push(10, 0, 0, 40, 80, 5, 0);
        else bodies.push(20, 20, 0, 60, 80, 9, 0);
      }
      bodies.hide();
      const far = order.indexOf(1);
      expect(bodies.id[bodies.order[0] as number]).toBe(10);
      expect(bodies.visible[order.indexOf(0)]).toBe(1);
      expect(bodies.visible[far]).toBe(0.5);
      expect(bodies.hiddenByPeople[far]).toBe(0.5);
      expect(bodies.hiddenBy[far]).toBe(order.indexOf(0));
    }
  });
});
