import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEPLOY } from './mosquitto.ts';

const run = promisify(execFile);
let folder: string;
let root: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safe-passage-install-'));
  root = join(folder, 'root');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** An archive of the shape that deploy/edge/pack gives one, with a program that only says which version it is. */
async function archive(version: string, runs = true): Promise<string> {
  const stage = await mkdtemp(join(folder, 'stage-'));
  await mkdir(join(stage, 'bin'));
  await mkdir(join(stage, 'edge/src'), { recursive: true });
  await mkdir(join(stage, 'deploy/systemd'), { recursive: true });
  await writeFile(join(stage, 'VERSION'), `${version}\n`);
  await writeFile(join(stage, 'bin/node'), runs ? '#!/bin/sh\nexit 0\n' : '#!/bin/sh\necho "not here" >&2\nexit 1\n');
  await chmod(join(stage, 'bin/node'), 0o755);
  await writeFile(join(stage, 'edge/src/main.ts'), '');
  await writeFile(join(stage, 'deploy/systemd/safe-passage-edge@.service'), `# of ${version}\n`);
  const path = join(folder, `safe-passage-edge-${version}-amd64.tar.gz`);
  await run('tar', ['-czf', path, '-C', stage, '.']);
  await writeFile(`${path}.sha256`, (await run('sha256sum', [path])).stdout);
  return path;
}

/** In the place of systemd's own program: one agent runs, and cannot start in the versions that are named. */
async function systemctl(...broken: string[]): Promise<void> {
  const path = join(folder, 'systemctl');
  const refusals = broken.map((version) => `releases/${version}) exit 1 ;;`).join(' ');
  await writeFile(
    path,
    `#!/bin/sh
echo "$*" >>'${folder}/calls'
case "$1" in
  list-units) echo 'safe-passage-edge@gate.service loaded active running' ;;
  restart) case "$(readlink '${root}/opt/safe-passage/current')" in ${refusals} esac ;;
esac
`,
  );
  await chmod(path, 0o755);
}

const install = (...args: string[]) =>
  run(join(DEPLOY, 'edge/install.sh'), [...args, '--root', root], {
    env: { ...process.env, SAFE_PASSAGE_SYSTEMCTL: join(folder, 'systemctl') },
  });
const inUse = async () => basename(await readlink(join(root, 'opt/safe-passage/current')));
const releases = async () => (await readdir(join(root, 'opt/safe-passage/releases'))).sort();
const unit = () => readFile(join(root, 'etc/systemd/system/safe-passage-edge@.service'), 'utf8');
const calls = async () => (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n');

describe('install.sh', () => {
  beforeEach(() => systemctl());

  it('puts a version in use, with its unit and its command; and again, as if for the first time', async () => {
    const first = await archive('1.0.0');
    await install('install', first);
    await writeFile(join(root, 'etc/safe-passage/gate.yaml'), 'site: lhx\n');
    await install('install', first);
    expect(await inUse()).toBe('1.0.0');
    expect(await releases()).toEqual(['1.0.0']);
    expect(await unit()).toBe('# of 1.0.0\n');
    expect((await stat(join(root, 'usr/local/bin/safe-passage'))).mode & 0o111).toBe(0o111);
    expect((await stat(join(root, 'var/lib/safe-passage'))).mode & 0o777).toBe(0o700);
    expect(await readFile(join(root, 'etc/safe-passage/gate.yaml'), 'utf8')).toBe('site: lhx\n');
  });

  it('upgrades, starts again what ran, keeps one version before, and goes back to it when told', async () => {
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) await install('install', await archive(version));
    expect(await inUse()).toBe('1.2.0');
    expect(await releases()).toEqual(['1.1.0', '1.2.0']);
    expect(await calls()).toContain('restart safe-passage-edge@gate.service');
    await install('rollback');
    expect(await inUse()).toBe('1.1.0');
    expect(await unit()).toBe('# of 1.1.0\n');
    await install('rollback');
    expect(await inUse()).toBe('1.2.0');
  });

  it('brings the old version back where the new one does not start', async () => {
    await install('install', await archive('1.0.0'));
    await systemctl('1.1.0');
    await expect(install('install', await archive('1.1.0'))).rejects.toMatchObject({
      code: 4,
      stderr: expect.stringContaining('the version before comes back'),
    });
    expect(await inUse()).toBe('1.0.0');
    expect(await releases()).toEqual(['1.0.0']);
    expect(await unit()).toBe('# of 1.0.0\n');
    expect((await calls()).filter((call) => call.startsWith('restart')).length).toBeGreaterThanOrEqual(3);
  });

  it('replaces nothing by a version that does not run on this device, nor by an archive that did not arrive whole', async () => {
    await install('install', await archive('1.0.0'));
    await expect(install('install', await archive('1.1.0', false))).rejects.toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/not here[\s\S]*nothing was changed/),
    });
    const torn = await archive('1.2.0');
    await writeFile(torn, (await readFile(torn)).subarray(0, 100));
    await expect(install('install', torn)).rejects.toMatchObject({
      stderr: expect.stringContaining('did not arrive whole'),
    });
    expect(await inUse()).toBe('1.0.0');
    expect(await releases()).toEqual(['1.0.0']);
  });

  it('takes the agents away and leaves configurations and waiting reports, unless told to take them too', async () => {
    await install('install', await archive('1.0.0'));
    await writeFile(join(root, 'etc/safe-passage/gate.yaml'), 'site: lhx\n');
    await install('uninstall');
    expect(await calls()).toContain('disable --now safe-passage-edge@gate.service');
    expect(await readdir(join(root, 'opt'))).toEqual([]);
    expect(await readdir(join(root, 'usr/local/bin'))).toEqual([]);
    expect(await readdir(join(root, 'etc/safe-passage'))).toEqual(['gate.yaml']);
    await install('uninstall', '--purge');
    expect(await readdir(join(root, 'etc'))).not.toContain('safe-passage');
    expect(await readdir(join(root, 'var/lib'))).toEqual([]);
  });

  it.each([['instal'], ['install', '--rot'], ['install', 'a', 'b'], []])(
    'a wrong command line ends with 2: %s',
    async (...args) => {
      await expect(install(...args)).rejects.toMatchObject({ code: 2 });
    },
  );
});
