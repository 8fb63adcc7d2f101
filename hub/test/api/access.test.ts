import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionTable } from '../../src/commands/session.ts';
import { showAudit } from '../../src/store/audit/reads.ts';
import { createTokenAdministration } from '../../src/store/tokenAdministration.ts';
import { as, signIn, TestHub } from './hubServer.ts';

let hub: TestHub;
let app: FastifyInstance;

beforeAll(async () => {
  hub = await TestHub.create();
  app = await hub.start();
});
afterAll(() => hub.close());

const UUID = '0198c4de-5a70-4cc1-9a3e-7d6f2b10c4aa';

const concrete = (url: string): string =>
  url.replace(':id', UUID).replace(':floor', 'hall').replace(':file', 'x').replace('*', 'x');

describe('the door', () => {
  it('refuses every route of the interface to whoever shows nothing, except signing in', async () => {
    const routes = app.routeTable().filter((route) => route.url.startsWith('/api'));
    const urls = routes.map((route) => `${route.method} ${route.url}`);
    for (const expected of [
      'GET /api/alerts',
      'POST /api/alerts/:id/close',
      'GET /api/live',
      'GET /api/docs/json',
      'GET /api/floors/:floor/presence',
      'DELETE /api/session',
    ]) {
      expect(urls, 'the list of routes was read wrongly').toContain(expected);
    }
    for (const { method, url } of routes) {
      if (['POST /api/session', 'GET /api/sign-in'].includes(`${method} ${url}`)) continue;
      const answer = await app.inject({ method: method as 'GET', url: concrete(url) });
      expect(`${method} ${url} ${answer.statusCode}`).toBe(`${method} ${url} 401`);
      if (method !== 'HEAD') {
        expect(answer.json(), url).toMatchObject({
          error: 'unauthorized',
          message: expect.stringContaining('sign-in-link'),
        });
      }
      expect(answer.headers['cache-control'], url).toBe('no-store');
      expect(answer.headers['content-security-policy'], url).toContain("default-src 'none'");
    }
  });

  it('does not tell whoever shows nothing what exists below /api and what does not', async () => {
    for (const url of ['/api', '/api/', '/api/nothing', '//api/alerts', '/API/alerts', '/api/alerts/../alerts/x/y']) {
      expect((await app.inject({ url })).statusCode, url).toBe(401);
    }
    const token = await hub.token();
    expect((await app.inject(as(token, { url: '/api/nothing' }))).statusCode).toBe(404);
  });

  it.each([
    ['an unknown token', { authorization: `Bearer ${'x'.repeat(43)}` }],
    ['another scheme', { authorization: 'Basic dXNlcjpwYXNz' }],
    ['an empty header', { authorization: '' }],
    ['a token with strange characters', { authorization: "Bearer ' OR 1=1 --" }],
    ['an unknown cookie', { cookie: `safe-passage-session=${'y'.repeat(43)}` }],
    ['an empty cookie', { cookie: 'safe-passage-session=' }],
  ])('refuses %s', async (_what, headers) => {
    expect((await app.inject({ url: '/api/alerts', headers })).statusCode).toBe(401);
  });

  it('lets a permanent token in, and says whose it is', async () => {
    const answer = await app.inject(as(await hub.token('grafana'), { url: '/api/session' }));
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      name: 'grafana',
      role: 'reviewer',
      may: [
        'session.own',
        'interface.read',
        'floors.read',
        'cameras.read',
        'live.watch',
        'alerts.list',
        'alerts.read',
        'evidence.read',
        'presence.read',
        'floors.counts',
        'alerts.acknowledge',
        'alerts.close',
        'aggregates.read',
      ],
      mayWithReason: [],
    });
    const officer = await app.inject(as(await hub.token('P. Officer', 'privacy-officer'), { url: '/api/session' }));
    expect(officer.json().mayWithReason).toEqual(['alerts.read', 'evidence.read', 'presence.read']);
  });

  it('refuses an expired token', async () => {
    const token = await hub.store.tokens.create({
      kind: 'token',
      name: 'old',
      role: 'reviewer',
      expiresAtMs: Date.now() - 1,
    });
    expect((await app.inject(as(token, { url: '/api/alerts' }))).statusCode).toBe(401);
  });

  it('leaves in the audit for whom a token was made, by whom, with which role and until when, and never the token', async () => {
    const expiresAtMs = Date.now() + 60_000;
    const token = await hub.store.tokens.create({
      kind: 'session',
      name: 'Ada',
      role: 'engineer',
      expiresAtMs,
      through: 'link',
      by: 'operator x',
    });
    const [row] = await showAudit(hub.pool, { limit: 1 });
    expect(row).toMatchObject({ action: 'access.signed-in', actor: 'operator x', subject: 'Ada' });
    expect(row?.detail).toEqual({ role: 'engineer', through: 'link', expiresAtMs });
    expect(JSON.stringify(row)).not.toContain(token);
    await hub.store.tokens.create({ kind: 'token', name: 'grafana', role: 'engineer' });
    expect((await showAudit(hub.pool, { limit: 1 }))[0]).toMatchObject({
      action: 'access.token-created',
      actor: 'grafana',
      detail: { role: 'engineer' },
    });
  });

  it('keeps digests of tokens and never tokens', async () => {
    const token = await hub.token('digest');
    const { rows } = await hub.pool.query<{ row: string }>('SELECT access_token::text AS row FROM access_token');
    expect(rows.length).toBeGreaterThan(0);
    for (const { row } of rows) {
      expect(row).not.toContain(token);
      expect(row).not.toContain(Buffer.from(token).toString('hex'));
    }
  });
});

