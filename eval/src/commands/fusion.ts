import { type Command, defineCommand, EXIT, Progress } from '@safe-passage/cli';
import {
  FUSION_GOLDEN_FILE,
  FUSION_TOLERANCE,
  fusionFigures,
  readFusionGolden,
  writeFusionGolden,
} from '../fusion/golden.ts';
import {
  FITTED_GRAND_CENTRAL_MS,
  FITTED_WILDTRACK_MS,
  type FloorResult,
  type FusionResult,
  measureFusion,
  SETTINGS,
} from '../fusion/measure.ts';
import { reliabilityTable } from '../fusion/reliabilityTable.ts';
import { holdToGolden } from '../goldenCheck.ts';
import { sharedFolder } from '../shared.ts';
import { table } from '../table.ts';

const percent = (value: number): string => (100 * value).toFixed(1);

const cells = ({ within1, within05 }: FloorResult): string[] => [
  percent(within1.idf1),
  percent(within1.mota),
  percent(within05.idf1),
  percent(within05.mota),
];

function describe(result: FusionResult): string {
  const head = ['IDF1', 'MOTA', 'IDF1', 'MOTA'];
  const { boxes, lowerEdge, agent } = result.standing;
  const metres = ({ median, p90 }: typeof agent): string[] => [median.toFixed(3), p90.toFixed(3)];
  return [
    `Where ${boxes.toLocaleString('en')} annotated boxes of WILDTRACK place people by its calibrations, metres off`,
    '',
    table([
      ['', 'median', '90 %'],
      ['middle of the lower edge', ...metres(lowerEdge)],
      ['as the agent places them', ...metres(agent)],
    ]),
    '',
    'Persons on the floor: WILDTRACK, frames 61 to 200, seven cameras, three seeds',
    'Matched within 1 m and within 0.5 m; then the same for nearest neighbours at an instant',
    '',
    table([
      ['foot noise, misses, clocks', ...head, ...head.map((name) => `nn ${name}`), 'clock error ms', '< 2 sigma %'],
      ...result.settings.map(({ setting, fused, baseline, clockErrorMs, clockWithinTwoSigma }) => [
        setting.name,
        ...cells(fused),
        ...cells(baseline),
        clockErrorMs === null ? '-' : clockErrorMs.toFixed(0),
        clockWithinTwoSigma === null ? '-' : percent(clockWithinTwoSigma),
      ]),
    ]),
    '',
    'Continuations across blind gaps, told with a probability of one half or more',
    '',
    table([
      ['', 'gaps', 'precision', 'recall', 'calibration error'],
      ...result.gaps.map(({ name, scores, calibrationError }) => [
        name,
        String(scores.gaps),
        percent(scores.precision),
        percent(scores.recall),
        percent(calibrationError),
      ]),
    ]),
    '',
    `Reliability over all of them (expected calibration error ${percent(result.calibrationError)} %)`,
    '',
    reliabilityTable(result.reliability),
    '',
    `Parameters were chosen on the first ${FITTED_WILDTRACK_MS / 1000} s of WILDTRACK and the first ${FITTED_GRAND_CENTRAL_MS / 1000} s of Grand Central, with other seeds.`,
  ].join('\n');
}

export const fusion: Command = defineCommand({
  summary: 'Accuracy of fusion on WILDTRACK, and of continuations across blind gaps.',
  usage: 'npm run -s eval -- fusion [--shared DIR] [--json] [--update-golden]',
  description: [
    'Makes per-camera tracks from the annotated boxes of WILDTRACK (the foot through the published calibration), spoils them with',
    'seeded noise, misses, identity switches and clock offsets, and measures IDF1 and MOTA of the fused persons on the floor.',
    'Cuts true trajectories of WILDTRACK and of Grand Central and measures the continuations. Fails where a figure is worse than',
    'its golden one (eval/golden/fusion.json). --update-golden takes over every figure that got better and never lowers one.',
  ].join('\n'),
  options: {
    shared: {
      type: 'string',
      value: 'DIR',
      help: 'folder with data/wildtrack and data/ordinary; else $SAFE_PASSAGE_SHARED, else ../shared',
    },
    json: { type: 'boolean', help: 'one JSON object instead of tables' },
    'update-golden': { type: 'boolean', help: 'raise the golden figures to what was measured' },
  },
  examples: ['npm run -s eval -- fusion', 'npm run -s eval -- fusion --json'],
  run: async ({ values, signal }) => {
    const progress = new Progress('fusion', SETTINGS.length);
    const result = await measureFusion(sharedFolder(values.shared), (done) => progress.update(done), signal);
    progress.finish();
    if (signal.aborted) {
      process.stderr.write('Stopped before the end.\n');
      return EXIT.failed;
    }
    process.stdout.write(values.json ? `${JSON.stringify(result, null, 2)}\n` : `${describe(result)}\n`);
    const golden = await readFusionGolden();
    await holdToGolden(
      FUSION_GOLDEN_FILE,
      [{ golden, measured: fusionFigures(result), tolerance: FUSION_TOLERANCE }],
      values['update-golden'] ? ([raised = {}]) => writeFusionGolden(raised) : null,
    );
    return EXIT.ok;
  },
});
