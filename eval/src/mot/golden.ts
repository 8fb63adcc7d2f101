import { resolve } from 'node:path';
import { type Static, Type } from 'typebox';
import { Figures, readGoldenFile, rounded, writeGoldenFile } from '../golden.ts';
import type { Scores } from './metrics.ts';
import type { RealPixelsResult } from './realPixels.ts';
import type { TrackerOnlyResult } from './trackerOnly.ts';

const Golden = Type.Object(
  {
    /** From MOT15's detections: the same on every machine. */
    trackerOnly: Figures,
    /** From pixels: the detector's arithmetic differs a little between processors. */
    realPixels: Figures,
  },
  { additionalProperties: false },
);
export type Golden = Static<typeof Golden>;

export const GOLDEN_FILE = resolve(import.meta.dirname, '../../golden/mot.json');
/** How much worse a figure may be before it counts: rounding, and the processor's share for pixels. */
export const TOLERANCE = { trackerOnly: 0.0001, realPixels: 0.01 } as const;

const scoreFigures = (prefix: string, { hota, mota, idf1, identitySwitches }: Scores): Figures => ({
  [`${prefix}.hota`]: rounded(hota),
  [`${prefix}.mota`]: rounded(mota),
  [`${prefix}.idf1`]: rounded(idf1),
  [`${prefix}.identitySwitches`]: identitySwitches,
});

export const trackerFigures = (result: TrackerOnlyResult): Figures => ({
  ...scoreFigures('fitting', result.fitting),
  ...scoreFigures('reporting', result.reporting),
  ...scoreFigures('overall', result.overall),
});

export const pixelFigures = (result: RealPixelsResult): Figures => ({
  'pets.hota': rounded(result.scores.hota),
  'pets.mota': rounded(result.scores.mota),
  'pets.idf1': rounded(result.scores.idf1),
  'pets.calibration.medianMetres': rounded(result.calibration.medianMetres),
  'pets.tracks.medianMetres': rounded(result.measured.medianMetres),
  'pets.tracks.rmsMetres': rounded(result.measured.rmsMetres),
});

export const readGolden = (path = GOLDEN_FILE): Promise<Golden> => readGoldenFile(path, Golden);

export const writeGolden = (golden: Golden, path = GOLDEN_FILE): Promise<void> => writeGoldenFile(path, golden);
