/** The device's certificate: whose it is, how long it holds, and whether its key is a secret. */
import { X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { EdgeConfig } from '../config.ts';
import type { BrokerSecrets } from '../siteFiles.ts';
import { type Finding, fault, notChecked, ok, warning } from './finding.ts';

const SUBJECT = 'certificate';
const DAY_MS = 86_400_000;
const SOON_DAYS = 30;

const commonName = (certificate: X509Certificate): string => /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? '';

export async function checkCertificate(config: EdgeConfig, secrets: BrokerSecrets, nowMs: number): Promise<Finding> {
  const { keyFile, url } = config.broker;
  if (keyFile === undefined || secrets.cert === undefined) {
    if (/^(?:mqtts|ssl|tls):/.test(url)) return notChecked(SUBJECT, 'none is named; the broker may ask for one');
    return warning(
      SUBJECT,
      `${url} is not encrypted`,
      'Outside of a trial use mqtts:// with a certificate for this device.',
    );
  }
  const certificate = new X509Certificate(secrets.cert);
  const name = commonName(certificate);
  if (name !== config.device) {
    return fault(
      SUBJECT,
      `it is of "${name}", this device is ${config.device}`,
      'Enrol this device by its own name: the broker lets each certificate publish its own device’s topics alone.',
    );
  }
  const days = Math.floor((certificate.validToDate.getTime() - nowMs) / DAY_MS);
  if (days < 0) return fault(SUBJECT, `it expired on ${certificate.validTo}`, 'Renew it: deploy/certs/certs renew.');
  if (certificate.validFromDate.getTime() > nowMs) {
    return fault(SUBJECT, `it holds only from ${certificate.validFrom}`, 'Set the clock of this device.');
  }
  const { mode } = await stat(keyFile);
  if ((mode & 0o077) !== 0) {
    return fault(SUBJECT, `others may read its key ${keyFile}`, `Run: chmod 0600 ${keyFile}`);
  }
  const found = `${name}, holds for ${days} days, until ${certificate.validToDate.toISOString().slice(0, 10)}`;
  return days < SOON_DAYS ? warning(SUBJECT, found, 'Renew it: deploy/certs/certs renew.') : ok(SUBJECT, found);
}
