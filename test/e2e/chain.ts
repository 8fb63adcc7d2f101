/** The whole chain as processes of its own: broker, database, hub and edge agent, configured by files as in the field. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '@safe-passage/start/ports.ts';
import pg from 'pg';
import { stringify } from 'yaml';
import { createTestDatabase, type DatabaseKind } from '../services/database.ts';
import { type Program, startProgram, until } from '../services/program.ts';

export const EXAMPLE = resolve(import.meta.dirname, '../../examples/standing-table');

export interface Chain {
  readonly folder: string;
  readonly hubUrl: string;
  readonly database: pg.Client;
  startHub(): Promise<Program>;
  startEdge(): Program;
  /** A bearer token for the HTTP interface. */
  token(): Promise<string>;
  close(): Promise<void>;
}

/** @param source the part of edge.yaml that says where people come from. */
export async function openChain(kind: DatabaseKind, brokerUrl: string, source: object): Promise<Chain> {
  const folder = await mkdtemp(join(tmpdir(), 'safe-passage-chain-'));
  const testDatabase = await createTestDatabase(kind);
  const port = await freePort();
  const plan = join(EXAMPLE, 'plan.json');
  const { id: floor } = JSON.parse(await readFile(plan, 'utf8')) as { id: string };
  await writeFile(
    join(folder, 'hub.yaml'),
    stringify({
      site: 'test',
      timeZone: 'UTC',
      database: { url: testDatabase.url },
      broker: { url: brokerUrl },
      listen: { host: '127.0.0.1', port },
      floors: [{ plan }],
    }),
  );
  await writeFile(
    join(folder, 'edge.yaml'),
    stringify({
      site: 'test',
      floor,
      device: 'edge-1',
      camera: 'cam-1',
      ...source,
      calibration: join(EXAMPLE, 'calibration.yaml'),
      plan,
      broker: { url: brokerUrl },
      outbox: { path: 'outbox.db' },
    }),
  );
  const hubUrl = `http://127.0.0.1:${port}`;
  const running = new Set<Program>();
  const start = (script: string, args: readonly string[]): Program => {
    const program = startProgram(script, args);
    running.add(program);
    void program.ended.then(() => running.delete(program));
    return program;
  };
  const migration = start('hub/src/main.ts', ['migrate', '--config', join(folder, 'hub.yaml')]);
  const migrated = await migration.ended;
  if (migrated !== 0) throw new Error(`hub migrate ended with ${migrated}:\n${migration.said()}`);
  const database = new pg.Client({ connectionString: testDatabase.url });
  await database.connect();
  return {
    folder,
    hubUrl,
    database,
    startHub: async () => {
      const hub = start('hub/src/main.ts', ['run', '--config', join(folder, 'hub.yaml')]);
      await until(`the hub to be ready; it said:\n${hub.said()}`, 60, async () => {
        const ready = await fetch(`${hubUrl}/readyz`).catch(() => null);
        return ready?.ok;
      });
      return hub;
    },
    startEdge: () => start('edge/src/main.ts', ['run', '--config', join(folder, 'edge.yaml')]),
    token: async () => {
      const made = start('hub/src/main.ts', [
        'token',
        'create',
        '--name',
        'test',
        '--config',
        join(folder, 'hub.yaml'),
      ]);
      const code = await made.ended;
      const token = /[A-Za-z0-9_-]{43}/.exec(made.said())?.[0];
      if (code !== 0 || !token) throw new Error(`hub token create ended with ${code}`);
      return token;
    },
    close: async () => {
      for (const program of running) program.kill('SIGTERM');
      await Promise.all([...running].map((program) => program.ended));
      await database.end();
      await testDatabase.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
