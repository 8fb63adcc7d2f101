/** The scene of `--source`: one camera with real pixels. */
import { basename, resolve } from 'node:path';
import { OperatorError } from '@safe-passage/cli';
import type { FloorPlan, PlanPoint, Polygon, PrivacyLevel } from '@safe-passage/contract';
import { EMBEDDED_MODEL, findModel, PUBLIC_MODEL } from '@safe-passage/edge/detect/findModel.ts';
import { type Calibration, nominalCalibration } from '@safe-passage/edge/floor/calibration.ts';
import { FloorMapper, visibleFloor } from '@safe-passage/edge/floor/floor.ts';
import { openFrames } from '@safe-passage/edge/frames/open.ts';
import { parseSource, type SourceSpec, withoutCredentials } from '@safe-passage/edge/frames/source.ts';
import { loadCalibration, loadPlan } from '@safe-passage/edge/siteFiles.ts';
import type { Scene } from './scene.ts';

const SITE = 'local';
const DEVICE = 'edge-1';
const CAMERA = 'camera-1';

/** Further than this from the camera's feet nobody's place is known to a metre. */
const FARTHEST_METRES = 40;
/** What a live camera is taken for until it sends a picture. Only the drawing of what it sees rests on it. */
const LIKELY_PICTURE = { width: 1920, height: 1080 } as const;

export interface OwnCameraOptions {
  readonly source: string;
  /** Without: {@link EMBEDDED_MODEL}. */
  readonly model?: string;
  readonly calibration?: string;
  readonly zones?: string;
  readonly dwellLimitSeconds: number;
  readonly speed: number;
  readonly loop: boolean;
  readonly confidence?: number;
  /** What leaves the camera; without: tracks. */
  readonly privacyLevel?: PrivacyLevel;
}

/** Size of the pictures, from the first one. A live camera is not waited for. */
async function pictureSize(spec: SourceSpec, signal: AbortSignal): Promise<{ width: number; height: number }> {
  if (spec.kind === 'stream' || spec.kind === 'device') return LIKELY_PICTURE;
  const target = { width: 64, height: 64, resize: 'stretch', position: 'top-left', channelOrder: 'RGB' } as const;
  const counters = { sourceFrames: 0, framesDropped: 0, state: 'running' as const, problem: null };
  for await (const frame of openFrames({ ...spec, speed: 'max', loop: false }, target, { signal, counters })) {
    return { width: frame.sourceWidth, height: frame.sourceHeight };
  }
  throw new OperatorError(
    `the source ${spec.kind === 'images' ? spec.folder : spec.path} holds no picture`,
    'Give another one.',
  );
}

const rounded = ([x, y]: PlanPoint): PlanPoint => [Math.round(x * 100) / 100, Math.round(y * 100) / 100];

/** One zone over all that the camera sees of the floor. */
function planOfView(view: Polygon, position: PlanPoint, dwellLimitSeconds: number): FloorPlan {
  const corners = [...view, position];
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  return {
    id: 'view',
    name: "The camera's view",
    bounds: [
      [Math.floor(Math.min(...xs) - 1), Math.floor(Math.min(...ys) - 1)],
      [Math.ceil(Math.max(...xs) + 1), Math.ceil(Math.max(...ys) + 1)],
    ],
    walls: [],
    zones: [{ id: 'view', name: 'View', kind: 'waiting', polygon: view, dwellLimitSeconds }],
    cameras: [{ id: CAMERA, name: 'Camera', position, view }],
  };
}

function viewPlan(calibration: Calibration, size: { width: number; height: number }, limit: number): FloorPlan {
  const mapper = new FloorMapper(calibration, size.width, size.height);
  const view = visibleFloor(mapper, size.width, size.height, FARTHEST_METRES).map(rounded);
  if (view.length < 3) {
    throw new OperatorError(
      `the calibration "${calibration.name}" places no part of the picture on the floor`,
      'Check its points, or leave --calibration away for assumed metres.',
    );
  }
  // The calibration does not say where the camera hangs; the nearest floor that it sees is drawn in its place.
  const nearest = mapper.place(size.width / 2, size.height) ?? view[0] ?? [0, 0];
  return planOfView(view, calibration.version === 'nominal' ? [0, 0] : rounded(nearest), limit);
}

/** Checks everything that was asked for before anything is started. @throws OperatorError */
export async function ownCamera(options: OwnCameraOptions, signal: AbortSignal): Promise<Scene> {
  const { source, dwellLimitSeconds, speed, loop } = options;
  const spec = await parseSource(source, { speed, loop });
  const { manifest, weights } = await findModel(options.model ?? EMBEDDED_MODEL);
  const size = await pictureSize(spec, signal);
  const measured = await loadCalibration(options.calibration);
  const calibration = measured ?? nominalCalibration(size.width, size.height);
  const ownPlan = options.zones === undefined ? null : await loadPlan(options.zones);
  const plan = ownPlan ?? viewPlan(calibration, size, dwellLimitSeconds);
  if (plan.zones.length === 0) {
    throw new OperatorError(
      `the floor plan ${options.zones} has no zone: nothing would ever be looked at`,
      'Draw one, or leave --zones away: then one zone covers all that the camera sees.',
    );
  }

  const live = spec.kind === 'stream' || spec.kind === 'device';
  const shown = withoutCredentials(source);
  // The address of a camera may hold its password: only the configuration file has it.
  const from = live || source.includes('://') ? source : resolve(source);
  const remarks = [`It shows ${shown}, people found by ${manifest.name}.`];
  if (options.model === undefined) {
    remarks.push(
      'That one comes with the project; people who are small in the picture or hide each other are often missed.',
      `Another: npm run -s models -- pull ${PUBLIC_MODEL}, and start again with --model ${PUBLIC_MODEL}.`,
    );
  }
  if (!measured) {
    remarks.push(
      'Metres are assumed (a camera 3 m up that looks down by a quarter turn at its lower edge).',
      'For real ones measure four places of the floor: --calibration FILE.',
    );
  }
  if (options.privacyLevel === 'counts') {
    remarks.push(
      'Numbers of people by zone and quarter-hour leave this camera, and nothing else: no dots on the live floor, no alerts.',
      'A day is published an hour after its midnight, without cells of few people: npm run -s hub -- aggregates --help.',
    );
    if (!ownPlan) remarks.push('One zone covers all of the floor that the camera sees. Draw your own: --zones FILE.');
  } else if (!ownPlan) {
    remarks.push(
      `One zone covers all of the floor that the camera sees; an alert is raised after ${dwellLimitSeconds} s in it.`,
      'Draw your own: --zones FILE, a floor plan such as examples/standing-table/plan.json. Another limit: --dwell-limit SECONDS.',
    );
  }
  return {
    site: SITE,
    database: 'camera',
    plan,
    agents: [
      {
        address: { site: SITE, floor: plan.id, device: DEVICE },
        camera: plan.cameras.length === 1 ? (plan.cameras[0]?.id ?? CAMERA) : CAMERA,
        config: {
          source: { from, ...(live ? {} : { speed, loop }) },
          model: weights,
          ...(options.privacyLevel === undefined ? {} : { privacyLevel: options.privacyLevel }),
          ...(options.confidence === undefined ? {} : { confidence: options.confidence }),
          ...(options.calibration === undefined ? {} : { calibration: resolve(options.calibration) }),
        },
        ...(live || loop ? {} : { finished: `${basename(shown)} has been played to its end. The console stays up.` }),
      },
    ],
    remarks,
  };
}
