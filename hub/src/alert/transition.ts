import type { Pattern } from '../score/movement.ts';
import type { AlertDetail } from './alert.ts';
import type { Joins } from './telling.ts';

/** The scorer's side of an alert: what it knows, without what people did with it. */
export interface AlertRecord {
  /** That of the episode which raised it: the same for the same episode, whoever computes it and how often. */
  readonly id: string;
  readonly site: string;
  readonly floor: string;
  /** That of the part which names the story; null where it took place outside of every zone. */
  readonly zone: string | null;
  /** The part of the story that names it. */
  readonly pattern: Pattern;
  /** Whether the movement still goes on. */
  readonly live: boolean;
  /** The alert was raised by data that arrived late: never page anybody for it. */
  readonly delayed: boolean;
  readonly raisedAtMs: number;
  readonly updatedAtMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** That of the strangest part. 0 at the least that counts as the pattern, or at the limit; one more is twice as strange. */
  readonly score: number;
  /** 0 to 1. */
  readonly severity: number;
  readonly sentence: string;
  readonly detail: AlertDetail;
  /** The identifiers of the episodes that the story is made of. Without it: the episode of the same identifier alone. */
  readonly parts?: readonly string[];
  /** The older alert in which this one goes on, where its story turned out to be part of that one's. */
  readonly wentOnIn?: string | null;
}

export interface AlertTransition {
  readonly event: 'raised' | 'updated' | 'closed';
  readonly alert: AlertRecord;
}

/** As much of an alert as a restarted decider needs. */
export type OngoingAlert = Pick<
  AlertRecord,
  'id' | 'floor' | 'fromMs' | 'toMs' | 'live' | 'delayed' | 'raisedAtMs' | 'updatedAtMs' | 'parts' | 'wentOnIn'
> & {
  /** Joins of people that the story rests on. */
  readonly joins?: Joins;
};
