import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCalibration } from '@safe-passage/edge/floor/calibration.ts';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedFile } from '../../../test/services/machine.ts';
import { startProgram } from '../../../test/services/program.ts';
import { sim } from './simProgram.ts';

const weights = sharedFile('models', 'yolox-nano', 'yolox_nano.onnx');

describe('sim film', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sim-film-'));
    const hall = ['--plan', 'regional', '--camera', 'cam-3', '--passengers-per-hour', '300', '--warm-up', '6'];
    const result = await sim('film', ...hall, '--seconds', '2', '--out', folder);
    expect(result.code, result.err).toBe(0);
  }, 240_000);
  afterAll(() => rm(folder, { recursive: true }));

  it("writes pictures of the camera's size, in order, and its calibration", async () => {
    const names = (await readdir(join(folder, 'frames'))).sort();
    expect(names).toHaveLength(10);
    const calibration = readCalibration(await readFile(join(folder, 'calibration.json'), 'utf8'), 'calibration');
    const { width, height } = await sharp(join(folder, 'frames', names[0] ?? '')).metadata();
    expect([width, height]).toEqual([calibration.imageWidth, calibration.imageHeight]);
  });

  it.skipIf(!weights)(
    'in which a real detector finds people (needs ../shared or $SAFE_PASSAGE_SHARED)',
    { timeout: 240_000 },
    async () => {
      const out = join(folder, 'det.txt');
      const args = ['detect', '--source', join(folder, 'frames'), '--model', String(weights), '--confidence', '0.5'];
      const detect = startProgram('edge/src/main.ts', [...args, '--out', out]);
      expect(await detect.ended, detect.said()).toBe(0);
      const frames = (await readFile(out, 'utf8'))
        .trim()
        .split('\n')
        .map((line) => Number(line.split(',')[0]));
      expect(new Set(frames).size).toBe(10);
    },
  );

  it('names the cameras there are where one is not', async () => {
    const result = await sim('film', '--plan', 'regional', '--camera', 'cam-77', '--out', folder);
    expect(result.code).toBe(1);
    expect(result.err).toMatch(/"cam-77"[\s\S]*cam-1, cam-2/);
  });
});
