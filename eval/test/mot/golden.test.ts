import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sharedFile, sharedFolder } from '../../../test/services/machine.ts';
import { fallenFigures, raiseFigures } from '../../src/golden.ts';
import { readGolden, TOLERANCE, trackerFigures, writeGolden } from '../../src/mot/golden.ts';
import { measureTracker } from '../../src/mot/trackerOnly.ts';

describe('golden figures', () => {
  const golden = { 'a.hota': 0.5, 'a.identitySwitches': 10, 'a.rmsMetres': 0.3 };

  it('complain about each figure that got worse, by name', () => {
    expect(fallenFigures(golden, golden, 0)).toEqual([]);
    expect(fallenFigures(golden, { 'a.hota': 0.6, 'a.identitySwitches': 9, 'a.rmsMetres': 0.2 }, 0)).toEqual([]);
    const worse = fallenFigures(golden, { 'a.hota': 0.49, 'a.identitySwitches': 11 }, 0.001);
    expect(worse).toHaveLength(3);
    expect(worse[0]).toContain('a.hota is 0.49; golden is 0.5');
    expect(worse[2]).toContain('a.rmsMetres was not measured');
  });

  it('are only ever raised', () => {
    expect(raiseFigures(golden, { 'a.hota': 0.4, 'a.identitySwitches': 9, 'a.rmsMetres': 0.4, 'b.hota': 0.1 })).toEqual(
      {
        'a.hota': 0.5,
        'a.identitySwitches': 9,
        'a.rmsMetres': 0.3,
        'b.hota': 0.1,
      },
    );
  });

  it('come back from their file as they were written', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'golden-'));
    try {
      const path = join(folder, 'mot.json');
      await writeGolden({ trackerOnly: golden, realPixels: {} }, path);
      expect(await readGolden(path)).toEqual({ trackerOnly: golden, realPixels: {} });
      await expect(readGolden(join(folder, 'none.json'))).rejects.toThrow(/none\.json/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe.skipIf(!sharedFolder || !sharedFile('data', 'mot15'))(
  'the tracker on MOT15 (needs ../shared or $SAFE_PASSAGE_SHARED with data/mot15)',
  () => {
    it('is no worse than its golden figures', async () => {
      const figures = trackerFigures(await measureTracker(sharedFolder ?? ''));
      const golden = await readGolden();
      expect(Object.keys(golden.trackerOnly).length).toBeGreaterThan(0);
      expect(fallenFigures(golden.trackerOnly, figures, TOLERANCE.trackerOnly)).toEqual([]);
    }, 240_000);
  },
);
