import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../../test/services/program.ts';
import type { OidcConfig } from '../../src/signIn/config.ts';
import { TestHub } from '../api/hubServer.ts';
import { CLIENT, type Misbehaviour, TestProvider } from './testProvider.ts';

let hub: TestHub;
let provider: TestProvider;
let app: FastifyInstance;

const configured = (issuer: string, changes: Partial<OidcConfig> = {}): OidcConfig => ({
  name: 'the test provider',
  issuer,
  clientId: CLIENT.id,
  clientSecret: CLIENT.secret,
  address: 'http://127.0.0.1:8080',
  scopes: ['openid', 'profile'],
  nameClaim: 'preferred_username',
  roleClaim: 'groups',
  roles: [
    { value: 'sp-officers', role: 'privacy-officer' },
    { value: 'sp-reviewers', role: 'reviewer' },
  ],
  prompt: 'login',
  ...changes,
});

beforeAll(async () => {
  hub = await TestHub.create();
});
afterAll(() => hub.close());
beforeEach(async () => {
  provider = await TestProvider.start();
  app = await hub.start({ oidc: configured(provider.issuer) });
});
afterEach(() => provider.close());

const cookieOf = (answer: LightMyRequestResponse, name: string): string => {
  const cookie = answer.cookies.find((one) => one.name === name);
  return cookie ? `${cookie.name}=${cookie.value}` : '';
};

interface Sent {
  /** The address at the hub that the provider sends the browser to. */
  readonly back: string;
  readonly cookie: string;
}

/** To the provider, and as far as its answer. */
async function sent(): Promise<Sent> {
  const begun = await app.inject({ url: '/api/sign-in/provider' });
  expect(begun.statusCode).toBe(302);
  const there = await fetch(String(begun.headers.location), { redirect: 'manual' });
  const back = new URL(there.headers.get('location') ?? '');
  expect(back.origin).toBe('http://127.0.0.1:8080');
  return { back: `${back.pathname}${back.search}`, cookie: cookieOf(begun, 'safe-passage-sign-in') };
}

const come = ({ back, cookie }: Sent): Promise<LightMyRequestResponse> =>
  app.inject({ url: back, headers: { cookie } });

async function whole(misbehaviour: Misbehaviour = {}): Promise<LightMyRequestResponse> {
  provider.misbehaviour = misbehaviour;
  return await come(await sent());
}

describe('signing in with a provider', () => {
  it('opens a session in the name and the role that the provider tells, beside local tokens', async () => {
    const answer = await whole();
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe('/');
    const session = answer.cookies.find((one) => one.name === 'safe-passage-session');
    expect(session).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
    const cookie = `safe-passage-session=${session?.value}`;
    const who = await app.inject({ url: '/api/session', headers: { cookie } });
    expect(who.json()).toMatchObject({ name: 'a.example', role: 'reviewer' });
    const { rows } = await hub.pool.query(
      `SELECT actor, entry->'detail'->>'through' AS through, entry->'detail'->>'role' AS role
       FROM audit WHERE action = 'access.signed-in' ORDER BY number DESC LIMIT 1`,
    );
    expect(rows).toEqual([{ actor: 'a.example', through: 'provider', role: 'reviewer' }]);
    expect(provider.prompts).toEqual(['login']);
    // And out again.
    await app.inject({ method: 'DELETE', url: '/api/session', headers: { cookie } });
    expect((await app.inject({ url: '/api/session', headers: { cookie } })).statusCode).toBe(401);
  });

  it('is offered where it is configured alone', async () => {
    expect((await app.inject({ url: '/api/sign-in' })).json()).toEqual({ provider: 'the test provider' });
    const without = await hub.start();
    expect((await without.inject({ url: '/api/sign-in' })).json()).toEqual({ provider: null });
    expect((await without.inject({ url: '/api/sign-in/provider' })).statusCode).toBe(401);
  });

  it('gives the first role that fits, wherever the claim lies', async () => {
    provider.user = { sub: 'u-2', preferred_username: 'b.example', realm: { roles: ['sp-reviewers', 'sp-officers'] } };
    app = await hub.start({ oidc: configured(provider.issuer, { roleClaim: 'realm.roles' }) });
    const who = await app.inject({
      url: '/api/session',
      headers: { cookie: cookieOf(await whole(), 'safe-passage-session') },
    });
    expect(who.json()).toMatchObject({ name: 'b.example', role: 'privacy-officer' });
  });

  it('goes on when the provider has another key', async () => {
    expect((await whole()).statusCode).toBe(303);
    await provider.rotate();
    // A key set that was just asked for is asked again after a second.
    await until('a sign-in under the new key', 20, async () => (await whole()).statusCode === 303);
  });

  it('allows a minute between the clocks, and no more', async () => {
    const nowSeconds = Math.floor(Date.now() / 1000);
    expect((await whole({ claims: { exp: nowSeconds - 30 } })).statusCode).toBe(303);
    expect((await whole({ claims: { exp: nowSeconds - 120 } })).statusCode).toBe(401);
  });
});

