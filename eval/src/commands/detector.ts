import { type Command, defineCommand, EXIT, numberOption, OperatorError, Progress } from '@safe-passage/cli';
import { loadDetector } from '@safe-passage/edge/detect/detector.ts';
import { type FoundModel, findModel } from '@safe-passage/edge/detect/findModel.ts';
import { type Dataset, detectDataset, detectorOptions, readDatasets } from '../detector/datasets.ts';
import {
  type AccuracyFigures,
  accuracyFigures,
  HEIGHTS,
  type HeightFigures,
  REFERENCE_INPUT_PIXELS,
} from '../detector/figures.ts';
import {
  DETECTOR_GOLDEN_FILE,
  DETECTOR_TOLERANCE,
  type DetectorGolden,
  detectorFigures,
  readDetectorGolden,
  writeDetectorGolden,
} from '../detector/golden.ts';
import { type Latency, measureLatency } from '../detector/latency.ts';
import type { Figures } from '../golden.ts';
import { holdToGolden } from '../goldenCheck.ts';
import { sharedFolder } from '../shared.ts';
import { table } from '../table.ts';

/** The project's own. */
const OWN = 'safe-passage-person';
/** What every model is measured beside; the first is what latency is compared with. */
const PEERS = ['yolox-nano', 'nanodet-m-416', 'person-detection-retail-0013'] as const;
const RUNS_PER_ROUND = 5;

interface Measured {
  readonly model: string;
  /** By the dataset's name. */
  readonly accuracy: Record<string, AccuracyFigures>;
}

const percent = (value: number | null): string => (value === null ? '-' : (100 * value).toFixed(1));
const rangeName = ({ from, to }: (typeof HEIGHTS)[number]): string =>
  Number.isFinite(to) ? `${from}-${to} px` : `${from} px up`;

function describeKinds(rows: readonly { readonly model: string; readonly figures: AccuracyFigures }[]): string[] {
  const kinds = rows[0]?.figures.byKind ?? [];
  if (kinds.length === 0) return [];
  return [
    'AP50 by where the pictures are from',
    '',
    table([
      ['pictures', ...kinds.map(({ kind }) => kind)],
      ['', ...kinds.map(({ pictures }) => String(pictures))],
      ...rows.map(({ model, figures }) => [model, ...figures.byKind.map(({ ap50 }) => percent(ap50))]),
    ]),
    '',
  ];
}

function describeDataset(dataset: Dataset, measured: readonly Measured[]): string {
  const rows = measured.flatMap(({ model, accuracy }) => {
    const figures = accuracy[dataset.name];
    return figures ? [{ model, figures }] : [];
  });
  const some = rows[0]?.figures;
  if (!some) return '';
  const byHeight = (what: (figures: HeightFigures) => number | null) =>
    rows.map(({ model, figures }) => [model, ...figures.byHeight.map((part) => percent(what(part)))]);
  const head = HEIGHTS.map(rangeName);
  return [
    `${dataset.title}: ${some.pictures} pictures, ${some.people} people`,
    '',
    table([
      ['', 'AP50', 'AP50:95', 'recall at 1 false a picture', 'at confidence'],
      ...rows.map(({ model, figures }) => [
        model,
        ...[figures.ap50, figures.ap50To95, figures.recall].map(percent),
        Number.isFinite(figures.confidence) ? figures.confidence.toFixed(2) : '-',
      ]),
    ]),
    '',
    `By height in a ${REFERENCE_INPUT_PIXELS}-pixel input: AP50, then recall at the same confidence as above`,
    '',
    table([
      ['people', ...head],
      ['', ...some.byHeight.map(({ people }) => String(people))],
      ...byHeight(({ ap50 }) => ap50),
    ]),
    '',
    table([['recall', ...head], ...byHeight(({ recall }) => recall)]),
    '',
    ...describeKinds(rows),
  ].join('\n');
}

const describeLatency = (latency: readonly Latency[]): string =>
  [
    `Bare inference on one thread, in turns with ${latency[0]?.model ?? ''}`,
    '',
    table([
      ['', 'ratio', 'ms'],
      ...latency.map(({ model, ratio, milliseconds }) => [model, ratio.toFixed(2), milliseconds.toFixed(1)]),
    ]),
    '',
  ].join('\n');

/** Every model that is asked for and its peers, each once, in this order. @throws OperatorError where one is missing. */
async function findModels(asked: readonly string[], peers: readonly string[], shared: string): Promise<FoundModel[]> {
  const found: FoundModel[] = [];
  for (const name of [...asked, ...peers]) {
    const { model, modelFolders } = detectorOptions(name, shared);
    const next = await findModel(model, modelFolders);
    const same = found.find(({ manifest }) => manifest.name === next.manifest.name);
    if (!same) found.push(next);
    else if (same.digest !== next.digest) {
      throw new OperatorError(
        `${same.weights} and ${next.weights} are both called "${next.manifest.name}" in their manifests.`,
        'Give one of them another "name".',
      );
    }
  }
  return found;
}

