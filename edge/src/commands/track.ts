import { type Command, defineCommand, EXIT, numberOption, required, UsageError, writeOutput } from '@safe-passage/cli';
import { type MotFrame, parseMotDetections } from '../detect/mot.ts';
import { confidenceLevelsOf, trackRecording } from '../track/offline.ts';
import { CONFIDENCE_LEVELS, type ConfidenceLevels } from '../track/options.ts';
import { readInput } from './readInput.ts';

function levels(name: string, frames: readonly MotFrame[]): ConfidenceLevels {
  switch (name) {
    case 'auto':
      return confidenceLevelsOf(frames);
    case 'yolox':
      return CONFIDENCE_LEVELS.yolox;
    case 'faster-rcnn':
      return CONFIDENCE_LEVELS.fasterRcnn;
    default:
      throw new UsageError(`--detector is auto, yolox or faster-rcnn; found "${name}"`);
  }
}

export const track: Command = defineCommand({
  summary: 'Chains the detections of a recording to tracks, without looking at its pixels.',
  usage: 'npm run -s edge -- track --detections det.txt --fps NUMBER --out result.txt',
  description: [
    'Reads MOTChallenge detections and writes MOTChallenge results, one line per box:',
    '    frame,id,x,y,w,h,confidence,-1,-1,-1',
    'Written is the detected box wherever a detection supports a confirmed track, its first boxes before it was',
    'confirmed included; while a track is out of sight nothing is written, because that scores best on the fitting data.',
    'Confidences mean different things to different detectors: "auto" takes the levels for Faster R-CNN where the file',
    'holds nothing below 0.5 (its published detections are cut there), and those for YOLOX otherwise.',
  ].join('\n'),
  options: {
    detections: { type: 'string', value: 'FILE', help: 'MOTChallenge detections, frames from 1' },
    fps: { type: 'string', value: 'NUMBER', help: 'frames per second of the recording' },
    detector: { type: 'string', value: 'NAME', default: 'auto', help: 'auto, yolox or faster-rcnn' },
    out: { type: 'string', value: 'FILE', help: 'where the results go' },
  },
  examples: ['npm run -s edge -- track --detections examples/standing-table/boxes.txt --fps 5 --out result.txt'],
  run: async ({ values }) => {
    const path = required('detections', values.detections);
    const out = required('out', values.out);
    const framesPerSecond = numberOption('fps', required('fps', values.fps), { min: 0.01, max: 1000 });
    const frames = parseMotDetections((await readInput(path)).toString('utf8'), path);
    const started = performance.now();
    const lines = trackRecording(frames, framesPerSecond, levels(values.detector, frames));
    const seconds = (performance.now() - started) / 1000;
    await writeOutput(out, lines.map((line) => `${line}\n`).join(''));
    const last = frames.at(-1)?.frame ?? 0;
    process.stderr.write(`${lines.length} boxes in ${last} frames, ${(last / seconds).toFixed(0)} frames/s: ${out}\n`);
    return EXIT.ok;
  },
});