describe('a sign-in that proves nothing', () => {
  const minutes = (count: number) => Math.floor(Date.now() / 1000) + count * 60;

  it.each<[string, () => Misbehaviour]>([
    ['for another sign-in', () => ({ claims: { nonce: 'another' } })],
    ['without a nonce', () => ({ without: ['nonce'] })],
    ['for another client', () => ({ claims: { aud: 'another-client' } })],
    ['for several clients, and not said to which', () => ({ claims: { aud: [CLIENT.id, 'x'] } })],
    ['for several clients, handed to another', () => ({ claims: { aud: [CLIENT.id, 'x'], azp: 'x' } })],
    ['from another issuer', () => ({ claims: { iss: 'https://other.example' } })],
    ['that has expired', () => ({ claims: { exp: minutes(-5) } })],
    ['that never expires', () => ({ without: ['exp'] })],
    ['that holds later', () => ({ claims: { nbf: minutes(5) } })],
    ['about nobody', () => ({ without: ['sub'] })],
    ['without a signature', () => ({ unsigned: true })],
    ['with the signature of a key that is not the provider’s', () => ({ foreignKey: true })],
    ['with the public key for a secret', () => ({ confused: true })],
  ])('opens nothing: a token %s', async (_what, misbehaviour) => {
    const answer = await whole(misbehaviour());
    expect(answer.statusCode).toBe(401);
    expect(cookieOf(answer, 'safe-passage-session')).toBe('');
    expect(answer.headers['content-type']).toContain('text/html');
    expect(answer.body).toContain('This sign-in does not count');
    expect(answer.body).toContain('href="/sign-in"');
  });

  it('opens nothing a second time: the same answer, or its code under another state', async () => {
    const first = await sent();
    expect((await come(first)).statusCode).toBe(303);
    expect((await come(first)).statusCode).toBe(401);
    const second = await sent();
    const mixed = new URL(second.back, 'http://x');
    mixed.searchParams.set('code', new URL(first.back, 'http://x').searchParams.get('code') ?? '');
    expect((await come({ ...second, back: `${mixed.pathname}${mixed.search}` })).statusCode).toBe(401);
  });

  it('opens nothing in another browser, nor for an answer that nobody waits for', async () => {
    const mine = await sent();
    const theirs = await sent();
    expect((await come({ back: mine.back, cookie: theirs.cookie })).statusCode).toBe(401);
    expect((await come({ back: mine.back, cookie: '' })).statusCode).toBe(401);
    expect((await come({ back: mine.back, cookie: 'safe-passage-sign-in=made.up' })).statusCode).toBe(401);
    expect((await app.inject({ url: '/api/sign-in/provider/callback' })).statusCode).toBe(401);
    // Another run of the hub has another key.
    const restarted = await hub.start({ oidc: configured(provider.issuer) });
    const answer = await restarted.inject({ url: mine.back, headers: { cookie: mine.cookie } });
    expect(answer.statusCode).toBe(401);
  });

  it('opens nothing for the answer of another provider, or for one that says no', async () => {
    const mixedUp = await sent();
    const other = mixedUp.back.replace(encodeURIComponent(provider.issuer), encodeURIComponent('https://evil.example'));
    expect(other).not.toBe(mixedUp.back);
    expect((await come({ ...mixedUp, back: other })).statusCode).toBe(401);
    const { back, cookie } = await sent();
    const refused = back.replace(/code=[^&]+/, 'error=access_denied');
    expect((await come({ back: refused, cookie })).statusCode).toBe(401);
  });

  it('counts as a failed try, and stands in the audit without a name', async () => {
    app = await hub.start({ oidc: configured(provider.issuer), http: { gate: { lockOut: { freeTries: 1 } } } });
    expect((await whole({ unsigned: true })).statusCode).toBe(401);
    const second = await sent();
    expect((await come(second)).statusCode).toBe(401);
    const locked = await app.inject({ url: '/api/sign-in/provider' });
    expect(locked.statusCode).toBe(429);
    expect(Number(locked.headers['retry-after'])).toBeGreaterThan(0);
    expect(locked.body).toContain('Too many failed tries');
    const { rows } = await hub.pool.query(
      `SELECT actor, entry->'detail' AS detail FROM audit WHERE action = 'access.sign-in-failed' ORDER BY number DESC LIMIT 1`,
    );
    expect(rows).toEqual([{ actor: 'unknown', detail: { through: 'provider', why: 'proof' } }]);
  });
});

