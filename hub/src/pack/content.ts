/** What an evidence pack is made of, before it is packed. No position and no pseudonym is among it. */

import type { Seal } from '../audit/signing.ts';
import type { ShownRow } from '../store/audit/reads.ts';
import type { PolicyPeriod } from '../store/privacy/policies.ts';
import type { TestRun } from '../store/reidentification.ts';

/** What the runs of one day did to one class, or to what of it lies in a zone with a limit of its own. */
export interface RetentionDay {
  readonly day: string;
  readonly dataClass: string;
  /** `departures/prayer-room`; null: everywhere. */
  readonly zone: string | null;
  readonly runs: number;
  readonly rows: number;
  readonly failed: number;
  readonly notEnded: number;
  readonly limitSeconds: number;
  /** The age of the oldest row that any run of the day left, seconds. */
  readonly oldestLeftSeconds: number | null;
}

export interface Disposition {
  readonly alert: string;
  readonly pattern: string;
  readonly floor: string;
  readonly zone: string | null;
  readonly raisedMs: number;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedMs: number | null;
  readonly closedBy: string | null;
  readonly closedMs: number | null;
  readonly disposition: string | null;
}

export interface DeviceVersion {
  readonly floor: string;
  readonly device: string;
  readonly camera: string;
  readonly toldMs: number | null;
  readonly version: string | null;
  readonly modelName: string | null;
  readonly modelDigest: string | null;
  readonly configurationDigest: string | null;
  readonly calibration: string | null;
  readonly privacyLevel: string | null;
}

/** Rows of the audit as they stand in the chain, from the first of the period to the one that is signed. */
export interface AuditStretch {
  readonly entries: readonly string[];
  /** The last row of the period; what follows leads to the checkpoint. 0: there is none. */
  readonly lastOfPeriod: number;
  readonly checkpoint: Seal | null;
}

export interface PackContent {
  readonly site: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly hubVersion: string;
  readonly migrations: readonly string[];
  /** SHA-256 of each floor plan. */
  readonly plans: Readonly<Record<string, string>>;
  readonly policies: readonly PolicyPeriod[];
  readonly retention: readonly RetentionDay[];
  readonly audit: AuditStretch;
  /** Those rows of the period that people look for. */
  readonly rows: readonly ShownRow[];
  readonly dispositions: readonly Disposition[];
  /** null: this version of the tables knows no holds. */
  readonly holds: readonly object[] | null;
  readonly devices: readonly DeviceVersion[];
  readonly reidentification: readonly TestRun[];
}
