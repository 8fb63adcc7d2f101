import { describe, expect, it } from 'vitest';
import { sharedFile, sharedFolder } from '../../../test/services/machine.ts';
import { nearestNeighbour } from '../../src/fusion/baseline.ts';
import { spoil, type TrackRow } from '../../src/fusion/cameraTracks.ts';
import { scoreOnFloor } from '../../src/fusion/floorScores.ts';
import { calibrationError, cutByStrips, cutInTime, type ToldLink } from '../../src/fusion/gaps.ts';
import { FUSION_TOLERANCE, fusionFigures, readFusionGolden } from '../../src/fusion/golden.ts';
import { FITTED_WILDTRACK_MS, measureFusion, measureSetting, REFERENCE, SETTINGS } from '../../src/fusion/measure.ts';
import { floorHomography, inverse, project, rotation } from '../../src/fusion/projective.ts';
import { type FloorPoint, readWildtrack } from '../../src/fusion/wildtrack.ts';
import { fallenFigures } from '../../src/golden.ts';

const walker = (person: string, y: number, seconds: number): FloorPoint[] =>
  Array.from({ length: 2 * seconds }, (_, k) => ({ timeMs: 500 * k, person, x: k / 2, y }));

describe('projective geometry', () => {
  it('turns a quarter turn about z as it should, and inverts', () => {
    const quarter = rotation([0, 0, Math.PI / 2]);
    for (const [k, wanted] of [0, -1, 0, 1, 0, 0, 0, 0, 1].entries()) expect(quarter[k]).toBeCloseTo(wanted, 12);
    for (const [k, value] of inverse(quarter).entries()) {
      expect(value).toBeCloseTo(quarter[3 * (k % 3) + Math.floor(k / 3)] ?? 0, 12);
    }
    expect(() => inverse([1, 2, 3, 2, 4, 6, 0, 0, 1])).toThrow(RangeError);
  });

  it('finds the floor straight below a camera that looks down', () => {
    // Two metres up, x to the right, y down the picture: turned by half a turn about x.
    const h = floorHomography([1000, 0, 960, 0, 1000, 540, 0, 0, 1], [Math.PI, 0, 0], [0, 0, 200]);
    const centre = project(h, 960, 540);
    expect(Math.hypot(centre.x, centre.y)).toBeLessThan(1e-9);
    expect(project(h, 1060, 540).x).toBeCloseTo(20, 9);
    expect(project(h, 960, 640).y).toBeCloseTo(-20, 9);
  });
});

describe('scores on the floor', () => {
  const truth = [...walker('a', 0, 10), ...walker('b', 5, 10)];

  it('are full for the truth itself, and forgive up to the matching distance', () => {
    const exact = scoreOnFloor(truth, truth, 1);
    expect([exact.idf1, exact.mota]).toEqual([1, 1]);
    const shifted = truth.map((point) => ({ ...point, y: point.y + 0.9 }));
    expect(scoreOnFloor(truth, shifted, 1).idf1).toBe(1);
    expect(scoreOnFloor(truth, shifted, 0.5).idf1).toBe(0);
  });

  it('count a switch of identity and whoever is seen twice', () => {
    const swapped = truth.map((p) => ({ ...p, person: p.timeMs < 5000 ? p.person : p.person === 'a' ? 'b' : 'a' }));
    const scores = scoreOnFloor(truth, swapped, 1);
    expect(scores.identitySwitches).toBe(2);
    expect(scores.idf1).toBe(0.5);
    const twice = [...truth, ...walker('c', 0.4, 10)];
    expect(scoreOnFloor(truth, twice, 1).falsePositives).toBe(20);
  });
});

