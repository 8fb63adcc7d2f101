/** `hub privacy enforce`: the policy and its limits, obeyed now and not with the next run of a hub. */
import { defineCommand, EXIT, OperatorError } from '@safe-passage/cli';
import type pg from 'pg';
import { loadSigner } from '../audit/signing.ts';
import type { HubConfig } from '../config.ts';
import { runRetention } from '../privacy/engine.ts';
import { policyOf } from '../privacy/inForce.ts';
import { RetentionLimits } from '../privacy/limits.ts';
import { durationText } from '../privacy/policy.ts';
import { hubRoleUrl, openStore, type Store } from '../store/index.ts';
import type { RunResult } from '../store/privacy/retention.ts';
import { createTokenAdministration } from '../store/tokenAdministration.ts';
import { configOption, operator, withDatabase } from './access.ts';
import { columns } from './columns.ts';
import { tokenTable } from './token.ts';

/** The policy of the configuration where it may be, or the one in force where that one is tighter. As a hub does when it starts. */
async function takePolicy(store: Store, config: HubConfig, limits: RetentionLimits): Promise<void> {
  const wanted = await policyOf(config, Date.now());
  const before = await store.privacy.inForce();
  const stays = config.privacyFile === null && before && !before.policy.version.startsWith('built-in/');
  if (stays) {
    limits.set(before.policy);
    return;
  }
  const outcome = await store.privacy.apply(wanted, { actor: operator(), agreement: null }, Date.now());
  if (outcome.kind !== 'waits') {
    limits.set(outcome.period.policy);
    return;
  }
  process.stderr.write(
    `the privacy policy of the configuration is looser than ${outcome.inForce.policy.version}, which is in force and stays so\n`,
  );
  limits.set(outcome.inForce.policy);
}

/** Whoever had signed in when the backup was made must do so again: a session may have been ended since. */
async function recordRestore(store: Store, pool: pg.Pool, backup: string): Promise<void> {
  const { rowCount } = await pool.query(`DELETE FROM access_token WHERE kind IN ('one-time', 'session')`);
  await store.audit.record({
    atMs: Date.now(),
    actor: operator(),
    action: 'database.restored',
    subject: backup,
    detail: { endedSessions: rowCount ?? 0 },
  });
}

/** A token may have been withdrawn since the backup was made, and opens the door again. */
async function tokensOfBackup(pool: pg.Pool): Promise<string> {
  const tokens = await createTokenAdministration(pool).list();
  if (tokens.length === 0) return 'No token is valid.\n';
  return `Tokens that are valid again, as when the backup was made; \`hub token revoke --name NAME\` withdraws one:\n${tokenTable(tokens)}`;
}

const resultsTable = (results: readonly RunResult[]): string =>
  columns([
    ['CLASS', 'LIMIT', 'DESTROYED', 'OLDEST LEFT', ''],
    ...results.map(({ dataClass, limitMs, rows, oldestMs, error }) => [
      dataClass,
      durationText(limitMs),
      `${rows} rows`,
      oldestMs === null ? 'nothing' : new Date(oldestMs).toISOString(),
      error === null ? 'ok' : `FAILED: ${error}`,
    ]),
  ]);

export const enforce = defineCommand({
  summary: 'Destroy now what is past its time',
  usage: 'npm run -s hub -- privacy enforce --config hub.yaml [--restored NAME]',
  description:
    'Takes the policy of hub.yaml into force as a hub does when it starts, and makes one run of the retention engine, with its proof. For a database that was away or was restored from a backup, before anybody may read it: a backup holds what has been destroyed since. With --restored the audit tells of that, and whoever was signed in when the backup was made must sign in anew; the tokens that are valid again are listed. Exit code 1 where something could not be destroyed.',
  options: {
    config: configOption,
    restored: { type: 'string', value: 'NAME', help: 'the backup that the database was restored from' },
  },
  examples: [
    'npm run -s hub -- privacy enforce --config hub.yaml',
    'npm run -s hub -- privacy enforce --config hub.yaml --restored safe-passage-20261128T020000Z.dump',
  ],
  run: async ({ values }) =>
    await withDatabase(values.config, async (pool, config) => {
      const { url } = await hubRoleUrl(config.databaseUrl);
      const limits = new RetentionLimits();
      const { tracksHours } = config.retention;
      const store = openStore({ url, site: config.site, tracksHours, limits, zoneName: (floor) => floor });
      try {
        await takePolicy(store, config, limits);
        const signer = await loadSigner(config.auditKeyFile);
        const results = await runRetention({
          store: store.privacy.retention,
          limits,
          pruneAudit: (olderThanMs, nowMs) => store.audit.prune(signer, olderThanMs, nowMs),
        });
        process.stdout.write(resultsTable(results));
        const failed = results.filter(({ error }) => error !== null);
        if (failed.length > 0) {
          throw new OperatorError(
            `Not everything that is past its time could be destroyed: ${failed.map(({ dataClass }) => dataClass).join(', ')}.`,
            'Let nobody read this database yet. See who holds a lock (SELECT pid, query FROM pg_stat_activity), and run this again.',
          );
        }
        if (values.restored !== undefined) {
          await recordRestore(store, pool, values.restored);
          process.stdout.write(await tokensOfBackup(pool));
        }
        return EXIT.ok;
      } finally {
        await store.close();
      }
    }),
});
