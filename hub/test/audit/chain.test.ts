import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds } from '../../../test/services/database.ts';
import { ChainVerifier, type Verdict } from '../../src/audit/chain.ts';
import { type AuditRow, canonicalJson, digestOf, GENESIS, nextRow } from '../../src/audit/entry.ts';
import { newKey, type Seal, signerOf } from '../../src/audit/signing.ts';
import { checkpoints, lastPruning, readChain } from '../../src/store/audit/reads.ts';
import { createFreshStore, type FreshStore } from '../store/freshStore.ts';

const signer = signerOf(newKey());
const ROWS = 24;

function chain(length: number): AuditRow[] {
  const rows: AuditRow[] = [];
  for (let n = 1; n <= length; n++) {
    rows.push(
      nextRow(rows.at(-1) ?? GENESIS, {
        atMs: 1_000 * n,
        actor: `reviewer ${n % 3}`,
        action: 'read.alert',
        subject: `a${n}`,
      }),
    );
  }
  return rows;
}

/** Every fifth row and the last one are signed. */
const sealed = (rows: readonly AuditRow[]): Seal[] =>
  rows
    .filter((row) => row.number % 5 === 0 || row === rows.at(-1))
    .map((row) => signer.seal('audit-checkpoint/1', row, 0));

type Stored = Pick<AuditRow, 'entry' | 'digest'>;

function verify(rows: readonly Stored[], seals: readonly Seal[], pruned: Seal | null = null): Verdict {
  const verifier = new ChainVerifier({ pruned, checkpoints: seals, trustedKeys: new Set([signer.key]) });
  for (const { entry, digest } of rows) verifier.take(entry, digest);
  return verifier.finish();
}

const named = (verdict: Verdict, number: number): boolean =>
  verdict.findings.some(({ first, last }) => first <= number && number <= last);

const forged = (row: AuditRow): AuditRow => {
  const entry = canonicalJson({ ...(JSON.parse(row.entry) as Record<string, string>), actor: 'somebody else' });
  return { ...row, entry, digest: digestOf(entry) };
};

