import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readScenarios } from '../../src/render/recording.ts';

const scenario = (more: object = {}): string =>
  JSON.stringify({
    type: 'scenario',
    scenario: 1,
    kind: 'escort',
    variant: 'escort',
    decoy: false,
    from: 10,
    to: 20,
    persons: [{ id: 7 }],
    ...more,
  });

describe('what was staged in a run', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'safe-passage-recording-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const written = (...lines: string[]) => writeFile(join(folder, 'events.jsonl'), lines.map((l) => `${l}\n`).join(''));

  it('is read where it goes on in the stretch, among lines of other kinds', async () => {
    await written('{"type":"person-left","t":1,"id":7}', scenario(), scenario({ scenario: 2, from: 30, to: 40 }));
    const read = await readScenarios(folder, 15, 29);
    expect(read.map((one) => one.scenario)).toEqual([1]);
  });

  it.each([
    ['broken off', scenario().slice(0, -5), /events\.jsonl, line 2, is not JSON/],
    [
      'of an unknown kind',
      scenario({ kind: 'juggling' }),
      /events\.jsonl, line 2, is no scenario:\nkind: .*"juggling"/,
    ],
    ['without people', scenario({ persons: undefined }), /line 2, is no scenario:\npersons: is missing/],
  ])('is refused with its line where it is %s', async (_what, line, message) => {
    await written(scenario(), line);
    await expect(readScenarios(folder, 0, 100)).rejects.toThrow(message);
  });
});
