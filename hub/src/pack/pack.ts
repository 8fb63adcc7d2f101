/** Packs what is to be handed over: files, a manifest of their digests, a signature. The same content gives the same bytes. Pure. */
import { hash } from 'node:crypto';
import { type AuditValue, canonicalJson } from '../audit/entry.ts';
import { fingerprint, type Signer } from '../audit/signing.ts';
import type { PackContent } from './content.ts';
import { packPage } from './page.ts';
import { type PackedFile, zip } from './zip.ts';

export const MANIFEST = 'manifest.json';
export const SIGNATURE = 'manifest.signature.json';
export const AUDIT = 'audit.jsonl';
export const CHECKPOINT = 'audit-checkpoint.json';

const FILES: Readonly<Record<string, string>> = {
  'index.html': 'this page',
  'policies.json': 'the rules that were in force in the period, whole',
  'retention.json': 'what the runs of each day destroyed',
  'access.jsonl': 'the rows of the log but for retention runs: who looked at what, who changed what',
  [AUDIT]: 'the log as it stands in the chain, to be verified',
  [CHECKPOINT]: 'the signed end of the log',
  'dispositions.json': 'what was made of the alerts',
  'holds.json': 'exceptions from retention',
  'reidentification.json': 'every test of the period',
  'versions.json': 'software, detectors, calibrations, floor plans and their digests',
};

export interface Manifest {
  readonly schema: 'evidence-pack/1';
  readonly site: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
}

const json = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
const lines = (all: readonly string[]): Buffer => Buffer.from(all.map((line) => `${line}\n`).join(''));

export const sha256 = (content: Buffer): string => hash('sha256', content);

/** @returns the bytes of a zip file. */
export function packEvidence(content: PackContent, signer: Signer): Buffer {
  const { hubVersion, migrations, plans, devices, audit } = content;
  const contents: Readonly<Record<string, Buffer>> = {
    'index.html': Buffer.from(packPage(content, fingerprint(signer.key), FILES)),
    'policies.json': json(content.policies),
    'retention.json': json(content.retention),
    'access.jsonl': lines(content.rows.map((row) => JSON.stringify(row))),
    [AUDIT]: lines(audit.entries),
    [CHECKPOINT]: json(audit.checkpoint),
    'dispositions.json': json(content.dispositions),
    'holds.json': json(content.holds),
    'reidentification.json': json(content.reidentification),
    'versions.json': json({ hubVersion, migrations, plans, devices }),
  };
  const files = Object.keys(FILES).map((name): PackedFile => ({ name, content: contents[name] ?? Buffer.alloc(0) }));
  const manifest: Manifest = {
    schema: 'evidence-pack/1',
    site: content.site,
    fromMs: content.fromMs,
    toMs: content.toMs,
    files: files.map((file) => ({ name: file.name, bytes: file.content.length, sha256: sha256(file.content) })),
  };
  const manifestFile = Buffer.from(`${canonicalJson(manifest as unknown as AuditValue)}\n`);
  // Signed as of the end of the period: the hour at which somebody asked is in the audit.
  const link = { number: files.length, digest: sha256(manifestFile) };
  const seal = signer.seal('evidence-pack/1', link, content.toMs);
  return zip([{ name: MANIFEST, content: manifestFile }, { name: SIGNATURE, content: json(seal) }, ...files]);
}
