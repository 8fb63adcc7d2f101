import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { writeOutput } from '../src/output.ts';
import { OperatorError } from '../src/program.ts';

describe('where --out puts a result', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'output-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([undefined, '-'])('is standard output for %j, and no file', async (path) => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      await writeOutput(path, 'result\n');
      expect(write).toHaveBeenCalledExactlyOnceWith('result\n');
    } finally {
      write.mockRestore();
    }
    expect(await readdir('.')).not.toContain('-');
  });

  it('is the file that is named, in folders that are made on the way', async () => {
    const path = join(folder, 'a/b/result.txt');
    await writeOutput(path, 'result\n');
    expect(await readFile(path, 'utf8')).toBe('result\n');
  });

  it('is an error that names the path where it cannot be written', async () => {
    const taken = join(folder, 'taken');
    await writeOutput(taken, 'a file');
    const refused = writeOutput(join(taken, 'below.txt'), 'result');
    await expect(refused).rejects.toBeInstanceOf(OperatorError);
    await expect(refused).rejects.toThrow(join(taken, 'below.txt'));
  });
});
