/** The hub's HTTP server: plugins first, then the door, then one file of routes per area. */
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, LogController } from 'fastify';
import type { App } from './app.ts';
import { registerAuthentication } from './authentication.ts';
import { registerConsole, sendConsole } from './console.ts';
import type { ServerDependencies } from './dependencies.ts';
import { Gate } from './gate.ts';
import { LiveStreams } from './liveStreams.ts';
import { serverLogger } from './logging.ts';
import { registerMetrics } from './metrics.ts';
import { registerOpenApi } from './openapi.ts';
import { ApiProblem, describeProblem, refuseUnreadable, registerProblemHandlers, sendProblem } from './problems.ts';
import { aggregateRoutes } from './routes/aggregates.ts';
import { alertRoutes } from './routes/alerts.ts';
import { cameraRoutes } from './routes/cameras.ts';
import { evidencePackRoutes } from './routes/evidencePack.ts';
import { figureRoutes } from './routes/figures.ts';
import { floorCountRoutes } from './routes/floorCounts.ts';
import { floorRoutes } from './routes/floors.ts';
import { liveRoutes } from './routes/live.ts';
import { operationsRoutes } from './routes/operations.ts';
import { privacyRoutes } from './routes/privacy.ts';
import { reidentificationRoutes } from './routes/reidentification.ts';
import { sessionRoutes } from './routes/session.ts';
import { signInRoutes } from './routes/signIn.ts';
import { strictValidator } from './validation.ts';

/** Nothing that the interface takes is larger. */
const BODY_LIMIT_BYTES = 16 * 1024;
const MEBIBYTE = 1024 * 1024;

async function registerPlugins(app: FastifyInstance, dependencies: ServerDependencies, gate: Gate): Promise<void> {
  await app.register(cookie);
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    // A hub without TLS must not tell browsers that it has it; where a proxy ends TLS, the proxy says so.
    strictTransportSecurity: false,
  });
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_request, { ttl }) =>
      new ApiProblem(
        429,
        'too-many-requests',
        `Too many attempts to sign in: try again in ${Math.max(1, Math.ceil(ttl / 1000))} s.`,
      ),
  });
  // After the cookies are read and the headers are set, and before any route: a refusal has both.
  registerAuthentication(app, dependencies, gate);
  await registerOpenApi(app, dependencies.version);
}

/** One line per request: the route and never the address, which may hold what nobody should read. */
function registerRequestLog(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    request.log.info(
      {
        method: request.method,
        route: request.is404 ? 'none' : request.routeOptions.url,
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime),
      },
      'request',
    );
    done();
  });
}

/**
 * Builds the server. It listens on nothing until its `listen` is called, and everything it started ends with its
 * `close`.
 *
 * @throws where a route or a plugin is wired wrongly; nothing outside is touched.
 */
export async function buildServer(dependencies: ServerDependencies): Promise<FastifyInstance> {
  const http = dependencies.http ?? {};
  const app: App = Fastify({
    ...(dependencies.logger
      ? { loggerInstance: serverLogger(dependencies.logger) as FastifyBaseLogger }
      : { logger: false }),
    // Its lines hold addresses; ours, below, hold routes.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    // A request must arrive whole in 15 s; a connection on which nothing moves for a minute is closed (a live stream has
    // its heartbeat); an idle connection is kept for 10 s.
    requestTimeout: 15_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 10_000,
    forceCloseConnections: 'idle',
    trustProxy: http.trustedProxies ? [...http.trustedProxies] : false,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 128 },
    // An address that cannot be read at all never reaches a route or a hook.
    frameworkErrors: (problem, _request, reply: FastifyReply) => {
      const { statusCode, body } = describeProblem(problem);
      reply.header('cache-control', 'no-store');
      sendProblem(reply, statusCode, body);
    },
    clientErrorHandler: refuseUnreadable,
  });
  app.setValidatorCompiler(strictValidator);
  registerProblemHandlers(app, (reply) => sendConsole(reply, dependencies.consoleFolder));

  const streams = new LiveStreams({
    bus: dependencies.live,
    backlogBytes: http.streamBacklogBytes ?? MEBIBYTE,
    heartbeatSeconds: http.heartbeatSeconds ?? 15,
    perBearer: http.streamsPerBearer ?? 8,
    onProblem: (problem) => app.log.warn({ err: problem }, 'the session of a live stream cannot be looked at'),
  });
  registerRequestLog(app);
  const gate = new Gate(dependencies.audit, http.gate);
  const metrics = registerMetrics(app, dependencies, streams, gate);
  await registerPlugins(app, dependencies, gate);

  signInRoutes(app, dependencies, gate);
  sessionRoutes(app, dependencies, streams, gate);
  alertRoutes(app, dependencies);
  figureRoutes(app, dependencies);
  floorRoutes(app, dependencies);
  floorCountRoutes(app, dependencies);
  cameraRoutes(app, dependencies);
  aggregateRoutes(app, dependencies);
  reidentificationRoutes(app, dependencies);
  evidencePackRoutes(app, dependencies);
  liveRoutes(app, dependencies, streams);
  privacyRoutes(app, dependencies);
  operationsRoutes(app, dependencies, metrics);
  await registerConsole(app, dependencies.consoleFolder);
  return app;
}
