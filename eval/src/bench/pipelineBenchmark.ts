import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { numberOption, OperatorError, Progress } from '@safe-passage/cli';
import type { Benchmark } from './benchmark.ts';
import { benchPipeline } from './pipeline.ts';

const SHARED = process.env.SAFE_PASSAGE_SHARED || resolve(import.meta.dirname, '../../../../shared');

export const pipelineBenchmark: Benchmark = {
  name: 'pipeline',
  summary: 'frames/s from the video file to reports, and as a ratio to bare onnxruntime on the same model and threads',
  options: {
    video: {
      type: 'string',
      value: 'FILE',
      default: join(SHARED, 'data/video/pets09-s2l1-view001.mp4'),
      help: 'the video of the benchmark "pipeline"',
    },
    model: {
      type: 'string',
      value: 'MODEL',
      default: 'yolox-nano',
      help: 'its model: a name, or the path of an .onnx file',
    },
    threads: { type: 'string', value: 'COUNT', default: '1', help: 'its threads of inference' },
    repeats: { type: 'string', value: 'COUNT', default: '5', help: 'its interleaved repeats' },
  },
  run: async ({ signal, values }) => {
    const video = String(values.video);
    if (!existsSync(video)) {
      throw new OperatorError(
        `The benchmark's video ${video} is not there.`,
        'Name another with --video, or the folder of recordings in $SAFE_PASSAGE_SHARED.',
      );
    }
    const repeats = numberOption('repeats', String(values.repeats), { min: 1, max: 100 });
    const threads = numberOption('threads', String(values.threads), { min: 1, max: 64 });
    const progress = new Progress('pipeline', repeats);
    const measured = await benchPipeline({
      video,
      model: String(values.model),
      threads,
      repeats,
      signal,
      onRepeat: (done) => progress.update(done),
    });
    progress.finish();
    return [
      { what: 'whole pipeline', value: measured.pipelineFps, unit: 'frames/s' },
      { what: 'bare onnxruntime', value: measured.bareFps, unit: 'frames/s' },
      { what: 'pipeline / bare', value: measured.ratio, unit: '', atLeast: 0.85 },
    ];
  },
};
