/** The interface without a hub behind it: for its description. */
import { NOTHING_COUNTED } from '../ingest/counters.ts';
import { hubVersion } from '../version.ts';
import { LiveBus } from './live.ts';
import { openApiText } from './openapi.ts';
import { PresenceBoard } from './presence.ts';
import { buildServer } from './server.ts';

const nothingBehind = (): Promise<never> => Promise.reject(new Error('this server only describes itself'));

/** The OpenAPI document of this version as text. Opens no connection and no port. */
export async function describeInterface(): Promise<string> {
  const app = await buildServer({
    site: 'site',
    timeZone: 'UTC',
    version: hubVersion(),
    plans: [],
    alerts: { list: nothingBehind, get: nothingBehind, acknowledge: nothingBehind, close: nothingBehind },
    persons: { evidence: nothingBehind },
    devices: { list: nothingBehind },
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
    live: new LiveBus(),
    presence: new PresenceBoard(),
    counters: () => NOTHING_COUNTED,
    probes: {},
    consoleFolder: import.meta.dirname,
  });
  try {
    await app.ready();
    return openApiText(app);
  } finally {
    await app.close();
  }
}
