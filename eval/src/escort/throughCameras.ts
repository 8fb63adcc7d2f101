/** Staged movements seen by the cameras of their terminals: how whole people come through, and what is found of the movements. */
import type { StoryPerson } from '@safe-passage/hub/score/movement.ts';
import type { DetectorParameters } from '@safe-passage/sim/cameras/detectors.ts';
import { loadTerminal } from '@safe-passage/sim/terminal/load.ts';
import { reliability, type ToldLink } from '../fusion/gaps.ts';
import { reliabilityTable } from '../fusion/reliabilityTable.ts';
import { table } from '../table.ts';
import { withCameraGrid } from './cameraGrid.ts';
import { WatchedFloor } from './cameras.ts';
import { allScores, judge, type PatternScores, type Verdict } from './judge.ts';
import { linksBetween } from './links.ts';
import { REPORTING_SEEDS } from './measure.ts';
import { record, type StagedRun } from './recording.ts';
import { personsOf, Telltale } from './told.ts';
import { type Identities, whoIsWho } from './whoIsWho.ts';

const [SEED] = REPORTING_SEEDS;
const HOURS = 0.25;

const CAMERA_RUNS: readonly StagedRun[] = [
  { plan: 'arrivals', seed: SEED, hours: HOURS, passengersPerHour: 1200, scenariosPerHour: 12 },
  { plan: 'departures', seed: SEED, hours: HOURS, passengersPerHour: 1200, scenariosPerHour: 12 },
  { plan: 'regional', seed: SEED, hours: HOURS, passengersPerHour: 300, scenariosPerHour: 12 },
];
const QUICK_RUNS: readonly StagedRun[] = [
  { plan: 'regional', seed: SEED, hours: 0.03, passengersPerHour: 300, scenariosPerHour: 12 },
];

export interface WatchedRun {
  readonly run: StagedRun;
  readonly cameras: number;
  /** Of everybody's time on the floor: in view of a camera, 0 to 1. */
  readonly inViewShare: number;
  readonly identities: Omit<Identities, 'whoWas' | 'owner'>;
  /** Who was found again after being lost, as the fusion told it. */
  readonly links: readonly ToldLink[];
  readonly verdict: Verdict;
}

export const hoursThroughCameras = (quick: boolean): number =>
  (quick ? QUICK_RUNS : CAMERA_RUNS).reduce((sum, { hours }) => sum + hours, 0);

/** What the people of a run are seen by. */
export interface Watch {
  readonly detector: DetectorParameters;
  /** Metres between the cameras of a grid in place of the plan's cameras; null: the plan's. */
  readonly gridMetres: number | null;
}

/** Plays one run before cameras. @returns null where the signal was aborted. */
export async function watchRun(
  run: StagedRun,
  { detector, gridMetres }: Watch,
  onHours: (hours: number) => void,
  signal: AbortSignal,
): Promise<WatchedRun | null> {
  const plan = await loadTerminal(run.plan);
  const terminal = gridMetres === null ? plan : withCameraGrid(plan, gridMetres);
  const floor = new WatchedFloor(terminal, run.seed, detector);
  const recording = await record(terminal, run, onHours, signal, (bodies, seconds) => floor.see(bodies, seconds));
  if (!recording) return null;
  const { movements, fused, continuations, inView } = floor.finish();
  const { whoWas, owner, ...identities } = whoIsWho(recording, fused);
  const nameOf = ({ person, fromMs, toMs }: StoryPerson): string => whoWas(person, fromMs, toMs) ?? `nobody ${person}`;
  const telltale = new Telltale();
  for (const { episode, atSeconds } of movements) {
    telltale.add(episode.pattern, personsOf(episode, nameOf), atSeconds, episode.score);
  }
  const verdict = judge(telltale.all, recording.scenarios, recording.people);
  const inViewShare = inView / Math.max(1, recording.id.length);
  const links = linksBetween(fused, owner, continuations);
  return { run, cameras: terminal.cameras.length, inViewShare, identities, links, verdict };
}

/** @param onHours told how many simulated hours are done, of `hoursThroughCameras`. @returns null where the signal was aborted. */
export async function measureThroughCameras(
  quick: boolean,
  watch: Watch,
  onHours: (hours: number) => void,
  signal: AbortSignal,
): Promise<WatchedRun[] | null> {
  const watched: WatchedRun[] = [];
  let before = 0;
  for (const run of quick ? QUICK_RUNS : CAMERA_RUNS) {
    const one = await watchRun(run, watch, (hours) => onHours(before + hours), signal);
    if (!one) return null;
    watched.push(one);
    before += run.hours;
  }
  return watched;
}

const percent = (share: number): string => (100 * share).toFixed(1);

export function cameraTables(watched: readonly WatchedRun[]): string {
  const scores = allScores(watched.map(({ verdict }) => verdict));
  const row = ({ pattern, staged, found, falseOnes, falsePerThousand, otherwise }: PatternScores): string[] => [
    pattern,
    staged === 0 ? '-' : `${found}/${staged}`,
    String(falseOnes),
    falsePerThousand.toFixed(2),
    String(otherwise),
  ];
  return [
    'How whole people come through the cameras; shares in % of everybody’s time on the floor',
    '',
    table([
      [
        '',
        'cameras',
        'people',
        'in view',
        'told',
        'under one name',
        'names a min',
        'told, nobody there',
        'off by m',
        'at 90 %',
      ],
      ...watched.map(({ run, cameras, verdict, inViewShare, identities: i }) => [
        run.plan,
        String(cameras),
        String(verdict.people),
        percent(inViewShare),
        percent(i.toldShare),
        percent(i.underOneNameShare),
        i.namesPerMinute.toFixed(2),
        percent(i.nobodyShare),
        i.medianMetres.toFixed(2),
        i.p90Metres.toFixed(2),
      ]),
    ]),
    '',
    'Who was lost and found again, as the fusion told it (continuations), in %',
    '',
    reliabilityTable(reliability(watched.flatMap(({ links }) => links))),
    '',
    'Staged movements found through them',
    '',
    table([['', 'found', 'false', 'per 1,000', 'other name'], ...scores.map(row)]),
  ].join('\n');
}
