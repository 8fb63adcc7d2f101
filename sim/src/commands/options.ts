/** What `npm run -s sim -- run` and `npm run -s sim -- play` share on their command lines. */
import { readFile } from 'node:fs/promises';
import { numberOption, OperatorError, type OptionSpec, UsageError } from '@safe-passage/cli';
import { checker, describeProblems, Identifier } from '@safe-passage/contract';
import { Type } from 'typebox';
import { DEFAULT_DETECTOR, DETECTOR_NAMES, type DetectorParameters, detectorNamed } from '../cameras/detectors.ts';
import type { CameraFaults } from '../cameras/faults.ts';
import { SCENARIO_KINDS } from '../scenarios/kinds.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { WorldOptions } from '../world.ts';

const closed = { additionalProperties: false } as const;
const Seconds = Type.Number({ minimum: 0, maximum: 1e9 });
const Degrees = Type.Number({ minimum: -90, maximum: 90 });
const span = { fromSeconds: Seconds, toSeconds: Seconds };

const FaultsFile = Type.Record(
  Identifier,
  Type.Object(
    {
      clockOffsetSeconds: Type.Optional(Type.Number({ minimum: -3600, maximum: 3600 })),
      clockDriftPpm: Type.Optional(Type.Number({ minimum: -1000, maximum: 1000 })),
      droppedShare: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
      bursts: Type.Optional(
        Type.Object(
          { meanSeconds: Type.Number({ exclusiveMinimum: 0 }), meanGapSeconds: Type.Number({ exclusiveMinimum: 0 }) },
          closed,
        ),
      ),
      knocks: Type.Optional(
        Type.Array(Type.Object({ atSeconds: Seconds, headingDegrees: Degrees, pitchDegrees: Degrees }, closed)),
      ),
      frozen: Type.Optional(Type.Array(Type.Object(span, closed))),
      dark: Type.Optional(Type.Array(Type.Object({ ...span, level: Type.Number({ minimum: 0, maximum: 1 }) }, closed))),
    },
    closed,
  ),
);
const checkFaults = checker(FaultsFile);

export const worldOptions = {
  plan: {
    type: 'string',
    value: 'NAME|FILE',
    default: 'arrivals',
    help: 'arrivals, departures, regional, or a terminal of your own',
  },
  'passengers-per-hour': { type: 'string', value: 'COUNT', default: '1200', help: 'how busy it is' },
  scenarios: {
    type: 'string',
    value: 'all|none|LIST',
    default: 'all',
    help: `what is staged, with its look-alikes: ${SCENARIO_KINDS.join(', ')}`,
  },
  'scenarios-per-hour': { type: 'string', value: 'COUNT', default: '2', help: 'how often each kind is staged' },
  night: { type: 'boolean', help: 'a night with delayed flights: few people, some asleep on seats' },
  seed: { type: 'string', value: 'NUMBER', default: '1', help: 'the same seed gives the same people' },
  'camera-fps': { type: 'string', value: 'RATE', default: '5', help: 'frames a second of every camera: 1, 2, 5 or 10' },
  detector: {
    type: 'string',
    value: 'NAME',
    default: DEFAULT_DETECTOR,
    help: `how the cameras' detectors err: ${DETECTOR_NAMES.join(', ')} (which misses nobody who shows a quarter of themselves)`,
  },
  faults: { type: 'string', value: 'FILE', help: 'what is wrong with which camera, as JSON: see docs/scenarios.md' },
} as const satisfies Record<string, OptionSpec>;

type Given = {
  readonly 'passengers-per-hour': string;
  readonly scenarios: string;
  readonly 'scenarios-per-hour': string;
  readonly night: boolean;
  readonly seed: string;
};

/** @throws UsageError where a value is off. */
export function readWorldOptions(values: Given): WorldOptions {
  const seed = numberOption('seed', values.seed, { min: 0, max: 2 ** 31 });
  if (!Number.isInteger(seed)) throw new UsageError(`--seed takes a whole number; found "${values.seed}"`);
  const { scenarios } = values;
  const list = scenarios.split(',').map((name) => name.trim());
  const unknown = list.find((name) => !(SCENARIO_KINDS as readonly string[]).includes(name));
  if (scenarios !== 'all' && scenarios !== 'none' && unknown !== undefined) {
    throw new UsageError(`--scenarios takes all, none or a list of ${SCENARIO_KINDS.join(', ')}; found "${unknown}"`);
  }
  return {
    seed,
    passengersPerHour: numberOption('passengers-per-hour', values['passengers-per-hour'], { min: 0, max: 20_000 }),
    scenarios: scenarios === 'all' || scenarios === 'none' ? scenarios : list,
    scenariosPerHour: numberOption('scenarios-per-hour', values['scenarios-per-hour'], { min: 0, max: 60 }),
    night: values.night,
  };
}

/** @throws UsageError where there is none of that name. */
export function readDetector(name: string): DetectorParameters {
  const detector = detectorNamed(name);
  if (detector) return detector;
  throw new UsageError(`--detector takes ${DETECTOR_NAMES.join(', ')}; found "${name}"`);
}

/** Steps of the world between two frames. @throws UsageError */
export function stepsPerFrame(text: string, stepsPerSecond: number): number {
  const rate = Number(text);
  if (![1, 2, 5, 10].includes(rate)) throw new UsageError(`--camera-fps takes 1, 2, 5 or 10; found "${text}"`);
  return stepsPerSecond / rate;
}

/** @throws OperatorError where the file is no description of faults, or names a camera that is not there. */
export async function readFaults(path: string | undefined, terminal: Terminal): Promise<Record<string, CameraFaults>> {
  if (path === undefined) return {};
  let document: unknown;
  try {
    document = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new OperatorError(
      `the faults ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Give a JSON file: {"CAMERA": {"droppedShare": 0.02}}.',
      { cause },
    );
  }
  const checked = checkFaults(document);
  if (!checked.ok) {
    throw new OperatorError(
      `${path} describes no faults:\n${describeProblems(checked.problems)}`,
      'Mend these fields; docs/scenarios.md lists them.',
    );
  }
  const unknown = Object.keys(checked.value).find((id) => !terminal.cameras.some((camera) => camera.id === id));
  if (unknown !== undefined) {
    throw new OperatorError(
      `${path} names a camera "${unknown}" that ${terminal.name} does not have`,
      `Its cameras: ${terminal.cameras.map(({ id }) => id).join(', ')}.`,
    );
  }
  return checked.value as Record<string, CameraFaults>;
}
