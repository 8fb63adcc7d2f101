/** Everything `eval fusion` measures, on the parts that nothing was fitted on. */
import { join } from 'node:path';
import { RecordingFusion } from '@safe-passage/hub/fuse/recording.ts';
import type { Scores } from '../mot/metrics.ts';
import { readShared } from '../shared.ts';
import { nearestNeighbour } from './baseline.ts';
import { type Spoiling, spoil, type TrackRow } from './cameraTracks.ts';
import { type FusedPoint, scoreOnFloor } from './floorScores.ts';
import {
  calibrationError,
  cutByStrips,
  cutInTime,
  type LinkResult,
  type LinkScores,
  measureLinks,
  type ReliabilityBin,
  reliability,
  scoreLinks,
  type ToldLink,
} from './gaps.ts';
import type { StandingErrors } from './standing.ts';
import { type FloorPoint, readWildtrack, type SeenPoint, WILDTRACK_STEP_MS } from './wildtrack.ts';

/** Frames 1 to 60 of WILDTRACK and the first 400 s of Grand Central were for fitting, with other seeds. */
export const FITTED_WILDTRACK_MS = 30_000;
export const FITTED_GRAND_CENTRAL_MS = 400_000;
const SEEDS = [101, 102, 103] as const;
const GAP_SEED = 101;
/** Best of 24 pairs (0.4 to 1 m, 0.8 to 2.5 m) for the baseline at 10 cm and 10 % misses, on the part for fitting. */
const BASELINE_JOIN_METRES = 0.7;
const BASELINE_LINK_METRES = 2.5;
const GRAND_CENTRAL_STEP_SECONDS = 0.8;
/** Across the middle of the concourse, metres. */
const STRIP_AT = 42;

export interface Setting {
  readonly name: string;
  readonly footMetres: number;
  readonly missShare: number;
  readonly switchShare: number;
  readonly clockMs: Readonly<Record<string, number>>;
}

export const REFERENCE = '10 cm, 10 % misses';

const setting = (name: string, footMetres: number, missShare: number, switchShare: number, clockMs = {}): Setting => ({
  name,
  footMetres,
  missShare,
  switchShare,
  clockMs,
});

export const SETTINGS: readonly Setting[] = [
  setting('boxes as annotated', 0, 0, 0),
  setting('10 cm, no misses', 0.1, 0, 0.01),
  setting(REFERENCE, 0.1, 0.1, 0.01),
  setting('10 cm, 30 % misses', 0.1, 0.3, 0.01),
  setting('20 cm, 10 % misses', 0.2, 0.1, 0.01),
  setting('30 cm, 20 % misses, 2 % switches', 0.3, 0.2, 0.02),
  setting('10 cm, 10 % misses, C2 +0.3 s', 0.1, 0.1, 0.01, { C2: 300 }),
  setting('10 cm, 10 % misses, C2 +1 s', 0.1, 0.1, 0.01, { C2: 1000 }),
  setting('10 cm, 10 % misses, C2 -0.7 s, C6 +0.4 s', 0.1, 0.1, 0.01, { C2: -700, C6: 400 }),
  setting('10 cm, 10 % misses, C2 +3 s', 0.1, 0.1, 0.01, { C2: 3000 }),
];

export interface FloorResult {
  /** Matched within one metre, and within half a metre. */
  readonly within1: Scores;
  readonly within05: Scores;
}

export interface SettingResult {
  readonly setting: Setting;
  readonly fused: FloorResult;
  readonly baseline: FloorResult;
  /** Root mean square of the clock errors left, over the cameras and seeds, ms; null where none was estimated. */
  readonly clockErrorMs: number | null;
  /** Share of these errors within two of the sigmas told. */
  readonly clockWithinTwoSigma: number | null;
}

export interface GapResult {
  readonly name: string;
  readonly scores: LinkScores;
  readonly calibrationError: number;
}

export interface FusionResult {
  readonly standing: StandingErrors;
  readonly settings: readonly SettingResult[];
  readonly gaps: readonly GapResult[];
  readonly reliability: readonly ReliabilityBin[];
  readonly calibrationError: number;
}

interface Run {
  readonly points: readonly FusedPoint[];
  readonly clocks: ReadonlyMap<string, { readonly offsetMs: number; readonly sigmaMs: number }>;
}

/** Two passes, as `hub fuse`: the first learns the clocks. */
function fuseRows(rows: readonly TrackRow[]): Run {
  const pass = (clocks: Readonly<Record<string, number>>): RecordingFusion => {
    const fusion = new RecordingFusion(WILDTRACK_STEP_MS / 1000, { clocks });
    for (const { timeMs, camera, track, x, y, sigma } of rows) fusion.row(timeMs, camera, track, x, y, sigma);
    return fusion;
  };
  const first = pass({});
  first.finish();
  const clocks = first.fusion.clockReports();
  const known = new Map<string, { offsetMs: number; sigmaMs: number }>();
  for (const { camera, offsetMs, sigmaMs } of clocks) {
    if (offsetMs !== null && sigmaMs !== null) known.set(camera, { offsetMs, sigmaMs });
  }
  const second = pass(first.knownClocks());
  return { points: second.finish().samples, clocks: known };
}

