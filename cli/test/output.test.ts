import { execFileSync } from 'node:child_process';
import { lstat, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
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
    await expect(writeOutput(folder, 'result')).rejects.toThrow(`${folder} cannot be written`);
  });

  it('is whole or as it was before, and nothing is left beside it', async () => {
    const own = join(folder, 'whole');
    const path = join(own, 'result.txt');
    await writeOutput(path, 'first\n');
    await writeOutput(path, 'second\n');
    expect(await readFile(path, 'utf8')).toBe('second\n');
    expect(await readdir(own)).toEqual(['result.txt']);
  });

  it('may be a pipe, which stays one, or a link to a file, which is written in its place', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const [read] = await Promise.all([readFile(pipe, 'utf8'), writeOutput(pipe, 'result\n')]);
    expect([read, (await stat(pipe)).isFIFO()]).toEqual(['result\n', true]);

    const [file, link] = [join(folder, 'linked.txt'), join(folder, 'link.txt')];
    await writeOutput(file, 'old\n');
    await symlink(file, link);
    await writeOutput(link, 'new\n');
    expect([await readFile(file, 'utf8'), (await lstat(link)).isSymbolicLink()]).toEqual(['new\n', true]);
  });
});
