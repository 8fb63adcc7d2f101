import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineCommand, EXIT, numberOption, OperatorError, Progress, required, UsageError } from '@safe-passage/cli';
import { calibrationOf } from '../cameras/calibrationOf.ts';
import { STEPS_PER_SECOND } from '../passengers/ground.ts';
import { floorPlanOf } from '../terminal/floorPlan.ts';
import { loadTerminal } from '../terminal/load.ts';
import { TruthWriter } from '../truth/writers.ts';
import { CameraWatch } from '../watch/watch.ts';
import { World } from '../world.ts';
import { readDetector, readFaults, readWorldOptions, stepsPerFrame, worldOptions } from './options.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    throw new OperatorError(
      `the folder ${path} cannot be made: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Name another one with --out.',
      { cause },
    );
  }
}

export const run = defineCommand({
  summary: 'Simulates hours of a terminal as fast as it can: the truth, and what cameras report of it.',
  usage:
    'npm run -s sim -- run --plan arrivals --hours 2 --passengers-per-hour 3000 --scenarios all --seed 7 --out DIR',
  description: [
    'Writes into DIR: persons.jsonl (who came, when, from where, with whom), events.jsonl (companies and staged scenarios with',
    'their roles and phases), trajectories.csv (t,id,x,y: seconds, metres), plan.json (the floor plan as hub and edge read it),',
    'and for each camera cameras/ID.det.txt (MOTChallenge detections) and cameras/ID.calibration.json. The same options give',
    'the same bytes. Memory does not grow with the hours.',
  ].join('\n'),
  options: {
    ...worldOptions,
    hours: { type: 'string', value: 'HOURS', default: '1', help: 'how much time passes in the terminal' },
    rate: {
      type: 'string',
      value: 'RATE',
      default: '2',
      help: 'rows a second and person in trajectories.csv: 1, 2, 5 or 10',
    },
    'no-cameras': { type: 'boolean', help: 'the truth alone' },
    out: { type: 'string', value: 'DIR', help: 'where everything goes' },
  },
  examples: [
    'npm run -s sim -- run --hours 0.5 --out run',
    'npm run -s sim -- run --plan arrivals --hours 2 --passengers-per-hour 3000 --scenarios all --seed 7 --out run',
    'npm run -s sim -- run --plan regional --passengers-per-hour 300 --scenarios escort,handover --no-cameras --rate 5 --out run',
  ],
  run: async ({ values, signal }) => {
    const out = required('out', values.out);
    const hours = numberOption('hours', values.hours, { min: 0.001, max: 10_000 });
    const options = readWorldOptions(values);
    const frameSteps = stepsPerFrame(values['camera-fps'], STEPS_PER_SECOND);
    const detector = readDetector(values.detector);
    const rate = Number(values.rate);
    if (![1, 2, 5, 10].includes(rate)) throw new UsageError(`--rate takes 1, 2, 5 or 10; found "${values.rate}"`);
    const terminal = await loadTerminal(values.plan);
    const faults = await readFaults(values.faults, terminal);
    const cameras = join(out, 'cameras');
    await makeFolder(values['no-cameras'] ? out : cameras);
    const framesPerSecond = STEPS_PER_SECOND / frameSteps;
    await writeFile(join(out, 'plan.json'), json(floorPlanOf(terminal)));
    await writeFile(
      join(out, 'run.json'),
      json({
        schema: 'sim-run/1',
        plan: terminal.id,
        hours,
        ...options,
        rate,
        framesPerSecond,
        detector: detector.name,
        faults,
      }),
    );

    const world = new World(terminal, options);
    const truth = await TruthWriter.open(out);
    let watch: CameraWatch | null = null;
    const steps = Math.round(hours * 3600 * STEPS_PER_SECOND);
    const started = performance.now();
    const progress = new Progress('sim', steps);
    let finished = false;
    try {
      if (!values['no-cameras']) {
        for (const camera of terminal.cameras) {
          await writeFile(join(cameras, `${camera.id}.calibration.json`), calibrationOf(terminal, camera));
        }
        const sink = { kind: 'files', folder: cameras, framesPerSecond } as const;
        watch = await CameraWatch.start({ terminal, seed: options.seed, faults, detector, sink });
      }
      const truthSteps = STEPS_PER_SECOND / rate;
      for (let step = 0; step < steps && !signal.aborted; step += 1) {
        if (step % truthSteps === 0) truth.positions(world.bodies, world.timeSeconds);
        if (watch && step % frameSteps === 0) await watch.show(world.bodies, world.timeSeconds);
        world.step();
        if (step % STEPS_PER_SECOND !== 0) continue;
        truth.tell(world.drainEvents());
        await truth.flush();
        progress.update(step);
        // Without a pause nobody would hear Ctrl-C.
        if (step % (STEPS_PER_SECOND * 10) === 0) await new Promise(setImmediate);
      }
      world.finish();
      truth.tell(world.drainEvents());
      await watch?.close();
      watch = null;
      await truth.close(world.timeSeconds);
      finished = true;
    } finally {
      if (!finished) {
        truth.abandon();
        await watch?.close().catch(() => undefined);
      }
    }
    const seconds = (performance.now() - started) / 1000;
    const { entered, present } = world.counts;
    progress.finish(
      `${entered} people in ${(world.timeSeconds / 3600).toFixed(2)} h, ${present} still there; ${seconds.toFixed(1)} s (${Math.round(world.timeSeconds / seconds)} times real time): ${out}`,
    );
    if (!signal.aborted) return EXIT.ok;
    process.stderr.write('Stopped before the end; what is there is whole up to that moment.\n');
    return EXIT.failed;
  },
});
