/** `hub evidence-pack`: what to hand to an auditor, and whether it is what was handed over. */
import { readFile } from 'node:fs/promises';
import { type Command, defineCommand, EXIT, OperatorError, required, UsageError, writeOutput } from '@safe-passage/cli';
import { fingerprint, loadSigner, publicKeysIn } from '../audit/signing.ts';
import { makeEvidencePack } from '../pack/make.ts';
import { verifyPack } from '../pack/verify.ts';
import { hubVersion } from '../version.ts';
import { configOption, operator, withDatabase } from './access.ts';
import { timeOption } from './audit.ts';

const make = defineCommand({
  summary: 'Pack the proof of a period for an auditor: rules, destruction, access, reviews, versions; signed',
  usage:
    'npm run -s hub -- evidence-pack --config hub.yaml --from TIME --to TIME --out pack.zip\n       npm run -s hub -- evidence-pack verify pack.zip [--key FILE]',
  description:
    'Writes a zip file with the privacy policies of the period, what the retention runs destroyed, who looked at what, what was made of alerts, holds, versions and digests, the re-identification tests, and the audit with its signed end. index.html in it explains it to anybody, without a network. The manifest has the SHA-256 of each file and is signed with the key of the audit. It holds no positions and no pseudonyms, but names of staff. At most 100 days. The audit records that it was made. `evidence-pack verify` looks at a pack, needs no database, and names the first file that differs.',
  options: {
    config: configOption,
    from: { type: 'string', value: 'TIME', help: 'from this moment on: 2026-10-01 or 2026-10-01T00:00Z' },
    to: { type: 'string', value: 'TIME', help: 'to this moment, which is not in it; at most now' },
    out: { type: 'string', short: 'o', value: 'FILE', help: 'the zip file' },
  },
  examples: [
    'npm run -s hub -- evidence-pack -c hub.yaml --from 2026-10-01 --to 2026-11-01 --out october.zip',
    'npm run -s hub -- evidence-pack verify october.zip --key audit.pub.pem',
  ],
  run: async ({ values }) => {
    const [from, to] = [required('from', values.from), required('to', values.to)];
    const out = required('out', values.out);
    const request = { fromMs: timeOption('from', from), toMs: timeOption('to', to), actor: operator() };
    const { bytes, key } = await withDatabase(values.config, async (pool, { site, floors, auditKeyFile }) => {
      const signer = await loadSigner(auditKeyFile);
      const source = { pool, signer, site, floors, hubVersion: hubVersion() };
      return { bytes: await makeEvidencePack(source, request, Date.now()), key: signer.key };
    });
    await writeOutput(out, bytes);
    process.stdout.write(`${out}: ${bytes.length} bytes, signed with ${fingerprint(key)}\n`);
    return EXIT.ok;
  },
});

const verify = defineCommand({
  summary: 'Look whether an evidence pack is what was signed',
  usage: 'npm run -s hub -- evidence-pack verify pack.zip [--key FILE]',
  description:
    'Checks the signature of the manifest, the digest of every file, and that the audit in it is an unbroken chain up to its signed end. Names the first file that differs; exit code 1 then. Without --key any key is taken and its fingerprint is shown: compare it with the one that you were given by other ways.',
  options: { key: { type: 'string', value: 'FILE', help: 'public keys to trust, PEM, from `hub audit export`' } },
  positionals: true,
  examples: ['npm run -s hub -- evidence-pack verify october.zip --key audit.pub.pem'],
  run: async ({ values, positionals }) => {
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw new UsageError('name one pack: evidence-pack verify pack.zip');
    const read = (file: string, remedy: string) =>
      readFile(file).catch((problem: unknown) => {
        throw new OperatorError(`${file} cannot be read`, remedy, { cause: problem });
      });
    const bytes = await read(path, 'Name the zip file that `hub evidence-pack` wrote.');
    const { key } = values;
    const trusted =
      key === undefined ? null : new Set(publicKeysIn((await read(key, 'Name a file of keys.')).toString('utf8'), key));
    const verdict = verifyPack(bytes, trusted);
    if (!verdict.whole) {
      process.stdout.write(`THE PACK IS NOT WHOLE: ${verdict.file}: ${verdict.why}.\n`);
      return EXIT.failed;
    }
    const { site, fromMs, toMs, files, auditRows } = verdict;
    const day = (ms: number): string => new Date(ms).toISOString();
    process.stdout.write(
      `The pack is whole: ${site}, from ${day(fromMs)} to ${day(toMs)}, ${files} files, ${auditRows} audit rows up to a signed one.\nSigned with ${fingerprint(verdict.key)}${trusted === null ? ': compare it with the fingerprint that you were given' : ''}.\n`,
    );
    return EXIT.ok;
  },
});

export const evidencePackCommand: Command = {
  ...make,
  execute: (argv, signal) =>
    argv[0] === 'verify' ? verify.execute(argv.slice(1), signal) : make.execute(argv, signal),
};
