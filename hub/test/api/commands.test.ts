import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consoleAddress } from '../../src/consoleAddress.ts';
import { showAudit } from '../../src/store/audit/reads.ts';
import { as, PLAN, signIn, TestHub } from './hubServer.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

let hub: TestHub;
let app: FastifyInstance;
let folder: string;
let config: string;

beforeAll(async () => {
  hub = await TestHub.create();
  app = await hub.start();
  folder = await mkdtemp(join(tmpdir(), 'safe-passage-commands-'));
  config = await configuration(hub.databaseUrl);
});
afterAll(async () => {
  await hub.close();
  await rm(folder, { recursive: true, force: true });
});

async function configuration(databaseUrl: string, name = 'hub.yaml', port = 8080): Promise<string> {
  await writeFile(join(folder, 'hall.json'), JSON.stringify(PLAN));
  const path = join(folder, name);
  await writeFile(
    path,
    `site: test-site
timeZone: UTC
database: { url: "${databaseUrl}" }
broker: { url: "mqtt://127.0.0.1:1883" }
listen: { host: 0.0.0.0, port: ${port} }
floors: [{ plan: hall.json }]
`,
  );
  return path;
}

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: string[]): Promise<Result> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { timeout: 240_000 }, (problem, stdout, stderr) => {
      resolve({ code: problem ? (typeof problem.code === 'number' ? problem.code : -1) : 0, stdout, stderr });
    });
  });
}

