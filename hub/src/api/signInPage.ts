/** The page that a browser shows where a sign-in with the provider did not succeed. No script, nothing from outside. */
import type { FastifyReply } from 'fastify';
import { escaped } from '../document/html.ts';

export interface SignInPage {
  readonly status: number;
  readonly title: string;
  readonly text: string;
}

export function sendSignInPage(reply: FastifyReply, { status, title, text }: SignInPage): FastifyReply {
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .send(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} · Safe Passage</title>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(text)}</p>
<p><a href="/sign-in">Back to signing in</a></p>
</main>
</html>
`);
}
