import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import {
  type Command,
  defineCommand,
  EXIT,
  numberOption,
  OperatorError,
  quantity,
  required,
  UsageError,
  type Values,
} from '@safe-passage/cli';
import type { PrivacyLevel } from '@safe-passage/contract';
import pino, { type Logger } from 'pino';
import { runAgent } from '../agent.ts';
import { DEFAULTS, type EdgeConfig, parseConfig, readConfig } from '../config.ts';
import { type DetectionsWanted, openDetections } from '../detections.ts';
import { createReporter } from '../report/cameraReporter.ts';
import { loadCalibration, loadSitePlan } from '../siteFiles.ts';

const options = {
  config: { type: 'string', short: 'c', value: 'FILE', help: 'edge.yaml; in place of the options below' },
  source: {
    type: 'string',
    value: 'SOURCE',
    help: 'a video file, a folder of pictures, rtsp://…, or /dev/videoN',
  },
  detections: { type: 'string', value: 'FILE', help: 'boxes of a MOTChallenge file in place of a source; needs --fps' },
  feed: { type: 'string', value: 'SOCKET', help: 'boxes as they are found: a Unix-domain socket, or 127.0.0.1:PORT' },
  'image-size': { type: 'string', value: 'WxH', help: 'size of the picture in which those boxes were found' },
  model: {
    type: 'string',
    value: 'MODEL',
    help: `a model's name or the path of an .onnx file (default: ${DEFAULTS.model})`,
  },
  confidence: { type: 'string', value: 'SHARE', help: 'boxes below are not looked at, 0 to 1 (default: 0.1)' },
  threads: { type: 'string', value: 'COUNT', help: `threads of inference (default: ${DEFAULTS.threads})` },
  fps: { type: 'string', value: 'RATE', help: 'frames per second, for a folder of pictures or a file of boxes' },
  speed: {
    type: 'string',
    value: 'FACTOR',
    help: '1 plays a recording in real time, max as fast as it goes (default: 1, with --dry-run max)',
  },
  loop: { type: 'boolean', help: 'play a recording again and again' },
  calibration: { type: 'string', value: 'FILE', help: 'image and floor points; without it metres are nominal' },
  plan: { type: 'string', value: 'FILE', help: 'floor plan, whose blind zones are kept back on the device' },
  'privacy-level': {
    type: 'string',
    value: 'LEVEL',
    help: 'tracks, or counts: nothing but numbers of people by zone and quarter-hour leaves the device (needs --plan)',
  },
  'dry-run': { type: 'boolean', help: 'no broker and no outbox: reports go to --out' },
  out: { type: 'string', value: 'FILE', help: 'where a dry run writes one report a line; - is the standard output' },
  broker: { type: 'string', value: 'URL', help: 'mqtt://host:1883' },
  site: { type: 'string', value: 'NAME', help: 'with --broker: where the agent stands' },
  floor: { type: 'string', value: 'NAME', help: 'with --broker' },
  device: { type: 'string', value: 'NAME', help: 'with --broker' },
  camera: { type: 'string', value: 'NAME', help: 'name of the camera in the reports' },
  'linger-seconds': {
    type: 'string',
    value: 'SECONDS',
    default: '15',
    help: 'how long to wait for receipts when the source is over',
  },
} as const;

type RunValues = Values<typeof options>;

const optionalNumber = (name: string, text: string | undefined, range: { min?: number; max?: number }) =>
  text === undefined ? undefined : numberOption(name, text, range);

function speedOption(text: string | undefined): number | 'max' | undefined {
  return text === 'max' ? text : optionalNumber('speed', text, { min: 0.001, max: 1000 });
}

function imageSize(text: string): { imageWidth: number; imageHeight: number } {
  const match = /^(\d{1,5})x(\d{1,5})$/.exec(text);
  if (!match) throw new UsageError(`--image-size takes WIDTHxHEIGHT, for instance 1280x720; found "${text}"`);
  return { imageWidth: Number(match[1]), imageHeight: Number(match[2]) };
}

