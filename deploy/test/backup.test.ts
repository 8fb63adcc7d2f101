import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEPLOY } from './mosquitto.ts';

const run = promisify(execFile);
const EXAMPLE = resolve(DEPLOY, '../examples/privacy.yaml');
const HOUR_MS = 3_600_000;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safe-passage-backup-'));
  await mkdir(join(folder, 'backups'));
  await pgDump('out=$(echo "$2" | cut -d= -f2); echo dump >"$out"');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** In the place of PostgreSQL's own program. */
async function pgDump(line: string): Promise<void> {
  await mkdir(join(folder, 'bin'), { recursive: true });
  await writeFile(join(folder, 'bin/pg_dump'), `#!/bin/sh\n${line}\n`);
  await chmod(join(folder, 'bin/pg_dump'), 0o755);
}

async function old(name: string, hours: number): Promise<void> {
  const path = join(folder, 'backups', name);
  await writeFile(path, 'old');
  const then = new Date(Date.now() - hours * HOUR_MS);
  await utimes(path, then, then);
}

const backup = (policy = EXAMPLE) =>
  run(join(DEPLOY, 'backup/backup'), ['--once'], {
    env: { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, POLICY: policy, BACKUPS: join(folder, 'backups') },
  });
const dumps = async () => (await readdir(join(folder, 'backups'))).sort();

describe('a backup', () => {
  it('is made, and those older than the privacy policy allows are destroyed', async () => {
    await old('eight-days.dump', 8 * 24);
    await old('six-days.dump', 6 * 24);
    await old('broken-off.part', 8 * 24);
    await old('something-else.txt', 80 * 24);
    const { stdout } = await backup();
    expect(stdout).toContain('destroyed eight-days.dump');
    expect(await dumps()).toEqual([
      expect.stringMatching(/^safe-passage-\d{8}T\d{6}Z\.dump$/),
      'six-days.dump',
      'something-else.txt',
    ]);
  });

  it.each([
    ['keep: 6 hours', 5, true],
    ['keep: 6 hours', 7, false],
    ['keep: 90 minutes', 2, false],
    ["keep: '2 days' # agreed", 40, true],
  ])('obeys "%s" of its own class, whatever others say', async (line, hours, kept) => {
    const policy = join(folder, 'privacy.yaml');
    await writeFile(
      policy,
      `classes:\n  tracks:\n    keep: 99 days\n  backups:\n    why: so\n    ${line}\n  audit:\n    keep: 1 minute\n`,
    );
    await old('one.dump', hours);
    await backup(policy);
    expect((await dumps()).includes('one.dump')).toBe(kept);
  });

  it('is not made where nobody says how long it may be kept', async () => {
    const policy = join(folder, 'privacy.yaml');
    await writeFile(policy, 'classes:\n  tracks:\n    keep: 3 days\n');
    await expect(backup(policy)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('classes.backups.keep'),
    });
    expect(await dumps()).toEqual([]);
  });

  it('that broke off leaves nothing behind, and the old ones go all the same', async () => {
    await pgDump('out=$(echo "$2" | cut -d= -f2); echo half >"$out"; exit 1');
    await old('eight-days.dump', 8 * 24);
    await expect(backup()).rejects.toMatchObject({ code: 1 });
    expect(await dumps()).toEqual([]);
  });
});
