import { generateKeyPairSync } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { OperatorError } from '../src/program.ts';
import { checkTlsFiles, type TlsFiles, tlsAlert } from '../src/tls.ts';

const pem = rootCertificates[0] as string;
const keyPem = () =>
  generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({ type: 'pkcs8', format: 'pem' });

const authority = { field: 'broker.caFile', path: '/tls/ca.pem', pem };
const certificate = { field: 'broker.certificateFile', path: '/tls/edge.pem', pem };
const key = { field: 'broker.keyFile', path: '/tls/edge.key', pem: keyPem() };

function refusal(files: TlsFiles): string {
  try {
    checkTlsFiles(files);
  } catch (problem) {
    if (problem instanceof OperatorError) return `${problem.message}\n${problem.remedy}`;
    throw problem;
  }
  throw new Error('they were taken');
}

describe('the files of a TLS client', () => {
  it('may be none, an authority alone, or a certificate that is there without its key', () => {
    expect(() => checkTlsFiles({})).not.toThrow();
    expect(() => checkTlsFiles({ authority })).not.toThrow();
    expect(() => checkTlsFiles({ authority, certificate })).not.toThrow();
  });

  it.each([
    ['authority', { authority: { ...authority, pem: '{"id":"room"}' } }, 'broker.caFile /tls/ca.pem is no certificate'],
    ['certificate', { certificate: { ...certificate, pem: '' } }, 'broker.certificateFile /tls/edge.pem is no certif'],
    ['key', { certificate, key: { ...key, pem } }, 'broker.keyFile /tls/edge.key is no private key'],
  ] as const)('are named, with where to take them from, where the %s is something else', (_, files, words) => {
    const text = refusal(files);
    expect(text).toContain(words);
    expect(text).toContain('issued/NAME');
  });

  it('that are of two renewals are told apart before TLS has to, and no key stands in what is said', () => {
    const text = refusal({ authority, certificate, key });
    expect(text).toContain('broker.keyFile /tls/edge.key is not the key of broker.certificateFile /tls/edge.pem');
    expect(text).toContain('Copy both from the same enrolment or renewal');
    expect(text).not.toContain('PRIVATE KEY');
  });
});

describe('what the other side says when it ends a connection', () => {
  it('is taken out of the words of OpenSSL, which are never twice the same', () => {
    const said = (address: string) =>
      `${address}:error:0A000414:SSL routines:ssl3_read_bytes:ssl/tls alert certificate revoked:../rec_layer_s3.c:918:SSL alert number 44\n`;
    expect(tlsAlert(said('40DDAC3AC97F0000'))).toBe('certificate revoked');
    expect(tlsAlert(said('409DE901077F0000'))).toBe('certificate revoked');
    expect(tlsAlert('connect ECONNREFUSED 127.0.0.1:8883')).toBeNull();
  });
});
