import { parseMotDetections, parseMotTable } from '@safe-passage/edge/detect/mot.ts';
import { fitCalibration, parseCalibration } from '@safe-passage/edge/floor/calibration.ts';
import { FloorMapper } from '@safe-passage/edge/floor/floor.ts';
import { calibrationOf } from '@safe-passage/sim/cameras/calibrationOf.ts';
import { YOLOX_NANO } from '@safe-passage/sim/cameras/detectors.ts';
import { Optics } from '@safe-passage/sim/optics.ts';
import { loadTerminal } from '@safe-passage/sim/terminal/load.ts';
import { describe, expect, it } from 'vitest';
import { sharedFolder } from '../../../test/services/machine.ts';
import { FASTER_RCNN, FIXED_REPORTING, readFixed } from '../../src/detectionModel/data.ts';
import { fitDetector, logisticRegression, regress } from '../../src/detectionModel/fit.ts';
import { modelledDetections } from '../../src/detectionModel/modelled.ts';
import { type ObservedSequence, observe } from '../../src/detectionModel/observations.ts';
import { deviation, found, mean, summarise } from '../../src/detectionModel/summary.ts';

const DETECTOR = { inputWidth: 416, inputHeight: 416, lowestConfidence: 0.1 };

const sequenceOf = (truth: string, detections: string): ObservedSequence => ({
  name: 'scene',
  framesPerSecond: 10,
  imageWidth: 416,
  imageHeight: 416,
  truth: parseMotTable(truth, 'truth'),
  detections: parseMotDetections(detections, 'detections'),
});

describe('what is observed of a detector', () => {
  // 1 in front of 2, who is hidden by half; 3 stands alone and is missed; 4 touches the edge of the picture.
  const truth = ['1,1,100,110,40,100,1', '1,2,120,100,40,100,1', '1,3,300,100,40,100,1', '1,4,0,100,40,100,1'].join(
    '\n',
  );
  const detections = ['1,-1,101,112,42,96,0.9', '1,-1,300,10,30,60,0.4', '1,-1,102,111,40,40,0.3'].join('\n');
  const observed = observe(sequenceOf(truth, detections), DETECTOR);

  it('is each person with what is visible of them, and whether they were found', () => {
    expect(observed.sightings.map(({ person, visible, confidence }) => [person, visible, confidence])).toEqual([
      [1, 1, 0.9],
      [2, 0.5625, 0],
      [3, 1, 0],
    ]);
  });

  it('is how far each edge is off, as a share of the height', () => {
    const [front] = observed.sightings;
    expect([front?.left, front?.right, front?.top, front?.bottom]).toEqual([0.01, 0.03, 0.02, -0.02]);
  });

  it('is what stands on nobody, and what is a part of somebody', () => {
    expect(observed.falseBoxes.map(({ confidence, partOfPerson }) => [confidence, partOfPerson])).toEqual([
      [0.4, false],
      [0.3, true],
    ]);
  });

  it('is whether somebody missed is in the box of who is in front', () => {
    expect(observed.sightings.map(({ mergedAway }) => mergedAway)).toEqual([null, false, null]);
    const merged = observe(sequenceOf(truth, '1,-1,100,102,58,107,0.9'), DETECTOR);
    expect(merged.sightings.find(({ person }) => person === 1)?.mergedAway ?? null).toBeNull();
    expect(merged.sightings.find(({ person }) => person === 2)?.mergedAway).toBe(true);
  });
});

