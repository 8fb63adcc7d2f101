/** The HTTP interface as a part of the hub. */
import { join } from 'node:path';
import { OperatorError } from '@safe-passage/cli';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { HubContext, StartPart } from '../hub.ts';
import { makeEvidencePack } from '../pack/make.ts';
import { OidcProvider } from '../signIn/provider.ts';
import { openDatabase, type Store } from '../store/index.ts';
import { pendingMigrations } from '../store/migrationState.ts';
import { createTokenAdministration } from '../store/tokenAdministration.ts';
import { hubVersion } from '../version.ts';
import type { HttpOptions, ServerDependencies } from './dependencies.ts';
import type { LiveBus } from './live.ts';
import { loggedError } from './logging.ts';
import type { PresenceBoard } from './presence.ts';
import { buildServer } from './server.ts';

const CONSOLE_FOLDER = join(import.meta.dirname, '../../console/dist');
const SWEEP_MS = 3_600_000;

export interface ApiPartOptions {
  /** Whatever is published here reaches the screens. */
  readonly live: LiveBus;
  /** Who is where now. */
  readonly presence: PresenceBoard;
  readonly http?: HttpOptions;
  /** Absent: where `npm run build` puts it. */
  readonly consoleFolder?: string;
}

async function listen(app: FastifyInstance, { host, port }: { host: string; port: number }): Promise<string> {
  try {
    return await app.listen({ host, port, listenTextResolver: (address) => `the interface listens at ${address}` });
  } catch (problem) {
    const code = problem instanceof Error && 'code' in problem ? String(problem.code) : String(problem);
    throw new OperatorError(
      `The hub cannot listen at ${host}:${port} (${code})`,
      code === 'EADDRINUSE'
        ? 'Something else listens there already: stop it, or give another listen.port in hub.yaml.'
        : 'Check listen.host and listen.port in hub.yaml; ports below 1024 need a permission.',
      { cause: problem },
    );
  }
}

/** Expired sessions and links are forgotten at the start and every hour; that they work no longer is checked at use. */
function sweepTokens(tokens: Store['tokens'], logger: Logger): NodeJS.Timeout {
  const sweep = (): void => {
    tokens.sweep().catch((problem: unknown) => {
      logger.warn({ problem: loggedError(problem) }, 'expired tokens could not be removed; they open nothing');
    });
  };
  sweep();
  return setInterval(sweep, SWEEP_MS).unref();
}

function probes({ store, counters }: HubContext, pending: () => Promise<string[]>): ServerDependencies['probes'] {
  return {
    database: async () => {
      await store.ping();
      return { ok: true };
    },
    broker: () => Promise.resolve(counters().connected ? { ok: true } : { ok: false, message: 'not connected' }),
    migrations: async () => {
      const missing = await pending();
      return missing.length === 0 ? { ok: true } : { ok: false, message: `missing: ${missing.join(', ')}` };
    },
  };
}

/** The interface for {@link runHub}: shows what is committed, and listens where hub.yaml says. */
export function apiPart({ live, presence, http = {}, consoleFolder = CONSOLE_FOLDER }: ApiPartOptions): StartPart {
  return async (context) => {
    const { config, store, logger, counters } = context;
    const pool = openDatabase(config.databaseUrl, { connections: 2, statementTimeoutSeconds: 5 });
    const { signer } = context;
    const { site, floors } = config;
    const app = await buildServer({
      site: config.site,
      timeZone: config.timeZone,
      version: hubVersion(),
      plans: config.floors,
      alerts: store.alerts,
      persons: store.persons,
      devices: store.devices,
      floorCounts: store.floorCounts(config.timeZone),
      tokens: store.tokens,
      audit: store.audit,
      holds: store.privacy.holds,
      privacyOffice: store.privacy.office,
      signer: context.signer,
      tokenAdministration: createTokenAdministration(pool),
      ...(config.signIn?.oidc ? { oidc: new OidcProvider(config.signIn.oidc) } : {}),
      live,
      presence,
      counters,
      retention: context.retention,
      aggregates: store.aggregates,
      reidentification: store.reidentification,
      evidencePack: async (request) => {
        // A quarter of a year of audit takes longer than what is asked for here otherwise.
        const packing = openDatabase(config.databaseUrl, { connections: 1 });
        try {
          const source = { pool: packing, signer, site, floors, hubVersion: hubVersion() };
          return await makeEvidencePack(source, request, Date.now());
        } finally {
          await packing.end();
        }
      },
      probes: probes(context, () => pendingMigrations(pool)),
      consoleFolder,
      http: {
        ...(config.listen.trustedProxies ? { trustedProxies: config.listen.trustedProxies } : {}),
        ...(config.signIn
          ? { sessionSeconds: config.signIn.sessionSeconds, idleSeconds: config.signIn.idleSeconds }
          : {}),
        ...http,
      },
      logger,
    });
    const stop = async (): Promise<void> => {
      try {
        await app.close();
      } finally {
        await pool.end();
      }
    };
    try {
      await listen(app, config.listen);
    } catch (problem) {
      await stop();
      throw problem;
    }
    const sweeping = sweepTokens(store.tokens, logger);
    return {
      name: 'api',
      onDevices: (views) => {
        for (const view of views) live.publish('camera', view);
      },
      stop: async () => {
        clearInterval(sweeping);
        await stop();
      },
    };
  };
}
