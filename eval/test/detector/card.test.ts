import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findModel, MANIFEST_FOLDER } from '@safe-passage/edge/detect/findModel.ts';
import { describe, expect, it } from 'vitest';
import { readDetectorGolden } from '../../src/detector/golden.ts';

const NAME = 'safe-passage-person';
const MOST_BYTES = 4_000_000;

/** The rows of the card's tables, by what stands in their first cell. */
async function cardRows(): Promise<Map<string, string[]>> {
  const card = await readFile(join(MANIFEST_FOLDER, NAME, 'CARD.md'), 'utf8');
  return new Map(
    card
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .map(([, first = '', ...others]) => [first, others.slice(0, -1)]),
  );
}

describe('the person detector of the project', () => {
  it('is in the repository, small, and the file that its manifest describes', async () => {
    // findModel refuses any other; nothing outside the repository is searched before it.
    const { weights, manifest } = await findModel(NAME);
    expect(dirname(weights)).toBe(join(MANIFEST_FOLDER, NAME));
    expect((await stat(weights)).size).toBeLessThanOrEqual(MOST_BYTES);
    expect(manifest.download).toBeUndefined();
    expect(manifest.classes).toEqual({ count: 1, person: 0 });
  });

  it('has a card that speaks of this very file', async () => {
    const { digest, manifest } = await findModel(NAME);
    const rows = await cardRows();
    expect(rows.get('SHA-256')).toEqual([`\`${digest}\``]);
    expect(rows.get('name')).toEqual([`\`${manifest.name}\``]);
    expect(rows.get('file')).toEqual([`\`${manifest.file}\``]);
    expect(rows.get('licence')?.[0]).toContain(manifest.licence);
    expect(rows.get('input')?.[0]).toContain(`${manifest.input.width} x ${manifest.input.height}`);
  });

  it('has a card that names every source of its data, by licence', async () => {
    const rows = await cardRows();
    for (const [part, source] of [
      ['human-*', 'human-v2/human-dataset-v2'],
      ['photo-*, street-*, indoor-*', 'siwookim/capston2'],
      ['grey-*', 'weapon-detection-cctv/weapon-detection-cctv-v3-dataset'],
    ] as const) {
      const [named, , licence] = rows.get(part) ?? [];
      expect(named).toContain(source);
      expect(licence).toBe('CC BY 4.0');
    }
  });

  it('has a card with the figures that are held as golden', async () => {
    const golden = (await readDetectorGolden())[NAME];
    expect(golden).toBeDefined();
    const rows = await cardRows();
    const percent = (value: number | undefined) => (100 * (value ?? Number.NaN)).toFixed(1);
    for (const [row, set] of [
      ['person-detection/val', 'val'],
      ['PETS09-S2L1', 'pets'],
    ] as const) {
      const figures = ['ap50', 'ap50To95', 'recallAtOneFalse'].map((figure) => percent(golden?.[`${set}.${figure}`]));
      expect(rows.get(row)?.slice(0, 3)).toEqual(figures);
    }
  });
});