describe('signing in', () => {
  const post = (token: string, headers: Record<string, string> = {}): InjectOptions => ({
    method: 'POST',
    url: '/api/session',
    headers,
    payload: { token },
  });

  it('exchanges a one-time token for a session in a cookie that scripts and other sites cannot use', async () => {
    const answer = await app.inject(post(await hub.oneTimeToken()));
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ name: 'A. Reviewer', role: 'reviewer' });
    expect(answer.cookies).toHaveLength(1);
    expect(answer.cookies[0]).toMatchObject({
      name: 'safe-passage-session',
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      maxAge: 12 * 3600,
    });
    expect(answer.cookies[0]).not.toHaveProperty('secure');
    const cookie = `safe-passage-session=${answer.cookies[0]?.value}`;
    expect((await app.inject({ url: '/api/alerts', headers: { cookie } })).statusCode).toBe(200);
  });

  it('uses a one-time token up', async () => {
    const token = await hub.oneTimeToken();
    expect((await app.inject(post(token))).statusCode).toBe(200);
    const second = await app.inject(post(token));
    expect(second.statusCode).toBe(401);
    expect(second.json().message).toContain('used up');
    expect(second.cookies).toHaveLength(0);
  });

  it('lets exactly one of many in who use a one-time token at the same moment', async () => {
    const token = await hub.oneTimeToken();
    const answers = await Promise.all(Array.from({ length: 12 }, () => app.inject(post(token))));
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, ...Array<number>(11).fill(401)]);
  });

  it('refuses a one-time token after its time, and as a bearer', async () => {
    expect((await app.inject(post(await hub.oneTimeToken('late', -1)))).statusCode).toBe(401);
    expect((await app.inject(as(await hub.oneTimeToken(), { url: '/api/alerts' }))).statusCode).toBe(401);
  });

  it('takes a permanent token as often as wanted', async () => {
    const token = await hub.token('desk');
    expect((await app.inject(post(token))).statusCode).toBe(200);
    expect((await app.inject(post(token))).statusCode).toBe(200);
  });

  it('does not make a new session out of a session', async () => {
    const cookie = await signIn(app, await hub.token('desk'));
    const session = cookie.split('=')[1] ?? '';
    expect((await app.inject(post(session))).statusCode).toBe(401);
  });

  it('outlives a restart of the hub', async () => {
    const cookie = await signIn(app, await hub.oneTimeToken());
    const restarted = await hub.start();
    expect((await restarted.inject({ url: '/api/session', headers: { cookie } })).statusCode).toBe(200);
  });

  it('ends a session twelve hours after it began', async () => {
    const cookie = await signIn(app, await hub.oneTimeToken('ageing'));
    const { rows } = await hub.pool.query<{ hours: number }>(
      `SELECT extract(epoch FROM expires_at - now())::float / 3600 AS hours FROM access_token WHERE name = 'ageing'`,
    );
    expect(rows[0]?.hours).toBeGreaterThan(11.9);
    expect(rows[0]?.hours).toBeLessThanOrEqual(12);
    await hub.pool.query(`UPDATE access_token SET expires_at = now() - interval '1 second' WHERE name = 'ageing'`);
    expect((await app.inject({ url: '/api/alerts', headers: { cookie } })).statusCode).toBe(401);
  });

  it('ends a session that nobody used for two hours, and keeps one that somebody uses', async () => {
    const cookie = await signIn(app, await hub.oneTimeToken('idling'));
    const ask = async () => (await app.inject({ url: '/api/session', headers: { cookie } })).statusCode;
    const used = (minutesAgo: number) =>
      hub.pool.query(`UPDATE access_token SET last_used_at = now() - $1 * interval '1 minute' WHERE name = 'idling'`, [
        minutesAgo,
      ]);
    await used(119);
    expect(await ask()).toBe(200);
    const { rows } = await hub.pool.query<{ minutes: number }>(
      `SELECT extract(epoch FROM now() - last_used_at)::float / 60 AS minutes FROM access_token WHERE name = 'idling'`,
    );
    expect(rows[0]?.minutes).toBeLessThan(1);
    await used(121);
    expect(await ask()).toBe(401);
    await hub.store.tokens.sweep();
    expect((await hub.pool.query(`SELECT 1 FROM access_token WHERE name = 'idling'`)).rowCount).toBe(0);
  });

  it('does not take an open live view for use', async () => {
    const cookie = await signIn(app, await hub.oneTimeToken('watching'));
    const token = cookie.split('=')[1] ?? '';
    await hub.pool.query(
      `UPDATE access_token SET last_used_at = now() - interval '90 minutes' WHERE name = 'watching'`,
    );
    expect(await hub.store.tokens.authenticate(token, false)).toMatchObject({ name: 'watching' });
    const { rows } = await hub.pool.query<{ minutes: number }>(
      `SELECT extract(epoch FROM now() - last_used_at)::float / 60 AS minutes FROM access_token WHERE name = 'watching'`,
    );
    expect(rows[0]?.minutes).toBeGreaterThan(80);
  });

  it('can be ended by an operator, one session or all of a name, and tokens stay', async () => {
    const token = await hub.token('shared desk');
    const cookies = [await signIn(app, token), await signIn(app, token), await signIn(app, token)];
    const administration = createTokenAdministration(hub.pool);
    const sessions = (await administration.list()).filter(
      (one) => one.name === 'shared desk' && one.kind === 'session',
    );
    expect(sessions).toHaveLength(3);
    expect(sessionTable(sessions)).toMatch(/^[0-9a-f-]{36} +shared desk +reviewer +\d{4}-/m);
    const open = async () =>
      await Promise.all(
        cookies.map(async (cookie) => (await app.inject({ url: '/api/session', headers: { cookie } })).statusCode),
      );
    expect(await administration.revokeSessions({ id: sessions[0]?.id ?? '' }, 'operator ada')).toBe(1);
    expect((await open()).sort()).toEqual([200, 200, 401]);
    expect(await administration.revokeSessions({ name: 'shared desk' }, 'operator ada')).toBe(2);
    expect(await open()).toEqual([401, 401, 401]);
    expect((await app.inject(as(token, { url: '/api/session' }))).statusCode).toBe(200);
    const { rows } = await hub.pool.query(
      `SELECT entry->'detail' AS detail FROM audit WHERE action = 'access.revoked' AND subject = 'shared desk' ORDER BY number`,
    );
    expect(rows.map((row) => row.detail)).toEqual([
      { count: 1, kind: 'session' },
      { count: 2, kind: 'session' },
    ]);
  });

  it('signs out: the cookie is cleared and worth nothing afterwards', async () => {
    const cookie = await signIn(app, await hub.oneTimeToken());
    const answer = await app.inject({ method: 'DELETE', url: '/api/session', headers: { cookie } });
    expect(answer.statusCode).toBe(204);
    expect(answer.cookies[0]).toMatchObject({ name: 'safe-passage-session', value: '' });
    expect((await app.inject({ url: '/api/alerts', headers: { cookie } })).statusCode).toBe(401);
  });

  it('does not forget a permanent token when its bearer signs out', async () => {
    const token = await hub.token();
    expect((await app.inject(as(token, { method: 'DELETE', url: '/api/session' }))).statusCode).toBe(204);
    expect((await app.inject(as(token, { url: '/api/session' }))).statusCode).toBe(200);
  });

  it('slows down whoever guesses', async () => {
    const guarded = await hub.start({ http: { signInsPerMinute: 3 } });
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await guarded.inject(post(`${'guess'.repeat(8)}${i}`))).statusCode);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    const answer = await guarded.inject(post('guess'.repeat(8)));
    expect(answer.json()).toMatchObject({
      error: 'too-many-requests',
      message: expect.stringMatching(/again in \d+ s/),
    });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    // Other routes are not slowed down with it.
    expect((await guarded.inject(as(await hub.token(), { url: '/api/alerts' }))).statusCode).toBe(200);
  });

  it('lets an address wait after some failed tries, each time longer, and nobody else', async () => {
    const guarded = await hub.start({
      http: { signInsPerMinute: 1000, gate: { lockOut: { freeTries: 2, firstSeconds: 20 } } },
    });
    const right = await hub.token('at the same address');
    const open = await signIn(guarded, right);
    const guess = (remoteAddress: string) => guarded.inject({ ...post('guess'.repeat(8)), remoteAddress });
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await guess('203.0.113.9')).statusCode);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    const told = await guarded.inject({ ...post(right), remoteAddress: '203.0.113.9' });
    expect(told.statusCode).toBe(429);
    expect(Number(told.headers['retry-after'])).toBeGreaterThan(10);
    expect(told.json().message).toMatch(/wait \d+ s\. Open sessions go on/);
    // Whoever is somebody already, at that very address too, goes on; and so does everybody elsewhere.
    const same = { url: '/api/alerts', remoteAddress: '203.0.113.9' };
    expect((await guarded.inject({ ...same, headers: { cookie: open } })).statusCode).toBe(200);
    expect((await guarded.inject(as(right, same))).statusCode).toBe(200);
    expect((await guarded.inject({ ...post(right), remoteAddress: '203.0.113.10' })).statusCode).toBe(200);
    const { rows } = await hub.pool.query(
      "SELECT entry->'detail' AS detail FROM audit WHERE action = 'access.locked-out' AND subject = '203.0.113.9'",
    );
    // One row for a lock-out, however often somebody knocks meanwhile.
    expect(rows).toEqual([{ detail: { failures: 3, seconds: 20 } }]);
    const metrics = (await guarded.inject({ url: '/metrics' })).body;
    expect(metrics).toContain('safe_passage_lock_outs_total 1');
    expect(metrics).toContain('safe_passage_sign_in_failures_total 3');
    expect(metrics).toContain('safe_passage_locked_addresses 1');
  });

  it('counts unknown tokens as tries, and not the cookie of a session that has ended', async () => {
    const guarded = await hub.start({ http: { gate: { lockOut: { freeTries: 2 } } } });
    const ask = async (headers: Record<string, string>) =>
      (await guarded.inject({ url: '/api/alerts', headers, remoteAddress: '203.0.113.11' })).statusCode;
    for (let i = 0; i < 6; i++) expect(await ask({ cookie: `safe-passage-session=${'y'.repeat(43)}` })).toBe(401);
    const authorization = `Bearer ${'x'.repeat(43)}`;
    expect([await ask({ authorization }), await ask({ authorization }), await ask({ authorization })]).toEqual([
      401, 401, 401,
    ]);
    expect(await ask({ authorization })).toBe(429);
  });

  it('slows down an identity that asks too fast, and no other', async () => {
    const paced = await hub.start({ http: { gate: { pace: { burst: 5, perSecond: 0.01 } } } });
    const [busy, calm] = [await hub.token('busy'), await hub.token('calm')];
    const statuses: number[] = [];
    for (let i = 0; i < 7; i++) statuses.push((await paced.inject(as(busy, { url: '/api/session' }))).statusCode);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
    const answer = await paced.inject(as(busy, { url: '/api/session' }));
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(50);
    expect((await paced.inject(as(calm, { url: '/api/session' }))).statusCode).toBe(200);
  });

  it('marks the cookie Secure behind a trusted proxy that speaks TLS, and believes nobody else', async () => {
    const proxied = await hub.start({ http: { trustedProxies: ['127.0.0.1'] } });
    const header = { 'x-forwarded-proto': 'https' };
    expect((await proxied.inject(post(await hub.token(), header))).cookies[0]).toMatchObject({ secure: true });
    expect((await app.inject(post(await hub.token(), header))).cookies[0]).not.toHaveProperty('secure');
  });
});