describe('fitting', () => {
  it('regression finds the line, and the log-odds, that made the data', () => {
    const xs = Array.from({ length: 400 }, (_, i) => i / 100 - 2);
    expect(
      regress(xs.map((x) => ({ features: [1, x], value: 3 - 2 * x }))).map((c) => Math.round(c * 1000) / 1000),
    ).toEqual([3, -2]);
    // Each place many times, with as many ones as the odds say.
    const samples = xs.flatMap((x) => {
      const ones = Math.round(200 / (1 + Math.exp(-(0.5 + 1.5 * x))));
      return Array.from({ length: 200 }, (_, k) => ({ features: [1, x], value: k < ones ? 1 : 0 }));
    });
    const [a, b] = logisticRegression(samples);
    expect(a).toBeCloseTo(0.5, 1);
    expect(b).toBeCloseTo(1.5, 1);
  });

  it('gives back the parameters with which boxes were made', () => {
    const lines: string[] = [];
    for (let frame = 1; frame <= 400; frame += 1) {
      for (let id = 1; id <= 30; id += 1) {
        const [row, column] = [Math.floor(id / 6), id % 6];
        const height = 35 + 5 * column;
        const [left, top] = [20 + 64 * column, 10 + 66 * row];
        lines.push(`${frame},${id},${left},${top},${0.4 * height},${height},1`);
      }
    }
    const scene = sequenceOf(lines.join('\n'), '1,-1,1,1,5,5,0.5');
    const made = { ...scene, detections: modelledDetections(scene, YOLOX_NANO, 3) };
    const full = observe(made, DETECTOR).sightings.filter((s) => s.visible === 1);
    expect(mean(full.map((s) => (found(s) ? 1 : 0)))).toBeGreaterThan(0.9);
    expect(deviation(full.filter(found).map((s) => s.bottom))).toBeGreaterThan(0.8 * YOLOX_NANO.edges.bottom);
    const { perLogHeight, upTo } = YOLOX_NANO.found;
    const fitted = fitDetector({
      name: 'again',
      detector: DETECTOR,
      sequences: [made],
      ofHeight: { perLogHeight, upTo },
    });
    const { edges, confidence, ghosts } = fitted;
    expect(Math.abs(edges.bottom / YOLOX_NANO.edges.bottom - 1)).toBeLessThan(0.15);
    expect(Math.abs(edges.left / YOLOX_NANO.edges.left - 1)).toBeLessThan(0.15);
    expect(Math.abs(edges.sideways - YOLOX_NANO.edges.sideways)).toBeLessThan(0.15);
    expect(Math.abs(confidence.at50 - YOLOX_NANO.confidence.at50)).toBeLessThan(0.2);
    expect(Math.abs(fitted.found.at50 - YOLOX_NANO.found.at50)).toBeLessThan(0.7);
    expect(ghosts.perSecond).toBeGreaterThan(0.5 * YOLOX_NANO.ghosts.perSecond);
    expect(ghosts.perSecond).toBeLessThan(1.5 * YOLOX_NANO.ghosts.perSecond);
  });
});

describe('the calibration that the simulator gives a camera, fitted by the edge agent', () => {
  it('is off by centimetres with a straight lens, and by a tenth of a metre with a bent one, where a plane alone is off by a metre at 90 %', async () => {
    const terminal = await loadTerminal('arrivals');
    const errors = ({ bent, plane = false }: { readonly bent: boolean; readonly plane?: boolean }) =>
      terminal.cameras.flatMap((described) => {
        const { radialK1: _, ...straight } = described;
        const camera = bent ? described : straight;
        const file = parseCalibration(calibrationOf(terminal, camera), camera.id);
        const calibration = fitCalibration(plane ? { ...file, lens: { distortion: 0 } } : file, camera.id);
        const mapper = new FloorMapper(calibration, camera.imageWidth, camera.imageHeight);
        const optics = new Optics(camera);
        const found: number[] = [];
        for (let u = 20; u < camera.imageWidth; u += 40) {
          for (let v = 20; v < camera.imageHeight; v += 40) {
            if (!optics.toFloor(u, v)) continue;
            const { floorX: x, floorY: y } = optics;
            if (Math.hypot(x - camera.position[0], y - camera.position[1]) > camera.reachMetres) continue;
            const place = mapper.place(u, v);
            found.push(place ? Math.hypot(place[0] - x, place[1] - y) : Number.POSITIVE_INFINITY);
          }
        }
        return found;
      });
    const at = (values: number[], share: number) =>
      values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;
    expect(at(errors({ bent: false }), 0.5)).toBeLessThan(0.05);
    const plane = errors({ bent: true, plane: true });
    expect(at(plane, 0.5)).toBeGreaterThan(0.25);
    expect(at(plane, 0.9)).toBeGreaterThan(0.9);
    // The lenses of the simulator bend after another law than the one that is fitted.
    const fitted = errors({ bent: true });
    expect(at(fitted, 0.5)).toBeLessThan(0.1);
    expect(at(fitted, 0.9)).toBeLessThan(0.4);
  });
});

describe.skipIf(!sharedFolder)(
  `the model beside a real detector${sharedFolder ? '' : ' (needs the shared folder of recordings)'}`,
  () => {
    it('observes the published boxes of MOT15: most are found in full view, few when hidden, and errors last', async () => {
      for (const name of FIXED_REPORTING) {
        const observed = observe(await readFixed(sharedFolder as string, name), FASTER_RCNN);
        const value = (figure: string) => summarise(observed).find((f) => f.name === figure)?.value ?? Number.NaN;
        expect(value('recall, 95 to 100 % visible')).toBeGreaterThan(0.8);
        expect(value('recall, 20 to 40 % visible')).toBeLessThan(0.5);
        const edges = summarise(observed).filter((f) => f.name.startsWith('edges, correlation'));
        expect(edges[0]?.value).toBeGreaterThan(0.3);
      }
    });
  },
);