function meanScores(all: readonly Scores[]): Scores {
  const mean = (pick: (scores: Scores) => number) => all.reduce((sum, scores) => sum + pick(scores), 0) / all.length;
  return {
    hota: mean((s) => s.hota),
    detA: mean((s) => s.detA),
    assA: mean((s) => s.assA),
    mota: mean((s) => s.mota),
    idf1: mean((s) => s.idf1),
    identitySwitches: mean((s) => s.identitySwitches),
    falsePositives: mean((s) => s.falsePositives),
    falseNegatives: mean((s) => s.falseNegatives),
  };
}

function floorResult(truth: readonly FloorPoint[], runs: readonly (readonly FusedPoint[])[]): FloorResult {
  return {
    within1: meanScores(runs.map((points) => scoreOnFloor(truth, points, 1))),
    within05: meanScores(runs.map((points) => scoreOnFloor(truth, points, 0.5))),
  };
}

/** Measures one setting over all seeds. */
export function measureSetting(
  truth: readonly FloorPoint[],
  seen: readonly SeenPoint[],
  chosen: Setting,
  seeds: readonly number[] = SEEDS,
): SettingResult {
  const spoiled = seeds.map((seed) => spoil(seen, { ...chosen, seed } satisfies Spoiling));
  const runs = spoiled.map(fuseRows);
  const errors = runs.flatMap(({ clocks }) =>
    [...clocks].map(([camera, { offsetMs, sigmaMs }]) => ({
      error: offsetMs - (chosen.clockMs[camera] ?? 0),
      sigmaMs,
    })),
  );
  const square = errors.reduce((sum, { error }) => sum + error * error, 0) / Math.max(1, errors.length);
  const honest = errors.filter(({ error, sigmaMs }) => Math.abs(error) <= 2 * sigmaMs).length;
  return {
    setting: chosen,
    fused: floorResult(
      truth,
      runs.map(({ points }) => points),
    ),
    baseline: floorResult(
      truth,
      spoiled.map((rows) => nearestNeighbour(rows, WILDTRACK_STEP_MS, BASELINE_JOIN_METRES, BASELINE_LINK_METRES)),
    ),
    clockErrorMs: errors.length > 0 ? Math.sqrt(square) : null,
    clockWithinTwoSigma: errors.length > 0 ? honest / errors.length : null,
  };
}

async function readGrandCentral(shared: string): Promise<FloorPoint[]> {
  const text = await readShared(join(shared, 'data/ordinary/grand-central-a.csv'));
  return text
    .split(/\r?\n/)
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => {
      const [t, person = '', x, y] = line.split(',');
      return { timeMs: Math.round(Number(t) * 1000), person, x: Number(x), y: Number(y) };
    });
}

function measureGaps(
  wildtrack: readonly FloorPoint[],
  station: readonly FloorPoint[],
): Omit<FusionResult, 'settings' | 'standing'> {
  const all: ToldLink[] = [];
  const row = (name: string, result: LinkResult): GapResult => {
    all.push(...result.told);
    return { name, scores: scoreLinks(result), calibrationError: calibrationError(result.told) };
  };
  const gaps = [
    ...[2, 4, 8, 16].map((seconds) => {
      const cut = cutInTime(wildtrack, seconds, GAP_SEED, 1600);
      return row(`WILDTRACK, everybody out of sight for ${seconds} s`, measureLinks(cut, WILDTRACK_STEP_MS / 1000));
    }),
    ...[4, 8, 16].map((seconds) => {
      const cut = cutInTime(station, seconds, GAP_SEED, 2600);
      return row(`Grand Central, everybody for ${seconds} s`, measureLinks(cut, GRAND_CENTRAL_STEP_SECONDS));
    }),
    ...[2, 5, 10, 20].map((metres) => {
      const cut = cutByStrips(station, [[STRIP_AT - metres / 2, STRIP_AT + metres / 2]], 2600);
      return row(`Grand Central, blind strip of ${metres} m`, measureLinks(cut, GRAND_CENTRAL_STEP_SECONDS));
    }),
  ];
  return { gaps, reliability: reliability(all), calibrationError: calibrationError(all) };
}

/** @param onStep told after each setting. */
export async function measureFusion(
  shared: string,
  onStep: (done: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<FusionResult> {
  const { truth, seen, standing } = await readWildtrack(shared);
  const reported = truth.filter(({ timeMs }) => timeMs >= FITTED_WILDTRACK_MS);
  const reportedSeen = seen.filter(({ timeMs }) => timeMs >= FITTED_WILDTRACK_MS);
  const settings: SettingResult[] = [];
  for (const chosen of SETTINGS) {
    if (signal?.aborted) break;
    settings.push(measureSetting(reported, reportedSeen, chosen));
    onStep(settings.length);
    // Lets Ctrl-C through.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const station = await readGrandCentral(shared);
  return {
    standing,
    settings,
    ...measureGaps(
      reported,
      station.filter(({ timeMs }) => timeMs >= FITTED_GRAND_CENTRAL_MS),
    ),
  };
}
