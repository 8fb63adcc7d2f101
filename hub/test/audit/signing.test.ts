import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OperatorError } from '@safe-passage/cli';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSigner, newKey, publicKeysIn, signerOf } from '../../src/audit/signing.ts';

const pem = (key: ReturnType<typeof generateKeyPairSync>['privateKey']): string =>
  key.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('the key of the audit', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'safe-passage-key-'));
    path = join(folder, 'audit-key.pem');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is made where it is missing, for its owner alone, and is the same from then on', async () => {
    const { key } = await loadSigner(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await loadSigner(path)).key).toBe(key);
    expect(publicKeysIn(await readFile(path, 'utf8'), path)).toEqual([key]);
  });

  it.each(['640', '604', '620', '601'])('is refused where others may use it: mode %s', async (mode) => {
    await writeFile(path, newKey());
    await chmod(path, Number.parseInt(mode, 8));
    await expect(loadSigner(path)).rejects.toThrow(`can be read by others (mode ${mode})`);
  });

  it('is refused where it is of another kind, or none', async () => {
    const other = pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
    expect(() => signerOf(other)).toThrow('not an Ed25519 key');
    for (const content of [other, 'no key', '']) {
      await writeFile(path, content, { mode: 0o600 });
      await expect(loadSigner(path)).rejects.toThrow(OperatorError);
      expect(() => publicKeysIn(content, path)).toThrow(/the key file .*audit-key\.pem cannot be used/);
    }
    expect(() => publicKeysIn(newKey() + other, path)).toThrow(/not Ed25519/);
  });

  it('is not replaced where it cannot be read', async () => {
    await expect(loadSigner(join(path, 'below-a-file-that-is-not-there'))).rejects.toThrow(/cannot be used/);
    await expect(loadSigner(folder)).rejects.toThrow(OperatorError);
  });
});
