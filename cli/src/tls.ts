/** TLS for those who have to mend it: what its files are, before a connection is tried, and what the other side says of them. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { OperatorError } from './program.ts';

/** One of them: what the configuration calls it, where it lies and what is in it. */
export interface PemFile {
  readonly field: string;
  readonly path: string;
  readonly pem: string | Buffer;
}

export interface TlsFiles {
  readonly authority?: PemFile | undefined;
  readonly certificate?: PemFile | undefined;
  readonly key?: PemFile | undefined;
}

const TAKE_ANEW = 'Copy it anew from the authority: issued/NAME has NAME.key, NAME.pem and ca.pem.';

function certificateIn({ field, path, pem }: PemFile): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new OperatorError(`${field} ${path} is no certificate in PEM form`, TAKE_ANEW, { cause });
  }
}

function keyIn({ field, path, pem }: PemFile): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new OperatorError(`${field} ${path} is no private key in PEM form without a password`, TAKE_ANEW, { cause });
  }
}

/**
 * @throws OperatorError that names the field and the file: one that is not what it should be, or a key and a certificate of
 *   two different enrolments, as they lie there when a renewal is half copied.
 */
export function checkTlsFiles({ authority, certificate, key }: TlsFiles): void {
  if (authority) certificateIn(authority);
  const holder = certificate && certificateIn(certificate);
  const secret = key && keyIn(key);
  if (!certificate || !holder || !key || !secret || holder.checkPrivateKey(secret)) return;
  throw new OperatorError(
    `${key.field} ${key.path} is not the key of ${certificate.field} ${certificate.path}`,
    'Copy both from the same enrolment or renewal: issued/NAME/NAME.key and NAME.pem.',
  );
}

/**
 * @returns what the other side's TLS said when it ended the connection (RFC 8446, section 6.2): `certificate revoked`; null where it said nothing.
 *   OpenSSL's own words around it begin with an address in memory, another one each time, and end with a line of its source.
 */
export const tlsAlert = (message: string): string | null => /\balert ([a-z ]+):/.exec(message)?.[1] ?? null;
