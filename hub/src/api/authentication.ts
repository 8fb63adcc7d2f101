/**
 * Who asks. Every address of the interface is closed unless its route says otherwise, so that a new route that forgets
 * about it is closed too.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { grantOf, PERMISSIONS, type Permission, roleName, whoMay } from '../access/permissions.ts';
import type { Bearer } from '../store/store.ts';
import { registerAddresses } from './addresses.ts';
import type { ServerDependencies } from './dependencies.ts';
import type { Gate } from './gate.ts';
import { ApiProblem, isApiPath, unauthorized } from './problems.ts';
import { readPurpose } from './reason.ts';

/** A session ends twelve hours after sign-in, whatever happens in between. */
export const SESSION_SECONDS = 12 * 3600;
/** And two hours after it was last used. A live view that nobody touches is no use. */
export const SESSION_IDLE_SECONDS = 2 * 3600;
/** A sign-in link is for now. */
export const SIGN_IN_LINK_SECONDS = 15 * 60;
export const SESSION_COOKIE = 'safe-passage-session';

export interface Identity extends Bearer {
  /** What proved it. Never logged. */
  readonly token: string;
  readonly by: 'session' | 'token';
}

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity | null;
  }
}

const STATE_CHANGING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const TOKEN = /^[A-Za-z0-9_-]{20,200}$/;
const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;

/** The token of a request: a machine's header goes before a browser's cookie. */
function presented(request: FastifyRequest): { readonly token: string; readonly by: Identity['by'] } | null {
  const header = request.headers.authorization;
  if (header !== undefined) {
    const token = /^Bearer +(\S+)$/i.exec(header)?.[1];
    return token !== undefined && TOKEN.test(token) ? { token, by: 'token' } : null;
  }
  const cookie = request.cookies[SESSION_COOKIE];
  return cookie !== undefined && TOKEN.test(cookie) ? { token: cookie, by: 'session' } : null;
}

/**
 * The session cookie is SameSite=Strict already; this holds where a browser does not know that, and for machines on the
 * same site: what changes something must come from this very origin, or from no page at all.
 */
function refuseForeignOrigin(request: FastifyRequest): void {
  if (!STATE_CHANGING.has(request.method)) return;
  const origin = request.headers.origin;
  const site = request.headers['sec-fetch-site'];
  // Hosts and not schemes are compared: a proxy that ends TLS and is not configured as trusted hides the scheme.
  const foreign =
    (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== request.host)) ||
    (typeof site === 'string' && site !== 'same-origin' && site !== 'none');
  if (foreign) {
    throw new ApiProblem(403, 'foreign-origin', 'This page belongs to another origin and may change nothing here.');
  }
}

/**
 * Finds out who asks; null where nobody known does.
 *
 * @param use whether this counts as use of a session.
 */
export async function identify(
  dependencies: ServerDependencies,
  request: FastifyRequest,
  use: boolean,
): Promise<Identity | null> {
  const proof = presented(request);
  if (!proof) return null;
  const bearer = await dependencies.tokens.authenticate(proof.token, use);
  return bearer ? { name: bearer.name, role: bearer.role, ...proof } : null;
}

/** @throws ApiProblem where the role does not allow it, or asks for a reason that is not given. */
function insistOnPermission({ role }: Identity, permission: Permission | undefined, purpose: unknown): void {
  if (permission === undefined) {
    throw new ApiProblem(403, 'no-role', 'This address names no right that a role could have: it is closed to all.');
  }
  const grant = grantOf(role, permission);
  const { may } = PERMISSIONS[permission];
  if (grant === 'no') {
    throw new ApiProblem(
      403,
      'role',
      `The role ${roleName(role)} may not ${may}. This is for: ${whoMay(permission)}. Whoever runs the hub gives roles.`,
    );
  }
  if (grant === 'with-purpose') {
    const read = readPurpose(purpose);
    if ('fault' in read) {
      throw new ApiProblem(
        403,
        'purpose-missing',
        `The role ${roleName(role)} may ${may} only with a reason. ${read.fault}`,
        'x-purpose',
      );
    }
  }
}

/** The identity of a request behind the door. @throws ApiProblem where there is none, which the door has ruled out. */
export function bearerOf(request: FastifyRequest): Identity {
  if (!request.identity) throw unauthorized('Sign in first.');
  return request.identity;
}

/** The door: registered before any route. */
export function registerAuthentication(app: FastifyInstance, dependencies: ServerDependencies, gate: Gate): void {
  registerAddresses(app, ({ config, url }) => config?.access ?? (isApiPath(url) ? 'bearer' : 'public'));
  app.decorateRequest('identity', null);
  app.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    const inInterface = isApiPath(request.routeOptions.url ?? '') || isApiPath(request.url);
    // Nothing of the interface may be kept by a browser or by anything in between.
    if (inInterface) reply.header('cache-control', 'no-store');
    refuseForeignOrigin(request);
    const { access: named, permission } = request.routeOptions.config;
    const access = named ?? (inInterface ? 'bearer' : 'public');
    if (access === 'public') return;
    if (access === 'loopback') {
      if (dependencies.http?.openOperations === true || LOOPBACK.test(request.ip)) return;
    }
    request.identity = await identify(dependencies, request, true);
    if (!request.identity) {
      // A cookie that is worth nothing any more is what every console has after its session; a wrong header is a try.
      if (request.headers.authorization !== undefined) {
        gate.insistOnPatience(request.ip);
        await gate.failed(request.ip);
      }
      reply.header('www-authenticate', 'Bearer realm="safe-passage"');
      throw unauthorized(
        'Sign in first: open a link from `hub sign-in-link`, or send a token from `hub token create` as "Authorization: Bearer …".',
      );
    }
    gate.insistOnPace(request.identity.name);
    // Whoever is known may learn that there is nothing at an address.
    if (request.is404) return;
    // `/api` itself leads to the console's files, which are public, and is none of them.
    if (named === undefined && permission === undefined && !isApiPath(request.routeOptions.url ?? '')) return;
    insistOnPermission(request.identity, permission, request.headers['x-purpose']);
  });
}
