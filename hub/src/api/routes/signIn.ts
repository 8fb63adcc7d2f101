/** Signing in with an OpenID provider: to it, and back from it. A browser stands here, so that every answer is a page or a way on. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { FLOW_SECONDS, Flows } from '../../signIn/flow.ts';
import { type OidcProvider, type RefusalKind, SignInRefusal } from '../../signIn/provider.ts';
import { type App, described } from '../app.ts';
import type { ServerDependencies } from '../dependencies.ts';
import type { Gate } from '../gate.ts';
import { openSession } from '../openSession.ts';
import { ApiProblem, describeProblem } from '../problems.ts';
import { SignInWays } from '../schemas.ts';
import { type SignInPage, sendSignInPage } from '../signInPage.ts';

const FLOW_COOKIE = 'safe-passage-sign-in';
const FLOW_PATH = '/api/sign-in';

const Answer = Type.Object({
  code: Type.Optional(Type.String({ minLength: 1, maxLength: 4096, writeOnly: true })),
  state: Type.Optional(Type.String({ minLength: 1, maxLength: 512, writeOnly: true })),
  iss: Type.Optional(Type.String({ maxLength: 2048 })),
  error: Type.Optional(Type.String({ maxLength: 256 })),
});

const PAGES: Readonly<Record<RefusalKind, SignInPage>> = {
  provider: {
    status: 503,
    title: 'The sign-in service does not answer',
    text: 'It is away, or does not answer as it should; the hub’s log says which. Try again in a moment. A link from hub sign-in-link works without it.',
  },
  registration: {
    status: 502,
    title: 'The sign-in service does not know this hub',
    text: 'Its client id or secret is refused. Whoever runs the hub checks signIn.oidc in hub.yaml.',
  },
  proof: {
    status: 401,
    title: 'This sign-in does not count',
    text: 'It was begun in another browser or too long ago, was used already, or does not prove who you are. Begin again.',
  },
  role: {
    status: 403,
    title: 'You have no role here',
    text: 'The sign-in service knows you, and nothing that it says of you gives you a role in Safe Passage. Whoever runs the hub can change that.',
  },
};

function pageAfter(problem: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (problem instanceof SignInRefusal) {
    request.log.warn({ kind: problem.kind, reason: problem.message }, 'a sign-in with the provider failed');
    return sendSignInPage(reply, PAGES[problem.kind]);
  }
  const { statusCode, body } = describeProblem(problem as FastifyError);
  if (statusCode >= 500) request.log.error({ err: problem }, 'a sign-in with the provider failed');
  if (problem instanceof ApiProblem && problem.retryAfterSeconds !== undefined) {
    reply.header('retry-after', String(problem.retryAfterSeconds));
  }
  return sendSignInPage(reply, { status: statusCode, title: 'Signing in did not work', text: body.message });
}

export function signInRoutes(app: App, dependencies: ServerDependencies, gate: Gate): void {
  const { oidc } = dependencies;

  app.route({
    method: 'GET',
    url: '/api/sign-in',
    config: { access: 'public' },
    schema: {
      operationId: 'signInWays',
      tags: ['session'],
      summary: 'How one can sign in',
      description: 'Whether a provider can be asked, and what it is called.',
      security: [],
      response: { 200: described(SignInWays, 'The ways.', { provider: 'the airport’s sign-in' }) },
    },
    handler: () => ({ provider: oidc?.name ?? null }),
  });
  if (oidc) providerRoutes(app, dependencies, gate, oidc);
}

function providerRoutes(app: App, dependencies: ServerDependencies, gate: Gate, oidc: OidcProvider): void {
  const flows = new Flows();
  const config = {
    access: 'public',
    rateLimit: { max: dependencies.http?.signInsPerMinute ?? 10, timeWindow: '1 minute' },
  } as const;
  const errorHandler = (problem: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    pageAfter(problem, request, reply);
  };

  app.route({
    method: 'GET',
    url: '/api/sign-in/provider',
    config,
    errorHandler,
    schema: { hide: true },
    handler: async (request, reply) => {
      gate.insistOnPatience(request.ip);
      const { flow, sealed } = await flows.begin();
      const url = await oidc.authorizationUrl(flow);
      reply.setCookie(FLOW_COOKIE, sealed, {
        path: FLOW_PATH,
        httpOnly: true,
        // The way back comes from another site.
        sameSite: 'lax',
        secure: request.protocol === 'https',
        maxAge: FLOW_SECONDS,
      });
      return reply.redirect(url, 302);
    },
  });

  app.route({
    method: 'GET',
    url: '/api/sign-in/provider/callback',
    config,
    errorHandler,
    schema: { hide: true, querystring: Answer },
    handler: async (request, reply) => {
      const { ip, query } = request;
      gate.insistOnPatience(ip);
      const sealed = request.cookies[FLOW_COOKIE];
      reply.clearCookie(FLOW_COOKIE, { path: FLOW_PATH, httpOnly: true, sameSite: 'lax' });
      try {
        const flow = sealed && query.state ? await flows.finish(sealed, query.state, Date.now()) : null;
        if (!flow || oidc.isOther(query.iss))
          throw new SignInRefusal('proof', 'no sign-in of this browser waits for this answer');
        if (query.error !== undefined || query.code === undefined) {
          throw new SignInRefusal('proof', 'the provider signed nobody in');
        }
        const bearer = await oidc.whoIs(query.code, flow);
        gate.lockOut.succeeded(ip);
        await openSession(dependencies, request, reply, bearer, 'provider');
      } catch (problem) {
        if (problem instanceof SignInRefusal && (problem.kind === 'proof' || problem.kind === 'role')) {
          await dependencies.audit.record({
            atMs: Date.now(),
            actor: 'unknown',
            action: 'access.sign-in-failed',
            subject: ip,
            detail: { through: 'provider', why: problem.kind },
          });
          if (problem.kind === 'proof') await gate.failed(ip);
        }
        throw problem;
      }
      return reply.redirect('/', 303);
    },
  });
}
