import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds } from '../../../test/services/database.ts';
import { builtInPolicy } from '../../src/privacy/policy.ts';
import { createFreshStore, type FreshStore } from './freshStore.ts';

const READERS = ['safe_passage_auditor', 'safe_passage_privacy_officer', 'safe_passage_engineer'] as const;

/** Written by hand, as the table of the interface is: who reads which view. */
const VIEWS = `
                   auditor  privacy_officer  engineer
access             yes      yes              no
alert_outcome      yes      yes              no
audit              yes      yes              no
audit_checkpoint   yes      yes              no
device             yes      yes              yes
hub_change         yes      yes              yes
policy             yes      yes              no
policy_agreement   yes      yes              no
quarantine         yes      yes              yes
report_gap         no       no               yes
retention_run      yes      yes              yes
retention_zone_run yes      yes              yes
`;

const table = VIEWS.trim()
  .split('\n')
  .slice(1)
  .map((line) => line.trim().split(/\s+/))
  .map(([view = '', ...cells]) => ({ view, cells }));

describe.each(databaseKinds())('people who look with SQL, in %s', (kind) => {
  let fresh: FreshStore;
  const logins = new Map<string, { readonly name: string; readonly client: pg.Client }>();

  beforeAll(async () => {
    fresh = await createFreshStore(kind);
    // Without a policy nothing may be read.
    await fresh.store.privacy.apply(builtInPolicy(72), { actor: 'hub', agreement: null }, Date.now());
    await fresh.store.audit.record({
      atMs: Date.now(),
      actor: 'Ada',
      action: 'read.alert',
      subject: 'x',
      purpose: 'why',
    });
    await fresh.store.audit.record({ atMs: Date.now(), actor: 'hub', action: 'policy.alerts', subject: 'one' });
    await fresh.store.tokens.create({ kind: 'token', name: 'Ada', role: 'auditor' });
    await fresh.store.quarantine.add([
      { hourMs: Math.floor(Date.now() / 3_600_000) * 3_600_000, topic: 'tracks', reason: 'too long', count: 3 },
    ]);
    for (const reader of READERS) {
      const name = `sp_reader_${randomBytes(4).toString('hex')}`;
      await fresh.pool.query(`CREATE ROLE ${name} LOGIN PASSWORD 'secret' IN ROLE ${reader}`);
      const url = new URL(fresh.url);
      url.username = name;
      url.password = 'secret';
      const client = new pg.Client({ connectionString: url.href });
      await client.connect();
      logins.set(reader, { name, client });
    }
  });
  afterAll(async () => {
    for (const { name, client } of logins.values()) {
      await client.end();
      await fresh.pool.query(`DROP ROLE ${name}`);
    }
    await fresh.close();
  });

  const attempt = async (reader: string, sql: string): Promise<string> => {
    try {
      await logins.get(reader)?.client.query(sql);
      return 'yes';
    } catch (problem) {
      // No right to it, or a view that nobody can write through; and nothing else.
      if (problem instanceof pg.DatabaseError && ['42501', '55000'].includes(problem.code ?? '')) return 'no';
      throw problem;
    }
  };

  it('find every view in this table', async () => {
    const { rows } = await fresh.pool.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'oversight'::regnamespace ORDER BY relname`,
    );
    expect(rows.map(({ name }) => name)).toEqual(table.map(({ view }) => view));
  });

  it.each(table)('read oversight.$view as far as their task goes', async ({ view, cells }) => {
    const found: string[] = [];
    for (const reader of READERS) found.push(await attempt(reader, `SELECT * FROM oversight.${view}`));
    expect(found).toEqual(cells);
  });

  it('read no table, and write nothing, through a view either', async () => {
    const { rows } = await fresh.pool.query<{ name: string }>(
      `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'v', 'p', 'm') AND (n.nspname = 'public' OR c.relname LIKE '\\_hyper\\_%')
         AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = c.oid AND deptype = 'e')`,
    );
    expect(rows.length).toBeGreaterThan(15);
    for (const reader of READERS) {
      const reads: string[] = [];
      for (const { name } of rows) if ((await attempt(reader, `SELECT 1 FROM ${name}`)) === 'yes') reads.push(name);
      expect(reads, reader).toEqual([]);
      for (const { view } of table) {
        expect(await attempt(reader, `DELETE FROM oversight.${view}`), `${reader} ${view}`).toBe('no');
      }
      for (const sql of [
        "UPDATE oversight.access SET role = 'auditor'",
        "INSERT INTO oversight.quarantine VALUES (now(), 'a', 'b', 1)",
        "INSERT INTO public.access_token (digest, name, role, kind) VALUES ('x', 'Eve', 'auditor', 'token')",
        'SET ROLE safe_passage_hub',
        'SELECT audit_prune(1)',
        'SELECT make_oversight_views()',
        'CREATE TABLE public.mine (x int)',
        'CREATE VIEW oversight.mine AS SELECT 1 AS x',
      ]) {
        expect(await attempt(reader, sql), `${reader}: ${sql}`).toBe('no');
      }
    }
  });

  it('see what they are to see, and no position, pseudonym, sentence or digest of a token', async () => {
    const read = async (reader: string, view: string) =>
      (await logins.get(reader)?.client.query<Record<string, unknown>>(`SELECT * FROM oversight.${view}`))?.rows ?? [];
    expect(await read('safe_passage_auditor', 'audit')).toContainEqual(
      expect.objectContaining({ actor: 'Ada', action: 'read.alert', subject: 'x', purpose: 'why' }),
    );
    expect(await read('safe_passage_privacy_officer', 'access')).toContainEqual(
      expect.objectContaining({ name: 'Ada', role: 'auditor', kind: 'token' }),
    );
    // An engineer sees the rows about the hub and no row about who looked at what.
    const actions = (await read('safe_passage_engineer', 'hub_change')).map(({ action }) => action);
    expect(actions).toContain('policy.alerts');
    expect(actions).not.toContain('read.alert');
    expect(await read('safe_passage_engineer', 'quarantine')).toHaveLength(1);
    const { rows } = await fresh.pool.query<{ column: string }>(
      `SELECT table_name || '.' || column_name AS column FROM information_schema.columns WHERE table_schema = 'oversight'`,
    );
    const columns = rows.map(({ column }) => column);
    expect(columns.filter((column) => /pseudonym|person$|x_cm|y_cm|offset|sentence|parts|\bjoin/.test(column))).toEqual(
      [
        // Who agreed to a policy.
        'policy_agreement.person',
      ],
    );
    expect(columns).not.toContain('access.digest');
    expect(columns).not.toContain('alert_outcome.detail');
  });
});
