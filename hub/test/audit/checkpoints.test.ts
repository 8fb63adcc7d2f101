import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditCheckpoint, auditCheckpointTopic, checker } from '@safe-passage/contract';
import { connectAsync, type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokerKinds, startBroker, type TestBroker } from '../../../test/services/brokers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/services/database.ts';
import { type AuditRow, digestOf, GENESIS, nextRow } from '../../src/audit/entry.ts';
import { loadSigner, sealHolds } from '../../src/audit/signing.ts';
import type { HubConfig } from '../../src/config.ts';
import { runHub } from '../../src/hub.ts';
import { showAudit } from '../../src/store/audit/reads.ts';
import { migrate, openDatabase, openStore, type Store } from '../../src/store/index.ts';
import { PLAN, SITE } from '../api/hubServer.ts';
import { until } from '../ingest/rig.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
/** Several processes one after another. */
const SLOW_MS = 240_000;

let database: TestDatabase;
let folder: string;
let store: Store;
beforeAll(async () => {
  database = await createTestDatabase('postgres');
  await migrate(database.url);
  folder = await mkdtemp(join(tmpdir(), 'safe-passage-checkpoints-'));
  store = openStore({ url: database.url, site: SITE, tracksHours: 72, zoneName: (floor) => floor });
});
afterAll(async () => {
  await store.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const configOf = (brokerUrl: string): HubConfig => ({
  site: SITE,
  timeZone: 'UTC',
  databaseUrl: database.url,
  broker: { url: brokerUrl, clientId: 'hub' },
  listen: { host: '127.0.0.1', port: 0 },
  consoleUrl: 'http://127.0.0.1:8080',
  floors: [PLAN],
  policyFile: null,
  privacyFile: null,
  privacyKeyFile: null,
  auditKeyFile: join(folder, 'audit-key.pem'),
  auditPublishMinutes: 60,
  retention: { tracksHours: 72 },
});

/** What a collector writes down, one message a line. */
async function collector(broker: TestBroker): Promise<{ readonly lines: string[]; readonly client: MqttClient }> {
  const client = await connectAsync(broker.url, { protocolVersion: 4 });
  const lines: string[] = [];
  client.on('message', (topic, payload) => void lines.push(`${topic} ${payload.toString()}`));
  await client.subscribeAsync(auditCheckpointTopic(SITE), { qos: 1 });
  return { lines, client };
}

const messageOf = (line = ''): AuditCheckpoint => {
  const checked = checker(AuditCheckpoint)(JSON.parse(line.slice(line.indexOf('{'))));
  if (!checked.ok) throw new Error(`${line} is not of the contract`);
  return checked.value;
};

const collected: string[] = [];

describe.each(brokerKinds())('a hub at %s', (kind) => {
  it('publishes the signed end of its audit when it starts and when it stops, retained', async () => {
    const broker = await startBroker(kind);
    const stop = new AbortController();
    const early = await collector(broker);
    const running = runHub(configOf(broker.url), {
      logger: pino({ level: 'silent' }),
      signal: stop.signal,
      parts: [],
    });
    try {
      await until(
        () => early.lines.length,
        (count) => count > 0,
      );
      await store.audit.record({ atMs: Date.now(), actor: 'A. Reviewer', action: 'read.evidence', subject: 'a' });
      stop.abort();
      await running;
      const [last] = await showAudit(await pool(), { limit: 1 });
      await until(
        () => messageOf(early.lines.at(-1)).number,
        (number) => number === last?.number,
      );
      for (const line of early.lines) {
        const { schema: _schema, site, ...seal } = messageOf(line);
        expect(site).toBe(SITE);
        expect(sealHolds('audit-checkpoint/1', seal)).toBe(true);
      }
      // Nobody who comes later has to wait for the next one.
      const late = await collector(broker);
      await until(
        () => late.lines,
        (lines) => lines.length > 0,
      );
      expect(late.lines).toEqual(early.lines.slice(-1));
      await late.client.endAsync(true);
      collected.push(...early.lines);
    } finally {
      stop.abort();
      await running;
      await early.client.endAsync(true);
      await broker.stop();
    }
  });
});

let opened: ReturnType<typeof openDatabase> | null = null;
/** The owner's: with every right. */
function pool(): Promise<ReturnType<typeof openDatabase>> {
  opened ??= openDatabase(database.url, { connections: 1 });
  return Promise.resolve(opened);
}
afterAll(async () => {
  await opened?.end();
});

function verify(
  ...argv: string[]
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    const command = [MAIN, 'audit', 'verify', '-c', join(folder, 'hub.yaml'), ...argv];
    execFile(process.execPath, command, (problem, stdout, stderr) => {
      resolve({ code: problem ? (typeof problem.code === 'number' ? problem.code : -1) : 0, stdout, stderr });
    });
  });
}

