import { defineCommand, numberOption, runSingleCommand, UsageError } from '@safe-passage/cli';
import { DEFAULT_DETECTOR, DETECTOR_NAMES } from '@safe-passage/sim/cameras/detectors.ts';
import { readDetector } from '@safe-passage/sim/commands/options.ts';
import { launch } from './launch.ts';
import { ownCamera } from './scene/ownCamera.ts';
import { simulatedTerminal } from './scene/simulatedTerminal.ts';

const start = defineCommand({
  summary: 'Starts all of Safe Passage on this machine',
  usage: 'npm start -- [--source SOURCE [--model MODEL]] [options]',
  description:
    'Broker, database, hub, console and one edge agent for each camera, all from what npm installed. Without --source it\n' +
    'plays a simulated terminal; with it, real pixels. Nothing listens beyond this machine. Ctrl-C stops it all.',
  options: {
    plan: {
      type: 'string',
      value: 'NAME|FILE',
      help: 'without --source: arrivals, departures, regional, or a terminal of your own (default: arrivals)',
    },
    passengers: { type: 'string', value: 'COUNT', help: 'without --source: passengers an hour (default: 600)' },
    seed: { type: 'string', value: 'NUMBER', help: 'without --source: other people (default: 7)' },
    detector: {
      type: 'string',
      value: 'NAME',
      help: `without --source: how its cameras err: ${DETECTOR_NAMES.join(', ')} (default: ${DEFAULT_DETECTOR})`,
    },
    source: { type: 'string', value: 'SOURCE', help: 'a video file, a folder of images, rtsp://… or /dev/video0' },
    model: {
      type: 'string',
      value: 'NAME|PATH',
      help: 'the person detector: a name, or the path of an .onnx file; without it the one in this repository',
    },
    calibration: {
      type: 'string',
      value: 'FILE',
      help: 'places of the floor in pixels and metres; otherwise metres are assumed',
    },
    zones: {
      type: 'string',
      value: 'FILE',
      help: 'a floor plan in JSON; otherwise one zone covers all that the camera sees',
    },
    'dwell-limit': {
      type: 'string',
      value: 'SECONDS',
      help: 'without --zones: an alert is raised after (default: 15)',
    },
    confidence: {
      type: 'string',
      value: 'NUMBER',
      help: "least confidence of a detection, 0 to 1; otherwise the model's own",
    },
    'privacy-level': {
      type: 'string',
      value: 'LEVEL',
      help: 'what leaves the camera: tracks, or counts, numbers of people by zone and quarter-hour alone (default: tracks)',
    },
    speed: { type: 'string', value: 'NUMBER', help: 'how fast a file is played, 1 is real time (default: 1)' },
    loop: { type: 'boolean', help: 'play a file again and again' },
    port: { type: 'string', value: 'PORT', default: '8080', help: 'of the console on 127.0.0.1' },
    data: { type: 'string', value: 'FOLDER', default: '.data', help: 'where everything is kept' },
  },
  examples: [
    'npm start',
    'npm start -- --plan regional --passengers 150',
    'npm start -- --detector ideal',
    'npm start -- --source hall.mp4',
    'npm start -- --source rtsp://user:password@camera.local/stream --model yolox-nano --calibration camera.yaml --zones plan.json',
    'npm start -- --source hall.mp4 --zones plan.json --privacy-level counts',
    'npm start -- --source frames/ --model detector.onnx --dwell-limit 60 --port 8081 --data .data-2',
  ],
  run: async ({ values, signal }) => {
    const port = numberOption('port', values.port, { min: 1, max: 65_535 });
    if (!Number.isInteger(port)) throw new UsageError(`--port takes a whole number; found "${values.port}"`);
    const base = { port, dataFolder: values.data };
    if (values.source === undefined) {
      const pixelsOnly = [
        'model',
        'calibration',
        'zones',
        'dwell-limit',
        'confidence',
        'privacy-level',
        'speed',
      ] as const;
      const lonely = pixelsOnly.find((name) => values[name] !== undefined) ?? (values.loop ? 'loop' : undefined);
      if (lonely) throw new UsageError(`--${lonely} goes together with --source`);
      const passengersPerHour = numberOption('passengers', values.passengers ?? '600', { min: 0, max: 20_000 });
      const seed = numberOption('seed', values.seed ?? '7', { min: 0, max: 2 ** 31 });
      if (!Number.isInteger(seed)) throw new UsageError(`--seed takes a whole number; found "${values.seed}"`);
      if (values.detector !== undefined) readDetector(values.detector);
      const shown = {
        plan: values.plan ?? 'arrivals',
        passengersPerHour,
        seed,
        ...(values.detector === undefined ? {} : { detector: values.detector }),
      };
      return await launch({ ...base, prepare: (data) => simulatedTerminal(shown, data) }, signal);
    }
    const simulatedOnly = (['plan', 'passengers', 'seed', 'detector'] as const).find(
      (name) => values[name] !== undefined,
    );
    if (simulatedOnly)
      throw new UsageError(`--${simulatedOnly} is for the simulated terminal, which --source replaces`);
    if (values.zones !== undefined && values['dwell-limit'] !== undefined) {
      throw new UsageError(
        "--dwell-limit is for the one zone that is drawn without --zones; the file's zones have limits of their own",
      );
    }
    const level = values['privacy-level'];
    if (level !== undefined && level !== 'tracks' && level !== 'counts') {
      throw new UsageError(`--privacy-level takes tracks or counts; found "${level}"`);
    }
    const privacyLevel: { privacyLevel?: 'tracks' | 'counts' } = level === undefined ? {} : { privacyLevel: level };
    const camera = {
      source: values.source,
      ...(values.model === undefined ? {} : { model: values.model }),
      ...(values.calibration === undefined ? {} : { calibration: values.calibration }),
      ...(values.zones === undefined ? {} : { zones: values.zones }),
      dwellLimitSeconds: numberOption('dwell-limit', values['dwell-limit'] ?? '15', { min: 1, max: 604_800 }),
      speed: numberOption('speed', values.speed ?? '1', { min: 0.01, max: 1000 }),
      loop: values.loop,
      ...privacyLevel,
      ...(values.confidence === undefined
        ? {}
        : { confidence: numberOption('confidence', values.confidence, { min: 0, max: 1 }) }),
    };
    return await launch({ ...base, prepare: (_data, stop) => ownCamera(camera, stop) }, signal);
  },
});

await runSingleCommand({ name: 'npm start', call: 'npm start --' }, start);
