/** A backup of a real TimescaleDB, restored by the script that an operator calls. */
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadSigner } from '@safe-passage/hub/audit/signing.ts';
import { RetentionLimits } from '@safe-passage/hub/privacy/limits.ts';
import { loadPrivacyPolicy } from '@safe-passage/hub/privacy/policy.ts';
import { migrate, openStore } from '@safe-passage/hub/store/index.ts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../../test/services/database.ts';
import { DEPLOY } from './mosquitto.ts';
import { ROLES, roleStatements } from './roleStatements.ts';

const HOUR_MS = 3_600_000;
const PROJECT = resolve(DEPLOY, '..');
const CLIENT = join(PROJECT, '.ci/timescale');
const MAIN = join(PROJECT, 'hub/src/main.ts');
const mark = randomBytes(4).toString('hex');
const [owner, hubLogin, grafana, backup] = ROLES.map((role) => `${role}_${mark}`);

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe.skipIf(!databaseKinds().includes('timescale'))('a restore of a backup (needs a TimescaleDB)', () => {
  let database: TestDatabase;
  let name: string;
  let folder: string;
  const inFolder = (file: string) => join(folder, file);
  const as = (role: string | undefined): string => {
    const url = new URL(database.url);
    url.username = role ?? '';
    url.password = 'secret';
    return url.href;
  };
  const asked = async <T extends object>(url: string, sql: string): Promise<T[]> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<T>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const environment = (): NodeJS.ProcessEnv => {
    const { hostname, port, username, password } = new URL(database.url);
    return { ...process.env, PGHOST: hostname, PGPORT: port, PGUSER: username, PGPASSWORD: password };
  };
  const restore = (args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ended> =>
    new Promise((done) => {
      const env = {
        ...environment(),
        SUPERUSER: `${CLIENT} client psql`,
        PG_RESTORE: `${CLIENT} client pg_restore`,
        MIGRATE: `${process.execPath} ${MAIN} migrate --database ${as(owner)}`,
        HUB: inFolder('hub'),
        STOP: `touch ${inFolder('stopped')}`,
        START: `touch ${inFolder('started')}`,
        CONFIG: inFolder('hub.yaml'),
        POLICY: inFolder('privacy.yaml'),
        DATABASE: name,
        OWNER: owner,
        HUB_LOGIN: hubLogin,
        READERS: `${grafana} ${backup}`,
        ...more,
      };
      execFile(join(DEPLOY, 'backup/restore'), [...args], { env, timeout: 240_000 }, (problem, stdout, stderr) => {
        done({ code: problem ? (typeof problem.code === 'number' ? problem.code : -1) : 0, stdout, stderr });
      });
    });
  const policyFile = async (tracks: string): Promise<void> => {
    const example = await readFile(join(PROJECT, 'examples/privacy.yaml'), 'utf8');
    await writeFile(inFolder('privacy.yaml'), example.replaceAll('keep: 72 hours', `keep: ${tracks}`));
  };
  const counts = async () =>
    (
      await asked<Record<string, number>>(
        database.url,
        `SELECT (SELECT count(*) FROM track_segment)::int AS tracks, (SELECT count(*) FROM dwell_episode)::int AS stays,
                (SELECT count(*) FROM zone_interval)::int AS zones, (SELECT count(*) FROM access_token)::int AS tokens`,
      )
    )[0];

  /** A day's and older rows, an audit that is sealed, somebody who is signed in: then the backup. */
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'safe-passage-restore-'));
    database = await createTestDatabase('timescale');
    name = new URL(database.url).pathname.slice(1);
    await asked(database.url, 'CREATE EXTENSION IF NOT EXISTS timescaledb');
    for (const { sql, execute } of await roleStatements(mark)) {
      const rows = await asked<Record<string, string>>(database.url, sql);
      if (execute) for (const row of rows) await asked(database.url, Object.values(row)[0] ?? '');
    }
    await migrate(as(owner));
    await policyFile('72 hours');
    await writeFile(
      inFolder('plan.json'),
      JSON.stringify({
        id: 'hall',
        name: 'Hall',
        bounds: [
          [0, 0],
          [20, 10],
        ],
        walls: [],
        cameras: [],
        zones: [],
      }),
    );
    await writeFile(
      inFolder('hub.yaml'),
      `site: demo\ntimeZone: UTC\ndatabase: { url: "${as(hubLogin)}" }\nbroker: { url: "mqtt://127.0.0.1:1883" }\nfloors: [{ plan: plan.json }]\nprivacy: privacy.yaml\naudit: { keyFile: audit.key }\n`,
    );
    // What the hub is asked to do is noted with who may enter at that moment.
    await writeFile(
      inFolder('hub'),
      `#!/bin/sh
printf '%s %s %s\\n' "$1" "$2" "$(${CLIENT} client psql -X -A -t -d postgres -c "SELECT has_database_privilege('${grafana}', '${name}', 'CONNECT'), has_database_privilege('${backup}', '${name}', 'CONNECT')")" >>${inFolder('asked')}
exec ${process.execPath} ${MAIN} "$@"
`,
    );
    await chmod(inFolder('hub'), 0o755);
    const nowMs = Date.now();
    const limits = new RetentionLimits();
    const store = openStore({ url: as(hubLogin), site: 'demo', tracksHours: 72, limits, zoneName: (floor) => floor });
    try {
      const policy = await loadPrivacyPolicy(inFolder('privacy.yaml'), nowMs, null);
      await store.privacy.apply(policy, { actor: 'hub', agreement: null }, nowMs);
      limits.set(policy);
      const segment = (hours: number) =>
        `INSERT INTO track_segment VALUES ('hall', 'edge-1', 'cam-1', 'e', ${hours}, 0, 'p-${hours}', 'active', now() - interval '${hours} hours', '{0}', '{1}', '{1}', '{1}', '{true}')`;
      // Within the limit; beyond the one that is to come; beyond any.
      for (const hours of [1, 30, 71, 100]) await asked(database.url, segment(hours));
      for (const days of [1, 29, 40]) {
        await asked(
          database.url,
          `INSERT INTO dwell_episode VALUES ('${randomUUID()}', 'demo', 'hall', 'table', 'p', now() - interval '${days} days', now() - interval '${days} days', 60, false, '{}');
           INSERT INTO zone_interval VALUES (300, date_bin('5 minutes', now(), 'epoch') - interval '${days} days', 'demo', 'hall', 'table', 1, 20, 20, 1200, 60)`,
        );
      }
      await asked(
        database.url,
        `INSERT INTO access_token (digest, name, role, kind) VALUES ('a', 'Ada', 'reviewer', 'session'), ('b', 'Ben', 'auditor', 'token')`,
      );
      for (const subject of ['one', 'two', 'three'])
        await store.audit.record({ atMs: nowMs, actor: 'Ada', action: 'read.alert', subject });
      await store.audit.checkpoint(await loadSigner(inFolder('audit.key')), nowMs);
    } finally {
      await store.close();
    }
    const { hostname, port } = new URL(database.url);
    await writeFile(
      inFolder('a.dump'),
      await new Promise<Buffer>((done, fail) => {
        const env = { ...process.env, PGHOST: hostname, PGPORT: port, PGUSER: backup, PGPASSWORD: 'secret' };
        const options = { env, encoding: 'buffer', maxBuffer: 64 << 20 } as const;
        execFile(CLIENT, ['client', 'pg_dump', '--format=custom', name], options, (problem, stdout) => {
          if (problem) fail(problem);
          else done(stdout);
        });
      }),
    );
    // Since then: another limit, an erasure, rows that the backup does not know.
    await policyFile('24 hours');
    await asked(database.url, 'DELETE FROM dwell_episode');
    const later = openStore({ url: as(hubLogin), site: 'demo', tracksHours: 72, zoneName: (floor) => floor });
    await later.audit.record({
      atMs: Date.now() + 1000,
      actor: 'Ada',
      action: 'privacy.erased',
      subject: 'hall/table',
      purpose: 'request 7',
      detail: { site: 'demo', fromMs: nowMs - HOUR_MS, toMs: nowMs, rows: { track_segment: 2 } },
    });
    const withdrawn = { atMs: Date.now() + 1000, actor: 'Ada', subject: 'Ben', detail: { count: 1 } };
    await later.audit.record({ ...withdrawn, action: 'access.revoked' });
    await later.audit.record({
      ...withdrawn,
      action: 'access.revoked',
      subject: 'Cleo',
      detail: { count: 1, kind: 'session' },
    });
    await later.close();
  }, 180_000);
  afterAll(async () => {
    await database.drop();
    const server = new URL(database.url);
    server.pathname = '/postgres';
    await asked(server.href, `DROP DATABASE IF EXISTS ${name}_restored WITH (FORCE)`);
    for (const role of ROLES) await asked(server.href, `DROP ROLE IF EXISTS ${role}_${mark}`);
    await rm(folder, { recursive: true, force: true });
  });

  it('refuses what is no dump and what should be destroyed by now, and changes nothing', async () => {
    const before = await counts();
    await writeFile(inFolder('half.dump'), 'PG');
    expect(await restore([inFolder('half.dump')])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no dump'),
    });
    await writeFile(inFolder('old.dump'), await readFile(inFolder('a.dump')));
    const then = new Date(Date.now() - 8 * 24 * HOUR_MS);
    await utimes(inFolder('old.dump'), then, then);
    expect(await restore([inFolder('old.dump')])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('older than the privacy policy allows'),
    });
    expect(await counts()).toEqual(before);
    await expect(readFile(inFolder('stopped'))).rejects.toThrow();
  });

  it('leaves the present database as it is where the dump is broken off', async () => {
    const before = await counts();
    const whole = await readFile(inFolder('a.dump'));
    await writeFile(inFolder('broken.dump'), whole.subarray(0, whole.length - 60));
    expect(await restore([inFolder('broken.dump')])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the present database is as it was'),
    });
    expect(await counts()).toEqual(before);
    await expect(readFile(inFolder('started'))).rejects.toThrow();
  });

  it('lets nobody in until what is past its time is destroyed, by the tighter of both policies', async () => {
    // A hub that cannot do its work.
    const failed = await restore([inFolder('a.dump')], { HUB: 'false' });
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('nobody may enter') });
    expect(failed.stdout).toContain('hall/table from');
    expect(failed.stdout).toContain('  Ben: withdrawn (');
    expect(failed.stdout).not.toContain('Cleo');
    for (const login of [hubLogin, grafana, backup])
      await expect(asked(as(login), 'SELECT 1')).rejects.toThrow(/permission denied for database/);
    expect(await counts()).toMatchObject({ tracks: 4, stays: 3, zones: 3, tokens: 2 });

    const { code, stdout, stderr } = await restore(['--finish', inFolder('a.dump')]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('The audit is whole');
    expect(stdout).toMatch(/Tokens that are valid again, .*:\nNAME .*\nBen +auditor +token/);
    expect(await readFile(inFolder('asked'), 'utf8')).toBe('privacy enforce f|f\naudit verify f|f\n');
    await readFile(inFolder('started'));
    expect(await counts()).toEqual({ tracks: 1, stays: 2, zones: 2, tokens: 1 });
    const chunks = await asked<{ hypertable_name: string }>(
      database.url,
      'SELECT DISTINCT hypertable_name FROM timescaledb_information.chunks ORDER BY 1',
    );
    expect(chunks.map((row) => row.hypertable_name)).toEqual(['dwell_episode', 'track_segment']);
    const records = await asked(
      database.url,
      `SELECT action, subject, entry->'detail' AS detail FROM audit WHERE action IN ('database.restored', 'policy.privacy') ORDER BY number DESC LIMIT 2`,
    );
    expect(records).toMatchObject([
      { action: 'database.restored', subject: 'a.dump', detail: { endedSessions: 1 } },
      { action: 'policy.privacy' },
    ]);
    // The roles are as before: the hub writes, Grafana reads its views alone, the audit cannot be altered.
    await asked(as(hubLogin), `INSERT INTO quarantine VALUES (now(), 'x', 'y', 1)`);
    await expect(asked(as(hubLogin), 'DELETE FROM audit')).rejects.toThrow('permission denied');
    expect(await asked(as(grafana), 'SELECT zone FROM dashboard.zone_interval')).toHaveLength(2);
    await expect(asked(as(grafana), 'SELECT 1 FROM track_segment')).rejects.toThrow('permission denied');
    expect((await migrate(as(hubLogin))).applied).toEqual([]);
  });
});
