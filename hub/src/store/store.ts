/** What the hub keeps, as the other stages see it. SQL lives in the files of this folder and nowhere else. */
import type { DeviceHealth, DeviceStatus } from '@safe-passage/contract';
import type { Role } from '../access/permissions.ts';
import type { AlertRecord, OngoingAlert } from '../alert/transition.ts';
import type {
  AlertList,
  AlertState,
  AlertSummary,
  AlertView,
  CameraRates,
  CameraView,
  Disposition,
  Evidence,
} from '../api/schemas.ts';
import type { KnownTracks } from '../fuse/fusion.ts';
import type { PolicyStore } from '../privacy/inForce.ts';
import type { ReadLimits } from '../privacy/limits.ts';
import type { PersonSegment } from '../score/personSegment.ts';
import type { AggregateStore } from './aggregates.ts';
import type { Audit } from './audit/audit.ts';
import type { FloorCountStore } from './floorCounts.ts';
import type { Arrived, LocatedReport } from './located.ts';
import type { HoldStore } from './privacy/holds.ts';
import type { PrivacyOffice } from './privacy/office.ts';
import type { RetentionStore } from './privacy/retention.ts';
import type { ReidentificationStore } from './reidentification.ts';
import type { SummaryStore } from './summaries.ts';

/** Where a device's word belongs. */
export interface DevicePlace {
  readonly site: string;
  readonly floor: string;
  readonly device: string;
}

export interface WrittenBatch {
  /** What was not there before, in the order given. */
  readonly fresh: readonly Arrived[];
  /** How many were there already. */
  readonly duplicates: number;
  /** Positions in the new reports. */
  readonly positions: number;
}

export interface ReportStore {
  /** Writes reports with their segments, counts and gaps in ONE transaction; duplicates by key change nothing. */
  writeBatch(reports: readonly Arrived[]): Promise<WrittenBatch>;
}

/** A device's newest status, health or both. */
export interface DeviceUpdate {
  readonly place: DevicePlace;
  readonly camera: string;
  readonly status: DeviceStatus | null;
  readonly health: DeviceHealth | null;
  /** When the hub was told. */
  readonly atMs: number;
}

export interface DeviceStore {
  /** One device at most once in a call. @returns the devices as they stand now, for the live view. */
  save(updates: readonly DeviceUpdate[]): Promise<CameraView[]>;
  list(): Promise<CameraView[]>;
  /** Frame rates of the last two hours in means of five minutes, the last of which still goes on. */
  rates(nowMs: number): Promise<CameraRates>;
}

export interface QuarantineEntry {
  /** The hour it belongs to, milliseconds since the epoch. */
  readonly hourMs: number;
  /** The kind of topic and its levels as far as they are names of the contract; never the raw topic. */
  readonly topic: string;
  /** Field and expectation; never a value. */
  readonly reason: string;
  readonly count: number;
}

export interface QuarantineStore {
  /** Adds to the counts that are there. */
  add(entries: readonly QuarantineEntry[]): Promise<void>;
  list(sinceMs: number): Promise<QuarantineEntry[]>;
}

/** A dwell episode as the scorer knows it; the id is stable while the episode grows. */
export interface EpisodeRecord {
  readonly id: string;
  readonly floor: string;
  readonly zone: string;
  readonly person: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly seconds: number;
  readonly open: boolean;
  /** Anything else that explains it; stored as JSON. */
  readonly detail: object;
}

export interface EpisodeStore {
  /** Inserts, or brings up to date by id. An episode that is closed in the store is not opened again by an older word. */
  upsert(episodes: readonly EpisodeRecord[]): Promise<void>;
  /** Episodes that are open or ended at or after `sinceMs`: what a restarted scorer goes on with. */
  ongoing(sinceMs: number): Promise<EpisodeRecord[]>;
  /** Those of these identifiers that are stays and within their retention. */
  byIds(ids: readonly string[]): Promise<EpisodeRecord[]>;
  /** Newest first. */
  list(query: { readonly floor?: string; readonly sinceMs: number; readonly limit?: number }): Promise<EpisodeRecord[]>;
}

/** A movement of several people as its scorer knows it; the id is stable while it grows. */
export interface MovementRecord {
  readonly id: string;
  readonly floor: string;
  /** Null where it took place outside of every zone. */
  readonly zone: string | null;
  readonly pattern: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly open: boolean;
  readonly score: number;
  /** Anything else that explains it; stored as JSON. */
  readonly detail: object;
}

export interface MovementStore {
  /** Inserts, or brings up to date by id. A movement that is over in the store is not opened again by an older word. */
  upsert(movements: readonly MovementRecord[]): Promise<void>;
  /** Movements that are open or ended at or after `sinceMs`: what a restarted scorer goes on with. */
  ongoing(sinceMs: number): Promise<MovementRecord[]>;
  /** Those of these identifiers that are movements and within their retention. */
  byIds(ids: readonly string[]): Promise<MovementRecord[]>;
  /** Newest first. */
  list(query: {
    readonly floor?: string;
    readonly pattern?: string;
    readonly sinceMs: number;
    readonly limit?: number;
  }): Promise<MovementRecord[]>;
}

/** What one saving of an alert did. */
export interface SavedAlert {
  /** `raised`: it was not there before. `closed`: the movement ended with this very word. */
  readonly event: 'raised' | 'updated' | 'closed';
  readonly alert: AlertSummary;
}

