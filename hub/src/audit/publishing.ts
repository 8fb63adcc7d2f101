/** Publishes the signed end of the audit to the broker: whoever collects it can tell later what was cut off or written anew. */
import { type AuditCheckpoint, auditCheckpointTopic } from '@safe-passage/contract';
import type { Seal } from './signing.ts';

export interface PublishingOptions {
  readonly site: string;
  readonly everyMinutes: number;
  /** Signs what is not signed yet. */
  readonly sign: () => Promise<void>;
  /** The newest checkpoint; null before the first. */
  readonly newest: () => Promise<Seal | null>;
  /** Retained. @throws where the broker does not take it. */
  readonly publish: (topic: string, text: string) => Promise<void>;
  readonly logger: { warn(fields: object, message: string): void };
}

const checkpointMessage = (site: string, { number, digest, atMs, key, signature }: Seal): AuditCheckpoint => ({
  schema: 'audit-checkpoint/1',
  site,
  number,
  digest,
  atMs,
  key,
  signature,
});

/**
 * Publishes at once, and then every so many minutes where the audit has grown. What the broker does not take is replaced by the
 * next, which stands for it as well.
 *
 * @returns what stops it, after a last one.
 */
export function startCheckpointPublishing(options: PublishingOptions): () => Promise<void> {
  const { site, sign, newest, publish, logger } = options;
  let published = 0;
  let publishing: Promise<void> = Promise.resolve();
  const once = async (): Promise<void> => {
    try {
      await sign();
      const seal = await newest();
      if (!seal || seal.number === published) return;
      await publish(auditCheckpointTopic(site), JSON.stringify(checkpointMessage(site, seal)));
      published = seal.number;
    } catch (problem) {
      const reason = problem instanceof Error ? problem.message : String(problem);
      logger.warn({ reason }, 'the signed end of the audit could not be published: the next one stands for it');
    }
  };
  const next = (): Promise<void> => {
    publishing = publishing.then(once);
    return publishing;
  };
  void next();
  const timer = setInterval(() => void next(), options.everyMinutes * 60_000);
  return async () => {
    clearInterval(timer);
    await next();
  };
}
