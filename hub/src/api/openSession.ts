/** A session begins: the token goes into a cookie that no script can read, and nowhere else. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Bearer } from '../store/store.ts';
import { SESSION_COOKIE, SESSION_IDLE_SECONDS, SESSION_SECONDS } from './authentication.ts';
import type { ServerDependencies } from './dependencies.ts';

/** @param through how somebody came in, for the audit: `link`, `token`, `provider`. */
export async function openSession(
  { tokens, http }: ServerDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  { name, role }: Bearer,
  through: string,
): Promise<void> {
  const seconds = http?.sessionSeconds ?? SESSION_SECONDS;
  const session = await tokens.create({
    kind: 'session',
    name,
    role,
    through,
    expiresAtMs: Date.now() + seconds * 1000,
    idleSeconds: http?.idleSeconds ?? SESSION_IDLE_SECONDS,
  });
  reply.setCookie(SESSION_COOKIE, session, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: request.protocol === 'https',
    maxAge: seconds,
  });
}
