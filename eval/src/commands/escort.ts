import { type Command, defineCommand, EXIT, OperatorError, Progress, UsageError, writeOutput } from '@safe-passage/cli';
import { DEFAULT_DETECTOR, DETECTOR_NAMES } from '@safe-passage/sim/cameras/detectors.ts';
import { readDetector } from '@safe-passage/sim/commands/options.ts';
import { escortFigure } from '../escort/figure.ts';
import {
  ESCORT_GOLDEN_FILE,
  ESCORT_TOLERANCE,
  escortFigures,
  ofPart,
  readEscortGolden,
  writeEscortGolden,
} from '../escort/golden.ts';
import { FITTING_SEEDS, hoursOf, measureEscort, REPORTING_SEEDS, seedSpan } from '../escort/measure.ts';
import { escortTables } from '../escort/report.ts';
import { SOLO_PATTERNS, type SoloPattern } from '../escort/staged.ts';
import { cameraTables, hoursThroughCameras, measureThroughCameras } from '../escort/throughCameras.ts';
import { reliability } from '../fusion/gaps.ts';
import { raiseFigures } from '../golden.ts';
import { holdToGolden } from '../goldenCheck.ts';
import { readOrdinary } from '../ordinary/dataset.ts';
import { ordinaryPage } from '../ordinary/drawing.ts';
import {
  ORDINARY_GOLDEN_FILE,
  ORDINARY_TOLERANCE,
  ordinaryFigures,
  readOrdinaryGolden,
  writeOrdinaryGolden,
} from '../ordinary/golden.ts';
import {
  MOST_ESCORTS_PER_THOUSAND,
  measureAllOrdinary,
  type OrdinaryMeasured,
  perThousand,
} from '../ordinary/measure.ts';
import { ordinaryTables } from '../ordinary/report.ts';
import { sharedFolder } from '../shared.ts';
import { fit } from './escortFit.ts';

const LEAST_GRID_METRES = 4;
const MOST_GRID_METRES = 50;

/** @throws OperatorError where too much is told of ordinary people. */
function holdToLimit({ found }: OrdinaryMeasured): void {
  const over = found.filter(({ told, people }) => perThousand(told.escort, people) > MOST_ESCORTS_PER_THOUSAND);
  if (over.length === 0) return;
  throw new OperatorError(
    `More than ${MOST_ESCORTS_PER_THOUSAND} escorts per 1,000 ordinary people in ${over.map(({ set }) => set.name).join(', ')}.`,
    'Look at them with --real --drawings FILE, and find out what changed.',
  );
}

/** @throws UsageError where no pattern of that name can be scored alone. */
function soloPattern(name: string | undefined): SoloPattern | null {
  if (name === undefined) return null;
  const found = SOLO_PATTERNS.find((one) => one === name);
  if (found) return found;
  throw new UsageError(`--pattern takes ${SOLO_PATTERNS.join(' or ')}; found "${name}"`);
}

interface RealOptions {
  readonly shared?: string | undefined;
  readonly drawings?: string | undefined;
  readonly json: boolean;
  readonly 'update-golden': boolean;
}

async function real({ shared, drawings, json, 'update-golden': update }: RealOptions): Promise<void> {
  const sets = await readOrdinary(sharedFolder(shared));
  const progress = new Progress('recordings', sets.length);
  const measured = measureAllOrdinary(sets, (done) => progress.update(done));
  progress.finish();
  const { found, planted } = measured;
  const plain = found.map(({ set: { name, sampleSeconds }, people, personHours, told, episodes }) => ({
    ...{ name, sampleSeconds, people, personHours, told, episodes },
  }));
  const text = json ? JSON.stringify({ found: plain, planted }, null, 2) : ordinaryTables(measured);
  process.stdout.write(`${text}\n`);
  if (drawings !== undefined) await writeOutput(drawings, ordinaryPage(found));
  holdToLimit(measured);
  await holdToGolden(
    ORDINARY_GOLDEN_FILE,
    [{ golden: await readOrdinaryGolden(), measured: ordinaryFigures(measured), tolerance: ORDINARY_TOLERANCE }],
    update ? ([raised = {}]) => writeOrdinaryGolden(raised) : null,
  );
}

