import { resolve } from 'node:path';
import { PATTERNS } from '../escort/staged.ts';
import { Figures, readGoldenFile, rounded, writeGoldenFile } from '../golden.ts';
import { type OrdinaryMeasured, perThousand } from './measure.ts';

export const ORDINARY_GOLDEN_FILE = resolve(import.meta.dirname, '../../golden/ordinary.json');
/** Rounding alone: the same on every machine. */
export const ORDINARY_TOLERANCE = 0.0001;

export function ordinaryFigures({ found, planted }: OrdinaryMeasured): Figures {
  const figures: Record<string, number> = {};
  for (const { set, people, told } of found) {
    for (const pattern of PATTERNS) {
      figures[`${set.name}.${pattern}.falsePerThousand`] = rounded(perThousand(told[pattern], people));
    }
  }
  for (const { name, byLength } of planted) {
    const all = byLength.reduce((sum, one) => sum + one.planted, 0);
    const told = byLength.reduce((sum, one) => sum + one.told, 0);
    figures[`${name}.planted.recall`] = rounded(told / Math.max(1, all));
  }
  return figures;
}

export const readOrdinaryGolden = (path = ORDINARY_GOLDEN_FILE): Promise<Figures> => readGoldenFile(path, Figures);

export const writeOrdinaryGolden = (figures: Figures, path = ORDINARY_GOLDEN_FILE): Promise<void> =>
  writeGoldenFile(path, figures);
