/** What this machine has beyond npm's packages. A test that needs one of these says so when it is skipped. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

function firstExisting(...paths: (string | undefined)[]): string | null {
  return paths.find((path) => path !== undefined && path !== '' && existsSync(path)) ?? null;
}

/** Recordings, ground truth and public detectors: `$SAFE_PASSAGE_SHARED`, or `shared` beside the project. */
export const sharedFolder: string | null = firstExisting(
  process.env.SAFE_PASSAGE_SHARED,
  resolve(import.meta.dirname, '../../../shared'),
);

/** A file below the shared folder; null where it is not there. */
export function sharedFile(...parts: string[]): string | null {
  return sharedFolder ? firstExisting(join(sharedFolder, ...parts)) : null;
}

export const mosquittoBinary: string | null = firstExisting(
  process.env.SAFE_PASSAGE_MOSQUITTO,
  '/usr/sbin/mosquitto',
  '/usr/local/sbin/mosquitto',
);

export const chromiumBinary: string | null = firstExisting(
  process.env.SAFE_PASSAGE_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
);

export const opensslBinary: string | null = firstExisting('/usr/bin/openssl', '/usr/local/bin/openssl');

export interface Prerequisite {
  readonly name: string;
  readonly found: boolean;
  /** How to get it, as a sentence. */
  readonly remedy: string;
}

/** Everything that some tests need and npm does not bring. */
export function prerequisites(): Prerequisite[] {
  return [
    {
      name: 'TimescaleDB ($SAFE_PASSAGE_TEST_TIMESCALE)',
      found: Boolean(process.env.SAFE_PASSAGE_TEST_TIMESCALE),
      remedy: 'Run: export SAFE_PASSAGE_TEST_TIMESCALE=$(.ci/timescale start)',
    },
    {
      name: 'Mosquitto ($SAFE_PASSAGE_MOSQUITTO)',
      found: mosquittoBinary !== null,
      remedy: 'Run: apt-get install mosquitto',
    },
    { name: 'OpenSSL', found: opensslBinary !== null, remedy: 'Run: apt-get install openssl' },
    {
      name: 'Chromium ($SAFE_PASSAGE_CHROMIUM)',
      found: chromiumBinary !== null,
      remedy: 'Run: apt-get install chromium',
    },
    {
      name: 'the shared folder of recordings and detectors ($SAFE_PASSAGE_SHARED)',
      found: sharedFolder !== null,
      remedy: 'Put it beside the project as ../shared, or name it in the variable.',
    },
  ];
}
