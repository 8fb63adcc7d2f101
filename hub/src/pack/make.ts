/** Makes an evidence pack of a period, and records that somebody asked for one. */
import type { FloorPlan } from '@safe-passage/contract';
import type pg from 'pg';
import type { Signer } from '../audit/signing.ts';
import { createAudit } from '../store/audit/audit.ts';
import { insistOnPeriod, readPackContent } from '../store/evidencePack.ts';
import { packEvidence } from './pack.ts';

export interface PackRequest {
  readonly fromMs: number;
  /** Not in it; at most now. */
  readonly toMs: number;
  readonly actor: string;
}

export interface PackSource {
  readonly pool: pg.Pool;
  readonly signer: Signer;
  readonly site: string;
  readonly floors: readonly FloorPlan[];
  readonly hubVersion: string;
}

/**
 * The export is recorded and the end of the log is signed before anything is read.
 *
 * @returns the bytes of a zip file.
 * @throws OperatorError where the period is none or longer than 100 days.
 */
export async function makeEvidencePack(source: PackSource, request: PackRequest, nowMs: number): Promise<Buffer> {
  const { pool, signer, ...where } = source;
  const [fromMs, toMs] = [request.fromMs, Math.min(request.toMs, nowMs)];
  insistOnPeriod(fromMs, toMs);
  const audit = createAudit(pool);
  await audit.record({
    atMs: nowMs,
    actor: request.actor,
    action: 'privacy.exported',
    subject: source.site,
    detail: { what: 'evidence-pack', fromMs, toMs },
  });
  await audit.checkpoint(signer, nowMs);
  return packEvidence(await readPackContent(pool, { ...where, fromMs, toMs }), signer);
}
