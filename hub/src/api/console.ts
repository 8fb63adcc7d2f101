/** The built console. Its addresses are the application's own; whatever else is asked for must be a file of the build. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Addresses that the console itself understands. */
const CONSOLE_PAGES = ['/', '/alerts/:id', '/fleet', '/floor', '/privacy', '/sign-in'] as const;

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Safe Passage</title>
<h1>The console has not been built</h1>
<p>Run <code>npm run build</code> in the project's folder and load this page again. The hub itself is running: its interface is described at <a href="/api/docs">/api/docs</a>.</p>
</html>
`;

/** Sends the console's page, whatever its address; what stands at an address the console says itself. */
export function sendConsole(reply: FastifyReply, folder: string): FastifyReply {
  reply.header('cache-control', 'no-cache');
  if (!existsSync(join(folder, 'index.html'))) {
    return reply.code(503).type('text/html; charset=utf-8').send(NOT_BUILT);
  }
  return reply.sendFile('index.html', { cacheControl: false });
}

/** Serves the folder if it is there, looked at with every request, so that a build needs no restart. */
export async function registerConsole(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    serve: false,
    suppressWarning: true,
    dotfiles: 'ignore',
    index: false,
  });

  const page = (_request: FastifyRequest, reply: FastifyReply): FastifyReply => sendConsole(reply, folder);
  for (const url of CONSOLE_PAGES) app.route({ method: 'GET', url, schema: { hide: true }, handler: page });

  // Vite puts a digest of the content into these names: another content has another name.
  app.route<{ Params: { '*': string } }>({
    method: 'GET',
    url: '/assets/*',
    schema: { hide: true },
    handler: (request, reply) =>
      reply.sendFile(`assets/${request.params['*']}`, { maxAge: '365d', immutable: true, index: false }),
  });
  app.route<{ Params: { file: string } }>({
    method: 'GET',
    url: '/:file',
    schema: { hide: true },
    handler: (request, reply) =>
      request.params.file === 'index.html'
        ? reply.callNotFound()
        : reply.sendFile(request.params.file, { maxAge: '1h', index: false }),
  });
}
