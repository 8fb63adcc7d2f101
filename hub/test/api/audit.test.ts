import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSigner } from '../../src/audit/signing.ts';
import { type ShownRow, showAudit } from '../../src/store/audit/reads.ts';
import { hubRoleUrl, migrate } from '../../src/store/index.ts';
import { createTokenAdministration } from '../../src/store/tokenAdministration.ts';
import { as, FLOOR, PLAN, signIn, TestHub } from './hubServer.ts';

/** Several processes one after another. */
const SLOW_MS = 180_000;
const MAIN = join(import.meta.dirname, '../../src/main.ts');

let hub: TestHub;
let app: FastifyInstance;
let folder: string;
let config: string;

beforeAll(async () => {
  hub = await TestHub.create();
  app = await hub.start();
  folder = await mkdtemp(join(tmpdir(), 'safe-passage-audit-'));
  config = join(folder, 'hub.yaml');
  await writeFile(join(folder, 'hall.json'), JSON.stringify(PLAN));
  await writeFile(
    config,
    `site: test-site
timeZone: UTC
database: { url: "${hub.databaseUrl}" }
broker: { url: "mqtt://127.0.0.1:1883" }
floors: [{ plan: hall.json }]
`,
  );
});
afterAll(async () => {
  await hub.close();
  await rm(folder, { recursive: true, force: true });
});

/** What has been recorded while something was done. */
async function recorded(work: () => Promise<unknown>): Promise<ShownRow[]> {
  const last = (await showAudit(hub.pool, { limit: 1 }))[0]?.number ?? 0;
  await work();
  return (await showAudit(hub.pool, { limit: 1000 })).filter((row) => row.number > last);
}

describe('reads', () => {
  it('of an alert and its tracks are recorded: who, which, and why where it is said', async () => {
    const token = await hub.token('A. Reviewer');
    const { id } = await hub.alert();
    const rows = await recorded(async () => {
      expect((await app.inject(as(token, { url: `/api/alerts/${id}` }))).statusCode).toBe(200);
      const headers = { 'x-purpose': 'complaint 2026-14' };
      expect((await app.inject(as(token, { url: `/api/alerts/${id}/evidence`, headers }))).statusCode).toBe(200);
    });
    expect(rows).toMatchObject([
      { actor: 'A. Reviewer', action: 'read.alert', subject: id, purpose: null },
      { actor: 'A. Reviewer', action: 'read.evidence', subject: id, purpose: 'complaint 2026-14' },
    ]);
  });

  it('of who is where now are recorded as well', async () => {
    const token = await hub.token('B. Reviewer');
    const rows = await recorded(() => app.inject(as(token, { url: `/api/floors/${FLOOR}/presence` })));
    expect(rows).toMatchObject([{ actor: 'B. Reviewer', action: 'read.presence', subject: FLOOR }]);
  });

  it('of what is not there, and lists without reasons, are not', async () => {
    const token = await hub.token('C. Reviewer');
    const rows = await recorded(async () => {
      await app.inject(as(token, { url: `/api/alerts/${randomUUID()}/evidence` }));
      await app.inject(as(token, { url: '/api/alerts' }));
      await app.inject({ url: `/api/alerts/${randomUUID()}` });
    });
    expect(rows).toEqual([]);
  });

  it('take a purpose only that is short and printable', async () => {
    const token = await hub.token('D. Reviewer');
    const { id } = await hub.alert();
    const reading = (purpose: string) =>
      app.inject(as(token, { url: `/api/alerts/${id}/evidence`, headers: { 'x-purpose': purpose } }));
    const rows = await recorded(async () => {
      for (const [purpose, wanted] of [
        ['x'.repeat(201), '201 characters'],
        ['.', '3'],
        ['. - ', 'has 2 visible characters: say why in 3'],
        ["UTF-8''%20%E2%80%8B%20%20", 'has 0 visible characters'],
        ["UTF-8''%FF", 'not UTF-8'],
        ["UTF-8''complaint%0A2026-14", 'control characters'],
      ] as const) {
        const answer = await reading(purpose);
        expect(answer.statusCode, purpose).toBe(400);
        expect(answer.json()).toMatchObject({ field: 'x-purpose', message: expect.stringContaining(wanted) });
      }
    });
    expect(rows).toEqual([]);
  });

  it('keep a purpose in any alphabet, without the blanks around it', async () => {
    const token = await hub.token('D. Reviewer');
    const { id } = await hub.alert();
    const rows = await recorded(async () => {
      for (const purpose of [' complaint 2026-15 ', `UTF-8''${encodeURIComponent('Beschwerde über Gate 4')}`]) {
        await app.inject(as(token, { url: `/api/alerts/${id}`, headers: { 'x-purpose': purpose } }));
      }
    });
    expect(rows.map(({ purpose }) => purpose).sort()).toEqual(['Beschwerde über Gate 4', 'complaint 2026-15']);
  });

  it('are refused where they cannot be recorded', async () => {
    const token = await hub.token('E. Reviewer');
    const { id } = await hub.alert();
    await hub.pool.query('ALTER TABLE audit RENAME TO audit_away');
    try {
      const answer = await app.inject(as(token, { url: `/api/alerts/${id}/evidence` }));
      expect(answer.statusCode).toBeGreaterThanOrEqual(500);
      expect(answer.body).not.toContain('paths');
    } finally {
      await hub.pool.query('ALTER TABLE audit_away RENAME TO audit');
    }
  });

  it('leave nothing in the audit that leads to a person on the floor', async () => {
    const token = await hub.token('F. Reviewer');
    const { id } = await hub.alert();
    await app.inject(as(token, { url: `/api/alerts/${id}` }));
    await app.inject(as(token, { url: `/api/alerts/${id}/evidence` }));
    const { rows } = await hub.pool.query<{ entry: string }>('SELECT entry::text FROM audit');
    expect(rows.map((row) => row.entry).join('\n')).not.toContain('PseudonymOfStory');
  });
});

