/** Is it alive, is it ready, how does it do: for those who run it. No personal data. */
import { Type } from 'typebox';
import { type App, described, refusals } from '../app.ts';
import type { Probe, ServerDependencies } from '../dependencies.ts';
import { masked } from '../logging.ts';
import type { Metrics } from '../metrics.ts';

const PROBE_SECONDS = 3;

const closed = { additionalProperties: false } as const;
const Health = Type.Object({ status: Type.Literal('alive'), version: Type.String() }, closed);
const Readiness = Type.Object(
  {
    ready: Type.Boolean(),
    probes: Type.Record(
      Type.String(),
      Type.Object({ ok: Type.Boolean(), message: Type.Optional(Type.String()), milliseconds: Type.Number() }, closed),
    ),
  },
  closed,
);

interface ProbeAnswer {
  ok: boolean;
  message?: string;
  milliseconds: number;
}

/** Asks one probe and never waits longer than three seconds for it. */
async function ask(probe: Probe): Promise<ProbeAnswer> {
  const started = performance.now();
  const since = () => Math.round(performance.now() - started);
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${PROBE_SECONDS} s`)), PROBE_SECONDS * 1000);
    });
    const { ok, message } = await Promise.race([probe(), late]);
    return { ok, ...(message === undefined ? {} : { message }), milliseconds: since() };
  } catch (problem) {
    const message = masked(problem instanceof Error ? problem.message : String(problem)) || 'no answer';
    return { ok: false, message, milliseconds: since() };
  } finally {
    clearTimeout(timer);
  }
}

export function operationsRoutes(app: App, dependencies: ServerDependencies, metrics: Metrics): void {
  app.route({
    method: 'GET',
    url: '/healthz',
    config: { access: 'loopback', permission: 'operations.read' },
    schema: {
      operationId: 'health',
      tags: ['operations'],
      summary: 'Whether the process is alive',
      description: 'Looks at nothing else: a hub whose database is away is alive and must not be restarted for it.',
      security: [],
      response: { 200: described(Health, 'Alive.', { status: 'alive', version: '0.1.0' }), ...refusals(401, 403) },
    },
    handler: () => ({ status: 'alive' as const, version: dependencies.version }),
  });

  app.route({
    method: 'GET',
    url: '/readyz',
    config: { access: 'loopback', permission: 'operations.read' },
    schema: {
      operationId: 'readiness',
      tags: ['operations'],
      summary: 'Whether the hub can do its work',
      description: 'One entry for each thing that it rests on.',
      security: [],
      response: {
        200: described(Readiness, 'Ready.', { ready: true, probes: { database: { ok: true, milliseconds: 2 } } }),
        ...refusals(401, 403),
        503: described(Readiness, 'Not ready: the probes say why.', {
          ready: false,
          probes: { broker: { ok: false, message: 'not connected', milliseconds: 0 } },
        }),
      },
    },
    handler: async (_request, reply) => {
      const entries = await Promise.all(
        Object.entries(dependencies.probes).map(async ([name, probe]) => [name, await ask(probe)] as const),
      );
      const ready = entries.every(([, probe]) => probe.ok);
      return reply.code(ready ? 200 : 503).send({ ready, probes: Object.fromEntries(entries) });
    },
  });

  app.route({
    method: 'GET',
    url: '/metrics',
    config: { access: 'loopback', permission: 'operations.read' },
    schema: {
      operationId: 'metrics',
      tags: ['operations'],
      summary: 'Prometheus metrics',
      description: 'Ingest, alerts by state, answer times by route, live streams and the process.',
      security: [],
      response: {
        200: Type.String({ description: 'The text format of Prometheus.' }),
        ...refusals(401, 403),
      },
      produces: ['text/plain'],
    },
    handler: async (_request, reply) => {
      const text = await metrics.render();
      return reply.type(metrics.contentType).send(text);
    },
  });
}
