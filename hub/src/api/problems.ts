/** How the interface says no: always an ApiError, always with what to do, never with anything from inside the hub. */
import type {
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchemaValidationError,
} from 'fastify';
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

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

const PLACES: Readonly<Record<string, string>> = {
  querystring: 'query',
  params: 'path',
  body: 'body',
  headers: 'header',
};

/** Names the field at fault and what is wanted there; never repeats what was sent, which may be a secret. */
export function describeValidation(
  problems: readonly FastifySchemaValidationError[],
  context: string | undefined,
): { readonly message: string; readonly field?: string } {
  const place = PLACES[context ?? 'body'] ?? 'request';
  const unknown = problems.find((problem) => problem.keyword === 'additionalProperties');
  const missing = problems.find((problem) => problem.keyword === 'required');
  const at = (pointer: string, name?: string) =>
    [...pointer.split('/').slice(1), ...(name === undefined ? [] : [name])].join('.');
  if (unknown) {
    const field = at(unknown.instancePath, strings(unknown.params.additionalProperties)[0]);
    return { message: `There is no field "${field.slice(0, 80)}" in the ${place}.`, field: field.slice(0, 80) };
  }
  if (missing) {
    const field = at(missing.instancePath, strings(missing.params.requiredProperties)[0]);
    return { message: `The field "${field}" is missing in the ${place}.`, field };
  }
  const first = problems[0];
  if (!first || first.instancePath === '') {
    return { message: `The ${place} ${first?.message ?? 'is not valid'}.` };
  }
  const field = at(first.instancePath);
  const allowed = problems
    .filter((problem) => problem.keyword === 'const' && problem.instancePath === first.instancePath)
    .map((problem) => String(problem.params.allowedValue));
  const wanted = allowed.length > 0 ? `must be one of ${allowed.join(', ')}` : (first.message ?? 'is not valid');
  return { message: `The field "${field}" of the ${place} ${wanted}.`, field };
}

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
  if (problem.validation) {
    const { message, field } = describeValidation(problem.validation, problem.validationContext);
    return { statusCode: 400, body: answer(400, 'bad-request', message, field) };
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
  413: 'The body is too large.',
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
    const { statusCode, body } = describeProblem(
      notFound('There is nothing at this address. The interface is described at /api/docs.'),
    );
    if (isApiPath(request.url)) sendProblem(reply, statusCode, body);
    else if (wantsPage(request)) sendPage(reply.code(404));
    else reply.code(404).type('text/plain; charset=utf-8').send('There is nothing at this address.\n');
  });
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
