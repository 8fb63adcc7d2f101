/** What scoring hands out to be stored and published, and what it takes up again after a start. */
import type { AlertTransition, OngoingAlert } from '../alert/transition.ts';
import type { KnownTracks } from '../fuse/fusion.ts';
import type { ReceivedReport } from '../fuse/receivedReport.ts';
import type { EpisodeRecord } from './episode.ts';
import type { MovementRecord } from './movementRecord.ts';
import type { PersonSegment } from './personSegment.ts';

export interface ScoringOutput {
  /** To insert; what is there already stands. */
  readonly persons: readonly PersonSegment[];
  /** To upsert, in this order. */
  readonly episodes: readonly EpisodeRecord[];
  /** The same of movements of several people. */
  readonly movements: readonly MovementRecord[];
  /** To store and to publish, in this order. */
  readonly alerts: readonly AlertTransition[];
}

/** What the store knew when the hub stopped. */
export interface StoredState {
  /** Every episode whose `to` lies in the replayed stretch or that is open. */
  readonly episodes: readonly EpisodeRecord[];
  /** Stays from before that stretch which belong to one of the alerts. */
  readonly earlier: readonly EpisodeRecord[];
  /** Every movement of several people in that stretch, that is open, or that belongs to one of the alerts. */
  readonly movements: readonly MovementRecord[];
  /** Every alert whose `to` lies in the replayed stretch or that is live. */
  readonly alerts: readonly OngoingAlert[];
  /** Which tracks were whose in that stretch. */
  readonly tracks: readonly KnownTracks[];
  /** The reports of the last minutes, any order. Five minutes are plenty. */
  readonly reports: readonly ReceivedReport[];
}
