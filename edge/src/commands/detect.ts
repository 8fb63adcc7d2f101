import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  type Command,
  defineCommand,
  EXIT,
  numberOption,
  OperatorError,
  Progress,
  required,
  UsageError,
} from '@safe-passage/cli';
import { DEFAULTS } from '../config.ts';
import type { DetectedFrame } from '../detect/detection.ts';
import { type Detector, loadDetector } from '../detect/detector.ts';
import { detectFrames } from '../detect/pipeline.ts';
import { countFrames } from '../frames/open.ts';
import { parseSource, type SourceSpec } from '../frames/source.ts';

/** One frame as MOTChallenge detections: `frame,-1,x,y,w,h,conf,-1,-1,-1`, source pixels. */
function detectionLines({ frame, detections }: DetectedFrame): string {
  let text = '';
  for (let i = 0; i < detections.count; i += 1) {
    const x = detections.x[i] ?? 0;
    const y = detections.y[i] ?? 0;
    const width = detections.width[i] ?? 0;
    const height = detections.height[i] ?? 0;
    const score = detections.score[i] ?? 0;
    text += `${frame},-1,${x.toFixed(2)},${y.toFixed(2)},${width.toFixed(2)},${height.toFixed(2)},${score.toFixed(4)},-1,-1,-1\n`;
  }
  return text;
}

interface Run {
  readonly spec: SourceSpec;
  readonly detector: Detector;
  readonly file: FileHandle;
  readonly signal: AbortSignal;
}

interface Written {
  readonly frames: number;
  readonly boxes: number;
  /** Why the recording ended early, where it did: what was found before is worth keeping. */
  readonly brokeOff: OperatorError | null;
}

async function writeDetections({ spec, detector, file, signal }: Run): Promise<Written> {
  const progress = new Progress('detect', await countFrames(spec, signal));
  let frames = 0;
  let boxes = 0;
  let brokeOff: OperatorError | null = null;
  try {
    for await (const frame of detectFrames(spec, detector, { signal })) {
      await file.write(detectionLines(frame));
      frames += 1;
      boxes += frame.detections.count;
      progress.update(frames);
    }
  } catch (problem) {
    if (!(problem instanceof OperatorError) || frames === 0) throw problem;
    brokeOff = problem;
  } finally {
    progress.finish();
  }
  return { frames, boxes, brokeOff };
}

/**
 * Writes a file under a temporary name beside its own and renames it when it is complete: nobody ever reads half a file.
 * Where the work fails, an older file of the name stays as it was.
 */
async function writeWhole<T>(path: string, work: (file: FileHandle) => Promise<T | null>): Promise<T | null> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.part`;
  let file: FileHandle;
  try {
    file = await open(temporary, 'wx');
  } catch (problem) {
    throw new OperatorError(
      `The file ${path} cannot be written (${problem instanceof Error ? problem.message : String(problem)}).`,
      `Check that the folder ${dirname(path)} is there and that you may write to it.`,
      { cause: problem },
    );
  }
  try {
    const result = await work(file);
    await file.close();
    if (result === null) await rm(temporary, { force: true });
    else await rename(temporary, path);
    return result;
  } catch (problem) {
    await file.close();
    await rm(temporary, { force: true });
    throw problem;
  }
}

export const detect: Command = defineCommand({
  summary: 'Finds people in a recording and writes their boxes as MOTChallenge detections.',
  usage: 'npm run -s edge -- detect --source VIDEO|FOLDER --model NAME|FILE.onnx --out det.txt',
  description: [
    'Runs the detector over every frame, as fast as it goes, and writes one line per box:',
    '    frame,-1,x,y,w,h,confidence,-1,-1,-1',
    "Frames count from 1; x, y, w, h are pixels of the source picture. A folder's pictures are taken in the order of their names.",
    'The file appears when it is complete; nothing is left behind after Ctrl-C. Where a recording breaks off, what was found',
    'before is written, and the exit code is 1.',
  ].join('\n'),
  options: {
    source: { type: 'string', value: 'PATH', help: 'a video file or a folder of pictures' },
    model: {
      type: 'string',
      value: 'MODEL',
      default: DEFAULTS.model,
      help: "a model's name, or the path of an .onnx file",
    },
    confidence: { type: 'string', value: 'SHARE', default: '0.01', help: 'lowest confidence written, 0 to 1' },
    threads: { type: 'string', value: 'COUNT', default: '1', help: 'threads of inference' },
    out: { type: 'string', value: 'FILE', help: 'where the detections go' },
  },
  examples: [
    'npm run -s edge -- detect --source hall.mp4 --model yolox-nano --out det.txt',
    'npm run -s edge -- detect --source frames/ --model my-model.onnx --confidence 0.3 --threads 4 --out det.txt',
  ],
  run: async ({ values, signal }) => {
    const source = required('source', values.source);
    const out = required('out', values.out);
    const confidence = numberOption('confidence', values.confidence, { min: 0, max: 1 });
    const threads = numberOption('threads', values.threads, { min: 1, max: 64 });
    if (!Number.isInteger(threads)) throw new UsageError(`--threads takes a whole number; found "${values.threads}"`);
    const spec = await parseSource(source, { speed: 'max' });
    if (spec.kind === 'stream' || spec.kind === 'device') {
      throw new UsageError(
        '--source takes a video file or a folder of pictures here; a camera runs with: npm run -s edge -- run',
      );
    }
    const detector = await loadDetector({ model: values.model, confidence, threads });
    try {
      const started = performance.now();
      const result = await writeWhole(out, async (file) => {
        const counted = await writeDetections({ spec, detector, file, signal });
        return signal.aborted ? null : counted;
      });
      if (result === null) {
        process.stderr.write('Stopped before the end; nothing was written.\n');
        return EXIT.failed;
      }
      const seconds = (performance.now() - started) / 1000;
      process.stderr.write(
        `${result.boxes} boxes in ${result.frames} frames, ${(result.frames / seconds).toFixed(1)} frames/s: ${out}\n`,
      );
      if (result.brokeOff) throw result.brokeOff;
      return EXIT.ok;
    } finally {
      await detector.close();
    }
  },
});
