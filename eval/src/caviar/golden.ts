import { resolve } from 'node:path';
import { Figures, readGoldenFile, rounded, writeGoldenFile } from '../golden.ts';
import { groupFigures } from '../groups/golden.ts';
import type { CaviarResult } from './measure.ts';

export const CAVIAR_GOLDEN_FILE = resolve(import.meta.dirname, '../../golden/caviar.json');
/** Rounding alone: the same on every machine. */
export const CAVIAR_TOLERANCE = 0.0001;

export function caviarFigures({ rows, meetings }: CaviarResult): Figures {
  const hub = rows.at(-1);
  return {
    ...(hub ? groupFigures('caviar', hub.scores) : {}),
    'caviar.meetingsFound': rounded(meetings.found / meetings.meetings),
    'caviar.falsePairsPerThousand': rounded((1000 * meetings.falsePairs) / meetings.pairs),
  };
}

export const readCaviarGolden = (path = CAVIAR_GOLDEN_FILE): Promise<Figures> => readGoldenFile(path, Figures);

export const writeCaviarGolden = (figures: Figures, path = CAVIAR_GOLDEN_FILE): Promise<void> =>
  writeGoldenFile(path, figures);
