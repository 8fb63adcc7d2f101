/** One embedded PostgreSQL for the whole test run; every test file makes databases of its own in it. */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@safe-passage/start/ports.ts';
import { startPostgres } from '@safe-passage/start/postgres/embeddedPostgres.ts';

export default async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'safe-passage-test-pg-'));
  // The server runs as another user where the tests run as root: it must be able to enter the folder.
  await chmod(folder, 0o755);
  const logFile = join(folder, 'server.log');
  const dataFolder = join(folder, 'db');
  try {
    const server = await startPostgres({ dataFolder, port: await freePort(), password: 'test', logFile });
    process.env.SAFE_PASSAGE_TEST_POSTGRES = server.url;
    return async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    };
  } catch (cause) {
    const log = await readFile(logFile, 'utf8').catch(() => '');
    await rm(folder, { recursive: true, force: true });
    throw new Error(`The embedded PostgreSQL for the tests did not start:\n${log.split('\n').slice(-20).join('\n')}`, {
      cause,
    });
  }
}
