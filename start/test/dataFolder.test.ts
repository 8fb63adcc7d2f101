import { mkdir, mkdtemp, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProgram, until } from '../../test/services/program.ts';
import { DataFolder } from '../src/data/dataFolder.ts';

let above: string;
let folder: string;
beforeEach(async () => {
  above = await mkdtemp(join(tmpdir(), 'safe-passage-data-'));
  folder = join(above, 'data');
});
afterEach(async () => {
  await rm(above, { recursive: true, force: true });
});

const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe('the data folder', () => {
  it('is of one start at a time, under whatever name', async () => {
    const first = await DataFolder.open(folder);
    await symlink(folder, join(above, 'link'));
    await expect(DataFolder.open(folder)).rejects.toThrow(/another start of Safe Passage uses the data folder/);
    await expect(DataFolder.open(join(above, 'link'))).rejects.toThrow(/another start/);
    first.close();
    (await DataFolder.open(folder)).close();
  });

  it('is free again when whoever had it was killed', async () => {
    const holder = join(above, 'holder.ts');
    await writeFile(
      holder,
      `import { DataFolder } from ${JSON.stringify(join(import.meta.dirname, '../src/data/dataFolder.ts'))};
       globalThis.kept = await DataFolder.open(${JSON.stringify(folder)});
       console.log('open');
       setInterval(() => {}, 1000);`,
    );
    const program = startProgram(holder, []);
    await until('the lock', 20, () => program.said().includes('open'));
    await expect(DataFolder.open(folder)).rejects.toThrow(/another start/);
    program.kill('SIGKILL');
    await program.ended;
    (await DataFolder.open(folder)).close();
  });

  it('lets nobody else read a secret, and keeps it', async () => {
    const data = await DataFolder.open(folder);
    try {
      const secret = await data.secret('postgres');
      expect(secret).toMatch(/^[\w-]{32}$/);
      expect(await data.secret('postgres')).toBe(secret);
      expect(await mode(join(folder, 'postgres.secret'))).toBe('600');
      expect(await mode(await data.write('hub.password', 'x'))).toBe('600');
      for (const part of ['log', 'run', 'outbox']) expect(await mode(join(folder, part))).toBe('700');
    } finally {
      data.close();
    }
  });

  it('refuses what it did not make, leaves that as it is, and takes an empty disk', async () => {
    await mkdir(folder);
    await writeFile(join(folder, 'letter.txt'), 'mine');
    await expect(DataFolder.open(folder)).rejects.toThrow(/holds something else \(letter\.txt\)/);
    expect(await readFile(join(folder, 'letter.txt'), 'utf8')).toBe('mine');
    await expect(DataFolder.open(join(folder, 'letter.txt'))).rejects.toThrow(/cannot be written/);
    await expect(DataFolder.open(join(folder, 'not', 'there'))).rejects.toThrow(/cannot be written: ENOENT/);

    const disk = join(above, 'disk');
    await mkdir(join(disk, 'lost+found'), { recursive: true });
    (await DataFolder.open(disk)).close();
  });

  it('refuses the layout of another version', async () => {
    (await DataFolder.open(folder)).close();
    await writeFile(join(folder, 'safe-passage-data'), '2\n');
    await expect(DataFolder.open(folder)).rejects.toThrow(/has the layout "2"; this version of Safe Passage knows 1/);
  });

  it('puts a log aside that has grown, and keeps three such', async () => {
    const data = await DataFolder.open(folder);
    try {
      for (const n of [1, 2, 3, 4, 5]) {
        const path = await data.log('hub');
        expect(await stat(path).catch(() => null)).toBeNull();
        await writeFile(path, String(n));
        await truncate(path, 11 * 1024 * 1024);
      }
      await data.log('hub');
      const numbers = await Promise.all(
        [1, 2, 3].map(async (n) => (await readFile(join(folder, 'log', `hub.log.${n}`), 'utf8'))[0]),
      );
      expect(numbers).toEqual(['5', '4', '3']);
      await expect(stat(join(folder, 'log', 'hub.log.4'))).rejects.toThrow(/ENOENT/);
    } finally {
      data.close();
    }
  });
});
