/** Signs the end of the chain while a hub runs: what lies before a checkpoint cannot be written anew unnoticed. */
import type { AuditRecord } from './entry.ts';
import { fingerprint, type Seal, type Signer } from './signing.ts';

/** What is not sealed yet can be cut off unnoticed: this is how much that may be. */
const CHECKPOINT_SECONDS = 60;

export interface AuditKeepingOptions {
  readonly audit: {
    checkpoint(signer: Signer, nowMs: number): Promise<Seal | null>;
    recordChange(record: AuditRecord): Promise<void>;
    recordMigrations(actor: string, nowMs: number): Promise<void>;
  };
  readonly signer: Signer;
  readonly logger: {
    info(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
}

export interface AuditKeeping {
  /** Signs the end of the chain now, where it has grown. */
  sign(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Records what the database has been through, and begins to sign.
 *
 * @returns what signs out of turn, and what stops it after a last checkpoint.
 */
export async function startAuditKeeping({ audit, signer, logger }: AuditKeepingOptions): Promise<AuditKeeping> {
  await audit.recordMigrations('hub', Date.now());
  await audit.recordChange({ atMs: Date.now(), actor: 'hub', action: 'audit.key', detail: { publicKey: signer.key } });
  logger.info({ key: fingerprint(signer.key) }, 'the audit is signed with this key');
  let signing: Promise<void> = Promise.resolve();
  const sign = (): Promise<void> => {
    signing = signing.then(async () => {
      try {
        await audit.checkpoint(signer, Date.now());
      } catch (problem) {
        const reason = problem instanceof Error ? problem.message : String(problem);
        logger.error({ reason }, 'the end of the audit could not be signed: trying again');
      }
    });
    return signing;
  };
  await sign();
  const timer = setInterval(() => void sign(), CHECKPOINT_SECONDS * 1000);
  return {
    sign,
    stop: async () => {
      clearInterval(timer);
      await sign();
    },
  };
}
