import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Role } from '../../src/access/permissions.ts';
import { loadHubConfig } from '../../src/config.ts';
import { PLAN } from '../api/hubServer.ts';
import { createFreshStore, type FreshStore } from '../store/freshStore.ts';
import { policy, tightened } from './policies.ts';

/** Several processes one after another. */
const SLOW_MS = 180_000;
const MAIN = join(import.meta.dirname, '../../src/main.ts');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safe-passage-policy-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const written = (content: unknown, name: string): Promise<void> => writeFile(join(folder, name), stringify(content));

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(token: string | null, ...args: string[]): Promise<Result> {
  const env = { ...process.env, ...(token === null ? {} : { SAFE_PASSAGE_TOKEN: token }) };
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { timeout: 60_000, env }, (problem, stdout, stderr) => {
      resolve({ code: problem ? (typeof problem.code === 'number' ? problem.code : -1) : 0, stdout, stderr });
    });
  });
}

describe('hub privacy', () => {
  let fresh: FreshStore;
  let config: string;
  beforeAll(async () => {
    fresh = await createFreshStore('postgres');
    config = join(folder, 'hub.yaml');
    await writeFile(join(folder, 'hall.json'), JSON.stringify(PLAN));
    await writeFile(
      config,
      stringify({
        site: 'demo',
        timeZone: 'UTC',
        database: { url: fresh.url },
        broker: { url: 'mqtt://127.0.0.1:1883' },
        floors: [{ plan: 'hall.json' }],
        privacy: 'file.yaml',
      }),
    );
  });
  afterAll(() => fresh.close());

  const person = (name: string, role: Role = 'privacy-officer') =>
    fresh.store.tokens.create({ kind: 'token', name, role });

  it(
    'shows what is in force, takes what is tighter, and lets two people take what is looser',
    async () => {
      await written(policy(tightened('24 hours'), 'one'), 'file.yaml');
      expect(await run(null, 'privacy', 'show', '-c', config)).toMatchObject({ code: 1 });
      expect(await run(null, 'privacy', 'apply', '-c', config)).toMatchObject({ code: 0 });
      const shown = await run(null, 'privacy', 'show', '-c', config);
      expect(shown.stdout).toMatch(/^Policy one \(number 1, digest [0-9a-f]{16}\)$/m);
      expect(shown.stdout).toMatch(/^tracks: 24 hours$/m);

      await written(policy({}, 'two'), 'file.yaml');
      const alone = await run(null, 'privacy', 'apply', '-c', config);
      expect(alone).toMatchObject({ code: 1, stderr: expect.stringContaining('tracks.keep: 72 hours, was 24 hours') });
      const reason = ['--reason', 'Reviews take a weekend'];
      const stranger = await run(await person('A. Watcher', 'auditor'), 'privacy', 'apply', '-c', config, ...reason);
      expect(stranger).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('A. Watcher has the role auditor, which may not agree'),
      });
      const first = await run(
        await person('A. Officer', 'senior-reviewer'),
        'privacy',
        'apply',
        '-c',
        config,
        ...reason,
      );
      expect(first).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/Agreed so far: A. Officer .*A privacy officer must agree/),
      });
      const second = await run(await person('B. Officer'), 'privacy', 'apply', '-c', config, ...reason);
      expect(second).toMatchObject({ code: 0, stdout: 'policy two is in force from now on\n' });
      expect((await run(null, 'privacy', 'history', '-c', config)).stdout).toContain(
        'agreed to by A. Officer ("Reviews take a weekend") and B. Officer',
      );
    },
    SLOW_MS,
  );

  it(
    'measures the oldest row of every table against its limit, and fails where one is too old or has no limit',
    async () => {
      const within = await run(null, 'privacy', 'oldest', '-c', config);
      expect(within.stdout).toMatch(/^track_segment +tracks +empty +72\.0 h +ok$/m);
      expect(within.code).toBe(0);
      await fresh.pool.query(
        "INSERT INTO report_gap SELECT 's', 'f', 'd', 'c', 'e', 1, 1, 1, now() - interval '74 hours', now(), 'size'",
      );
      await fresh.pool.query('CREATE TABLE forgotten AS SELECT now() AS seen_at');
      await fresh.pool.query('GRANT SELECT ON forgotten TO safe_passage_hub');
      const late = await run(null, 'privacy', 'oldest', '-c', config);
      expect(late.code).toBe(1);
      expect(late.stdout).toMatch(/^report_gap +tracks .* 74\.0 h +72\.0 h +TOO OLD$/m);
      expect(late.stdout).toMatch(/^forgotten +- .* HAS NO LIMIT$/m);
    },
    SLOW_MS,
  );

  it(
    'takes nobody for a second person who cannot show a token',
    async () => {
      const refused = await run('x'.repeat(43), 'privacy', 'apply', '-c', config, '--reason', 'Reviews take a weekend');
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('unknown, expired') });
      expect(await run('x', 'privacy', 'apply', '-c', config, '--reason', 'short')).toMatchObject({ code: 1 });
    },
    SLOW_MS,
  );

  it(
    'does not start a hub whose tracks are above 72 hours without a justification',
    async () => {
      await written(policy({ tracks: { keep: '96 hours' } }, 'three'), 'file.yaml');
      const started = await run(null, 'run', '-c', config);
      expect(started.code).toBe(1);
      expect(started.stderr).toContain('tracks above 72 hours need a justification');
      expect(started.stderr).toContain('found 96 hours');
    },
    SLOW_MS,
  );

  it('says that the limit is written once where hub.yaml says it as well', async () => {
    const path = join(folder, 'twice.yaml');
    await writeFile(path, `${await readFile(config, 'utf8')}retention: { tracksHours: 24 }\n`);
    await expect(loadHubConfig(path)).rejects.toThrow(/retention: hub\.yaml names a privacy policy as well/);
  });
});
