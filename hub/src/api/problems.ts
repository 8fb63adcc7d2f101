/** How the interface says no: always an ApiError, always with what to do, never with anything from inside the hub. */
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { methodsAt } from './addresses.ts';
import type { ApiError } from './schemas.ts';

/** Thrown by routes. The message is shown to the person who asked. */
export class ApiProblem extends Error {
  readonly statusCode: number;
  /** A short name for programs: `conflict`. */
  readonly error: string;
  readonly field: string | undefined;
  /** When it is worth another try; told in the header Retry-After. */
  readonly retryAfterSeconds: number | undefined;

  constructor(statusCode: number, error: string, message: string, field?: string, retryAfterSeconds?: number) {
    super(message);
    this.statusCode = statusCode;
    this.error = error;
    this.field = field;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** A field that is wrong. @param message names it, what was sent there and what to send. */
export const badInput = (message: string, field?: string): ApiProblem =>
  new ApiProblem(400, 'bad-request', message, field);
export const notFound = (message: string): ApiProblem => new ApiProblem(404, 'not-found', message);
export const conflict = (message: string): ApiProblem => new ApiProblem(409, 'conflict', message);
export const tooMany = (message: string, retryAfterSeconds: number): ApiProblem =>
  new ApiProblem(429, 'too-many-requests', message, undefined, retryAfterSeconds);
export const unauthorized = (message: string): ApiProblem => new ApiProblem(401, 'unauthorized', message);

const NAMES: Readonly<Record<number, string>> = {
  400: 'bad-request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  408: 'timeout',
  409: 'conflict',
  413: 'too-large',
  414: 'too-large',
  415: 'unsupported-media-type',
  429: 'too-many-requests',
  431: 'too-large',
  503: 'unavailable',
};

function answer(statusCode: number, error: string, message: string, field?: string): ApiError {
  return { error: error || NAMES[statusCode] || 'error', message, ...(field === undefined ? {} : { field }) };
}

/** Turns anything thrown into a status and an ApiError. What is inside a 5xx stays in the log. */
export function describeProblem(problem: FastifyError | ApiProblem): { statusCode: number; body: ApiError } {
  if (problem instanceof ApiProblem) {
    return {
      statusCode: problem.statusCode,
      body: answer(problem.statusCode, problem.error, problem.message, problem.field),
    };
  }
  const statusCode = problem.statusCode ?? 500;
  const name = NAMES[statusCode];
  if (statusCode >= 400 && statusCode < 500) {
    // The framework's own texts may quote the address or the content type; ours do not.
    return { statusCode, body: answer(statusCode, name ?? 'bad-request', CLIENT_TEXTS[statusCode] ?? BAD_REQUEST) };
  }
  if (statusCode === 503)
    return { statusCode, body: answer(503, 'unavailable', 'The hub is busy or stopping: try again.') };
  return {
    statusCode: 500,
    body: answer(500, 'internal', 'The hub could not do this. Its log says why; try again in a moment.'),
  };
}

const BAD_REQUEST = 'The request could not be read: send JSON that follows the schema at /api/docs.';
const CLIENT_TEXTS: Readonly<Record<number, string>> = {
  413: 'The body is too large: send 16 KiB at most, and 1 KiB to sign in.',
  414: 'The address is too long: what stands in the path has 128 characters at most.',
  415: 'Send the body as application/json.',
  429: 'Too many attempts: wait a minute and try again.',
};

/** Whether somebody looks with a browser's address bar, and not a program or a picture on a page. */
const wantsPage = ({ method, headers }: FastifyRequest): boolean =>
  method === 'GET' && /\btext\/html\b/i.test(headers.accept ?? '');

/**
 * The error and not-found handlers of the whole server.
 *
 * @param sendPage answers with the console, which has a page of its own for addresses that are none.
 */
export function registerProblemHandlers(app: FastifyInstance, sendPage: (reply: FastifyReply) => FastifyReply): void {
  app.setErrorHandler((problem: FastifyError | ApiProblem, request, reply) => {
    const { statusCode, body } = describeProblem(problem);
    if (statusCode >= 500) request.log.error({ err: problem, route: request.routeOptions.url }, 'request failed');
    if (problem instanceof ApiProblem && problem.retryAfterSeconds !== undefined) {
      reply.header('retry-after', String(problem.retryAfterSeconds));
    }
    sendProblem(reply, statusCode, body);
  });
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const methods = methodsAt(app.routeTable(), request.url);
    // Where the method is right, a route has said itself that there is nothing.
    if (methods.length > 0 && !methods.includes(request.method)) {
      const message = `This address takes no ${request.method}: send ${methods.join(' or ')}.`;
      reply.header('allow', methods.join(', '));
      sendProblem(reply, 405, answer(405, 'method-not-allowed', message));
      return;
    }
    const { statusCode, body } = describeProblem(
      notFound('There is nothing at this address. The interface is described at /api/docs.'),
    );
    if (isApiPath(request.url)) sendProblem(reply, statusCode, body);
    else if (wantsPage(request)) sendPage(reply.code(404));
    else reply.code(404).type('text/plain; charset=utf-8').send('There is nothing at this address.\n');
  });
}

const UNREADABLE: Readonly<Record<string, { readonly status: string; readonly message: string }>> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    message: 'The headers are too large: send 16 KiB at most.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    message: 'The request did not arrive in time: send it within 15 s.',
  },
};

/** Answers what is no HTTP request that could reach a route: as every other refusal, by hand. */
export function refuseUnreadable(problem: ConnectionError, socket: Socket): void {
  if (problem.code === 'ECONNRESET' || socket.destroyed) return;
  const { status, message } = UNREADABLE[problem.code] ?? {
    status: '400 Bad Request',
    message: 'This is no HTTP request: see /api/docs.',
  };
  const code = Number.parseInt(status, 10);
  const body = JSON.stringify(answer(code, NAMES[code] ?? 'bad-request', message));
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroySoon();
}

/** Sends an ApiError past the route's response schemas, which may not list the status. */
export function sendProblem(reply: FastifyReply, statusCode: number, body: ApiError): void {
  if (reply.sent) return;
  reply
    .code(statusCode)
    .type('application/json; charset=utf-8')
    .serializer((value) => JSON.stringify(value))
    .send(body);
}

/** Whether an address lies in the interface, where nobody unknown may even learn what exists. */
export function isApiPath(url: string): boolean {
  return /^\/+api(?:[/?]|$)/i.test(url);
}
