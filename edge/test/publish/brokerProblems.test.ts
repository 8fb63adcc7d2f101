import { describe, expect, it } from 'vitest';
import { tellProblem } from '../../src/publish/brokerProblems.ts';

const alert = (words: string): Error =>
  new Error(
    `40DDAC3AC97F0000:error:0A000414:SSL routines:ssl3_read_bytes:ssl/tls alert ${words}:../deps/openssl/openssl/ssl/record/rec_layer_s3.c:918:SSL alert number 44\n`,
  );

describe('what is told of a connection to the broker', () => {
  it.each([
    ['certificate revoked', 'Enrol this device anew'],
    ['certificate expired', 'Renew this device’s certificate'],
    ['certificate required', 'broker.certificateFile and broker.keyFile'],
    ['unknown ca', 'of another one'],
    ['decrypt error', 'the log of the broker'],
  ])('says "%s" in one line without OpenSSL’s own words, and what to do', (words, remedy) => {
    const told = tellProblem(alert(words));
    expect(told.said).toBe(`the broker ends the connection: ${words}`);
    expect(told.remedy).toContain(remedy);
  });

  it.each([
    ['ECONNREFUSED', 'host and port in broker.url'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'broker.caFile'],
    ['CERT_HAS_EXPIRED', 'clock of this device'],
    [4, 'broker.username and the password'],
    [135, 'access list'],
    [1, 'broker.protocolVersion'],
    ['SOMETHING_NEW', 'the log of the broker'],
  ])('has a remedy for %s', (code, remedy) => {
    expect(tellProblem(Object.assign(new Error('it failed'), { code })).remedy).toContain(remedy);
  });

  it('has words for a problem that brings none', () => {
    expect(tellProblem(new Error('')).said).toBe('no connection');
    expect(tellProblem(Object.assign(new Error(''), { code: 'ETIMEDOUT' })).said).toBe('ETIMEDOUT');
  });
});
