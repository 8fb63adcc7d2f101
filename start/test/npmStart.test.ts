import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlertList, Evidence } from '@safe-passage/hub/api/schemas.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Launchpad, openLaunchpad } from '../../test/services/launcher.ts';
import { sharedFile } from '../../test/services/machine.ts';
import { until } from '../../test/services/program.ts';

const weights = sharedFile('models', 'yolox-nano', 'yolox_nano.onnx');

let launchpad: Launchpad;
beforeEach(async () => {
  launchpad = await openLaunchpad();
});
afterEach(async () => {
  await launchpad.clear();
});

/** Signs in with a printed link. @returns a reader of the HTTP interface. */
async function signIn(link: string): Promise<<T>(path: string) => Promise<T>> {
  const token = new URL(link).hash.replace('#token=', '');
  const answer = await fetch(`${launchpad.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: launchpad.url },
    body: JSON.stringify({ token }),
  });
  expect(answer.status).toBe(200);
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  return async <T>(path: string) =>
    (await (await fetch(`${launchpad.url}${path}`, { headers: { cookie } })).json()) as T;
}

describe('npm start', () => {
  it('plays the simulated terminal to its first alert, stops cleanly, and finds it again after a kill', {
    timeout: 600_000,
  }, async () => {
    const killed = launchpad.start();
    await killed.signInLink();
    await killed.killProgram();
    await killed.ended;

    // At once: what the killed start left is still ending, and must be in nobody's way.
    const first = launchpad.start();
    const link = await first.signInLink();
    const read = await signIn(link);
    const alert = await until(
      'the first alert',
      120,
      async () => (await read<AlertList>('/api/alerts?state=all')).alerts[0],
    );
    expect(alert.pattern).toBe('dwell');
    expect(alert.sentence).toMatch(/limit\s1\smin/);
    const { paths } = await read<Evidence>(`/api/alerts/${alert.id}/evidence`);
    expect(paths.some((path) => path.role === 'dwelling' && path.points.length > 50)).toBe(true);
    // The hub's login owns nothing: the hub says where it does.
    const inData = (name: string) => readFile(join(launchpad.dataFolder, name), 'utf8');
    expect(new URL(await inData('run/database.url')).username).toBe('safe_passage_hub_login');
    expect(await inData('log/hub.log')).not.toMatch(/owns its tables|only triggers keep/);

    first.interrupt();
    expect(await first.ended, first.said()).toBe(0);
    expect(first.said()).toContain('the next start finds its data');
    expect(await launchpad.processes()).toEqual([]);

    const second = launchpad.start();
    const readAgain = await signIn(await second.signInLink());
    const { alerts } = await readAgain<AlertList>('/api/alerts?state=all');
    expect(alerts.map(({ id }) => id)).toContain(alert.id);
    expect((await fetch(`${launchpad.url}/api/alerts`)).status).toBe(401);
    // A service manager tells npm alone.
    second.terminate();
    expect(await second.ended, second.said()).toBe(0);
    expect(await launchpad.processes()).toEqual([]);

    const secrets = [
      new URL(link).hash.replace('#token=', ''),
      (await readFile(join(launchpad.dataFolder, 'postgres.secret'), 'utf8')).trim(),
      (await readFile(join(launchpad.dataFolder, 'run', 'hub.password'), 'utf8')).trim(),
    ];
    for (const name of await readdir(join(launchpad.dataFolder, 'log'))) {
      const log = await readFile(join(launchpad.dataFolder, 'log', name), 'utf8');
      for (const secret of secrets) expect(log.includes(secret), `${name} holds a secret`).toBe(false);
    }
  });

  it.skipIf(!weights)(
    'tells what is wrong with a camera that does not answer, without its password, and goes on trying (needs ../shared or $SAFE_PASSAGE_SHARED)',
    {
      timeout: 240_000,
    },
    async () => {
      const started = launchpad.start(['--source', 'rtsp://admin:s3cr3t-pw@127.0.0.1:1/x', '--model', 'yolox-nano']);
      await started.says(/rtsp:\/\/127\.0\.0\.1:1\/x" cannot be opened[\s\S]*It is tried again until it answers/, 30);
      expect(started.said()).not.toContain('s3cr3t-pw');
      for (const name of await readdir(join(launchpad.dataFolder, 'log'))) {
        expect(await readFile(join(launchpad.dataFolder, 'log', name), 'utf8')).not.toContain('s3cr3t-pw');
      }
      started.interrupt();
      expect(await started.ended).toBe(0);
    },
  );

  it('refuses a port that is taken, a folder that is not its own and one of another version, and says what to do', async () => {
    const taken = createServer();
    await new Promise<void>((done) => taken.listen(launchpad.port, '127.0.0.1', done));
    const busy = launchpad.start();
    expect(await busy.ended).toBe(1);
    expect(busy.said()).toMatch(
      `port ${launchpad.port} is taken by another program\nTake another one: npm start -- --port`,
    );
    await new Promise((done) => taken.close(done));

    const foreign = await mkdtemp(join(tmpdir(), 'safe-passage-foreign-'));
    try {
      await writeFile(join(foreign, 'letter.txt'), 'x');
      await mkdir(join(foreign, 'newer'));
      await writeFile(join(foreign, 'newer', 'safe-passage-data'), '7\n');
      for (const [folder, words] of [
        [foreign, /holds something else \(letter\.txt, newer\)[\s\S]*--data FOLDER/],
        [join(foreign, 'newer'), /has the layout "7"[\s\S]*knows 1/],
        [join(foreign, 'letter.txt'), /cannot be written[\s\S]*--data FOLDER/],
      ] as const) {
        const refused = launchpad.start(['--data', folder]);
        expect(await refused.ended).toBe(1);
        expect(refused.said()).toMatch(words);
        expect(refused.said()).not.toMatch(/\n\s+at /);
      }
    } finally {
      await rm(foreign, { recursive: true, force: true });
    }
  });

  it.each([
    [['--sorce', 'x'], /Unknown option '--sorce'/],
    [['--detector', 'perfect'], /--detector takes yolox-nano-832, .*ideal; found "perfect"/],
    [['--speed', '2'], /--speed goes together with --source/],
    [
      ['--source', 'x.mp4', '--model', 'yolox-nano', '--speed', '0'],
      /--speed takes a number of at least 0\.01 .*found "0"/,
    ],
  ])('refuses %j with exit code 2 and a pointer to the help', async (args, words) => {
    const refused = launchpad.start(args);
    expect(await refused.ended).toBe(2);
    expect(refused.said()).toMatch(words);
    expect(refused.said()).toContain('See: npm start -- --help');
  });
});
