/** An OpenID provider, and what the hub takes its word for: OpenID Connect Core 1.0, authorization code with PKCE. */
import { createHash } from 'node:crypto';
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Bearer } from '../store/store.ts';
import type { OidcConfig } from './config.ts';
import type { Flow } from './flow.ts';

const ANSWER_SECONDS = 10;
/** Endpoints change rarely; keys are asked for anew whenever one is missing. */
const DISCOVERY_MS = 3_600_000;
/** What the clocks of hub and provider may differ. */
const LEEWAY_SECONDS = 60;
/** Of a key pair alone: whoever can check such a signature cannot make one. Never `none`, never a shared secret. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

const address = Type.String({ pattern: '^https?://' });
const Metadata = Compile(
  Type.Object({
    issuer: Type.String(),
    authorization_endpoint: address,
    token_endpoint: address,
    jwks_uri: address,
    token_endpoint_auth_methods_supported: Type.Optional(Type.Array(Type.String())),
  }),
);
const TokenAnswer = Compile(Type.Object({ id_token: Type.String({ maxLength: 100_000 }) }));

interface Endpoints {
  readonly authorization: string;
  readonly token: string;
  readonly secretInBody: boolean;
  readonly keys: JWTVerifyGetKey;
  readonly foundAtMs: number;
}

/**
 * `provider`: it does not answer, or not as it should. `registration`: it does not take the hub for who it is. `proof`: what came
 * back proves nothing. `role`: it is somebody, with no role here.
 */
export type RefusalKind = 'provider' | 'registration' | 'proof' | 'role';

/** A sign-in that did not succeed. The message is for the log: it holds no token and no name. */
export class SignInRefusal extends Error {
  readonly kind: RefusalKind;

  constructor(kind: RefusalKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** A claim by its name, or by the way to it: `realm_access.roles`. */
function claimAt(payload: JWTPayload, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name];
  return name
    .split('.')
    .reduce<unknown>(
      (value, step) =>
        value !== null && typeof value === 'object' && Object.hasOwn(value, step)
          ? (value as Record<string, unknown>)[step]
          : undefined,
      payload,
    );
}

export class OidcProvider {
  readonly #config: OidcConfig;
  #endpoints: Endpoints | null = null;

  constructor(config: OidcConfig) {
    this.#config = config;
  }

  /** For the button. */
  get name(): string {
    return this.#config.name;
  }

  /** Where the provider sends browsers back to. */
  get callback(): string {
    return `${this.#config.address}/api/sign-in/provider/callback`;
  }

  /** Where to send the browser. @throws SignInRefusal */
  async authorizationUrl({ state, nonce, verifier }: Flow): Promise<string> {
    const { authorization } = await this.#found();
    const { clientId, scopes, prompt } = this.#config;
    const url = new URL(authorization);
    for (const [key, value] of Object.entries({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: this.callback,
      scope: scopes.join(' '),
      state,
      nonce,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...(prompt === null ? {} : { prompt }),
    })) {
      url.searchParams.set(key, value);
    }
    return url.href;
  }

  /** Whether an answer names its issuer and it is another one (RFC 9207). */
  isOther(issuer: string | undefined): boolean {
    return issuer !== undefined && issuer !== this.#config.issuer;
  }

  /** Who came back with a code. @throws SignInRefusal */
  async whoIs(code: string, flow: Flow): Promise<Bearer> {
    const endpoints = await this.#found();
    const token = await this.#exchange(endpoints, code, flow);
    return this.#bearer(await this.#verified(endpoints, token, flow));
  }

