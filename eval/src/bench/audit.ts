/** How many rows of the audit are verified a second, and how that compares with merely reading them. */
import { once } from 'node:events';
import { ChainVerifier } from '@safe-passage/hub/audit/chain.ts';
import { type ChainLink, GENESIS, nextRow } from '@safe-passage/hub/audit/entry.ts';
import { newKey, signerOf } from '@safe-passage/hub/audit/signing.ts';
import { createAudit } from '@safe-passage/hub/store/audit/audit.ts';
import { readChain } from '@safe-passage/hub/store/audit/reads.ts';
import { migrate, openDatabase } from '@safe-passage/hub/store/index.ts';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

export interface AuditBenchResult {
  readonly rows: number;
  readonly verifySeconds: number;
  /** The same rows fetched and not looked at. */
  readonly readSeconds: number;
  /** Of what was verified; 0, or the benchmark is worth nothing. */
  readonly findings: number;
}

const FLUSH_CHARACTERS = 1_000_000;

/** Rows as reviewers make them, past the triggers: one by one they would take longer than what is measured. */
async function fill(pool: pg.Pool, rows: number, signal: AbortSignal | undefined): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('ALTER TABLE audit DISABLE TRIGGER USER');
    const sink = client.query(copyFrom('COPY audit (entry, digest) FROM STDIN'));
    let link: ChainLink = GENESIS;
    let text = '';
    for (let n = 1; n <= rows; n++) {
      const subject = `0198c4de-5a70-4cc1-9a3e-${n.toString(16).padStart(12, '0')}`;
      const record = {
        atMs: 1_764_000_000_000 + n * 1000,
        actor: 'A. Reviewer',
        action: 'read.evidence',
        subject,
      } as const;
      const row = nextRow(link, record);
      link = row;
      text += `${row.entry.replaceAll('\\', '\\\\')}\t\\\\x${row.digest}\n`;
      if (text.length > FLUSH_CHARACTERS) {
        signal?.throwIfAborted();
        if (!sink.write(text)) await once(sink, 'drain');
        text = '';
      }
    }
    sink.end(text);
    await once(sink, 'finish');
    await client.query('ALTER TABLE audit ENABLE TRIGGER USER');
  } finally {
    client.release();
  }
}

/** Measures in the database given, which is migrated and filled. */
export async function benchAudit(databaseUrl: string, rows: number, signal?: AbortSignal): Promise<AuditBenchResult> {
  await migrate(databaseUrl);
  const pool = openDatabase(databaseUrl, { connections: 2, statementTimeoutSeconds: 600 });
  try {
    await fill(pool, rows, signal);
    const signer = signerOf(newKey());
    await createAudit(pool).checkpoint(signer, Date.now());
    const timed = async (work: () => Promise<void>): Promise<number> => {
      const started = performance.now();
      await work();
      return (performance.now() - started) / 1000;
    };
    const read = () => readChain(pool, () => () => undefined, undefined, signal);
    // Once before, so that both find the rows in memory.
    await read();
    const readSeconds = await timed(read);
    let taken = 0;
    let findings = 0;
    const verifySeconds = await timed(async () => {
      let verifier: ChainVerifier | undefined;
      await readChain(
        pool,
        ({ pruned, checkpoints }) => {
          const taking = new ChainVerifier({ pruned, checkpoints, trustedKeys: new Set([signer.key]) });
          verifier = taking;
          return (entry, digest) => taking.take(entry, digest);
        },
        undefined,
        signal,
      );
      const verdict = verifier?.finish();
      taken = verdict?.rows ?? 0;
      findings = verdict?.findings.length ?? 0;
    });
    return { rows: taken, verifySeconds, readSeconds, findings };
  } finally {
    await pool.end();
  }
}
