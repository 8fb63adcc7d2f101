/** Puts the store together. */

import { createAlertStore } from './alerts.ts';
import { createAudit } from './audit/audit.ts';
import { type DatabaseOptions, openDatabase } from './database.ts';
import { createDeviceStore } from './devices.ts';
import { createEpisodeStore } from './episodes.ts';
import { createMovementStore } from './movements.ts';
import { createPersonStore } from './persons.ts';
import { applyPolicy, policyInForce } from './privacy/policies.ts';
import { createRetentionStore } from './privacy/retention.ts';
import { createQuarantineStore } from './quarantine.ts';
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
  const { limits } = options;
  const oldestMs = () => limits?.oldestMs('tracks') ?? Date.now() - options.tracksHours * HOUR_MS;
  const oldestEpisodeMs = () => limits?.oldestMs('episodes') ?? oldestMs();
  return {
    reports: createReportStore(pool),
    devices: createDeviceStore(pool, options.site),
    quarantine: createQuarantineStore(pool),
    episodes: createEpisodeStore(pool, options.site, oldestEpisodeMs),
    movements: createMovementStore(pool, options.site, oldestEpisodeMs),
    alerts: createAlertStore(pool, options.site, options.zoneName, () => limits?.oldestMs('alerts') ?? 0),
    persons: createPersonStore(pool, options.site, oldestMs),
    tracks: createTrackStore(pool, options.site, oldestMs),
    summaries: createSummaryStore(pool, options.site),
    tokens: createTokenStore(pool),
    audit: createAudit(pool),
    privacy: {
      inForce: () => policyInForce(pool),
      retention: createRetentionStore(pool),
      apply: (policy, applicant, nowMs) => applyPolicy(pool, policy, applicant, nowMs),
    },
    ping: async () => {
      await pool.query('SELECT 1');
    },
    close: () => pool.end(),
  };
}