function levelOption({ 'privacy-level': level, plan }: RunValues): PrivacyLevel | undefined {
  if (level === undefined) return undefined;
  if (level !== 'tracks' && level !== 'counts') {
    throw new UsageError(`--privacy-level takes tracks or counts; found "${level}"`);
  }
  if (level === 'counts' && plan === undefined) {
    throw new UsageError('--privacy-level counts needs --plan: people are counted in the zones of a floor plan');
  }
  return level;
}

/** The same fields as in edge.yaml, from the command line. */
function wantedFromOptions(
  values: RunValues,
  speed: number | 'max',
): DetectionsWanted & Pick<EdgeConfig, 'calibration' | 'plan' | 'privacyLevel'> {
  const privacyLevel = levelOption(values);
  if ([values.source, values.detections, values.feed].filter((value) => value !== undefined).length !== 1) {
    throw new UsageError('give one of --source, --detections, --feed and --config');
  }
  const confidence = optionalNumber('confidence', values.confidence, { min: 0, max: 1 });
  const threads = optionalNumber('threads', values.threads, { min: 1, max: 64 });
  const fps = optionalNumber('fps', values.fps, { min: 0.001, max: 1000 });
  const playback = { speed, loop: values.loop };
  return {
    ...(values.source !== undefined
      ? { source: { from: values.source, ...playback, ...(fps !== undefined ? { framesPerSecond: fps } : {}) } }
      : {}),
    ...(values.detections !== undefined
      ? {
          detections: {
            file: resolve(values.detections),
            framesPerSecond: numberOption('fps', required('fps', values.fps), { min: 0.001, max: 1000 }),
            ...imageSize(required('image-size', values['image-size'])),
            ...playback,
          },
        }
      : {}),
    ...(values.feed !== undefined ? { detections: { feed: values.feed } } : {}),
    ...(values.model !== undefined ? { model: values.model } : {}),
    ...(confidence !== undefined ? { confidence } : {}),
    ...(threads !== undefined ? { threads } : {}),
    ...(values.calibration !== undefined ? { calibration: resolve(values.calibration) } : {}),
    ...(values.plan !== undefined ? { plan: resolve(values.plan) } : {}),
    ...(privacyLevel !== undefined ? { privacyLevel } : {}),
  };
}

function configFromOptions(values: RunValues): EdgeConfig {
  const document = {
    site: required('site', values.site),
    floor: required('floor', values.floor),
    device: required('device', values.device),
    camera: required('camera', values.camera),
    ...wantedFromOptions(values, speedOption(values.speed) ?? 1),
    broker: { url: required('broker', values.broker) },
  };
  // JSON is YAML: what the command line says is checked like a file.
  return parseConfig(JSON.stringify(document), 'the command line', process.cwd());
}

function createLog(level: string): Logger {
  return pino({ name: 'edge', level }, pino.destination({ dest: 2, sync: true }));
}

async function versionOfAgent(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return String((JSON.parse(text) as { version?: unknown }).version ?? 'unknown').slice(0, 40);
}

async function dryRun(values: RunValues, config: EdgeConfig | null, signal: AbortSignal): Promise<void> {
  const out = required('out', values.out);
  const wanted = config ?? wantedFromOptions(values, speedOption(values.speed) ?? 'max');
  const calibration = await loadCalibration(wanted.calibration);
  const plan = await loadSitePlan(wanted.plan);
  await using detections = await openDetections(wanted, signal);
  const stream = out === '-' ? process.stdout : createWriteStream(out, { mode: 0o600 });
  let failure: Error | null = null;
  stream.on('error', (problem) => {
    failure = problem;
  });
  let sequence = 0;
  let room = true;
  const reporter = createReporter({
    level: wanted.privacyLevel ?? DEFAULTS.privacyLevel,
    camera: config?.camera ?? values.camera ?? 'camera',
    calibration,
    plan,
    confidence: detections.confidence,
    rotateMs: (config?.pseudonym?.rotateHours ?? DEFAULTS.rotateHours) * 3_600_000,
    emit: (report) => {
      sequence += 1;
      room = stream.write(`${JSON.stringify({ ...report, sequence })}\n`);
    },
  });
  try {
    for await (const frame of detections.frames) {
      reporter.take(frame);
      if (!room && !failure) await new Promise<void>((go) => stream.once('drain', go).once('close', go));
      if (failure) break;
    }
  } finally {
    reporter.finish();
    if (out !== '-') {
      stream.end();
      await finished(stream).catch((problem: Error) => {
        failure = problem;
      });
    }
  }
  if (failure) {
    throw new OperatorError(`${out} cannot be written: ${String(failure)}`, 'Choose another path, or free space.');
  }
  const { pointsInBlindZones, pointsOffFloor } = reporter.keptBack;
  process.stderr.write(
    `${quantity(sequence, 'report')} from ${quantity(detections.counters.processedFrames, 'frame')}; kept back: ${pointsInBlindZones} points in blind zones, ${pointsOffFloor} off the floor\n`,
  );
}

