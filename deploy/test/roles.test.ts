import { randomBytes } from 'node:crypto';
import { hubRole } from '@safe-passage/hub/store/hubRole.ts';
import { migrate } from '@safe-passage/hub/store/migrate.ts';
import pg from 'pg';
import { expect, it } from 'vitest';
import { createTestDatabase } from '../../test/services/database.ts';
import { ROLES, roleStatements } from './roleStatements.ts';

/** Roles belong to the whole server, which other tests use: these get names of their own. */
const mark = randomBytes(4).toString('hex');

it('the roles of the database: the owner migrates, the hub may not change audit rows, the backup only reads', async () => {
  const database = await createTestDatabase('postgres');
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  const as = (role: string): string => {
    const url = new URL(database.url);
    url.username = `${role}_${mark}`;
    url.password = 'secret';
    return url.href;
  };
  const asking = async <T>(role: string, ask: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ connectionString: as(role) });
    await client.connect();
    try {
      return await ask(client);
    } finally {
      await client.end();
    }
  };
  try {
    for (const { sql, execute } of await roleStatements(mark)) {
      const { rows } = await admin.query<Record<string, string>>(sql);
      if (execute) for (const row of rows) await admin.query(Object.values(row)[0] ?? '');
    }
    await expect(migrate(as('hub_login'))).rejects.toThrow(
      /no tables of the hub, and its login hub_login_\w+ may not make them/,
    );
    const { warnings } = await migrate(as('safe_passage_owner'));
    expect(warnings.filter((warning) => !warning.includes('TimescaleDB'))).toEqual([]);
    expect(await asking('hub_login', hubRole)).toEqual({ usable: true, loginOwnsTables: false });
    // The hub looks itself whether anything is missing, and finds nothing to do.
    expect((await migrate(as('hub_login'))).applied).toEqual([]);
    // As after an upgrade of the program alone: what to do is told, and by whom.
    await admin.query("DELETE FROM schema_migration WHERE name = '1_initial'");
    await expect(migrate(as('hub_login'))).rejects.toMatchObject({
      message: expect.stringContaining('older than this version of the hub (missing: 1_initial)'),
      remedy: expect.stringContaining('as their owner'),
    });
    await asking('hub_login', async (client) => {
      await expect(client.query('CREATE TABLE other ()')).rejects.toThrow('permission denied');
    });
    await asking('backup_login', async (client) => {
      expect((await client.query('SELECT count(*) FROM audit')).rowCount).toBe(1);
      await expect(client.query('DELETE FROM audit')).rejects.toThrow('permission denied');
    });
    await asking('grafana_login', async (client) => {
      await expect(client.query('SELECT * FROM track_segment')).rejects.toThrow('permission denied');
    });
  } finally {
    await admin.end();
    await database.drop();
    const server = new pg.Client({ connectionString: process.env.SAFE_PASSAGE_TEST_POSTGRES });
    await server.connect();
    for (const role of ROLES) await server.query(`DROP ROLE IF EXISTS ${role}_${mark}`);
    await server.end();
  }
});
