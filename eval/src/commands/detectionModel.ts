import { type Command, defineCommand, EXIT, Progress } from '@safe-passage/cli';
import {
  type DetectorParameters,
  FASTER_RCNN,
  NANODET,
  SAFE_PASSAGE_PERSON,
  YOLOX_NANO,
} from '@safe-passage/sim/cameras/detectors.ts';
import {
  FASTER_RCNN as FASTER_RCNN_INPUT,
  FIXED_FITTING,
  FIXED_REPORTING,
  PETS_FITTING_FRAMES,
  readFixed,
  readPets,
  slopeOfHeight,
} from '../detectionModel/data.ts';
import { fitDetector } from '../detectionModel/fit.ts';
import { modelledDetections } from '../detectionModel/modelled.ts';
import { type DetectorInput, type ObservedSequence, observe } from '../detectionModel/observations.ts';
import { type Figure, mean, summarise } from '../detectionModel/summary.ts';
import { sharedFolder } from '../shared.ts';

/** The model is run so often, and its figures averaged: a sequence has few people. */
const SEEDS = [11, 12, 13, 14, 15, 16, 17, 18] as const;
/** From here on a body's height makes no difference on PETS; below, single pictures tell the slope. */
const HEIGHT_KNEE_PIXELS = 35;
/** Single pictures are used up to this height, pixels. */
const STILLS_UP_TO_PIXELS = 100;

const OURS: readonly {
  readonly model: string;
  readonly parameters: DetectorParameters;
  readonly input: DetectorInput;
}[] = [
  { model: 'yolox-nano', parameters: YOLOX_NANO, input: { inputWidth: 416, inputHeight: 416, lowestConfidence: 0.1 } },
  {
    model: 'safe-passage-person',
    parameters: SAFE_PASSAGE_PERSON,
    input: { inputWidth: 576, inputHeight: 448, lowestConfidence: 0.1 },
  },
  { model: 'nanodet-m-416', parameters: NANODET, input: { inputWidth: 416, inputHeight: 416, lowestConfidence: 0.3 } },
];

interface Comparison {
  readonly detector: string;
  readonly sequence: string;
  readonly measured: readonly Figure[];
  readonly modelled: readonly Figure[];
}

function compare(sequence: ObservedSequence, parameters: DetectorParameters): Comparison {
  const runs = SEEDS.map((seed) =>
    summarise(observe({ ...sequence, detections: modelledDetections(sequence, parameters, seed) }, parameters)),
  );
  const measured = summarise(observe(sequence, parameters));
  return {
    detector: parameters.name,
    sequence: sequence.name,
    measured,
    modelled: measured.map((figure, k) => ({
      ...figure,
      value: mean(runs.map((run) => run[k]?.value ?? Number.NaN).filter((value) => !Number.isNaN(value))),
    })),
  };
}

function describe({ detector, sequence, measured, modelled }: Comparison): string {
  const number = (value: number | undefined) =>
    (value === undefined || Number.isNaN(value) ? '-' : value.toFixed(3)).padStart(10);
  const rows = measured
    .map((figure, k) => ({ figure, model: modelled[k]?.value }))
    .filter(({ figure }) => !Number.isNaN(figure.value))
    .map(
      ({ figure, model }) =>
        `${figure.name.padEnd(46)}${String(figure.count).padStart(6)}${number(figure.value)}${number(model)}`,
    );
  return [
    `${detector} on ${sequence}`,
    `${' '.repeat(46)}${'n'.padStart(6)}${'measured'.padStart(10)}${'modelled'.padStart(10)}`,
    ...rows,
  ].join('\n');
}

/** Three digits say all there is to say. */
const rounded = (parameters: DetectorParameters) =>
  JSON.stringify(
    parameters,
    (_, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(3)) : value),
    2,
  );

export const detectionModel: Command = defineCommand({
  summary: "The simulator's model of a detector beside real detectors.",
  usage: 'npm run -s eval -- detection-model [--shared DIR] [--fit] [--json]',
  description: [
    'Runs YOLOX-Nano, safe-passage-person and NanoDet over PETS 2009 S2.L1 and takes the published Faster R-CNN boxes of MOT15 from fixed cameras, and prints',
    'what they miss, how their boxes are off and what they invent, beside the same figures of the model in their place: of sequences',
    'that took no part in the fitting.',
    `Fitted on: frames 1 to ${PETS_FITTING_FRAMES} of PETS (YOLOX-Nano, NanoDet), ${FIXED_FITTING.join(' and ')} (Faster R-CNN). How small people may be is`,
    'told by single pictures (data/person-detection). --fit prints the parameters anew; they stand in sim/src/cameras/detectors.ts.',
  ].join('\n'),
  options: {
    shared: {
      type: 'string',
      value: 'DIR',
      help: 'folder with the shared data; else $SAFE_PASSAGE_SHARED, else ../shared',
    },
    fit: { type: 'boolean', help: 'fit the parameters and print them, and compare with these' },
    json: { type: 'boolean', help: 'one JSON object instead of tables' },
  },
  examples: ['npm run -s eval -- detection-model', 'npm run -s eval -- detection-model --fit'],
  run: async ({ values, signal }) => {
    const shared = sharedFolder(values.shared);
    const comparisons: Comparison[] = [];
    const fitted: DetectorParameters[] = [];
    for (const { model, parameters: known, input } of OURS) {
      const progress = new Progress(model, 0);
      const options = { shared, model, signal, onFrame: (frame: number) => progress.update(frame) };
      const { fitting, reporting } = await readPets(options, input.lowestConfidence);
      let parameters = known;
      if (values.fit) {
        const perLogHeight = await slopeOfHeight(options, input, STILLS_UP_TO_PIXELS);
        const ofHeight = { perLogHeight, upTo: HEIGHT_KNEE_PIXELS };
        parameters = fitDetector({ name: known.name, detector: input, sequences: [fitting], ofHeight });
        fitted.push(parameters);
      }
      progress.finish();
      if (signal.aborted) return EXIT.failed;
      comparisons.push(compare(reporting, parameters));
    }
    let parameters = FASTER_RCNN;
    if (values.fit) {
      const sequences = await Promise.all(FIXED_FITTING.map((name) => readFixed(shared, name)));
      parameters = fitDetector({ name: FASTER_RCNN.name, detector: FASTER_RCNN_INPUT, sequences });
      fitted.push(parameters);
    }
    for (const name of FIXED_REPORTING) comparisons.push(compare(await readFixed(shared, name), parameters));
    if (values.json) process.stdout.write(`${JSON.stringify({ comparisons, fitted }, null, 2)}\n`);
    else process.stdout.write(`${[...comparisons.map(describe), ...fitted.map(rounded)].join('\n\n')}\n`);
    return EXIT.ok;
  },
});