export const run: Command = defineCommand({
  summary:
    'Runs the agent: a camera, a video or boxes from elsewhere become pseudonymous tracks, or counts, at the broker.',
  usage:
    'npm run -s edge -- run --config edge.yaml | --source SOURCE --broker URL … | --source SOURCE --dry-run --out FILE',
  description: [
    'Finds people, follows them, places them on the floor plan, gives them pseudonyms that change every 12 hours, keeps the reports',
    'on disk until the hub has them, and sends them to the broker. A broker that is away is waited for. With --dry-run nothing is sent:',
    'each line of --out is one report as it would have been.',
    'With privacyLevel: counts in edge.yaml there are no pseudonyms and no positions: a report each quarter-hour says how many people were in which',
    'zone of the plan, and for how long. What was counted of a quarter-hour when the source ends, or at Ctrl-C, goes out as well.',
    'Ends with the source (a camera never ends), or with Ctrl-C; reports that the hub has not confirmed go out after the next start.',
    'In the examples hall.mp4, hall.yaml and edge.yaml stand for your own files.',
  ].join('\n'),
  options,
  examples: [
    'npm run -s edge -- run --config edge.yaml',
    'npm run -s edge -- run --source hall.mp4 --model yolox-nano --dry-run --out reports.jsonl',
    'npm run -s edge -- run --detections examples/standing-table/boxes.txt --fps 5 --image-size 768x432 --calibration examples/standing-table/calibration.yaml --dry-run --out -',
    'npm run -s edge -- run --detections examples/standing-table/boxes.txt --fps 5 --image-size 768x432 --calibration examples/standing-table/calibration.yaml --plan examples/standing-table/plan.json --privacy-level counts --dry-run --out -',
    'npm run -s edge -- run --source rtsp://camera/stream --calibration hall.yaml --broker mqtt://127.0.0.1:1883 --site lhx --floor arrivals --device gate-4 --camera gate-4-east',
  ],
  run: async ({ values, signal }) => {
    if (values.config !== undefined) {
      const mixed = (
        [
          'source',
          'detections',
          'feed',
          'model',
          'privacy-level',
          'broker',
          'site',
          'floor',
          'device',
          'camera',
        ] as const
      ).find((name) => values[name] !== undefined);
      if (mixed) throw new UsageError(`--${mixed} and --config do not go together: write it into ${values.config}`);
    }
    const path = values.config;
    const fromFile = path === undefined ? null : await readConfig(path);
    if (values['dry-run']) {
      await dryRun(values, fromFile, signal);
      return EXIT.ok;
    }
    if (values.out !== undefined) throw new UsageError('--out goes with --dry-run');
    const config = fromFile ?? configFromOptions(values);
    await runAgent({
      config,
      readAgain: path === undefined ? null : () => readConfig(path),
      lingerSeconds: numberOption('linger-seconds', values['linger-seconds'], { min: 0, max: 86_400 }),
      version: await versionOfAgent(),
      log: createLog(config.log?.level ?? DEFAULTS.logLevel),
      signal,
    });
    return EXIT.ok;
  },
});
