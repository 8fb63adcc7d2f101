import { join } from 'node:path';
import { type Command, defineCommand, EXIT, Progress } from '@safe-passage/cli';
import { findModel } from '@safe-passage/edge/detect/findModel.ts';
import { holdToGolden } from '../goldenCheck.ts';
import { FITTING_SEQUENCES, REPORTING_SEQUENCES } from '../mot/dataset.ts';
import type { FloorErrors } from '../mot/floorAccuracy.ts';
import { GOLDEN_FILE, pixelFigures, readGolden, TOLERANCE, trackerFigures, writeGolden } from '../mot/golden.ts';
import type { Scores } from '../mot/metrics.ts';
import { measureRealPixels, type RealPixelsResult } from '../mot/realPixels.ts';
import { measureTracker, type TrackerOnlyResult } from '../mot/trackerOnly.ts';
import { sharedFolder } from '../shared.ts';
import { table } from '../table.ts';

const percent = (value: number): string => (100 * value).toFixed(1);
const HEAD = ['', 'HOTA', 'DetA', 'AssA', 'MOTA', 'IDF1', 'IDs', 'FP', 'FN'];

const cells = (name: string, scores: Scores): string[] => [
  name,
  ...[scores.hota, scores.detA, scores.assA, scores.mota, scores.idf1].map(percent),
  ...[scores.identitySwitches, scores.falsePositives, scores.falseNegatives].map(String),
];

function describeTracker(result: TrackerOnlyResult): string {
  return [
    'Tracker alone on the published Faster R-CNN detections of MOT15',
    '',
    table([
      HEAD,
      ...result.sequences.map(({ name, part, scores }) => cells(part === 'fitting' ? `${name} *` : name, scores)),
      cells('fitting (*)', result.fitting),
      cells('reporting', result.reporting),
      cells('overall, these eight', result.overall),
    ]),
    '',
    `Parameters were chosen on ${FITTING_SEQUENCES.join(', ')} (*) alone; ${REPORTING_SEQUENCES.join(', ')} were only measured.`,
    'For orientation, not like for like: SORT, ByteTrack and OC-SORT by their authors on all eleven training sequences',
    'with these detections: HOTA 36.4, 37.5, 36.1; MOTA 39.9, 38.4, 36.5; IDF1 45.9, 48.9, 47.0.',
    `${result.framesPerSecond.toFixed(0)} frames/s in the tracker, one core.`,
  ].join('\n');
}

const floorCells = (name: string, errors: FloorErrors): string[] => [
  name,
  String(errors.count),
  errors.medianMetres.toFixed(3),
  errors.rmsMetres.toFixed(3),
  errors.percentile95Metres.toFixed(3),
  percent(errors.withinOneSigma),
  percent(errors.withinTwoSigma),
];

function describePixels(result: RealPixelsResult, model: string): string {
  return [
    `Real pixels: ${model}, tracker and floor on PETS 2009 S2.L1 view 1 (${result.frames} frames)`,
    '',
    table([HEAD, cells('detect and track', result.scores)]),
    '',
    table([
      ['floor error (m)', 'n', 'median', 'RMS', '95 %', '< 1 sigma %', '< 2 sigma %'],
      floorCells('calibration, true boxes', result.calibration),
      floorCells('live tracks, in sight', result.measured),
      floorCells('live tracks, coasting', result.coasting),
    ]),
    '',
    `Calibrated on ${result.knownPoints} known points of people with odd numbers, one per 40 x 40 pixels (left out one by one: RMS ${(result.leaveOneOutRmsMetres ?? 0).toFixed(3)} m);`,
    'tested on people with even numbers. The published floor positions appear to be derived from the published boxes, so the',
    'error of the calibration alone is a lower bound. Honest sigmas hold 63 to 68 % and 95 to 98 %.',
  ].join('\n');
}

export const mot: Command = defineCommand({
  summary: 'Tracking accuracy on MOT15 and on real pixels, and the floor error in metres.',
  usage:
    'npm run -s eval -- mot [--shared DIR] [--model NAME] [--detections det.txt] [--no-pixels] [--json] [--update-golden]',
  description: [
    'Measures HOTA, CLEAR MOT and IDF1 of the tracker alone on eight MOT15 sequences, and of detector, tracker and floor on',
    'the real pixels of PETS 2009 S2.L1. Fails where a figure is worse than its golden one (eval/golden/mot.json).',
    '--update-golden takes over every figure that got better and never lowers one.',
  ].join('\n'),
  options: {
    shared: {
      type: 'string',
      value: 'DIR',
      help: 'folder with data/mot15 and data/video; else $SAFE_PASSAGE_SHARED, else ../shared',
    },
    model: { type: 'string', value: 'MODEL', default: 'yolox-nano', help: 'detector for the real pixels' },
    detections: { type: 'string', value: 'FILE', help: 'take the detections of the recording from here' },
    'no-pixels': { type: 'boolean', help: 'tracker alone' },
    json: { type: 'boolean', help: 'one JSON object instead of tables' },
    'update-golden': { type: 'boolean', help: 'raise the golden figures to what was measured' },
  },
  examples: ['npm run -s eval -- mot', 'npm run -s eval -- mot --no-pixels --json'],
  run: async ({ values, signal }) => {
    const shared = sharedFolder(values.shared);
    const detects = !values['no-pixels'] && values.detections === undefined;
    // The tracker takes minutes: a wrong name is told before.
    if (detects) await findModel(values.model, [join(shared, 'models')]);
    const trackerOnly = await measureTracker(shared);
    if (!values.json) process.stdout.write(`${describeTracker(trackerOnly)}\n\n`);
    let realPixels: RealPixelsResult | null = null;
    if (!values['no-pixels']) {
      const progress = new Progress('pets', 795);
      realPixels = await measureRealPixels({
        shared,
        model: values.model,
        detections: values.detections,
        signal,
        onFrame: (frame) => progress.update(frame),
      });
      progress.finish();
      if (signal.aborted) {
        process.stderr.write('Stopped before the end.\n');
        return EXIT.failed;
      }
      if (!values.json) process.stdout.write(`${describePixels(realPixels, values.model)}\n\n`);
    }
    if (values.json) process.stdout.write(`${JSON.stringify({ trackerOnly, realPixels }, null, 2)}\n`);

    const golden = await readGolden();
    const tracker = trackerFigures(trackerOnly);
    // The golden figures of the pixels are those of the default detector.
    const pixels = realPixels && values.model === 'yolox-nano' && !values.detections ? pixelFigures(realPixels) : null;
    await holdToGolden(
      GOLDEN_FILE,
      [
        { golden: golden.trackerOnly, measured: tracker, tolerance: TOLERANCE.trackerOnly },
        { golden: golden.realPixels, measured: pixels, tolerance: TOLERANCE.realPixels },
      ],
      values['update-golden']
        ? ([raisedTracker = {}, raisedPixels = {}]) =>
            writeGolden({ trackerOnly: raisedTracker, realPixels: raisedPixels })
        : null,
    );
    return EXIT.ok;
  },
});