describe('what is made of the truth', () => {
  const seen = walker('a', 0, 100).map((point) => ({ ...point, camera: 'C1', pixelSigma: 0.02 }));

  it('has the noise, the misses and the clock that were asked for, and is the same for the same seed', () => {
    const spoiling = { seed: 3, footMetres: 0.2, missShare: 0.25, switchShare: 0, clockMs: { C1: 250 } };
    const rows = spoil(seen, spoiling);
    expect(spoil(seen, spoiling)).toEqual(rows);
    expect(spoil(seen, { ...spoiling, seed: 4 })).not.toEqual(rows);
    expect(rows.length).toBeGreaterThan(130);
    expect(rows.length).toBeLessThan(170);
    expect(rows.every(({ timeMs }) => timeMs % 500 === 250)).toBe(true);
    const rms = Math.sqrt(rows.reduce((sum, { y }) => sum + y * y, 0) / rows.length);
    expect(rms).toBeGreaterThan(0.15);
    expect(rms).toBeLessThan(0.25);
  });

  it('cuts everybody once in time, or wherever a strip is blind', () => {
    const cut = cutInTime([...walker('a', 0, 40), ...walker('b', 5, 40)], 4, 1, 1600);
    expect(cut.gaps).toHaveLength(2);
    // Rows are half a second apart: the gap ends at the first one after it.
    for (const { seconds } of cut.gaps) expect(Math.abs(seconds - 4.25)).toBeLessThanOrEqual(0.25);
    const strips = cutByStrips(walker('a', 0, 40), [[10, 15.2]], 1600);
    expect(strips.gaps).toEqual([{ earlier: 'a/0', later: 'a/1', seconds: 6 }]);
  });

  it('is calibrated where as much is true as was told', () => {
    const told = (probability: number, right: boolean): ToldLink => ({ probability, right, seconds: 1 });
    expect(calibrationError([told(0.5, true), told(0.5, false)])).toBe(0);
    expect(calibrationError([told(0.9, false)])).toBeCloseTo(0.9, 12);
  });

  it('gives nearest neighbours at an instant what they deserve: two who are far apart are easy', () => {
    const rows: TrackRow[] = ['C1', 'C2'].flatMap((camera) =>
      [...walker('a', 0, 10), ...walker('b', 5, 10)].map(({ timeMs, person, x, y }) => ({
        timeMs,
        camera,
        track: person,
        x,
        y,
        sigma: 0.1,
      })),
    );
    const truth = [...walker('a', 0, 10), ...walker('b', 5, 10)];
    expect(scoreOnFloor(truth, nearestNeighbour(rows, 500, 0.6, 1.25), 1).idf1).toBe(1);
  });
});

const here = sharedFile('data', 'wildtrack') && sharedFile('data', 'ordinary');
describe.skipIf(!here)(
  'fusion on WILDTRACK (needs ../shared or $SAFE_PASSAGE_SHARED with data/wildtrack, data/ordinary)',
  () => {
    it('starts from feet that lie where the truth says: within 35 cm, half of them within 15 cm', async () => {
      const { truth, seen, cutOff } = await readWildtrack(sharedFolder ?? '');
      const truthAt = new Map(truth.map((point) => [`${point.timeMs} ${point.person}`, point]));
      const errors = seen
        .map((foot) => {
          const point = truthAt.get(`${foot.timeMs} ${foot.person}`);
          return point ? Math.hypot(foot.x - point.x, foot.y - point.y) : Number.NaN;
        })
        .sort((a, b) => a - b);
      expect(errors.every(Number.isFinite)).toBe(true);
      expect(seen.length + cutOff).toBe(19_824);
      expect(errors[Math.floor(0.5 * errors.length)]).toBeLessThan(0.15);
      expect(errors[Math.floor(0.99 * errors.length)]).toBeLessThan(0.35);
    });

    it('places people by whole boxes twice as well as by the middle of the lower edge', async () => {
      const { boxes, lowerEdge, agent } = (await readWildtrack(sharedFolder ?? '')).standing;
      expect(boxes).toBeGreaterThan(15_000);
      expect(agent.median).toBeLessThan(0.5 * lowerEdge.median);
      expect(agent.p90).toBeLessThan(lowerEdge.p90);
    });

    it('reaches IDF1 95 at 10 cm foot noise and 10 % misses on frames that nothing was fitted on', async () => {
      const { truth, seen } = await readWildtrack(sharedFolder ?? '');
      const reported = <P extends { readonly timeMs: number }>(points: readonly P[]) =>
        points.filter(({ timeMs }) => timeMs >= FITTED_WILDTRACK_MS);
      const setting = SETTINGS.find(({ name }) => name === REFERENCE);
      if (!setting) throw new Error('the reference setting is gone');
      const { fused, baseline } = measureSetting(reported(truth), reported(seen), setting, [201, 202]);
      expect(fused.within1.idf1).toBeGreaterThan(0.95);
      expect(fused.within1.idf1).toBeGreaterThan(baseline.within1.idf1 + 0.1);
    }, 240_000);

    it('is no worse than its golden figures', async () => {
      const figures = fusionFigures(await measureFusion(sharedFolder ?? ''));
      const golden = await readFusionGolden();
      expect(Object.keys(golden).length).toBeGreaterThan(20);
      expect(fallenFigures(golden, figures, FUSION_TOLERANCE)).toEqual([]);
    }, 240_000);
  },
);
