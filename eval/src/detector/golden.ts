import { resolve } from 'node:path';
import { type Static, Type } from 'typebox';
import { Figures, readGoldenFile, rounded, writeGoldenFile } from '../golden.ts';
import type { AccuracyFigures } from './figures.ts';

/** By model. */
const Golden = Type.Record(Type.String(), Figures);
export type DetectorGolden = Static<typeof Golden>;

export const DETECTOR_GOLDEN_FILE = resolve(import.meta.dirname, '../../golden/detector.json');
/** From pixels: the arithmetic of inference differs a little between processors. */
export const DETECTOR_TOLERANCE = 0.01;

/** @param accuracy by the dataset's name. */
export function detectorFigures(accuracy: Readonly<Record<string, AccuracyFigures>>): Figures {
  return Object.fromEntries(
    Object.entries(accuracy).flatMap(([name, { ap50, ap50To95, recall }]) => [
      [`${name}.ap50`, rounded(ap50)],
      [`${name}.ap50To95`, rounded(ap50To95)],
      [`${name}.recallAtOneFalse`, rounded(recall)],
    ]),
  );
}

export const readDetectorGolden = (path = DETECTOR_GOLDEN_FILE): Promise<DetectorGolden> =>
  readGoldenFile(path, Golden);

export const writeDetectorGolden = (golden: DetectorGolden, path = DETECTOR_GOLDEN_FILE): Promise<void> =>
  writeGoldenFile(path, golden);