describe('dispositions and access', () => {
  it('record what a reviewer did in the transaction that did it, and nothing where somebody else was first', async () => {
    const token = await hub.token('G. Reviewer');
    const { id } = await hub.alert();
    const post = (action: string, payload: object) =>
      app.inject(as(token, { method: 'POST', url: `/api/alerts/${id}/${action}`, payload }));
    const verdict = { disposition: 'benign-positive', reason: 'Waited for Mrs Example' };
    const rows = await recorded(async () => {
      await post('acknowledge', {});
      await post('acknowledge', {});
      await post('close', verdict);
      await post('close', verdict);
    });
    expect(rows).toMatchObject([
      { actor: 'G. Reviewer', action: 'alert.acknowledged', subject: id },
      { actor: 'G. Reviewer', action: 'alert.closed', subject: id, detail: { disposition: 'benign-positive' } },
    ]);
    expect(JSON.stringify(rows)).not.toContain('Mrs Example');
  });

  it('do nothing where it cannot be recorded', async () => {
    const { id } = await hub.alert();
    await hub.pool.query('ALTER TABLE audit RENAME TO audit_away');
    try {
      await expect(hub.store.alerts.acknowledge(id, 'H', null, Date.now())).rejects.toThrow();
      await expect(hub.token('nobody')).rejects.toThrow();
    } finally {
      await hub.pool.query('ALTER TABLE audit_away RENAME TO audit');
    }
    expect(await hub.store.alerts.get(id)).toMatchObject({ state: 'new', history: [{ event: 'raised' }] });
    expect((await createTokenAdministration(hub.pool).list()).map((one) => one.name)).not.toContain('nobody');
  });

  it('record tokens, links, sign-ins, failed sign-ins and sign-outs, and never a token', async () => {
    const secrets: string[] = [];
    const rows = await recorded(async () => {
      const link = await hub.oneTimeToken('I. Reviewer');
      const cookie = await signIn(app, link);
      await app.inject({ method: 'DELETE', url: '/api/session', headers: { cookie } });
      await app.inject({ method: 'POST', url: '/api/session', payload: { token: link } });
      const administration = createTokenAdministration(hub.pool);
      secrets.push(link, cookie.split('=')[1] ?? '', await hub.token('machine 9'));
      await administration.revokeNamed('machine 9', 'operator root');
      await administration.revokeNamed('machine 9', 'operator root');
    });
    expect(rows).toMatchObject([
      { action: 'access.link-created', subject: 'I. Reviewer', detail: { role: 'reviewer' } },
      { actor: 'I. Reviewer', action: 'access.signed-in' },
      { actor: 'I. Reviewer', action: 'access.signed-out' },
      { actor: 'unknown', action: 'access.sign-in-failed', subject: '127.0.0.1' },
      { action: 'access.token-created', subject: 'machine 9' },
      { actor: 'operator root', action: 'access.revoked', subject: 'machine 9', detail: { count: 1 } },
    ]);
    for (const secret of secrets) expect(JSON.stringify(rows)).not.toContain(secret);
  });
});

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: string[]): Promise<Result> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { timeout: 60_000 }, (problem, stdout, stderr) => {
      resolve({ code: problem ? (typeof problem.code === 'number' ? problem.code : -1) : 0, stdout, stderr });
    });
  });
}