describe('pages of other origins', () => {
  it.each([
    ['another host', { origin: 'https://evil.example', host: 'hub.example' }],
    ['another port', { origin: 'http://hub.example:81', host: 'hub.example' }],
    ['an opaque origin', { origin: 'null', host: 'hub.example' }],
    ['a cross-site request without an origin', { 'sec-fetch-site': 'cross-site', host: 'hub.example' }],
    ['a sibling site', { 'sec-fetch-site': 'same-site', host: 'hub.example' }],
  ])('may change nothing: %s', async (_what, headers) => {
    const cookie = await signIn(app, await hub.token());
    const alert = await hub.alert();
    const answer = await app.inject({
      method: 'POST',
      url: `/api/alerts/${alert.id}/acknowledge`,
      headers: { ...headers, cookie },
      payload: {},
    });
    expect(answer.statusCode).toBe(403);
    expect(answer.json().error).toBe('foreign-origin');
    expect((await hub.store.alerts.get(alert.id))?.state).toBe('new');
    const login = await app.inject({
      method: 'POST',
      url: '/api/session',
      headers,
      payload: { token: await hub.token() },
    });
    expect(login.statusCode).toBe(403);
  });

  it('is not what the own console is', async () => {
    const cookie = await signIn(app, await hub.token());
    const alert = await hub.alert();
    const answer = await app.inject({
      method: 'POST',
      url: `/api/alerts/${alert.id}/acknowledge`,
      headers: { origin: 'http://hub.example:8080', host: 'hub.example:8080', 'sec-fetch-site': 'same-origin', cookie },
      payload: {},
    });
    expect(answer.statusCode).toBe(200);
  });

  it('get no permission to read', async () => {
    const answer = await app.inject(
      as(await hub.token(), { url: '/api/alerts', headers: { origin: 'https://evil.example' } }),
    );
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });
});
