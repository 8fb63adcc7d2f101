/** Everything the HTTP server needs, handed in by the wiring: it opens no connection and reads no configuration. */
import type { FloorPlan } from '@safe-passage/contract';
import type { Logger } from 'pino';
import type { Signer } from '../audit/signing.ts';
import type { IngestCounters } from '../ingest/counters.ts';
import type { RetentionFigures } from '../privacy/engine.ts';
import type { AuditLog } from '../store/audit/audit.ts';
import type { HoldStore } from '../store/privacy/holds.ts';
import type { PrivacyOffice } from '../store/privacy/office.ts';
import type { AlertStore, DeviceStore, PersonStore, TokenStore } from '../store/store.ts';
import type { TokenAdministration } from '../store/tokenAdministration.ts';
import type { LiveBus } from './live.ts';
import type { PresenceBoard } from './presence.ts';

/** Answers whether one thing that the hub rests on is ready. Throws, or says why not. */
export type Probe = () => Promise<{ readonly ok: boolean; readonly message?: string }>;

export interface HttpOptions {
  /**
   * Addresses of reverse proxies whose X-Forwarded-* headers are believed. Behind one that speaks TLS the session cookie
   * is marked Secure. Absent: none.
   */
  readonly trustedProxies?: readonly string[];
  /** Sign-ins a minute and address. Default 10. */
  readonly signInsPerMinute?: number;
  /** Whether /healthz, /readyz and /metrics answer others than this machine without a token. Default false. */
  readonly openOperations?: boolean;
  /** Live streams that one bearer may hold open. Default 8. */
  readonly streamsPerBearer?: number;
  /** What a slow live client may be behind before it is dropped, bytes. Default 1 MiB. */
  readonly streamBacklogBytes?: number;
  /** Seconds between heartbeats, at which a stream's session is looked at again. Default 15. */
  readonly heartbeatSeconds?: number;
}

export interface ServerDependencies {
  readonly site: string;
  /** IANA name: `Europe/Vienna`. */
  readonly timeZone: string;
  readonly version: string;
  readonly plans: readonly FloorPlan[];
  readonly alerts: Pick<AlertStore, 'list' | 'get' | 'acknowledge' | 'close'>;
  readonly persons: Pick<PersonStore, 'evidence'>;
  readonly devices: Pick<DeviceStore, 'list'>;
  readonly tokens: TokenStore;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly holds: HoldStore;
  readonly privacyOffice: PrivacyOffice;
  /** Signs receipts. */
  readonly signer: Pick<Signer, 'seal'>;
  readonly tokenAdministration: Pick<TokenAdministration, 'describe'>;
  readonly live: LiveBus;
  readonly presence: PresenceBoard;
  readonly counters: () => IngestCounters;
  /** Absent: nothing is told of retention. */
  readonly retention?: () => RetentionFigures;
  /** By name: `database`, `broker`, `migrations`. */
  readonly probes: Readonly<Record<string, Probe>>;
  /** Where the built console lies; it may be missing. */
  readonly consoleFolder: string;
  readonly http?: HttpOptions;
  /** Absent: silence. */
  readonly logger?: Logger;
}
