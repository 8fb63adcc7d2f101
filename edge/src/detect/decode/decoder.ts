import type { ModelManifest } from '../manifest.ts';
import { BoxesScoresDecoder } from './boxesScores.ts';
import type { Decoder } from './candidates.ts';
import { NanodetDecoder } from './nanodet.ts';
import { YoloxDecoder } from './yolox.ts';

/**
 * The decoder that a manifest names.
 * @param outputLengths number of values of each output of the model, in the order of `outputNames`.
 * @throws RangeError where the model's outputs do not have the size that the manifest implies.
 */
export function createDecoder(manifest: ModelManifest, outputLengths: readonly number[]): Decoder {
  const { input, classes } = manifest;
  const spec = manifest.decoder;
  let decoder: Decoder;
  switch (spec.kind) {
    case 'yolox':
      decoder = new YoloxDecoder(input, spec.strides, classes);
      break;
    case 'nanodet':
      decoder = new NanodetDecoder(input, spec, classes);
      break;
    case 'boxes-scores':
      decoder = new BoxesScoresDecoder(input, spec.units, classes, Math.floor((outputLengths[0] ?? 0) / 4));
      break;
  }
  decoder.lengths.forEach((expected, i) => {
    if (outputLengths[i] !== expected) {
      throw new RangeError(
        `output ${i + 1} has ${outputLengths[i] ?? 0} values, the manifest's input, strides and classes imply ${expected}`,
      );
    }
  });
  return decoder;
}