describe('somebody with every right, the key included,', () => {
  const file = (name: string): string => join(folder, name);
  const elsewhere = (): readonly [string, string] => ['--checkpoints', file('checkpoints.jsonl')];
  let rows: AuditRow[];

  beforeAll(async () => {
    await writeFile(file('hall.json'), JSON.stringify(PLAN));
    await writeFile(
      file('hub.yaml'),
      `site: ${SITE}
timeZone: UTC
database: { url: "${database.url}" }
broker: { url: "mqtt://127.0.0.1:1883" }
floors: [{ plan: hall.json }]
`,
    );
    const strange = collected.map((line) => line.replaceAll(SITE, 'another-site'));
    await writeFile(file('checkpoints.jsonl'), `${[...strange, ...collected].join('\n')}\n`);
    const stored = await (await pool()).query<{ entry: string }>('SELECT entry::text FROM audit ORDER BY number');
    rows = stored.rows.map(({ entry }, index) => ({ number: index + 1, entry, digest: digestOf(entry) }));
  });

  /** Puts other rows in the place of all, and signs them as the hub does. */
  async function rebuild(others: readonly AuditRow[]): Promise<void> {
    const database = await pool();
    await database.query(
      'ALTER TABLE audit DISABLE TRIGGER USER; ALTER TABLE audit_checkpoint DISABLE TRIGGER USER; DELETE FROM audit; DELETE FROM audit_checkpoint',
    );
    for (const { entry, digest } of others) {
      await database.query("INSERT INTO audit (entry, digest) VALUES ($1, decode($2, 'hex'))", [entry, digest]);
    }
    await database.query('ALTER TABLE audit ENABLE TRIGGER USER; ALTER TABLE audit_checkpoint ENABLE TRIGGER USER');
    await store.audit.checkpoint(await loadSigner(file('audit-key.pem')), Date.now());
  }

  it(
    'is found out by checkpoints that were collected from the broker, and by nothing in the database',
    async () => {
      expect(await verify(...elsewhere())).toMatchObject({ code: 0, stdout: expect.stringContaining('is whole') });

      await rebuild(rows.slice(0, -3));
      const cut = await verify(...elsewhere());
      expect(cut.code).toBe(1);
      expect(cut.stdout).toContain(`of the end were removed: a checkpoint signed row ${rows.length}`);

      const anew: AuditRow[] = [];
      for (const { entry } of rows) {
        const { actor: _actor, ...record } = JSON.parse(entry) as { actor: string; atMs: number };
        anew.push(nextRow(anew.at(-1) ?? GENESIS, { ...record, actor: 'nobody', action: 'read.alert' }));
      }
      await rebuild(anew);
      expect(await verify()).toMatchObject({ code: 0 });
      const rebuilt = await verify(...elsewhere());
      expect(rebuilt.code).toBe(1);
      expect(rebuilt.stdout).toContain(`row ${rows.length} is not the one that was signed`);

      await rebuild([]);
      expect(await verify(...elsewhere())).toMatchObject({
        code: 1,
        stdout: expect.stringContaining('of the end were removed'),
      });
    },
    SLOW_MS,
  );

  it(
    'has nothing to put in the place of a collected file: what is no checkpoint of the site is refused by its line',
    async () => {
      await writeFile(file('wrong.jsonl'), `${collected[0]}\n{"schema":"status/1"}\n${collected[0]}\n`);
      const wrong = await verify('--checkpoints', file('wrong.jsonl'));
      expect(wrong).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/line 2 of .*wrong\.jsonl is no checkpoint/),
      });
      await writeFile(
        file('none.jsonl'),
        (await readFile(file('checkpoints.jsonl'), 'utf8')).replaceAll(SITE, 'elsewhere'),
      );
      const none = await verify('--checkpoints', file('none.jsonl'));
      expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining(`no checkpoint of the site ${SITE}`) });
    },
    SLOW_MS,
  );
});
