import { resolve } from 'node:path';
import { Figures, readGoldenFile, rounded, writeGoldenFile } from '../golden.ts';
import { crowdOf } from './crowds.ts';
import type { GroupSet } from './dataset.ts';
import { type GroupScores, measureGroups } from './measure.ts';

export const GROUPS_GOLDEN_FILE = resolve(import.meta.dirname, '../../golden/groups.json');
/** Rounding alone: the same on every machine. */
export const GROUPS_TOLERANCE = 0.0001;

export const groupFigures = (name: string, { gMitreF1, pairs, correct }: GroupScores): Figures => ({
  [`${name}.gMitreF1`]: rounded(gMitreF1),
  [`${name}.pairF1`]: rounded(pairs.f1),
  [`${name}.correctF1`]: rounded(correct.f1),
});

/** Into how many parts a set is cut for the golden figures of crowds. */
const GOLDEN_CROWD = 5;

export const crowdFigures = (set: GroupSet): Figures =>
  groupFigures(`${set.name}.crowd`, measureGroups(crowdOf(set, GOLDEN_CROWD)));

export const readGroupsGolden = (path = GROUPS_GOLDEN_FILE): Promise<Figures> => readGoldenFile(path, Figures);

export const writeGroupsGolden = (figures: Figures, path = GROUPS_GOLDEN_FILE): Promise<void> =>
  writeGoldenFile(path, figures);
