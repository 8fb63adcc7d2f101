/** Whether an evidence pack is what was signed, and the log in it is whole. Pure. */
import { checker } from '@safe-passage/contract';
import { Type } from 'typebox';
import { digestOf } from '../audit/entry.ts';
import { type Seal, sealHolds } from '../audit/signing.ts';
import { AUDIT, CHECKPOINT, MANIFEST, SIGNATURE, sha256 } from './pack.ts';
import { type PackedFile, unzip } from './zip.ts';

/** What a pack unpacks to, at most. */
const MOST_BYTES = 2 ** 31;

const closed = { additionalProperties: false } as const;
const hex = (bytes: number) => Type.String({ pattern: `^[0-9a-f]{${2 * bytes}}$` });
const checkManifest = checker(
  Type.Object(
    {
      schema: Type.Literal('evidence-pack/1'),
      site: Type.String(),
      fromMs: Type.Integer(),
      toMs: Type.Integer(),
      files: Type.Array(Type.Object({ name: Type.String(), bytes: Type.Integer(), sha256: hex(32) }, closed)),
    },
    closed,
  ),
);
const checkSeal = checker(
  Type.Object(
    {
      number: Type.Integer({ minimum: 0 }),
      digest: hex(32),
      atMs: Type.Integer(),
      key: hex(32),
      signature: hex(64),
    },
    closed,
  ),
);

export type PackVerdict =
  | {
      readonly whole: true;
      readonly site: string;
      readonly fromMs: number;
      readonly toMs: number;
      readonly files: number;
      readonly auditRows: number;
      /** The key that signed it. */
      readonly key: string;
    }
  /** `file`: the first one that differs. */
  | { readonly whole: false; readonly file: string; readonly why: string };

const broken = (file: string, why: string): PackVerdict => ({ whole: false, file, why });

function parsed(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Rows of the chain that lead to a signed one. @returns what is wrong, or null. */
function auditProblem(
  entries: readonly string[],
  checkpoint: Seal | null,
  trusted: ReadonlySet<string>,
): string | null {
  let previous: string | null = null;
  let number: number | null = null;
  for (const entry of entries) {
    const head = parsed(Buffer.from(entry)) as { number?: number; previous?: string } | undefined;
    const at: number | undefined = number === null ? head?.number : number + 1;
    if (head === undefined || head.number !== at || (previous !== null && head.previous !== previous))
      return `row ${at ?? 'one'} does not go on from the row before it`;
    number = at ?? 0;
    previous = digestOf(entry);
  }
  if (entries.length === 0) return null;
  if (!checkpoint) return 'its end is not signed';
  if (checkpoint.number !== number || checkpoint.digest !== previous) return 'its end is not the one that was signed';
  return trusted.has(checkpoint.key) && sealHolds('audit-checkpoint/1', checkpoint)
    ? null
    : 'its end is not signed with a key that is trusted';
}

/** @param trustedKeys public keys; null: the one that signed the pack, whose fingerprint the caller shows. */
export function verifyPack(bytes: Buffer, trustedKeys: ReadonlySet<string> | null): PackVerdict {
  let files: Map<string, PackedFile>;
  try {
    files = new Map(unzip(bytes, MOST_BYTES).map((file) => [file.name, file]));
  } catch (problem) {
    return broken('the pack', problem instanceof Error ? problem.message : String(problem));
  }
  const manifestFile = files.get(MANIFEST);
  const signatureFile = files.get(SIGNATURE);
  if (!manifestFile) return broken(MANIFEST, 'is missing');
  if (!signatureFile) return broken(SIGNATURE, 'is missing');
  const manifest = checkManifest(parsed(manifestFile.content));
  if (!manifest.ok) return broken(MANIFEST, 'is no manifest');
  const seal = checkSeal(parsed(signatureFile.content));
  if (!seal.ok) return broken(SIGNATURE, 'is no signature');
  const { number, digest, key } = seal.value;
  const trusted = trustedKeys ?? new Set([key]);
  if (digest !== sha256(manifestFile.content) || number !== manifest.value.files.length)
    return broken(MANIFEST, 'is not the one that was signed');
  if (!sealHolds('evidence-pack/1', seal.value)) return broken(SIGNATURE, 'is not made with the key that it names');
  if (!trusted.has(key)) return broken(SIGNATURE, 'is made with a key that is not trusted');
  for (const { name, bytes: size, sha256: expected } of manifest.value.files) {
    const file = files.get(name);
    if (!file) return broken(name, 'is missing');
    if (file.content.length !== size || sha256(file.content) !== expected)
      return broken(name, 'is not what was signed');
  }
  const known = new Set([MANIFEST, SIGNATURE, ...manifest.value.files.map(({ name }) => name)]);
  for (const name of files.keys()) if (!known.has(name)) return broken(name, 'does not belong to the pack');
  const text = files.get(AUDIT)?.content.toString('utf8') ?? '';
  const entries = text === '' ? [] : text.trimEnd().split('\n');
  const checkpoint = checkSeal(parsed(files.get(CHECKPOINT)?.content ?? Buffer.alloc(0)));
  // Keys change: an older one that signed the log is believed for being within what the pack's key has signed.
  const keys = trustedKeys ?? new Set([key, ...(checkpoint.ok ? [checkpoint.value.key] : [])]);
  const problem = auditProblem(entries, checkpoint.ok ? checkpoint.value : null, keys);
  if (problem !== null) return broken(AUDIT, problem);
  const { site, fromMs, toMs } = manifest.value;
  return { whole: true, site, fromMs, toMs, files: manifest.value.files.length, auditRows: entries.length, key };
}
