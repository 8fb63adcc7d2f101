/** What a hub says of its audit: where the chain of its rows ends, signed. For whoever keeps it where the hub cannot write. */
import { type Static, Type } from 'typebox';
import { EpochMs } from './reports.ts';
import { Identifier } from './topics.ts';

const hex = (bytes: number) => Type.String({ pattern: `^[0-9a-f]{${2 * bytes}}$` });

/**
 * Retained on the audit topic of a site. The signature is Ed25519 over the canonical JSON (RFC 8785) of
 * `{kind: "audit-checkpoint/1", number, digest, atMs}`. No personal data.
 */
export const AuditCheckpoint = Type.Object(
  {
    schema: Type.Literal('audit-checkpoint/1'),
    site: Identifier,
    /** The last row of the audit, counted from 1. */
    number: Type.Integer({ minimum: 1 }),
    /** SHA-256 of that row, which holds the digest of the one before it. */
    digest: hex(32),
    /** When it was signed. */
    atMs: EpochMs,
    /** The public key. */
    key: hex(32),
    signature: hex(64),
  },
  { additionalProperties: false },
);
export type AuditCheckpoint = Static<typeof AuditCheckpoint>;