  async #found(): Promise<Endpoints> {
    const known = this.#endpoints;
    if (known && Date.now() - known.foundAtMs < DISCOVERY_MS) return known;
    const { issuer } = this.#config;
    const answer = await this.#ask(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {});
    if (!answer.ok) throw new SignInRefusal('provider', `the provider's discovery answers ${answer.status}`);
    const found = await json(answer);
    if (!Metadata.Check(found))
      throw new SignInRefusal('provider', 'the discovery of the provider lacks its endpoints');
    if (found.issuer !== issuer) {
      throw new SignInRefusal('provider', 'the discovery of the provider names another issuer than signIn.oidc.issuer');
    }
    // Passwords and codes go there: no way leads from a secure provider to an insecure one.
    const secure = new URL(issuer).protocol === 'https:';
    if (
      secure &&
      ![found.authorization_endpoint, found.token_endpoint, found.jwks_uri].every((url) => url.startsWith('https:'))
    ) {
      throw new SignInRefusal('provider', 'the discovery of the provider names an endpoint without TLS');
    }
    const methods = found.token_endpoint_auth_methods_supported;
    this.#endpoints = {
      authorization: found.authorization_endpoint,
      token: found.token_endpoint,
      secretInBody:
        methods !== undefined && !methods.includes('client_secret_basic') && methods.includes('client_secret_post'),
      // Asks again where a token names a key that is not there: keys rotate. Only the provider's own answers get here.
      keys: createRemoteJWKSet(new URL(found.jwks_uri), {
        cooldownDuration: 1_000,
        timeoutDuration: ANSWER_SECONDS * 1000,
      }),
      foundAtMs: Date.now(),
    };
    return this.#endpoints;
  }

  async #exchange({ token, secretInBody }: Endpoints, code: string, { verifier }: Flow): Promise<string> {
    const { clientId, clientSecret } = this.#config;
    const basic = clientSecret !== undefined && !secretInBody;
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: this.callback,
      code_verifier: verifier,
      ...(basic ? {} : { client_id: clientId }),
      ...(clientSecret !== undefined && secretInBody ? { client_secret: clientSecret } : {}),
    });
    const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret ?? '')}`;
    const answer = await this.#ask(token, {
      method: 'POST',
      body: form,
      headers: basic ? { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } : {},
    });
    if (answer.status === 401)
      throw new SignInRefusal('registration', 'the provider does not take the hub’s client id or secret');
    if (answer.status >= 400 && answer.status < 500) throw new SignInRefusal('proof', 'the provider refuses the code');
    const given = answer.ok ? await json(answer) : null;
    if (!TokenAnswer.Check(given))
      throw new SignInRefusal('provider', `no token came with the answer ${answer.status}`);
    return given.id_token;
  }

  async #verified({ keys }: Endpoints, token: string, { nonce }: Flow): Promise<JWTPayload> {
    const { issuer, clientId } = this.#config;
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, keys, {
        issuer,
        audience: clientId,
        algorithms: ALGORITHMS,
        clockTolerance: LEEWAY_SECONDS,
        requiredClaims: ['exp', 'iat', 'sub', 'nonce'],
      }));
    } catch (cause) {
      const ofToken =
        cause instanceof errors.JWTClaimValidationFailed ||
        cause instanceof errors.JWTExpired ||
        cause instanceof errors.JWTInvalid ||
        cause instanceof errors.JWSInvalid ||
        cause instanceof errors.JWSSignatureVerificationFailed ||
        cause instanceof errors.JOSEAlgNotAllowed ||
        cause instanceof errors.JOSENotSupported ||
        cause instanceof errors.JWKSNoMatchingKey ||
        cause instanceof errors.JWKSMultipleMatchingKeys;
      const why = cause instanceof errors.JOSEError ? cause.code : 'the keys of the provider cannot be had';
      throw new SignInRefusal(ofToken ? 'proof' : 'provider', `the identity token does not hold: ${why}`, { cause });
    }
    if (payload.nonce !== nonce) throw new SignInRefusal('proof', 'the identity token was made for another sign-in');
    const several = Array.isArray(payload.aud) && payload.aud.length > 1;
    if (payload.azp === undefined ? several : payload.azp !== clientId) {
      throw new SignInRefusal('proof', 'the identity token was made for another client');
    }
    return payload;
  }

  #bearer(payload: JWTPayload): Bearer {
    const { nameClaim, roleClaim, roles } = this.#config;
    const name = claimAt(payload, nameClaim);
    if (typeof name !== 'string' || name.trim() === '' || name.length > 80 || /\p{Cc}/u.test(name)) {
      throw new SignInRefusal('role', `the identity token has no name in the claim ${nameClaim}`);
    }
    const held = [claimAt(payload, roleClaim)].flat();
    const found = roles.find(({ value }) => held.includes(value));
    if (!found) throw new SignInRefusal('role', `the claim ${roleClaim} holds nothing that signIn.oidc.roles knows`);
    return { name: name.trim(), role: found.role };
  }

  async #ask(url: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(ANSWER_SECONDS * 1000) });
    } catch (cause) {
      throw new SignInRefusal('provider', 'the provider does not answer', { cause });
    }
  }
}

async function json(answer: Response): Promise<unknown> {
  try {
    return await answer.json();
  } catch (cause) {
    throw new SignInRefusal('provider', 'the provider answers something that is not JSON', { cause });
  }
}
