/** The scene without arguments: a simulated terminal, its cameras' detections through real edge agents. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FloorPlan } from '@safe-passage/contract';
import { calibrationOf } from '@safe-passage/sim/cameras/calibrationOf.ts';
import { floorPlanOf } from '@safe-passage/sim/terminal/floorPlan.ts';
import { loadTerminal } from '@safe-passage/sim/terminal/load.ts';
import { feedSocket } from '@safe-passage/sim/watch/feedSink.ts';
import type { DataFolder } from '../data/dataFolder.ts';
import type { Agent, Scene } from './scene.ts';

const SIM = resolve(import.meta.dirname, '../../../sim/src/main.ts');
const SITE = 'demo';
/** Nobody wants to wait a quarter of an hour for the first alert of a demonstration. */
const SHOWN_LIMIT_SECONDS = 60;

export interface SimulatedTerminalOptions {
  /** arrivals, departures, regional or the path of a terminal. */
  readonly plan: string;
  readonly passengersPerHour: number;
  readonly seed: number;
  /** Whose errors the cameras make; the simulator's own where absent. */
  readonly detector?: string;
}

/** Ways and exits get a short limit, where people who only pass do not stay; the others keep theirs. */
function forShow(plan: FloorPlan): FloorPlan {
  return {
    ...plan,
    zones: plan.zones.map((zone) =>
      zone.kind === 'transit' ? { ...zone, dwellLimitSeconds: SHOWN_LIMIT_SECONDS } : zone,
    ),
  };
}

/** @throws OperatorError where the terminal cannot be read. */
export async function simulatedTerminal(options: SimulatedTerminalOptions, data: DataFolder): Promise<Scene> {
  const terminal = await loadTerminal(options.plan);
  const plan = forShow(floorPlanOf(terminal));
  // Not in the data folder: the path of a socket must be short.
  const feeds = await mkdtemp(join(tmpdir(), 'safe-passage-feeds-'));
  const floorPlan = await data.write('plan.json', JSON.stringify(plan));
  const agents: Agent[] = [];
  for (const [index, camera] of terminal.cameras.entries()) {
    agents.push({
      address: { site: SITE, floor: plan.id, device: `edge-${index + 1}` },
      camera: camera.id,
      config: {
        detections: { feed: feedSocket(feeds, camera.id) },
        calibration: await data.write(`${camera.id}.calibration.json`, calibrationOf(terminal, camera)),
        plan: floorPlan,
      },
    });
  }
  return {
    site: SITE,
    database: `simulated-${terminal.id}`,
    plan,
    agents,
    feeder: {
      name: 'simulated terminal',
      args: [
        SIM,
        'play',
        ...['--plan', options.plan, '--feeds', feeds, '--seed', String(options.seed)],
        ...['--passengers-per-hour', String(options.passengersPerHour), '--scenarios-per-hour', '6'],
        ...(options.detector === undefined ? [] : ['--detector', options.detector]),
      ],
      sockets: terminal.cameras.map(({ id }) => feedSocket(feeds, id)),
    },
    close: () => rm(feeds, { recursive: true, force: true }),
    remarks: [
      `It shows ${terminal.name}, simulated: ${terminal.cameras.length} cameras, ${options.passengersPerHour} passengers an hour, boxes in place of pixels.`,
      ...(options.detector === undefined
        ? [
            'Few movements of several people come through such cameras. npm start -- --detector ideal shows them with cameras that miss nobody.',
          ]
        : []),
      `Limits of ways are ${SHOWN_LIMIT_SECONDS} s for the show: within two minutes somebody has stayed where nobody waits.`,
      'Another one: npm start -- --plan departures. Your own video: npm start -- --source FILE|FOLDER|rtsp://…|/dev/video0',
    ],
  };
}