async function measureModels(
  models: readonly FoundModel[],
  datasets: readonly Dataset[],
  shared: string,
  signal: AbortSignal,
): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const { weights, manifest } of models) {
    const accuracy: Record<string, AccuracyFigures> = {};
    const detector = await loadDetector(detectorOptions(weights, shared));
    try {
      for (const dataset of datasets) {
        const progress = new Progress(`${manifest.name} on ${dataset.name}`, dataset.frames);
        const pictures = await detectDataset(dataset, detector, signal, (frame) => progress.update(frame));
        progress.finish();
        if (signal.aborted) return measured;
        accuracy[dataset.name] = accuracyFigures(pictures);
      }
    } finally {
      await detector.close();
    }
    measured.push({ model: manifest.name, accuracy });
  }
  return measured;
}

async function hold(measured: readonly Measured[], raise: boolean): Promise<void> {
  const golden = await readDetectorGolden();
  const figures = new Map<string, Figures>(measured.map(({ model, accuracy }) => [model, detectorFigures(accuracy)]));
  // A model that is not of the project has no golden figures and gets none.
  const names = Object.keys(golden);
  await holdToGolden(
    DETECTOR_GOLDEN_FILE,
    names.map((name) => ({
      golden: golden[name] ?? {},
      measured: figures.get(name) ?? null,
      tolerance: DETECTOR_TOLERANCE,
    })),
    raise
      ? async (raised) => {
          const next: DetectorGolden = {};
          names.forEach((name, n) => {
            next[name] = { ...raised[n] };
          });
          await writeDetectorGolden(next);
        }
      : null,
  );
}

export const detector: Command = defineCommand({
  summary: 'Accuracy and latency of person detectors on pictures with ground truth, beside public ones.',
  usage:
    'npm run -s eval -- detector [--model NAME|FILE.onnx]... [--no-peers] [--rounds COUNT] [--shared DIR] [--json] [--update-golden]',
  description: [
    `Runs each model, and ${[OWN, ...PEERS].join(', ')}, over`,
    'data/person-detection/val and every fifth frame of PETS 2009 S2.L1 as an edge agent would, and tells for both: AP50 and AP50:95 (as COCO defines them), recall where one box',
    `a picture is false, all also by the height of people in pixels of a ${REFERENCE_INPUT_PIXELS}-pixel input; then the time of one inference as a`,
    'ratio, models in turns, so that a busy machine meets all alike. No model may have been fitted to either set.',
    'Fails where a figure is worse than its golden one (eval/golden/detector.json). --update-golden takes over every figure of the',
    'models in that file that got better and never lowers one. Five models take about six minutes on two cores.',
  ].join('\n'),
  options: {
    model: {
      type: 'string',
      multiple: true,
      value: 'MODEL',
      help: "a model's name, or the path of an .onnx file; may be given several times",
    },
    'no-peers': { type: 'boolean', help: 'the models given, alone; the first is what latency is compared with' },
    rounds: { type: 'string', value: 'COUNT', default: '15', help: 'rounds of the timing; 0: none' },
    shared: {
      type: 'string',
      value: 'DIR',
      help: 'folder with data/person-detection, data/mot15, data/video and models; else $SAFE_PASSAGE_SHARED, else ../shared',
    },
    json: { type: 'boolean', help: 'one JSON object instead of tables' },
    'update-golden': { type: 'boolean', help: 'raise the golden figures to what was measured' },
  },
  examples: [
    'npm run -s eval -- detector --model hall.onnx',
    'npm run -s eval -- detector --no-peers --model yolox-nano --model hall.onnx --rounds 30',
  ],
  run: async ({ values, signal }) => {
    const shared = sharedFolder(values.shared);
    const rounds = numberOption('rounds', values.rounds, { min: 0, max: 1000 });
    const models = await findModels(values.model, values['no-peers'] ? [] : [OWN, ...PEERS], shared);
    if (models.length === 0) {
      throw new OperatorError('There is no model to be measured.', 'Name one with --model, or leave out --no-peers.');
    }
    const datasets = await readDatasets(shared);
    const measured = await measureModels(models, datasets, shared, signal);
    const reference = models.find(({ manifest }) => manifest.name === PEERS[0]);
    const timed = reference && !values['no-peers'] ? [reference, ...models.filter((m) => m !== reference)] : models;
    const progress = new Progress('latency', rounds);
    const latency =
      rounds > 0 && !signal.aborted
        ? await measureLatency(timed, rounds, RUNS_PER_ROUND, signal, (done) => progress.update(done))
        : [];
    progress.finish();
    if (signal.aborted) {
      process.stderr.write('Stopped before the end.\n');
      return EXIT.failed;
    }
    if (values.json) process.stdout.write(`${JSON.stringify({ measured, latency }, null, 2)}\n`);
    else {
      const parts = datasets.map((dataset) => describeDataset(dataset, measured));
      process.stdout.write(`${[...parts, ...(latency.length > 0 ? [describeLatency(latency)] : [])].join('\n')}\n`);
    }
    await hold(measured, values['update-golden']);
    return EXIT.ok;
  },
});