describe('hub audit', () => {
  const file = (name: string) => join(folder, name);

  it('makes its key once, for its owner alone, and takes none that others can read', async () => {
    const signer = await loadSigner(file('audit-key.pem'));
    expect((await stat(file('audit-key.pem'))).mode & 0o777).toBe(0o600);
    expect((await loadSigner(file('audit-key.pem'))).key).toBe(signer.key);
    await writeFile(file('open.pem'), await readFile(file('audit-key.pem')), { mode: 0o644 });
    await expect(loadSigner(file('open.pem'))).rejects.toThrow(/can be read by others/);
    await writeFile(file('strange.pem'), 'no key', { mode: 0o600 });
    await expect(loadSigner(file('strange.pem'))).rejects.toThrow(/cannot be used/);
    await expect(loadSigner(file('no/such/folder.pem'))).rejects.toThrow(/audit key|key of the audit/);
  });

  it(
    'shows what fits, verifies the chain, and finds against an export what the database itself does not show',
    async () => {
      await hub.store.audit.checkpoint(await loadSigner(file('audit-key.pem')), Date.now());
      const whole = await run('audit', 'verify', '-c', config);
      expect(whole).toMatchObject({ code: 0, stdout: expect.stringContaining('The audit is whole') });

      const shown = await run('audit', 'show', '-c', config, '--action', 'access', '--actor', 'operator root');
      expect(shown.stdout).toMatch(/^ROW +TIME \(UTC\) +WHO +WHAT +OF +MORE$/m);
      expect(shown.stdout).toMatch(/operator root +access\.revoked +machine 9 +count 1$/m);
      expect(shown.stdout).not.toContain('read.');

      const exported = ['--out', file('export.json'), '--public-key', file('audit.pub.pem')];
      expect((await run('audit', 'export', '-c', config, ...exported)).code).toBe(0);
      const against = ['--key', file('audit.pub.pem'), '--against', file('export.json')];
      expect(await run('audit', 'verify', '-c', config, ...against)).toMatchObject({ code: 0 });

      // Somebody with every right cuts the end off, the checkpoint in the database with it.
      const { number } = (await showAudit(hub.pool, { limit: 1 }))[0] ?? { number: 0 };
      await hub.pool.query(
        `ALTER TABLE audit DISABLE TRIGGER USER; ALTER TABLE audit_checkpoint DISABLE TRIGGER USER;
       DELETE FROM audit WHERE number = ${number}; DELETE FROM audit_checkpoint;
       ALTER TABLE audit ENABLE TRIGGER USER; ALTER TABLE audit_checkpoint ENABLE TRIGGER USER`,
      );
      const cut = await run('audit', 'verify', '-c', config, ...against);
      expect(cut.code).toBe(1);
      expect(cut.stdout).toContain(`row ${number} of the end was removed`);
    },
    SLOW_MS,
  );

  it(
    'refuses what it cannot use',
    async () => {
      expect(await run('audit', 'show', '-c', config, '--since', 'yesterday')).toMatchObject({ code: 2 });
      expect(await run('audit', 'show', '-c', config, '--action', 'looked')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('read.live'),
      });
      expect(await run('audit', 'burn')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('verify, show, export'),
      });
      await writeFile(file('none.json'), '{}');
      const none = await run('audit', 'verify', '-c', config, '--against', file('none.json'));
      expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('is no export of an audit') });
    },
    SLOW_MS,
  );
});

describe('a login that owns nothing', () => {
  it('is not taken for one that may not take the role on, where the database has no connection left for it', async () => {
    const login = `sp_login_${randomUUID().slice(0, 8)}`;
    const other = await TestHub.create();
    try {
      await other.pool.query(
        `CREATE ROLE ${login} LOGIN PASSWORD 'secret' CONNECTION LIMIT 1 IN ROLE safe_passage_hub`,
      );
      const url = new URL(other.databaseUrl);
      url.username = login;
      url.password = 'secret';
      await expect(hubRoleUrl(url.href)).rejects.toThrow(/cannot be used: too many connections for role/);
    } finally {
      await other.pool.query(`DROP ROLE IF EXISTS ${login}`);
      await other.close();
    }
  });

  it('finds its tables up to date, works in them, and can change no audit row', async () => {
    const login = `sp_login_${randomUUID().slice(0, 8)}`;
    const other = await TestHub.create();
    try {
      await other.pool.query(`CREATE ROLE ${login} LOGIN PASSWORD 'secret' IN ROLE safe_passage_hub`);
      const url = new URL(other.databaseUrl);
      url.username = login;
      url.password = 'secret';
      expect((await migrate(url.href)).applied).toEqual([]);
      expect(await hubRoleUrl(url.href)).toMatchObject({ usable: true, loginOwnsTables: false });
      expect(await hubRoleUrl(other.databaseUrl)).toMatchObject({ usable: true, loginOwnsTables: true });
    } finally {
      await other.pool.query(`DROP ROLE IF EXISTS ${login}`);
      await other.close();
    }
  });
});
