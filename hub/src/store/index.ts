/** Puts the store together. */

import type { ReadLimits } from '../privacy/limits.ts';
import type { DataClass } from '../privacy/policy.ts';
import { createAggregateStore } from './aggregates.ts';
import { createAlertStore } from './alerts.ts';
import { createAudit } from './audit/audit.ts';
import { type DatabaseOptions, openDatabase } from './database.ts';
import { createDeviceStore } from './devices.ts';
import { createEpisodeStore } from './episodes.ts';
import { createFloorCountStore } from './floorCounts.ts';
import { createMovementStore } from './movements.ts';
import { createPersonStore } from './persons.ts';
import { createHoldStore } from './privacy/holds.ts';
import { createPrivacyOffice } from './privacy/office.ts';
import { applyPolicy, policyInForce } from './privacy/policies.ts';
import { createRetentionStore } from './privacy/retention.ts';
import { createQuarantineStore } from './quarantine.ts';
import { createReidentificationStore } from './reidentification.ts';
import { createReportStore } from './reports.ts';
import type { Store, StoreOptions } from './store.ts';
import { createSummaryStore } from './summaries.ts';
import { createTokenStore } from './tokens.ts';
import { createTrackStore } from './tracks.ts';

export type { Audit, AuditLog } from './audit/audit.ts';
export { isAboutRows, openDatabase } from './database.ts';
export { acquireFence, type Fence } from './fence.ts';
export { hubRoleUrl } from './hubRole.ts';
export * from './located.ts';
export { type Migrated, migrate } from './migrate.ts';
export type * from './store.ts';

const HOUR_MS = 3_600_000;

/** Opens the store of one site. Nothing is connected until the first use. */
export function openStore(options: StoreOptions, database: DatabaseOptions = {}): Store {
  const pool = openDatabase(options.url, database);
  const limits: ReadLimits = options.limits ?? {
    nowMs: Date.now,
    zones: () => [],
    // Without a policy tracks alone have a limit, and stays that of tracks.
    oldestMs: (name: DataClass) =>
      name === 'tracks' || name === 'episodes' ? Date.now() - options.tracksHours * HOUR_MS : 0,
  };
  return {
    reports: createReportStore(pool, limits),
    devices: createDeviceStore(pool, options.site, limits),
    quarantine: createQuarantineStore(pool),
    episodes: createEpisodeStore(pool, options.site, limits),
    movements: createMovementStore(pool, options.site, limits),
    alerts: createAlertStore(pool, options.site, options.zoneName, limits),
    persons: createPersonStore(pool, options.site, limits),
    tracks: createTrackStore(pool, options.site, limits),
    summaries: createSummaryStore(pool, options.site),
    floorCounts: (timeZone) => createFloorCountStore(pool, options.site, limits, timeZone),
    tokens: createTokenStore(pool),
    aggregates: createAggregateStore(pool, options.site, limits),
    reidentification: createReidentificationStore(pool, options.site, limits),
    audit: createAudit(pool),
    privacy: {
      inForce: () => policyInForce(pool),
      retention: createRetentionStore(pool),
      holds: createHoldStore(pool, options.site, limits),
      office: createPrivacyOffice(pool),
      apply: (policy, applicant, nowMs) => applyPolicy(pool, policy, applicant, nowMs),
    },
    ping: async () => {
      await pool.query('SELECT 1');
    },
    close: () => pool.end(),
  };
}
