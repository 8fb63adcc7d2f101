import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCaviar } from '../src/caviar/dataset.ts';
import { readWildtrack } from '../src/fusion/wildtrack.ts';
import { readGroupSet } from '../src/groups/dataset.ts';
import { readSequence } from '../src/mot/dataset.ts';
import { readOrdinary } from '../src/ordinary/dataset.ts';
import { insistOnShared, readShared, sharedFolder } from '../src/shared.ts';

const REMEDY =
  /^The recordings are no part of the project: name the folder that has them with --shared or \$SAFE_PASSAGE_SHARED\.$/;

describe('recordings that are no part of the project', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shared-'));
  });
  afterAll(async () => rm(folder, { recursive: true }));

  it('are read from the folder that is named, before any other', async () => {
    expect(sharedFolder(folder)).toBe(folder);
    await writeFile(join(folder, 'one.csv'), 't,id,x,y\n');
    expect(await readShared(join(folder, 'one.csv'))).toBe('t,id,x,y\n');
    await expect(insistOnShared(join(folder, 'one.csv'))).resolves.toBeUndefined();
  });

  it.each([
    ['groups', () => readGroupSet(folder, 'eth'), /data\/groups\/eth\.csv cannot be read: ENOENT/],
    ['ordinary traffic', () => readOrdinary(folder), /data\/groups\/\w+\.csv cannot be read: ENOENT/],
    ['CAVIAR', () => readCaviar(folder), /data\/caviar\/objects\.csv cannot be read: ENOENT/],
    ['WILDTRACK', () => readWildtrack(folder), /data\/wildtrack\/calibrations cannot be read: ENOENT/],
    ['MOT15', () => readSequence(folder, 'KITTI-13'), /data\/mot15\/KITTI-13\/seqinfo\.ini cannot be read: ENOENT/],
  ] as const)('of %s say which file is missing, and how to name the folder', async (_, read, message) => {
    await expect(read()).rejects.toMatchObject({
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(REMEDY),
    });
  });
});