describe('somebody whom the provider knows', () => {
  it.each<[string, Misbehaviour]>([
    ['without the claim', { without: ['groups'] }],
    ['in groups that have no role', { claims: { groups: ['staff'] } }],
    ['with a claim of another form', { claims: { groups: { 'sp-reviewers': true } } }],
    ['without a name', { without: ['preferred_username'] }],
    ['with a name of blanks', { claims: { preferred_username: '  ' } }],
    ['with a name that is no text', { claims: { preferred_username: 7 } }],
    ['with a name of more than 80 characters', { claims: { preferred_username: 'a'.repeat(81) } }],
    ['with a name of two lines', { claims: { preferred_username: 'a.example\nhub' } }],
  ])('has no role here %s, and is told so', async (_what, misbehaviour) => {
    const answer = await whole(misbehaviour);
    expect(answer.statusCode).toBe(403);
    expect(answer.body).toContain('You have no role here');
    expect(cookieOf(answer, 'safe-passage-session')).toBe('');
  });
});

describe('a provider that is away or wrong', () => {
  it.each(['discovery', 'token', 'keys'] as const)('is told on a page: %s', async (down) => {
    if (down === 'discovery') {
      provider.misbehaviour = { down };
      const answer = await app.inject({ url: '/api/sign-in/provider' });
      expect(answer.statusCode).toBe(503);
      expect(answer.body).toContain('The sign-in service does not answer');
      expect(answer.body).toContain('hub sign-in-link');
      // And it is asked again.
      provider.misbehaviour = {};
      expect((await whole()).statusCode).toBe(303);
      return;
    }
    const answer = await whole({ down });
    expect(answer.statusCode).toBe(503);
    expect(answer.body).toContain('The sign-in service does not answer');
  });

  it('is told where nothing listens', async () => {
    const gone = await TestProvider.start();
    const { issuer } = gone;
    await gone.close();
    app = await hub.start({ oidc: configured(issuer) });
    expect((await app.inject({ url: '/api/sign-in/provider' })).statusCode).toBe(503);
  });

  it('is not believed where its discovery names another issuer', async () => {
    provider.misbehaviour = { discovery: { issuer: 'https://other.example' } };
    expect((await app.inject({ url: '/api/sign-in/provider' })).statusCode).toBe(503);
  });

  it('that does not take the hub’s secret is told as a matter for whoever runs the hub', async () => {
    app = await hub.start({ oidc: configured(provider.issuer, { clientSecret: 'old' }) });
    const answer = await whole();
    expect(answer.statusCode).toBe(502);
    expect(answer.body).toContain('signIn.oidc');
  });

  it('leaves no token, code or name in the log', async () => {
    const before = hub.logLines.length;
    const tried = await sent();
    await come(tried);
    provider.misbehaviour = { unsigned: true };
    await come(await sent());
    const lines = hub.logLines.slice(before).join('');
    expect(lines).toContain('a sign-in with the provider failed');
    expect(lines).not.toMatch(/eyJ|a\.example/);
    expect(lines).not.toContain(new URL(tried.back, 'http://x').searchParams.get('code') ?? 'no code');
  });
});
