/** Everything the HTTP server needs, handed in by the wiring: it opens no connection and reads no configuration. */
import type { FloorPlan } from '@safe-passage/contract';
import type { Logger } from 'pino';
import type { Signer } from '../audit/signing.ts';
import type { IngestCounters } from '../ingest/counters.ts';
import type { PackRequest } from '../pack/make.ts';
import type { RetentionFigures } from '../privacy/engine.ts';
import type { OidcProvider } from '../signIn/provider.ts';
import type { AggregateStore } from '../store/aggregates.ts';
import type { AuditLog } from '../store/audit/audit.ts';
import type { FloorCountStore } from '../store/floorCounts.ts';
import type { HoldStore } from '../store/privacy/holds.ts';
import type { PrivacyOffice } from '../store/privacy/office.ts';
import type { ReidentificationStore } from '../store/reidentification.ts';
import type { AlertStore, DeviceStore, PersonStore, TokenStore } from '../store/store.ts';
import type { TokenAdministration } from '../store/tokenAdministration.ts';
import type { GateOptions } from './gate.ts';
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
  /** A session ends so long after sign-in, whatever happens in between. Default twelve hours. */
  readonly sessionSeconds?: number;
  /** And so long after it was last used. Default two hours. */
  readonly idleSeconds?: number;
  /** Who waits after failed tries, and how fast one identity may ask. */
  readonly gate?: GateOptions;
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
  readonly alerts: Pick<AlertStore, 'list' | 'get' | 'acknowledge' | 'close' | 'reopen'>;
  readonly persons: Pick<PersonStore, 'evidence'>;
  readonly devices: Pick<DeviceStore, 'list' | 'rates'>;
  readonly floorCounts: FloorCountStore;
  readonly tokens: TokenStore;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly holds: HoldStore;
  readonly privacyOffice: PrivacyOffice;
  /** Signs receipts. */
  readonly signer: Pick<Signer, 'seal'>;
  readonly tokenAdministration: Pick<TokenAdministration, 'describe'>;
  /** Absent: nobody signs in through a provider. */
  readonly oidc?: OidcProvider;
  readonly live: LiveBus;
  readonly presence: PresenceBoard;
  readonly counters: () => IngestCounters;
  /** Absent: nothing is told of retention. */
  readonly retention?: () => RetentionFigures;
  /** Absent: nothing is told of how many people were where. */
  readonly aggregates?: Pick<AggregateStore, 'read'>;
  /** Absent: nothing is told of the re-identification test. */
  readonly reidentification?: Pick<ReidentificationStore, 'runs'>;
  /** A zip file, signed. Absent: none is made. */
  readonly evidencePack?: (request: PackRequest) => Promise<Buffer>;
  /** By name: `database`, `broker`, `migrations`. */
  readonly probes: Readonly<Record<string, Probe>>;
  /** Where the built console lies; it may be missing. */
  readonly consoleFolder: string;
  readonly http?: HttpOptions;
  /** Absent: silence. */
  readonly logger?: Logger;
}
