import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedFile, sharedFolder } from '../../../test/services/machine.ts';
import { readCaviar } from '../../src/caviar/dataset.ts';
import { CAVIAR_TOLERANCE, caviarFigures, readCaviarGolden } from '../../src/caviar/golden.ts';
import { measureCaviar } from '../../src/caviar/measure.ts';
import { fallenFigures } from '../../src/golden.ts';

const OBJECTS = 'clip,frame,id,xc,yc,w,h,orientation,appearance,movement,role,context,situation';
const GROUPS = 'clip,frame,gid,members,xc,yc,w,h,movement,role,context,situation';

describe('clips with labelled groups', () => {
  let folder = '';
  const write = async (objects: string[], groups: string[]): Promise<void> => {
    await writeFile(join(folder, 'data/caviar/objects.csv'), [OBJECTS, ...objects, ''].join('\n'));
    await writeFile(join(folder, 'data/caviar/groups.csv'), [GROUPS, ...groups, ''].join('\n'));
  };
  const row = (frame: number, id: number, x: number, y: number): string =>
    `a,${frame},${id},${x},${y},${30 + y / 10},20,0,visible,walking,walker,walking,moving`;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'caviar-'));
    await mkdir(join(folder, 'data/caviar'), { recursive: true });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('brings pixels to metres by how long people are, near and far', async () => {
    const objects = Array.from({ length: 200 }, (_, frame) => [
      row(frame, 1, 100 + frame / 4, 50),
      row(frame, 2, 100, 200),
    ]);
    await write(objects.flat(), []);
    const [clip] = await readCaviar(folder);
    const of = (person: string) => clip?.rows.filter((one) => one.person === person) ?? [];
    expect(of('1')).toHaveLength(40);
    // Fifty pixels where a person of 1.7 m is 35 pixels long.
    expect((of('1').at(-1)?.x ?? 0) - (of('1')[0]?.x ?? 0)).toBeCloseTo((1.7 * 195) / 4 / 35, 6);
    // 150 pixels further down, where people are 35 to 50 pixels long.
    expect((of('2')[0]?.y ?? 0) - (of('1')[0]?.y ?? 0)).toBeCloseTo(17 * Math.log(50 / 35), 6);
  });

  it('takes people for a group who are labelled so for half of a window, and belongings for none', async () => {
    const objects = Array.from({ length: 250 }, (_, frame) => [0, 1, 2].map((id) => row(frame, id, 100 + id, 50 + id)));
    const label = (frame: number, members: string, context: string) =>
      `a,${frame},0,${members},0,0,0,0,movement,meeters,${context},interacting`;
    const groups = Array.from({ length: 130 }, (_, frame) => label(frame, '0 1', 'meeting'));
    const left = Array.from({ length: 250 }, (_, frame) => label(frame, '1 2', 'leaving'));
    await write(objects.flat(), [...groups, ...left]);
    const [clip] = await readCaviar(folder);
    expect(clip?.windows.map(({ truth }) => truth)).toEqual([[['0', '1'], ['2']]]);
    expect(clip?.meetings).toEqual([{ clip: 'a', members: ['0', '1'], fromMs: 0, toMs: 5160 }]);
  });

  it('says which line is broken', async () => {
    await write(['a,1,2,3'], []);
    await expect(readCaviar(folder)).rejects.toThrow(/objects\.csv, line 2: 4 cells instead of 13/);
  });
});

describe.skipIf(!sharedFile('data', 'caviar'))(
  'staged meetings (needs ../shared or $SAFE_PASSAGE_SHARED with data/caviar)',
  () => {
    it('what the hub tells is no worse than its golden figures', async () => {
      const measured = caviarFigures(measureCaviar(await readCaviar(sharedFolder ?? ''), () => undefined));
      const golden = await readCaviarGolden();
      expect(Object.keys(golden)).toHaveLength(5);
      expect(fallenFigures(golden, measured, CAVIAR_TOLERANCE)).toEqual([]);
    }, 60_000);
  },
);