describe('a chain', () => {
  const rows = chain(ROWS);
  const seals = sealed(rows);
  const each = rows.map((row) => row.number);

  it('is whole where nobody has touched it', () => {
    expect(verify(rows, seals)).toMatchObject({ rows: ROWS, findings: [], unsealed: 0, checkpoints: 5 });
    expect(verify(rows, sealed(rows.slice(0, 20)))).toMatchObject({ findings: [], unsealed: 4 });
  });

  it.each(each)('tells that row %i was altered', (n) => {
    const entry = (rows[n - 1]?.entry ?? '').replace('reviewer', 'stranger');
    const changed = rows.map((row) => (row.number === n ? { ...row, entry } : row));
    expect(verify(changed, seals).findings).toMatchObject([{ kind: 'altered', first: n, last: n }]);
  });

  it.each(each)('tells that row %i was altered where its digest was made anew as well', (n) => {
    const verdict = verify(
      rows.map((row) => (row.number === n ? forged(row) : row)),
      seals,
    );
    expect(verdict.findings[0]).toMatchObject({ kind: 'altered' });
    expect(named(verdict, n)).toBe(true);
  });

  it.each(each)('tells that row %i was removed', (n) => {
    const left = rows.filter((row) => row.number !== n);
    expect(verify(left, seals).findings).toMatchObject([{ kind: 'removed', first: n, last: n }]);
  });

  it('tells of every stretch that was removed, the end included, from one signed row to the next', () => {
    const told = (left: readonly AuditRow[]) => verify(left, seals).findings.map(({ text }) => text);
    expect(told(rows.filter(({ number }) => number < 3 || (number > 7 && number !== 12)))).toEqual([
      'rows 3 to 7 were removed',
      'row 12 was removed',
    ]);
    const end = verify(rows.slice(0, 12), seals);
    expect(end.findings.map(({ kind, first, last }) => [kind, first, last])).toEqual([
      ['removed', 13, 15],
      ['removed', 16, 20],
      ['removed', 21, 24],
    ]);
    expect(end.head).toEqual({ number: 24, digest: rows.at(-1)?.digest });
    expect(told(rows.slice(0, 23))).toEqual(['row 24 of the end was removed: a checkpoint signed row 24']);
  });

  it('tells that it begins with something that is not there', () => {
    const elsewhere = { number: 0, digest: 'f'.repeat(64) };
    const first = nextRow(elsewhere, { atMs: 1, actor: 'x', action: 'read.alert' });
    expect(verify([first], []).findings.map(({ text }) => text)).toEqual([
      'row 1 does not begin the chain: it goes on from something that is not there',
    ]);
  });

  it.each(each)('tells that a second row %i was inserted', (n) => {
    const more = rows.flatMap((row) => (row.number === n ? [row, forged(row)] : [row]));
    expect(verify(more, seals).findings).toMatchObject([{ kind: 'inserted', first: n, last: n }]);
  });

  it.each(each)('tells where everything from row %i on was written anew, digests and all', (n) => {
    const rewritten = rows.slice(0, n - 1);
    for (const row of rows.slice(n - 1)) {
      const { actor: _actor, ...record } = JSON.parse(row.entry) as { actor: string; atMs: number };
      rewritten.push(nextRow(rewritten.at(-1) ?? GENESIS, { ...record, actor: 'nobody', action: 'read.alert' }));
    }
    const verdict = verify(rewritten, seals);
    expect(named(verdict, n)).toBe(true);
    expect(verdict.findings[0]?.text).toContain('is not the one that was signed');
    // From the last row that is sure to the next that was signed, and on from there.
    const signed = seals.map(({ number }) => number);
    expect(verdict.findings.map(({ first, last }) => [first, last])).toEqual(
      signed.flatMap((last, i) => (last < n ? [] : [[(signed[i - 1] ?? 0) + 1, last]])),
    );
  });

  it('tells any row whose text was changed anywhere, by a single character', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: ROWS }), fc.nat(), fc.integer({ min: 1, max: 93 }), (n, at, shift) => {
        const { entry = '' } = rows[n - 1] ?? {};
        const place = at % entry.length;
        const other = String.fromCharCode(33 + ((entry.charCodeAt(place) - 33 + shift) % 94));
        const changed = `${entry.slice(0, place)}${other}${entry.slice(place + 1)}`;
        const verdict = verify(
          rows.map((row) => (row.number === n ? { ...row, entry: changed } : row)),
          seals,
        );
        expect(verdict.findings.length).toBeGreaterThan(0);
        expect(named(verdict, n)).toBe(true);
      }),
    );
  });

  it('does not take a checkpoint that another key signed', () => {
    const stranger = signerOf(newKey());
    const head = rows.at(-1) ?? GENESIS;
    expect(verify(rows, [stranger.seal('audit-checkpoint/1', head, 0)]).findings).toMatchObject([
      { kind: 'checkpoint', first: ROWS },
    ]);
    const [first] = seals;
    if (!first) throw new Error('there are no checkpoints');
    expect(verify(rows, [{ ...first, digest: head.digest }]).findings).toMatchObject([
      { kind: 'checkpoint', first: 5 },
    ]);
  });

  it('goes on from the signed record of what was pruned, and from nothing else', () => {
    const tenth = rows[9] ?? GENESIS;
    const left = rows.slice(10);
    const pruned = signer.seal('audit-pruning/1', tenth, 0);
    expect(verify(left, seals, pruned)).toMatchObject({ rows: 14, findings: [], unsealed: 0 });
    expect(verify(left, seals).findings[0]).toMatchObject({ kind: 'removed', first: 1, last: 10 });
    expect(verify(left.slice(1), seals, pruned).findings).toMatchObject([{ kind: 'removed', first: 11, last: 11 }]);
    // A checkpoint of the same row is no record of a pruning.
    const checkpoint = signer.seal('audit-checkpoint/1', tenth, 0);
    expect(verify(left, seals, checkpoint).findings).toMatchObject([{ kind: 'pruning' }]);
  });

  it('has the same bytes for the same document, whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean())), (document) => {
        const turned = Object.fromEntries(Object.entries(document).reverse());
        const text = canonicalJson(document);
        expect(canonicalJson(turned)).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(document)));
      }),
    );
  });
});