interface CameraOptions {
  readonly quick: boolean;
  readonly json: boolean;
  readonly out?: string | undefined;
  readonly figure?: string | undefined;
  readonly pattern?: string | undefined;
  readonly detector?: string | undefined;
  readonly 'camera-grid'?: string | undefined;
  readonly 'update-golden': boolean;
}

/** @throws UsageError where it is no distance between cameras. */
function readGrid(text: string | undefined): number | null {
  if (text === undefined) return null;
  const metres = Number(text);
  if (metres >= LEAST_GRID_METRES && metres <= MOST_GRID_METRES) return metres;
  throw new UsageError(
    `--camera-grid takes metres from ${LEAST_GRID_METRES} to ${MOST_GRID_METRES} between two places with cameras; found "${text}"`,
  );
}

async function throughCameras(options: CameraOptions, signal: AbortSignal): Promise<number> {
  const { quick, json, out } = options;
  if (options.figure !== undefined || options.pattern !== undefined || options['update-golden'])
    throw new UsageError(
      '--cameras takes --quick, --detector, --camera-grid, --json and --out: the other options are for true positions',
    );
  const detector = readDetector(options.detector ?? DEFAULT_DETECTOR);
  const gridMetres = readGrid(options['camera-grid']);
  const progress = new Progress('cameras', Math.round(3600 * hoursThroughCameras(quick)));
  const onHours = (hours: number): void => progress.update(Math.round(3600 * hours));
  const watched = await measureThroughCameras(quick, { detector, gridMetres }, onHours, signal);
  progress.finish();
  if (!watched) {
    process.stderr.write('Stopped before the end.\n');
    return EXIT.failed;
  }
  // Tens of thousands of links: what they come to.
  const told = watched.map(({ links, ...run }) => ({ ...run, reliability: reliability(links) }));
  const plain = JSON.stringify(told, null, 2);
  process.stdout.write(`${json ? plain : cameraTables(watched)}\n`);
  if (out !== undefined) await writeOutput(out, `${plain}\n`);
  return EXIT.ok;
}

