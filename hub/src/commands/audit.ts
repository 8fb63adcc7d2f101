/** `hub audit`: shows the audit, and proves that it is whole. */
import { readFile } from 'node:fs/promises';
import { defineCommand, EXIT, numberOption, OperatorError, Progress, UsageError, writeOutput } from '@safe-passage/cli';
import { AuditCheckpoint, type Checked, checker, describeProblems } from '@safe-passage/contract';
import { Type } from 'typebox';
import { ChainVerifier, type Verdict } from '../audit/chain.ts';
import { AUDIT_ACTIONS, canonicalJson } from '../audit/entry.ts';
import { auditExport, fingerprint, publicKeysIn, type Seal } from '../audit/signing.ts';
import { checkpoints, lastPruning, readChain, type ShownRow, showAudit } from '../store/audit/reads.ts';
import { configOption, withDatabase } from './access.ts';
import { commandOfActions } from './actions.ts';
import { columns } from './columns.ts';

const MOST_SHOWN = 100_000;

const hex = (bytes: number) => Type.String({ pattern: `^[0-9a-f]{${2 * bytes}}$` });
const SealFile = Type.Object({
  number: Type.Integer({ minimum: 1 }),
  digest: hex(32),
  atMs: Type.Integer(),
  key: hex(32),
  signature: hex(64),
});
const ExportFile = Type.Object({ schema: Type.Literal('audit-export/1'), checkpoints: Type.Array(SealFile) });
const checkExport = checker(ExportFile);

async function textOf(path: string, option: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (problem) {
    const why = problem instanceof Error ? problem.message : String(problem);
    throw new OperatorError(`the file of --${option} ${path} cannot be read: ${why}`, 'Name an existing file.', {
      cause: problem,
    });
  }
}

/** @throws UsageError where nothing is ever recorded by that name, or by one that begins with it. */
function actionOption(text: string): string {
  if (AUDIT_ACTIONS.some((action) => action === text || action.startsWith(`${text}.`))) return text;
  throw new UsageError(`--action takes one of ${AUDIT_ACTIONS.join(', ')}, or what is before a dot; found "${text}"`);
}

async function exportedCheckpoints(path: string): Promise<readonly Seal[]> {
  const text = await textOf(path, 'against');
  let checked: Checked<{ checkpoints: Seal[] }>;
  try {
    checked = checkExport(JSON.parse(text));
  } catch {
    checked = { ok: false, problems: [{ field: '', found: 'no JSON', expected: 'must be an exported audit' }] };
  }
  if (checked.ok) return checked.value.checkpoints;
  throw new OperatorError(
    `${path} is no export of an audit:\n${describeProblems(checked.problems)}`,
    'Name a file that `hub audit export` wrote.',
  );
}

const checkMessage = checker(AuditCheckpoint);

/**
 * Checkpoints as they were collected from the broker: one message a line, with or without its topic in front. Those of other
 * sites are passed over.
 *
 * @throws OperatorError that names the line that is none, or where there is none of the site.
 */
async function collectedCheckpoints(path: string, site: string): Promise<readonly Seal[]> {
  const seals: Seal[] = [];
  const lines = (await textOf(path, 'checkpoints')).split('\n');
  for (const [index, line] of lines.entries()) {
    const begin = line.indexOf('{');
    if (line.trim() === '') continue;
    let checked: Checked<AuditCheckpoint>;
    try {
      checked = checkMessage(JSON.parse(line.slice(Math.max(0, begin))));
    } catch {
      checked = { ok: false, problems: [{ field: '', found: 'no JSON', expected: 'must be a checkpoint' }] };
    }
    if (!checked.ok) {
      // A collector that was killed leaves half a line at the end.
      if (index === lines.length - 1) break;
      throw new OperatorError(
        `line ${index + 1} of ${path} is no checkpoint:\n${describeProblems(checked.problems)}`,
        'Collect one message a line: mosquitto_sub -q 1 -t movement/v1/SITE/audit/checkpoint >> FILE; take out what else stands in it.',
      );
    }
    const { schema: _schema, site: of, ...seal } = checked.value;
    if (of === site) seals.push(seal);
  }
  if (seals.length > 0) return seals;
  throw new OperatorError(
    `${path} holds no checkpoint of the site ${site}`,
    `Collect them: mosquitto_sub -q 1 -t movement/v1/${site}/audit/checkpoint >> FILE`,
  );
}

/** The keys to trust: those named, else the one that the hub signs with where this machine has it. */
async function trustedKeys(named: string | undefined, keyFile: string): Promise<ReadonlySet<string> | null> {
  if (named !== undefined) return new Set(publicKeysIn(await textOf(named, 'key'), named));
  const own = await readFile(keyFile, 'utf8').catch(() => null);
  return own === null ? null : new Set(publicKeysIn(own, keyFile));
}

