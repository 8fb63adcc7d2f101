/** A log without personal data: routes instead of addresses, no cookies, no tokens, no pseudonyms. */
import type { Logger } from 'pino';

/** Long enough for words, too short for a pseudonym (16 characters), a digest, a token or a UUID. */
const OPAQUE = /[A-Za-z0-9_-]{16,}/g;

/** Hides everything in a text that could be a pseudonym, a token or an identifier. */
export function masked(text: string): string {
  return text.replace(OPAQUE, (word) => (/^[a-z]+(?:[-_][a-z]+)*$/.test(word) ? word : '…'));
}

interface LoggedError {
  readonly type: string;
  readonly code?: string;
  readonly message: string;
  readonly stack: string;
}

/** An error with its texts masked and without the properties that drivers hang on it (rows, parameters, packets). */
export function loggedError(problem: unknown): LoggedError | string {
  if (!(problem instanceof Error)) return masked(String(problem)).slice(0, 200);
  const code = 'code' in problem && typeof problem.code === 'string' ? problem.code : undefined;
  // The first line repeats the message; frames are addresses in the program, not data.
  const frames = (problem.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: problem.name,
    ...(code === undefined ? {} : { code }),
    message: masked(problem.message).slice(0, 500),
    stack: frames.slice(0, 12).join('\n'),
  };
}

/** The server's own branch of the hub's log. */
export function serverLogger(logger: Logger): Logger {
  return logger.child(
    { stage: 'api' },
    {
      redact: { paths: ['*.authorization', '*.cookie', '*.token', '*.headers', 'token', 'cookie'], remove: true },
      serializers: {
        err: loggedError,
        error: loggedError,
        req: () => undefined,
        res: (reply: { readonly statusCode?: number }) => ({ statusCode: reply.statusCode }),
      },
    },
  );
}