export const escort: Command = defineCommand({
  summary: 'Accuracy of escorts, handovers, flanking, shadowing, regroupings and coordinators on staged movements.',
  usage:
    'npm run -s eval -- escort [--real [--drawings FILE] | --cameras [--detector NAME] [--camera-grid METRES] [--quick] | [--quick] [--pattern NAME] | --fit NAME] [--out FILE] [--figure FILE] [--update-golden]',
  description: [
    'Nobody can film what is looked for: the simulator stages it, among ordinary people and innocent look-alikes (docs/scenarios.md), and',
    'knows the truth. Prints for each pattern how many of the staged movements were found, by their length; how long it took; and',
    'how many were told that are none, per 1,000 people, those about look-alikes counted. Positions are the true ones with 10 cm of lasting',
    `noise, as fused positions have. Plans arrivals, departures and regional with seeds ${REPORTING_SEEDS.join(' and ')}, to which nothing was fitted.`,
    'Beside the hub two rules from the literature: FLOCK (who is near, behind and heads the same way) and lagged correlation of velocities.',
    'It takes ten minutes of one core. --quick measures a quarter of an hour of the small terminal.',
    '--pattern escort or shadowing scores that one alone, in half the time, and without the two rules.',
    'Fails where a figure is worse than its golden one (eval/golden/escort.json); --quick has golden figures of its own.',
    '--update-golden takes over every figure that got better and never lowers one.',
    '--cameras: the same movements as the cameras of the terminals see them, a quarter of an hour of each plan: a detector that misses and invents',
    '(docs/detection-model.md), the tracker and the floor of the edge agent, the fusion of the hub. It takes five to ten minutes, and has no golden figures.',
    '--detector ideal: before cameras whose detector misses nobody, what is lost is lost to their views.',
    '--camera-grid 8: before many more cameras, which overlap. It takes up to an hour.',
    '--real: what is told of ordinary people in real recordings (streets, a square, a hall, a concourse), where nothing is to be told, and of',
    `followers planted behind them. Fails above ${MOST_ESCORTS_PER_THOUSAND} escorts per 1,000 people in any of them.`,
    '--fit escort, flanking or shadowing: fits the model by which the hub weighs that movement, says how much a model finds of seeds and of plans that it did',
    `not see, and writes it into the hub (or into --out). Half hours of the three plans: escorts on seeds ${seedSpan(FITTING_SEEDS.escort)}, and on followers planted into half of`,
    `a real concourse; flanking and shadowing, of which the former builds upon escorts, on seeds ${seedSpan(FITTING_SEEDS.flanking)}. It takes up to an hour.`,
  ].join('\n'),
  options: {
    quick: { type: 'boolean', help: 'half a minute instead of ten: enough to see that nothing broke' },
    pattern: { type: 'string', value: 'NAME', help: `one pattern alone: ${SOLO_PATTERNS.join(' or ')}` },
    out: {
      type: 'string',
      value: 'FILE',
      help: 'also write everything that was measured, as JSON; with --fit the model, elsewhere than in the hub',
    },
    figure: { type: 'string', value: 'FILE', help: 'also draw recall against false escorts, as SVG' },
    cameras: { type: 'boolean', help: 'through simulated cameras, tracker and fusion, instead of from true positions' },
    detector: {
      type: 'string',
      value: 'NAME',
      help: `with --cameras: whose errors they make: ${DETECTOR_NAMES.join(', ')} (default: ${DEFAULT_DETECTOR})`,
    },
    'camera-grid': {
      type: 'string',
      value: 'METRES',
      help: 'with --cameras: two cameras back to back every so many metres, in place of those of the plan',
    },
    fit: {
      type: 'string',
      value: 'NAME',
      help: 'fit a model anew instead of measuring: escort, flanking or shadowing',
    },
    real: { type: 'boolean', help: 'real recordings of ordinary people instead; some seconds' },
    drawings: { type: 'string', value: 'FILE', help: 'with --real: everything that was told, drawn, as an HTML page' },
    shared: {
      type: 'string',
      value: 'DIR',
      help: 'with --real and --fit: folder with data/; else $SAFE_PASSAGE_SHARED, else ../shared',
    },
    json: { type: 'boolean', help: 'one JSON object instead of tables' },
    'update-golden': { type: 'boolean', help: 'raise the golden figures to what was measured' },
  },
  examples: [
    'npm run -s eval -- escort --quick',
    'npm run -s eval -- escort --real --drawings told.html',
    'npm run -s eval -- escort --cameras --detector ideal',
    'npm run -s eval -- escort --cameras --camera-grid 8',
    'npm run -s eval -- escort --out escort.json --figure docs/images/escort-accuracy.svg',
  ],
  run: async ({ values, signal }) => {
    for (const option of ['detector', 'camera-grid'] as const) {
      if (values[option] !== undefined && !values.cameras)
        throw new UsageError(`--${option} is for --cameras: true positions have none`);
    }
    if (values.fit !== undefined) return fit(values, signal);
    if (values.real) {
      await real(values);
      return EXIT.ok;
    }
    const quick = values.quick;
    if (values.cameras) return throughCameras(values, signal);
    const only = soloPattern(values.pattern);
    if (only !== null && values.figure !== undefined)
      throw new UsageError('--figure draws escorts beside the two rules, and needs all patterns: leave --pattern out');
    const progress = new Progress('escort', Math.round(60 * hoursOf(quick)));
    const measured = await measureEscort(quick, (hours) => progress.update(Math.round(60 * hours)), signal, only);
    progress.finish();
    if (!measured) {
      process.stderr.write('Stopped before the end.\n');
      return EXIT.failed;
    }
    process.stdout.write(values.json ? `${JSON.stringify(measured, null, 2)}\n` : `${escortTables(measured)}\n`);
    if (values.out !== undefined) await writeOutput(values.out, `${JSON.stringify(measured, null, 2)}\n`);
    if (values.figure !== undefined) await writeOutput(values.figure, escortFigure(measured.escortRules));
    const golden = await readEscortGolden();
    await holdToGolden(
      ESCORT_GOLDEN_FILE,
      [{ golden: ofPart(golden, quick, only), measured: escortFigures(measured), tolerance: ESCORT_TOLERANCE }],
      values['update-golden'] ? ([raised = {}]) => writeEscortGolden(raiseFigures(golden, raised)) : null,
    );
    return EXIT.ok;
  },
});
