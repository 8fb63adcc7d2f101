import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as examples from '../../src/api/examples.ts';
import { loggedError, masked } from '../../src/api/logging.ts';
import { as, FLOOR, SITE, signIn, TestHub } from './hubServer.ts';

let hub: TestHub;
let app: FastifyInstance;

beforeAll(async () => {
  hub = await TestHub.create();
  app = await hub.start();
});
afterAll(() => hub.close());

const remote = (url: string) => ({ url, remoteAddress: '203.0.113.7' });

describe('health, readiness and metrics', () => {
  it('answer this machine without a token, and others only with one', async () => {
    const token = await hub.token('prometheus', 'engineer');
    for (const url of ['/healthz', '/readyz', '/metrics']) {
      expect((await app.inject({ url })).statusCode, url).toBe(200);
      expect((await app.inject(remote(url))).statusCode, url).toBe(401);
      expect((await app.inject(as(token, remote(url)))).statusCode, url).toBe(200);
    }
    const open = await hub.start({ http: { openOperations: true } });
    expect((await open.inject(remote('/metrics'))).statusCode).toBe(200);
  });

  it('say that the hub is ready only when everything it rests on is, and name what is not', async () => {
    const ready = await app.inject({ url: '/readyz' });
    expect(ready.json()).toMatchObject({ ready: true, probes: { database: { ok: true } } });
    const halting = await hub.start({
      probes: {
        database: () => hub.store.ping().then(() => ({ ok: true })),
        broker: () => Promise.resolve({ ok: false, message: 'not connected' }),
        migrations: () => Promise.reject(new Error('connect ECONNREFUSED postgres://u:Sup3rSecretPassw0rd@h')),
        stuck: () => new Promise(() => undefined),
      },
    });
    const answer = await halting.inject({ url: '/readyz' });
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({
      ready: false,
      probes: {
        database: { ok: true },
        broker: { ok: false, message: 'not connected' },
        migrations: { ok: false, message: expect.not.stringContaining('Sup3r') },
        stuck: { ok: false, message: 'no answer within 3 s' },
      },
    });
    expect((await halting.inject({ url: '/healthz' })).json()).toEqual({ status: 'alive', version: '0.0.0' });
  });

  it('count in the format of Prometheus: ingest, alerts by state, and requests by route, not by address', async () => {
    const { id } = await hub.alert();
    await app.inject(as(await hub.token(), { url: `/api/alerts/${id}` }));
    await app.inject({ url: '/some/secret/path' });
    const answer = await app.inject({ url: '/metrics' });
    expect(answer.headers['content-type']).toContain('text/plain');
    expect(answer.body).toMatch(/^safe_passage_ingest_reports_total 40$/m);
    expect(answer.body).toMatch(/^safe_passage_ingest_connected 1$/m);
    expect(answer.body).toMatch(/^safe_passage_alerts\{state="new"\} 1$/m);
    expect(answer.body).toMatch(
      /safe_passage_http_request_seconds_count\{method="GET",route="\/api\/alerts\/:id",status="200"\} 1/,
    );
    expect(answer.body).toMatch(/route="none",status="404"/);
    expect(answer.body).toMatch(/^safe_passage_ingest_commit_seconds_bucket\{le="\+Inf"\} 0$/m);
    expect(answer.body).toMatch(/^safe_passage_process_cpu_seconds_total/m);
    expect(answer.body).not.toContain(id);
    expect(answer.body).not.toContain('secret');
    for (const line of answer.body.split('\n')) {
      expect(line).toMatch(/^(?:|# (?:HELP|TYPE) \S+ .+|[a-z_\d]+(?:\{[^{}]*\})? (?:[-+\d.eE]+|NaN|[+-]?Inf))$/);
    }
  });

  it('go on where the database is away', async () => {
    const broken = await TestHub.create();
    try {
      const server = await broken.start();
      await broken.pool.query('ALTER TABLE alert RENAME TO elsewhere');
      const answer = await server.inject({ url: '/metrics' });
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toMatch(/^safe_passage_ingest_reports_total 40$/m);
    } finally {
      await broken.close();
    }
  });
});

describe('the log', () => {
  it('holds no token, no cookie, no pseudonym and no identifier, whatever is asked', async () => {
    const quiet = await TestHub.create();
    try {
      const server = await quiet.start();
      const token = await quiet.token();
      const oneTime = await quiet.oneTimeToken();
      const cookie = await signIn(server, oneTime);
      const person = 'PseudonymOfStory';
      const { id } = await quiet.alert();
      const asked = [
        { url: `/api/alerts/${id}/evidence` },
        { url: `/api/alerts?state=${token}` },
        { url: `/sign-in?token=${token}` },
        { url: `/api/floors/${person.toLowerCase()}/presence` },
        { url: `/${token}/${person}` },
        { url: `/api/alerts/%E0%A4%A${token}` },
        { method: 'POST' as const, url: `/api/alerts/${id}/acknowledge`, payload: { note: person, extra: token } },
        { method: 'POST' as const, url: '/api/session', payload: { token: `wrong-${token}` } },
        {
          method: 'POST' as const,
          url: '/api/session',
          payload: `{"token":"${token}`,
          headers: { 'content-type': 'application/json' },
        },
      ];
      for (const request of asked) {
        await server.inject(request);
        await server.inject(as(token, request));
        await server.inject({ ...request, headers: { ...('headers' in request ? request.headers : {}), cookie } });
      }
      // And where the database itself fails, with the values in its own words.
      await quiet.pool.query(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'row % of %', NEW.id, '${person}' USING DETAIL = '${person}'; END $$`);
      await quiet.pool.query('CREATE TRIGGER fail BEFORE UPDATE ON alert FOR EACH ROW EXECUTE FUNCTION fail()');
      const failed = await server.inject(
        as(token, { method: 'POST', url: `/api/alerts/${id}/acknowledge`, payload: {} }),
      );
      expect(failed.statusCode).toBe(500);
      expect(failed.body).not.toContain(person);
      const log = quiet.logLines.join('');
      expect(log).toContain('"route":"/api/alerts/:id/evidence"');
      expect(log).toContain('request failed');
      for (const secret of [token, oneTime, cookie.split('=')[1] ?? '', person, person.toLowerCase(), id]) {
        expect(log.includes(secret), `the log holds ${secret}`).toBe(false);
      }
    } finally {
      await quiet.close();
    }
  });

  it('masks what could be a secret and leaves words alone', () => {
    expect(masked('connect to aB3dE6gH9jK2mN5p failed')).toBe('connect to … failed');
    expect(masked('the alert_detail relation is unreachable for administration-purposes')).toBe(
      'the alert_detail relation is unreachable for administration-purposes',
    );
    const error = Object.assign(new Error('value AbCdEfGhIjKlMnOp is bad'), {
      detail: 'AbCdEfGhIjKlMnOp',
      code: '22P02',
    });
    expect(JSON.stringify(loggedError(error))).not.toContain('AbCdEf');
    expect(loggedError(error)).toMatchObject({ code: '22P02', message: 'value … is bad' });
  });
});

describe('the console', () => {
  it('says how to build it where it has not been built', async () => {
    const answer = await app.inject({ url: '/' });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['content-type']).toContain('text/html');
    expect(answer.body).toContain('npm run build');
  });

  it('is served with its own addresses, never stale, and its assets for ever', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'safe-passage-dist-'));
    try {
      const server = await hub.start({ consoleFolder: folder });
      // Built after the hub was started.
      await mkdir(join(folder, 'assets'));
      await writeFile(
        join(folder, 'index.html'),
        '<!doctype html><script type="module" src="/assets/index-4f3a.js"></script>',
      );
      await writeFile(join(folder, 'assets/index-4f3a.js'), 'export {};');
      await writeFile(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
      await writeFile(join(folder, '.env'), 'SECRET=1');
      for (const url of ['/', '/sign-in', '/sign-in?next=/', '/alerts/0198c4de-5a70-4cc1-9a3e-7d6f2b10c4aa']) {
        const page = await server.inject({ url });
        expect(page.statusCode, url).toBe(200);
        expect(page.body).toContain('/assets/index-4f3a.js');
        expect(page.headers['cache-control']).toBe('no-cache');
        expect(page.headers['content-security-policy']).toContain("script-src 'self'");
        expect(page.headers['content-security-policy']).not.toContain('unsafe');
        expect(page.headers['referrer-policy']).toBe('no-referrer');
        expect(page.headers['x-content-type-options']).toBe('nosniff');
      }
      const asset = await server.inject({ url: '/assets/index-4f3a.js' });
      expect(asset.statusCode).toBe(200);
      expect(asset.headers['content-type']).toContain('javascript');
      expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect((await server.inject({ url: '/favicon.svg' })).statusCode).toBe(200);
      for (const url of [
        '/assets/missing.js',
        '/missing.svg',
        '/.env',
        '/assets/../.env',
        '/assets/..%2f.env',
        '/%2e%2e/%2e%2e/etc/passwd',
        '/assets/',
        '/alerts/x/y',
      ]) {
        const answer = await server.inject({ url });
        expect(answer.statusCode, url).toBeGreaterThanOrEqual(400);
        expect(answer.statusCode, url).toBeLessThan(500);
        expect(answer.body, url).not.toContain('SECRET');
      }
      // Somebody at a browser is told by the console that there is nothing, a program in a line.
      for (const url of ['/nonsense', '/alerts/x/y', '/no/such/page?of=it']) {
        const page = await server.inject({ url, headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });
        expect(page.statusCode, url).toBe(404);
        expect(page.headers['content-type']).toContain('text/html');
        expect(page.headers['cache-control']).toBe('no-cache');
        expect(page.body).toContain('/assets/index-4f3a.js');
        const line = await server.inject({ url, headers: { accept: '*/*' } });
        expect([line.statusCode, line.body]).toEqual([404, 'There is nothing at this address.\n']);
      }
      const closed = await server.inject({ url: '/api/nonsense', headers: { accept: 'text/html' } });
      expect(closed.statusCode).toBe(401);
      expect(closed.headers['content-type']).toContain('application/json');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('what leaves the hub', () => {
  it('is only what the schemas list, even where the store gives more', async () => {
    const { id } = await hub.alert({
      detail: {
        ...examples.ALERT_VIEW_EXAMPLE.detail,
        face: 'data:image/png',
      } as typeof examples.ALERT_VIEW_EXAMPLE.detail,
    });
    const answer = await app.inject(as(await hub.token(), { url: `/api/alerts/${id}` }));
    expect(answer.statusCode).toBe(200);
    expect(answer.body).not.toContain('face');
    expect(answer.json().site).toBe(SITE);
    expect(answer.json().floor).toBe(FLOOR);
  });
});
