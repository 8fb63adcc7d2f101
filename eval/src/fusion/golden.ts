import { resolve } from 'node:path';
import { Figures, readGoldenFile, rounded, writeGoldenFile } from '../golden.ts';
import { type FusionResult, REFERENCE } from './measure.ts';

export const FUSION_GOLDEN_FILE = resolve(import.meta.dirname, '../../golden/fusion.json');
/** Seeds make everything repeatable: only the rounding of another processor's mathematics is forgiven. */
export const FUSION_TOLERANCE = 0.002;

export function fusionFigures(result: FusionResult): Figures {
  const figures: Record<string, number> = {};
  // Metres are better the fewer they are: what is left of 1 m.
  figures['standing.median'] = rounded(1 - result.standing.agent.median);
  figures['standing.p90'] = rounded(1 - result.standing.agent.p90);
  for (const { setting, fused } of result.settings) {
    figures[`wildtrack.${setting.name}.idf1`] = rounded(fused.within1.idf1);
    figures[`wildtrack.${setting.name}.mota`] = rounded(fused.within1.mota);
    if (setting.name !== REFERENCE) continue;
    figures[`wildtrack.${setting.name}.within05.idf1`] = rounded(fused.within05.idf1);
    figures[`wildtrack.${setting.name}.within05.mota`] = rounded(fused.within05.mota);
  }
  for (const { name, scores } of result.gaps) {
    // Of a handful nothing can be told.
    if (scores.gaps < 50) continue;
    figures[`continuations.${name}.precision`] = rounded(scores.precision);
    figures[`continuations.${name}.recall`] = rounded(scores.recall);
  }
  figures['continuations.truth'] = rounded(1 - result.calibrationError);
  return figures;
}

export const readFusionGolden = (path = FUSION_GOLDEN_FILE): Promise<Figures> => readGoldenFile(path, Figures);

export const writeFusionGolden = (figures: Figures, path = FUSION_GOLDEN_FILE): Promise<void> =>
  writeGoldenFile(path, figures);