/** Both, in order of number; of two of the same row, both are compared with it. */
const merged = (stored: readonly Seal[], elsewhere: readonly Seal[]): Seal[] =>
  [...new Map([...stored, ...elsewhere].map((seal) => [seal.signature, seal])).values()].sort(
    (a, b) => a.number - b.number,
  );

function verdictText(verdict: Verdict, prunedRow: number, seconds: number): string {
  const { rows, head, findings, further, unsealed } = verdict;
  const lines = findings.map((finding) => `  ${finding.text}`);
  if (further > 0) lines.push(`  and ${further} more`);
  const range = rows === 0 ? 'no rows' : `${rows} rows up to number ${head.number}`;
  return [
    `${findings.length === 0 ? 'The audit is whole' : 'THE AUDIT IS NOT WHOLE'}: ${range}, in ${seconds.toFixed(1)} s.`,
    ...lines,
    `Last digest: ${head.digest}`,
    `Checkpoints that hold: ${verdict.checkpoints}. Rows after the last one: ${unsealed}${unsealed > 0 ? ' (if any were cut off from the end since then, this cannot tell; a running hub signs every minute)' : ''}.`,
    ...(prunedRow > 0
      ? [`Rows up to number ${prunedRow} were pruned at the end of their retention; the record of it is signed.`]
      : []),
    '',
  ].join('\n');
}

const verify = defineCommand({
  summary: 'Find any row that was altered, removed or inserted',
  usage: 'npm run -s hub -- audit verify --config hub.yaml [--key FILE] [--against FILE] [--checkpoints FILE]',
  description:
    'Reads every row, computes every digest again, and compares the chain with the signed checkpoints. Prints what it found, row by row. Exit code 0 where the audit is whole, 1 where it is not. Without --key the key file of hub.yaml is trusted where this machine has it; otherwise any key is taken and its fingerprint is shown: compare it with the one you were given.',
  options: {
    config: configOption,
    key: {
      type: 'string',
      value: 'FILE',
      help: 'public keys to trust, PEM; several one after another, for keys of the past',
    },
    against: { type: 'string', value: 'FILE', help: 'checkpoints that were exported earlier, and kept elsewhere' },
    checkpoints: { type: 'string', value: 'FILE', help: 'checkpoints that were collected from the broker, one a line' },
  },
  examples: [
    'npm run -s hub -- audit verify --config .data/run/hub.yaml',
    'npm run -s hub -- audit verify -c hub.yaml --key audit.pub.pem --against /safe/audit-2026-11.json',
    'npm run -s hub -- audit verify -c hub.yaml --key audit.pub.pem --checkpoints /safe/checkpoints.jsonl',
  ],
  run: async ({ values, signal }) => {
    const exported = values.against === undefined ? [] : await exportedCheckpoints(values.against);
    return await withDatabase(values.config, async (pool, { auditKeyFile, site }) => {
      const collected = values.checkpoints === undefined ? [] : await collectedCheckpoints(values.checkpoints, site);
      const trusted = await trustedKeys(values.key, auditKeyFile);
      const started = performance.now();
      const state: { verifier?: ChainVerifier; progress?: Progress; pruned: number; keys: string[] } = {
        pruned: 0,
        keys: [],
      };
      await readChain(
        pool,
        ({ rows, pruned, checkpoints: stored }) => {
          const seals = merged(stored, [...exported, ...collected]);
          const verifier = new ChainVerifier({ pruned, checkpoints: seals, trustedKeys: trusted });
          state.verifier = verifier;
          state.progress = new Progress('verifying', rows);
          state.pruned = pruned?.number ?? 0;
          state.keys = [...new Set(seals.map((seal) => seal.key))];
          return (entry, digest) => verifier.take(entry, digest);
        },
        (rows) => state.progress?.update(rows),
        signal,
      );
      state.progress?.finish();
      if (signal.aborted || !state.verifier) {
        throw new OperatorError('stopped before the end of the audit', 'Start again to look at all of it.');
      }
      const verdict = state.verifier.finish();
      process.stdout.write(verdictText(verdict, state.pruned, (performance.now() - started) / 1000));
      if (trusted === null) {
        process.stdout.write(
          `No key was named and ${auditKeyFile} is not on this machine. Signed with: ${state.keys.map(fingerprint).join(', ') || 'no key'}\n`,
        );
      }
      return verdict.findings.length === 0 ? EXIT.ok : EXIT.failed;
    });
  },
});

const when = (epochMs: number): string => new Date(epochMs).toISOString().replace('T', ' ').slice(0, 19);

function detailText({ detail }: ShownRow): string {
  return Object.entries(detail)
    .map(([key, value]) =>
      key.endsWith('Ms') && typeof value === 'number'
        ? `${key.slice(0, -2)} ${when(value)}`
        : `${key} ${typeof value === 'string' ? value : canonicalJson(value)}`,
    )
    .join(', ');
}

