import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { TSchema } from 'typebox';
import { ApiError } from './schemas.ts';

/** The server as routes see it: requests and answers have the types of their schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

const REFUSALS = {
  400: 'A field is wrong; `field` names it.',
  401: 'Nobody known asks: sign in, or send a token.',
  403: 'The role does not allow it, or a page of another origin asks.',
  404: 'There is no such thing.',
  409: 'The state does not allow it; the message says what the state is.',
  429: 'Too many attempts or streams.',
  503: 'Not now.',
} as const;

type Refusal = keyof typeof REFUSALS;

/** A schema with a description, and an example for the documentation. */
export function described<T extends TSchema>(schema: T, description: string, ...examples: unknown[]): T {
  return { ...schema, description, ...(examples.length > 0 ? { examples } : {}) };
}

/** The answers that say no, for a route's response schemas. */
export function refusals<S extends Refusal>(...statuses: readonly S[]): Record<S, typeof ApiError> {
  return Object.fromEntries(statuses.map((status) => [status, described(ApiError, REFUSALS[status])])) as Record<
    S,
    typeof ApiError
  >;
}