export type AlertQuery = {
  /** `open` is new and acknowledged. */
  readonly state: AlertState | 'open' | 'all';
  /** At most 500. */
  readonly limit: number;
  /** Only alerts raised before, for the next page. */
  readonly beforeMs?: number;
};

/** What became of a reviewer's action: done, no such alert, or somebody else was first. */
export type ReviewOutcome =
  | { readonly kind: 'done'; readonly alert: AlertView }
  | { readonly kind: 'absent' }
  | { readonly kind: 'conflict'; readonly alert: AlertView };

export interface AlertStore {
  /**
   * Inserts or brings up to date by id, with history rows `raised`, `story grew`, `movement ended` and `went on in another alert`. Idempotent: a restarted scorer
   * that says the same again changes nothing and raises nothing twice. `updatedAtMs` never goes back.
   */
  save(alerts: readonly AlertRecord[]): Promise<SavedAlert[]>;
  /** Alerts that are live or ended at or after `sinceMs`: what a restarted scorer goes on with. */
  ongoing(sinceMs: number): Promise<OngoingAlert[]>;
  list(query: AlertQuery): Promise<AlertList>;
  get(id: string): Promise<AlertView | null>;
  /** Only from `new`. */
  acknowledge(id: string, actor: string, note: string | null, atMs: number): Promise<ReviewOutcome>;
  /** From `new` or `acknowledged`. */
  close(
    id: string,
    actor: string,
    verdict: { readonly disposition: Disposition; readonly reason: string; readonly note: string | null },
    atMs: number,
  ): Promise<ReviewOutcome>;
  /** From `closed` back to `new`, as if nobody had taken it on; the history keeps who closed it, and why it is open again. */
  reopen(id: string, actor: string, reason: string, atMs: number): Promise<ReviewOutcome>;
}

export interface EvidenceQuery {
  readonly floor: string;
  /** The pseudonyms of the story: every point of theirs. */
  readonly persons: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  /** Others on the floor at most this many, those with the most positions first; default 60. */
  readonly maxOthers?: number;
  /** The alert that asks: what a hold keeps of it can be read beyond the retention of tracks. */
  readonly alert?: string;
}

export interface ReplayQuery {
  readonly fromMs: number;
  /** Without it: everything up to now. */
  readonly toMs?: number;
  readonly floor?: string;
}

/** The persons of the floors. No read returns a position older than the retention of tracks, but what a hold keeps of one alert. */
export interface PersonStore {
  /** What is there already stands: a replay says the same again. */
  write(segments: readonly PersonSegment[]): Promise<void>;
  evidence(query: EvidenceQuery): Promise<Evidence>;
  /** Which tracks were whose since a time: what a restarted scorer names its persons by. */
  whose(sinceMs: number): Promise<KnownTracks[]>;
}

/** Reads of tracks. None ever returns a position older than the retention of tracks. */
export interface TrackStore {
  /** Stored reports in order of `fromMs`, then device, camera and sequence: the same order every time. */
  replay(query: ReplayQuery): AsyncGenerator<LocatedReport>;
}

export interface Bearer {
  readonly name: string;
  readonly role: Role;
}

export interface NewToken {
  readonly kind: 'token' | 'one-time' | 'session';
  readonly name: string;
  readonly role: Role;
  /** Without it the token never expires; one-time and session tokens must have it. */
  readonly expiresAtMs?: number;
  /** Without use for so long it is over. Absent: it does not end by that. */
  readonly idleSeconds?: number;
  /** How somebody came in, for the audit. */
  readonly through?: string;
  /** Who made it, for the audit. Absent: whoever bears it, as at a sign-in. */
  readonly by?: string;
}

/** Tokens are random 256-bit strings; only their SHA-256 digests are kept. */
export interface TokenStore {
  /** @returns the token itself, 43 characters of base64url, told this once and kept nowhere. */
  create(token: NewToken): Promise<string>;
  /**
   * For tokens and sessions: who bears it, or null where it is unknown, expired or was not used for too long.
   *
   * @param use whether this counts as use; it does without it.
   */
  authenticate(token: string, use?: boolean): Promise<Bearer | null>;
  /** Uses a one-time token up, atomically: of two who try at once, one is let in. */
  consume(token: string): Promise<Bearer | null>;
  /** Forgets a token, a sign-out. */
  revoke(token: string): Promise<void>;
  /** Forgets what has expired. */
  sweep(): Promise<void>;
}

export interface Store {
  readonly reports: ReportStore;
  readonly devices: DeviceStore;
  readonly quarantine: QuarantineStore;
  readonly episodes: EpisodeStore;
  readonly movements: MovementStore;
  readonly alerts: AlertStore;
  readonly persons: PersonStore;
  readonly tracks: TrackStore;
  /** Counts for dashboards. */
  readonly summaries: SummaryStore;
  /** @param timeZone of the site: an hour is usual by its clocks. */
  floorCounts(timeZone: string): FloorCountStore;
  readonly tokens: TokenStore;
  readonly aggregates: AggregateStore;
  readonly reidentification: ReidentificationStore;
  readonly audit: Audit;
  readonly privacy: PolicyStore & {
    readonly retention: RetentionStore;
    readonly holds: HoldStore;
    readonly office: PrivacyOffice;
  };
  /** One round trip, for readiness. @throws where the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface StoreOptions {
  readonly url: string;
  readonly site: string;
  /** Reads give nothing older. */
  readonly tracksHours: number;
  /** Goes before `tracksHours`: asked at every read. */
  readonly limits?: ReadLimits;
  /** The name of a zone for people; the id where there is none. */
  readonly zoneName: (floor: string, zone: string | null) => string;
}