/** Rows as a table of text. */
function auditTable(rows: readonly ShownRow[]): string {
  const cells = [
    ['ROW', 'TIME (UTC)', 'WHO', 'WHAT', 'OF', 'MORE'],
    ...rows.map((row) => [
      String(row.number),
      when(row.atMs),
      row.actor,
      row.action,
      row.subject ?? '',
      [row.purpose === null ? '' : `purpose: ${row.purpose}`, detailText(row)].filter(Boolean).join('; '),
    ]),
  ];
  return columns(cells);
}

/** @throws UsageError where the text is no time. */
export function timeOption(name: string, text: string): number {
  // Without a zone it is UTC, as everything that is shown.
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(text) || !/\d{2}:\d{2}/.test(text) ? text : `${text.replace(' ', 'T')}Z`;
  const time = Date.parse(zoned);
  if (Number.isNaN(time)) throw new UsageError(`--${name} takes a time such as 2026-11-28T14:00Z; found "${text}"`);
  return time;
}

const show = defineCommand({
  summary: 'Show who did what, and who looked at what',
  usage:
    'npm run -s hub -- audit show --config hub.yaml [--action read] [--subject ALERT] [--actor NAME] [--since TIME]',
  description:
    'Prints the newest rows that fit, the oldest of them first. Actions: read.evidence, read.alert, read.presence, read.live; alert.acknowledged, alert.closed; access.*; policy.*; database.migrated; audit.*. The part before the dot stands for all of it.',
  options: {
    config: configOption,
    actor: { type: 'string', value: 'NAME', help: 'only what this one did' },
    action: { type: 'string', value: 'ACTION', help: 'only this: read, read.evidence, access …' },
    subject: { type: 'string', value: 'ID', help: 'only what was done to this alert, name or floor' },
    since: { type: 'string', value: 'TIME', help: 'only from this time on: 2026-11-28 or 2026-11-28T14:00Z' },
    last: { type: 'string', value: 'N', default: '50', help: `at most so many rows, up to ${MOST_SHOWN}` },
    json: { type: 'boolean', help: 'one row a line, as JSON' },
  },
  examples: [
    'npm run -s hub -- audit show --config .data/run/hub.yaml',
    'npm run -s hub -- audit show -c hub.yaml --action read --subject 0198c4de-5a70-4cc1-9a3e-7d6f2b10c4aa',
  ],
  run: async ({ values }) => {
    const action = values.action === undefined ? {} : { action: actionOption(values.action) };
    const limit = numberOption('last', values.last, { min: 1, max: MOST_SHOWN });
    const rows = await withDatabase(values.config, (pool) =>
      showAudit(pool, {
        limit: Math.floor(limit),
        ...(values.actor === undefined ? {} : { actor: values.actor }),
        ...action,
        ...(values.subject === undefined ? {} : { subject: values.subject }),
        ...(values.since === undefined ? {} : { sinceMs: timeOption('since', values.since) }),
      }),
    );
    process.stdout.write(values.json ? rows.map((row) => `${JSON.stringify(row)}\n`).join('') : auditTable(rows));
    return EXIT.ok;
  },
});

const exportCheckpoints = defineCommand({
  summary: 'Write the signed checkpoints, to be kept elsewhere',
  usage: 'npm run -s hub -- audit export --config hub.yaml --out FILE [--public-key FILE]',
  description:
    'Writes every checkpoint, the record of the last pruning and the public keys as JSON. Kept where nobody who runs the hub can write, it proves later that the audit up to its last checkpoint is still the same: `audit verify --against FILE`. It holds no personal data.',
  options: {
    config: configOption,
    out: { type: 'string', short: 'o', value: 'FILE', help: 'where to; otherwise to stdout' },
    'public-key': { type: 'string', value: 'FILE', help: 'write the public keys there as well, PEM, for --key' },
  },
  examples: [
    'npm run -s hub -- audit export -c hub.yaml --out /safe/audit-2026-11.json --public-key /safe/audit.pub.pem',
  ],
  run: async ({ values }) => {
    const { seals, pruned } = await withDatabase(values.config, async (pool) => ({
      seals: await checkpoints(pool),
      pruned: await lastPruning(pool),
    }));
    const content = auditExport(seals, pruned);
    await writeOutput(values.out, `${JSON.stringify(content, null, 1)}\n`);
    if (values['public-key'] !== undefined)
      await writeOutput(values['public-key'], content.keys.map(({ pem }) => pem).join(''));
    return EXIT.ok;
  },
});

export const auditCommand = commandOfActions('audit', 'Show the audit, and prove that it is whole', {
  verify,
  show,
  export: exportCheckpoints,
});
