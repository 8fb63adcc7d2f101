/** Signing in and out. A token is exchanged for a session in a cookie that no script can read. */
import { Type } from 'typebox';
import { permissionsOf, permissionsWithReasonOf } from '../../access/permissions.ts';
import type { Bearer } from '../../store/store.ts';
import { type App, described, refusals } from '../app.ts';
import { bearerOf, SESSION_COOKIE } from '../authentication.ts';
import type { ServerDependencies } from '../dependencies.ts';
import type { Gate } from '../gate.ts';
import type { LiveStreams } from '../liveStreams.ts';
import { openSession } from '../openSession.ts';
import { unauthorized } from '../problems.ts';
import { Session, SignInBody } from '../schemas.ts';

const sessionOf = ({ name, role }: Bearer): Session => ({
  name,
  role,
  may: permissionsOf(role),
  mayWithReason: permissionsWithReasonOf(role),
});

const EXAMPLE = sessionOf({ name: 'P. Officer', role: 'privacy-officer' });

/** Whose token it is. A one-time token is used up by this; a session's own token opens no further session. */
async function redeem(
  dependencies: ServerDependencies,
  token: string,
): Promise<(Bearer & { readonly through: string }) | null> {
  const once = await dependencies.tokens.consume(token);
  if (once) return { ...once, through: 'link' };
  const record = await dependencies.tokenAdministration.describe(token);
  return record?.kind === 'token' ? { name: record.name, role: record.role, through: 'token' } : null;
}

export function sessionRoutes(app: App, dependencies: ServerDependencies, streams: LiveStreams, gate: Gate): void {
  app.route({
    method: 'POST',
    url: '/api/session',
    config: {
      access: 'public',
      rateLimit: { max: dependencies.http?.signInsPerMinute ?? 10, timeWindow: '1 minute' },
    },
    bodyLimit: 1024,
    schema: {
      operationId: 'signIn',
      tags: ['session'],
      summary: 'Sign in',
      description:
        'Exchanges a one-time token (from `hub sign-in-link`) or a permanent one (from `hub token create`) for a session in a cookie: twelve hours at most, two without use, unless the hub is told otherwise. After some failed tries an address has to wait, each time twice as long; `Retry-After` says how long.',
      security: [],
      body: described(SignInBody, 'The token.', { token: '8Jr0rZ0m1cXqkq3Vw2b7dYt5sNf9uHgLpAeCiKoMxQz' }),
      response: { 200: described(Session, 'Who is signed in.', EXAMPLE), ...refusals(400, 401, 403, 429) },
    },
    handler: async (request, reply) => {
      gate.insistOnPatience(request.ip);
      const bearer = await redeem(dependencies, request.body.token);
      if (!bearer) {
        const { ip } = request;
        await dependencies.audit.record({
          atMs: Date.now(),
          actor: 'unknown',
          action: 'access.sign-in-failed',
          subject: ip,
        });
        await gate.failed(ip);
        throw unauthorized(
          'This token is unknown, used up or expired. A sign-in link works once and for 15 minutes: make another with `hub sign-in-link`.',
        );
      }
      gate.lockOut.succeeded(request.ip);
      await openSession(dependencies, request, reply, bearer, bearer.through);
      return sessionOf(bearer);
    },
  });

  app.route({
    method: 'GET',
    url: '/api/session',
    config: { permission: 'session.own' },
    schema: {
      operationId: 'getSession',
      tags: ['session'],
      summary: 'Who is signed in',
      description: 'Answers 401 where nobody is.',
      response: { 200: described(Session, 'Who is signed in.', EXAMPLE), ...refusals(401, 403) },
    },
    handler: (request) => sessionOf(bearerOf(request)),
  });

  app.route({
    method: 'DELETE',
    url: '/api/session',
    config: { permission: 'session.own' },
    schema: {
      operationId: 'signOut',
      tags: ['session'],
      summary: 'Sign out',
      description: 'Forgets the session and ends its live streams. A permanent token is not touched by it.',
      response: { 204: Type.Null({ description: 'Signed out.' }), ...refusals(401, 403) },
    },
    handler: async (request, reply) => {
      const { token, by } = bearerOf(request);
      if (by === 'session') {
        await dependencies.tokens.revoke(token);
        streams.endOf(token);
      }
      reply.clearCookie(SESSION_COOKIE, { path: '/', httpOnly: true, sameSite: 'strict' });
      return reply.code(204).send(null);
    },
  });
}
