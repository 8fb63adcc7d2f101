/** Whether the file of a privacy policy was signed by somebody who may. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { OperatorError } from '@safe-passage/cli';

const REMEDY =
  'Sign the file as it is: openssl pkeyutl -sign -rawin -inkey KEY.pem -in privacy.yaml -out privacy.yaml.sig';

async function bytesOf(path: string, what: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (problem) {
    const why = problem instanceof Error ? problem.message : String(problem);
    throw new OperatorError(`${what} ${path} cannot be read: ${why}`, REMEDY, { cause: problem });
  }
}

function publicKeys(pem: string, path: string): KeyObject[] {
  const blocks = pem.match(/-----BEGIN PUBLIC KEY-----[\s\S]+?-----END PUBLIC KEY-----/g) ?? [];
  try {
    const keys = blocks.map((block) => createPublicKey(block));
    if (keys.length > 0 && keys.every((key) => key.asymmetricKeyType === 'ed25519')) return keys;
  } catch {
    // Told below.
  }
  throw new OperatorError(
    `privacyKey: ${path} holds no Ed25519 public key`,
    'Name a PEM file with the public keys of those who may sign: openssl pkey -in KEY.pem -pubout',
  );
}

/**
 * Checks the detached Ed25519 signature beside a file (`privacy.yaml.sig`, 64 bytes).
 *
 * @param keyFile public keys of those who may sign, PEM.
 * @throws OperatorError where it is missing, or none of the keys made it.
 */
export async function insistOnSignature(path: string, keyFile: string): Promise<void> {
  const keys = publicKeys((await bytesOf(keyFile, 'The key file')).toString(), keyFile);
  const content = await bytesOf(path, 'The privacy policy');
  const signature = await bytesOf(`${path}.sig`, 'The signature of the privacy policy');
  if (keys.some((key) => verify(null, content, key, signature))) return;
  throw new OperatorError(
    `${path}.sig is no signature of ${path} by a key of ${keyFile}: the file was changed after it was signed, or somebody else signed it`,
    REMEDY,
  );
}
