/** Every place where personal data lie, and the class whose clock it has: what docs/privacy-officer.md lists, for a screen. */
import type { DataClass } from './policy.ts';

export interface DataPlace {
  readonly place: string;
  readonly what: string;
  /** null: it ends with what it belongs to, as `until` says. */
  readonly dataClass: DataClass | null;
  /** Who enforces the clock. */
  readonly enforcedBy: 'hub' | 'device' | 'broker' | 'whoever runs it';
}

export const DATA_PLACES: readonly DataPlace[] = [
  {
    place: 'Edge agent, memory',
    what: 'Frames and boxes, for a moment; the key of pseudonyms',
    dataClass: null,
    enforcedBy: 'device',
  },
  {
    place: 'Edge agent, outbox',
    what: 'Tracks, or at level counts numbers, that the hub has not confirmed',
    dataClass: 'outbox',
    enforcedBy: 'device',
  },
  { place: 'Broker', what: 'Messages on their way', dataClass: 'broker', enforcedBy: 'broker' },
  {
    place: 'Hub, tracks and persons',
    what: 'Where people were, under pseudonyms',
    dataClass: 'tracks',
    enforcedBy: 'hub',
  },
  { place: 'Hub, episodes', what: 'Stays, and movements of several people', dataClass: 'episodes', enforcedBy: 'hub' },
  { place: 'Hub, alerts', what: 'Alerts, and what people did with them', dataClass: 'alerts', enforcedBy: 'hub' },
  {
    place: 'Hub, held evidence',
    what: 'Positions that explain a held alert',
    dataClass: 'evidence',
    enforcedBy: 'hub',
  },
  { place: 'Hub, audit', what: 'Who did what and who looked: names of staff', dataClass: 'audit', enforcedBy: 'hub' },
  { place: 'Hub, refused messages', what: 'Counts and reasons', dataClass: 'accessLogs', enforcedBy: 'hub' },
  {
    place: 'Hub, counts for dashboards',
    what: 'Counts by place and time; those of few people are shown as long as tracks live',
    dataClass: 'episodes',
    enforcedBy: 'hub',
  },
  {
    place: 'Hub, counts of devices of level counts',
    what: 'Numbers of people by zone and quarter-hour; gone when their day is published',
    dataClass: 'episodes',
    enforcedBy: 'hub',
  },
  {
    place: 'Hub, aggregates',
    what: 'Counts by zone and time, none of them of few people',
    dataClass: 'aggregates',
    enforcedBy: 'hub',
  },
  { place: 'Backups, exports', what: 'Copies of the database', dataClass: 'backups', enforcedBy: 'whoever runs it' },
];
