/** What an audit row is: canonical JSON that holds the digest of the row before it. Pure. */
import { hash } from 'node:crypto';

/** Everything that is recorded. A name is never given another meaning: rows outlive versions. */
export const AUDIT_ACTIONS = [
  'alert.acknowledged',
  'alert.closed',
  'alert.reopened',
  'read.alert',
  'read.evidence',
  'read.presence',
  'read.live',
  'access.token-created',
  'access.link-created',
  'access.revoked',
  'access.role-changed',
  'access.locked-out',
  'access.signed-in',
  'access.sign-in-failed',
  'access.signed-out',
  'policy.alerts',
  'policy.privacy',
  'policy.privacy-agreed',
  'database.migrated',
  'database.restored',
  'privacy.erased',
  'privacy.held',
  'privacy.hold-released',
  'privacy.hold-ended',
  'privacy.reidentification-tested',
  'privacy.exported',
  'retention.run',
  'audit.exported',
  'audit.key',
  'audit.pruned',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export type AuditValue =
  | null
  | boolean
  | number
  | string
  | readonly AuditValue[]
  | { readonly [key: string]: AuditValue };

/**
 * What somebody did. Never a position, a pseudonym or the free text of a reviewer: an audit row outlives the tracks, and
 * nothing in it may lead back to a person on the floor.
 */
export interface AuditRecord {
  readonly atMs: number;
  /** The name of a token, `operator NAME` for a command line, or `hub`. */
  readonly actor: string;
  readonly action: AuditAction;
  /** What it was done to: an alert, a name, a floor. */
  readonly subject?: string;
  /** Why, where it was given. */
  readonly purpose?: string;
  readonly detail?: { readonly [key: string]: AuditValue };
}

/** The position of a row in the chain. */
export interface ChainLink {
  /** 1 for the first row ever; 0 before it. */
  readonly number: number;
  /** SHA-256 in hexadecimal; zeros before the first row. */
  readonly digest: string;
}

export const GENESIS: ChainLink = { number: 0, digest: '0'.repeat(64) };

/** The bytes of a document are the same wherever it is written: keys in order of UTF-16 code units, no spaces (RFC 8785). */
export function canonicalJson(value: AuditValue): string {
  if (value === null || typeof value !== 'object') {
    if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('JSON has no such number');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${(value as readonly AuditValue[]).map(canonicalJson).join(',')}]`;
  const object = value as { readonly [key: string]: AuditValue };
  const members = Object.keys(object)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key] ?? null)}`);
  return `{${members.join(',')}}`;
}

export const digestOf = (entry: string): string => hash('sha256', entry, 'hex');

export interface AuditRow extends ChainLink {
  /** Canonical JSON. */
  readonly entry: string;
}

/** The row that goes on from another. */
export function nextRow(previous: ChainLink, record: AuditRecord): AuditRow {
  const number = previous.number + 1;
  const entry = canonicalJson({
    number,
    previous: previous.digest,
    atMs: Math.round(record.atMs),
    actor: record.actor,
    action: record.action,
    subject: record.subject ?? null,
    purpose: record.purpose ?? null,
    detail: record.detail ?? {},
  });
  return { number, entry, digest: digestOf(entry) };
}
