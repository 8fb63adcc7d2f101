/** Which class of data each table belongs to. A table with personal data that is not here is found by `hub privacy oldest`. */
import type { DataClass } from './policy.ts';

export interface RetainedTable {
  readonly table: string;
  readonly dataClass: DataClass;
  /** The column that a row's age is counted from. */
  readonly time: string;
}

export const RETAINED_TABLES: readonly RetainedTable[] = [
  { table: 'track_segment', dataClass: 'tracks', time: 'from_time' },
  { table: 'track_report', dataClass: 'tracks', time: 'from_time' },
  { table: 'person_segment', dataClass: 'tracks', time: 'from_time' },
  { table: 'report_gap', dataClass: 'tracks', time: 'from_time' },
  { table: 'dwell_episode', dataClass: 'episodes', time: 'from_time' },
  { table: 'movement_episode', dataClass: 'episodes', time: 'from_time' },
  // Counts by place and time without a pseudonym; small ones are not hidden, so they live no longer than what they come from.
  { table: 'zone_interval', dataClass: 'episodes', time: 'from_time' },
  { table: 'zone_flow', dataClass: 'episodes', time: 'from_time' },
  { table: 'floor_cell', dataClass: 'episodes', time: 'from_time' },
  // What happened to an alert goes with it.
  { table: 'alert', dataClass: 'alerts', time: 'raised_at' },
  { table: 'quarantine', dataClass: 'accessLogs', time: 'hour' },
  { table: 'device_health', dataClass: 'accessLogs', time: 'from_time' },
  { table: 'retention_run', dataClass: 'audit', time: 'started_at' },
];