describe('hub sign-in-link', () => {
  it('prints a link whose fragment signs in once, in the name given', async () => {
    const { code, stdout, stderr } = await run(
      'sign-in-link',
      '--config',
      config,
      '--name',
      'A. Reviewer',
      '--role',
      'engineer',
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const url = new URL(stdout.trim());
    expect(url.origin).toBe('http://127.0.0.1:8080');
    expect(url.pathname).toBe('/sign-in');
    expect(url.search).toBe('');
    const token = /^#token=([\w-]{43})$/.exec(url.hash)?.[1];
    const signIn = () => app.inject({ method: 'POST', url: '/api/session', payload: { token } });
    expect((await signIn()).json()).toMatchObject({ name: 'A. Reviewer', role: 'engineer' });
    expect((await signIn()).statusCode).toBe(401);
  });

  it('makes a link for fifteen minutes, at the address that a proxy gives it', async () => {
    const { stdout } = await run('sign-in-link', '-c', config, '--name', 'timed', '--url', 'https://hub.example.org');
    expect(stdout).toMatch(/^https:\/\/hub\.example\.org\/sign-in#token=/);
    const { rows } = await hub.pool.query<{ seconds: number }>(
      `SELECT extract(epoch FROM expires_at - now())::float AS seconds FROM access_token WHERE name = 'timed'`,
    );
    expect(rows[0]?.seconds).toBeGreaterThan(840);
    expect(rows[0]?.seconds).toBeLessThanOrEqual(900);
  });

  it.each([
    ['0.0.0.0', 'http://127.0.0.1:80'],
    ['::', 'http://[::1]:80'],
    ['fe80::1', 'http://[fe80::1]:80'],
    ['hub.local', 'http://hub.local:80'],
  ])('writes the address of %s as a browser does', (host, address) => {
    expect(consoleAddress({ host, port: 80 })).toBe(address);
  });

  it.each([
    [['--role', 'admin'], '--role takes one of reviewer, senior-reviewer,'],
    [['--name', ' '], '--name takes 1 to 80'],
    [['--url', 'ftp://x'], '--url takes an address'],
  ])('refuses %j with exit code 2', async (args, message) => {
    const { code, stderr } = await run('sign-in-link', '--config', config, ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('says what to do where only the running hub knows its port', async () => {
    const { code, stderr } = await run('sign-in-link', '-c', await configuration(hub.databaseUrl, 'any-port.yaml', 0));
    expect(code).toBe(1);
    expect(stderr).toContain('--url');
  });

  it('says where no database answers, without its password', async () => {
    const path = await configuration('postgres://user:Sup3rSecret@127.0.0.1:1/x', 'away.yaml');
    const { code, stderr } = await run('sign-in-link', '-c', path);
    expect(code).toBe(1);
    expect(stderr).toContain('127.0.0.1:1 cannot be used (ECONNREFUSED)');
    expect(stderr).not.toContain('Sup3rSecret');
  });
});

describe('hub token', () => {
  it('makes a token that works, lists it without showing it, and revokes it with all that came from it', async () => {
    const made = await run('token', 'create', '-c', config, '--name', 'grafana', '--days', '30');
    const token = made.stdout.trim();
    expect(token).toMatch(/^[\w-]{43}$/);
    expect((await app.inject(as(token, { url: '/api/session' }))).json()).toMatchObject({
      name: 'grafana',
      role: 'reviewer',
    });
    const session = await app.inject({ method: 'POST', url: '/api/session', payload: { token } });
    const cookie = `safe-passage-session=${session.cookies[0]?.value}`;

    const listed = await run('token', 'list', '-c', config);
    expect(listed.stdout).toMatch(/^NAME +ROLE +KIND +CREATED +EXPIRES$/m);
    expect(listed.stdout).toMatch(/^grafana +reviewer +token +\d{4}-\d\d-\d\d \d\d:\d\d UTC +\d{4}-/m);
    expect(listed.stdout).not.toContain(token);

    expect(await run('token', 'revoke', '-c', config, '--name', 'grafana')).toMatchObject({
      code: 0,
      stdout: '2 revoked\n',
    });
    expect((await app.inject(as(token, { url: '/api/session' }))).statusCode).toBe(401);
    expect((await app.inject({ url: '/api/session', headers: { cookie } })).statusCode).toBe(401);
    const again = await run('token', 'revoke', '-c', config, '--name', 'grafana');
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('hub -- token list');
    // Five processes, one after another.
  }, 120_000);

  it('teaches, and refuses what it does not know', async () => {
    expect((await run('token', '--help')).stdout).toContain('hub -- token <action>');
    expect(await run('token', 'burn')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('create, list, role, revoke'),
    });
    expect(await run('token', 'create', '-c', config)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--name'),
    });
    expect(await run('token', 'create', '-c', config, '--name', 'x', '--days', '0')).toMatchObject({ code: 2 });
  });

  it('says how to make the tables where there are none', async () => {
    const empty = await TestHub.create();
    try {
      await empty.pool.query('ALTER TABLE access_token RENAME TO elsewhere');
      const { code, stderr } = await run('token', 'list', '-c', await configuration(empty.databaseUrl, 'empty.yaml'));
      expect(code).toBe(1);
      expect(stderr).toContain('hub -- migrate');
    } finally {
      await empty.close();
    }
  });
});

describe('hub openapi', () => {
  it('writes the description without a configuration, to a file or to stdout', async () => {
    const file = join(folder, 'deep/er/openapi.json');
    expect(await run('openapi', '--out', file)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await run('openapi')).stdout).toBe(await readFile(file, 'utf8'));
  });
});

describe('hub session', () => {
  const address = { method: 'GET', url: '/api/session' } as const;
  const signedIn = async (name: string) => {
    const cookie = await signIn(app, await hub.oneTimeToken(name));
    return async () => (await app.inject({ ...address, headers: { cookie } })).statusCode;
  };

  it('lists who is signed in, and ends one session by its id and all of a name', async () => {
    const sessions = {
      first: await signedIn('S. Twice'),
      second: await signedIn('S. Twice'),
      other: await signedIn('S. Once'),
    };
    const list = await run('session', 'list', '--config', config);
    expect([list.code, list.stderr]).toEqual([0, '']);
    expect(list.stdout).toMatch(/^ID +NAME +ROLE +BEGAN +LAST USED +ENDS +UNUSED\n/);
    const lines = list.stdout.split('\n').filter((line) => line.includes('S. '));
    expect(lines.map((line) => /S\. \w+ +reviewer/.test(line))).toEqual([true, true, true]);
    // A permanent token is no session.
    await hub.token('S. Machine');
    expect((await run('session', 'list', '--config', config)).stdout).not.toContain('S. Machine');

    const id = lines.find((line) => line.includes('S. Once'))?.split(' ')[0] ?? '';
    const one = await run('session', 'revoke', '--config', config, '--id', id);
    expect(one).toMatchObject({ code: 0, stdout: '1 ended\n' });
    expect([await sessions.first(), await sessions.other()]).toEqual([200, 401]);
    const all = await run('session', 'revoke', '--config', config, '--name', 'S. Twice');
    expect(all).toMatchObject({ code: 0, stdout: '2 ended\n' });
    expect([await sessions.first(), await sessions.second()]).toEqual([401, 401]);
    const audit = await showAudit(hub.pool, { action: 'access.revoked', limit: 10 });
    expect(audit.filter(({ subject }) => subject?.startsWith('S. ')).map(({ subject }) => subject)).toEqual([
      'S. Once',
      'S. Twice',
    ]);
  });

  it('says what is missing or wrong, and where to look', async () => {
    const wrong = async (...args: string[]) => {
      const { code, stderr } = await run('session', 'revoke', '--config', config, ...args);
      return [code, stderr];
    };
    expect(await wrong()).toEqual([2, expect.stringContaining('give either --id or --name')]);
    expect(await wrong('--id', '7')).toEqual([2, expect.stringContaining('found "7"')]);
    expect(await wrong('--name', 'Nobody')).toEqual([1, expect.stringMatching(/no such session[\s\S]*session list/)]);
  });
});

describe('hub token role', () => {
  it('gives everything under a name another role, open sessions too, and the audit says so', async () => {
    const token = await hub.token('R. Changed');
    const cookie = await signIn(app, await hub.oneTimeToken('R. Changed'));
    const roleOf = async (headers: Record<string, string>) =>
      (await app.inject({ method: 'GET', url: '/api/session', headers })).json<{ role: string }>().role;
    const changed = await run('token', 'role', '--config', config, '--name', 'R. Changed', '--role', 'senior-reviewer');
    expect(changed).toMatchObject({ code: 0, stdout: '2 changed\n', stderr: '' });
    expect([await roleOf({ cookie }), await roleOf({ authorization: `Bearer ${token}` })]).toEqual([
      'senior-reviewer',
      'senior-reviewer',
    ]);
    const audit = await showAudit(hub.pool, { action: 'access.role-changed', limit: 5 });
    expect(audit.at(-1)).toMatchObject({ subject: 'R. Changed' });
    expect(JSON.stringify(audit.at(-1)?.detail)).toMatch(/reviewer.*senior-reviewer|senior-reviewer.*reviewer/);
  });

  it('refuses a role and a name that are not there', async () => {
    const nobody = await run('token', 'role', '--config', config, '--name', 'Nobody', '--role', 'auditor');
    expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringContaining('no token with the name "Nobody"')]);
    const strange = await run('token', 'role', '--config', config, '--name', 'R. Changed', '--role', 'king');
    expect([strange.code, strange.stderr]).toEqual([2, expect.stringContaining('king')]);
  });
});
