import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineCommand, EXIT, numberOption, OperatorError, Progress, required } from '@safe-passage/cli';
import sharp from 'sharp';
import { calibrationOf } from '../cameras/calibrationOf.ts';
import { CameraFilm } from '../film/cameraFilm.ts';
import { STEPS_PER_SECOND } from '../passengers/ground.ts';
import { loadTerminal } from '../terminal/load.ts';
import { Sight } from '../terminal/sight.ts';
import { World } from '../world.ts';
import { readWorldOptions, stepsPerFrame, worldOptions } from './options.ts';

const { faults: _faults, detector: _detector, ...options } = worldOptions;

export const film = defineCommand({
  summary: 'Draws what one camera shows: pictures in which a real detector finds the people.',
  usage: 'npm run -s sim -- film --plan arrivals --camera cam-1 --seconds 60 --out DIR',
  description: [
    'Writes DIR/frames/000001.jpg and so on, and DIR/calibration.json. People are faceless grey figures, walls and furniture',
    'plain faces. Real agents take the folder in place of a camera: `npm run -s edge -- run --source DIR/frames --fps 5 …`.',
  ].join('\n'),
  options: {
    ...options,
    camera: { type: 'string', value: 'ID', help: 'which camera of the plan' },
    seconds: { type: 'string', value: 'SECONDS', default: '60', help: 'how long' },
    'warm-up': {
      type: 'string',
      value: 'MINUTES',
      default: '15',
      help: 'simulated beforehand, so that the terminal is full',
    },
    out: { type: 'string', value: 'DIR', help: 'where the pictures go' },
  },
  examples: [
    'npm run -s sim -- film --camera cam-11 --seconds 30 --out film',
    'npm run -s edge -- detect --source film/frames --model yolox-nano --out det.txt',
  ],
  run: async ({ values, signal }) => {
    const out = required('out', values.out);
    const id = required('camera', values.camera);
    const worldValues = readWorldOptions(values);
    const frameSteps = stepsPerFrame(values['camera-fps'], STEPS_PER_SECOND);
    const seconds = numberOption('seconds', values.seconds, { min: 0.2, max: 3600 });
    const warmUpSeconds = 60 * numberOption('warm-up', values['warm-up'], { min: 0, max: 600 });
    const terminal = await loadTerminal(values.plan);
    const camera = terminal.cameras.find((candidate) => candidate.id === id);
    if (!camera) {
      throw new OperatorError(
        `${terminal.name} has no camera "${id}"`,
        `Its cameras: ${terminal.cameras.map((candidate) => candidate.id).join(', ')}.`,
      );
    }
    const frames = join(out, 'frames');
    try {
      await mkdir(frames, { recursive: true });
      await writeFile(join(out, 'calibration.json'), calibrationOf(terminal, camera));
    } catch (cause) {
      throw new OperatorError(
        `${out} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
        'Give another folder with --out.',
        { cause },
      );
    }
    const world = new World(terminal, worldValues);
    const drawing = new CameraFilm(terminal, camera, new Sight(terminal));
    const steps = Math.round(warmUpSeconds * STEPS_PER_SECOND);
    for (let step = 0; step < steps; step += 1) {
      if (signal.aborted) return EXIT.failed;
      world.step();
      if (step % STEPS_PER_SECOND !== 0) continue;
      world.drainEvents();
      await new Promise(setImmediate);
    }
    const count = Math.floor((seconds * STEPS_PER_SECOND) / frameSteps);
    const progress = new Progress('frames', count);
    for (let frame = 1; frame <= count; frame += 1) {
      if (signal.aborted) return EXIT.failed;
      const svg = drawing.draw(world.bodies, world.timeSeconds);
      const path = join(frames, `${String(frame).padStart(6, '0')}.jpg`);
      await sharp(Buffer.from(svg)).jpeg({ quality: 88 }).toFile(path);
      progress.update(frame);
      for (let step = 0; step < frameSteps; step += 1) world.step();
      world.drainEvents();
    }
    progress.finish(`${count} pictures of ${camera.name}: ${frames}`);
    return EXIT.ok;
  },
});
