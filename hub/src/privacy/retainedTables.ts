/** Which class of data each table belongs to. A table with personal data that is not here is found by `hub privacy oldest`. */
import type { DataClass } from './policy.ts';

export interface RetainedTable {
  readonly table: string;
  readonly dataClass: DataClass;
  /** The column that a row's age is counted from. */
  readonly time: string;
  /** How a row is known to belong to a zone; absent: it tells of no zone. */
  readonly inZone?: 'named' | 'either end' | 'positions' | 'held positions' | 'square';
}

export const RETAINED_TABLES: readonly RetainedTable[] = [
  // Before tracks: what a held story has grown by is copied first. Counted from when it was held; its hold mostly ends sooner.
  { table: 'held_segment', dataClass: 'evidence', time: 'held_at', inZone: 'held positions' },
  { table: 'track_segment', dataClass: 'tracks', time: 'from_time', inZone: 'positions' },
  { table: 'track_report', dataClass: 'tracks', time: 'from_time' },
  { table: 'person_segment', dataClass: 'tracks', time: 'from_time', inZone: 'positions' },
  { table: 'report_gap', dataClass: 'tracks', time: 'from_time' },
  // As long as a device may deliver anything for a second time.
  { table: 'count_report', dataClass: 'tracks', time: 'from_time' },
  { table: 'dwell_episode', dataClass: 'episodes', time: 'from_time', inZone: 'named' },
  { table: 'movement_episode', dataClass: 'episodes', time: 'from_time', inZone: 'named' },
  // Counts by place and time without a pseudonym; small ones are not hidden, so they live no longer than what they come from.
  { table: 'zone_interval', dataClass: 'episodes', time: 'from_time', inZone: 'named' },
  // Mostly gone with the day that they are published for.
  { table: 'zone_count', dataClass: 'episodes', time: 'from_time', inZone: 'named' },
  { table: 'zone_flow', dataClass: 'episodes', time: 'from_time', inZone: 'either end' },
  { table: 'floor_cell', dataClass: 'episodes', time: 'from_time', inZone: 'square' },
  // What happened to an alert goes with it.
  { table: 'alert', dataClass: 'alerts', time: 'raised_at', inZone: 'named' },
  { table: 'aggregate_count', dataClass: 'aggregates', time: 'from_time' },
  { table: 'quarantine', dataClass: 'accessLogs', time: 'hour' },
  // A record without positions: as long as the audit that tells of it.
  { table: 'evidence_hold', dataClass: 'audit', time: 'until' },
  { table: 'device_health', dataClass: 'accessLogs', time: 'from_time' },
  { table: 'retention_run', dataClass: 'audit', time: 'started_at' },
  { table: 'retention_zone_run', dataClass: 'audit', time: 'started_at' },
  { table: 'dpia_sheet', dataClass: 'audit', time: 'at' },
  { table: 'reidentification_result', dataClass: 'audit', time: 'at' },
];
