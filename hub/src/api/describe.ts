/** The interface without a hub behind it: for its description. */
import type { FastifyInstance } from 'fastify';
import { rolesDocument } from '../access/document.ts';
import { NOTHING_COUNTED } from '../ingest/counters.ts';
import { OidcProvider } from '../signIn/provider.ts';
import { hubVersion } from '../version.ts';
import { LiveBus } from './live.ts';
import { openApiText } from './openapi.ts';
import { PresenceBoard } from './presence.ts';
import { buildServer } from './server.ts';

const nothingBehind = (): Promise<never> => Promise.reject(new Error('this server only describes itself'));

/** Opens no connection and no port. */
async function describe(text: (app: FastifyInstance) => string): Promise<string> {
  const app = await buildServer({
    site: 'site',
    timeZone: 'UTC',
    version: hubVersion(),
    plans: [],
    alerts: {
      list: nothingBehind,
      get: nothingBehind,
      acknowledge: nothingBehind,
      close: nothingBehind,
      reopen: nothingBehind,
    },
    persons: { evidence: nothingBehind },
    devices: { list: nothingBehind, rates: nothingBehind },
    floorCounts: { read: nothingBehind },
    tokens: {
      create: nothingBehind,
      authenticate: nothingBehind,
      consume: nothingBehind,
      revoke: nothingBehind,
      sweep: nothingBehind,
    },
    audit: { record: nothingBehind },
    privacyOffice: {
      inForce: nothingBehind,
      history: nothingBehind,
      lastOfEach: nothingBehind,
      lastInZones: nothingBehind,
      runsSince: nothingBehind,
      looks: nothingBehind,
      erase: nothingBehind,
      proof: nothingBehind,
    },
    signer: {
      seal: () => {
        throw new Error('this server only describes itself');
      },
    },
    holds: { list: nothingBehind, place: nothingBehind, release: nothingBehind },
    tokenAdministration: { describe: nothingBehind },
    // For its addresses; it is asked nothing.
    oidc: new OidcProvider({
      name: 'provider',
      issuer: 'https://provider.example',
      clientId: 'hub',
      address: 'https://hub.example',
      scopes: ['openid'],
      nameClaim: 'preferred_username',
      roleClaim: 'groups',
      roles: [],
      prompt: null,
    }),
    live: new LiveBus(),
    presence: new PresenceBoard(),
    counters: () => NOTHING_COUNTED,
    probes: {},
    consoleFolder: import.meta.dirname,
  });
  try {
    await app.ready();
    return text(app);
  } finally {
    await app.close();
  }
}

/** The OpenAPI document of this version as text. */
export const describeInterface = (): Promise<string> => describe(openApiText);

/** Who may do what, as Markdown. */
export const describeRoles = (): Promise<string> => describe((app) => rolesDocument(app.routeTable()));
