import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { calibrationQuality } from '../../src/siteFiles.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'safe-passage-quality-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const WRITTEN_MS = Date.UTC(2026, 8, 1);
const FOUR = [
  { image: [100, 400], floor: [0, 0] },
  { image: [540, 400], floor: [4, 0] },
  { image: [420, 200], floor: [4, 8] },
  { image: [220, 200], floor: [0, 8] },
];

function calibration(points: readonly object[]): string {
  const path = join(folder, 'calibration.yaml');
  writeFileSync(path, JSON.stringify({ name: 'gate', imageWidth: 640, imageHeight: 480, points }));
  utimesSync(path, WRITTEN_MS / 1000, WRITTEN_MS / 1000);
  return path;
}

describe('what a device says of its calibration', () => {
  it('is how far a place is off that the fit did not know, and when the file was written', async () => {
    const aside = { image: [320, 300], floor: [2, 3.5], holdout: true };
    const { calibrationErrorMetres, calibrationWrittenMs } = await calibrationQuality(calibration([...FOUR, aside]));
    expect(calibrationWrittenMs).toBe(WRITTEN_MS);
    // The four put it at 2.5 m.
    expect(calibrationErrorMetres).toBe(1);
  });

  it('is no error where four points alone leave nothing to compare, and nothing where there is no file', async () => {
    expect(await calibrationQuality(calibration(FOUR))).toEqual({ calibrationWrittenMs: WRITTEN_MS });
    expect(await calibrationQuality(undefined)).toEqual({});
  });
});
