import { resolve } from 'node:path';
import { Figures, readGoldenFile, rounded, writeGoldenFile } from '../golden.ts';
import type { Measured } from './measure.ts';
import type { SoloPattern } from './staged.ts';

export const ESCORT_GOLDEN_FILE = resolve(import.meta.dirname, '../../golden/escort.json');
/** Rounding alone: the same on every machine. */
export const ESCORT_TOLERANCE = 0.0001;

/** Names end with the part: the full measurement and the quick one have figures of their own. */
export function escortFigures({ quick, patterns, ordinary }: Measured): Figures {
  const part = quick ? 'quick' : 'full';
  const figures: Record<string, number> = {};
  for (const { pattern, staged, found, falsePerThousand } of patterns) {
    figures[`${part}.${pattern}.recall`] = rounded(found / Math.max(1, staged));
    figures[`${part}.${pattern}.falsePerThousand`] = rounded(falsePerThousand);
  }
  for (const { pattern, falsePerThousand } of ordinary) {
    figures[`${part}.${pattern}.ordinary.falsePerThousand`] = rounded(falsePerThousand);
  }
  return figures;
}

/** The figures of one part, and of one pattern where only that was scored. */
export const ofPart = (figures: Figures, quick: boolean, only: SoloPattern | null = null): Figures =>
  Object.fromEntries(
    Object.entries(figures).filter(([name]) =>
      name.startsWith(`${quick ? 'quick' : 'full'}.${only === null ? '' : `${only}.`}`),
    ),
  );

export const readEscortGolden = (path = ESCORT_GOLDEN_FILE): Promise<Figures> => readGoldenFile(path, Figures);

export const writeEscortGolden = (figures: Figures, path = ESCORT_GOLDEN_FILE): Promise<void> =>
  writeGoldenFile(path, figures);
