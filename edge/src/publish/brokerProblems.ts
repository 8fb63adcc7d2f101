/** What is wrong with a connection to the broker, and what a person does about it. */
import { tlsAlert } from '@safe-passage/cli';

/** As the network, TLS or the MQTT library gives it. */
export interface ConnectionProblem extends Error {
  readonly code?: number | string;
}

const UNKNOWN_AUTHORITY = 'Name the authority’s certificate in broker.caFile: this one is of another authority.';
const USER = 'Check broker.username and the password.';
const ACCESS = 'Check the broker’s access list and the certificate.';
const VERSION = 'Change broker.protocolVersion: the broker does not speak this version of MQTT.';

/** By the code of the network or of TLS, and by return codes of MQTT 3.1.1 (section 3.2.2.3) and reason codes of MQTT 5. */
const REMEDIES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Check host and port in broker.url, and that the broker runs.',
  ENOTFOUND: 'Check the host in broker.url and the name server of this device.',
  EAI_AGAIN: 'Check the network of this device and its name server.',
  EHOSTUNREACH: 'Check the network of this device.',
  ENETUNREACH: 'Check the network of this device.',
  ETIMEDOUT: 'Check the network and the firewall on the way.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'Name the authority’s certificate in broker.caFile.',
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  ERR_TLS_CERT_ALTNAME_INVALID: 'Write the host in broker.url as it stands in the broker’s certificate.',
  CERT_HAS_EXPIRED: 'Renew the broker’s certificate, or set the clock of this device.',
  CERT_NOT_YET_VALID: 'Set the clock of this device.',
  1: VERSION,
  4: USER,
  5: ACCESS,
  132: VERSION,
  134: USER,
  135: ACCESS,
};

/** By what the broker's TLS says. */
const ALERTS: Readonly<Record<string, string>> = {
  'certificate required': 'Name this device’s certificate and key: broker.certificateFile and broker.keyFile.',
  'certificate expired':
    'Renew this device’s certificate (deploy/certs/certs renew), or set its clock and the broker’s.',
  'certificate revoked': 'Enrol this device anew, where it is to be let in: its certificate was revoked.',
  'unknown ca': 'Take a certificate of the broker’s own authority: this device’s is of another one.',
};

export interface ProblemTold {
  readonly said: string;
  readonly remedy: string;
}

export function tellProblem({ code, message }: ConnectionProblem): ProblemTold {
  const alert = tlsAlert(message);
  if (alert !== null) {
    return {
      said: `the broker ends the connection: ${alert}`,
      remedy: ALERTS[alert] ?? 'Look at this device’s certificate (safe-passage check) and at the log of the broker.',
    };
  }
  const said = message.trim() || (code === undefined ? 'no connection' : String(code));
  const known = REMEDIES[String(code)];
  if (known !== undefined) return { said, remedy: known };
  return {
    said,
    remedy: /handshake|disconnected|closed/i.test(message)
      ? 'The broker ended the connection: it does not accept this device’s certificate (another authority, revoked, expired), or wants one.'
      : 'Check broker.url, the certificates and the log of the broker.',
  };
}
