import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineCommand, EXIT, numberOption, OperatorError, Progress, UsageError } from '@safe-passage/cli';
import { STEPS_PER_SECOND } from '../passengers/ground.ts';
import { type RunningAgents, startAgents } from '../play/agents.ts';
import { playClock } from '../play/clock.ts';
import { loadTerminal } from '../terminal/load.ts';
import { CameraWatch } from '../watch/watch.ts';
import { World } from '../world.ts';
import { readDetector, readFaults, readWorldOptions, stepsPerFrame, worldOptions } from './options.ts';

/** A Unix-domain socket's path may be so long, bytes. */
const LONGEST_SOCKET_PATH = 107;
const STATUS_EVERY_SECONDS = 60;

/** Lets the terminal fill before anybody looks. */
async function warmUp(world: World, seconds: number, signal: AbortSignal): Promise<void> {
  const steps = Math.round(seconds * STEPS_PER_SECOND);
  if (steps === 0) return;
  const progress = new Progress('filling the terminal', steps);
  for (let step = 0; step < steps && !signal.aborted; step += 1) {
    world.step();
    if (step % STEPS_PER_SECOND !== 0) continue;
    world.drainEvents();
    progress.update(step);
    await new Promise(setImmediate);
  }
  progress.finish();
}

const BROKER_URL = /^mqtts?:\/\/[^@/\s]+\/?$/;

export const play = defineCommand({
  summary: 'Plays a terminal in real time: its cameras feed real edge agents.',
  usage: 'npm run -s sim -- play --plan arrivals --broker mqtt://127.0.0.1:1883 --site demo',
  description: [
    'Opens one feed of detections a camera (a Unix-domain socket, FOLDER/CAMERA.sock). With --broker it also starts a real edge',
    'agent for each, which tracks, places, pseudonymises and publishes as in the field. Without, agents of your own read the',
    'feeds: edge.yaml `detections: {feed: FOLDER/CAMERA.sock}`. Ctrl-C ends it. Faster than real time (--factor) it needs an',
    'end (--minutes), and begins so far in the past that it ends now.',
  ].join('\n'),
  options: {
    ...worldOptions,
    factor: { type: 'string', value: 'NUMBER', default: '1', help: 'how fast it is played' },
    minutes: {
      type: 'string',
      value: 'MINUTES',
      help: 'how long, in the time of the terminal; otherwise until Ctrl-C',
    },
    'warm-up': {
      type: 'string',
      value: 'MINUTES',
      default: '15',
      help: 'simulated beforehand, so that the terminal is full',
    },
    feeds: {
      type: 'string',
      value: 'FOLDER',
      help: 'where the feeds are opened; otherwise a folder that is removed afterwards',
    },
    broker: { type: 'string', value: 'URL', help: 'mqtt://host:port: starts an edge agent for each camera' },
    site: { type: 'string', value: 'NAME', default: 'demo', help: 'the site of the agents' },
  },
  examples: [
    'npm run -s sim -- play --broker mqtt://127.0.0.1:1883 --site demo',
    'npm run -s sim -- play --plan regional --passengers-per-hour 300 --feeds /tmp/feeds',
    'npm run -s sim -- play --broker mqtt://127.0.0.1:1883 --factor 4 --minutes 60',
  ],
  run: async ({ values, signal }) => {
    const options = readWorldOptions(values);
    const frameSteps = stepsPerFrame(values['camera-fps'], STEPS_PER_SECOND);
    const detector = readDetector(values.detector);
    const factor = numberOption('factor', values.factor, { min: 0.1, max: 100 });
    const minutes =
      values.minutes === undefined ? null : numberOption('minutes', values.minutes, { min: 0.1, max: 1e6 });
    const warmUpSeconds = 60 * numberOption('warm-up', values['warm-up'], { min: 0, max: 600 });
    if (factor > 1 && minutes === null)
      throw new UsageError('--factor above 1 needs --minutes: nothing is reported from the future');
    // Agents are started when all else runs: what they would refuse is told before.
    if (values.broker !== undefined && !BROKER_URL.test(values.broker)) {
      throw new UsageError(`--broker takes mqtt://HOST:PORT or mqtts://HOST:PORT; found "${values.broker}"`);
    }
    const terminal = await loadTerminal(values.plan);
    const faults = await readFaults(values.faults, terminal);

    const own = values.feeds === undefined;
    const folder = own ? await mkdtemp(join(tmpdir(), 'sim-feeds-')) : resolve(values.feeds);
    if (!own) await mkdir(folder, { recursive: true, mode: 0o700 });
    const longest = Math.max(...terminal.cameras.map(({ id }) => Buffer.byteLength(join(folder, `${id}.sock`))));
    if (longest > LONGEST_SOCKET_PATH) {
      throw new OperatorError(
        `the path of the feeds ${folder} is too long for a socket`,
        `Name a folder with at most ${LONGEST_SOCKET_PATH - (longest - Buffer.byteLength(folder))} letters in its path.`,
      );
    }
    let watch: CameraWatch | null = null;
    let agents: RunningAgents | null = null;
    try {
      const world = new World(terminal, options);
      await warmUp(world, warmUpSeconds, signal);
      if (signal.aborted) return EXIT.ok;
      const playSeconds = minutes === null ? Number.POSITIVE_INFINITY : minutes * 60;
      const clock = playClock(Date.now(), world.timeSeconds, factor, minutes === null ? 0 : playSeconds);
      watch = await CameraWatch.start({
        terminal,
        seed: options.seed,
        faults,
        detector,
        sink: { kind: 'feeds', folder, epochMs: clock.epochMs },
      });
      if (values.broker !== undefined) {
        agents = await startAgents({ terminal, site: values.site, broker: values.broker, folder });
      }
      process.stderr.write(
        `${terminal.name}: ${world.counts.present} people, ${terminal.cameras.length} cameras${values.broker === undefined ? `; feeds in ${folder}` : ` to ${values.broker}`}. Ctrl-C ends it.\n`,
      );
      const playing = playOn(world, watch, {
        clock,
        frameSteps,
        untilSeconds: world.timeSeconds + playSeconds,
        signal,
      });
      await (agents ? Promise.race([playing, agents.broken]) : playing);
      return EXIT.ok;
    } finally {
      await agents?.stop();
      await watch?.close();
      if (own) await rm(folder, { recursive: true, force: true });
    }
  },
});

interface Playing {
  readonly clock: ReturnType<typeof playClock>;
  readonly frameSteps: number;
  readonly untilSeconds: number;
  readonly signal: AbortSignal;
}

async function playOn(
  world: World,
  watch: CameraWatch,
  { clock, frameSteps, untilSeconds, signal }: Playing,
): Promise<void> {
  const started = performance.now();
  let toldAt = world.timeSeconds;
  for (let step = 0; !signal.aborted && world.timeSeconds < untilSeconds; step += 1) {
    if (step % frameSteps === 0) {
      const waitMs = started + clock.dueMs(world.timeSeconds) - performance.now();
      // Late by more than a frame: the machine is too slow, and the feeds say when they were meant.
      await sleep(Math.max(0, waitMs), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await watch.show(world.bodies, world.timeSeconds);
    }
    world.step();
    world.drainEvents();
    if (world.timeSeconds - toldAt < STATUS_EVERY_SECONDS) continue;
    toldAt = world.timeSeconds;
    const lateSeconds = (performance.now() - started - clock.dueMs(world.timeSeconds)) / 1000;
    if (lateSeconds > 1)
      process.stderr.write(`${lateSeconds.toFixed(0)} s late: this machine is too slow for so many people\n`);
  }
}
