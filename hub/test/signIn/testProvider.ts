/** A small OpenID provider on node:http: real keys, real checks of PKCE and of the client, and every way to go wrong. */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';

/** What the next tokens are like, where they are not as they should be. */
export interface Misbehaviour {
  readonly claims?: JWTPayload & Record<string, unknown>;
  readonly without?: readonly string[];
  readonly unsigned?: true;
  /** Signed with a key that the key set does not hold, under the name of one that it does. */
  readonly foreignKey?: true;
  /** Signed with a shared secret that everybody can read: the public key. */
  readonly confused?: true;
  readonly discovery?: Record<string, unknown>;
  readonly down?: 'discovery' | 'token' | 'keys';
}

interface Given {
  readonly challenge: string;
  readonly nonce: string;
  readonly redirectUri: string;
}

export const CLIENT = { id: 'safe-passage', secret: 'of this test alone' };

export class TestProvider {
  readonly #server: Server;
  readonly #codes = new Map<string, Given>();
  #keys: { readonly kid: string; readonly pair: { readonly publicKey: CryptoKey; readonly privateKey: CryptoKey } }[] =
    [];
  misbehaviour: Misbehaviour = {};
  /** Who signs in. */
  user: Record<string, unknown> = { sub: 'u-1', preferred_username: 'a.example', groups: ['staff', 'sp-reviewers'] };
  /** Whether /authorize shows a page with a button, as for a person, or goes on by itself. */
  asks = false;
  readonly prompts: (string | null)[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<TestProvider> {
    const server = createServer();
    const provider = new TestProvider(server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      provider.#answer(request, response).catch((problem: unknown) => {
        response.writeHead(500).end(String(problem));
      });
    });
    await provider.rotate();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Another key signs from now on, and the one before is not in the key set any more. */
  async rotate(): Promise<void> {
    this.#keys = [{ kid: randomBytes(6).toString('hex'), pair: await generateKeyPair('ES256') }];
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.issuer);
    const send = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const { down } = this.misbehaviour;
    if (url.pathname === '/.well-known/openid-configuration') {
      if (down === 'discovery') return void send(500, {});
      return void send(200, {
        issuer: this.issuer,
        authorization_endpoint: `${this.issuer}/authorize`,
        token_endpoint: `${this.issuer}/token`,
        jwks_uri: `${this.issuer}/keys`,
        ...this.misbehaviour.discovery,
      });
    }
    if (url.pathname === '/keys') {
      if (down === 'keys') return void send(500, {});
      const keys = this.#keys.map(async ({ kid, pair }) => ({ ...(await exportJWK(pair.publicKey)), kid, use: 'sig' }));
      return void send(200, { keys: await Promise.all(keys) });
    }
    if (url.pathname === '/authorize') return this.#authorize(url, response);
    if (url.pathname === '/token' && request.method === 'POST') {
      if (down === 'token') return void send(503, {});
      let text = '';
      for await (const chunk of request) text += String(chunk);
      return void (await this.#token(new URLSearchParams(text), request.headers.authorization, send));
    }
    send(404, {});
  }

  #authorize({ searchParams }: URL, response: ServerResponse): void {
    const [challenge, nonce, state, redirectUri] = ['code_challenge', 'nonce', 'state', 'redirect_uri'].map(
      (name) => searchParams.get(name) ?? '',
    ) as [string, string, string, string];
    this.prompts.push(searchParams.get('prompt'));
    const right =
      searchParams.get('client_id') === CLIENT.id &&
      searchParams.get('response_type') === 'code' &&
      searchParams.get('code_challenge_method') === 'S256' &&
      searchParams.get('scope')?.split(' ').includes('openid') === true &&
      [challenge, nonce, state, redirectUri].every((value) => value !== '');
    if (!right) {
      response.writeHead(400).end('not an authorization request');
      return;
    }
    const code = randomBytes(16).toString('hex');
    this.#codes.set(code, { challenge, nonce, redirectUri });
    const back = new URL(redirectUri);
    back.searchParams.set('code', code);
    back.searchParams.set('state', state);
    back.searchParams.set('iss', this.issuer);
    back.searchParams.set('session_state', 'what else a provider sends');
    if (this.asks) {
      const page = `<!doctype html><html lang="en"><title>Provider</title><h1>Provider</h1><a href="${back.href.replaceAll('&', '&amp;')}">It is me</a></html>`;
      response.writeHead(200, { 'content-type': 'text/html' }).end(page);
      return;
    }
    response.writeHead(302, { location: back.href }).end();
  }

  async #token(
    form: URLSearchParams,
    authorization: string | undefined,
    send: (status: number, body: unknown) => void,
  ) {
    const expected = `Basic ${Buffer.from(`${CLIENT.id}:${encodeURIComponent(CLIENT.secret)}`).toString('base64')}`;
    if (authorization !== expected) return send(401, { error: 'invalid_client' });
    const code = form.get('code') ?? '';
    const given = this.#codes.get(code);
    // A code is good for once.
    this.#codes.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (!given || challenge !== given.challenge || form.get('redirect_uri') !== given.redirectUri) {
      return send(400, { error: 'invalid_grant' });
    }
    send(200, { access_token: 'unused', token_type: 'Bearer', id_token: await this.#idToken(given.nonce) });
  }

  async #idToken(nonce: string): Promise<string> {
    const nowSeconds = Math.floor(Date.now() / 1000);
    const { claims, without = [], unsigned, foreignKey, confused } = this.misbehaviour;
    const payload: JWTPayload = {
      iss: this.issuer,
      aud: CLIENT.id,
      iat: nowSeconds,
      exp: nowSeconds + 300,
      nonce,
      ...this.user,
      ...claims,
    };
    for (const claim of without) delete payload[claim];
    const [key] = this.#keys;
    if (!key) throw new Error('the provider has no key');
    if (unsigned) return new UnsecuredJWT(payload).encode();
    if (confused) {
      const secret = Buffer.from(JSON.stringify(await exportJWK(key.pair.publicKey)));
      return await new SignJWT(payload).setProtectedHeader({ alg: 'HS256', kid: key.kid }).sign(secret);
    }
    const signing = foreignKey ? (await generateKeyPair('ES256')).privateKey : key.pair.privateKey;
    return await new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: key.kid }).sign(signing);
  }
}
