import { describe, expect, it } from 'vitest';
import { sharedFile, sharedFolder } from '../../../test/services/machine.ts';
import { fallenFigures } from '../../src/golden.ts';
import { allSingletons, twoThresholds } from '../../src/groups/baselines.ts';
import { FITTING_SETS, REPORTING_SETS, readGroupSet } from '../../src/groups/dataset.ts';
import { crowdFigures, GROUPS_TOLERANCE, groupFigures, readGroupsGolden } from '../../src/groups/golden.ts';
import { measureGroups, scoreWindows } from '../../src/groups/measure.ts';
import { seenAs } from '../../src/groups/robustness.ts';
import { terminalSets } from '../../src/groups/terminals.ts';

const shared = sharedFolder ?? '';

describe.skipIf(!sharedFile('data', 'groups'))(
  'groups on labelled pedestrians (needs ../shared or $SAFE_PASSAGE_SHARED with data/groups)',
  () => {
    it.each([
      ['eth', 80.1, 87.1],
      ['zara01', 83.9, 90.2],
      ['zara02', 74.0, 86.2],
    ])('the two-threshold rule scores on %s what is published: pairs %f, G-MITRE %f', async (name, pairs, mitre) => {
      const { windows } = await readGroupSet(shared, name);
      const scores = scoreWindows(windows, twoThresholds);
      expect(100 * scores.pairs.f1).toBeCloseTo(pairs, 1);
      expect(100 * scores.gMitreF1).toBeCloseTo(mitre, 1);
      expect(scoreWindows(windows, allSingletons).pairs.f1).toBe(0);
    });

    it.each([...FITTING_SETS, ...REPORTING_SETS])(
      'what hub score prints of %s hardly changes with 10 cm of noise: who stands is not taken to walk',
      async (name) => {
        const set = await readGroupSet(shared, name);
        const clear = measureGroups(set);
        const noisy = measureGroups(seenAs(set, { name: '10 cm', every: 1, sigmaMetres: 0.1 }));
        expect(noisy.pairs.f1).toBeGreaterThan(clear.pairs.f1 - 0.05);
        expect(noisy.gMitreF1).toBeGreaterThan(clear.gMitreF1 - 0.03);
      },
      240_000,
    );

    it('what hub score prints is no worse than its golden figures', async () => {
      const measured: Record<string, number> = {};
      for (const name of [...FITTING_SETS, ...REPORTING_SETS]) {
        const set = await readGroupSet(shared, name);
        Object.assign(measured, groupFigures(name, measureGroups(set)), crowdFigures(set));
      }
      for (const set of await terminalSets()) Object.assign(measured, groupFigures(set.name, measureGroups(set)));
      const golden = await readGroupsGolden();
      expect(Object.keys(golden)).toHaveLength(27);
      expect(fallenFigures(golden, measured, GROUPS_TOLERANCE)).toEqual([]);
    }, 240_000);
  },
);