describe.each(databaseKinds())('the audit in %s', (kind) => {
  let fresh: FreshStore;

  beforeAll(async () => {
    fresh = await createFreshStore(kind);
  });
  afterAll(() => fresh.close());

  const stored = async (): Promise<Verdict> => {
    const { pool } = fresh;
    let verifier: ChainVerifier | undefined;
    await readChain(pool, ({ pruned, checkpoints: seals }) => {
      const taking = new ChainVerifier({ pruned, checkpoints: seals, trustedKeys: new Set([signer.key]) });
      verifier = taking;
      return (entry, digest) => taking.take(entry, digest);
    });
    if (!verifier) throw new Error('nothing was read');
    return verifier.finish();
  };

  it('keeps what several write at once in one chain, whatever they write', async () => {
    const { audit } = fresh.store;
    const odd = 'Zoë "O\'Hara" \\ \u2028 {"previous":1}';
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        audit.record(
          { atMs: i, actor: odd, action: 'read.evidence', subject: `alert ${i}`, purpose: odd },
          { atMs: i, actor: odd, action: 'read.alert', detail: { number: 1e21, list: [1, null, { ü: true }] } },
        ),
      ),
    );
    await audit.checkpoint(signer, 5);
    expect(await audit.checkpoint(signer, 6), 'nothing has been added').toBeNull();
    expect(await stored()).toMatchObject({ rows: 40, findings: [], unsealed: 0, checkpoints: 1 });
  });

  it('records what holds until it changes once', async () => {
    const { audit } = fresh.store;
    const policy = (version: string) =>
      audit.recordChange({ atMs: 1, actor: 'hub', action: 'policy.alerts', detail: { version } });
    const before = (await stored()).rows;
    for (const version of ['1', '1', '2', '2', '1']) await policy(version);
    expect((await stored()).rows - before).toBe(3);
  });

  it('names each row that the owner of the database alters or removes with the triggers taken away', async () => {
    const { audit } = fresh.store;
    await audit.checkpoint(signer, 7);
    const { rows } = await stored();
    for (let n = 1; n <= rows; n++) {
      for (const change of [
        `UPDATE audit SET entry = replace(entry::text, '"actor"', '"Actor"')::json WHERE number = ${n}`,
        `DELETE FROM audit WHERE number = ${n}`,
      ]) {
        await fresh.pool.query(`CREATE TABLE kept AS SELECT entry, digest FROM audit WHERE number = ${n}`);
        await fresh.pool.query(`ALTER TABLE audit DISABLE TRIGGER USER; ${change}`);
        const verdict = await stored();
        expect(verdict.findings, change).toHaveLength(1);
        expect(named(verdict, n), change).toBe(true);
        await fresh.pool.query(
          `DELETE FROM audit WHERE number = ${n}; INSERT INTO audit (entry, digest) SELECT entry, digest FROM kept;
           ALTER TABLE audit ENABLE TRIGGER USER; DROP TABLE kept`,
        );
      }
    }
    expect((await stored()).findings).toEqual([]);
  });

  it('lets nobody change, remove or skip a row, the owner of the tables included', async () => {
    const { number: head } = (await stored()).head;
    const entry = (number: number) => `'{"number":${number},"atMs":0,"actor":"x","action":"y","previous":""}'`;
    for (const statement of [
      "UPDATE audit SET digest = decode(repeat('00', 32), 'hex')",
      'DELETE FROM audit',
      'TRUNCATE audit',
      `INSERT INTO audit (entry, digest) VALUES (${entry(head + 2)}, decode(repeat('00', 32), 'hex'))`,
      `INSERT INTO audit (entry, digest) VALUES (${entry(head)}, decode(repeat('00', 32), 'hex'))`,
      'UPDATE audit_checkpoint SET number = number + 1',
      'DELETE FROM audit_checkpoint',
      'TRUNCATE audit_checkpoint',
    ]) {
      await expect(fresh.pool.query(statement), statement).rejects.toThrow(/audit/);
    }
    expect((await stored()).findings).toEqual([]);
  });

  it("gives the hub's role no right to change or remove a row, with the triggers or without", async () => {
    const client = await fresh.pool.connect();
    try {
      await client.query('ALTER TABLE audit DISABLE TRIGGER USER');
      await client.query('SET ROLE safe_passage_hub');
      for (const statement of [
        'UPDATE audit SET digest = digest WHERE number = 1',
        'DELETE FROM audit WHERE number = 1',
        'TRUNCATE audit',
        'ALTER TABLE audit DISABLE TRIGGER USER',
        'DELETE FROM audit_checkpoint',
        'UPDATE audit_pruning SET through = 1',
        'DROP TABLE audit',
        "SET session_replication_role = 'replica'",
        "INSERT INTO schema_migration (name, run_on) VALUES ('x', now())",
      ]) {
        await expect(client.query(statement), statement).rejects.toMatchObject({ code: '42501' });
      }
    } finally {
      await client.query('RESET ROLE');
      await client.query('ALTER TABLE audit ENABLE TRIGGER USER');
      client.release();
    }
  });

  it('prunes at the end of its retention without breaking the chain, and never what is younger than six months', async () => {
    const { audit } = fresh.store;
    const now = Date.now();
    const before = await stored();
    await audit.record({ atMs: now, actor: 'hub', action: 'database.migrated', subject: 'now' });
    await audit.checkpoint(signer, now);
    const { number: head } = (await stored()).head;
    // Too early: the database refuses, and nothing has happened.
    await expect(audit.prune(signer, now + 1_000, now)).rejects.toThrow(/not changed and not deleted/);
    expect(await stored()).toMatchObject({ rows: head, findings: [] });
    expect(await lastPruning(fresh.pool)).toBeNull();

    expect(await audit.prune(signer, now - 200 * 86_400_000, now)).toBe(before.head.number);
    expect(await stored()).toMatchObject({ rows: 2, findings: [], unsealed: 1 });
    expect(await audit.prune(signer, now - 200 * 86_400_000, now)).toBe(0);
    expect(await lastPruning(fresh.pool)).toMatchObject({ number: before.head.number, digest: before.head.digest });
    expect((await checkpoints(fresh.pool)).every((seal) => seal.number >= before.head.number)).toBe(true);
    await audit.record({ atMs: now, actor: 'A', action: 'read.live' });
    expect(await stored()).toMatchObject({ rows: 3, findings: [] });
  });
});
