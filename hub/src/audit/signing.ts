/** Ed25519 signatures over links of the chain. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { OperatorError } from '@safe-passage/cli';
import { type ChainLink, canonicalJson } from './entry.ts';

/**
 * What a signature stands for: the chain reached here, or was cut off up to here; or a manifest has this digest, and names
 * so many files.
 */
export type SealKind = 'audit-checkpoint/1' | 'audit-pruning/1' | 'evidence-pack/1';

/** A link of the chain with a signature. */
export interface Seal extends ChainLink {
  readonly atMs: number;
  /** The public key in hexadecimal, 32 bytes. */
  readonly key: string;
  /** In hexadecimal, 64 bytes. */
  readonly signature: string;
}

/** Signs; the private key does not leave it. */
export interface Signer {
  /** The public key in hexadecimal. */
  readonly key: string;
  seal(kind: SealKind, link: ChainLink, atMs: number): Seal;
}

const signed = (kind: SealKind, { number, digest }: ChainLink, atMs: number): Buffer =>
  Buffer.from(canonicalJson({ kind, number, digest, atMs }));

const rawPublicKey = (key: KeyObject): string =>
  Buffer.from(
    String(createPublicKey(key.export({ type: 'spki', format: 'pem' })).export({ format: 'jwk' }).x),
    'base64url',
  ).toString('hex');

function publicKeyOf(raw: string): KeyObject {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(raw, 'hex').toString('base64url') };
  return createPublicKey({ key: jwk, format: 'jwk' });
}

/** Whether the signature was made with the key that the seal names. */
export function sealHolds(kind: SealKind, seal: Seal): boolean {
  try {
    return verify(null, signed(kind, seal, seal.atMs), publicKeyOf(seal.key), Buffer.from(seal.signature, 'hex'));
  } catch {
    // A key or a signature that is none.
    return false;
  }
}

/** How people compare keys: the first 16 hexadecimal digits of the SHA-256 of the public key, in groups of four. */
export const fingerprint = (key: string): string =>
  (hash('sha256', Buffer.from(key, 'hex'), 'hex').slice(0, 16).match(/.{4}/g) ?? []).join('-');

const pemOf = (key: string): string => {
  // The fixed head of an Ed25519 key in SubjectPublicKeyInfo (RFC 8410).
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(key, 'hex')]);
  return `-----BEGIN PUBLIC KEY-----\n${spki.toString('base64')}\n-----END PUBLIC KEY-----\n`;
};

/** What is kept elsewhere, for `hub audit verify --against`. */
export function auditExport(checkpoints: readonly Seal[], pruned: Seal | null) {
  const keys = [...new Set(checkpoints.map((seal) => seal.key))].map((key) => ({
    fingerprint: fingerprint(key),
    pem: pemOf(key),
  }));
  return { schema: 'audit-export/1' as const, keys, pruned, checkpoints: [...checkpoints] };
}

/** @param pem PKCS #8. @throws where it is no Ed25519 key. */
export function signerOf(pem: string): Signer {
  const privateKey = createPrivateKey(pem);
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new TypeError('not an Ed25519 key');
  const key = rawPublicKey(createPublicKey(pem));
  return {
    key,
    seal: (kind, { number, digest }, atMs) => ({
      number,
      digest,
      atMs,
      key,
      signature: sign(null, signed(kind, { number, digest }, atMs), privateKey).toString('hex'),
    }),
  };
}

export const newKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** The public keys in a file of PEM blocks, private or public. @throws OperatorError where there is none. */
export function publicKeysIn(pem: string, path: string): string[] {
  const blocks = pem.match(/-----BEGIN [A-Z ]+-----[\s\S]+?-----END [A-Z ]+-----/g) ?? [];
  try {
    if (blocks.length === 0) throw new TypeError('it holds no PEM block');
    return blocks.map((block) => {
      const key = createPublicKey(block);
      if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('it holds a key that is not Ed25519');
      return rawPublicKey(key);
    });
  } catch (problem) {
    throw new OperatorError(
      `the key file ${path} cannot be used: ${problem instanceof Error ? problem.message : String(problem)}`,
      'Name a PEM file with the public key that `hub audit export` wrote.',
      { cause: problem },
    );
  }
}

async function readExisting(path: string): Promise<string | null> {
  const found = await stat(path).catch((problem: NodeJS.ErrnoException) => {
    if (problem.code === 'ENOENT') return null;
    throw problem;
  });
  if (!found) return null;
  // A key that was given to this process through its group (a secret that is mounted) belongs to somebody else: then its group reads it.
  const closedTo = found.uid === process.getuid?.() ? 0o077 : 0o037;
  if ((found.mode & closedTo) !== 0) {
    throw new OperatorError(
      `the key of the audit ${path} can be read by others (mode ${(found.mode & 0o777).toString(8)})`,
      `Close it: chmod 600 ${path}; if others may have read it, put a new one in its place and keep its public key for the old checkpoints.`,
    );
  }
  return await readFile(path, 'utf8');
}

/**
 * Reads the key that checkpoints are signed with, and makes it where it is missing, readable by its owner alone.
 *
 * @throws OperatorError where it cannot be read or made, is open to others, or is no Ed25519 key.
 */
export async function loadSigner(path: string): Promise<Signer> {
  try {
    let pem = await readExisting(path);
    if (pem === null) {
      pem = newKey();
      const file = await open(path, 'wx', 0o600);
      try {
        await file.writeFile(pem);
        await file.sync();
      } finally {
        await file.close();
      }
    }
    return signerOf(pem);
  } catch (problem) {
    if (problem instanceof OperatorError) throw problem;
    throw new OperatorError(
      `the key of the audit ${path} cannot be used: ${problem instanceof Error ? problem.message : String(problem)}`,
      'Name a file with audit.keyFile in hub.yaml that the hub may write (it is made where it is missing), or put an Ed25519 key there: openssl genpkey -algorithm ed25519',
      { cause: problem },
    );
  }
}
