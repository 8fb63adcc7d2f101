import { createHash } from 'node:crypto';
import type { Camera, Track } from './track.ts';

/** The fused tracks of one body on one floor. */
export class Person {
  name: string;
  /** Counts persons of a floor from 0: an order that a replay repeats. */
  readonly number: number;
  foundedMs: number;
  readonly members: Track[] = [];
  /** When it last had a track, and where it was and moved then; NaN before it was placed. */
  seenMs: number;
  x = Number.NaN;
  y = Number.NaN;
  vx = 0;
  vy = 0;
  variance = 0;
  /** The same at the last moment at which a camera measured it: what was told after that is foretold. */
  readonly measured = { timeMs: 0, x: 0, y: 0, vx: 0, vy: 0, variance: 0, density: 0 };
  /** Whether anybody was told of it, and whether its members have changed since. */
  told = false;
  changed = true;
  /** How much speaks for anybody being there, smoothed; NaN before that was asked. */
  support = Number.NaN;
  /** Members that are there now; and scratch of the assignment. */
  presentMembers = 0;
  gain = 0;
  compared = 0;
  mark = -1;

  constructor(name: string, number: number, foundedMs: number) {
    this.name = name;
    this.number = number;
    this.foundedMs = foundedMs;
    this.seenMs = foundedMs;
  }

  /** A camera measured it where it is now. */
  keepMeasured(timeMs: number): void {
    const { measured } = this;
    measured.timeMs = timeMs;
    measured.x = this.x;
    measured.y = this.y;
    measured.vx = this.vx;
    measured.vy = this.vy;
    measured.variance = this.variance;
    measured.density = 0;
    for (const { density } of this.members) measured.density = Math.max(measured.density, density);
  }
}

/** Whether a camera measures somebody now. */
export const isMeasuredBy = ({ members }: Person, camera: Camera): boolean =>
  members.some(({ seenBy, now }) => seenBy === camera && now.present && now.measured);

/**
 * The pseudonym of a person: follows from the first track's and the time at which the person was found, so that a
 * replay finds the same; 96 bits of SHA-256 as base64url, the shape of every pseudonym.
 */
export function personName(floor: string, camera: string, track: string, foundedMs: number): string {
  const text = ['person', floor, camera, track, String(foundedMs)].join('\n');
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
