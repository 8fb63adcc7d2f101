import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { chromiumBinary, mosquittoBinary, sharedFile, sharedFolder } from './services/machine.ts';

const run = promisify(execFile);
const timescale = process.env.SAFE_PASSAGE_TEST_TIMESCALE;

/** Where one of these is skipped, so are the tests that rest on it: the run's summary then says how to get it. */
describe('what the tests stand on', () => {
  it.skipIf(!timescale)('a TimescaleDB that keeps fsync on (needs $SAFE_PASSAGE_TEST_TIMESCALE)', async () => {
    const client = new pg.Client({ connectionString: timescale });
    await client.connect();
    try {
      const offered = await client.query("SELECT 1 FROM pg_available_extensions WHERE name = 'timescaledb'");
      expect(offered.rowCount).toBe(1);
      const preloaded = await client.query('SHOW shared_preload_libraries');
      expect(preloaded.rows[0].shared_preload_libraries).toContain('timescaledb');
      expect((await client.query('SHOW fsync')).rows[0].fsync).toBe('on');
    } finally {
      await client.end();
    }
  });

  it.skipIf(!mosquittoBinary)('a Mosquitto of version 2 (needs mosquitto or $SAFE_PASSAGE_MOSQUITTO)', async () => {
    const { stdout } = await run(mosquittoBinary ?? '', ['-h']).catch((problem: { stdout: string }) => problem);
    expect(stdout).toMatch(/mosquitto version 2\./);
  });

  it.skipIf(!chromiumBinary)('a Chromium that starts (needs chromium or $SAFE_PASSAGE_CHROMIUM)', async () => {
    const { stdout } = await run(chromiumBinary ?? '', ['--version']);
    expect(stdout).toMatch(/Chrom/);
  });

  it.skipIf(!sharedFolder)('the shared recordings (needs ../shared or $SAFE_PASSAGE_SHARED)', async () => {
    await access(sharedFile('data', 'mot15', 'SOURCE.txt') ?? '');
  });
});
